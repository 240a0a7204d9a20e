"""Reads about plans, measures and progress notes."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter

from agreements.models import (
    Agreement,
    Article,
    Executor,
    Indicator,
    Measure,
    MeasureStatus,
    Plan,
    ProgressNote,
    Recurrence,
)
from documents.queries import SourcedFilterSet
from parties.filtering import (
    AsOfFilterSet,
    DayFilter,
    PeriodFilter,
    RecordFilter,
    YearOfPeriodFilter,
    YesNoFilter,
    of_area,
    of_organisation,
    of_partnership,
)
from parties.models import Organisation, Side


class PlanFilter(SourcedFilterSet):
    """Filters of plans of actions."""

    partnership = of_partnership("agreement__partnership")
    agreement = RecordFilter(field_name="agreement", queryset=Agreement.objects.order_by("pk"), label=_("agreement"))
    year = YearOfPeriodFilter(field_name="period", label=_("year"))
    period = PeriodFilter(field_name="period", label=_("period"))


class MeasureOnDay(AsOfFilterSet):
    """Measures with their status on the day."""

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return super().filter_queryset(queryset.with_status(self.day))  # type: ignore[attr-defined]


class MeasureFilter(MeasureOnDay, SourcedFilterSet):
    """Filters of measures. `status` and `state` are of the day `as_of`; `year` and `deadline` look at the deadline."""

    STATES = [
        ("done", _("done")),
        ("undone", _("not done yet")),
        ("overdue", _("overdue")),
        ("dropped", _("dropped by a decision")),
        ("without_news", _("without news")),
    ]

    partnership = of_partnership("plan__agreement__partnership")
    agreement = RecordFilter(
        field_name="plan__agreement", queryset=Agreement.objects.order_by("pk"), label=_("agreement")
    )
    plan = RecordFilter(field_name="plan", queryset=Plan.objects.order_by("pk"), label=_("plan"))
    article = RecordFilter(
        method="under_article", queryset=Article.objects.select_related("agreement").order_by("pk"), label=_("article")
    )
    area = of_area()
    organisation = of_organisation(method="carried_out_by", label=_("executor"))
    side = ChoiceFilter(choices=Side, method="carried_out_on_side", label=_("side of an executor"))
    assigned = YesNoFilter(method="carried_out_at_all", label=_("with an executor"))
    status = ChoiceFilter(choices=MeasureStatus, method="in_status", label=_("status"))
    state = ChoiceFilter(choices=STATES, method="in_state", label=_("state"))
    recurrence = ChoiceFilter(choices=Recurrence, label=_("recurrence"))
    year = YearOfPeriodFilter(field_name="deadline", label=_("year"))
    deadline = PeriodFilter(field_name="deadline", label=_("deadline"))

    def under_article(self, queryset: QuerySet[Any], name: str, value: Article) -> QuerySet[Any]:
        joined = Measure.articles.through.objects.filter(measure=OuterRef("pk"), article=value)
        return queryset.filter(Exists(joined))

    def carried_out_by(self, queryset: QuerySet[Any], name: str, value: Organisation) -> QuerySet[Any]:
        return queryset.filter(Exists(Executor.objects.filter(measure=OuterRef("pk"), organisation=value)))

    def carried_out_on_side(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(Exists(Executor.objects.filter(measure=OuterRef("pk"), side=value)))

    def carried_out_at_all(self, queryset: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        found = Exists(Executor.objects.filter(measure=OuterRef("pk")))
        return queryset.filter(found if value else ~found)

    def in_status(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        having: QuerySet[Any] = queryset.filter(status=value)
        return having

    def in_state(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        chosen: QuerySet[Any] = getattr(queryset, value)(self.day)
        return chosen


class ProgressNoteFilter(SourcedFilterSet):
    """Filters of progress notes, by the day they are dated."""

    partnership = of_partnership("measure__plan__agreement__partnership")
    measure = RecordFilter(
        field_name="measure",
        queryset=Measure.objects.order_by("pk"),
        label=_("measure"),
    )
    since = DayFilter(field_name="dated", lookup_expr="gte", label=_("since"))
    until = DayFilter(field_name="dated", lookup_expr="lte", label=_("until"))


class EvidenceFilter(SourcedFilterSet):
    """Filters of files that prove progress notes."""

    partnership = of_partnership("note__measure__plan__agreement__partnership")
    measure = RecordFilter(field_name="note__measure", queryset=Measure.objects.order_by("pk"), label=_("measure"))
    note = RecordFilter(field_name="note", queryset=ProgressNote.objects.order_by("pk"), label=_("progress note"))


class YearlyItemFilter(SourcedFilterSet):
    """Filters of items of yearly measures."""

    partnership = of_partnership("measure__plan__agreement__partnership")
    measure = RecordFilter(field_name="measure", queryset=Measure.objects.order_by("pk"), label=_("measure"))


class IndicatorFilter(SourcedFilterSet):
    """Filters of indicators of measures."""

    partnership = of_partnership("measure__plan__agreement__partnership")
    measure = RecordFilter(field_name="measure", queryset=Measure.objects.order_by("pk"), label=_("measure"))


class IndicatorValueFilter(SourcedFilterSet):
    """Filters of the yearly values of indicators."""

    partnership = of_partnership("indicator__measure__plan__agreement__partnership")
    indicator = RecordFilter(field_name="indicator", queryset=Indicator.objects.order_by("pk"), label=_("indicator"))
