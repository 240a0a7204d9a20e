"""The overview, pages about organisations, health, and the pages of errors."""

from __future__ import annotations

from typing import cast

import structlog
from django.contrib.auth.views import redirect_to_login
from django.core.cache import cache
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboards import chain as chains
from dashboards import queries
from dashboards.search import asked
from dashboards.search import search as find
from parties.models import Organisation, User
from parties.pages import render_page
from parties.permissions import public, signed_in
from parties.queries import partnership_of

log = structlog.get_logger(__name__)


@require_safe
@signed_in
def overview(request: HttpRequest) -> HttpResponse:
    mine = cast(User, request.user).organisation_id
    return render_page(
        request,
        "dashboards/overview.html",
        lambda: {"page": queries.overview(partnership_of(request), timezone.localdate(), mine)},
        shared=mine is None,  # who has an organisation sees its measures, too
    )


@require_safe
@signed_in
def organisations(request: HttpRequest) -> HttpResponse:
    return render_page(request, "dashboards/organisations.html", lambda: {"organisations": queries.organisations()})


@require_safe
@signed_in
def organisation(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Organisation.objects.select_related("territory").prefetch_related("mentions"), pk=pk)
    return render_page(
        request,
        "dashboards/organisation.html",
        lambda: {"page": queries.organisation_page(found, timezone.localdate())},
    )


@require_safe
@signed_in
def search(request: HttpRequest) -> HttpResponse:
    form = asked(request.GET)
    return render_page(
        request, "dashboards/search.html", lambda: {"form": form, "found": find(form.question())}, filtered=True
    )


@require_safe
@signed_in
def chain(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    start = chains.row_of(kind, pk)
    return render_page(request, "dashboards/chain.html", lambda: {"page": chains.chain(start, timezone.localdate())})


@require_safe
@signed_in
def coverage(request: HttpRequest) -> HttpResponse:
    asked = chains.coverage_asked(request.GET)
    return render_page(
        request,
        "dashboards/coverage.html",
        lambda: {"page": chains.coverage(partnership_of(request), timezone.localdate(), **asked)},
        filtered=True,
    )


@require_safe
@public
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "dashboards/accessibility.html")


@require_safe
@public
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component on one page; served in debug only."""
    return render(request, "dashboards/gallery.html")


@require_safe
@public
def live(request: HttpRequest) -> HttpResponse:
    """Answer that the web process runs."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@public
def ready(request: HttpRequest) -> HttpResponse:
    """Tell whether web, database, broker and a worker are there: 200 when all are, else 503 naming what is missing."""
    state = {
        "web": True,
        "database": _database_answers(),
        "broker": _broker_answers(),
        "worker": cache.get("worker-alive") is not None,
    }
    is_ready = all(state.values())
    return JsonResponse({"ready": is_ready, **state}, status=200 if is_ready else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _broker_answers() -> bool:
    cache.set("broker-probe", "there", 5)
    return bool(cache.get("broker-probe") == "there")


@require_safe
@public
def sign_in_for_admin(request: HttpRequest) -> HttpResponse:
    """Send strangers to the one sign-in page, and refuse those who have no place in the reference data."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.GET.get("next", "/admin/"))
    if not request.user.is_staff:
        raise PermissionDenied
    return redirect("admin:index")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    message = str(exception) if isinstance(exception, BadRequest) else ""
    return render(request, "400.html", {"message": message}, status=400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", {"message": str(exception or "")}, status=403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    return render(request, "429.html", status=429)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer without the reader, the session or the database: any of them may be what failed."""
    log.error("server_error", path=request.path)
    number = request.META.get("REQUEST_NUMBER", "")
    return HttpResponse(render_to_string("500.html", {"number": number}), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)
