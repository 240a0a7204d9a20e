"""Plans of actions, measures and progress notes."""

from __future__ import annotations

from django.db.models import Count, Prefetch
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from agreements.models import (
    Article,
    Executor,
    Measure,
    Plan,
    Postponement,
    ProgressNote,
    Recurrence,
)
from agreements.queries import (
    MeasureFilter,
    PlanFilter,
    ProgressNoteFilter,
    measure_state,
)
from parties.api import CITED, HEAD, TAIL, CitedRow, ReadOnly, SourcedSerializer, choices
from parties.filtering import AsOfFilterSet


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
    "recurrences": choices(_("recurrences"), Recurrence),
}
