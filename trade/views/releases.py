"""Pages of datasets and releases: what is loaded, what each release changed, and the way back."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from parties.pages import chosen, render_page
from parties.permissions import AuthenticatedRequest, allowed, may_enter_figures, signed_in
from trade import undos
from trade.explorer import releases as history
from trade.models import Release, Undo
from trade.releases import AlreadyUndone, LaterReleaseExists


@require_safe
@signed_in
def datasets(request: HttpRequest) -> HttpResponse:
    return render_page(request, "trade/datasets.html", lambda: {"rows": history.datasets()})


@require_safe
@signed_in
def dataset(request: HttpRequest, code: str) -> HttpResponse:
    found = history.datasets(code)
    if not found:
        raise Http404(_("There is no dataset with this code."))

    def build() -> dict[str, Any]:
        of_dataset = Release.objects.filter(dataset=found[0].dataset)
        return {"row": found[0], "page": history.releases(of_dataset)}

    return render_page(request, "trade/dataset.html", build)


@require_safe
@signed_in
def releases(request: HttpRequest) -> HttpResponse:
    filters = history.ReleaseFilter(request.GET, queryset=Release.objects.all())
    rows = chosen(filters)
    given = {name: request.GET[name] for name in ("dataset", "as_of") if request.GET.get(name)}

    def build() -> dict[str, Any]:
        page = history.releases(rows)
        of_dataset = urlencode({"dataset": given["dataset"]}) if "dataset" in given else ""
        queries = {"query": urlencode(given), "api_query": of_dataset}
        return {"page": page, "given": given, "older": urlencode({**given, "before": page.before}), **queries}

    return render_page(request, "trade/releases.html", build, filtered=True)


@require_safe
@signed_in
def release(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Release.objects.select_related("dataset", "undoes", "undone_by", "loaded_by"), pk=pk)
    filters = history.ChangeFilter(request.GET, queryset=Release.objects.none())
    chosen(filters)
    given, may_undo = filters.form.cleaned_data, may_enter_figures(request.user)
    other = history.other_release(found, given["against"])

    def build() -> dict[str, Any]:
        page = history.release_page(found, given["show"], given["after"], other)
        return {"page": page, "may_undo": may_undo}

    return render_page(request, "trade/release.html", build, filtered=True)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(may_enter_figures)
def undo_release(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Ask whether a release is to be undone; on POST let a worker do it. `?part=1` gives only how far that is."""
    found = get_object_or_404(Release.objects.select_related("dataset", "undone_by"), pk=pk)
    refused = ""
    if request.method == "POST":
        try:
            note = request.POST.get("note", "").replace("\x00", "")[:500]
            undos.request(release=found, by=request.user, note=note)
        except (AlreadyUndone, LaterReleaseExists) as error:
            refused = str(error)
            found.refresh_from_db()
        else:
            return redirect("trade:undo", pk)
    job = undos.latest(found)
    hindrance = undos.hindrance(found) if job and job.state == Undo.State.REFUSED else ""
    template = "trade/_undo_progress.html" if "part" in request.GET else "trade/undo_release.html"
    context = {
        "release": found,
        "job": job,
        "refused": refused or hindrance,
        "is_worked_on": job is not None and job.state in undos.WORKED_ON,
    }
    answer = render(request, template, context, status=409 if refused else 200)
    answer["Cache-Control"] = "no-store"
    return answer
