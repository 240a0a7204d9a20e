"""In which form an answer is given: by the parameter `format`, else by the `Accept` header; errors are always JSON."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import APIException, ErrorDetail, NotAcceptable, ValidationError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from parties.api import Resource
from trade.exports import parquet, texts, workbooks
from trade.exports.columns import Sheet
from trade.exports.downloads import (
    RETRY_AFTER,
    Busy,
    Download,
    too_long_in_words,
    too_many_in_words,
    took_too_long,
)

TYPES = {
    "json": "application/json",
    "csv": "text/csv",
    "ndjson": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "jsonstat": "application/vnd.jsonstat+json",
}
"""Formats and their media types."""


class TooLarge(APIException):
    """The answer does not fit into the format."""

    status_code = 413
    default_code = "too_large"


class TooManyDownloads(APIException):
    """As many files are being sent as may be; ask again a little later."""

    status_code = 429
    default_code = "too_many_downloads"
    wait = RETRY_AFTER


class Always(BaseContentNegotiation):
    """Errors are JSON whatever form was asked for; the resource itself looks at the form."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0] if parsers else None

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return JSONRenderer(), JSONRenderer.media_type


class Negotiated(Resource):
    """Base of the resources that answer in several forms."""

    content_negotiation_class = Always

    def handle_exception(self, exc: Exception) -> Any:
        return super().handle_exception(TooLarge(too_long_in_words()) if took_too_long(exc) else exc)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        patch_vary_headers(response, ["Accept"])
        return response


def chosen_format(request: Request, formats: tuple[str, ...]) -> str:
    """Return the name of the format that is asked for; raise 400 or 406."""
    asked = request.query_params.get("format")
    if asked is not None:
        if asked not in formats:
            message = _("“%(value)s” is not allowed here. Allowed: %(names)s.") % {
                "value": asked[:80],
                "names": ", ".join(formats),
            }
            raise ValidationError({"format": [ErrorDetail(message, code="invalid_choice")]})
        return asked
    accept = request.headers.get("Accept", "*/*")
    if accept == "*/*":
        return "json"
    for wanted in _by_weight(accept):
        for name in formats:
            kind = TYPES[name]
            if wanted in ("*/*", kind, f"{kind.partition('/')[0]}/*"):
                return name
    raise NotAcceptable


def _by_weight(accept: str) -> list[str]:
    """Return the media types of an `Accept` header, the most wanted first."""
    found = []
    for part in accept.lower().split(","):
        kind, *details = (text.strip() for text in part.split(";"))
        weight = next((text[2:] for text in details if text.startswith("q=")), "1")
        found.append((float(weight) if re.fullmatch(r"[01](\.\d{0,3})?", weight) else 1.0, kind))
    return [kind for weight, kind in sorted(found, key=lambda one: -one[0]) if weight]


def excel_wanted(request: Request, name: str) -> bool:
    """Tell whether CSV is to be made for Excel; raise 400 where the parameter makes no sense."""
    asked = request.query_params.get("excel")
    if asked is None:
        return False
    if asked != "1" or name != "csv":
        raise ValidationError({"excel": [ErrorDetail(_("Write excel=1, with format=csv."), code="invalid")]})
    return True


def download(
    request: Request, body: bytes | Callable[[], Generator[bytes, None, None]], name: str, kind: str
) -> HttpResponseBase:
    """Answer with a file under its name; one that is made while it is sent takes a place among the few."""
    content_type = f"{TYPES[kind]}; charset=utf-8" if kind in ("csv", "ndjson") else TYPES[kind]
    response: HttpResponseBase
    if isinstance(body, bytes):
        response = HttpResponse(body, content_type=content_type)
    else:
        try:
            chunks = Download(body, port=request.META.get("SERVER_PORT", ""))
        except Busy as busy:
            raise TooManyDownloads(too_many_in_words()) from busy
        response = StreamingHttpResponse(chunks, content_type=content_type)
    ending = {"jsonstat": "json"}.get(kind, kind)
    disposition = "inline" if kind == "jsonstat" else "attachment"
    response.headers["Content-Disposition"] = f'{disposition}; filename="{name}.{ending}"'
    return response


def table_of(
    request: Request, sheet: Sheet, name: str, kind: str, *, excel: bool, is_long: bool = False
) -> HttpResponseBase:
    """Answer with a table as CSV, NDJSON, XLSX or Parquet; a long one is sent while it is made."""

    def body() -> Generator[bytes, None, None]:
        if kind == "csv":
            return texts.csv_of(sheet, excel=excel)
        if kind == "ndjson":
            return texts.lines_of(sheet)
        return workbooks.workbook(sheet) if kind == "xlsx" else parquet.parquet_of(sheet)

    return download(request, body if is_long else b"".join(body()), name, kind)


def too_many_rows_in_words() -> str:
    return _("A sheet holds %(largest)d rows. Ask for fewer months or partners, or take format=csv or parquet.") % {
        "largest": workbooks.LARGEST
    }


def format_parameters(formats: tuple[str, ...]) -> list[OpenApiParameter]:
    """Describe the two parameters of the form."""
    return [
        OpenApiParameter("format", str, enum=formats, description="Form of the answer; else as Accept says."),
        OpenApiParameter("excel", str, enum=["1"], description="CSV for Excel: BOM, semicolons, decimal commas."),
    ]
