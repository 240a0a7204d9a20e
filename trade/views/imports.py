"""Pages about imports: from a file to its release. Nothing of them is kept in a cache: jobs change no data version."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parties.models import User
from parties.permissions import allowed, may_import_trade
from trade.imports import operations, preview
from trade.imports.downloads import as_csv, as_json
from trade.imports.forms import ColumnsForm, LoadForm
from trade.imports.operations import AlreadyLoaded, NotPossibleNow, TooLarge
from trade.imports.uploads import BoundedUpload
from trade.models import Import

ON_ONE_PAGE = 50


def _fresh(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    response = render(request, template, context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _refuse_parameters(request: HttpRequest, *known: str) -> None:
    unknown = sorted(set(request.GET) - set(known))
    if unknown:
        raise BadRequest(_("Unknown in the address: %(unknown)s.") % {"unknown": ", ".join(unknown)})


@require_safe
@allowed(may_import_trade)
def imports(request: HttpRequest) -> HttpResponse:
    _refuse_parameters(request, "page")
    pages = Paginator(preview.imports(), ON_ONE_PAGE)
    asked = request.GET.get("page", "1")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 7 and 1 <= int(asked) <= pages.num_pages):
        raise BadRequest(_("page: a number from 1 to %(last)s.") % {"last": pages.num_pages})
    return _fresh(request, "trade/imports.html", {"page": pages.page(int(asked))})


@csrf_exempt  # checked below, once it is settled where the file goes: the check reads the form
@require_http_methods(["GET", "HEAD", "POST"])
@allowed(may_import_trade)
def new_import(request: HttpRequest) -> HttpResponse:
    upload = BoundedUpload(request)
    request.upload_handlers = [upload]
    return _new_import(request, upload)


@csrf_protect
def _new_import(request: HttpRequest, upload: BoundedUpload) -> HttpResponse:
    _refuse_parameters(request)
    form = LoadForm(request.POST or None, request.FILES or None) if request.method == "POST" else LoadForm()
    if request.method == "POST" and upload.too_large:
        form.is_valid()
        form.errors["file"] = form.error_class([str(TooLarge(upload.too_large))])
    elif request.method == "POST" and form.is_valid():
        file, dataset = form.cleaned_data["file"], form.cleaned_data["dataset"]
        try:
            job = operations.request(
                file=file, name=file.name, dataset=dataset, given=form.given, by=cast(User, request.user)
            )
        except TooLarge as error:
            form.add_error("file", str(error))
        except AlreadyLoaded as known:
            messages.info(request, str(known))
            return redirect(known.job)
        else:
            return redirect(job)
    return _fresh(request, "trade/import_form.html", {"form": form}, 422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(may_import_trade)
def import_again(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Load the file of an import with other options, without sending it again."""
    _refuse_parameters(request)
    page = preview.Page(get_object_or_404(preview.imports().defer(None), pk=pk))
    form = LoadForm(request.POST or None, given=page.given, has_file=True, initial={"dataset": page.job.dataset.code})
    if request.method == "POST" and form.is_valid():
        dataset, by = form.cleaned_data["dataset"], cast(User, request.user)
        try:
            return redirect(operations.repeat(job=page.job, dataset=dataset, given=form.given, by=by))
        except AlreadyLoaded as known:
            messages.info(request, str(known))
            return redirect(known.job)
        except NotPossibleNow as error:
            messages.warning(request, str(error))
            return redirect(page.job)
    return _fresh(request, "trade/import_form.html", {"form": form, "page": page}, 422 if form.errors else 200)


@require_safe
@allowed(may_import_trade)
def one_import(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show where an import stands; `?part=1` gives the part of the page that is asked for again and again."""
    _refuse_parameters(request, "part")
    page = preview.Page(get_object_or_404(preview.imports().defer(None), pk=pk))
    template = "trade/_import_progress.html" if "part" in request.GET else "trade/import.html"
    return _fresh(request, template, {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(may_import_trade)
def import_columns(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Say what the columns of a file hold."""
    _refuse_parameters(request)
    job = get_object_or_404(preview.imports().defer(None), pk=pk)
    if not preview.Page(job).may_be_mapped:
        messages.warning(request, str(NotPossibleNow(job)))
        return redirect(job)
    form = ColumnsForm(
        request.POST or None,
        columns=preview.columns_of(job),
        mapping=preview.mapping_of(job),
        known=preview.said_of(job),
    )
    if request.method == "POST" and form.is_valid():
        by, name = cast(User, request.user), form.cleaned_data["name"]
        try:
            return redirect(operations.name_columns(job=job, mapping=form.mapping, by=by, name=name))
        except NotPossibleNow as error:
            messages.warning(request, str(error))
            return redirect(job)
    return _fresh(request, "trade/import_columns.html", {"form": form, "job": job}, 422 if form.errors else 200)


@require_POST
@allowed(may_import_trade)
def confirm_import(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    job = get_object_or_404(Import, pk=pk)
    try:
        seen = request.POST.get("vintage", "")
        # A confirmation that does not say which preview was seen confirms none.
        number = int(seen) if seen.isdecimal() and len(seen) < 12 else 0
        operations.confirm(job=job, by=cast(User, request.user), seen=number)
    except NotPossibleNow as error:
        messages.warning(request, str(error))
    return redirect(job)


@require_POST
@allowed(may_import_trade)
def cancel_import(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    job = get_object_or_404(Import, pk=pk)
    try:
        operations.cancel(job=job, by=cast(User, request.user))
    except NotPossibleNow as error:
        messages.warning(request, str(error))
    return redirect(job)


@require_safe
@allowed(may_import_trade)
def import_problems(request: HttpRequest, pk: uuid.UUID, form: str) -> HttpResponse:
    """Give the kept problems as CSV for spreadsheets, or as JSON."""
    _refuse_parameters(request)
    page = preview.Page(get_object_or_404(preview.imports().defer(None), pk=pk))
    if form == "csv":
        response = HttpResponse(as_csv(page.problems), content_type="text/csv; charset=utf-8")
    else:
        response = HttpResponse(as_json(page.job, page.problems), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="problems-{page.job.sha256[:12]}.{form}"'
    response["Cache-Control"] = "no-store"
    return response
