"""Lines of trade: pages of JSON, and the whole result as a file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request

from parties.api import described
from parties.api.schema import Errors
from trade.api.formats import (
    TYPES,
    Negotiated,
    TooLarge,
    chosen_format,
    download,
    excel_wanted,
    format_parameters,
    too_many_rows_in_words,
)
from trade.api.meta import DatasetMetaSerializer, about, dataset_meta
from trade.exports import observations as exported
from trade.exports.workbooks import LARGEST
from trade.observations import FILTERS, Asked, Place, Unreadable, read

FORMATS = ("json", "csv", "ndjson", "xlsx", "parquet")
PAGE = ("cursor", "page_size", "count")
USUAL_SIZE, LARGEST_SIZE = 100, 1000
_ROW = ',{"dataset":'  # a row begins so; inside a text its quotes would be escaped


class ObservationSerializer(serializers.Serializer[Any]):
    """One line of a file, as the reporter sees it."""

    dataset = serializers.CharField()
    period = serializers.CharField(help_text="2024-01, 2024-Q1, 2024-S1, 2024; else its first and last day.")
    months = serializers.IntegerField()
    reporter = serializers.CharField()
    reporter_name = serializers.CharField(required=False, allow_null=True, help_text="With include=names.")
    partner = serializers.CharField()
    partner_name = serializers.CharField(required=False, allow_null=True)
    flow = serializers.CharField(help_text="X export, M import, RX re-export, RM re-import.")
    goods = serializers.CharField()
    goods_name = serializers.CharField(required=False, allow_null=True)
    level = serializers.CharField()
    edition = serializers.CharField(help_text="Symbol of the edition of the classification.")
    value_usd = serializers.DecimalField(20, 2, allow_null=True, help_text="US dollars; null where not stated.")
    net_kg = serializers.DecimalField(20, 3, allow_null=True)
    quantity = serializers.DecimalField(20, 3, allow_null=True, help_text="In `unit`.")
    unit = serializers.CharField(help_text="OKEI code of the supplementary unit, empty where there is none.")
    unit_name = serializers.CharField(required=False, allow_null=True)
    valuation = serializers.CharField()
    status = serializers.CharField(help_text="SDMX observation status.")
    release = serializers.IntegerField(help_text="Number of the release that brought the line.")
    line = serializers.IntegerField(help_text="Line of the file.")
    is_example = serializers.BooleanField()
    valid_from = serializers.CharField(required=False, help_text="With history=1: when the line became known.")
    valid_to = serializers.CharField(required=False, allow_null=True, help_text="When it was replaced or withdrawn.")
    closed_by = serializers.IntegerField(required=False, allow_null=True, help_text="The release that closed it.")
    action = serializers.CharField(required=False, help_text="With updated_after: update or delete.")


class ObservationsMetaSerializer(serializers.Serializer[Any]):
    datasets = DatasetMetaSerializer(many=True)
    as_of = serializers.DateTimeField(allow_null=True)
    updated_after = serializers.DateTimeField(allow_null=True)


class ObservationPageSerializer(serializers.Serializer[Any]):
    """A page of lines, ordered by dataset, period, partner, flow, goods, unit, months, reporter."""

    meta = ObservationsMetaSerializer()
    next = serializers.URLField(allow_null=True, help_text="Address of the next page, null on the last one.")
    count = serializers.IntegerField(allow_null=True, help_text="With count=1: number of lines on all pages.")
    results = ObservationSerializer(many=True)


_CODES = "codes, comma separated"
_DESCRIBED = {
    "dataset": "code of the dataset",
    "reporter": _CODES,
    "partner": _CODES,
    "flow": "X, M, RX, RM, comma separated",
    "goods": "the beginning of a code of goods (84, 847130), TOTAL or _CONF, comma separated",
    "level": "level of the file that the line comes from: total, chapter, 4, 6, 8, 10, comma separated",
    "frequency": "M months, Q quarters, S half-years, A years, YTD January to a month, comma separated",
    "from": "first period: 2024, 2024-S1, 2024-Q1 or 2024-05",
    "to": "last period",
    "unit": "OKEI codes of supplementary units, comma separated",
    "release": "number of the release that brought the line",
    "status": "SDMX observation status: A, E, P, M, Q, comma separated",
    "is_example": "true or false",
    "as_of": "lines as they were known then: a day (its end) or a time; with dataset",
    "updated_after": "what has come, changed or gone since then: a day (its beginning) or a time; with dataset",
    "history": "1: all versions of the lines; with dataset",
    "include": "names: a column with the name beside each code",
    "cursor": "a place in the list; take it from `next`",
    "page_size": f"lines on a page, 1 to {LARGEST_SIZE}; {USUAL_SIZE} without it",
    "count": "1: count the lines on all pages",
}


class ObservationsView(Negotiated):
    """Lines of trade: pages of JSON, or all lines as CSV, NDJSON, XLSX or Parquet."""

    def allowed_parameters(self) -> Iterable[str]:
        self.kind = chosen_format(self.request, FORMATS)
        return (*FILTERS, "format", "excel", *(PAGE if self.kind == "json" else ()))

    @described(
        operation_id="trade_observations_list",
        parameters=[
            *(OpenApiParameter(name, str, description=text) for name, text in _DESCRIBED.items()),
            *format_parameters(FORMATS),
        ],
        responses={
            (200, TYPES["json"]): ObservationPageSerializer,
            **{(200, TYPES[name]): bytes for name in FORMATS[1:]},
            413: OpenApiResponse(Errors, "More rows than a sheet of XLSX holds, or more than can be sent in time."),
            429: OpenApiResponse(Errors, "As many files are being sent as may be; `Retry-After` says when to ask."),
        },
    )
    def get(self, request: Request) -> HttpResponseBase:
        given = {name: request.query_params[name].strip() for name in FILTERS if name in request.query_params}
        try:
            asked = read(given)
            excel = excel_wanted(request, self.kind)
            answer = Page.read(request, asked) if self.kind == "json" else None
        except Unreadable as error:
            raise ValidationError(
                {name: [ErrorDetail(message, code="invalid")] for name, message in error.errors.items()}
            ) from error
        if answer:
            return self.unless_known(request, answer.response)
        return self.unless_known(request, lambda: file_of(request, asked, self.kind, excel))


class Page:
    """One page of JSON, put together from what the database wrote."""

    def __init__(self, request: Request, asked: Asked, size: int, place: Place | None, counted: bool) -> None:
        self.request, self.asked, self.size, self.place, self.counted = request, asked, size, place, counted

    @classmethod
    def read(cls, request: Request, asked: Asked) -> Page:
        """Read size, place and count; raise `Unreadable`."""
        params = request.query_params
        size = params.get("page_size", str(USUAL_SIZE))
        if not (size.isascii() and size.isdigit() and len(size) <= 9 and 1 <= int(size) <= LARGEST_SIZE):
            message = _("Give a whole number from 1 to %(largest)d.") % {"largest": LARGEST_SIZE}
            raise Unreadable({"page_size": message})
        if params.get("count", "1") != "1":
            raise Unreadable({"count": _("Write count=1, or leave it out.")})
        place = Place.read(params["cursor"], asked) if "cursor" in params else None
        return cls(request, asked, int(size), place, "count" in params)

    def response(self) -> HttpResponse:
        """Return the page (1 query, 2 with the count)."""
        statement, values = self.asked.statement(
            f"{exported.for_json(self.asked)} AS row", after=self.place, limit=self.size + 1
        )
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT string_agg(row, ','), count(*) FROM ({statement}) AS page", values)  # noqa: S608
            rows, found = cursor.fetchone()
        following = "null"
        if found > self.size:  # one line more than the page holds tells that there is a next page
            rows = rows[: rows.rindex(_ROW)]
            last = json.loads(rows[rows.rindex(_ROW) + 1 if self.size > 1 else 0 :])
            following = json.dumps(self._address(Place.after(last, self.asked)))
        count = json.dumps(self.asked.count() if self.counted else None)
        head = f'{{"meta":{self._meta()},"next":{following},"count":{count},"results":['
        return HttpResponse(f"{head}{rows or ''}]}}", content_type="application/json")

    def _address(self, place: Place) -> str:
        given = {**self.request.query_params.dict(), "cursor": place.text()}
        return self.request.build_absolute_uri(f"{self.request.path}?{urlencode(given, safe=',:')}")

    def _meta(self) -> str:
        asked = self.asked
        return json.dumps(
            {
                "datasets": [
                    dataset_meta(one.dataset, one.vintage if asked.vintage is None else asked.vintage or None)
                    for one in asked.datasets
                ],
                "as_of": asked.as_of and asked.as_of.isoformat(),
                "updated_after": asked.updated_after and asked.updated_after.isoformat(),
            },
            ensure_ascii=False,
        )


def file_of(request: Request, asked: Asked, kind: str, excel: bool, what: str = "observations") -> HttpResponseBase:
    """Answer with all lines as a file."""
    codes = "-".join(one.code for one in asked.datasets) if len(asked.datasets) == 1 else "all"
    newest = asked.vintage or max((one.vintage or 0 for one in asked.datasets), default=0)
    name = f"trade-{what}-{codes}-v{newest}"
    if request.method == "HEAD":
        return download(request, b"", name, kind)
    if kind == "csv":
        return download(request, lambda: exported.as_csv(asked, excel=excel), name, kind)
    if kind == "ndjson":
        return download(request, lambda: exported.as_lines(asked), name, kind)
    more = {_("read at"): timezone.localtime().isoformat(timespec="seconds"), _("parameters"): urlencode(asked.given)}
    lines = about(list(asked.datasets), request.build_absolute_uri(), more)
    if kind == "parquet":
        return download(request, lambda: exported.as_parquet(asked, lines), name, kind)
    if asked.count(LARGEST + 1) > LARGEST:
        raise TooLarge(too_many_rows_in_words())
    return download(request, lambda: exported.as_workbook(asked, lines), name, kind)
