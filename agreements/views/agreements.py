"""Pages that show agreements, and their files."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from agreements import queries
from agreements.models import Agreement, AgreementFile
from documents.uploads import download
from parties.pages import render_page
from parties.permissions import signed_in
from parties.queries import partnership_of


@require_safe
@signed_in
def agreement_list(request: HttpRequest) -> HttpResponse:
    return render_page(
        request,
        "agreements/list.html",
        lambda: {"register": queries.register(partnership_of(request), request.GET)},
        filtered=True,
    )


@require_safe
@signed_in
def agreement(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Agreement, pk=pk)
    return render_page(
        request,
        "agreements/detail.html",
        lambda: {"page": queries.agreement_page(found, timezone.localdate())},
    )


@require_safe
@signed_in
def file(request: HttpRequest, pk: int) -> Any:
    """Give a file of an agreement, never to be opened inside the browser."""
    found = get_object_or_404(AgreementFile, pk=pk)
    return download(found.file, name=found.file_name, media_type=found.media_type)
