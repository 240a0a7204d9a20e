"""What the pages of trade say: amounts, flows, periods and findings as a reader expects them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from parties import formatting
from parties.formatting import NBSP, number, signed, significant, with_precision
from parties.naming import interface_language
from parties.periods import Period, Shape
from trade.explorer.names import Names
from trade.indicators.amounts import Place
from trade.indicators.answers import ONE, Amount, Answer
from trade.models import PublishedFigure
from trade.selection import UNITS, Selection
from trade.wording import unit_name

PLACES = {"USD_MN": 2, "USD_TH": 0, "USD": 0, "KG": 0, "TNE": 1}
NOTHING = "–"
_ROMAN = ("I", "II", "III", "IV")
_SHORT_MONTHS = {
    "ru": ["янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"],
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
}


def flow_name(flow: str) -> str:
    """Return the name of a flow: «товарооборот»."""
    return {
        "T": pgettext("flow of trade", "turnover"),
        "X": pgettext("flow of trade", "export"),
        "M": pgettext("flow of trade", "import"),
        "B": pgettext("flow of trade", "balance"),
        "RX": pgettext("flow of trade", "re-export"),
        "RM": pgettext("flow of trade", "re-import"),
    }[flow]


def status_name(status: str) -> str:
    """Return the status of a line in words; empty for a normal one."""
    return {
        "E": pgettext("line", "estimated"),
        "P": pgettext("line", "provisional"),
        "M": pgettext("line", "missing"),
        "Q": pgettext("line", "suppressed"),
    }.get(status, "")


def frequency_name(frequency: str) -> str:
    """Return how periods are counted off: «по месяцам»."""
    return {
        "M": pgettext("frequency", "by month"),
        "Q": pgettext("frequency", "by quarter"),
        "S": pgettext("frequency", "by half-year"),
        "A": pgettext("frequency", "by year"),
        "YTD": pgettext("frequency", "from January, year by year"),
    }[frequency]


def level_name(level: str) -> str:
    """Return how goods are broken down: «по товарным группам»."""
    return {
        "section": _("by section of the classification"),
        "group": _("by product group"),
        "chapter": _("by chapter (2 digits)"),
        "4": _("by heading (4 digits)"),
        "6": _("by subheading (6 digits)"),
        "8": _("by 8 digits"),
        "10": _("by 10 digits"),
    }[level]


def unit_words(selection: Selection) -> str:
    """Return the unit of the numbers: «млн долл. США»."""
    if selection.measure == "quantity":
        return Names.current().units.get(selection.unit) or _("supplementary units")
    return unit_in_words(selection.unit)


def unit_in_words(unit: str) -> str:
    """Return a unit of money or weight in words, any other by its code."""
    if unit in PublishedFigure.Unit.values:
        return unit_name(unit)
    return pgettext("unit", "kg") if unit == "KG" else unit


def places_of(selection: Selection) -> int:
    """Return how many decimals the numbers have."""
    return PLACES.get(selection.unit, 0)


def shown(value: Decimal | None, selection: Selection) -> str:
    """Return a sum in the unit of the selection, without the unit; a dash where there is none."""
    return NOTHING if value is None else significant(value / selection.divisor, places_of(selection))


def with_unit(value: Decimal | None, selection: Selection) -> str:
    return NOTHING if value is None else f"{shown(value, selection)}{NBSP}{unit_words(selection)}"


def in_own_unit(one: Amount | Answer, selection: Selection) -> str:
    """Return an amount with its precision and unit: «< 46,00 млн долл. США»; a dash where there is none.

    Money stays money and weight weight, whatever the selection measures; its unit is used where it is one of the same.
    """
    if one.value is None:
        return NOTHING
    measure = {"USD": "value", "KG": "net_kg"}.get(one.unit, "quantity")
    units = list(UNITS[measure])
    unit = selection.unit if selection.unit in units else units[-1] if units else one.unit
    text = significant(one.value / UNITS[measure].get(unit, ONE), PLACES.get(unit, 0))
    return f"{with_precision(text, one.precision)}{NBSP}{unit_in_words(unit)}"


def percent(answer: Answer) -> str:
    """Return a change with its precision, sign and one decimal: «+47,4 %»; a dash where there is none."""
    return NOTHING if answer.value is None else f"{with_precision(signed(answer.value, 1), answer.precision)}{NBSP}%"


def rate(answer: Answer) -> str:
    """Return a part of a whole with its precision and one decimal: «> 54,5 %»; a dash where there is none."""
    return NOTHING if answer.value is None else f"{with_precision(number(answer.value, 1), answer.precision)}{NBSP}%"


def share_with_bounds(answer: Answer) -> str:
    """Return a share; with its bounds where hidden goods leave it open: «47,9–51,2 %»."""
    if answer.value is None:
        return NOTHING
    if answer.high is not None and answer.high - answer.value >= Decimal("0.05"):
        return f"{number(answer.value, 1)}–{number(answer.high, 1)}{NBSP}%"
    return f"{number(answer.value, 1)}{NBSP}%"


def place(one: Place) -> str:
    """Return a place with how many are ranked: «6-е место из 115»; a shared one says so."""
    text = _("No. %(place)s of %(of)s") % {"place": one.rank, "of": one.of}
    return f"{text} {_('(shared)')}" if one.tied else text


def span(period: Period) -> str:
    """Return a period of whole months in words, `January to September 2025` included."""
    if period.shape is not Shape.RANGE or period.is_whole_years or period.a_year_before() is None:
        return formatting.period(period)
    first = formatting.period(Period.months(period.starts.year, period.starts.month, 1))
    last = formatting.period(Period.months(period.ends.year, period.ends.month, 1))
    if period.starts.year == period.ends.year:
        first = first.split(" ")[0]
    return f"{first}{NBSP}– {last}"


def short(period: Period) -> tuple[str, str]:
    """Return what stands under a column: the period within its year, and the year."""
    year, month = str(period.starts.year), period.starts.month
    match period.shape:
        case Shape.MONTH:
            return _SHORT_MONTHS[interface_language()][month - 1], year
        case Shape.QUARTER:
            numeral = _ROMAN[(month - 1) // 3]
            return (f"{numeral}{NBSP}кв." if interface_language() == "ru" else f"Q{(month + 2) // 3}"), year
        case Shape.HALF_YEAR:
            half = 1 if month == 1 else 2
            return (f"{_ROMAN[half - 1]}{NBSP}пол." if interface_language() == "ru" else f"H{half}"), year
        case _:
            return year, ""


def headline(flow: str, period: Period, amount: str, growth: Answer | None) -> str:
    """Return the finding of the page as one sentence."""
    known = _("no data") if amount == NOTHING else amount
    values = {"flow": flow_name(flow).capitalize(), "period": span(period), "value": known}
    if growth is None or growth.value is None or not growth.value or flow == "B":
        return _("%(flow)s in %(period)s: %(value)s") % values
    values["growth"] = f"{number(abs(growth.value), 1)}{NBSP}%"
    if growth.value > 0:
        return _("%(flow)s in %(period)s is up %(growth)s on the year before: %(value)s") % values
    return _("%(flow)s in %(period)s is down %(growth)s on the year before: %(value)s") % values


def above_last_year(flow: str, growths: Iterable[Answer]) -> str:
    """Return in how many periods a flow was above last year; empty where none can be compared."""
    known = [growth.value for growth in growths if growth.value is not None]
    if not known:
        return ""
    above = sum(value > 0 for value in known)
    text = ngettext(
        "%(flow)s: above last year in %(above)s period of %(all)s",
        "%(flow)s: above last year in %(above)s periods of %(all)s",
        above,
    )
    return text % {"flow": flow_name(flow).capitalize(), "above": above, "all": len(known)}
