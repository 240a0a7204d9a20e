"""Plans of actions, measures and what became of these: read, and written through the forms of the pages."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Prefetch
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from agreements.api.files import PlanFiles
from agreements.api.together import ChangesMeasures
from agreements.forms.cells import DeadlineCell
from agreements.forms.indicators import (
    IndicatorForm,
    NewIndicatorForm,
    NewValueForm,
    RemoveIndicatorForm,
    ValueForm,
)
from agreements.forms.measures import (
    DoneForm,
    DropForm,
    MoveForm,
    NewMeasureForm,
    RemoveMeasureForm,
    WholeMeasureForm,
)
from agreements.forms.plans import PlanForm, RemovePlanForm
from agreements.forms.progress import NewNoteForm, PostponeForm, StatusForm, YearForm
from agreements.history import history_of
from agreements.models import (
    Article,
    DeadlineCorrection,
    Evidence,
    Executor,
    Indicator,
    IndicatorValue,
    Measure,
    MeasureStatus,
    Plan,
    Postponement,
    ProgressNote,
    Recurrence,
    StatusOverride,
    YearlyItem,
)
from agreements.queries.plans import (
    EvidenceFilter,
    IndicatorFilter,
    IndicatorValueFilter,
    MeasureFilter,
    MeasureOnDay,
    PlanFilter,
    ProgressNoteFilter,
    YearlyItemFilter,
)
from documents.api import HoldsFile
from parties.api import (
    CITED,
    HEAD,
    TAIL,
    CitedRow,
    ReadOnly,
    Removable,
    RowSerializer,
    SourcedSerializer,
    Writes,
    choices,
    described,
    writing,
)
from parties.permissions import may_edit_plans, may_report_progress


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


class CorrectionSerializer(RowSerializer):
    author = serializers.CharField(source="author.username", read_only=True)

    class Meta:
        model = DeadlineCorrection
        fields = [
            "id", "was", "was_first", "was_last", "was_recurrence", "becomes", "becomes_first", "becomes_last",
            "becomes_recurrence", "reason", "author", "created_at",
        ]  # fmt: skip


class OverrideSerializer(RowSerializer):
    author = serializers.CharField(source="author.username", read_only=True)

    class Meta:
        model = StatusOverride
        fields = ["id", "status", "reason", "author", "dated"]


class YearlyItemSerializer(RowSerializer):
    class Meta:
        model = YearlyItem
        fields = ["id", "year", "done_on", "note", "version"]


class YearValueSerializer(RowSerializer):
    class Meta:
        model = IndicatorValue
        fields = ["id", "year", "target", "actual", "version"]


class MeasureIndicatorSerializer(RowSerializer):
    values = YearValueSerializer(many=True, read_only=True)

    class Meta:
        model = Indicator
        fields = ["id", "name", "unit", "baseline", "baseline_year", "values", "version"]


class MeasureSerializer(SourcedSerializer):
    status = serializers.CharField(read_only=True, help_text="Status on the day `as_of`, else today.")
    status_by_hand = serializers.BooleanField(read_only=True, help_text="Whether a person set the status.")
    last_day = serializers.DateField(
        read_only=True, allow_null=True, help_text="Last day on time, by the deadline that held on the day `as_of`."
    )
    executors = ExecutorSerializer(many=True, read_only=True)
    postponements = PostponementSerializer(many=True, read_only=True)
    corrections = CorrectionSerializer(many=True, read_only=True)
    overrides = OverrideSerializer(many=True, read_only=True)
    yearly_items = YearlyItemSerializer(many=True, read_only=True)
    indicators = MeasureIndicatorSerializer(many=True, read_only=True)

    class Meta:
        model = Measure
        fields = [
            *HEAD, "plan", "articles", "section", "number", "order", "text", "area", "deadline", "deadline_first",
            "deadline_last", "last_day", "recurrence", "status", "status_by_hand", "done_on", "dropped_by",
            "dropped_on", "executors", "postponements", "corrections", "overrides", "yearly_items", "indicators",
            *CITED, *TAIL,
        ]  # fmt: skip


class EvidenceSerializer(SourcedSerializer):
    note = serializers.PrimaryKeyRelatedField[ProgressNote](read_only=True)
    download = serializers.HyperlinkedIdentityField(view_name="api-evidence-file", help_text="Address of the file.")

    class Meta:
        model = Evidence
        fields = [*HEAD, "note", "name", "media_type", "size", "sha256", "download", *CITED, *TAIL]


class ProgressNoteSerializer(SourcedSerializer):
    author = serializers.CharField(source="author.username", read_only=True)
    corrects = serializers.PrimaryKeyRelatedField[ProgressNote](read_only=True, allow_null=True)
    evidence = EvidenceSerializer(many=True, read_only=True)

    class Meta:
        model = ProgressNote
        fields = [*HEAD, "measure", "dated", "author", "text", "percent", "corrects", "evidence", *CITED, *TAIL]


class MeasureChangeSerializer(serializers.Serializer[Any]):
    """One changed field of a measure."""

    field = serializers.CharField()
    label = serializers.CharField(help_text="Name of the field in the reader's language.")
    was = serializers.CharField()
    now = serializers.CharField()
    who = serializers.CharField()
    at = serializers.DateTimeField()


class PlanViewSet(PlanFiles, ChangesMeasures, Removable, ReadOnly):
    """Plans of actions under agreements."""

    queryset = Plan.objects.select_related("agreement").annotate(measure_count=Count("measures"))
    serializer_class = PlanSerializer
    filterset_class = PlanFilter
    may_write = may_edit_plans
    new_form = PlanForm
    edit_form = PlanForm
    removal_form = RemovePlanForm


class MeasureViewSet(Removable, ReadOnly):
    """Measures of plans with their status on a day, executors, moved deadlines, yearly items and indicators."""

    queryset = Measure.objects.select_related("plan__agreement", "area").prefetch_related(
        Prefetch("articles", Article.objects.order_by("pk")),
        Prefetch("executors", Executor.objects.select_related("organisation").order_by("-leads", "pk")),
        Prefetch("postponements", Postponement.objects.order_by("decided_on", "pk")),
        Prefetch("corrections", DeadlineCorrection.objects.select_related("author").order_by("pk")),
        Prefetch("overrides", StatusOverride.objects.select_related("author").order_by("dated", "pk")),
        Prefetch("yearly_items", YearlyItem.objects.order_by("year")),
        Prefetch("indicators", Indicator.objects.order_by("pk")),
        Prefetch("indicators__values", IndicatorValue.objects.order_by("year")),
    )
    serializer_class = MeasureSerializer
    filterset_class = MeasureFilter
    detail_filterset_class = MeasureOnDay
    may_write = may_edit_plans
    new_form = NewMeasureForm
    edit_form = WholeMeasureForm
    removal_form = RemoveMeasureForm

    @writing(PostponeForm)
    def postpone(self, request: Request, pk: str) -> Response:
        """Move the deadline; the old one stays readable."""
        return self.act(PostponeForm, Postponement(measure=self.get_object()))

    @writing(DeadlineCell, url_path="correct-deadline")
    def correct_deadline(self, request: Request, pk: str) -> Response:
        """Put a deadline right that was entered wrongly; the wrong one is kept with the reason."""
        return self.act(DeadlineCell, self.get_object())

    @writing(StatusForm)
    def override(self, request: Request, pk: str) -> Response:
        """Set the status by hand, or give the measure back to the rule."""
        return self.act(StatusForm, StatusOverride(measure=self.get_object()))

    @writing(DoneForm)
    def done(self, request: Request, pk: str) -> Response:
        """Keep the day on which the measure was done; null takes it back."""
        return self.act(DoneForm, self.get_object())

    @writing(DropForm)
    def drop(self, request: Request, pk: str) -> Response:
        """Name the decision by which the measure is no longer relevant; an empty one restores it."""
        return self.act(DropForm, self.get_object())

    @writing(MoveForm)
    def move(self, request: Request, pk: str) -> Response:
        """Put the measure before another of its plan, or at the end."""
        return self.act(MoveForm, self.get_object())

    @described(responses=MeasureChangeSerializer(many=True))
    @action(detail=True, methods=["get"], filterset_class=None, pagination_class=None)
    def history(self, request: Request, pk: str) -> Response:
        """Return who changed what of the measure, newest first."""
        return Response(MeasureChangeSerializer(history_of(self.get_object()), many=True).data)


class ProgressNoteViewSet(Writes, ReadOnly):
    """Notes on the progress of measures with their evidence. They are added, never changed.

    A note with files is sent as multipart/form-data; `evidence` holds the files.
    """

    queryset = ProgressNote.objects.select_related("measure", "author").prefetch_related("evidence")
    serializer_class = ProgressNoteSerializer
    filterset_class = ProgressNoteFilter
    may_write = may_report_progress
    new_form = NewNoteForm


class YearlyItemRecordSerializer(SourcedSerializer):
    measure = serializers.PrimaryKeyRelatedField[Measure](read_only=True)

    class Meta:
        model = YearlyItem
        fields = [*HEAD, "measure", "year", "done_on", "note", *CITED, *TAIL]


class YearlyItemViewSet(Writes, ReadOnly):
    """What yearly measures ask for in each year. Items come and go with the years of their measure."""

    queryset = YearlyItem.objects.select_related("measure")
    serializer_class = YearlyItemRecordSerializer
    filterset_class = YearlyItemFilter
    may_write = may_edit_plans
    edit_form = YearForm


class IndicatorRecordSerializer(SourcedSerializer):
    measure = serializers.PrimaryKeyRelatedField[Measure](read_only=True)
    values = YearValueSerializer(many=True, read_only=True)

    class Meta:
        model = Indicator
        fields = [*HEAD, "measure", "name", "unit", "baseline", "baseline_year", "values", *CITED, *TAIL]


class MeasureIndicatorViewSet(Removable, ReadOnly):
    """Indicators of measures with their yearly values."""

    queryset = Indicator.objects.select_related("measure").prefetch_related(
        Prefetch("values", IndicatorValue.objects.order_by("year"))
    )
    serializer_class = IndicatorRecordSerializer
    filterset_class = IndicatorFilter
    may_write = may_edit_plans
    new_form = NewIndicatorForm
    edit_form = IndicatorForm
    removal_form = RemoveIndicatorForm


class IndicatorValueRecordSerializer(SourcedSerializer):
    indicator = serializers.PrimaryKeyRelatedField[Indicator](read_only=True)

    class Meta:
        model = IndicatorValue
        fields = [*HEAD, "indicator", "year", "target", "actual", *CITED, *TAIL]


class IndicatorValueViewSet(Writes, ReadOnly):
    """Target and actual values of indicators, one for each year."""

    queryset = IndicatorValue.objects.select_related("indicator__measure")
    serializer_class = IndicatorValueRecordSerializer
    filterset_class = IndicatorValueFilter
    may_write = may_edit_plans
    new_form = NewValueForm
    edit_form = ValueForm


class EvidenceViewSet(HoldsFile, ReadOnly):
    """Files that prove progress notes."""

    queryset = Evidence.objects.select_related("note")
    serializer_class = EvidenceSerializer
    filterset_class = EvidenceFilter
    file_name_field = "name"


CODE_LISTS = {
    "recurrences": choices(_("recurrences"), Recurrence),
    "measure-statuses": choices(_("statuses of measures"), MeasureStatus),
}
