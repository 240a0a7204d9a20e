"""What the pages of imports show: where an import stands, what it would change, and what is wrong with its file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.db.models import QuerySet
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from parties.formatting import NBSP, number, signed
from parties.periods import Period
from trade.explorer.names import Names
from trade.explorer.wording import flow_name, span
from trade.importing.formats import NAMES
from trade.importing.mapping import Mapping, suggest_mapping
from trade.importing.problems import ERROR, FATAL, Problem
from trade.imports.downloads import problems_of
from trade.imports.given import Given
from trade.imports.queue import (
    ENDED_WITHOUT_RELEASE,
    MAY_BE_CANCELLED,
    MAY_BE_MAPPED,
    WAITING_FOR_A_PERSON,
    WORKED_ON,
)
from trade.models import Import, Release
from trade.releases.comparing import Difference, Kind

State = Import.State
PROBLEMS_SHOWN = 50
CHANGES_SHOWN = 50

MEANINGS: dict[str, str | Promise] = {
    "FILE": gettext_lazy("The file is no table, is damaged, or could do harm."),
    "ENC": gettext_lazy("The text of the file cannot be decoded."),
    "HDR": gettext_lazy("The header is not known, or lacks columns."),
    "ROW": gettext_lazy("Rows that have more or fewer fields than the header."),
    "FLOW": gettext_lazy("Directions of trade that are neither import nor export."),
    "PER": gettext_lazy("Periods that are missing, unreadable or still in the future."),
    "CTRY": gettext_lazy("Countries that are not in the list of territories."),
    "REG": gettext_lazy("Regions that are not in the list, or whose name does not fit the code."),
    "HS-LEN": gettext_lazy("Codes of goods with a wrong number of digits; a leading zero may be lost."),
    "HS-UNK": gettext_lazy("Codes of goods that are not in the edition valid in the period."),
    "HS-HID": gettext_lazy("Goods hidden by the publisher: they count in totals and as hidden goods."),
    "NUM": gettext_lazy("Numbers that are unreadable, negative or impossibly large."),
    "UNIT": gettext_lazy("Prices about 1000 times off: perhaps thousand dollars, or tonnes."),
    "QTY": gettext_lazy("A quantity without its unit, or a unit without a quantity."),
    "STAT": gettext_lazy("Statuses of figures that are not known."),
    "DUP": gettext_lazy("The same row twice: equal rows count once, contradicting rows are rejected."),
    "LVL": gettext_lazy("Codes of several levels in one file: sums would count twice."),
    "SUM": gettext_lazy("The lines do not add up to the stated total: hidden or estimated goods."),
    "TOT-G": gettext_lazy("Turnover does not fit export and import."),
    "REV": gettext_lazy("Revisions by more than 20 per cent, or growth that turns its sign."),
    "GONE": gettext_lazy("Partners of the dataset that the file does not name would disappear."),
    "GAP": gettext_lazy("Months are missing inside the range of the file."),
    "OUT": gettext_lazy("Figures far from the other months of their series."),
    "SKIP": gettext_lazy("Rows that repeat a part of another row, or have no figures: skipped."),
}


@dataclass(frozen=True)
class Change:
    """A difference in words: what it is about, from what to what; `measure` where it is not the value that changes."""

    period: str
    flow: str
    partner: str
    goods: str
    code: str
    measure: str
    old: str
    new: str
    percent: str


@dataclass(frozen=True)
class Count:
    """How often a rule was broken; `is_rejection` where the rows found are left out."""

    code: str
    number: int
    meaning: str | Promise
    is_rejection: bool


@dataclass(frozen=True)
class Column:
    """A column of the file with some of its values."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """An import as its page shows it."""

    job: Import

    @property
    def is_worked_on(self) -> bool:
        return self.job.state in WORKED_ON

    @property
    def may_be_cancelled(self) -> bool:
        return self.job.state in MAY_BE_CANCELLED

    @property
    def may_be_mapped(self) -> bool:
        return self.job.state in MAY_BE_MAPPED and bool(self.job.summary.get("columns"))

    @property
    def may_be_repeated(self) -> bool:
        """Whether the file can be read with other options: it is kept, and nothing came of it yet."""
        return bool(self.job.file) and self.job.state not in WORKED_ON | {State.PUBLISHED, State.CANCELLED}

    @property
    def asks_for_columns(self) -> bool:
        """Whether a refused file may be taken once its columns are named, or named otherwise."""
        return self.may_be_mapped and bool({found.code for found in self.fatal} & {"HDR", "LVL"})

    @property
    def asks_for_options(self) -> bool:
        """Whether reading the file with other options, or again, is what to do next."""
        refused = self.job.state == State.REFUSED and not self.asks_for_columns
        return refused or self.job.state == State.EXPIRED

    @property
    def is_mapped(self) -> bool:
        return bool(self.job.summary.get("mapping"))

    @property
    def was_stale(self) -> bool:
        return self.job.summary.get("note") == "stale"

    @property
    def waits_until(self) -> dt.datetime | None:
        """When the sweep throws the preview away, unless somebody decides on it."""
        started = self.job.started_at
        return started + settings.IMPORT_PREVIEW_LIFE if started and self.job.state in WAITING_FOR_A_PERSON else None

    @property
    def file_until(self) -> dt.datetime | None:
        """Until when the file is kept for another try, where nothing came of it."""
        ended = self.job.finished_at if self.job.file and self.job.state in ENDED_WITHOUT_RELEASE else None
        return ended + settings.IMPORT_FILE_LIFE if ended else None

    @property
    def days_waited(self) -> int:
        return int(settings.IMPORT_PREVIEW_LIFE.days)

    @cached_property
    def given(self) -> Given:
        return Given.from_json(self.job.options)

    @property
    def format_name(self) -> str:
        """What the file was recognised as; empty before it was read."""
        code = self.job.summary.get("format", "")
        return str(NAMES.get(code, code))

    @property
    def status_name(self) -> str:
        return str(Release.Status(self.given.status).label)

    @cached_property
    def problems(self) -> list[Problem]:
        return problems_of(self.job)

    @property
    def first_problems(self) -> list[Problem]:
        return self.problems[:PROBLEMS_SHOWN]

    @property
    def fatal(self) -> list[Problem]:
        """What the whole file is refused for."""
        return [found for found in self.problems if found.severity == FATAL]

    @property
    def has_details(self) -> bool:
        """Whether more was noticed than the reason of a refusal, which stands on top."""
        return not self.is_worked_on and len(self.problems) > (len(self.fatal) if len(self.fatal) == 1 else 0)

    @property
    def counts(self) -> list[Count]:
        """Rules that were broken: rejections first, then the most frequent."""
        rejecting = {found.code for found in self.problems if found.severity in (ERROR, FATAL)}
        counts = [
            Count(code, count, MEANINGS.get(code, ""), code in rejecting)
            for code, count in self.job.summary.get("counts", {}).items()
        ]
        return sorted(counts, key=lambda one: (not one.is_rejection, -one.number))

    @property
    def found(self) -> int:
        """Number of all problems, kept or not."""
        return sum(self.job.summary.get("counts", {}).values())

    @cached_property
    def changed(self) -> list[Change]:
        return self._changes("changed")

    @cached_property
    def disappeared(self) -> list[Change]:
        return self._changes("disappeared")

    @cached_property
    def new(self) -> list[Change]:
        return self._changes("new")

    @cached_property
    def _names(self) -> Names:
        return Names.current()

    def _changes(self, kind: Kind) -> list[Change]:
        stored = [one for one in self.job.summary.get("examples", []) if one["kind"] == kind]
        return [self._change(Difference.from_json(one)) for one in stored[:CHANGES_SHOWN]]

    def _change(self, one: Difference) -> Change:
        measure, old, new = _figure(one)
        return Change(
            period=span(Period.months(one.period.year, one.period.month, one.months)),
            flow=flow_name(one.flow),
            partner=self._pair(one),
            goods=self._names.good(one.commodity) or self._names.good(one.commodity[:2]),
            code=one.commodity if one.commodity.isdigit() else "",
            measure=measure,
            old=_shown(old),
            new=_shown(new),
            percent=_percent(old, new),
        )

    def _pair(self, one: Difference) -> str:
        """Name the partner; the reporter, too, where the file is about several."""
        partner = self._names.area(one.partner)
        reporters = self.job.summary["staged"]["within"]["reporters"]
        return f"{self._names.area(one.reporter)} – {partner}" if len(reporters) > 1 else partner

    @property
    def scope(self) -> str:
        """The slice that the file replaces: «Томская область: экспорт, импорт; январь – декабрь 2024 г.»."""
        staged = self.job.summary.get("staged")
        if not staged or not staged["within"]:
            return ""
        within = staged["within"]
        first, end = dt.date.fromisoformat(within["first"]), dt.date.fromisoformat(staged["end"])
        months = (end.year - first.year) * 12 + end.month - first.month + 1
        reporters = ", ".join(self._names.area(code) for code in within["reporters"][:5])
        if len(within["reporters"]) > 5:
            reporters = _("%(some)s and %(more)s more") % {"some": reporters, "more": len(within["reporters"]) - 5}
        return _("%(reporters)s: %(flows)s; %(period)s") % {
            "reporters": reporters,
            "flows": ", ".join(flow_name(flow) for flow in within["flows"]),
            "period": span(Period.months(first.year, first.month, months)),
        }

    @property
    def headline(self) -> str:
        """What the reader has to know first."""
        summary, state = self.job.summary, self.job.state
        if state == State.READY:
            counts = {name: number(summary[name]) for name in ("new", "changed", "disappeared")}
            return _("Rows to be published: %(new)s new, %(changed)s changed, %(disappeared)s disappeared") % counts
        return {
            State.QUEUED: _("The file is being read"),
            State.READING: _("The file is being read"),
            State.UNMAPPED: _("Say what the columns of the file hold"),
            State.CONFIRMED: _("The release is being published"),
            State.PUBLISHING: _("The release is being published"),
            State.PUBLISHED: _("The file is published"),
            State.UNCHANGED: _("Nothing new: all rows of the file are known already"),
            State.REFUSED: _("The file cannot be taken as it is"),
            State.CANCELLED: _("The import was cancelled"),
            State.EXPIRED: _("The import expired"),
            State.FAILED: _("The import failed"),
        }[State(state)]


def _figure(one: Difference) -> tuple[str, Decimal | None, Decimal | None]:
    """Return both sides of the first figure that differs, and its name unless it is the value."""
    if one.old_value != one.new_value:
        return "", one.old_value, one.new_value
    if one.old_net_kg != one.new_net_kg:
        return pgettext("measure", "weight, kg"), one.old_net_kg, one.new_net_kg
    if one.old_quantity != one.new_quantity:
        return pgettext("measure", "quantity"), one.old_quantity, one.new_quantity
    return "", one.old_value, one.new_value


def _shown(value: Decimal | None) -> str:
    return "–" if value is None else number(value, 2)


def _percent(old: Decimal | None, new: Decimal | None) -> str:
    return f"{signed((new - old) / old * 100, 1)}{NBSP}%" if old and new is not None else ""


def columns_of(job: Import) -> list[Column]:
    """Return the columns of the file that was read, each with its first values."""
    sample: Sequence[Sequence[str]] = job.summary.get("sample", [])
    names: Sequence[str] = job.summary.get("columns", [])
    return [
        Column(name, tuple(row[place] for row in sample if place < len(row) and row[place].strip())[:3])
        for place, name in enumerate(names)
    ]


def mapping_of(job: Import) -> Mapping:
    """Return how the columns were read last, else a first guess from their names."""
    stored = job.summary.get("mapping")
    return Mapping.from_dict(stored) if stored else suggest_mapping(job.summary["columns"])


def said_of(job: Import) -> set[str]:
    """Return the roles that were said of the whole file when it was loaded, or follow from its dataset."""
    given = Given.from_json(job.options)
    said = {
        "period": given.month,
        "reporter": given.reporter or job.dataset.reporter,
        "partner": given.partner,
        "flow": given.flow,
    }
    return {role for role, value in said.items() if value}


def imports() -> QuerySet[Import]:
    """Return the imports without what only their own page shows, newest first."""
    light = Import.objects.defer("problems", "summary", "options")
    return light.select_related("dataset", "release__dataset", "requested_by").order_by("-requested_at", "-pk")
