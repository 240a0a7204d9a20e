"""Pages about plans and measures."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from agreements import queries
from agreements.forms.together import TOGETHER
from agreements.models import Evidence, Plan
from documents.uploads import download
from parties.pages import render_page
from parties.permissions import signed_in
from parties.queries import partnership_of

CHANGES = [(name, form.label) for name, form in TOGETHER.items()]
PLANS = Plan.objects.select_related("agreement__partnership__home", "agreement__partnership__partner")


@require_safe
@signed_in
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(PLANS, pk=pk)
    back = f"?{urlencode({'next': request.get_full_path()})}"
    return render_page(
        request,
        "agreements/plan.html",
        lambda: {"page": queries.plan_page(found, request.GET), "back": back, "changes": CHANGES},
        filtered=True,
    )


@require_safe
@signed_in
def measures(request: HttpRequest) -> HttpResponse:
    return render_page(
        request,
        "agreements/measures.html",
        lambda: {"page": queries.measures_page(partnership_of(request), request.GET)},
        filtered=True,
    )


@require_safe
@signed_in
def measure(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(queries.measures_shown(), pk=pk)
    return render_page(request, "agreements/measure.html", lambda: {"page": queries.measure_page(found)})


@require_safe
@signed_in
def evidence(request: HttpRequest, pk: int) -> Any:
    """Give a file that proves a note, never to be opened inside the browser."""
    found = get_object_or_404(Evidence, pk=pk)
    return download(found.file, name=found.name, media_type=found.media_type)
