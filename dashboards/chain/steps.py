"""The steps of a chain in words: its rows, what is known of each, and where the chain is broken."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Exists, OuterRef
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agreements.models import NEWS_DAYS, Agreement, Measure, MeasureStatus, ProgressNote
from agreements.wording import silence
from dashboards.chain.covering import article_gap, articles_with_cover
from dashboards.chain.gaps import Gap
from dashboards.chain.reporting import reported
from dashboards.chain.trading import chapters_in, in_words, traded
from dashboards.chain.walking import Links, kind_of, partnership_of_row, walk
from parties.formatting import day, number, period, with_precision
from parties.naming import localised
from projects.models import Delivery, Project
from trade.explorer.wording import span
from workgroup.models import Outcome
from workgroup.wording import lateness

SHOWN = 12
"""Rows of a step that the page shows before it folds the rest."""
FOLDED = 200
"""Rows of a step, or of a list, that the page holds at most; the API has all."""


@dataclass(frozen=True)
class Node:
    """A row of the chain. `row` is None for goods and lines of reports, which have no chain of their own.

    late   by how much the row is overdue, in words
    """

    title: str
    page: str
    details: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()
    row: Any = None
    late: str = ""
    is_start: bool = False

    @property
    def kind(self) -> str:
        return kind_of(self.row) if self.row is not None else ""

    @property
    def chain(self) -> str:
        """Address of the chain of this row."""
        return address(self.row) if self.row is not None else ""

    @property
    def is_example(self) -> bool:
        return bool(self.row is not None and self.row.is_example)


@dataclass(frozen=True)
class Step:
    """All rows of one kind in a chain, and the gap where there is none."""

    code: str
    label: str | Promise
    nodes: tuple[Node, ...]
    gap: Gap | None = None

    @property
    def broken(self) -> int:
        """How many rows have a gap."""
        return sum(bool(node.gaps) for node in self.nodes)

    @property
    def first(self) -> tuple[Node, ...]:
        return self.nodes[:SHOWN]

    @property
    def rest(self) -> tuple[Node, ...]:
        return self.nodes[SHOWN:FOLDED]

    @property
    def left(self) -> int:
        """How many rows are not on the page."""
        return max(len(self.nodes) - FOLDED, 0)


@dataclass(frozen=True)
class Chain:
    """A row with all steps before and after it, on a day."""

    start: Any
    on: dt.date
    steps: tuple[Step, ...]

    @property
    def kind(self) -> str:
        return kind_of(self.start)

    @property
    def gaps(self) -> int:
        return sum(step.broken + (step.gap is not None) for step in self.steps)

    @property
    def page(self) -> str:
        return address(self.start)


def address(row: Any) -> str:
    """Return the address of the chain of a row."""
    return reverse("dashboards:chain", args=[kind_of(row), row.pk])


def chain(start: Any, on: dt.date) -> Chain:
    """Return the chain of a row on a day (at most 40 queries for any length)."""
    links = walk(start)
    projects, deliveries = _projects(links), _deliveries(links)
    read: dict[str, Callable[[], Iterable[Node]]] = {
        "agreements": lambda: _of_agreements(links, on),
        "articles": lambda: _of_articles(links, on),
        "measures": lambda: _of_measures(links, on),
        "outcomes": lambda: _of_outcomes(links, on),
        "evidence": lambda: _of_notes(links),
        "projects": lambda: map(_of_project, projects),
        "deliveries": lambda: map(_of_delivery, deliveries),
        "trade": lambda: _of_trade(start, _chapters(start, projects, deliveries)),
        "reports": lambda: _of_reports(links),
    }
    steps = []
    for code, nodes in read.items():
        rows = tuple(_marked(node, start) for node in nodes())
        label, missing = LABELS[code]
        steps.append(Step(code, label, rows, None if rows else Gap(f"no_{code}", str(missing))))
    return Chain(start, on, tuple(steps))


LABELS: dict[str, tuple[Promise | str, Promise | str]] = {
    "agreements": (gettext_lazy("Agreements"), gettext_lazy("No agreement stands behind it.")),
    "articles": (gettext_lazy("Articles"), gettext_lazy("No article stands behind it, as far as is known.")),
    "measures": (gettext_lazy("Measures"), gettext_lazy("No measure of a plan is known here.")),
    "outcomes": (gettext_lazy("Outcomes and instructions"), gettext_lazy("No outcome of a meeting speaks of it.")),
    "evidence": (gettext_lazy("Progress notes"), gettext_lazy("No progress was reported on its measures.")),
    "projects": (gettext_lazy("Projects"), gettext_lazy("No project carries it out.")),
    "deliveries": (gettext_lazy("Deliveries"), gettext_lazy("No delivery came of it, as far as is known.")),
    "trade": (gettext_lazy("Trade"), gettext_lazy("No HS code leads to the trade data.")),
    "reports": (gettext_lazy("Yearly reports"), gettext_lazy("No computed report speaks of it.")),
}
"""The name of each step, and what to say where it has no row."""


def _marked(node: Node, start: Any) -> Node:
    return replace(node, is_start=node.row == start)


def _texts(*details: object) -> tuple[str, ...]:
    return tuple(str(detail) for detail in details if detail)


def _gaps(*gaps: Gap | None) -> tuple[Gap, ...]:
    return tuple(gap for gap in gaps if gap is not None)


# What was agreed ---------------------------------------------------------------------------------------------


def _of_agreements(links: Links, on: dt.date) -> Iterable[Node]:
    rows: Any = Agreement.objects.filter(pk__in=links.agreements).with_status(on).annotate(plan_count=Count("plans"))
    for row in rows.order_by("concluded", "pk"):
        no_text = Gap("no_plan_text", _("a plan is stated, but its text is not known"))
        unplanned = no_text if row.plan_stated else Gap("no_plan", _("no plan of actions is known"))
        dated = period(row.concluded) if row.concluded else ""
        yield Node(
            str(row),
            row.get_absolute_url(),
            _texts(row.status_label, dated),
            () if row.plan_count else (unplanned,),
            row,
        )


def _of_articles(links: Links, on: dt.date) -> Iterable[Node]:
    for row in articles_with_cover(links.articles, on):
        page = f"{row.agreement.get_absolute_url()}#article-{row.pk}"
        yield Node(str(row), page, (), _gaps(article_gap(row)), row)


def _of_measures(links: Links, on: dt.date) -> Iterable[Node]:
    for row in with_news(Measure.objects.filter(pk__in=links.measures), on):
        deadline = period(row.deadline) if row.deadline else row.get_recurrence_display()
        status = str(MeasureStatus(row.status).label)
        late = status if row.status == MeasureStatus.OVERDUE else ""
        details = _texts(not late and status, deadline)
        yield Node(str(row), row.get_absolute_url(), details, _gaps(news_gap(row, on)), row, late)


def with_news(measures: Any, on: dt.date) -> Any:
    """Return the measures in the order of their plans, with status and day of the last news as of the day."""
    rows = measures.with_status(on).select_related("plan__agreement")
    return rows.order_by("plan__period", "plan", "order", "pk")


def news_gap(measure: Any, on: dt.date, days: int = NEWS_DAYS) -> Gap | None:
    """Return for how long a measure that comes from `with_news` has been without news, else None."""
    words = silence(measure, on, days)
    return Gap("no_news", words) if words else None


# What was decided and reported -------------------------------------------------------------------------------


def _of_outcomes(links: Links, on: dt.date) -> Iterable[Node]:
    rows = Outcome.objects.filter(pk__in=links.outcomes).for_display()
    for row in rows.order_by("meeting__held", "meeting", "order", "pk"):
        is_loose = row.is_duty and not (row.project_id or row.agreement_id or row.measures.all())
        gap = Gap("no_object", _("names no measure, agreement or project")) if is_loose else None
        deadline = period(row.deadline) if row.deadline else ""
        due = deadline and _("deadline: %(when)s") % {"when": deadline}
        details = _texts(row.get_kind_display(), period(row.meeting.held), due)
        yield Node(str(row), row.get_absolute_url(), details, _gaps(gap), row, lateness(row, on))


def _of_notes(links: Links) -> Iterable[Node]:
    rows: Any = ProgressNote.objects.filter(pk__in=links.notes).annotate(file_count=Count("evidence"))
    for row in rows.select_related("measure__plan__agreement", "author").order_by("-dated", "-pk"):
        measure = _("measure %(number)s") % {"number": row.measure.number}
        files = ngettext("%(n)d file", "%(n)d files", row.file_count) % {"n": row.file_count}
        details = _texts(day(row.dated), measure, row.author, row.file_count and files)
        yield Node(row.text, row.get_absolute_url(), details, (), row)


# What came of it ---------------------------------------------------------------------------------------------


def _projects(links: Links) -> list[Project]:
    wanted = Project.measures.through.objects.filter(project=OuterRef("pk"))
    rows = Project.objects.filter(pk__in=links.projects).annotate(is_wanted=Exists(wanted))
    return list(rows.order_by(localised("title"), "pk"))


def _of_project(row: Any) -> Node:
    gap = None if row.is_wanted else Gap("no_measure", _("no measure wanted it"))
    stage = row.get_stage_display() if row.stage else _("stage not known")
    return Node(str(row), row.get_absolute_url(), _texts(stage), _gaps(gap), row)


def _deliveries(links: Links) -> list[Delivery]:
    return list(Delivery.objects.filter(pk__in=links.deliveries).order_by("period", "pk"))


def _of_delivery(row: Delivery) -> Node:
    quantity = ""
    if row.quantity is not None:
        quantity = f"{with_precision(number(row.quantity), row.precision)} {row.unit}".strip()
    gaps = _gaps(
        None if row.project_id else Gap("no_project", _("belongs to no project")),
        None if row.hs_code else Gap("no_hs_code", _("no HS code")),
    )
    return Node(str(row), row.get_absolute_url(), _texts(quantity, period(row.period)), gaps, row)


def _chapters(start: Any, projects: list[Project], deliveries: list[Delivery]) -> set[str]:
    """Return the chapters of HS that the chain ends in: those of the delivery it starts from, else of all."""
    if isinstance(start, Delivery) and start.hs_code:
        return chapters_in([start.hs_code])
    return chapters_in([*(row.hs_code for row in deliveries), *(row.hs_codes for row in projects)])


def _of_trade(start: Any, chapters: set[str]) -> Iterable[Node]:
    for group in traded(partnership_of_row(start), chapters):
        known = group.amount
        gaps = (Gap("no_figure", _("trade is not loaded for a whole year")),) if not known else ()
        when = span(group.cell.period) if known and group.cell else ""
        words = _("turnover %(amount)s") % {"amount": known} if known else ""
        yield Node(group.name, group.page, _texts(in_words(group.chapters), words, when), gaps)


def _of_reports(links: Links) -> Iterable[Node]:
    for report in reported(links):
        lines = ngettext("%(n)s line speaks of it", "%(n)s lines speak of it", report.lines) % {"n": report.lines}
        title = _("Report on %(year)s, version %(number)s") % {"year": report.year, "number": report.number}
        yield Node(title, report.page, (lines,))
