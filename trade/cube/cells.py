"""What the cube answers with: cells of one period each, and the errors that a question can meet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from parties.periods import Period
from trade.cube.spans import Coverage
from trade.indicators.answers import Composition, Reason
from trade.models import Dataset
from trade.selection import Selection

CELL_LIMIT = 100_000
"""Cells of one answer; a larger question is refused, never cut off."""
PLACES_LIMIT = 400_000
"""Series of an answer that is read period by period; more would not fit into the memory of a worker."""


class UnitsDiffer(Exception):
    """Quantities in different units do not add up. `units` are their OKEI codes, empty for none."""

    def __init__(self, goods: str, units: Iterable[str]) -> None:
        self.goods, self.units = goods, tuple(sorted(units))
        super().__init__(
            _("Quantities of %(goods)s are in several units (%(units)s) and cannot be added: give unit or finer goods.")
            % {"goods": goods, "units": ", ".join(unit or "–" for unit in self.units)}
        )


class TooManyCells(Exception):
    """The answer would have more cells than `CELL_LIMIT`."""

    def __init__(self) -> None:
        super().__init__(
            _("More than %(limit)s cells: name partners or goods, choose a coarser level or fewer periods.")
            % {"limit": CELL_LIMIT}
        )


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure: a flow with a partner in a class of goods over one period.

    partner, goods   codes; several codes added up are joined by commas; `W` all partners, `TOTAL` all goods
    value            sum in US dollars, kilograms or `unit`; None with a `reason`. A partner without lines in a
                     loaded month traded nothing: 0
    months_present   months loaded of the `months_expected` in the period, in all flows that are added
    stated           what the dataset itself states for the whole period, where `value` is the sum of its months
    detail           sum of the lines behind a total of all goods: differs where lines are hidden or estimated
    hidden           the part of the same trade (partner, flow, period) whose goods are hidden: at the level of a
                     breakdown it may belong to any of the classes
    releases         ids of the releases that brought what was added up
    editions         symbols of the editions by which the lines are coded, at headings and finer codes
    members          of groups of countries that are added up: who, and in which months of the year
    """

    period: Period
    partner: str
    flow: str
    goods: str
    value: Decimal | None
    lines: int
    months_present: int
    months_expected: int
    stated: Decimal | None = None
    detail: Decimal | None = None
    hidden: Decimal | None = None
    unit: str = ""
    reason: Reason | None = None
    releases: tuple[int, ...] = ()
    editions: frozenset[str] = frozenset()
    members: Composition = frozenset()

    @property
    def complete(self) -> bool:
        """Whether the whole period is there: all its months, or the dataset's own figure for it."""
        return self.months_present == self.months_expected


@dataclass(frozen=True, slots=True)
class Gap:
    """A period that is not loaded in full."""

    flow: str
    period: Period
    months_present: int
    months_expected: int


@dataclass(frozen=True)
class Cube:
    """The answer to a selection: for each partner, flow and class of goods one cell for every period.

    vintage      id of the newest release known at `as_of`; None for today's figures
    releases     all releases that brought what the cells add up
    incomplete   the periods that are not loaded in full
    coverage     what is loaded, to tell "traded nothing" from "unknown" where there is no cell
    """

    selection: Selection
    cells: tuple[Cell, ...]
    vintage: int | None
    releases: tuple[int, ...]
    incomplete: tuple[Gap, ...]
    coverage: Coverage

    @property
    def dataset(self) -> Dataset:
        return self.selection.dataset

    @property
    def as_of(self) -> dt.datetime | None:
        return self.selection.as_of
