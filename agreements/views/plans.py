"""Pages about plans and measures."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from agreements import queries
from parties.pages import render_page
from parties.permissions import signed_in
from parties.queries import partnership_of


@require_safe
@signed_in
def measures(request: HttpRequest) -> HttpResponse:
    return render_page(
        request, "agreements/measures.html", lambda: {"page": queries.measures_page(partnership_of(request))}
    )
