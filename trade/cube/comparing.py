"""Cells as amounts for formulas, against the year before, and what follows from both flows or both measures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from parties.periods import Period
from trade.cube.cells import Cell, Cube
from trade.cube.editions import growths
from trade.cube.series import series, totals
from trade.indicators import amounts
from trade.indicators.answers import Amount, Answer
from trade.selection import Selection, shifted

BASE_UNITS = {"value": "USD", "net_kg": "KG"}
Place = tuple[str, str, str]
"""Partner, flow, goods."""
REST = "_REST"
"""The code of what a breakdown leaves over: hidden in the total, or not told apart by the lines."""


@dataclass(frozen=True)
class Comparison:
    """A cell beside the same months of the year before. The index form is `indicators.amounts.index(growth)`."""

    cell: Cell
    base: Cell
    growth: Answer


@dataclass(frozen=True)
class Balance:
    """What follows from export and import of one partner, class of goods and period."""

    period: Period
    partner: str
    goods: str
    turnover: Answer
    balance: Answer
    coverage: Answer
    relative: Answer


@dataclass(frozen=True)
class UnitValue:
    """Money per kilogram, or per unit where the selection names one, of one class of goods."""

    cell: Cell
    unit_value: Answer


def amount(cell: Cell, selection: Selection) -> Amount:
    """Return the cell as formulas take it."""
    return Amount(
        value=cell.value,
        unit=BASE_UNITS.get(selection.measure, cell.unit),
        period=cell.period,
        about=(selection.reporter, cell.partner, cell.flow, cell.goods),
        dataset=str(selection.dataset.code),
        as_of=selection.as_of,
        releases=cell.releases,
        reason=cell.reason,
        editions=cell.editions,
        members=cell.members,
    )


def compare_with_last_year(selection: Selection) -> tuple[Comparison, ...]:
    """Return each cell of the series with that of the same months of the year before (at most 10 queries)."""
    cube = series(selection.but(first=shifted(selection.first, -12)))
    by_place = {(cell.partner, cell.flow, cell.goods, cell.period): cell for cell in cube.cells}
    wanted = set(selection.periods)
    found = []
    for (partner, flow, goods, period), cell in by_place.items():
        before = period.a_year_before()
        if period in wanted and before:
            found.append((cell, by_place[partner, flow, goods, before]))
    return _compared(found, selection)


def compare_totals_with_last_year(selection: Selection) -> tuple[Comparison, ...]:
    """Return the whole range as one period against the same months of the year before (at most 15 queries)."""
    now, before = totals(selection), totals(a_year_before(selection))
    return _compared(_paired(now, before).values(), selection)


def contributions(selection: Selection) -> Mapping[tuple[str, str, str], Answer]:
    """Return what each part of a breakdown adds to the growth of the whole over the whole range, and the rest.

    Keys are (partner, flow, goods); what the breakdown leaves over has `REST` for them. The answers add
    up to the growth of the whole. At most 24 queries.
    """
    earlier = a_year_before(selection)
    parts = _paired(totals(selection), totals(earlier))
    together = selection.but(by=())
    whole = amount(totals(together).cells[0], selection), amount(totals(earlier.but(by=())).cells[0], earlier)
    pairs = {place: (amount(now, selection), amount(then, earlier)) for place, (now, then) in parts.items()}
    rest = tuple(_rest(side, [pair[number] for pair in pairs.values()]) for number, side in enumerate(whole))
    if any(one.value for one in rest):
        pairs[REST, selection.flow, REST] = rest[0], rest[1]
    return amounts.contributions(pairs, whole)  # type: ignore[arg-type, return-value]


def balances(selection: Selection, *, whole: bool = False) -> tuple[Balance, ...]:
    """Return turnover, balance, coverage and relative balance of each place and period (at most 6 queries).

    `whole` takes the range of months as one period.
    """
    split = selection.but(
        flow="T", by=tuple(name for name in ("partner", "goods", "flow") if name in (*selection.by, "flow"))
    )
    flows: dict[tuple[str, str, Period], dict[str, Amount]] = {}
    for cell in (totals if whole else series)(split).cells:
        flows.setdefault((cell.partner, cell.goods, cell.period), {})[cell.flow] = amount(cell, split)
    return tuple(
        Balance(
            period,
            partner,
            goods,
            amounts.turnover(pair["X"], pair["M"]),
            amounts.balance(pair["X"], pair["M"]),
            amounts.coverage(pair["X"], pair["M"]),
            amounts.relative_balance(pair["X"], pair["M"]),
        )
        for (partner, goods, period), pair in flows.items()
    )


def unit_values(selection: Selection, *, whole: bool = False) -> tuple[UnitValue, ...]:
    """Return the value per kilogram (or per unit: measure=quantity) of each cell (at most 12 queries).

    `whole` takes the range of months as one period. Only for one code of HS / TN VED a cell: a mean over different
    goods is arithmetic, not a price.
    """
    measure = selection.measure if selection.measure != "value" else "net_kg"
    money = selection.but(measure="value", unit="USD")
    find = totals if whole else series
    below = selection.but(measure=measure, unit=selection.unit if measure == selection.measure else "KG")
    quantities = {(cell.partner, cell.flow, cell.goods, cell.period): cell for cell in find(below).cells}
    found = []
    in_unit = below.unit or None if measure == "quantity" else None  # the money of just the lines that are counted
    for cell in find(money, in_unit=in_unit).cells:
        other = quantities.get((cell.partner, cell.flow, cell.goods, cell.period))
        if other:
            found.append(UnitValue(cell, amounts.unit_value(amount(cell, money), amount(other, below))))
    return tuple(found)


def yearly_rates(selection: Selection) -> Mapping[Place, Answer]:
    """Return the even yearly growth of each place, from the first to the last period of the range (at most 6 queries).

    The first is the oldest one of the same months of the year as the last.
    """
    found = {}
    for place, cells in _by_place(series(selection).cells).items():
        last = cells[-1]
        first = next(cell for cell in cells if cell.period.starts.month == last.period.starts.month)
        years = last.period.starts.year - first.period.starts.year
        found[place] = amounts.yearly_rate(amount(last, selection), amount(first, selection), years)
    return found


def trailing_years(selection: Selection) -> Mapping[Place, Answer]:
    """Return the newest twelve months in a row that are known of each place, up to the end of the range.

    A shorter range reaches back two years. At most 6 queries.
    """
    first = min(selection.first, shifted(selection.last, -23))
    monthly = selection.but(frequency="M", first=first)
    cells = _by_place(series(monthly).cells)
    return {place: amounts.trailing([amount(cell, monthly) for cell in row]) for place, row in cells.items()}


def _by_place(cells: Iterable[Cell]) -> dict[Place, list[Cell]]:
    """Return cells by (partner, flow, goods), oldest first."""
    found: dict[Place, list[Cell]] = {}
    for cell in sorted(cells, key=lambda one: one.period):
        found.setdefault((cell.partner, cell.flow, cell.goods), []).append(cell)
    return found


def advantages(selection: Selection, reference: Selection) -> Mapping[tuple[str, str], tuple[Answer, Answer]]:
    """Return RCA and its symmetric form for each class of goods in the whole range, by (flow, goods).

    `reference` names whose structure is the measure (for a region the country's), in the same goods, flow
    and months; it may be of another dataset, which the answer shows. The wholes are all goods, whatever goods are
    asked for. Where the reference does not hold the class, the answer has no value but the reason. At most 24 queries.
    """
    ours, theirs = totals(selection), totals(reference)
    whole, world = (
        {cell.flow: amount(cell, side) for cell in totals(side.but(by=_without_goods(side), goods=())).cells}
        for side in (selection, reference)
    )
    measure = {(cell.partner, cell.flow, cell.goods): cell for cell in theirs.cells}
    found = {}
    for cell in ours.cells:
        place = cell.partner, cell.flow, cell.goods
        same = measure.get(place) or without_lines(theirs, place, cell.period)
        answer = amounts.advantage(amount(cell, selection), whole[cell.flow], amount(same, reference), world[cell.flow])
        found[cell.flow, cell.goods] = answer, amounts.symmetric_advantage(answer)
    return found


def a_year_before(selection: Selection) -> Selection:
    """Return the same question about the same months of the year before."""
    return selection.but(first=shifted(selection.first, -12), last=shifted(selection.last, -12))


def _without_goods(selection: Selection) -> tuple[str, ...]:
    return tuple(name for name in selection.by if name == "flow")


def _compared(pairs: Iterable[tuple[Cell, Cell]], selection: Selection) -> tuple[Comparison, ...]:
    numbered = dict(enumerate(pairs))
    found = growths(
        {number: (amount(now, selection), amount(then, selection)) for number, (now, then) in numbered.items()}
    )
    return tuple(Comparison(*numbered[number], answer) for number, answer in found.items())


def _paired(now: Cube, before: Cube) -> dict[tuple[str, str, str], tuple[Cell, Cell]]:
    """Return the cells of two cubes of one period by (partner, flow, goods); who has none traded nothing then."""
    sides = [{(cell.partner, cell.flow, cell.goods): cell for cell in cube.cells} for cube in (now, before)]
    places = dict.fromkeys([*sides[0], *sides[1]])
    return {
        place: (
            sides[0].get(place) or without_lines(now, place, now.coverage.spans.periods[0]),
            sides[1].get(place) or without_lines(before, place, before.coverage.spans.periods[0]),
        )
        for place in places
    }


def without_lines(cube: Cube, place: tuple[str, str, str], period: Period) -> Cell:
    """Return the cell of a partner, flow and class of goods without lines in an answer: 0, or why it is unknown."""
    partner, flow, __ = place
    coverage, selection = cube.coverage, cube.selection
    partners = (partner,) if "partner" in selection.by else selection.partners
    count = present = coverage.spans.count
    reasons = []
    for one in ("X", "M") if flow in ("T", "B") else (flow,):
        rows = coverage.rows_of(one, period)
        if rows is None:
            reasons.append(coverage.reason(one, period))
            present = min(present, coverage.present(one, period))
        elif lacking := coverage.lacking(partners, one, period, rows):
            reasons.append(coverage.why_lacking(partners))
            present = min(present, count - lacking)
    reason = reasons[0] if reasons else None
    members = coverage.composition(partners, selection.flows, period)
    return Cell(period, *place, None if reasons else Decimal(0), 0, present, count, reason=reason, members=members)


def _rest(whole: Amount, parts: Iterable[Amount]) -> Amount:
    """Return what the parts leave over of the whole."""
    known = [part.value for part in parts]
    if whole.value is None or None in known:
        return Amount(None, whole.unit, whole.period, whole.about, whole.dataset, whole.as_of, reason=whole.reason)
    left = whole.value - sum((value for value in known if value is not None), Decimal(0))
    return Amount(left, whole.unit, whole.period, whole.about, whole.dataset, whole.as_of, whole.releases)
