"""What every request passes: the log, under a number that error pages show, and the limit of its size."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from rest_framework.exceptions import AuthenticationFailed

from parties.authentication import KnoxToken, TokenAsPassword

log = structlog.get_logger(__name__)
_NUMBER = re.compile(r"[A-Za-z0-9-]{8,64}")


class RequestLog:
    """Gives each request a number (or keeps the one a proxy set), logs its outcome, returns it as `X-Request-ID`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        number = given if _NUMBER.fullmatch(given) else secrets.token_hex(8)
        request.META["REQUEST_NUMBER"] = number  # shown on error pages
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=number)
        began = time.perf_counter()
        response = self.get_response(request)
        response["X-Request-ID"] = number
        if not request.path.startswith("/health/"):
            log.info(
                "request",
                method=request.method,
                path=request.path,
                status=response.status_code,
                milliseconds=round((time.perf_counter() - began) * 1000, 1),
            )
        return response


MB = 1 << 20
STRANGERS_MOST, READERS_MOST = 1 * MB, 25 * MB
"""Bytes that a request of somebody unknown, and one of a reader, may have: a file has at most 20 MB."""
LARGE_UPLOADS: dict[str, int | None] = {
    "agreements:note": 10 * 20 * MB + READERS_MOST,  # ten files of evidence
    "api-progress-notes-list": 10 * 20 * MB + READERS_MOST,
    "trade:new_import": None,  # tells by itself what is too large
}


class BodyLimit:
    """Refuses a request that states to be too large, before any of its body is read.

    It stands before whatever reads forms: the first is the check of the form token.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        stated = request.META.get("CONTENT_LENGTH") or ""
        size = int(stated) if stated.isascii() and stated.isdigit() else 0
        if size <= STRANGERS_MOST:
            return None
        most = _most(request) if _is_known(request) else STRANGERS_MOST
        return None if most is None or size <= most else _too_large(request, most)


def _is_known(request: HttpRequest) -> bool:
    if request.user.is_authenticated:
        return True
    for method in (KnoxToken(), TokenAsPassword()):
        try:
            if method.authenticate(request):  # type: ignore[arg-type]  # both read only the headers
                return True
        except AuthenticationFailed:
            return False
    return False


def _most(request: HttpRequest) -> int | None:
    name = request.resolver_match.view_name if request.resolver_match else ""
    return LARGE_UPLOADS.get(name, READERS_MOST)


def _too_large(request: HttpRequest, most: int) -> HttpResponse:
    text = _("More than %(most)d MB cannot be sent here.") % {"most": most // MB}
    if request.path.startswith("/api/"):
        errors = [{"code": "too_large", "detail": text, "attr": None}]
        response: HttpResponse = JsonResponse({"type": "client_error", "errors": errors}, status=413)
    else:
        response = render(request, "413.html", {"message": text}, status=413)
    response["Connection"] = "close"  # the body stays unread
    return response
