"""Reads about agreements, plans and measures."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter

from agreements.models import Agreement, Article, Executor, Measure, Party, Plan, Recurrence, StatedCount, Status
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
from parties.pages import chosen


class AgreementOnDay(AsOfFilterSet):
    """Agreements with their status on the day."""

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return super().filter_queryset(queryset.with_status(self.day))  # type: ignore[attr-defined]


class AgreementFilter(AgreementOnDay, SourcedFilterSet):
    """Filters of agreements. `status` is that of the day `as_of`."""

    partnership = of_partnership()
    level = ChoiceFilter(choices=Agreement.Level, label=_("level"))
    form = ChoiceFilter(choices=Agreement.Form, label=_("form"))
    status = ChoiceFilter(choices=Status, label=_("status"))
    area = of_area()
    organisation = of_organisation(method="concluded_by")
    parent = RecordFilter(field_name="parent", queryset=Agreement.objects.order_by("pk"), label=_("parent agreement"))
    year = YearOfPeriodFilter(field_name="concluded", label=_("year of conclusion"))
    concluded = PeriodFilter(field_name="concluded", label=_("signed, or reached"))

    def concluded_by(self, queryset: QuerySet[Any], name: str, value: Organisation) -> QuerySet[Any]:
        return queryset.filter(Exists(Party.objects.filter(agreement=OuterRef("pk"), organisation=value)))


class ArticleFilter(SourcedFilterSet):
    """Filters of articles."""

    partnership = of_partnership("agreement__partnership")
    agreement = RecordFilter(field_name="agreement", queryset=Agreement.objects.order_by("pk"), label=_("agreement"))
    area = of_area()


class StatedCountFilter(SourcedFilterSet):
    """Filters of numbers of agreements that a source states without listing them."""

    partnership = of_partnership()
    level = ChoiceFilter(choices=Agreement.Level, label=_("level"))
    year = YearOfPeriodFilter(field_name="as_of", label=_("year"))


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
class Register:
    """The register of agreements on a day."""

    on: dt.date
    filter: AgreementFilter
    agreements: list[Agreement]
    stated: list[StatedCount]

    @property
    def levels(self) -> list[tuple[str, list[Agreement]]]:
        """The agreements under the names of their levels, levels without any left out."""
        groups = [
            (str(level.label), [row for row in self.agreements if row.level == level]) for level in Agreement.Level
        ]
        return [(label, rows) for label, rows in groups if rows]

    @property
    def in_force(self) -> int:
        return sum(row.status == Status.IN_FORCE for row in self.agreements)


def register(partnership: Partnership, parameters: QueryDict) -> Register:
    """Return the agreements that the parameters choose, with their status today, and the unlisted counts."""
    today = timezone.localdate()
    filter_set = AgreementFilter(parameters, Agreement.objects.filter(partnership=partnership).for_register(today))
    return Register(
        on=today,
        filter=filter_set,
        agreements=list(chosen(filter_set)),
        stated=list(StatedCount.objects.filter(partnership=partnership).order_by("pk")),
    )


@dataclass(frozen=True)
class AgreementPage:
    """An agreement with all that hangs on it within its own app."""

    agreement: Agreement
    articles: list[Article]
    plans: list[Plan]
    children: list[Agreement]


def agreement_page(agreement: Agreement) -> AgreementPage:
    return AgreementPage(
        agreement=agreement,
        articles=list(agreement.articles.order_by("pk")),
        plans=list(agreement.plans.annotate(measure_count=Count("measures")).order_by("period")),
        children=list(agreement.children.for_register(timezone.localdate())),
    )


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
