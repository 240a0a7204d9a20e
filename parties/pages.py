"""Pages that cost little: not rendered when unchanged, and rendered once for all readers alike.

A page depends on the data version, the release, the day, the language and theme, the reader's
roles and organisation, and the whole address with its host. From these its ETag is known before any
query but that of the data version: an unchanged page is answered with 304. Otherwise it is taken
from the cache, or built once for all readers with the same roles and organisation; only the reader's
name and form token are put in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache as cache_in_process
from typing import Any, cast

from django.conf import settings
from django.contrib.messages import get_messages
from django.core.cache import cache
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.crypto import salted_hmac
from django.utils.html import escape
from django.utils.http import parse_etags
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_filters import FilterSet

from parties.models import User
from parties.queries import PARTNERSHIP_COOKIE, data_version

AN_HOUR = 3600


def render_page(
    request: HttpRequest,
    template: str,
    build: Callable[[], dict[str, Any]],
    *,
    shared: bool = True,
    filtered: bool = False,
) -> HttpResponse:
    """Answer with the page, from the cache or built now, or with 304.

    `build` returns the template's context and is called only when the page must be built.
    `shared=False` is for pages whose content has forms or names the reader: these are never kept.
    `filtered=True` is for pages that read parameters (`chosen`); on others a parameter is an error.
    """
    if not filtered:
        refuse_parameters(request)
    page_key, etag = _keys(request)
    pending_messages = len(get_messages(request)) > 0
    if not pending_messages and etag in parse_etags(request.headers.get("If-None-Match", "")):
        return _with_validators(HttpResponseNotModified(), etag)
    # Pages that answer a question are made anew: there are more questions than a cache could hold.
    if pending_messages or request.GET or not shared:
        response = render(request, template, build())
    else:
        page = cache.get(page_key)
        if page is None:
            page = render_to_string(
                template, {**build(), "csrf_token": _gap("token"), "reader": _gap("reader")}, request
            )
            cache.set(page_key, page, AN_HOUR)
        page = page.replace(_gap("token"), get_token(request)).replace(_gap("reader"), escape(str(request.user)))
        response = HttpResponse(page)
    return response if pending_messages else _with_validators(response, etag)


def refuse_parameters(request: HttpRequest) -> None:
    """Raise `BadRequest` where the address has parameters: nothing in an address is ignored."""
    if request.GET:
        raise BadRequest(_("This page has no parameters: %(unknown)s.") % {"unknown": ", ".join(request.GET)})


def unless_known(request: HttpRequest, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """Answer with a file made from what a page shows, or with 304 to a reader who has it."""
    etag = _keys(request)[1]
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        return _with_validators(HttpResponseNotModified(), etag)
    return _with_validators(answer(), etag)


@cache_in_process
def _gap(name: str) -> str:
    """Return what stands in a kept page for something of the reader's own.

    Nobody outside can guess it, so nobody can write it into a text and have another reader's token put there.
    """
    return salted_hmac("parties.pages", name).hexdigest()


def _keys(request: HttpRequest) -> tuple[str, str]:
    user = cast(User, request.user)
    get_token(request)  # the first page of a session brings the secret; its ETag must know it, too
    common = (
        f"{settings.RELEASE} {data_version()} {timezone.localdate()} {get_language()}"
        f" {request.scheme}://{request.get_host()}{request.get_full_path()}"
        f" {request.COOKIES.get(PARTNERSHIP_COOKIE, '')} {request.COOKIES.get('theme', '')}"
        f" {sorted(user.roles)} {user.is_superuser} {user.organisation_id}"
    )
    own = f"{user.pk} {user} {request.META.get('CSRF_COOKIE', '')}"
    return f"page:{_digest(common)}", f'W/"{_digest(common + own)}"'


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _with_validators(response: HttpResponse, etag: str) -> HttpResponse:
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ["Cookie"])
    return response


def chosen(filter_set: FilterSet) -> QuerySet[Any]:
    """Return the rows that the address asks for; raise `BadRequest` naming what it asks wrongly.

    Nothing in an address is ignored: an unknown parameter is an error, as in the API.
    """
    unknown = sorted(set(filter_set.data) - set(filter_set.filters))
    if unknown:
        raise BadRequest(
            _("Unknown in the address: %(unknown)s. Known: %(known)s.")
            % {"unknown": ", ".join(unknown), "known": ", ".join(sorted(filter_set.filters))}
        )
    if not filter_set.is_valid():
        name, errors = next(iter(filter_set.errors.items()))
        raise BadRequest(f"{name}: {errors[0]}")
    rows: QuerySet[Any] = filter_set.qs
    return rows
