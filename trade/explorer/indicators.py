"""The indicators that a period has beside its four figures, each with its parts and the same question to the API.

They are made from what the page has read already; only the rate over years and the newest twelve months, and the price
of one class of goods, are asked for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from parties.formatting import NBSP, number
from parties.periods import Period
from trade.cube import amount, series, trailing_years, unit_values
from trade.explorer import wording
from trade.explorer.addresses import lines_behind
from trade.indicators import Amount, Answer, amounts
from trade.selection import Selection

MOST_YEARS = 5
"""Years between the ends of a multi-year rate."""


@dataclass(frozen=True)
class Part:
    """What an indicator was made from, in words."""

    name: str
    text: str
    period: Period | None
    address: str


@dataclass(frozen=True)
class Indicator:
    """One number with its definition; `asked` and `indicator` are the question that the API answers with the same."""

    name: str
    definition: str
    answer: Answer
    text: str
    parts: Sequence[Part]
    indicator: str
    asked: Selection
    whole: bool = False

    @property
    def is_of_shares(self) -> bool:
        """Whether it was made from the shares that stand above."""
        return self.indicator == "hhi"

    @property
    def query(self) -> str:
        """The query of the same answer in the API."""
        return f"indicator={self.indicator}&{self.asked.query()}{'&whole=1' if self.whole else ''}"


_Pair = tuple[Amount, Amount]


def indicators(
    selection: Selection,
    period: Period,
    by_flow: Mapping[str, _Pair],
    concentration: tuple[Selection, Answer, str] | None,
    *,
    has_months: bool,
) -> list[Indicator]:
    """Return the indicators of a period (at most 10 queries; for one class of goods 24 more).

    `concentration` is that of the goods of the flow: the question, the answer and the level in words. `has_months`
    tells whether the dataset states months.
    """
    if selection.measure == "quantity":
        return []
    asked = selection.but(by=(), first=period.starts, last=period.ends.replace(day=1))
    export, imports = by_flow["X"][0], by_flow["M"][0]
    found = [
        _of_both(_("Coverage of import by export"), _("export divided by import"), "coverage", asked, export, imports),
        _of_both(
            _("Relative balance"),
            _("balance divided by turnover: 1 export only, −1 import only"),
            "relative_balance",
            asked,
            export,
            imports,
        ),
    ]
    if concentration:
        found.append(_of_concentration(*concentration))
    found += _through_years(selection, period, has_months)
    if len(selection.goods) == 1 and selection.goods[0].isdigit() and len(selection.goods[0]) >= 4:
        found += _prices(asked)
    return found


def _of_both(
    name: str, definition: str, indicator: str, asked: Selection, export: Amount, imports: Amount
) -> Indicator:
    find = amounts.coverage if indicator == "coverage" else amounts.relative_balance
    answer = find(export, imports)
    text = wording.rate(answer) if indicator == "coverage" else _plain(answer, 2)
    parts = [_part(one, asked) for one in (export, imports)]
    return Indicator(name, definition, answer, text, parts, indicator, asked.but(flow="T"), whole=True)


def _of_concentration(asked: Selection, answer: Answer, level: str) -> Indicator:
    text = _plain(answer, 3)
    if answer.value is not None and answer.high is not None and answer.high - answer.value >= Decimal("0.0005"):
        text = f"{text}–{number(answer.high, 3)}"
    definition = _("Herfindahl–Hirschman index, %(level)s: the sum of squared shares; 1 is a single class") % {
        "level": level
    }
    return Indicator(_("Concentration of goods"), definition, answer, text, [], "hhi", asked)


def _through_years(selection: Selection, period: Period, has_months: bool) -> list[Indicator]:
    """Return the rate over years and the newest twelve months of each flow asked for."""
    flow = "T" if selection.flow == "B" else selection.flow
    last = period.ends.year if period.ends.month == 12 else period.ends.year - 1
    first = dt.date(last - MOST_YEARS, 1, 1)
    yearly = selection.but(by=(), flow=flow, frequency="A", first=first, last=dt.date(last, 12, 1))
    cells = [amount(cell, yearly) for cell in series(yearly).cells]
    known = [one for one in cells if one.value is not None]
    found = []
    if len(known) > 1 and known[0].period and known[-1].period:
        then, now = known[0], known[-1]
        years = known[-1].period.starts.year - known[0].period.starts.year
        asked = yearly.but(first=known[0].period.starts, last=known[-1].period.ends.replace(day=1))
        answer = amounts.yearly_rate(now, then, years)
        definition = _("even yearly growth from %(first)s to %(last)s") % {
            "first": wording.span(known[0].period),
            "last": wording.span(known[-1].period),
        }
        parts = [_part(one, yearly) for one in (now, then)]
        found.append(
            Indicator(_("Rate over years"), definition, answer, wording.percent(answer), parts, "yearly_rate", asked)
        )
    monthly = selection.but(by=(), flow=flow, frequency="M", first=period.starts, last=period.ends.replace(day=1))
    if has_months:
        [(__, answer)] = trailing_years(monthly).items()
        reached = answer.numerator.period if answer.numerator else None
        parts = [_part(answer.numerator, monthly)] if answer.numerator else []
        definition = _("sum of the newest twelve months in a row")
        if reached:
            definition += f": {wording.span(reached)}"
        text = wording.with_unit(answer.value, selection)
        found.append(Indicator(_("Newest 12 months"), definition, answer, text, parts, "trailing_12_months", monthly))
    return found


def _prices(asked: Selection) -> list[Indicator]:
    """Return the value of a kilogram, for each flow by itself: export and import have prices of their own."""
    flows = ("X", "M") if asked.flow in ("T", "B") else (asked.flow,)
    found = []
    for flow in flows:
        own = asked.but(flow=flow, measure="value", unit="USD")
        for one in unit_values(own, whole=True):
            answer = one.unit_value
            text = _plain(answer, 2)
            if answer.value is not None:
                text = NBSP.join([text, _("US dollars for a kilogram")])
            name = _("Unit value, %(flow)s") % {"flow": wording.flow_name(flow)}
            definition = _("value divided by net weight")
            parts = [_part(part, own) for part in (answer.numerator, answer.denominator) if part]
            found.append(Indicator(name, definition, answer, text, parts, "unit_value", own, whole=True))
    return found


def _part(one: Amount, selection: Selection) -> Part:
    """Return a part in the unit in which it was counted: dollars in that of the selection, else kilograms."""
    flow = one.about[2] if len(one.about) > 2 else selection.flow
    if one.unit == "KG" and selection.measure == "value":
        text = wording.with_unit(one.value, selection.but(measure="net_kg", unit="KG"))
    else:
        text = wording.with_unit(one.value, selection)
    return Part(wording.flow_name(flow), text, one.period, lines_behind(one, selection))


def _plain(answer: Answer, places: int) -> str:
    return wording.NOTHING if answer.value is None else number(answer.value, places)
