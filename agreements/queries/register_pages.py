"""The register of agreements on a day: its rows, counts, filters and order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

from django.core.exceptions import BadRequest
from django.core.paginator import Page, Paginator
from django.db.models import (
    Case,
    Count,
    F,
    FloatField,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, NullIf
from django.http import QueryDict
from django.utils.translation import gettext as _

from agreements import validity
from agreements.models import Agreement, Measure, Party, Plan, StatedCount, Status
from agreements.queries.agreements import AgreementFilter
from agreements.queries.concerns import Concern, concerns_of, raising, warning_in_words, with_concerns
from parties.forms import choices_of
from parties.models import Area, Organisation, Partnership
from parties.naming import localised
from parties.pages import chosen

LEVELS = ""
SORTS = ("number", "title", "concluded", "ends", "plan", "done", "responsible")
"""Columns that the register can be sorted by, by their names in addresses; with a minus the other way round."""


def _sorted(agreements: Any, sort: str, on: dt.date) -> Any:
    """Return the agreements in the order, those without a value last; by level and date where none is asked for."""
    if sort == LEVELS:
        return agreements.order_by("level_order", "concluded", "pk")
    column = _column(sort.removeprefix("-"), on)
    order = column.desc(nulls_last=True) if sort.startswith("-") else column.asc(nulls_last=True)
    return agreements.order_by(order, "pk")


def _column(name: str, on: dt.date) -> Any:
    """Return what the register is sorted by: the plan of the day by its end, its progress by the share that is done."""
    match name:
        case "number":
            return NullIf(F("number"), Value(""))
        case "title":
            return localised("title")
        case "concluded":
            return F("concluded")
        case "ends":
            return F("ends_on")
        case "responsible":
            return localised("responsible__name")
    plan = plans_counted(on).filter(period__contains=on, agreement=OuterRef("pk"))
    if name == "plan":
        return Subquery(plan.values("period__endswith")[:1])
    share = Cast("done_count", FloatField()) / NullIf("measure_count", Value(0))
    return Subquery(plan.annotate(share=share).values("share")[:1])


PER_PAGE = 60
"""Agreements on a page of the register."""
EVERY = 1_000_000
"""As `per_page`: all agreements, for files."""


@dataclass(frozen=True)
class RegisterRow:
    """An agreement of the register, on a day. It comes from `with_concerns` with its plans."""

    agreement: Any
    on: dt.date

    @cached_property
    def plan(self) -> Any:
        """The plan for the day; None without one. It carries `measure_count` and `done_count`."""
        holding = (plan for plan in self.agreement.plans.all() if _holds(plan, self.on))
        return next(holding, None)

    @property
    def last_plan(self) -> Any:
        """The newest plan that is over; None without one."""
        return next((plan for plan in reversed(self.agreement.plans.all()) if plan.period.ends < self.on), None)

    @property
    def shown_plan(self) -> Any:
        """The plan for the day, else the newest one that is over."""
        return self.plan or self.last_plan

    @property
    def until(self) -> str:
        return validity.until(self.agreement)

    @property
    def beside(self) -> str:
        return validity.beside(self.agreement)

    @property
    def warnings(self) -> list[str]:
        return self._warnings(Concern)

    @property
    def warnings_of_term(self) -> list[str]:
        return self._warnings((Concern.ENDS_SOON, Concern.NOTICE_SOON))

    @property
    def warnings_of_plan(self) -> list[str]:
        return self._warnings((Concern.NO_PLAN, Concern.BARE_ARTICLES))

    def _warnings(self, wanted: Iterable[Concern]) -> list[str]:
        raised = concerns_of(self.agreement)
        return [warning_in_words(self.agreement, concern) for concern in wanted if concern in raised]


def _holds(plan: Plan, on: dt.date) -> bool:
    return plan.period.starts <= on <= plan.period.ends


@dataclass(frozen=True)
class Choice:
    """A number of the register that leads to its rows."""

    label: str
    count: int
    query: str
    is_chosen: bool


@dataclass(frozen=True)
class Heading:
    """A column by which the register can be sorted: the query that does it, and how it is sorted now."""

    label: str
    query: str
    order: str  # as in `aria-sort`; empty where the register is sorted by something else


@dataclass(frozen=True)
class Register:
    """The register of agreements on a day, as the address asks for it."""

    on: dt.date
    partnership: Partnership
    filter: AgreementFilter
    parameters: QueryDict
    sort: str
    rows: list[RegisterRow]
    page: Page[Any]
    counts: dict[str, int]
    stated: list[StatedCount]

    @property
    def total(self) -> int:
        return self.counts["all"]

    @property
    def found(self) -> int:
        """How many agreements the address asks for, on all pages."""
        return self.page.paginator.count

    @property
    def in_force(self) -> int:
        return self.counts[Status.IN_FORCE]

    @property
    def is_filtered(self) -> bool:
        return any(self.parameters.values())

    @property
    def query(self) -> str:
        """The filters of the address, without the order: what the API is asked with."""
        return self.parameters.urlencode()

    @property
    def page_query(self) -> str:
        """What leads to another page, and to the files: the filters and the order."""
        query = self.parameters.copy()
        if self.sort:
            query["sort"] = self.sort
        return query.urlencode()

    @property
    def groups(self) -> list[tuple[str, list[RegisterRow]]]:
        """The rows under the names of their levels; under none when they are sorted otherwise."""
        if self.sort != LEVELS:
            return [("", self.rows)] if self.rows else []
        return [
            (str(Agreement.Level(level).label), list(rows))
            for level, rows in groupby(self.rows, key=lambda row: row.agreement.level)
        ]

    @property
    def controls(self) -> list[Any]:
        """The filters as fields of a form; they offer the parties and areas that agreements of the register have."""
        form = self.filter.form
        parties = Party.objects.filter(agreement__partnership=self.partnership).values("organisation")
        choices_of(form, "organisation", Organisation.objects.filter(pk__in=parties).order_by(localised("name")))
        areas = Agreement.objects.filter(partnership=self.partnership).values("area")
        choices_of(form, "area", Area.objects.filter(pk__in=areas).order_by("order", "pk"))
        return [form[name] for name in ("q", "status", "warning", "organisation", "area", "year")]

    @property
    def names_responsible(self) -> bool:
        """Whether anybody is named as responsible: the column is left out where nobody is."""
        return any(row.agreement.responsible_id for row in self.rows)

    @property
    def has_numbers(self) -> bool:
        """Whether any agreement has a number: the column is left out where none has."""
        return any(row.agreement.number for row in self.rows)

    @property
    def columns(self) -> int:
        return 6 + self.has_numbers + self.names_responsible

    @property
    def states(self) -> list[Choice]:
        """How many agreements are in which state, with links to them."""
        return [self._choice("status", status, str(status.label)) for status in Status if self.counts[status]]

    @property
    def warnings(self) -> list[Choice]:
        """How many agreements raise which concern, with links to them."""
        return [self._choice("warning", concern, str(concern.label)) for concern in Concern]

    def _choice(self, name: str, value: Any, label: str) -> Choice:
        query = QueryDict(mutable=True)
        query[name] = str(value)
        return Choice(label, self.counts[value], query.urlencode(), self.parameters.get(name) == value)

    @property
    def headings(self) -> dict[str, Heading]:
        labels = {
            "number": _("No."),
            "title": _("Agreement"),
            "concluded": _("Signed"),
            "ends": _("State, valid until"),
            "plan": _("Plan"),
            "done": _("Measures done"),
            "responsible": _("Responsible"),
        }
        return {name: self._heading(name, label) for name, label in labels.items()}

    def _heading(self, name: str, label: str) -> Heading:
        order = {name: "ascending", f"-{name}": "descending"}.get(self.sort, "")
        query = self.parameters.copy()
        query["sort"] = f"-{name}" if order == "ascending" else name
        return Heading(label, query.urlencode(), order)


def register(partnership: Partnership, asked: QueryDict, *, per_page: int = PER_PAGE) -> Register:
    """Return a page of the agreements that the address asks for, and what the register counts (7 queries at most)."""
    parameters, sort, number = _beside_filters(asked)
    of_it = Agreement.objects.filter(partnership=partnership)
    filter_set = AgreementFilter(parameters, of_it)
    found = chosen(filter_set)
    on = filter_set.day
    rows = found.select_related("area", "partnership", "responsible").annotate(level_order=_level_order())
    parties = Party.objects.select_related("organisation").order_by("side", "pk")
    rows = rows.prefetch_related(Prefetch("parties", parties), Prefetch("plans", plans_counted(on)))
    page = Paginator(_sorted(rows, sort, on), per_page).get_page(number)
    return Register(
        on=on,
        partnership=partnership,
        filter=filter_set,
        parameters=parameters,
        sort=sort,
        rows=[RegisterRow(row, on) for row in page],
        page=page,
        counts=_counts(of_it, on),
        stated=list(StatedCount.objects.filter(partnership=partnership).order_by("pk")),
    )


def _beside_filters(asked: QueryDict) -> tuple[QueryDict, str, int]:
    """Return what filters, without empty fields, the order and the page; raise `BadRequest` for unknown ones."""
    parameters = asked.copy()
    sort = parameters.pop("sort", [LEVELS])[-1]
    number = parameters.pop("page", ["1"])[-1]
    if not (number.isascii() and number.isdigit() and len(number) <= 6 and int(number)):
        raise BadRequest(_("page: write a number from 1."))
    if sort != LEVELS and sort.removeprefix("-") not in SORTS:
        known = ", ".join(f"{name}, -{name}" for name in SORTS)
        raise BadRequest(f"sort: {_('Known: %(known)s.') % {'known': known}}")
    for name in [name for name, values in parameters.lists() if not any(values)]:
        del parameters[name]
    return parameters, sort, int(number)


def _level_order() -> Case:
    places = (When(level=level, then=place) for place, level in enumerate(Agreement.Level))
    return Case(*places, output_field=IntegerField())


def plans_counted(on: dt.date) -> QuerySet[Plan]:
    """Return plans with `measure_count` and with `done_count`, how many of them are done on the day."""
    done = Q(measures__in=Measure.objects.done(on).values("pk"))
    return Plan.objects.annotate(measure_count=Count("measures"), done_count=Count("measures", filter=done)).order_by(
        "period"
    )


def _counts(agreements: Any, on: dt.date) -> dict[str, int]:
    rows = with_concerns(agreements.with_status(on), on)
    counted = {f"count_{status}": Count("pk", filter=Q(status=status)) for status in Status}
    counted |= {f"count_{concern}": Count("pk", filter=raising(concern)) for concern in Concern}
    found = rows.aggregate(count_all=Count("pk"), **counted)
    return {name.removeprefix("count_"): number for name, number in found.items()}
