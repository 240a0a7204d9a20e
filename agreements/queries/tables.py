"""Measures as rows of a table: what a plan, and the list of all measures, show of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.core.paginator import Page, Paginator
from django.db.models import Count, F, OuterRef, Prefetch, QuerySet, Subquery
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agreements import wording
from agreements.models import (
    CLOSED,
    NEWS_DAYS,
    Executor,
    Measure,
    MeasureStatus,
    Postponement,
    ProgressNote,
    StatusOverride,
    YearlyItem,
)
from parties import formatting
from parties.models import Side

PER_PAGE = 60
"""Rows of a page: the plans of the field have 30 to 60 measures, so most stand on one page."""
ORDERS: dict[str, tuple[Any, ...]] = {
    "": ("plan__period", "plan", "order", "pk"),
    "deadline": (F("due__endswith").asc(nulls_last=True), "plan", "order", "pk"),
    "-deadline": (F("due__endswith").desc(nulls_last=True), "plan", "order", "pk"),
}


@dataclass(frozen=True)
class Row:
    """A measure as a row, on a day. The measure comes from `for_table`."""

    measure: Any
    on: dt.date
    news_days: int = NEWS_DAYS
    """After how many days without news that is said."""

    @property
    def anchor(self) -> str:
        return anchor(self.measure.number)

    @property
    def deadline(self) -> str:
        return wording.deadline(self.measure.due, self.measure.recurrence)

    @property
    def rule(self) -> str:
        return "" if self.is_closed else wording.overdue_rule(self.measure)

    @property
    def moved(self) -> str:
        return wording.moved(list(self.measure.postponements.all()), self.measure.due)

    @cached_property
    def home(self) -> list[Executor]:
        return [one for one in self.measure.executors.all() if one.side == Side.HOME]

    @cached_property
    def partner(self) -> list[Executor]:
        return [one for one in self.measure.executors.all() if one.side == Side.PARTNER]

    @cached_property
    def note(self) -> ProgressNote | None:
        """The newest progress note up to the day."""
        return next(iter(self.measure.newest_notes), None)

    @property
    def note_line(self) -> str:
        """The day of the newest note, the share that it reports as done, and how many files prove it."""
        note = self.note
        if note is None:
            return ""
        parts = [f"{note.dated:%d.%m.%Y}"]
        if note.percent is not None:
            parts.append(f"{note.percent}{formatting.NBSP}%")
        files = len(note.evidence.all())
        if files:
            parts.append(ngettext("%(n)d file", "%(n)d files", files) % {"n": files})
        return " · ".join(parts)

    @property
    def leading(self) -> list[Executor]:
        return [one for one in self.measure.executors.all() if one.leads]

    @property
    def address(self) -> str:
        return str(self.measure.get_absolute_url())

    @property
    def seen(self) -> str:
        """Which measure this is, at which version: what a choice of several rows sends."""
        return f"{self.measure.pk}:{self.measure.version}"

    @property
    def is_closed(self) -> bool:
        return self.measure.status in CLOSED

    @property
    def silence(self) -> str:
        """How long the open measure is without news, once that is too long."""
        return wording.silence(self.measure, self.on, self.news_days)

    @property
    def status(self) -> str:
        return str(self.measure.status)

    @property
    def status_label(self) -> str:
        label = str(MeasureStatus(self.measure.status).label)
        return label[:1].upper() + label[1:]

    @property
    def status_detail(self) -> str:
        """What the status rests on: the day it was done, the decision, the delay, or who set it and why."""
        measure = self.measure
        if measure.status_by_hand:
            return measure.override_reason or ""
        if self.status == MeasureStatus.DONE:
            return f"{measure.done_on or measure.last_year_done_on:%d.%m.%Y}"
        if self.status == MeasureStatus.NOT_RELEVANT:
            return str(measure.dropped_by)
        if self.status == MeasureStatus.OVERDUE and measure.last_day and measure.last_day < self.on:
            return wording.late(measure.last_day, self.on)
        return ""


def status_in_words(measure: Measure) -> str:
    """Return how a measure stands today, and on what that rests (5 queries)."""
    today = timezone.localdate()
    row = Row(for_table(Measure.objects.filter(pk=measure.pk), today).get(), today)
    label = f"{row.status_label} ({_('set by hand')})" if row.measure.status_by_hand else row.status_label
    return f"{label}: {row.status_detail}" if row.status_detail else label


def anchor(number: str) -> str:
    """Return the anchor of a measure in the page of its plan."""
    return f"m-{'_'.join(number.split())}"


def for_table(measures: QuerySet[Any], on: dt.date) -> QuerySet[Any]:
    """Add what a row shows (5 queries for any number of rows)."""
    notes = ProgressNote.objects.filter(dated__lte=on).order_by("measure", "-dated", "-pk").distinct("measure")
    years_done = YearlyItem.objects.filter(measure=OuterRef("pk"), done_on__lte=on).order_by("-done_on")
    overrides = StatusOverride.objects.filter(measure=OuterRef("pk"), dated__lte=on).order_by("-dated", "-pk")
    return (
        measures.with_status(on)  # type: ignore[attr-defined]
        .annotate(
            override_reason=Subquery(overrides.values("reason")[:1]),
            last_year_done_on=Subquery(years_done.values("done_on")[:1]),
        )
        .select_related("plan__agreement", "area")
        .prefetch_related(
            Prefetch("executors", Executor.objects.select_related("organisation").order_by("-leads", "pk")),
            Prefetch("postponements", Postponement.objects.filter(decided_on__lte=on).order_by("decided_on", "pk")),
            Prefetch(
                "notes",
                notes.prefetch_related("evidence"),
                to_attr="newest_notes",
            ),
        )
    )


@dataclass(frozen=True)
class Group:
    """Rows under one heading; the heading may be a link."""

    name: str
    rows: Sequence[Row]
    address: str = ""


@dataclass(frozen=True)
class Segment:
    """A status with its number of measures, and its place in a bar of 1,000 units."""

    status: str
    label: str
    count: int
    start: str
    width: str
    query: str


class Counted:
    """Something whose measures are counted by status."""

    counts: dict[str, int]

    @property
    def all(self) -> int:
        return sum(self.counts.values())

    @property
    def done(self) -> int:
        return self.counts.get(MeasureStatus.DONE, 0)

    @property
    def at_risk(self) -> int:
        return self.counts.get(MeasureStatus.AT_RISK, 0)

    @property
    def overdue(self) -> int:
        return self.counts.get(MeasureStatus.OVERDUE, 0)


@dataclass(frozen=True)
class Tally(Counted):
    """How many measures have which status. `query` is that of the list of them all."""

    counts: dict[str, int]
    query: QueryDict

    @property
    def segments(self) -> list[Segment]:
        """All statuses in the order of the bar, those without measures too."""
        found, start = [], 0.0
        for status in MeasureStatus:
            count = self.counts.get(status, 0)
            width = 1000 * count / self.all if self.all else 0.0
            query = but(self.query, status=status.value)
            found.append(Segment(status.value, str(status.label), count, f"{start:.1f}", f"{width:.1f}", query))
            start += width
        return found

    @property
    def no_data(self) -> int:
        return self.counts.get(MeasureStatus.NO_DATA, 0)

    @property
    def all_query(self) -> str:
        return but(self.query)

    @property
    def no_data_query(self) -> str:
        return but(self.query, status=MeasureStatus.NO_DATA.value)

    @property
    def overdue_query(self) -> str:
        return but(self.query, status=MeasureStatus.OVERDUE.value)

    @property
    def done_query(self) -> str:
        return but(self.query, status=MeasureStatus.DONE.value)


def tally(measures: QuerySet[Any], on: dt.date, query: QueryDict) -> Tally:
    rows = measures.order_by().with_status(on).values("status").annotate(n=Count("pk", distinct=True))  # type: ignore[attr-defined]
    return Tally({row["status"]: row["n"] for row in rows}, query)


def but(query: QueryDict, **changes: Any) -> str:
    """Return the query with other values; None and empty ones are left out, and so is the page."""
    wanted = {**{name: query[name] for name in query}, "page": None, **changes}
    return urlencode({name: value for name, value in wanted.items() if value not in (None, "")})


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Control:
    """A choice of the reader: the name of a filter and what it takes, from a list of options or typed."""

    name: str
    label: str
    options: tuple[Option, ...] = ()
    kind: Literal["choice", "words", "number"] = "choice"
    value: str = ""


@dataclass(frozen=True)
class Question:
    """What an address asks: the filters, the order of the rows and the page."""

    parameters: QueryDict
    page: int
    sort: str

    @classmethod
    def of(cls, parameters: QueryDict, *beside: str) -> Question:
        """Take `page` and `sort`, where they are among `beside`, and empty filters out of the parameters.

        Raises `BadRequest` where they cannot be read; the filters are left to the filter set.
        """
        filters = parameters.copy()
        asked = {name: filters.pop(name)[-1] for name in beside if name in filters}
        number, sort = asked.get("page", "1"), asked.get("sort", "")
        if not (number.isascii() and number.isdigit() and len(number) <= 6 and int(number)):
            raise BadRequest(_("page: write a number from 1."))
        if sort not in ORDERS:
            raise BadRequest(_("sort: write one of %(known)s.") % {"known": ", ".join(filter(None, ORDERS))})
        for name in [name for name in filters if not filters[name]]:
            del filters[name]
        return cls(filters, int(number), sort)

    @property
    def order(self) -> tuple[Any, ...]:
        return ORDERS[self.sort]

    @property
    def query(self) -> str:
        return but(self.parameters, sort=self.sort)

    def without(self, *names: str) -> QueryDict:
        rest = self.parameters.copy()
        for name in names:
            rest.pop(name, None)
        return rest

    def kept(self, controls: Sequence[Control]) -> list[tuple[str, str]]:
        """Return what a form with these controls must send along."""
        offered = {control.name for control in controls}
        rest = [(name, str(self.parameters[name])) for name in self.parameters if name not in offered]
        return [*rest, *([("sort", self.sort)] if self.sort else [])]


def page_of(rows: QuerySet[Any], number: int) -> Page[Any]:
    """Return a page of rows; a page beyond the last is the last."""
    return Paginator(rows, PER_PAGE).get_page(number)
