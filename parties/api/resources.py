"""Partnerships, organisations and people."""

from __future__ import annotations

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from parties.api.codelists import choices, records
from parties.api.records import HEAD, TAIL, RecordSerializer, RowSerializer
from parties.api.views import ReadOnly
from parties.models import Area, Organisation, Partnership, Person, Post, Side, Territory
from parties.precision import Precision
from parties.queries import OrganisationFilter, PartnershipFilter, PersonFilter


class PartnershipSerializer(RecordSerializer):
    class Meta:
        model = Partnership
        fields = [*HEAD, "name", "home", "home_side", "partner", "partner_side", *TAIL]


class OrganisationSerializer(RecordSerializer):
    class Meta:
        model = Organisation
        fields = [*HEAD, "name", "short_name", "kind", "side", "territory", *TAIL]


class PostSerializer(RowSerializer):
    class Meta:
        model = Post
        fields = ["id", "title", "organisation", "stated", "stated_first", "stated_last", "is_example"]


class PersonSerializer(RecordSerializer):
    posts = PostSerializer(many=True, read_only=True)

    class Meta:
        model = Person
        fields = [*HEAD, "name", "side", "posts", *TAIL]


class PartnershipViewSet(ReadOnly):
    """Partnerships: a home territory and a partner territory."""

    queryset = Partnership.objects.select_related("home", "partner")
    serializer_class = PartnershipSerializer
    filterset_class = PartnershipFilter


class OrganisationViewSet(ReadOnly):
    """Organisations of both sides."""

    queryset = Organisation.objects.select_related("territory")
    serializer_class = OrganisationSerializer
    filterset_class = OrganisationFilter


class PersonViewSet(ReadOnly):
    """People in the roles that sources give them."""

    queryset = Person.objects.prefetch_related(
        Prefetch("posts", Post.objects.select_related("organisation").order_by("stated", "pk"))
    )
    serializer_class = PersonSerializer
    filterset_class = PersonFilter


CODE_LISTS = {
    "sides": choices(_("sides"), Side),
    "precisions": choices(_("precisions of a number"), Precision),
    "organisation-kinds": choices(_("kinds of organisation"), Organisation.Kind),
    "areas": records(_("areas of cooperation"), lambda: Area.objects.order_by("order", "pk")),
    "territories": records(
        _("territories"),
        lambda: Territory.objects.select_related("parent").order_by("kind", "pk"),
        kind="kind",
        okato="okato",
        parent="parent.code",
    ),
}
