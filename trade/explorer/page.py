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
    Comparison,
    Forecast,
    Ranked,
    compare_with_last_year,
    growths,
    outlook,
    ranks,
    targets_of,
)
from trade.explorer import wording
from trade.explorer.addresses import address, in_period, lines_address
from trade.explorer.advantages import Advantages, advantages, country_of
from trade.explorer.breakdown import Breakdown, breakdown_of
from trade.explorer.controls import Controls, controls
from trade.explorer.groups import GroupNote, group_notes
from trade.explorer.indicators import Indicator, indicators
from trade.explorer.names import Names
from trade.explorer.pairs import Pair, computed, of_periods
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
    groups: Sequence[GroupNote]
    rows: Sequence[Comparison]
    breakdown: Breakdown | None
    advantages: Advantages | None
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
    def reference_name(self) -> str:
        """The country whose export the advantages are measured by."""
        return self.names.area(self.advantages.reference) if self.advantages else ""

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
    also_held = {selection.reporter, country_of(selection.reporter)}
    holdings = held([selection.dataset], also_held, selection.as_of)
    held_here = [one for one in holdings if one.reporter == selection.reporter]
    newest = max((one.last for one in held_here), default=selection.last)
    step = usual_frequency(one for one in held_here if one.last == newest)
    last = min(selection.last, newest) if newest >= selection.first else selection.last
    recent = summed.but(by=(), frequency=step, first=dt.date(last.year - 1, 1, 1), last=last)
    period = _year_to(recent.last)
    by_flow = of_periods(_split(recent, "flow"), period)
    rows = tuple(compare_with_last_year(selection))
    places = _places(summed, last)
    concentration = specialisation = None
    forecast = _forecast(partnership, summed)
    found = [*by_flow.values()]
    breakdown = breakdown_of(summed, recent, period, by_flow, names)
    if breakdown:
        of_goods = in_period(breakdown.selection, period)
        concentration = of_goods, breakdown.concentration, wording.level_name(breakdown.level)
        specialisation = advantages(of_goods, holdings)
    release_ids = {pk for row in rows for pk in (*row.cell.releases, *row.base.releases)}
    release_ids |= {pk for pair in found for one in pair for pk in one.releases}
    release_ids |= specialisation.releases if specialisation else set()
    return Explorer(
        partnership=partnership,
        selection=selection,
        summed=summed,
        names=names,
        controls=controls(selection, names),
        period=period,
        key=_key_figures(recent, period, by_flow, places),
        groups=group_notes(summed, period, names),
        rows=rows,
        breakdown=breakdown,
        advantages=specialisation,
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


def _key_figures(
    selection: Selection, period: Period, by_flow: Mapping[str, Pair], places: Iterable[Ranked]
) -> list[KeyFigure]:
    """Return turnover, export, import and balance; a balance has no growth rate, as its base may be negative."""
    export, imports = by_flow["X"], by_flow["M"]

    def both(combined: Callable[[Amount, Amount], Answer], flow: str) -> Pair:
        return computed(combined(export[0], imports[0]), flow), computed(combined(export[1], imports[1]), flow)

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


# The way down ------------------------------------------------------------------------------------------------


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
