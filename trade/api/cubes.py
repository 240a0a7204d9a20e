"""Sums and indicators: answers of `trade.cube`, the same that the pages show, each with what it was made from."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from parties.api import described
from trade import cube
from trade.api import answers, tables
from trade.api import described_answers as documents
from trade.api.formats import TooLarge, download, excel_wanted, table_of, too_many_rows_in_words
from trade.api.indicators import in_parts
from trade.api.meta import about, selection_meta
from trade.api.questions import TABLES, CubeView, wrong
from trade.catalogue import catalogue
from trade.cube import TooManyCells
from trade.exports import jsonstat, sums
from trade.exports.columns import Sheet
from trade.exports.workbooks import LARGEST
from trade.selection import Selection

SERIES_FORMATS = ("json", "csv", "ndjson", "xlsx", "parquet", "jsonstat")


class SeriesView(CubeView):
    """Sums by period: for each partner, flow and class of goods asked for one cell for every period."""

    own = ("include",)
    formats = SERIES_FORMATS

    @described(operation_id="trade_series", **documents.series(SERIES_FORMATS))
    def get(self, request: Request) -> HttpResponseBase:
        selection = self.selection()
        names = self.own_choice("include", ("", "names"), "") == "names"
        excel = excel_wanted(request, self.kind)

        def answer() -> HttpResponseBase:
            try:
                return self._answer(request, cube.series(selection), names, excel)
            except TooManyCells as refused:
                if self.kind in ("json", "jsonstat"):
                    advice = _("Or take format=csv, ndjson or parquet, which have no limit.")
                    raise TooLarge(f"{refused} {advice}") from refused
                return self._long(request, selection, names, excel)

        return self.answered(request, answer)

    def _answer(self, request: Request, found: cube.Cube, names: bool, excel: bool) -> HttpResponseBase:
        meta = selection_meta(found.selection, found.vintage, found.releases, found.incomplete)
        sheet = sums.sheet(found, names=names)
        if self.kind == "json":
            return Response({"meta": meta, "data": sums.rows(sheet)})
        name = _name(found.selection, max(found.releases, default=0))
        if self.kind == "jsonstat":
            return download(request, jsonstat.dataset(found, meta, request.build_absolute_uri()), name, "jsonstat")
        return table_of(request, _described(request, sheet, found), name, self.kind, excel=excel)

    def _long(self, request: Request, selection: Selection, names: bool, excel: bool) -> HttpResponseBase:
        """Answer with more cells than memory should hold: they are read while the file is sent."""
        found = cube.long_series(selection)
        if self.kind == "xlsx" and found.count > LARGEST:
            raise TooLarge(too_many_rows_in_words())
        sheet = _described(request, sums.sheet(found, names=names), found)
        name = _name(selection, found.vintage or 0)
        return table_of(request, sheet, name, self.kind, excel=excel, is_long=True)


def _name(selection: Selection, newest: int) -> str:
    return f"trade-series-{selection.dataset.code}-{selection.reporter}-v{newest}"


def _described(request: Request, sheet: Sheet, found: cube.Cube | cube.LongSeries) -> Sheet:
    """Return the table with what it says of itself."""
    selection = found.selection
    known = [one for one in catalogue().datasets.values() if one.pk == selection.dataset.pk]
    more = {
        _("unit"): selection.unit or "–",
        _("parameters"): selection.query(),
        **answers.gaps_in_words(found.incomplete),
    }
    return sheet.with_about(about(known, request.build_absolute_uri(), more))


class RanksView(CubeView):
    """Places of partners among all of their kind, by period and flow."""

    own = ("whole",)
    formats = TABLES

    @described(operation_id="trade_ranks", **documents.ranks(TABLES))
    def get(self, request: Request) -> HttpResponseBase:
        selection = self.selection()
        whole = self.own_choice("whole", ("", "1"), "") == "1"
        if selection.measure == "quantity":
            raise wrong("measure", _("Places are those of partners by value or weight."))
        return self.tabled(request, "ranks", lambda: self._answer(selection, whole), tables.ranks)

    def _answer(self, selection: Selection, whole: bool) -> dict[str, Any]:
        found = cube.ranks(selection, whole=whole)
        releases = sorted({release for one in found for release in one.releases})
        return {
            "meta": selection_meta(selection, None, releases),
            "data": [answers.ranked(one, selection) for one in found],
        }


class StructureView(CubeView):
    """Shares of classes of goods or of partners in the whole range of months, with bounds for what is hidden."""

    formats = TABLES

    @described(operation_id="trade_structure", **documents.structure(TABLES))
    def get(self, request: Request) -> HttpResponseBase:
        selection = self.selection()
        if selection.flow == "B":
            raise wrong("flow", _("A balance has no shares: ask for X, M or T."))
        asked = in_parts(selection)
        if asked.by not in (("goods",), ("partner",)):
            raise wrong("by", _("Shares are those of goods or of partners: by=goods or by=partner."))
        return self.tabled(request, "structure", lambda: answers.structured(cube.structure(asked)), tables.structure)


class MirrorView(CubeView):
    """The same trade as both sides count it, with the gap and what may explain it. Neither side's figure is changed."""

    formats = TABLES

    @described(operation_id="trade_mirror", **documents.mirror(TABLES))
    def get(self, request: Request) -> HttpResponseBase:
        selection = self.selection()
        if len(selection.partners) != 1:
            raise wrong("partner", _("Both sides' figures are those of one partner: name it."))
        if selection.flow == "B":
            raise wrong("flow", _("Two balances are no mirror: ask for X, M, T, RX or RM."))
        if set(selection.by) - {"goods"}:
            raise wrong("by", _("Only goods can be broken down here: by=goods."))
        return self.tabled(request, "mirror", lambda: answers.mirrored(cube.mirror(selection)), tables.mirror)
