"""Reads about joint projects: the portfolio, and one project with its parts."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from typing import Any

from django.db.models import Prefetch
from django.forms import BoundField, ModelChoiceField
from django.http import QueryDict
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django_filters import FilterSet

from agreements.models import Measure
from documents.charts import Event, svg, timeline
from parties.formatting import day
from parties.models import Partnership
from parties.pages import chosen
from parties.periods import Period
from projects.models import (
    Assessment,
    BudgetLine,
    Confidence,
    Currency,
    Delivery,
    Milestone,
    Participant,
    Project,
    ProjectDocument,
    Slip,
)
from projects.queries.filters import ProjectFilter
from projects.wording import amount, lateness, money
from trade.nomenclature.lookup import names as names_of_goods

CONTROLS = ("area", "stage", "confidence", "organisation", "year")
"""Filters that the page of the portfolio offers; its address takes all of `ProjectFilter`."""


@dataclass(frozen=True)
class Money:
    """A budget in one currency. `unplanned` and `unreported` lines do not state their planned or actual sum."""

    currency: str
    planned: Decimal | None
    actual: Decimal | None
    lines: int
    unplanned: int
    unreported: int
    is_example: bool

    @property
    def currency_label(self) -> str:
        return str(Currency(self.currency).label)

    @property
    def words(self) -> str:
        """What is planned and what is spent, as far as the lines state it."""
        planned, actual = money(self.planned, self.currency), money(self.actual, self.currency)
        if self.planned is not None and self.actual is not None:
            return _("%(actual)s of %(planned)s") % {"actual": amount(self.actual), "planned": planned}
        if planned:
            return _("%(planned)s planned") % {"planned": planned}
        return _("%(actual)s actual") % {"actual": actual}

    @property
    def gaps(self) -> str:
        """How many of the lines state no planned or no actual sum, in words."""
        found = []
        if self.unplanned:
            text = ngettext("%(n)s line without a planned sum", "%(n)s lines without a planned sum", self.unplanned)
            found.append(text % {"n": self.unplanned})
        if self.unreported:
            text = ngettext("%(n)s line without an actual sum", "%(n)s lines without an actual sum", self.unreported)
            found.append(text % {"n": self.unreported})
        return ", ".join(found)


def budgets(lines: Iterable[BudgetLine]) -> list[Money]:
    """Return the sums of the lines in each currency; facts and examples are never added together."""
    ordered = sorted(lines, key=_kind_of_money)
    return [_sum(list(group)) for __, group in groupby(ordered, key=_kind_of_money)]


def _kind_of_money(line: BudgetLine) -> tuple[bool, str]:
    return line.is_example, line.currency


def _sum(lines: Sequence[BudgetLine]) -> Money:
    """Return the sum of lines of one kind."""
    planned = [line.planned for line in lines if line.planned is not None]
    actual = [line.actual for line in lines if line.actual is not None]
    return Money(
        currency=lines[0].currency,
        planned=sum(planned, Decimal()) if planned else None,
        actual=sum(actual, Decimal()) if actual else None,
        lines=len(lines),
        unplanned=len(lines) - len(planned),
        unreported=len(lines) - len(actual),
        is_example=lines[0].is_example,
    )


@dataclass(frozen=True)
class Step:
    """A milestone with its lateness as known on a day."""

    milestone: Milestone
    on: dt.date

    @property
    def slip(self) -> Slip | None:
        return self.milestone.slip(self.on)

    @property
    def is_reached(self) -> bool:
        return self.milestone.is_reached(self.on)

    @property
    def is_past_plan(self) -> bool:
        """Whether it is open and its planned time is over."""
        return not self.is_reached and self.slip is not None

    @property
    def lateness(self) -> str:
        return lateness(self.milestone, self.on)

    @property
    def due(self) -> Period | None:
        """When it is to be reached, as expected now; None when it was."""
        found: Period | None = None if self.is_reached else self.milestone.expected or self.milestone.planned
        return found


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
        return chart_of(self.steps, self.on, with_projects=True)


SHOWN_DELIVERIES = 5


def portfolio(partnership: Partnership, parameters: QueryDict) -> Portfolio:
    """Return the portfolio (at most 9 queries for any number of projects)."""
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
        confidences=_confidences(partnership, parameters),
        money=budgets(line for row in found for line in row.project.budget.all()),
        deliveries=list(newest[:SHOWN_DELIVERIES]),
        delivery_count=deliveries.count(),
        controls=controls_of(filter_set, CONTROLS),
        query=query_of(parameters),
    )


def _budget() -> Prefetch[Any]:
    return Prefetch("budget", BudgetLine.objects.select_related("payer").order_by("fund", "pk"))


def _confidences(partnership: Partnership, parameters: QueryDict) -> list[Choice]:
    """Return each word of confidence with its projects among those that the other filters keep (1 query)."""
    others = parameters.copy()
    now = others.pop("confidence", [""])[-1]
    filter_set = ProjectFilter(others, Project.objects.filter(partnership=partnership))
    counts: Counter[str] = Counter(filter_set.qs.order_by().values_list("confidence", flat=True))
    choices = [("", str(_("all projects")), sum(counts.values()))]
    choices += [(value, str(label), counts[value]) for value, label in Confidence.choices]
    return [
        Choice(value, label, count, _with(others, "confidence", value), value == now) for value, label, count in choices
    ]


def controls_of(filter_set: FilterSet, names: Iterable[str]) -> list[BoundField]:
    """Return the fields by which a reader filters a list."""
    for name in names:
        field = filter_set.form.fields[name]
        if isinstance(field, ModelChoiceField):
            field.empty_label = pgettext("filter", "all")
    return [filter_set.form[name] for name in names]


def query_of(parameters: QueryDict) -> str:
    """Return the part of an address that asks for the same rows, without what says nothing."""
    asked = QueryDict(mutable=True)
    for name, values in parameters.lists():
        if values[-1]:
            asked[name] = values[-1]
    return asked.urlencode()


def _with(parameters: QueryDict, name: str, value: str) -> str:
    changed = parameters.copy()
    changed[name] = value
    return query_of(changed)


def _dated(milestone: Milestone) -> dt.date:
    dated = milestone.planned or milestone.actual
    return dated.ends if dated else dt.date.max


@dataclass(frozen=True)
class Chart:
    """The milestones on a line of time, titled by what it shows."""

    title: str
    svg: SafeString


def chart_of(steps: Sequence[Step], on: dt.date, *, with_projects: bool = False) -> Chart | None:
    """Return the chart of the milestones that have dates with both ends; None where there is none."""
    events = [_event(step, with_projects=with_projects) for step in steps]
    shown = [event for event in events if event.planned or event.actual]
    if not shown:
        return None
    title = headline_of(steps)
    described = _("For each milestone: when it was planned, when it was reached, and how far the two are apart.")
    drawing = timeline(shown, today=on, today_label=_("today, %(day)s") % {"day": day(on)})
    return Chart(title, svg(drawing, title=title, description=described))


def headline_of(steps: Iterable[Step]) -> str:
    """Return in a sentence how many milestones are reached and how many are past their plan."""
    found = list(steps)
    reached = sum(step.is_reached for step in found)
    late = sum(step.is_past_plan for step in found)
    text = ngettext("%(reached)s of %(n)s milestone reached", "%(reached)s of %(n)s milestones reached", len(found))
    words = text % {"reached": reached, "n": len(found)}
    if late:
        words += ", " + ngettext("%(n)s past its plan", "%(n)s past their plan", late) % {"n": late}
    return words


def _event(step: Step, *, with_projects: bool) -> Event:
    milestone = step.milestone
    return Event(
        name=str(milestone),
        planned=_ends(milestone.planned),
        actual=_ends(milestone.actual) if step.is_reached else None,
        note=str(milestone.project) if with_projects else "",
    )


def _ends(period: Period | None) -> tuple[dt.date, dt.date] | None:
    """Return both ends of a period that has them."""
    return (period.first, period.last) if period is not None and period.first and period.last else None


@dataclass(frozen=True)
class Goods:
    """A code of goods with its name, where it is known."""

    code: str
    name: str


def goods_of(codes: Iterable[str]) -> list[Goods]:
    """Return the codes with their names (2 queries, none without codes)."""
    asked = list(dict.fromkeys(codes))
    known = names_of_goods(asked) if asked else {}
    return [Goods(code, known.get(code, "")) for code in asked]


@dataclass(frozen=True)
class ProjectPage:
    """A project with everything that belongs to it."""

    project: Project
    on: dt.date
    participants: list[Participant]
    steps: list[Step]
    budget: list[BudgetLine]
    money: list[Money]
    assessments: list[Assessment]
    documents: list[ProjectDocument]
    measures: list[Measure]
    deliveries: list[Delivery]
    goods: list[Goods]

    @property
    def chart(self) -> Chart | None:
        return chart_of(self.steps, self.on)

    @property
    def milestones_in_words(self) -> str:
        return headline_of(self.steps)

    @property
    def contradiction(self) -> str:
        """What the milestones say against the judgement, in words; nothing where they agree."""
        late = sum(step.is_past_plan for step in self.steps)
        if not late or self.project.confidence != Confidence.ON_SCHEDULE:
            return ""
        text = ngettext(
            "%(n)s milestone is past its plan and not reported as reached.",
            "%(n)s milestones are past their plan and not reported as reached.",
            late,
        )
        return text % {"n": late}


def project_page(project: Project, on: dt.date) -> ProjectPage:
    """Return the page of a project that comes from `for_portfolio` and `with_confidence` (at most 9 queries)."""
    budget = list(project.budget.select_related("payer").order_by("fund", "pk"))
    return ProjectPage(
        project=project,
        on=on,
        participants=list(project.participants.all()),
        steps=[Step(milestone, on) for milestone in project.milestones.all()],
        budget=budget,
        money=budgets(budget),
        assessments=list(project.assessments.select_related("author").order_by("-dated", "-pk")),
        documents=list(project.documents.order_by("-dated", "-pk")),
        measures=list(project.measures.select_related("plan__agreement").order_by("plan__period", "order", "pk")),
        deliveries=list(project.deliveries.select_related("supplier", "part_of").order_by("-period", "-pk")),
        goods=goods_of(project.hs_code_list),
    )
