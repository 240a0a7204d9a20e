"""What answers under `/sdmx/`: structures, availability and data in both dialects, and errors as SDMX messages."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from parties.api import Resource
from trade.exports.downloads import (
    RETRY_AFTER,
    Busy,
    Download,
    too_long_in_words,
    too_many_in_words,
    took_too_long,
)
from trade.exports.texts import unbroken
from trade.models import Dataset
from trade.sdmx import formats
from trade.sdmx.available import available
from trade.sdmx.errors import NoResults, NotImplementedHere, SdmxError, TooLarge, TooManyDownloads, WrongSyntax
from trade.sdmx.formats import Format
from trade.sdmx.messages import Labels, Message, error_xml
from trade.sdmx.questions import Question, read_1, read_2, read_filters_2
from trade.sdmx.reading import DataSet, data_sets
from trade.sdmx.requests import KINDS, Wanted, check_flow_1, check_flow_2, read_structures, structures_wanted
from trade.sdmx.structures import Structures, structure_json, structure_xml

CHUNK = 1 << 16
_FIRST_CHUNK = 1 << 10
_CONTEXTS = ("dataflow", "datastructure", "provisionagreement", "*")
_STRUCTURE_PARAMETERS = ("detail", "references")
_AVAILABILITY_PARAMETERS = ("references", "mode", "updatedAfter", "reportingYearStartDay")


class Sdmx(Resource):
    """SDMX REST: the dialect is known by the path. Reads only; the token of the API, or a session."""

    schema = None  # type: ignore[assignment]  # described by SDMX itself

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check who asks; parameters are checked with the question."""
        APIView.initial(self, request, *args, **kwargs)

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[Any, str]:
        """Leave the choice of the format to the resource that is found."""
        return JSONRenderer(), "application/json"

    def get(self, request: Request, rest: str) -> HttpResponseBase:
        resource, *segments = rest.strip("/").split("/")
        if resource == "data":
            is_second = len(segments) > 1 and segments[0] in _CONTEXTS
            answer = self._data_2 if is_second else self._data_1
        elif resource == "availability":
            answer = self._availability
        elif resource == "structure":
            answer = self._structure_2
        elif resource in KINDS:
            answer, segments = self._structure_1, [resource, *segments]
        elif resource in ("schema", "metadata", "registration", "availableconstraint"):
            raise NotImplementedHere(_("The resource “%(name)s” is not supported.") % {"name": resource})
        else:
            raise NoResults(_("There is no such resource. There are: %(names)s.") % {"names": ", ".join(_RESOURCES)})
        return answer(request, segments)

    # Data -----------------------------------------------------------------------------------------------------------

    def _data_1(self, request: Request, segments: Sequence[str]) -> HttpResponseBase:
        if not 1 <= len(segments) <= 3 or not segments[0]:
            raise WrongSyntax(_("An address of data is data/{flow}/{key}/{provider}."))
        flow, key, provider = [*segments, "all", "all"][:3] if len(segments) < 3 else segments
        check_flow_1(flow, provider)
        return self._answer_data(request, read_1(key, request.query_params), formats.DATA_1)

    def _data_2(self, request: Request, segments: Sequence[str]) -> HttpResponseBase:
        key = _context(segments, "data", 5)
        return self._answer_data(request, read_2(key, request.query_params), formats.DATA_2)

    def _answer_data(self, request: Request, question: Question, offers: Sequence[Format]) -> HttpResponseBase:
        chosen = formats.accepted(request.headers.get("Accept", ""), offers)
        if question.history and chosen in (formats.CSV_1, formats.CSV_2):
            raise NotImplementedHere(
                _("includeHistory is told in XML only: ask for %(name)s.") % {"name": formats.SPECIFIC}
            )
        return self.unless_known(request, lambda: _streamed_data(request, question, chosen))

    # Structures -------------------------------------------------------------------------------------------------------

    def _structure_1(self, request: Request, segments: Sequence[str]) -> HttpResponseBase:
        return self._answer_structure(request, segments, formats.STRUCTURE_1)

    def _structure_2(self, request: Request, segments: Sequence[str]) -> HttpResponseBase:
        return self._answer_structure(request, segments or ["*"], formats.STRUCTURE_2)

    def _answer_structure(
        self, request: Request, segments: Sequence[str], offers: Sequence[Format]
    ) -> HttpResponseBase:
        params = _given(request, _STRUCTURE_PARAMETERS)
        wanted = structures_wanted(segments, params)
        chosen = formats.accepted(request.headers.get("Accept", ""), offers)
        return self.unless_known(request, lambda: _structure_message(read_structures(wanted), chosen))

    def _availability(self, request: Request, segments: Sequence[str]) -> HttpResponseBase:
        components = segments[5] if len(segments) == 6 else "*"
        key = _context(segments[:5], "availability", 5)
        question = read_filters_2(key, request.query_params, _AVAILABILITY_PARAMETERS)
        params = {name: request.query_params[name] for name in _AVAILABILITY_PARAMETERS if name in request.query_params}
        if params.get("mode", "exact") != "exact" or "updatedAfter" in params:
            raise NotImplementedHere(_("Availability is told in the mode “exact”, without updatedAfter."))
        wanted = structures_wanted(["dataflow"], {"references": params.get("references", "none")})
        has_flow = params.get("references", "none") in ("all", "dataflow")
        chosen = formats.accepted(request.headers.get("Accept", ""), formats.STRUCTURE_2)

        def answer() -> HttpResponse:
            told = available(question, components)
            kinds = wanted.kinds if has_flow else wanted.kinds - {"dataflow"}
            content = read_structures(Wanted(kinds)) if kinds else Structures()
            return _structure_message(replace(content, available=told), chosen)

        return self.unless_known(request, answer)

    # Errors -----------------------------------------------------------------------------------------------------------

    def handle_exception(self, exc: Exception) -> HttpResponseBase:  # type: ignore[override]  # no REST answer
        """Answer with an SDMX error message: JSON for clients of JSON and CSV, else XML."""
        if took_too_long(exc):
            exc = TooLarge(too_long_in_words())
        if isinstance(exc, SdmxError):
            response = self._error(exc.status, exc.code, exc.text)
            if isinstance(exc, TooManyDownloads):
                response["Retry-After"] = str(RETRY_AFTER)
            return response
        if isinstance(exc, (exceptions.NotAuthenticated, exceptions.AuthenticationFailed)):
            response = self._error(401, 110, str(exc.detail))
            response["WWW-Authenticate"] = self.get_authenticate_header(self.request) or "Token"
            return response
        if isinstance(exc, exceptions.APIException):
            return self._error(exc.status_code, 110 if exc.status_code == 403 else 140, str(exc.detail))
        return super().handle_exception(exc)

    def _error(self, status: int, code: int, text: str) -> HttpResponse:
        accept = self.request.headers.get("Accept", "")
        if "json" in accept or "csv" in accept:
            body = json.dumps({"errors": [{"code": code, "title": text}]}, ensure_ascii=False)
            return HttpResponse(body, status=status, content_type="application/json")
        body = error_xml(code, text, get_language() or "ru")
        return HttpResponse(body, status=status, content_type="application/xml; charset=utf-8")


_RESOURCES = ("data", "availability", "structure", *KINDS)


def _context(segments: Sequence[str], resource: str, longest: int) -> str:
    """Return the key of `{context}/{agency}/{id}/{version}/{key}`; raise unless the context is our dataflow."""
    if not 1 <= len(segments) <= longest:
        raise WrongSyntax(_("An address is %(name)s/dataflow/{agency}/{id}/{version}/{key}.") % {"name": resource})
    context, agency, identity, version, key = [*segments, "*", "*", "*", "*"][:5]
    if context not in ("dataflow", "*"):
        raise NotImplementedHere(_("Data are asked for by dataflow."))
    check_flow_2(agency, identity, version)
    return key


def _given(request: Request, allowed: Sequence[str]) -> dict[str, str]:
    for name in request.query_params:
        if name not in allowed:
            raise WrongSyntax(
                _("There is no parameter %(name)s here. Parameters: %(names)s.")
                % {"name": name[:80], "names": ", ".join(allowed)}
            )
        if len(request.query_params.getlist(name)) != 1 or not request.query_params[name]:
            raise WrongSyntax(_("%(name)s: give one value.") % {"name": name})
    return {name: str(value) for name, value in request.query_params.items()}


def _structure_message(content: Structures, chosen: Format) -> HttpResponse:
    now = timezone.now()
    if chosen is formats.STRUCTURE_JSON:
        text = structure_json(content, now, get_language() or "ru")
    else:
        text = structure_xml(content, now)
    return HttpResponse("".join(text), content_type=str(chosen))


def _streamed_data(request: Request, question: Question, chosen: Format) -> HttpResponseBase:
    """Answer with the data while they are read.

    Raises `NoResults`, `TooLarge` and `TooManyDownloads` before the first byte.
    """
    try:
        chunks = Download(lambda: _written(question, chosen), port=request.META.get("SERVER_PORT", ""))
    except Busy as busy:
        raise TooManyDownloads(too_many_in_words()) from busy
    if request.method == "HEAD":
        chunks.close()
        return HttpResponse(content_type=str(chosen))
    return StreamingHttpResponse(chunks, content_type=str(chosen))


def _written(question: Question, chosen: Format) -> Generator[bytes, None, None]:
    """Return the message in chunks; one in CSV that breaks off says so, one in XML lacks its end."""
    sets = _not_empty(data_sets(question))
    first = next(sets, None)
    if first is None:
        raise NoResults(_("No observations answer this."))
    message = Message(question, Labels(Dataset.objects.all()), timezone.now())
    text = formats.WRITERS[chosen](message, chain([first], sets))
    chunks = _in_chunks(text, sets.close)
    return unbroken(chunks) if chosen in (formats.CSV_1, formats.CSV_2) else chunks


def _not_empty(sets: Iterator[DataSet]) -> Generator[DataSet, None, None]:
    """Yield the data sets that hold a row."""
    for one in sets:
        rows = iter(one.rows)
        row = next(rows, None)
        if row is not None:
            yield replace(one, rows=chain([row], rows))


def _in_chunks(text: Iterable[str], close: Callable[[], None]) -> Generator[bytes, None, None]:
    """Yield the text in chunks, the first one at once; `close` ends the reading also when the reader leaves early."""
    parts: list[str] = []
    size, enough = 0, _FIRST_CHUNK
    try:
        for part in text:
            parts.append(part)
            size += len(part)
            if size >= enough:
                yield "".join(parts).encode()
                parts, size, enough = [], 0, CHUNK
        yield "".join(parts).encode()
    finally:
        close()
