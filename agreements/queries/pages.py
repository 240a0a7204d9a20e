"""What the pages about plans and measures show."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.core.paginator import Page
from django.db.models import Count, F, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from agreements.models import Agreement, Measure, MeasureStatus, Plan
from agreements.queries.plans import MeasureFilter
from agreements.queries.tables import (
    Control,
    Counted,
    Group,
    Option,
    Question,
    Row,
    Tally,
    but,
    for_table,
    page_of,
    tally,
)
from parties.models import Organisation, Partnership, Side
from parties.naming import localised
from parties.pages import chosen

LONGEST_OVERDUE = 4
BUSIEST = 4
MOST_PLANS = 4


@dataclass(frozen=True)
class PlanPage:
    """A plan as its official table, on a day."""

    plan: Plan
    partnership: Partnership
    on: dt.date
    question: Question
    tally: Tally
    controls: tuple[Control, ...]
    page: Page[Any]

    @property
    def groups(self) -> list[Group]:
        """The rows under the names of their sections, in the plan's order."""
        rows = [Row(measure, self.on) for measure in self.page]
        return [Group(name, list(found)) for name, found in groupby(rows, key=lambda row: str(row.measure.section))]

    @property
    def kept(self) -> list[tuple[str, str]]:
        return self.question.kept(self.controls)

    @property
    def list_query(self) -> str:
        """The query of the list of all measures that shows the same rows."""
        return but(self.question.parameters, plan=self.plan.pk)


def plan_page(plan: Plan, parameters: QueryDict) -> PlanPage:
    """Return the plan's table for the filters of the address (a constant number of queries)."""
    question = Question.of(parameters, "page")
    every = Measure.objects.filter(plan=plan)
    filters = MeasureFilter(question.parameters, every)
    rows = chosen(filters)
    partnership = plan.agreement.partnership
    return PlanPage(
        plan=plan,
        partnership=partnership,
        on=filters.day,
        question=question,
        tally=_tally(question, every, filters.day),
        controls=(_statuses(question), _executors(question, every), _sides(question, partnership)),
        page=page_of(for_table(rows, filters.day).order_by("order", "pk"), question.page),
    )


def versions_shown(plan: Plan, parameters: QueryDict) -> dict[int, int]:
    """Return the versions, by id, of all measures that the plan's table shows for the filters, on all its pages."""
    filters = MeasureFilter(Question.of(parameters, "page").parameters, Measure.objects.filter(plan=plan))
    return dict(chosen(filters).values_list("pk", "version"))


@dataclass(frozen=True)
class Load(Counted):
    """How many measures an organisation leads or takes part in; None: those that nobody carries out."""

    organisation: Organisation | None
    counts: dict[str, int]
    query: QueryDict

    @property
    def all_query(self) -> str:
        return self._but()

    @property
    def overdue_query(self) -> str:
        return self._but(status=MeasureStatus.OVERDUE.value)

    @property
    def at_risk_query(self) -> str:
        return self._but(status=MeasureStatus.AT_RISK.value)

    def _but(self, **changes: str) -> str:
        if self.organisation is None:
            return but(self.query, assigned="false", **changes)
        return but(self.query, organisation=self.organisation.code or self.organisation.pk, **changes)


@dataclass(frozen=True)
class PlanShare(Counted):
    """How many measures of a plan are there, done and overdue."""

    plan: Plan
    counts: dict[str, int]
    query: QueryDict

    @property
    def done_query(self) -> str:
        return but(self.query, plan=self.plan.pk, status=MeasureStatus.DONE.value)

    @property
    def overdue_query(self) -> str:
        return but(self.query, plan=self.plan.pk, status=MeasureStatus.OVERDUE.value)


@dataclass(frozen=True)
class MeasuresPage:
    """The measures of all plans on a day: what is done, what is overdue, and whose it is."""

    partnership: Partnership
    on: dt.date
    question: Question
    tally: Tally
    plans: tuple[PlanShare, ...]
    longest_overdue: tuple[Row, ...]
    loads: tuple[Load, ...]
    controls: tuple[Control, ...]
    page: Page[Any]
    plans_stated: int
    news_days: int

    @property
    def groups(self) -> list[Group]:
        """The rows under their plans, or all together where they are sorted otherwise."""
        rows = [Row(measure, self.on, self.news_days) for measure in self.page]
        if self.question.sort:
            return [Group("", rows)]
        by_plan = groupby(rows, key=lambda row: row.measure.plan)
        return [Group(str(plan), list(found), plan.get_absolute_url()) for plan, found in by_plan]

    @property
    def plans_shown(self) -> tuple[PlanShare, ...]:
        return self.plans[:MOST_PLANS]

    @property
    def plans_left(self) -> int:
        return max(len(self.plans) - MOST_PLANS, 0)

    @property
    def busiest(self) -> tuple[Load, ...]:
        return self.loads[:BUSIEST]

    @property
    def loads_left(self) -> int:
        return max(len(self.loads) - BUSIEST, 0)

    @property
    def overdue_query(self) -> str:
        return but(self.tally.query, status=MeasureStatus.OVERDUE.value, sort="deadline")

    @property
    def overdue_left(self) -> int:
        return self.tally.overdue - len(self.longest_overdue)

    @property
    def deadline_query(self) -> str:
        """The query that sorts by deadline, or turns that order round."""
        return but(self.question.parameters, sort="-deadline" if self.question.sort == "deadline" else "deadline")

    @property
    def deadline_order(self) -> str:
        return {"deadline": "ascending", "-deadline": "descending"}.get(self.question.sort, "none")

    @property
    def kept(self) -> list[tuple[str, str]]:
        return self.question.kept(self.controls)


def measures_page(partnership: Partnership, parameters: QueryDict) -> MeasuresPage:
    """Return the answers to the three questions and the rows that the address asks for (a constant number of queries).

    The answers count all measures that fit the filters but the status; the rows are those of the status, too.
    """
    question = Question.of(parameters, "page", "sort")
    every = Measure.objects.of(partnership)
    filters = MeasureFilter(question.parameters, every)
    rows, on = chosen(filters), filters.day
    beside = chosen(MeasureFilter(question.without("status"), every))
    overdue = for_table(beside, on).filter(status=MeasureStatus.OVERDUE)
    plans = list(Plan.objects.filter(agreement__partnership=partnership).order_by("-period", "pk"))
    return MeasuresPage(
        partnership=partnership,
        on=on,
        question=question,
        tally=_tally(question, every, on),
        plans=_shares(beside, plans, on, question.without("status", "plan")),
        longest_overdue=tuple(
            Row(measure, on) for measure in overdue.order_by(F("due__endswith"), "pk")[:LONGEST_OVERDUE]
        ),
        loads=_loads(beside, on, question.without("status", "organisation", "assigned")),
        controls=(
            Control("q", _("words or number"), kind="words", value=question.parameters.get("q", "")),
            _statuses(question),
            _news_days(question),
            _plans(question, plans),
            _executors(question, every),
            _sides(question, partnership),
            _years(question, plans),
        ),
        page=page_of(for_table(rows, on).order_by(*question.order), question.page),
        plans_stated=Agreement.objects.filter(partnership=partnership, plan_stated=True).count(),
        news_days=filters.news_days,
    )


def _tally(question: Question, every: QuerySet[Any], on: dt.date) -> Tally:
    query = question.without("status")
    return tally(chosen(MeasureFilter(query, every)), on, query)


def _shares(measures: QuerySet[Any], plans: Sequence[Plan], on: dt.date, query: QueryDict) -> tuple[PlanShare, ...]:
    """Return the share of each plan that has such measures, in the order of the plans."""
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for row in measures.order_by().with_status(on).values("plan", "status").annotate(n=Count("pk")):  # type: ignore[attr-defined]
        counts[row["plan"]][row["status"]] = row["n"]
    return tuple(PlanShare(plan, counts[plan.pk], query) for plan in plans if plan.pk in counts)


def _loads(measures: QuerySet[Any], on: dt.date, query: QueryDict) -> tuple[Load, ...]:
    """Return the load of each executor, the most overdue first."""
    counts: dict[int | None, dict[str, int]] = defaultdict(dict)
    rows = measures.order_by().with_status(on).values("executors__organisation", "status").annotate(n=Count("pk"))  # type: ignore[attr-defined]
    for row in rows:
        counts[row["executors__organisation"]][row["status"]] = row["n"]
    known = Organisation.objects.in_bulk([pk for pk in counts if pk is not None])
    loads = [Load(known.get(pk) if pk is not None else None, counts[pk], query) for pk in counts]
    return tuple(sorted(loads, key=lambda one: (-one.overdue, -one.at_risk, -one.all, str(one.organisation or ""))))


def _statuses(question: Question) -> Control:
    return _control(question, "status", _("status"), MeasureStatus.choices)


def _news_days(question: Question) -> Control:
    value = question.parameters.get("no_news_days", "")
    return Control("no_news_days", _("no news for more than, days"), kind="number", value=value)


def _sides(question: Question, partnership: Partnership) -> Control:
    sides = [(Side.HOME.value, partnership.home_side), (Side.PARTNER.value, partnership.partner_side)]
    return _control(question, "side", _("side of an executor"), sides)


def _plans(question: Question, plans: Sequence[Plan]) -> Control:
    return _control(question, "plan", _("plan"), [(plan.pk, str(plan)) for plan in plans])


def _executors(question: Question, measures: QuerySet[Any]) -> Control:
    """Offer the organisations that carry out one of the measures."""
    found = (
        Organisation.objects.filter(Q(pk__in=measures.values("executors__organisation")))
        .annotate(shown_name=localised("name"))
        .order_by("shown_name", "pk")
    )
    return _control(question, "organisation", _("executor"), [(one.code or one.pk, str(one)) for one in found])


def _years(question: Question, plans: Sequence[Plan]) -> Control:
    ends = [(plan.period.starts.year, plan.period.ends.year) for plan in plans]
    years = range(min((one[0] for one in ends), default=0), max((one[1] for one in ends), default=-1) + 1)
    return _control(question, "year", _("year of the deadline"), [(year, str(year)) for year in years])


def _control(question: Question, name: str, label: str, choices: Sequence[tuple[Any, Any]]) -> Control:
    now = question.parameters.get(name, "")
    return Control(name, label, tuple(Option(str(value), str(text), str(value) == now) for value, text in choices))
