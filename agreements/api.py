"""Agreements, their articles, plans of actions, measures and progress notes."""

from __future__ import annotations

from django.db.models import Count, Prefetch
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from agreements.models import (
    Act,
    Agreement,
    Article,
    Executor,
    Measure,
    Party,
    Plan,
    Postponement,
    ProgressNote,
    Recurrence,
    StatedCount,
    Status,
)
from agreements.queries import (
    AgreementFilter,
    AgreementOnDay,
    ArticleFilter,
    MeasureFilter,
    PlanFilter,
    ProgressNoteFilter,
    StatedCountFilter,
    measure_state,
)
from parties.api import CITED, HEAD, TAIL, CitedRow, ReadOnly, SourcedSerializer, choices
from parties.filtering import AsOfFilterSet


class PartySerializer(CitedRow):
    class Meta:
        model = Party
        fields = ["id", "side", "organisation", "signatory", *CITED]


class ActSerializer(CitedRow):
    class Meta:
        model = Act
        fields = ["id", "kind", "dated", "dated_first", "dated_last", *CITED]


class AgreementSerializer(SourcedSerializer):
    status = serializers.CharField(read_only=True, help_text="State on the day `as_of`, else today.")
    parties = PartySerializer(many=True, read_only=True)
    acts = ActSerializer(many=True, read_only=True)
    article_count = serializers.IntegerField(read_only=True)

    class Meta:
        model = Agreement
        fields = [
            *HEAD, "partnership", "parent", "title", "subject", "level", "form", "status", "area", "number",
            "concluded", "concluded_first", "concluded_last", "place", "expires_on", "prolongs", "notice_days",
            "plan_stated", "parties", "acts", "article_count", *CITED, *TAIL,
        ]  # fmt: skip


class ArticleSerializer(SourcedSerializer):
    class Meta:
        model = Article
        fields = [*HEAD, "agreement", "number", "text", "area", *CITED, *TAIL]


class StatedCountSerializer(SourcedSerializer):
    class Meta:
        model = StatedCount
        fields = [
            *HEAD, "partnership", "level", "subject", "value", "precision", "as_of", "as_of_first", "as_of_last",
            *CITED, *TAIL,
        ]  # fmt: skip


class PlanSerializer(SourcedSerializer):
    measure_count = serializers.IntegerField(read_only=True)

    class Meta:
        model = Plan
        fields = [
            *HEAD, "agreement", "title", "period", "period_first", "period_last", "measure_count", *CITED, *TAIL,
        ]  # fmt: skip


class ExecutorSerializer(CitedRow):
    class Meta:
        model = Executor
        fields = ["id", "side", "organisation", "leads", *CITED]


class PostponementSerializer(CitedRow):
    class Meta:
        model = Postponement
        fields = [
            "id", "moved_from", "moved_from_first", "moved_from_last", "moved_to", "moved_to_first", "moved_to_last",
            "reason", "agreed_by", "decided_on", *CITED,
        ]  # fmt: skip


class MeasureSerializer(SourcedSerializer):
    state = serializers.SerializerMethodField(
        help_text="State on the day `as_of`, else today: done, dropped, overdue or undone."
    )
    last_day = serializers.DateField(read_only=True, allow_null=True, help_text="Last day on time.")
    executors = ExecutorSerializer(many=True, read_only=True)
    postponements = PostponementSerializer(many=True, read_only=True)

    class Meta:
        model = Measure
        fields = [
            *HEAD, "plan", "articles", "section", "number", "order", "text", "area", "deadline", "deadline_first",
            "deadline_last", "last_day", "recurrence", "state", "done_on", "dropped_by", "executors", "postponements",
            *CITED, *TAIL,
        ]  # fmt: skip

    def get_state(self, measure: Measure) -> str:
        return measure_state(measure, self.context["day"])


class ProgressNoteSerializer(SourcedSerializer):
    author = serializers.CharField(source="author.username", read_only=True)

    class Meta:
        model = ProgressNote
        fields = [*HEAD, "measure", "dated", "author", "text", *CITED, *TAIL]


class AgreementViewSet(ReadOnly):
    """Agreements with their status on a day, parties and acts."""

    queryset = (
        Agreement.objects.select_related("partnership", "parent", "area")
        .annotate(article_count=Count("articles"))
        .prefetch_related(
            Prefetch("parties", Party.objects.select_related("organisation", "signatory").order_by("side", "pk")),
            Prefetch("acts", Act.objects.order_by("dated", "pk")),
        )
    )
    serializer_class = AgreementSerializer
    filterset_class = AgreementFilter
    detail_filterset_class = AgreementOnDay


class ArticleViewSet(ReadOnly):
    """Articles of agreements."""

    queryset = Article.objects.select_related("agreement", "area")
    serializer_class = ArticleSerializer
    filterset_class = ArticleFilter


class StatedCountViewSet(ReadOnly):
    """Numbers of agreements that a source states without listing them."""

    queryset = StatedCount.objects.select_related("partnership")
    serializer_class = StatedCountSerializer
    filterset_class = StatedCountFilter


class PlanViewSet(ReadOnly):
    """Plans of actions under agreements."""

    queryset = Plan.objects.select_related("agreement").annotate(measure_count=Count("measures"))
    serializer_class = PlanSerializer
    filterset_class = PlanFilter


class MeasureViewSet(ReadOnly):
    """Measures of plans with their state on a day, executors and moved deadlines."""

    queryset = Measure.objects.select_related("plan__agreement", "area").prefetch_related(
        Prefetch("articles", Article.objects.order_by("pk")),
        Prefetch("executors", Executor.objects.select_related("organisation").order_by("-leads", "pk")),
        Prefetch("postponements", Postponement.objects.order_by("decided_on", "pk")),
    )
    serializer_class = MeasureSerializer
    filterset_class = MeasureFilter
    detail_filterset_class = AsOfFilterSet


class ProgressNoteViewSet(ReadOnly):
    """Notes on the progress of measures."""

    queryset = ProgressNote.objects.select_related("measure", "author")
    serializer_class = ProgressNoteSerializer
    filterset_class = ProgressNoteFilter


CODE_LISTS = {
    "agreement-levels": choices(_("levels of agreements"), Agreement.Level),
    "agreement-forms": choices(_("forms of agreements"), Agreement.Form),
    "agreement-statuses": choices(_("statuses of agreements"), Status),
    "act-kinds": choices(_("kinds of acts"), Act.Kind),
    "recurrences": choices(_("recurrences"), Recurrence),
}
