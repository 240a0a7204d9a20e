"""Trade figures in words: value, unit and precision as a reader expects them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from parties.formatting import NBSP, number, period, signed, with_precision
from trade.indicators import Derived, Formula
from trade.models import PublishedFigure

Unit, Indicator = PublishedFigure.Unit, PublishedFigure.Indicator
_RATES = {Formula.GROWTH, Formula.GROWTH_BOUND, Formula.REQUIRED_GROWTH_LOW, Formula.REQUIRED_GROWTH_HIGH}


def unit_name(unit: str) -> str:
    """Return the unit as it stands after a number; thousands and millions are shortened."""
    names = {
        Unit.USD_MILLION: pgettext("unit", "million US dollars"),
        Unit.USD_THOUSAND: pgettext("unit", "thousand US dollars"),
        Unit.USD: pgettext("unit", "US dollars"),
        Unit.TONNE: pgettext("unit", "tonnes"),
        Unit.PERCENT: "%",
        Unit.PLACE: "",
    }
    return str(names[Unit(unit)]).replace(" ", NBSP)


def amount(value: Decimal, unit: str, precision: str, places: int | None = None) -> str:
    """Return a number with its precision mark and unit: «< 23 млн долл. США»."""
    return f"{with_precision(number(value, places), precision)}{NBSP}{unit_name(unit)}".rstrip(NBSP)


def rate(value: Decimal, precision: str, places: int | None = None) -> str:
    """Return a growth with its sign: «+47 %», «< +30 %»."""
    return f"{with_precision(signed(value, places), precision)}{NBSP}%"


def figure_text(figure: PublishedFigure) -> str:
    """Return a published figure as one short text."""
    match Indicator(figure.indicator):
        case Indicator.GROWTH:
            return rate(figure.value, figure.precision)
        case Indicator.RANK:
            return with_precision(_("No. %(place)s") % {"place": number(figure.value)}, figure.precision)
        case _:
            return amount(figure.value, figure.unit, figure.precision)


def figure_number(figure: PublishedFigure) -> str:
    """Return a published figure without its unit, for big type; rates keep their per cent sign."""
    if figure.indicator == Indicator.VALUE:
        return with_precision(number(figure.value), figure.precision)
    return figure_text(figure)


def figure_unit(figure: PublishedFigure) -> str:
    """Return the unit that `figure_number` leaves out."""
    return unit_name(figure.unit) if figure.indicator == Indicator.VALUE else ""


def derived_text(derived: Derived) -> str:
    """Return a computed number as one short text, rounded to one decimal; a dash where there is none."""
    if derived.value is None:
        return "–"
    if derived.formula in _RATES:
        return rate(derived.value, derived.precision, _places(derived.value))
    return amount(derived.value, derived.unit, derived.precision, _places(derived.value))


def derived_name(formula: str, flow: str, period: str) -> str:
    """Return what a computed number is: «Товарооборот, рост, I полугодие 2025 г.»."""
    names = {
        Formula.GROWTH: _("%(flow)s, growth, %(period)s"),
        Formula.IMPLIED_BASE: _("%(flow)s implied for %(period)s"),
        Formula.GROWTH_BOUND: _("%(flow)s, growth that follows for %(period)s"),
        Formula.TURNOVER: _("%(flow)s, %(period)s"),
        Formula.BALANCE: _("%(flow)s, %(period)s"),
        Formula.INDEX: _("%(flow)s, in per cent of the base, %(period)s"),
        Formula.TARGET_LOW: _("Low aim"),
        Formula.TARGET_HIGH: _("High aim"),
    }
    return names[Formula(formula)] % {"flow": flow, "period": period}


def _places(value: Decimal) -> int | None:
    return None if value == value.to_integral_value() else 1


def subject(figure: PublishedFigure) -> str:
    """Return what a figure is about: «Рост товарооборота», «Экспорт: машины и оборудование»."""
    flows = {
        "T": pgettext("flow", "Turnover"),
        "X": pgettext("flow", "Export to %(partner)s") % {"partner": figure.partner},
        "M": pgettext("flow", "Import from %(partner)s") % {"partner": figure.partner},
    }
    names = {
        Indicator.VALUE: "%s",
        Indicator.GROWTH: pgettext("indicator", "%s, growth"),
        Indicator.RANK: pgettext("indicator", "%s, rank of the partner"),
        Indicator.SHARE: pgettext("indicator", "%s, share"),
    }
    text = str(names[Indicator(figure.indicator)]) % flows[figure.flow]
    if figure.commodity.classification != "TOTAL":
        text += f": {figure.commodity}"
    return text


def headline(figures: Sequence[PublishedFigure]) -> str:
    """Return the newest published growth of turnover, or else the newest turnover, as one sentence."""
    for figure in figures:
        if figure.flow == "T" and figure.commodity.classification == "TOTAL":
            values = {"period": period(figure.period), "value": figure_text(figure)}
            if figure.indicator == Indicator.GROWTH and figure.base_period:
                values["base"] = period(figure.base_period)
                return _("Turnover of %(period)s: %(value)s against %(base)s") % values
            if figure.indicator == Indicator.VALUE:
                return _("Turnover of %(period)s: %(value)s") % values
    return _("No turnover is published")
