"""Pages about sources and facts."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from documents import queries
from documents.forms import SourceForm
from documents.models import Source
from parties.models import User
from parties.pages import render_page
from parties.permissions import allowed, may_register_sources, signed_in


@require_safe
@signed_in
def sources(request: HttpRequest) -> HttpResponse:
    may_add = may_register_sources(cast(User, request.user))
    return render_page(
        request, "documents/sources.html", lambda: {"sources": list(Source.objects.all()), "may_add": may_add}
    )


@require_safe
@signed_in
def source(request: HttpRequest, code: str) -> HttpResponse:
    found = get_object_or_404(Source, code=code)
    return render_page(
        request,
        "documents/source.html",
        lambda: {"source": found, "facts": queries.facts_of(found), "records": queries.records_citing(found)},
    )


@require_safe
@signed_in
def source_file(request: HttpRequest, code: str) -> Any:
    """Give the file of a source, never to be opened inside the browser, under a name made from its code."""
    found = get_object_or_404(Source.objects.exclude(file=""), code=code)
    return FileResponse(found.file.open(), as_attachment=True, filename=f"{found.code}{Path(str(found.file)).suffix}")


@require_safe
@signed_in
def facts(request: HttpRequest) -> HttpResponse:
    return render_page(request, "documents/facts.html", lambda: {"sections": queries.facts_by_section()})


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(may_register_sources)
def new_source(request: HttpRequest) -> HttpResponse:
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = SourceForm(data, files, instance=Source(), by=cast(User, request.user))
    kept: Any = form.keep() if form.is_bound else None
    if kept is not None:
        messages.success(request, _("Source %(code)s is registered.") % {"code": kept.code})
        return redirect(kept)
    return render(request, "documents/source_form.html", {"form": form}, status=form.status)
