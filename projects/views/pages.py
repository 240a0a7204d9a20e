"""Pages that show projects and deliveries."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from parties.pages import render_page
from parties.permissions import signed_in
from parties.queries import partnership_of
from projects import queries
from projects.models import Project


@require_safe
@signed_in
def project_list(request: HttpRequest) -> HttpResponse:
    return render_page(
        request,
        "projects/list.html",
        lambda: {"portfolio": queries.portfolio(partnership_of(request), request.GET)},
        filtered=True,
    )


@require_safe
@signed_in
def project(request: HttpRequest, pk: int) -> HttpResponse:
    today = timezone.localdate()
    found = get_object_or_404(Project.objects.for_portfolio().with_confidence(today), pk=pk)
    return render_page(request, "projects/detail.html", lambda: {"page": queries.project_page(found, today)})


@require_safe
@signed_in
def deliveries(request: HttpRequest) -> HttpResponse:
    return render_page(
        request,
        "projects/deliveries.html",
        lambda: {"ledger": queries.ledger(partnership_of(request), request.GET)},
        filtered=True,
    )
