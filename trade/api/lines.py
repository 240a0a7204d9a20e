"""The lines behind a figure: what a question of sums adds up, in the form of observations."""

from __future__ import annotations

from collections.abc import Iterable

from django.http.response import HttpResponseBase
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request

from parties.api import described
from trade.api import described_answers as documents
from trade.api.formats import excel_wanted
from trade.api.observations import FORMATS, PAGE, Page, file_of
from trade.api.questions import CubeView
from trade.observations import Unreadable
from trade.observations.behind import behind


class LinesView(CubeView):
    """The lines that make up a figure: pages of JSON, or all of them as CSV, NDJSON, XLSX or Parquet.

    They add up to it: where a file states the same trade at several levels, they are those of the level that counts.
    """

    own = ("include",)
    formats = FORMATS

    def allowed_parameters(self) -> Iterable[str]:
        return (*super().allowed_parameters(), *(PAGE if self.kind == "json" else ()))

    @described(operation_id="trade_lines", **documents.lines(FORMATS))
    def get(self, request: Request) -> HttpResponseBase:
        names = self.own_choice("include", ("", "names"), "") == "names"
        asked = behind(self.selection(*PAGE), names=names)
        excel = excel_wanted(request, self.kind)
        if self.kind != "json":
            return self.answered(request, lambda: file_of(request, asked, self.kind, excel, "lines"))
        try:
            page = Page.read(request, asked)
        except Unreadable as error:
            details = {name: [ErrorDetail(message, code="invalid")] for name, message in error.errors.items()}
            raise ValidationError(details) from error
        return self.answered(request, page.response)
