"""What a selection breaks down, in a period and in the same months of the year before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from parties.periods import Period
from trade.cube import Cell, amount, series
from trade.indicators import Amount, Answer
from trade.selection import Selection

ZERO = Decimal(0)
Pair = tuple[Amount, Amount]


def of_periods(selection: Selection, period: Period) -> dict[str, Pair]:
    """Return what the selection breaks down, in the period and in the same months of the year before."""
    before = period.a_year_before() or period
    sides: dict[str, tuple[list[Cell], list[Cell]]] = {}
    for cell in series(selection).cells:
        code = cell.flow if selection.by == ("flow",) else cell.goods
        now, then = sides.setdefault(code, ([], []))
        if _lies_in(cell.period, period):
            now.append(cell)
        elif _lies_in(cell.period, before):
            then.append(cell)
    return {
        code: (_added(now, selection, period), _added(then, selection, before)) for code, (now, then) in sides.items()
    }


def _lies_in(period: Period, other: Period) -> bool:
    return other.starts <= period.starts and period.ends <= other.ends


def _added(cells: Sequence[Cell], selection: Selection, period: Period) -> Amount:
    """Return consecutive cells as one amount; without a value where one of them has none."""
    like = [amount(cell, selection) for cell in cells]
    missing = next((one.reason for one in like if one.value is None), None)
    total = None if missing or not like else sum((one.value for one in like if one.value is not None), ZERO)
    found = tuple(sorted({pk for one in like for pk in one.releases}))
    first = like[0] if like else Amount(None, "", period)
    editions = frozenset(edition for one in like for edition in one.editions)
    members = frozenset(member for one in like for member in one.members)
    return replace(
        first, value=total, period=period, releases=found, reason=missing, editions=editions, members=members
    )


def computed(answer: Answer, flow: str) -> Amount:
    """Return a sum or difference of both flows as an amount of its own."""
    one, other = answer.numerator, answer.denominator
    if one is None or other is None:
        return Amount(None, answer.unit, reason=answer.reason)
    about = (*one.about[:2], flow, *one.about[3:])
    editions = one.editions | other.editions
    return replace(
        one, value=answer.value, about=about, releases=answer.releases, reason=answer.reason, editions=editions
    )
