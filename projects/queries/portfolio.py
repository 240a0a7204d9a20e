"""The portfolio: all projects of a partnership with their state, money and milestones."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

from django.db.models import Prefetch
from django.forms import BoundField
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from documents.charts import Event
from parties.models import Partnership
from parties.pages import chosen
from parties.periods import Period
from projects.models import BudgetLine, Confidence, Delivery, Milestone, Project
from projects.queries.filters import ProjectFilter, controls_of, query_of
from projects.queries.milestones import Chart, Step, chart_of, event_of, headline_of
from projects.queries.money import Money, budgets

CONTROLS = ("area", "stage", "confidence", "side", "organisation", "year")
"""Filters that the page of the portfolio offers; its address takes all of `ProjectFilter`."""


@dataclass(frozen=True)
class Row:
    """A project of the portfolio."""

    project: Project
    on: dt.date

    @cached_property
    def steps(self) -> list[Step]:
        return [Step(milestone, self.on) for milestone in self.project.milestones.all()]

    @property
    def next_step(self) -> Step | None:
        """The open milestone that is due first, among them those whose time is over."""
        open_steps = [(step.due.ends, step) for step in self.steps if step.due is not None]
        return min(open_steps, key=lambda pair: pair[0])[1] if open_steps else None

    @property
    def money(self) -> list[Money]:
        """The sums of its budget in each currency."""
        return budgets(self.project.budget.all())

    @property
    def last_news(self) -> Period | None:
        """Of when the newest statement about it is: stage, judgement, a milestone that was reached, money spent."""
        stated = [self.project.stage_stated, *(line.actual_stated for line in self.project.budget.all())]
        stated += [step.milestone.actual for step in self.steps if step.is_reached]
        if self.project.confidence_dated:
            stated.append(Period.day(self.project.confidence_dated))
        known = [one for one in stated if one is not None and one.starts <= self.on]
        return max(known, key=lambda one: (one.ends, one.starts), default=None)

    @property
    def event(self) -> Event:
        """The project on a line of time; up to today where its end is open."""
        period: Period | None = self.project.period
        span = (period.first, period.last or max(period.first, self.on)) if period and period.first else None
        return Event(str(self.project), span=span, steps=tuple(event_of(step) for step in self.steps))


@dataclass(frozen=True)
class Choice:
    """A group of projects as a link of the page: its name, how many there are, and the address that shows them."""

    value: str
    label: str
    count: int
    query: str
    is_chosen: bool


@dataclass(frozen=True)
class Portfolio:
    """The projects that a reader asked for, their money and milestones, and the newest deliveries."""

    on: dt.date
    rows: list[Row]
    total: int
    confidences: list[Choice]
    stages: list[Choice]
    money: list[Money]
    deliveries: list[Delivery]
    delivery_count: int
    controls: list[BoundField]
    query: str

    @property
    def is_filtered(self) -> bool:
        return bool(self.query)

    @property
    def examples(self) -> int:
        return sum(row.project.is_example for row in self.rows)

    @property
    def areas(self) -> list[tuple[str, list[Row]]]:
        """The projects under the names of their areas, in the order of the areas."""
        return [(str(area), list(rows)) for area, rows in groupby(self.rows, key=lambda row: row.project.area)]

    @cached_property
    def steps(self) -> list[Step]:
        """All milestones, those due or reached first before the others."""
        found = [step for row in self.rows for step in row.steps]
        return sorted(found, key=lambda step: (_dated(step.milestone), step.milestone.pk))

    @property
    def milestones_in_words(self) -> str:
        return headline_of(self.steps)

    @property
    def next_step(self) -> Step | None:
        """The milestone that is to be reached next."""
        ahead = [(step.due.ends, step) for step in self.steps if step.due is not None and step.due.ends >= self.on]
        return min(ahead, key=lambda pair: pair[0])[1] if ahead else None

    @property
    def chart(self) -> Chart | None:
        return chart_of([row.event for row in self.rows], self.on, title=self.milestones_in_words)


SHOWN_DELIVERIES = 5


def portfolio(partnership: Partnership, parameters: QueryDict) -> Portfolio:
    """Return the portfolio (at most 10 queries for any number of projects)."""
    today = timezone.localdate()
    everything = Project.objects.filter(partnership=partnership)
    filter_set = ProjectFilter(parameters, everything.for_portfolio())
    rows = chosen(filter_set).prefetch_related(_budget())
    found = [Row(project, filter_set.day) for project in rows]
    deliveries = Delivery.objects.filter(partnership=partnership)
    newest = deliveries.select_related("project", "supplier", "part_of").order_by("-period", "-pk")
    return Portfolio(
        on=filter_set.day or today,
        rows=found,
        total=everything.count(),
        confidences=_choices(partnership, parameters, "confidence", Confidence.choices, _("all projects")),
        stages=[one for one in _choices(partnership, parameters, "stage", Project.Stage.choices) if one.count],
        money=budgets(line for row in found for line in row.project.budget.all()),
        deliveries=list(newest[:SHOWN_DELIVERIES]),
        delivery_count=deliveries.count(),
        controls=controls_of(filter_set, CONTROLS),
        query=query_of(parameters),
    )


def _budget() -> Prefetch[Any]:
    return Prefetch("budget", BudgetLine.objects.select_related("payer").order_by("fund", "pk"))


def _choices(
    partnership: Partnership, parameters: QueryDict, name: str, known: Iterable[tuple[str, Any]], everything: str = ""
) -> list[Choice]:
    """Return each word of a field with its projects among those that the other filters keep (1 query)."""
    others = parameters.copy()
    now = others.pop(name, [""])[-1]
    filter_set = ProjectFilter(others, Project.objects.filter(partnership=partnership))
    counts: Counter[str] = Counter(filter_set.qs.order_by().values_list(name, flat=True))
    choices = [("", everything, sum(counts.values()))] if everything else []
    choices += [(value, str(label), counts[value]) for value, label in known]
    return [Choice(value, label, count, _with(others, name, value), value == now) for value, label, count in choices]


def _with(parameters: QueryDict, name: str, value: str) -> str:
    changed = parameters.copy()
    changed[name] = value
    return query_of(changed)


def _dated(milestone: Milestone) -> dt.date:
    dated = milestone.planned or milestone.actual
    return dated.ends if dated else dt.date.max
