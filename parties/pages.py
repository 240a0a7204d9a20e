"""Pages that cost little: not rendered when unchanged, and rendered once for all readers alike.

A page depends on the data version, the release, the day, the language and theme, the reader's
roles and the address. From these its ETag is known before any query but that of the data
version: an unchanged page is answered with 304. Otherwise the title and content are taken from
the cache or built once for all readers with the same roles; only the frame around them, which
names the reader, is rendered for each request.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
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
from django.utils.http import parse_etags
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_filters import FilterSet

from parties.models import User
from parties.queries import PARTNERSHIP_COOKIE, data_version

PARTS = ("title", "description", "breadcrumbs", "content")


def render_page(
    request: HttpRequest, template: str, build: Callable[[], dict[str, Any]], *, shared: bool = True
) -> HttpResponse:
    """Answer with the page, from the cache or built now, or with 304.

    `build` returns the template's context and is called only when the page must be built.
    `shared=False` is for pages whose content has forms or names the reader: these are
    never kept in the cache. The template extends `layout`.
    """
    content_key, etag = _keys(request)
    pending_messages = len(get_messages(request)) > 0
    if not pending_messages and etag in parse_etags(request.headers.get("If-None-Match", "")):
        return _with_validators(HttpResponseNotModified(), etag)
    if not shared:
        response = render(request, template, {**build(), "layout": "base.html"})
    else:
        parts = cache.get(content_key)
        if parts is None:
            whole = render_to_string(template, {**build(), "layout": "layouts/parts.html"}, request)
            parts = dict(zip(PARTS, (part.strip() for part in whole.split("<!--part-->")), strict=True))
            cache.set(content_key, parts)
        # What the template engine rendered and escaped once goes out as it is.
        response = render(request, "layouts/frame.html", {name: SafeString(part) for name, part in parts.items()})
    return response if pending_messages else _with_validators(response, etag)


def _keys(request: HttpRequest) -> tuple[str, str]:
    user = cast(User, request.user)
    get_token(request)  # the first page of a session brings the secret; its ETag must know it, too
    common = (
        f"{settings.RELEASE} {data_version()} {timezone.localdate()} {get_language()} {request.get_full_path()}"
        f" {request.COOKIES.get(PARTNERSHIP_COOKIE, '')} {sorted(user.roles)} {user.is_superuser}"
    )
    own = f"{user.pk} {request.COOKIES.get('theme', '')} {request.META.get('CSRF_COOKIE', '')}"
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
