"""Series: for each partner, flow and class of goods one cell for every period asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from parties.periods import Period
from trade.cube.cells import CELL_LIMIT, Cell, Cube, Gap, TooManyCells, UnitsDiffer
from trade.cube.coverage import coverage_of
from trade.cube.reading import Group, Question, restricted
from trade.cube.spans import Coverage, Spans, vintage
from trade.goods import HIDDEN_CHAPTER
from trade.indicators.answers import Reason
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


def _answer(selection: Selection, spans: Spans, in_unit: str | None = None) -> Cube:
    question = Question(selection, spans, in_unit=in_unit)
    coverage = coverage_of(question)
    board = _Board(question, coverage)
    for group in question.groups():
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
    board = _Board(question, coverage)
    for group in question.groups(limited=False):
        board.add(group)
    for place in places:
        for period in spans.periods:
            yield board.cell(*place, period)


@dataclass(slots=True)
class _Sum:
    """Groups of one partner, flow, class of goods and period, in rows of one length."""

    value: Decimal = ZERO
    unstated: int = 0
    lines: int = 0
    hidden: Decimal | None = None
    detail: Decimal | None = None
    units: set[str] = field(default_factory=set)
    editions: set[str] = field(default_factory=set)
    releases: set[int] = field(default_factory=set)

    def take(self, group: Group) -> None:
        self.value += group.value or ZERO
        self.unstated += group.unstated
        self.lines += group.lines
        self.hidden = _plus(self.hidden, group.hidden)
        self.detail = _plus(self.detail, group.detail)
        self.units.add(group.unit)
        self.editions.update(filter(None, (group.first_edition, group.last_edition)))
        self.releases.update(group.releases)


_NO_SUMS: dict[tuple[Period, bool], _Sum] = {}


@dataclass(slots=True)
class _Part:
    """One flow's share of a cell."""

    value: Decimal | None
    reason: Reason | None
    stated: Decimal | None
    present: int
    sum: _Sum | None
    hidden: Decimal | None


class _Board:
    """Sums on their places, from which cells are made."""

    def __init__(self, question: Question, coverage: Coverage) -> None:
        self.question, self.coverage = question, coverage
        self.selection, self.spans = question.selection, question.spans
        self.sums: dict[Key, dict[tuple[Period, bool], _Sum]] = defaultdict(dict)
        self.hidden: dict[tuple[str, str, Period, bool], Decimal] = {}
        self.by_start = {period.starts: period for period in self.spans.periods}
        self.loaded = {
            (flow, period): self._loaded(flow, period) for flow in self.selection.flows for period in self.spans.periods
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
        period, is_monthly = self.by_start[group.starts], group.months == 1
        if group.is_hidden:
            place = (group.partner, group.flow, period, is_monthly)
            self.hidden[place] = self.hidden.get(place, ZERO) + (group.value or ZERO)
            if not self._is_asked_for(group.goods):
                return
        sums = self.sums[self._place(group.partner, group.flow, group.goods)]
        sums.setdefault((period, is_monthly), _Sum()).take(group)

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
        sums = [part.sum for part in parts if part.sum]
        units = {unit for one in sums for unit in one.units}
        if len(units) > 1:
            raise UnitsDiffer(goods, units)
        return Cell(
            period=period,
            partner=partner,
            flow=flow,
            goods=goods,
            value=_joined([part.value for part in parts], sign),
            lines=sum(one.lines for one in sums),
            months_present=min(part.present for part in parts),
            months_expected=self.spans.count,
            stated=_joined([part.stated for part in parts], sign),
            detail=_joined([part.sum.detail if part.sum else ZERO for part in parts], sign)
            if self._has_detail
            else None,
            hidden=_joined([part.hidden for part in parts], 1),
            unit=units.pop() if units else "",
            reason=next((part.reason for part in parts if part.reason), None),
            releases=tuple(sorted({release for one in sums for release in one.releases})),
            editions=frozenset(edition for one in sums for edition in one.editions),
        )

    @property
    def _has_detail(self) -> bool:
        return self.question.level == "total" and self.selection.measure == "value"

    def _part(self, key: Key, period: Period) -> _Part:
        """Return the sum of the months where all are loaded, else what the dataset states for the whole period."""
        rows, present, is_stated_too, reason = self.loaded[key[1], period]
        by_months = rows == 1
        sums = self.sums.get(key, _NO_SUMS)
        taken = sums.get((period, by_months or rows is None))
        value = stated = None
        if rows and (lacking := self._lacking(key, period, rows)):
            reason = self.coverage.why_lacking(self._partners_of(key[0]))
            present -= lacking
        elif rows:
            value, reason = self._value(taken)
        if is_stated_too and not self._lacking(key, period, self.spans.count):
            stated = self._value(sums.get((period, False)))[0]
        return _Part(value, reason, stated, present, taken, self._hidden(key, period, by_months))

    def _lacking(self, key: Key, period: Period, rows: int) -> int:
        partner, flow, __ = key
        return self.coverage.lacking(self._partners_of(partner), flow, period, rows)

    def _partners_of(self, partner: str) -> tuple[str, ...]:
        return (partner,) if "partner" in self.selection.by else self.selection.partners

    def _value(self, taken: _Sum | None) -> tuple[Decimal | None, Reason | None]:
        """Return the value of a sum (0 where a loaded period has no lines), None where some line states none."""
        if taken is None:
            return ZERO, None
        return (None, Reason.NOT_STATED) if taken.unstated else (taken.value, None)

    def _hidden(self, key: Key, period: Period, is_monthly: bool) -> Decimal | None:
        if self.selection.measure != "value":
            return None
        partner, flow, __ = key
        if self.question.level == "total":
            taken = self.sums.get(key, {}).get((period, is_monthly))
            return (taken.hidden if taken else None) or ZERO
        return self.hidden.get((partner, flow, period, is_monthly), ZERO)

    def gaps(self) -> Iterator[Gap]:
        """Yield the periods that are not loaded in full, for each flow that is read."""
        for flow in self.selection.flows:
            for period in self.spans.periods:
                rows, present, *__ = self.loaded[flow, period]
                if not rows:
                    yield Gap(flow, period, present, self.spans.count)


def _plus(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return one if other is None else other if one is None else one + other


def _joined(values: list[Decimal | None], sign: int) -> Decimal | None:
    """Return the sum of both flows (sign 1), their difference (−1) or the only one; None where one is missing."""
    total = ZERO
    for number, value in enumerate(values):
        if value is None:
            return None
        total += value if number == 0 else sign * value
    return total
