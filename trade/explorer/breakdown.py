"""What a flow of a period consists of, and the way down to finer goods."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from parties.periods import Period
from trade.cube import growths
from trade.explorer.addresses import address, lines_address
from trade.explorer.names import Names
from trade.explorer.pairs import ZERO, Pair, computed, of_periods
from trade.goods import level_of
from trade.indicators import Amount, Answer, amounts
from trade.selection import Selection


@dataclass(frozen=True)
class Part:
    """One class of goods in the period of the key figures. `inside` leads to what it consists of."""

    code: str
    name: str
    amount: Amount
    share: Answer
    growth: Answer
    contribution: Answer
    is_hidden: bool
    address: str
    inside: str


@dataclass(frozen=True)
class Breakdown:
    """What a flow of the period consists of, the largest part first. `rest` is what no part explains."""

    selection: Selection
    level: str
    parts: Sequence[Part]
    rest: Decimal
    concentration: Answer


def _next_level(selection: Selection) -> str:
    """Return the level below the goods that the selection is restricted to; empty below the finest."""
    if not selection.goods:
        return "group"
    level = selection.level if selection.level != "total" else level_of(selection.goods[0]) or "group"
    finer = {"section": "chapter", "group": "chapter", "chapter": "4", "4": "6", "6": "10"}
    return finer.get(level, "")


def breakdown_of(
    selection: Selection, recent: Selection, period: Period, by_flow: Mapping[str, Pair], names: Names
) -> Breakdown | None:
    """Return the goods of the flow in the period; None for a balance and below the finest level."""
    level = _next_level(recent)
    if recent.flow == "B" or not level or recent.measure == "quantity":
        return None
    asked = recent.but(by=("goods",), level=level)
    found = of_periods(asked, period)
    whole = _whole(recent, period, by_flow, found.values())
    changes, changed = amounts.contributions(found, whole), growths(found)
    known = sum((now.value or ZERO for now, __ in found.values()), ZERO)
    rest = (whole[0].value or ZERO) - known
    hidden = sum((now.value or ZERO for code, (now, __) in found.items() if names.is_hidden(code)), max(rest, ZERO))
    parts = [
        Part(
            code=code,
            name=names.good(code),
            amount=now,
            share=amounts.share(now, whole[0], ZERO if names.is_hidden(code) else hidden),
            growth=changed[code],
            contribution=changes[code],
            is_hidden=names.is_hidden(code),
            address=lines_address(asked, period, goods=(code,), level=level),
            inside="" if names.is_hidden(code) else address(_inside(selection, code, level)),
        )
        for code, (now, before) in found.items()
        if now.value or before.value
    ]
    parts.sort(key=lambda part: (part.is_hidden, -(part.amount.value or ZERO), part.code))
    values = [part.amount.value for part in parts if part.amount.value and not part.is_hidden]
    return Breakdown(asked, level, parts, rest, amounts.concentration(values, whole[0], hidden))


def _inside(selection: Selection, code: str, level: str) -> Selection:
    """Return the same question about one class of goods alone."""
    return selection.but(by=(), goods=(code,), level=level)


def _whole(
    recent: Selection, period: Period, by_flow: Mapping[str, Pair], parts: Iterable[Pair]
) -> tuple[Amount, Amount]:
    """Return the flow itself in both years: from both flows for a turnover, else its own; a re-export is its parts."""
    if recent.flow == "T":
        now, before = (computed(amounts.turnover(*pair), "T") for pair in zip(by_flow["X"], by_flow["M"], strict=True))
        return now, before
    if recent.flow in by_flow:
        return by_flow[recent.flow]
    sides = list(zip(*parts, strict=True))
    sums = [sum((one.value or ZERO for one in side), ZERO) for side in sides] or [ZERO] * 2
    like = Amount(None, "USD", period, dataset=str(recent.dataset.code), as_of=recent.as_of)
    return replace(like, value=sums[0]), replace(like, value=sums[1], period=period.a_year_before())
