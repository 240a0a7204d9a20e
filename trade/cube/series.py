"""Series: for each partner, flow and class of goods one cell for every period asked for."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from parties.periods import Period
from trade.cube.cells import CELL_LIMIT, Cell, Cube, Gap, TooManyCells, UnitsDiffer
from trade.cube.coverage import coverage_of
from trade.cube.reading import Group, Question, restricted
from trade.cube.spans import Coverage, Spans, vintage
from trade.cube.totals import Totals
from trade.goods import HIDDEN_CHAPTER
from trade.indicators.answers import Composition, Reason
from trade.models import HIDDEN, TOTAL, WORLD
from trade.releases.vintages import newest
from trade.selection import Selection

ZERO = Decimal(0)
Key = tuple[str, str, str]
"""Partner, flow, goods."""


def series(selection: Selection, *, in_unit: str | None = None) -> Cube:
    """Return what the selection asks for, period by period (at most 6 queries, however many rows there are).

    `in_unit` keeps to the lines in one supplementary unit. Levels down to the chapter are read from the sums, finer
    ones from the lines. Raises `UnitsDiffer` and `TooManyCells`.
    """
    return _answer(selection, Spans.of(selection), in_unit)


def totals(selection: Selection, *, in_unit: str | None = None) -> Cube:
    """Return the same with all months of the selection as one period: January to September of 2025, say.

    At most 6 queries; raises `UnitsDiffer` and `TooManyCells`.
    """
    return _answer(selection, Spans.whole(selection), in_unit)


def parts_and_whole(selection: Selection, together: Selection) -> tuple[Cube, Cube]:
    """Return two such answers, one about the parts of the other (at most 9 queries, fewer where both read the same)."""
    spans = Spans.whole(selection)
    question = Question(selection, spans)
    are_alike = selection.partners == together.partners
    totals = Totals(question) if are_alike and Totals.speak_for(question) else None
    return _answer(selection, spans, totals=totals), _answer(together, spans, totals=totals)


def _answer(selection: Selection, spans: Spans, in_unit: str | None = None, *, totals: Totals | None = None) -> Cube:
    question = Question(selection, spans, in_unit=in_unit)
    if not Totals.speak_for(question):
        totals = None
    elif totals is None:
        totals = Totals(question)
    coverage = totals.coverage(question) if totals else coverage_of(question)
    if totals and question.level == "total" and not question.added:  # members of groups are not among them
        groups = totals.groups(question)
    else:
        groups = question.groups()
    board = _Board(question, coverage)
    for group in groups:
        board.add(group)
    cells = tuple(board.cells())
    return Cube(
        selection,
        cells,
        question.vintage,
        tuple(sorted({release for cell in cells for release in cell.releases})),
        tuple(board.gaps()),
        coverage,
    )


@dataclass(frozen=True)
class LongSeries:
    """A series of any number of cells, which come block of periods by block of periods while they are read.

    `places` are the (partner, flow, goods) of all cells; `count` is the number of cells.
    """

    selection: Selection
    vintage: int | None
    places: tuple[Key, ...]
    incomplete: tuple[Gap, ...]
    cells: Iterator[Cell]

    @property
    def count(self) -> int:
        return len(self.places) * len(self.selection.periods)


def long_series(selection: Selection) -> LongSeries:
    """Return what is asked for without a limit of cells, of one vintage (at most 7 queries and 1 for each block).

    A block has at most `CELL_LIMIT` cells, or one period. Raises `TooManyCells` beyond `PLACES_LIMIT` series.
    """
    spans = Spans.of(selection)
    known_at = vintage(selection) or newest(selection.dataset.pk)  # releases that come meanwhile do not count
    question = Question(selection, spans, known_at=known_at)
    coverage = coverage_of(question)
    board = _Board(question, coverage)
    for partner, flow, goods, is_hidden in question.places():
        board.know(partner, flow, goods, is_hidden)
    places = board.places()
    size = max(CELL_LIMIT // max(len(places), 1), 1)
    blocks = (spans.periods[start : start + size] for start in range(0, len(spans.periods), size))
    cells = (
        cell for block in blocks for cell in _block(selection, Spans(block, spans.count), known_at, coverage, places)
    )
    return LongSeries(selection, question.vintage, tuple(places), tuple(board.gaps()), cells)


def _block(
    selection: Selection, spans: Spans, known_at: int | None, coverage: Coverage, places: Iterable[Key]
) -> Iterator[Cell]:
    """Yield the cells of some periods."""
    months = {"first": spans.periods[0].starts, "last": spans.periods[-1].ends.replace(day=1)}
    question = Question(selection.but(**months), spans, known_at=known_at)
    if coverage.added:
        question.add_up(coverage.added)
    board = _Board(question, coverage)
    for group in question.groups(limited=False):
        board.add(group)
    for place in places:
        for period in spans.periods:
            yield board.cell(*place, period)


class _Part(NamedTuple):
    """One flow's share of a cell."""

    value: Decimal | None
    reason: Reason | None
    stated: Decimal | None
    present: int
    groups: Sequence[Group]
    hidden: Decimal | None


class _Board:
    """Sums on their places, from which cells are made.

    A place is a partner, flow and class of goods; there, by first day and by whether they are made of months, lie the
    groups that add up to a figure.
    """

    def __init__(self, question: Question, coverage: Coverage) -> None:
        self.question, self.coverage = question, coverage
        self.selection, self.spans = question.selection, question.spans
        self.sums: dict[Key, dict[tuple[dt.date, bool], list[Group]]] = defaultdict(dict)
        self.hidden: dict[tuple[str, str, dt.date, bool], Decimal] = {}
        self.members: dict[tuple[str, Period], Composition] = {}
        self.loaded = {
            (flow, period.starts): self._loaded(flow, period)
            for flow in self.selection.flows
            for period in self.spans.periods
        }
        self.together = ",".join(self.selection.goods) or TOTAL

    def _loaded(self, flow: str, period: Period) -> tuple[int | None, int, bool, Reason | None]:
        """Return the rows that make up the period, the months there, whether it is stated beside, and why not there."""
        coverage, count = self.coverage, self.spans.count
        rows = coverage.rows_of(flow, period)
        is_stated_too = rows == 1 and count > 1 and period.starts in coverage.stated.get(flow, ())
        present = count if rows else coverage.present(flow, period)
        return rows, present, is_stated_too, None if rows else coverage.reason(flow, period)

    def add(self, group: Group) -> None:
        """Put a group on its place; hidden goods count beside the others, and among them where all are asked for."""
        is_monthly = group.months == 1
        if group.is_hidden:
            place = (group.partner, group.flow, group.starts, is_monthly)
            self.hidden[place] = self.hidden.get(place, ZERO) + (group.value or ZERO)
            if not self._is_asked_for(group.goods):
                return
        sums = self.sums[self._place(group.partner, group.flow, group.goods)]
        sums.setdefault((group.starts, is_monthly), []).append(group)

    def know(self, partner: str, flow: str, goods: str, is_hidden: bool) -> None:
        """Count on a series whose sums come later."""
        if not is_hidden or self._is_asked_for(goods):
            self.sums[self._place(partner, flow, goods)]  # an empty entry

    def _place(self, partner: str, flow: str, goods: str) -> Key:
        return partner, flow, goods if self.question.by_goods else self.together

    def _is_asked_for(self, goods: str) -> bool:
        """Tell whether hidden goods are among the codes named: by their own code or by their chapter."""
        named = self.selection.goods
        if self.question.is_rollup:
            return not named or HIDDEN_CHAPTER in self.question.chapters
        return not named or goods in named or goods.removesuffix(HIDDEN) in self.question.chapters

    def cells(self) -> Iterator[Cell]:
        """Yield the cells, by partner, goods and flow, oldest period first."""
        keys = self.places()
        if len(keys) * len(self.spans.periods) > CELL_LIMIT:
            raise TooManyCells
        for partner, flow, goods in keys:
            for period in self.spans.periods:
                yield self.cell(partner, flow, goods, period)

    def places(self) -> list[Key]:
        """Return partner, flow and goods of all series: those that have lines, and those named."""
        selection = self.selection
        found = {(partner, goods) for partner, __, goods in self.sums}
        partners: Iterable[str] = {partner for partner, __ in found}
        if "partner" not in selection.by:
            partners = [",".join(selection.partners) or WORLD]
        elif selection.partners:
            partners = selection.partners
        found |= {(partner, goods) for partner in partners for goods in restricted(self.question)}
        flows = selection.flows if "flow" in selection.by else (selection.flow,)
        return [(partner, flow, goods) for partner, goods in sorted(found) for flow in flows]

    def cell(self, partner: str, flow: str, goods: str, period: Period) -> Cell:
        flows = self.selection.flows if flow in ("T", "B") else (flow,)
        parts = [self._part((partner, one, goods), period) for one in flows]
        sign = -1 if flow == "B" else 1
        groups = [group for part in parts for group in part.groups]
        units = {group.unit for group in groups}
        if len(units) > 1:
            raise UnitsDiffer(goods, units)
        return Cell(
            period=period,
            partner=partner,
            flow=flow,
            goods=goods,
            value=_joined([part.value for part in parts], sign),
            lines=sum([group.lines for group in groups]),
            months_present=min([part.present for part in parts]),
            months_expected=self.spans.count,
            stated=_joined([part.stated for part in parts], sign),
            detail=_joined(
                [_known(group.detail for group in part.groups) if part.groups else ZERO for part in parts], sign
            )
            if self._has_detail
            else None,
            hidden=_joined([part.hidden for part in parts], 1),
            unit=units.pop() if units else "",
            reason=next((part.reason for part in parts if part.reason), None),
            releases=tuple(sorted({release for group in groups for release in group.releases})),
            editions=self._editions(groups),
            members=self._members(partner, period),
        )

    def _members(self, partner: str, period: Period) -> Composition:
        if not self.coverage.added:
            return _NO_MEMBERS
        found = self.members.get((partner, period))
        if found is None:
            found = self.coverage.composition(self._partners_of(partner), self.selection.flows, period)
            self.members[partner, period] = found
        return found

    @property
    def _has_detail(self) -> bool:
        return self.question.level == "total" and self.selection.measure == "value"

    def _editions(self, groups: Iterable[Group]) -> frozenset[str]:
        if self.question.is_rollup:  # sums are of no edition
            return _NO_EDITIONS
        return frozenset(filter(None, (code for group in groups for code in (group.first_edition, group.last_edition))))

    def _part(self, key: Key, period: Period) -> _Part:
        """Return the sum of the months where all are loaded, else what the dataset states for the whole period."""
        starts = period.starts
        rows, present, is_stated_too, reason = self.loaded[key[1], starts]
        by_months = rows == 1
        sums = self.sums.get(key, _NO_SUMS)
        taken = sums.get((starts, by_months or rows is None), ())
        value = stated = None
        if rows and (lacking := self._lacking(key, period, rows)):
            reason = self.coverage.why_lacking(self._partners_of(key[0]))
            present -= lacking
        elif rows:
            value, reason = self._value(taken)
        if is_stated_too and not self._lacking(key, period, self.spans.count):
            stated = self._value(sums.get((starts, False), ()))[0]
        return _Part(value, reason, stated, present, taken, self._hidden(key, starts, by_months))

    def _lacking(self, key: Key, period: Period, rows: int) -> int:
        partner, flow, __ = key
        return self.coverage.lacking(self._partners_of(partner), flow, period, rows)

    def _partners_of(self, partner: str) -> tuple[str, ...]:
        return (partner,) if "partner" in self.selection.by else self.selection.partners

    def _value(self, groups: Sequence[Group]) -> tuple[Decimal | None, Reason | None]:
        """Return the value of a sum (0 where a loaded period has no lines), None where some line states none."""
        for group in groups:
            if group.unstated:
                return None, Reason.NOT_STATED
        return sum([group.value or ZERO for group in groups], ZERO), None

    def _hidden(self, key: Key, starts: dt.date, is_monthly: bool) -> Decimal | None:
        if self.selection.measure != "value":
            return None
        if self.question.level == "total":
            groups = self.sums.get(key, _NO_SUMS).get((starts, is_monthly), ())
            return _known(group.hidden for group in groups) or ZERO
        return self.hidden.get((key[0], key[1], starts, is_monthly), ZERO)

    def gaps(self) -> Iterator[Gap]:
        """Yield the periods that are not loaded in full, for each flow that is read."""
        for flow in self.selection.flows:
            for period in self.spans.periods:
                rows, present, *__ = self.loaded[flow, period.starts]
                if not rows:
                    yield Gap(flow, period, present, self.spans.count)


_NO_SUMS: Mapping[tuple[dt.date, bool], list[Group]] = {}
_NO_EDITIONS: frozenset[str] = frozenset()
_NO_MEMBERS: Composition = frozenset()


def _known(values: Iterable[Decimal | None]) -> Decimal | None:
    """Return the sum of what is known of the values; None where nothing is."""
    known = [value for value in values if value is not None]
    return sum(known, ZERO) if known else None


def _joined(values: list[Decimal | None], sign: int) -> Decimal | None:
    """Return the sum of both flows (sign 1), their difference (−1) or the only one; None where one is missing."""
    total = ZERO
    for number, value in enumerate(values):
        if value is None:
            return None
        total += value if number == 0 else sign * value
    return total
