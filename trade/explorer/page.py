"""The explorer: the finding, the key figures, the series asked for, what it consists of, places, the target.

All of it is built from a few answers of `trade.cube`; what a page adds is only which months it takes together.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from parties.models import Partnership
from parties.periods import Period
from trade.cube import (
    Cell,
    Comparison,
    Forecast,
    Ranked,
    amount,
    compare_with_last_year,
    growths,
    outlook,
    ranks,
    series,
    targets_of,
)
from trade.explorer import wording
from trade.explorer.addresses import address, in_period, lines_address
from trade.explorer.controls import Controls, controls
from trade.explorer.indicators import Indicator, indicators
from trade.explorer.names import Names
from trade.goods import level_of
from trade.indicators import Amount, Answer, amounts
from trade.indicators.amounts import Place
from trade.models import WORLD, Dataset, Release, TradeArea
from trade.selection import Selection, held, usual_frequency

MOST_RELEASES = 5
"""Releases named under the figures; the page of releases has them all."""
YEARS_OF_PLACES = 10
ZERO = Decimal(0)


@dataclass(frozen=True)
class KeyFigure:
    """One of the four figures of a period: its value, the year before, growth and place."""

    flow: str
    amount: Amount
    base: Amount
    growth: Answer
    place: Place | None
    place_period: Period | None
    address: str


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


@dataclass(frozen=True)
class Step:
    """One step of the way down to finer goods."""

    name: str
    address: str


@dataclass(frozen=True)
class Explorer:
    """All that the page shows.

    `summed` is the selection of what is added up: the key figures, what they consist of, the places and the target.
    """

    partnership: Partnership
    selection: Selection
    summed: Selection
    names: Names
    controls: Controls
    period: Period
    key: Sequence[KeyFigure]
    rows: Sequence[Comparison]
    breakdown: Breakdown | None
    indicators: Sequence[Indicator]
    places: Sequence[Ranked]
    forecast: Forecast | None
    releases: Sequence[Release]
    way: Sequence[Step]

    @property
    def dataset(self) -> Dataset:
        return self.selection.dataset

    @property
    def headline(self) -> str:
        """The finding: the flow asked for, in the newest period, against the same months of the year before."""
        one = next((one for one in self.key if one.flow == self.selection.flow), self.key[0])
        amount_in_words = wording.with_unit(one.amount.value, self.selection)
        return wording.headline(one.flow, self.period, amount_in_words, one.growth)

    @property
    def sides_query(self) -> str:
        """The query for both sides' figures: year by year, of the partner asked for or else that of the partnership."""
        first = dt.date(self.period.ends.year - YEARS_OF_PLACES + 1, 1, 1)
        last = self.period.ends.replace(day=1)
        partners = self.summed.partners if len(self.summed.partners) == 1 else (self._other_territory,)
        return self.summed.but(partners=partners, by=(), frequency="A", first=first, last=last).query()

    @property
    def _other_territory(self) -> str:
        both = str(self.partnership.home.code), str(self.partnership.partner.code)
        return both[0] if self.summed.reporter == both[1] else both[1]

    @property
    def unit(self) -> str:
        return wording.unit_words(self.selection)

    @property
    def goods_in_words(self) -> str:
        return self.names.goods_in_words(self.selection.goods)

    @property
    def shown_releases(self) -> Sequence[Release]:
        return self.releases[:MOST_RELEASES]

    @property
    def more_releases(self) -> int:
        return max(len(self.releases) - MOST_RELEASES, 0)

    @property
    def who(self) -> str:
        """Reporter and partners of the series."""
        return self._between(self.selection)

    @property
    def who_is_summed(self) -> str:
        """Reporter and partners of what is added up."""
        return self._between(self.summed)

    @property
    def leaves_partners_out(self) -> bool:
        """Whether some of the partners asked for are not added up, as they may stand in another."""
        return len(self.selection.partners) > max(len(self.summed.partners), 1)

    def _between(self, selection: Selection) -> str:
        return f"{self.names.area(selection.reporter)} – {self.names.area(','.join(selection.partners))}"


def explore(selection: Selection, partnership: Partnership) -> Explorer:
    """Return the page for a selection, in a number of queries that depends on neither rows nor releases."""
    names = Names.current()
    summed = _summed(selection, names)
    held_here = held([selection.dataset], [selection.reporter], selection.as_of)
    newest = max((one.last for one in held_here), default=selection.last)
    step = usual_frequency(one for one in held_here if one.last == newest)
    last = min(selection.last, newest) if newest >= selection.first else selection.last
    recent = summed.but(by=(), frequency=step, first=dt.date(last.year - 1, 1, 1), last=last)
    period = _year_to(recent.last)
    by_flow = _of_periods(_split(recent, "flow"), period)
    rows = tuple(compare_with_last_year(selection))
    places = _places(summed, last)
    concentration = None
    forecast = _forecast(partnership, summed)
    found = [*by_flow.values()]
    breakdown = _breakdown(summed, recent, period, by_flow, names)
    if breakdown:
        of_goods = in_period(breakdown.selection, period)
        concentration = of_goods, breakdown.concentration, wording.level_name(breakdown.level)
    release_ids = {pk for row in rows for pk in (*row.cell.releases, *row.base.releases)}
    release_ids |= {pk for pair in found for one in pair for pk in one.releases}
    return Explorer(
        partnership=partnership,
        selection=selection,
        summed=summed,
        names=names,
        controls=controls(selection, names),
        period=period,
        key=_key_figures(recent, period, by_flow, places),
        rows=rows,
        breakdown=breakdown,
        indicators=indicators(recent, period, by_flow, concentration, has_months=step == "M"),
        places=places,
        forecast=forecast,
        releases=list(Release.objects.filter(pk__in=release_ids).order_by("-pk")),
        way=_way(summed, names),
    )


def _summed(selection: Selection, names: Names) -> Selection:
    """Return the question whose partners may be added up.

    All partners hold every other, a group may: beside others it is added up alone.
    """
    kinds = (TradeArea.Kind.WORLD, TradeArea.Kind.GROUP)
    wholes = [code for code in selection.partners if names.kinds.get(code) in kinds]
    if WORLD in wholes:
        return replace(selection, partners=())
    return replace(selection, partners=tuple(wholes[:1])) if wholes else selection


# The newest period -------------------------------------------------------------------------------------------


def _year_to(last: dt.date) -> Period:
    """Return the months from January to the given one."""
    return Period.months(last.year, 1, last.month)


def _split(selection: Selection, what: str) -> Selection:
    return selection.but(flow="T", by=(what,)) if what == "flow" else selection.but(by=(what,))


_Pair = tuple[Amount, Amount]


def _of_periods(selection: Selection, period: Period) -> dict[str, _Pair]:
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
    return replace(first, value=total, period=period, releases=found, reason=missing, editions=editions)


def _key_figures(
    selection: Selection, period: Period, by_flow: Mapping[str, _Pair], places: Iterable[Ranked]
) -> list[KeyFigure]:
    """Return turnover, export, import and balance; a balance has no growth rate, as its base may be negative."""
    export, imports = by_flow["X"], by_flow["M"]

    def both(combined: Callable[[Amount, Amount], Answer], flow: str) -> _Pair:
        return _computed(combined(export[0], imports[0]), flow), _computed(combined(export[1], imports[1]), flow)

    together = {"T": both(amounts.turnover, "T"), "X": export, "M": imports, "B": both(amounts.balance, "B")}
    newest = {one.flow: one for one in places if one.place}
    key = []
    changes = growths(together)
    for flow, (now, before) in together.items():
        rank = newest.get(flow)
        key.append(
            KeyFigure(
                flow,
                now,
                before,
                changes[flow],
                rank.place if rank else None,
                rank.period if rank else None,
                lines_address(selection, period, flow=flow),
            )
        )
    return key


def _computed(answer: Answer, flow: str) -> Amount:
    """Return a sum or difference of both flows as an amount of its own."""
    one, other = answer.numerator, answer.denominator
    if one is None or other is None:
        return Amount(None, answer.unit, reason=answer.reason)
    about = (*one.about[:2], flow, *one.about[3:])
    editions = one.editions | other.editions
    return replace(
        one, value=answer.value, about=about, releases=answer.releases, reason=answer.reason, editions=editions
    )


# What it consists of -----------------------------------------------------------------------------------------


def next_level(selection: Selection) -> str:
    """Return the level below the goods that the selection is restricted to; empty below the finest."""
    if not selection.goods:
        return "group"
    level = selection.level if selection.level != "total" else level_of(selection.goods[0]) or "group"
    finer = {"section": "chapter", "group": "chapter", "chapter": "4", "4": "6", "6": "10"}
    return finer.get(level, "")


def _breakdown(
    selection: Selection, recent: Selection, period: Period, by_flow: Mapping[str, _Pair], names: Names
) -> Breakdown | None:
    """Return the goods of the flow in the period; None for a balance and below the finest level."""
    level = next_level(recent)
    if recent.flow == "B" or not level or recent.measure == "quantity":
        return None
    asked = recent.but(by=("goods",), level=level)
    found = _of_periods(asked, period)
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
    recent: Selection, period: Period, by_flow: Mapping[str, _Pair], parts: Iterable[_Pair]
) -> tuple[Amount, Amount]:
    """Return the flow itself in both years: from both flows for a turnover, else its own; a re-export is its parts."""
    if recent.flow == "T":
        now, before = (_computed(amounts.turnover(*pair), "T") for pair in zip(by_flow["X"], by_flow["M"], strict=True))
        return now, before
    if recent.flow in by_flow:
        return by_flow[recent.flow]
    sides = list(zip(*parts, strict=True))
    sums = [sum((one.value or ZERO for one in side), ZERO) for side in sides] or [ZERO] * 2
    like = Amount(None, "USD", period, dataset=str(recent.dataset.code), as_of=recent.as_of)
    return replace(like, value=sums[0]), replace(like, value=sums[1], period=period.a_year_before())


def _way(selection: Selection, names: Names) -> list[Step]:
    """Return the steps from all goods to those that the selection is restricted to."""
    if not selection.goods:
        return []
    steps = [Step(names.good("TOTAL"), address(selection.but(goods=(), level="total", by=())))]
    code = selection.goods[0]
    if len(selection.goods) == 1 and code.isdigit():
        for digits in (2, 4, 6, 8):
            if digits < len(code):
                level = "chapter" if digits == 2 else str(digits)
                shorter = selection.but(goods=(code[:digits],), level=level, by=())
                steps.append(Step(names.labelled(code[:digits]), address(shorter)))
    return [*steps, Step(names.goods_in_words(selection.goods), "")]


# Places and target -------------------------------------------------------------------------------------------


def places_of(selection: Selection, last: dt.date) -> Selection:
    """Return the question about the places of the partner through the years."""
    first = dt.date(last.year - YEARS_OF_PLACES + 1, 1, 1)
    return selection.but(by=(), flow="T", frequency="A", first=first, last=last)


def _places(selection: Selection, last: dt.date) -> Sequence[Ranked]:
    """Return the places of the one partner through the years; nothing for several partners or all."""
    if len(selection.partners) != 1 or selection.measure == "quantity":
        return ()
    return ranks(places_of(selection, last))


def _forecast(partnership: Partnership, selection: Selection) -> Forecast | None:
    """Return the first target about this trade, measured on the dataset."""
    aim = targets_of(selection).filter(partnership=partnership).first()
    return outlook(aim, selection.dataset, (), as_of=selection.as_of) if aim else None
