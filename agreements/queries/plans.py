"""Reads about plans, measures and progress notes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter

from agreements.models import Agreement, Article, Executor, Measure, Plan, Recurrence
from documents.queries import SourcedFilterSet
from parties.filtering import (
    AsOfFilterSet,
    DayFilter,
    PeriodFilter,
    RecordFilter,
    YearOfPeriodFilter,
    of_area,
    of_organisation,
    of_partnership,
)
from parties.models import Organisation, Partnership, Side


class PlanFilter(SourcedFilterSet):
    """Filters of plans of actions."""

    partnership = of_partnership("agreement__partnership")
    agreement = RecordFilter(field_name="agreement", queryset=Agreement.objects.order_by("pk"), label=_("agreement"))
    year = YearOfPeriodFilter(field_name="period", label=_("year"))
    period = PeriodFilter(field_name="period", label=_("period"))


class MeasureFilter(AsOfFilterSet, SourcedFilterSet):
    """Filters of measures. `state` is that of the day `as_of`; `year` and `deadline` look at the deadline."""

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

    def in_state(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        if value == "dropped":
            dropped: QuerySet[Any] = queryset.exclude(dropped_by="")
            return dropped
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


@dataclass(frozen=True)
class MeasuresPage:
    """The measures of all plans on a day, and how many plans are only stated to exist."""

    on: dt.date
    measures: list[Measure]
    done: int
    overdue: int
    plans_stated: int


def measures_page(partnership: Partnership) -> MeasuresPage:
    today = timezone.localdate()
    measures = Measure.objects.of(partnership)
    totals = measures.totals(today)
    return MeasuresPage(
        on=today,
        measures=list(measures.select_related("plan__agreement").order_by("plan", "order", "pk")),
        done=totals["done"],
        overdue=totals["overdue"],
        plans_stated=Agreement.objects.filter(partnership=partnership, plan_stated=True).count(),
    )


def measure_state(measure: Measure, on: dt.date) -> str:
    """Return the state on the day: the same rules as those of `MeasureQuerySet`."""
    if measure.done_on is not None and measure.done_on <= on:
        return "done"
    if measure.dropped_by:
        return "dropped"
    once = measure.recurrence == Recurrence.ONCE
    return "overdue" if once and measure.last_day is not None and measure.last_day < on else "undone"
