"""Indicators by the formulas of `trade.indicators`, each with its parts and the reason where there is no value."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.request import Request

from parties.api import described
from trade import cube, indicators
from trade.api import answers, tables
from trade.api import described_answers as documents
from trade.api.answers import Subject
from trade.api.questions import TABLES, CubeView, wrong
from trade.catalogue import catalogue
from trade.indicators import amounts
from trade.selection import Selection, months_between, shifted

MONTHS_OF_A_YEAR = 12
Found = Iterable[tuple[Subject, indicators.Answer]]


class IndicatorsView(CubeView):
    """Indicators, each with numerator, denominator, releases, and the reason where there is no value."""

    own = ("indicator", "whole", "reference")
    formats = TABLES

    @described(operation_id="trade_indicators", **documents.indicators(TABLES))
    def get(self, request: Request) -> HttpResponseBase:
        selection = self.selection()
        name = self.own_choice("indicator", documents.INDICATORS, "growth")
        whole = self.own_choice("whole", ("", "1"), "") == "1"
        if whole and name not in _WHOLE:
            raise wrong("whole", _("This indicator is always that of the whole range, or of a time of its own."))
        if name in ("growth", "growth_index", "contribution_to_growth") and (whole or name == "contribution_to_growth"):
            selection = self._within_a_year(selection)
        if "reference" in request.query_params and name != "rca":
            raise wrong("reference", _("Only for indicator=rca."))
        if selection.flow == "B":
            raise wrong("flow", _("Indicators are those of X, M, T, RX or RM; balances: indicator=balance."))
        if name in _OF_PARTS and selection.by not in ((), ("goods",), ("partner",)):
            raise wrong("by", _("Shares are those of goods or of partners: by=goods or by=partner."))
        find = _WHOLE[name] if whole else _INDICATORS[name]
        if name == "rca":
            find = partial(_advantages, reference=self._reference(selection))
        return self.tabled(
            request, f"indicators-{name}", lambda: answers.found(selection, find(selection)), tables.indicators
        )

    def _within_a_year(self, selection: Selection) -> Selection:
        """Return the selection with a range that does not overlap the same months of the year before."""
        if len(months_between(selection.first, selection.last)) <= MONTHS_OF_A_YEAR:
            return selection
        if "from" not in self.request.query_params:
            return selection.but(first=shifted(selection.last, 1 - MONTHS_OF_A_YEAR))
        raise wrong("from", _("At most 12 months: a longer range would be compared with a part of itself."))

    def _reference(self, selection: Selection) -> Selection:
        """Return the same question about the reporter whose structure is the measure."""
        code = self.request.query_params.get("reference")
        if code is None:
            raise wrong("reference", _("Name the reporter to compare with, such as RU."))
        if "goods" not in selection.by or "partner" in selection.by:
            raise wrong("by", _("An advantage is one in a class of goods: by=goods."))
        if code not in catalogue().areas:
            raise wrong("reference", _("No such code: “%(code)s”.") % {"code": code[:80]})
        return selection.but(reporter=code)


def in_parts(selection: Selection) -> Selection:
    """Return the selection with what it is divided into: by product groups, unless it says otherwise."""
    if selection.by:
        return selection
    return selection.but(by=("goods",), level="group" if selection.level == "total" else selection.level)


def _growths(selection: Selection) -> Found:
    return [(Subject.of(one.cell), one.growth) for one in cube.compare_with_last_year(selection)]


def _growths_of_the_whole(selection: Selection) -> Found:
    return [(Subject.of(one.cell), one.growth) for one in cube.compare_totals_with_last_year(selection)]


def _in_index_form(find: Callable[[Selection], Found]) -> Callable[[Selection], Found]:
    return lambda selection: [(subject, amounts.index(answer)) for subject, answer in find(selection)]


def _contributions(selection: Selection) -> Found:
    period = _whole_range(selection)
    return [(Subject(period, *place), answer) for place, answer in cube.contributions(selection).items()]


def _of_balance(name: str, *, whole: bool = False) -> Callable[[Selection], Found]:
    def find(selection: Selection) -> Found:
        return [
            (Subject(one.period, one.partner, "T", one.goods), getattr(one, name))
            for one in cube.balances(selection, whole=whole)
        ]

    return find


def _unit_values(selection: Selection, *, whole: bool = False) -> Found:
    return [(Subject.of(one.cell), one.unit_value) for one in cube.unit_values(selection, whole=whole)]


def _advantages(selection: Selection, reference: Selection) -> Found:
    period = _whole_range(selection)
    together = ",".join(selection.partners) or "W"
    for (flow, goods), both in cube.advantages(selection, reference).items():
        for answer in both:
            yield Subject(period, together, flow, goods), answer


def _shares(selection: Selection) -> Found:
    found = cube.structure(in_parts(selection))
    return [(Subject.of(part.cell), part.share) for part in found.parts]


def _concentrations(selection: Selection) -> Found:
    asked = in_parts(selection)
    found = cube.structure(asked)
    about = Subject(
        found.period, ",".join(selection.partners) or "W", selection.flow, ",".join(selection.goods) or "TOTAL"
    )
    return [(about, found.concentration), (about, found.normalised)]


def _yearly_rates(selection: Selection) -> Found:
    return _by_place(selection, cube.yearly_rates(selection))


def _trailing_years(selection: Selection) -> Found:
    return _by_place(selection, cube.trailing_years(selection))


def _by_place(selection: Selection, found: Any) -> Found:
    whole = selection.periods[-1]
    for place, answer in found.items():
        period = answer.numerator.period if answer.numerator and answer.numerator.period else whole
        yield Subject(period, *place), answer


def _of_targets(names: Callable[[cube.Forecast], Iterable[indicators.Answer]]) -> Callable[[Selection], Found]:
    def find(selection: Selection) -> Found:
        for target in cube.targets_of(selection):
            found = cube.outlook(target, selection.dataset, (), as_of=selection.as_of)
            trailing = found.trailing.numerator
            period = target.due or (trailing and trailing.period) or target.base.period
            for answer in names(found):
                yield Subject(period, ",".join(selection.partners) or "W", target.flow, "TOTAL"), answer

    return find


def _whole_range(selection: Selection) -> Any:
    return cube.totals(selection.but(by=())).cells[0].period


_WHOLE: dict[str, Callable[[Selection], Found]] = {
    "growth": _growths_of_the_whole,
    "growth_index": _in_index_form(_growths_of_the_whole),
    **{
        name: _of_balance(part, whole=True)
        for name, part in (
            ("turnover", "turnover"),
            ("balance", "balance"),
            ("coverage", "coverage"),
            ("relative_balance", "relative"),
        )
    },
    "unit_value": partial(_unit_values, whole=True),
}
_OF_PARTS = ("share", "hhi")
_INDICATORS: dict[str, Callable[[Selection], Found]] = {
    "growth": _growths,
    "growth_index": _in_index_form(_growths),
    "contribution_to_growth": _contributions,
    "turnover": _of_balance("turnover"),
    "balance": _of_balance("balance"),
    "coverage": _of_balance("coverage"),
    "relative_balance": _of_balance("relative"),
    "share": _shares,
    "hhi": _concentrations,
    "unit_value": _unit_values,
    "rca": _growths,
    "yearly_rate": _yearly_rates,
    "trailing_12_months": _trailing_years,
    "required_yearly_rate": _of_targets(lambda one: (one.low.yearly, one.high.yearly)),
    "required_growth": _of_targets(lambda one: (one.low.required, one.high.required)),
    "progress": _of_targets(lambda one: (one.low.progress, one.high.progress)),
    "forecast": _of_targets(lambda one: (one.expected,)),
}
