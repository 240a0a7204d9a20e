"""Pages about the yearly reports."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from parties.models import User
from parties.pages import render_page
from parties.permissions import allowed, may_compute_reports, signed_in
from parties.queries import partnership_of
from reports import operations, queries
from reports.models import Version
from reports.operations import YearOutOfRange
from reports.rendering import render_content


@require_safe
@signed_in
def years(request: HttpRequest) -> HttpResponse:
    # Runs are not part of the data version, so this page is never answered from the cache.
    return render(request, "reports/list.html", {**_may_compute(request), **_years(request)})


def _years(request: HttpRequest) -> dict[str, Any]:
    rows = queries.report_years(partnership_of(request))
    return {
        "years": rows,
        "ready": sum(row.latest is not None for row in rows),
        "first_year": operations.FIRST_YEAR,
        "last_year": operations.last_year(),
    }


def _may_compute(request: HttpRequest) -> dict[str, bool]:
    return {"may_compute": may_compute_reports(cast(User, request.user))}


@require_safe
@signed_in
def year(request: HttpRequest, year: int) -> HttpResponse:
    """Show the newest version of a year's report, or that there is none yet."""
    partnership = partnership_of(request)
    found = queries.version(partnership, year)
    if found is None and not operations.may_be_requested(year):
        raise Http404(_("There can be no report on this year."))
    may_compute = _may_compute(request)
    if found is None:
        active = queries.runs(partnership).filter(report__year=year).first()
        context = {"year": year, "run": active, **may_compute}
        return render(request, "reports/none.html", context)
    # The button is a form with a token of its own, so readers who have one do not share the page.
    shared = not may_compute["may_compute"]
    return render_page(
        request, "reports/report.html", lambda: {**_report(found), **may_compute, "is_newest": True}, shared=shared
    )


@require_safe
@signed_in
def version(request: HttpRequest, year: int, number: int) -> HttpResponse:
    found = queries.version(partnership_of(request), year, number)
    if found is None:
        raise Http404(_("There is no such version of the report."))
    return render_page(request, "reports/report.html", lambda: {**_report(found), "is_newest": False})


def _report(version: Version) -> dict[str, Any]:
    page = render_content(version.content)
    return {
        "version": version,
        "page": page,
        "versions": list(queries.versions_of(version)),
        "year_was_over": version.snapshot_at.date() > page.as_of,
    }


@require_safe
@signed_in
def run(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show how far a run is; `?part=1` gives the part of the page that is asked for again and again."""
    found = queries.run(partnership_of(request), pk)
    if found is None:
        raise Http404(_("There is no such computation."))
    template = "reports/_run.html" if "part" in request.GET else "reports/run.html"
    response = render(request, template, {"run": found, **_may_compute(request)})
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@allowed(may_compute_reports)
def compute(request: HttpRequest, year: int) -> HttpResponse:
    try:
        found = operations.request(partnership=partnership_of(request), year=year, by=cast(User, request.user))
    except YearOutOfRange as error:
        messages.error(
            request,
            _("A report can be computed for the years %(first)s to %(last)s.")
            % {"first": error.first, "last": error.last},
        )
        return redirect("reports:list")
    return redirect("reports:run", pk=found.pk)
