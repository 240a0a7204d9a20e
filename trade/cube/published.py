"""Published figures beside the sum of the detail: both stand, and the difference shows."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from parties.models import Partnership
from parties.periods import Period
from trade.cube.comparing import amount
from trade.cube.mirror import published_amount
from trade.cube.series import series
from trade.goods import finest
from trade.indicators import amounts
from trade.indicators.answers import Amount, Answer, Reason
from trade.models import Commodity, Dataset, PublishedFigure
from trade.queries import figures
from trade.selection import YEAR_TO_DATE, Selection, held, months_between

FREQUENCY_OF = {3: "Q", 6: "S", 12: "A"}
_Trade = tuple[str, str, str, str]
"""Reporter, partner, measure, level of the goods."""


@dataclass(frozen=True)
class BesidePublished:
    """A published value and the sum of the dataset's months for the same trade and period."""

    figure: PublishedFigure
    difference: Answer

    @property
    def detail(self) -> Amount | None:
        return self.difference.numerator

    @property
    def published(self) -> Amount | None:
        return self.difference.denominator


def beside_published(
    partnership: Partnership,
    dataset: Dataset,
    published: Iterable[PublishedFigure] | None = None,
    *,
    as_of: dt.datetime | None = None,
) -> tuple[BesidePublished, ...]:
    """Return the published values of the partnership with the dataset's own sums, newest period first.

    `as_of`: the sums as they were known then.

    A constant number of queries for each reporter, partner, measure and level of goods that figures are about:
    the months of all of them are read together. A difference counts as data minus publication.
    """
    chosen = [
        figure
        for figure in (figures(partnership) if published is None else published)
        if figure.indicator == PublishedFigure.Indicator.VALUE
    ]
    by_trade: dict[_Trade, list[PublishedFigure]] = defaultdict(list)
    for figure in chosen:
        by_trade[_trade(figure)].append(figure)
    reporters = {str(figure.reporter.code) for figure in chosen}
    months_held = {(one.reporter, one.months) for one in held([dataset], reporters, as_of)}
    sums: dict[int, Amount] = {}
    for trade, group in by_trade.items():
        sums |= _summed(dataset, trade, group, (trade[0], 1) in months_held, as_of)
    return tuple(
        BesidePublished(figure, amounts.difference(sums[figure.pk], published_amount(figure))) for figure in chosen
    )


def _trade(figure: PublishedFigure) -> _Trade:
    measure = "net_kg" if figure.unit == PublishedFigure.Unit.TONNE else "value"
    return str(figure.reporter.code), str(figure.partner.code), measure, level_of_commodity(figure.commodity)


def level_of_commodity(commodity: Commodity) -> str:
    """Return the level at which the data hold the goods."""
    if commodity.classification == Commodity.Classification.SECTION:
        return "section"
    return finest([commodity.commodity_code])


def _summed(
    dataset: Dataset, trade: _Trade, group: list[PublishedFigure], is_monthly: bool, as_of: dt.datetime | None
) -> dict[int, Amount]:
    """Return the dataset's amount for each figure, by its id."""
    reporter, partner, measure, level = trade
    whole = {figure.pk: months for figure in group if (months := _whole_months(figure.period))}
    found: dict[int, Amount] = {}
    ways = {pk: ("M", 1) if is_monthly else _way(months) for pk, months in whole.items()}
    for way in set(ways.values()):
        here = [figure for figure in group if ways.get(figure.pk) == way]
        codes = tuple(dict.fromkeys(figure.commodity.commodity_code for figure in here))
        selection = Selection(
            dataset,
            reporter,
            (partner,),
            by=("flow",) if level == "total" else ("goods", "flow"),
            level=level,
            goods=() if level == "total" else codes,
            frequency=way[0],
            first=min(whole[figure.pk][0] for figure in here),
            last=max(whole[figure.pk][-1] for figure in here),
            measure=measure,
            unit="USD" if measure == "value" else "KG",
            as_of=as_of,
        ).but()
        by_place = {(cell.goods, cell.flow, cell.period): amount(cell, selection) for cell in series(selection).cells}
        for figure in here:
            periods = [period for period in selection.periods if _lies_in(period, figure.period)]
            flows = ("X", "M") if figure.flow == "T" else (figure.flow,)
            goods = figure.commodity.commodity_code
            places = [(goods, flow, period) for flow in flows for period in periods]
            if all(place in by_place for place in places):
                found[figure.pk] = _sum([by_place[place] for place in places], figure)
    for figure in group:
        if figure.pk not in found:
            found[figure.pk] = replace(published_amount(figure), value=None, reason=Reason.NOT_COMPARABLE)
    return found


def _way(months: tuple[dt.date, ...]) -> tuple[str, int]:
    """Return the frequency, and the months of its periods, by which a dataset without months states such a period."""
    count = len(months)
    usual = FREQUENCY_OF.get(count)
    if usual and (months[0].month - 1) % count == 0:
        return usual, count
    return (YEAR_TO_DATE, count) if months[0].month == 1 and count < 12 else ("M", 1)


def _whole_months(period: Period) -> tuple[dt.date, ...] | None:
    if period.a_year_before() is None:
        return None
    return months_between(period.starts, period.ends.replace(day=1))


def _lies_in(period: Period, other: Period) -> bool:
    return other.starts <= period.starts and period.ends <= other.ends


def _sum(parts: list[Amount], figure: PublishedFigure) -> Amount:
    """Return the parts added up as one amount about the figure's trade and period; None where one is unknown."""
    like = replace(parts[0], period=figure.period, about=published_amount(figure).about)
    missing = next((part.reason for part in parts if part.value is None), None)
    if missing:
        some = any(part.value is not None for part in parts)
        return replace(like, value=None, reason=Reason.MONTHS_MISSING if some else missing)
    releases = tuple(sorted({release for part in parts for release in part.releases}))
    total = sum((part.value for part in parts if part.value is not None), Decimal(0))
    return replace(like, value=total, releases=releases, reason=None)
