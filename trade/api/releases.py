"""Datasets, their releases, and what each release changed."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from parties.api import HEAD, TAIL, ReadOnly, RecordSerializer, Resource, described
from parties.filtering import MomentFilter, RecordFilter, RecordFilterSet, named
from parties.models import Side
from parties.periods import Period
from trade.api.answers import number
from trade.models import Dataset, Release
from trade.observations import Place, Unreadable
from trade.observations.changes import CHANGED, DISAPPEARED, NEW, Between, place_after

USUAL_SIZE, LARGEST_SIZE = 100, 1000
KINDS = (NEW, CHANGED, DISAPPEARED)


class DatasetSerializer(RecordSerializer):
    source = serializers.CharField(source="source.code", read_only=True, allow_null=True, default=None)

    class Meta:
        model = Dataset
        fields = [
            *HEAD, "name", "description", "side", "basis", "trade_system", "export_valuation", "import_valuation",
            "export_partner_role", "import_partner_role", "classification", "reporter", "licence", "lag_days",
            "revision_policy", "source", *TAIL,
        ]  # fmt: skip


class ReleaseSerializer(RecordSerializer):
    dataset = serializers.CharField(source="dataset.code", read_only=True)
    undoes = serializers.IntegerField(source="undoes_id", read_only=True, allow_null=True)
    undone_by = serializers.SerializerMethodField(help_text="The release that took this one back.")

    class Meta:
        model = Release
        fields = [
            *HEAD, "dataset", "kind", "status", "undoes", "undone_by", "reporters", "flows", "partners", "first_month",
            "last_month", "published_on", "loaded_at", "file_name", "sha256", "opened_rows", "changed_rows",
            "closed_rows", "unchanged_rows", "note", *TAIL,
        ]  # fmt: skip

    def get_undone_by(self, release: Release) -> int | None:
        undo = getattr(release, "undone_by", None)
        return undo and undo.pk


class DatasetFilter(RecordFilterSet):
    """Filters of datasets."""

    side = ChoiceFilter(choices=Side, label=_("side that compiles it"))
    basis = ChoiceFilter(choices=Dataset.Basis, label=_("collected from"))


class ReleaseFilter(RecordFilterSet):
    """Filters of releases."""

    dataset = RecordFilter(field_name="dataset", queryset=Dataset.objects.order_by("pk"), label=_("dataset"))
    kind = ChoiceFilter(choices=Release.Kind, label=_("kind"))
    status = ChoiceFilter(choices=Release.Status, label=_("status"))
    sha256 = CharFilter(field_name="sha256", label=_("SHA-256 of the file"), max_length=64)
    loaded_after = MomentFilter(field_name="loaded_at", lookup_expr="gt", label=_("loaded after"))


class DatasetViewSet(ReadOnly):
    """Datasets: statistics of one compiler, made in one way."""

    queryset = Dataset.objects.select_related("source")
    serializer_class = DatasetSerializer
    filterset_class = DatasetFilter


class ReleaseViewSet(ReadOnly):
    """Releases: what each file brought to a dataset. The number of a release is the vintage of the data."""

    queryset = Release.objects.select_related("dataset", "undone_by")
    serializer_class = ReleaseSerializer
    filterset_class = ReleaseFilter


class ChangeSerializer(serializers.Serializer[Any]):
    """One line before and after a release."""

    kind = serializers.CharField(help_text="new, changed, disappeared")
    period = serializers.CharField()
    months = serializers.IntegerField()
    reporter = serializers.CharField()
    partner = serializers.CharField()
    flow = serializers.CharField()
    goods = serializers.CharField()
    unit = serializers.CharField()
    old_value_usd = serializers.CharField(allow_null=True)
    new_value_usd = serializers.CharField(allow_null=True)
    old_net_kg = serializers.CharField(allow_null=True)
    new_net_kg = serializers.CharField(allow_null=True)
    old_quantity = serializers.CharField(allow_null=True)
    new_quantity = serializers.CharField(allow_null=True)


class ChangesSerializer(serializers.Serializer[Any]):
    """A page of what a release changed, in the order of keys; `against` is the release that it is compared with."""

    release = serializers.IntegerField()
    against = serializers.IntegerField(allow_null=True)
    dataset = serializers.CharField()
    is_example = serializers.BooleanField()
    next = serializers.URLField(allow_null=True)
    results = ChangeSerializer(many=True)


class DiffView(Resource):
    """What a release changed in its dataset, or what lies between it and another one: each line before and after."""

    def allowed_parameters(self) -> tuple[str, ...]:
        return ("against", "kind", "cursor", "page_size")

    @described(
        operation_id="trade_releases_diff",
        parameters=[
            OpenApiParameter("against", int, description="Another release of the dataset to compare with."),
            OpenApiParameter("kind", str, enum=KINDS, description="Only these changes."),
            OpenApiParameter("page_size", int, description=f"Lines on a page, 1 to {LARGEST_SIZE}."),
            OpenApiParameter("cursor", str, description="A place in the list; take it from `next`."),
        ],
        responses=ChangesSerializer,
    )
    def get(self, request: Request, pk: str) -> HttpResponseBase:
        release = get_object_or_404(named(Release.objects.select_related("dataset"), pk))
        return self.unless_known(request, lambda: Response(self._page(request, release)))

    def _page(self, request: Request, release: Release) -> dict[str, Any]:
        params = request.query_params
        kind, size = params.get("kind", ""), params.get("page_size", str(USUAL_SIZE))
        if kind and kind not in KINDS:
            message = _("Allowed: %(names)s.") % {"names": ", ".join(KINDS)}
            raise ValidationError({"kind": [ErrorDetail(message, code="invalid_choice")]})
        if not (size.isascii() and size.isdigit() and len(size) <= 9 and 1 <= int(size) <= LARGEST_SIZE):
            message = _("Give a whole number from 1 to %(largest)d.") % {"largest": LARGEST_SIZE}
            raise ValidationError({"page_size": [ErrorDetail(message, code="invalid")]})
        place = None
        if "cursor" in params:
            try:
                place = Place.of_key(params["cursor"])
            except Unreadable as error:
                raise ValidationError({"cursor": [ErrorDetail(error.errors["cursor"], code="invalid")]}) from error
        other = self._other(release, params.get("against"))
        between = Between.of(release, other) if other else Between.made_by(release)
        rows = between.rows(kind, place, int(size) + 1)
        more, rows = len(rows) > int(size), rows[: int(size)]
        following = None
        if more:
            kept = {**params.dict(), "cursor": place_after(release.dataset_id, rows[-1]).text()}
            following = request.build_absolute_uri(f"{request.path}?{urlencode(kept)}")
        return {
            "release": release.pk,
            "against": other and other.pk,
            "dataset": release.dataset.code,
            "is_example": release.is_example or release.dataset.is_example,
            "next": following,
            "results": [_shown(row) for row in rows],
        }

    def _other(self, release: Release, given: str | None) -> Release | None:
        """Return the release to compare with; raise 400 unless it is another one of the same dataset."""
        if given is None:
            return None
        number = int(given) if given.isascii() and given.isdigit() and len(given) <= 9 else 0
        found = Release.objects.filter(dataset=release.dataset_id, pk=number).exclude(pk=release.pk).first()
        if found is None:
            message = _("Give the number of another release of this dataset.")
            raise ValidationError({"against": [ErrorDetail(str(message), code="invalid")]})
        return found


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    first: dt.date = row["period"]
    figures = {"value_usd": "value", "net_kg": "net_kg", "quantity": "quantity"}
    return {
        "kind": row["kind"],
        "period": str(Period.months(first.year, first.month, row["months"])),
        "months": row["months"],
        "reporter": row["reporter"],
        "partner": row["partner"],
        "flow": row["flow"],
        "goods": row["commodity"],
        "unit": row["unit"],
        **{f"{age}_{shown}": number(row[f"{age}_{name}"]) for shown, name in figures.items() for age in ("old", "new")},
    }
