"""Sums and indicators: answers of `trade.cube`, the same that the pages show, each with what it was made from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from parties.api import described
from parties.models import Partnership
from trade import cube, indicators
from trade.api import answers
from trade.api import described_answers as documents
from trade.api.formats import Negotiated, TooLarge, chosen_format, download, excel_wanted
from trade.api.meta import about, selection_meta
from trade.catalogue import catalogue
from trade.cube import TooManyCells, UnitsDiffer
from trade.exports import jsonstat, parquet, sums, texts, workbooks
from trade.indicators import amounts
from trade.selection import PARAMETERS, Defaults, Selection, SelectionErrors, months_between, shifted

MONTHS_OF_A_YEAR = 12
SERIES_FORMATS = ("json", "csv", "ndjson", "xlsx", "parquet", "jsonstat")
Answered = Callable[[Selection], dict[str, Any]]


class CubeView(Negotiated):
    """Base of the resources that answer a selection."""

    own: ClassVar[tuple[str, ...]] = ()
    formats: ClassVar[tuple[str, ...]] = ("json",)

    def allowed_parameters(self) -> Iterable[str]:
        self.kind = chosen_format(self.request, self.formats)
        forms = ("format", "excel") if len(self.formats) > 1 else ()
        return (*PARAMETERS, *self.own, *forms)

    def selection(self) -> Selection:
        """Return what the parameters ask for; raise 400 for all that is wrong."""
        own = (*self.own, "format", "excel")
        try:
            return Selection.parse(self.request.query_params, defaults=_defaults(self.request), also=own)
        except SelectionErrors as error:
            details = {
                name: [ErrorDetail(message, code="invalid") for message in messages]
                for name, messages in error.errors.items()
            }
            raise ValidationError(details) from error

    def own_choice(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        """Return the value of a parameter of this resource."""
        value = self.request.query_params.get(name, default)
        if value not in allowed:
            message = _("“%(value)s” is not allowed here. Allowed: %(names)s.") % {
                "value": value[:80],
                "names": ", ".join(allowed),
            }
            raise ValidationError({name: [ErrorDetail(message, code="invalid_choice")]})
        return value

    def answered(self, request: Request, answer: Callable[[], HttpResponseBase]) -> HttpResponseBase:
        """Answer, or say why the data cannot be added up so."""
        try:
            return self.unless_known(request, answer)
        except UnitsDiffer as error:
            raise ValidationError({"measure": [ErrorDetail(str(error), code="units_differ")]}) from error
        except TooManyCells as error:
            raise TooLarge(str(error)) from error


def _defaults(request: Request) -> Defaults:
    """Return the territories of the first partnership; those that are named in full need none."""
    partnership = Partnership.objects.select_related("home", "partner").order_by("pk").first()
    if partnership:
        return Defaults.of(partnership)
    given = request.query_params
    missing = [name for name in ("reporter", "partner") if name not in given]
    if missing:
        message = _("No partnership is set up: name the territory.")
        raise ValidationError({name: [ErrorDetail(message, code="required")] for name in missing})
    return Defaults(given["reporter"], given["partner"].partition(",")[0])


def _wrong(name: str, message: str) -> ValidationError:
    return ValidationError({name: [ErrorDetail(message, code="invalid")]})


class SeriesView(CubeView):
    """Sums by period: for each partner, flow and class of goods asked for one cell for every period."""

    own = ("include",)
    formats = SERIES_FORMATS

    @described(operation_id="trade_series", **documents.series(SERIES_FORMATS))
    def get(self, request: Request) -> HttpResponseBase:
        selection = self.selection()
        names = self.own_choice("include", ("", "names"), "") == "names"
        excel = excel_wanted(request, self.kind)
        return self.answered(request, lambda: self._answer(request, cube.series(selection), names, excel))

    def _answer(self, request: Request, found: cube.Cube, names: bool, excel: bool) -> HttpResponseBase:
        selection = found.selection
        sheet = sums.sheet(found, names=names)
        meta = selection_meta(selection, found.vintage, found.releases, found.incomplete)
        if self.kind == "json":
            return Response({"meta": meta, "data": sums.rows(sheet)})
        name = f"trade-series-{selection.dataset.code}-{selection.reporter}-v{max(found.releases, default=0)}"
        if self.kind == "jsonstat":
            return download(request, jsonstat.dataset(found, meta, request.build_absolute_uri()), name, "jsonstat")
        if self.kind == "csv":
            return download(request, texts.csv_of(sheet, excel=excel), name, "csv")
        if self.kind == "ndjson":
            return download(request, texts.lines_of(sheet), name, "ndjson")
        known = [one for one in catalogue().datasets.values() if one.pk == selection.dataset.pk]
        more = {_("unit"): selection.unit or "–", _("parameters"): selection.query(), **answers.gaps_in_words(found)}
        full = sheet.with_about(about(known, request.build_absolute_uri(), more))
        if self.kind == "xlsx":
            return download(request, lambda: workbooks.workbook(full), name, "xlsx")
        return download(request, parquet.parquet_of(full), name, "parquet")


class RanksView(CubeView):
    """Places of partners among all of their kind, by period and flow."""

    own = ("whole",)

    @described(operation_id="trade_ranks", **documents.ranks())
    def get(self, request: Request) -> HttpResponseBase:
        selection = self.selection()
        whole = self.own_choice("whole", ("", "1"), "") == "1"
        if selection.goods or selection.measure == "quantity":
            raise _wrong("goods" if selection.goods else "measure", _("Places are those of partners by all goods."))
        return self.answered(request, lambda: Response(self._answer(selection, whole)))

    def _answer(self, selection: Selection, whole: bool) -> dict[str, Any]:
        found = cube.ranks(selection, whole=whole)
        releases = sorted({release for one in found for release in one.releases})
        return {
            "meta": selection_meta(selection, None, releases),
            "data": [answers.ranked(one, selection) for one in found],
        }


class StructureView(CubeView):
    """Shares of classes of goods or of partners in the whole range of months, with bounds for what is hidden."""

    @described(operation_id="trade_structure", **documents.structure())
    def get(self, request: Request) -> HttpResponseBase:
        selection = self.selection()
        if selection.flow == "B":
            raise _wrong("flow", _("A balance has no shares: ask for X, M or T."))
        if selection.by == ():
            selection = selection.but(by=("goods",), level="group" if selection.level == "total" else selection.level)
        if selection.by not in (("goods",), ("partner",)):
            raise _wrong("by", _("Shares are those of goods or of partners: by=goods or by=partner."))
        return self.answered(request, lambda: Response(answers.structured(cube.structure(selection))))


class MirrorView(CubeView):
    """The same trade as both sides count it, with the gap and what may explain it. Neither side's figure is changed."""

    @described(operation_id="trade_mirror", **documents.mirror())
    def get(self, request: Request) -> HttpResponseBase:
        selection = self.selection()
        if len(selection.partners) != 1:
            raise _wrong("partner", _("Both sides' figures are those of one partner: name it."))
        if selection.flow == "B":
            raise _wrong("flow", _("Two balances are no mirror: ask for X, M, T, RX or RM."))
        if set(selection.by) - {"goods"}:
            raise _wrong("by", _("Only goods can be broken down here: by=goods."))
        return self.answered(request, lambda: Response(answers.mirrored(cube.mirror(selection))))


class IndicatorsView(CubeView):
    """Indicators, each with numerator, denominator, releases, and the reason where there is no value."""

    own = ("indicator", "whole", "reference")

    @described(operation_id="trade_indicators", **documents.indicators())
    def get(self, request: Request) -> HttpResponseBase:
        selection = self.selection()
        name = self.own_choice("indicator", tuple(_INDICATORS), "growth")
        whole = self.own_choice("whole", ("", "1"), "") == "1"
        if whole and name not in ("growth", "growth_index"):
            raise _wrong("whole", _("Only growth is asked for by period or for the whole range."))
        if whole or name == "contribution_to_growth":
            selection = self._within_a_year(selection)
        if "reference" in request.query_params and name != "rca":
            raise _wrong("reference", _("Only for indicator=rca."))
        if selection.flow == "B":
            raise _wrong("flow", _("Indicators are those of X, M, T, RX or RM; balances: indicator=balance."))
        find = _WHOLE[name] if whole else _INDICATORS[name]
        if name == "rca":
            reference = self._reference(selection)
            return self.answered(request, lambda: Response(answers.found(selection, _advantages(selection, reference))))
        return self.answered(request, lambda: Response(answers.found(selection, find(selection))))

    def _within_a_year(self, selection: Selection) -> Selection:
        """Return the selection with a range that does not overlap the same months of the year before."""
        if len(months_between(selection.first, selection.last)) <= MONTHS_OF_A_YEAR:
            return selection
        if "from" not in self.request.query_params:
            return selection.but(first=shifted(selection.last, 1 - MONTHS_OF_A_YEAR))
        raise _wrong("from", _("At most 12 months: a longer range would be compared with a part of itself."))

    def _reference(self, selection: Selection) -> Selection:
        """Return the same question about the reporter whose structure is the measure."""
        code = self.request.query_params.get("reference")
        if code is None:
            raise _wrong("reference", _("Name the reporter to compare with, such as RU."))
        if "goods" not in selection.by:
            raise _wrong("by", _("An advantage is one in a class of goods: by=goods."))
        if code not in catalogue().areas:
            raise _wrong("reference", _("No such code: “%(code)s”.") % {"code": code[:80]})
        return selection.but(reporter=code)


Found = Iterable[tuple[answers.Subject, indicators.Answer]]


def _growths(selection: Selection) -> Found:
    return [(answers.Subject.of(one.cell), one.growth) for one in cube.compare_with_last_year(selection)]


def _growths_of_the_whole(selection: Selection) -> Found:
    return [(answers.Subject.of(one.cell), one.growth) for one in cube.compare_totals_with_last_year(selection)]


def _in_index_form(find: Callable[[Selection], Found]) -> Callable[[Selection], Found]:
    return lambda selection: [(subject, amounts.index(answer)) for subject, answer in find(selection)]


def _contributions(selection: Selection) -> Found:
    period = _whole_range(selection)
    return [(answers.Subject(period, *place), answer) for place, answer in cube.contributions(selection).items()]


def _of_balance(name: str) -> Callable[[Selection], Found]:
    def find(selection: Selection) -> Found:
        return [
            (answers.Subject(one.period, one.partner, "T", one.goods), getattr(one, name))
            for one in cube.balances(selection)
        ]

    return find


def _unit_values(selection: Selection) -> Found:
    return [(answers.Subject.of(one.cell), one.unit_value) for one in cube.unit_values(selection)]


def _advantages(selection: Selection, reference: Selection) -> Found:
    period = _whole_range(selection)
    together = ",".join(selection.partners) or "W"
    for (flow, goods), both in cube.advantages(selection, reference).items():
        for answer in both:
            yield answers.Subject(period, together, flow, goods), answer


def _whole_range(selection: Selection) -> Any:
    return cube.totals(selection.but(by=())).cells[0].period


_WHOLE: dict[str, Callable[[Selection], Found]] = {
    "growth": _growths_of_the_whole,
    "growth_index": _in_index_form(_growths_of_the_whole),
}
_INDICATORS: dict[str, Callable[[Selection], Found]] = {
    "growth": _growths,
    "growth_index": _in_index_form(_growths),
    "contribution_to_growth": _contributions,
    "turnover": _of_balance("turnover"),
    "balance": _of_balance("balance"),
    "coverage": _of_balance("coverage"),
    "relative_balance": _of_balance("relative"),
    "unit_value": _unit_values,
    "rca": _growths,
}
