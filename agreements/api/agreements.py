"""Agreements with their parties, acts, articles, amendments and files."""

from __future__ import annotations

from django.db.models import Count, Prefetch
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from agreements.forms import agreements as forms
from agreements.models import (
    Act,
    Agreement,
    AgreementFile,
    Amendment,
    Article,
    Party,
    StatedCount,
    Status,
)
from agreements.queries.agreements import (
    ActFilter,
    AgreementFileFilter,
    AgreementFilter,
    AgreementOnDay,
    AmendmentFilter,
    ArticleFilter,
    PartyFilter,
    StatedCountFilter,
)
from agreements.queries.concerns import Concern, concerns_of
from documents.api import HoldsFile
from parties.api import (
    CITED,
    HEAD,
    TAIL,
    CitedRow,
    ReadOnly,
    Removable,
    SourcedSerializer,
    Writes,
    choices,
)
from parties.permissions import may_edit_agreements

PARTY = ["side", "organisation", "signatory", "post", "signed", "signed_first", "signed_last"]
ACT = ["kind", "dated", "dated_first", "dated_last"]


class PartyRowSerializer(CitedRow):
    class Meta:
        model = Party
        fields = ["id", *PARTY, *CITED]


class PartySerializer(SourcedSerializer):
    class Meta:
        model = Party
        fields = [*HEAD, "agreement", *PARTY, *CITED, *TAIL]


class ActRowSerializer(CitedRow):
    class Meta:
        model = Act
        fields = ["id", *ACT, *CITED]


class ActSerializer(SourcedSerializer):
    class Meta:
        model = Act
        fields = [*HEAD, "agreement", *ACT, *CITED, *TAIL]


class AgreementSerializer(SourcedSerializer):
    status = serializers.CharField(read_only=True, help_text="State on the day `as_of`, else today.")
    ends_on = serializers.DateField(
        read_only=True, allow_null=True, help_text="Last day of the term in force on that day; null without an end."
    )
    notice_by = serializers.DateField(
        read_only=True, allow_null=True, help_text="Last day for a notice that it will not be prolonged in that term."
    )
    warnings = serializers.SerializerMethodField(help_text="What the register warns of on that day.")
    bare_articles = serializers.IntegerField(
        read_only=True, help_text="How many articles no measure of a current or coming plan serves on that day."
    )
    parties = PartyRowSerializer(many=True, read_only=True)
    acts = ActRowSerializer(many=True, read_only=True)
    article_count = serializers.IntegerField(read_only=True)

    class Meta:
        model = Agreement
        fields = [
            *HEAD, "partnership", "parent", "title", "subject", "level", "form", "status", "area", "number",
            "concluded", "concluded_first", "concluded_last", "place", "languages", "expires_on", "unlimited",
            "prolongs", "prolongation_months", "notice_months", "notice_days", "ends_on", "notice_by", "responsible",
            "plan_stated", "warnings", "bare_articles", "parties", "acts", "article_count", *CITED, *TAIL,
        ]  # fmt: skip

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(Concern.choices)))
    def get_warnings(self, agreement: Agreement) -> list[str]:
        return [concern.value for concern in concerns_of(agreement)]


class ArticleSerializer(SourcedSerializer):
    class Meta:
        model = Article
        fields = [*HEAD, "agreement", "number", "text", "area", *CITED, *TAIL]


class AmendmentSerializer(SourcedSerializer):
    class Meta:
        model = Amendment
        fields = [
            *HEAD, "agreement", "number", "signed", "signed_first", "signed_last", "effective", "effective_first",
            "effective_last", "subject", "articles", *CITED, *TAIL,
        ]  # fmt: skip


class AgreementFileSerializer(SourcedSerializer):
    file = serializers.SerializerMethodField(help_text="Address of the file in this API.")
    author = serializers.CharField(source="author.username", read_only=True)

    class Meta:
        model = AgreementFile
        fields = [
            *HEAD, "agreement", "amendment", "kind", "language", "edition", "dated", "dated_first", "dated_last",
            "file", "file_name", "media_type", "size", "sha256", "author", "created_at", *CITED, *TAIL,
        ]  # fmt: skip

    @extend_schema_field(serializers.URLField())
    def get_file(self, file: AgreementFile) -> str:
        return f"{self.get_url(file)}file/"


class StatedCountSerializer(SourcedSerializer):
    class Meta:
        model = StatedCount
        fields = [
            *HEAD, "partnership", "level", "subject", "value", "precision", "as_of", "as_of_first", "as_of_last",
            *CITED, *TAIL,
        ]  # fmt: skip


class AgreementViewSet(Removable, ReadOnly):
    """Agreements with their status and warnings on a day, parties and acts."""

    queryset = (
        Agreement.objects.select_related("partnership", "parent", "area", "responsible")
        .annotate(article_count=Count("articles"))
        .prefetch_related(
            Prefetch("parties", Party.objects.select_related("organisation", "signatory").order_by("side", "pk")),
            Prefetch("acts", Act.objects.order_by("dated", "pk")),
        )
    )
    serializer_class = AgreementSerializer
    filterset_class = AgreementFilter
    detail_filterset_class = AgreementOnDay
    may_write = may_edit_agreements
    removal_form = forms.RemoveAgreementForm
    new_form = forms.NewAgreementForm
    edit_form = forms.AgreementForm


class PartyViewSet(Removable, ReadOnly):
    """Parties to agreements, and who signed for them."""

    queryset = Party.objects.select_related("agreement", "organisation", "signatory")
    serializer_class = PartySerializer
    filterset_class = PartyFilter
    may_write = may_edit_agreements
    removal_form = forms.removal_of_part(Party)
    new_form = forms.NewPartyForm
    edit_form = forms.PartyForm


class ActViewSet(Removable, ReadOnly):
    """Acts that changed, or confirmed, whether agreements are in force."""

    queryset = Act.objects.select_related("agreement")
    serializer_class = ActSerializer
    filterset_class = ActFilter
    may_write = may_edit_agreements
    removal_form = forms.removal_of_part(Act)
    new_form = forms.NewActForm
    edit_form = forms.ActForm


class ArticleViewSet(Removable, ReadOnly):
    """Articles of agreements."""

    queryset = Article.objects.select_related("agreement", "area")
    serializer_class = ArticleSerializer
    filterset_class = ArticleFilter
    may_write = may_edit_agreements
    removal_form = forms.removal_of_part(Article)
    new_form = forms.NewArticleForm
    edit_form = forms.ArticleForm


class AmendmentViewSet(Removable, ReadOnly):
    """Amendments to agreements, with the articles that they change."""

    queryset = Amendment.objects.select_related("agreement").prefetch_related(
        Prefetch("articles", Article.objects.order_by("pk"))
    )
    serializer_class = AmendmentSerializer
    filterset_class = AmendmentFilter
    may_write = may_edit_agreements
    removal_form = forms.removal_of_part(Amendment)
    new_form = forms.NewAmendmentForm
    edit_form = forms.AmendmentForm


class AgreementFileViewSet(HoldsFile, Writes, ReadOnly):
    """Files of agreements. A file is sent as `multipart/form-data`; a newer edition is added, none is replaced."""

    queryset = AgreementFile.objects.select_related("agreement", "amendment", "author")
    serializer_class = AgreementFileSerializer
    filterset_class = AgreementFileFilter
    may_write = may_edit_agreements
    new_form = forms.NewFileForm


class StatedCountViewSet(ReadOnly):
    """Numbers of agreements that a source states without listing them."""

    queryset = StatedCount.objects.select_related("partnership")
    serializer_class = StatedCountSerializer
    filterset_class = StatedCountFilter


CODE_LISTS = {
    "agreement-levels": choices(_("levels of agreements"), Agreement.Level),
    "agreement-forms": choices(_("forms of agreements"), Agreement.Form),
    "agreement-statuses": choices(_("statuses of agreements"), Status),
    "agreement-warnings": choices(_("warnings about agreements"), Concern),
    "agreement-file-kinds": choices(_("kinds of files of agreements"), AgreementFile.Kind),
    "act-kinds": choices(_("kinds of acts"), Act.Kind),
}
