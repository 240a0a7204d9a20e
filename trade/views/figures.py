"""Pages about trade figures."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from parties.models import User
from parties.pages import render_page
from parties.permissions import allowed, may_enter_figures, signed_in
from parties.queries import partnership_of
from trade import operations, queries
from trade.charts import turnover_and_target
from trade.forms import PublishedFigureForm
from trade.models import PublishedFigure
from trade.wording import headline


@require_safe
@signed_in
def figures(request: HttpRequest) -> HttpResponse:
    may_add = may_enter_figures(cast(User, request.user))
    return render_page(request, "trade/figures.html", lambda: figures_context(request, may_add))


def figures_context(request: HttpRequest, may_add: bool) -> dict[str, Any]:
    """Return what the page of published figures shows."""
    partnership = partnership_of(request)
    page = queries.figures_page(partnership)
    return {
        "page": page,
        "notes": queries.structure_notes(partnership),
        "chart": turnover_and_target(page),
        "headline": headline(page.figures),
        "may_add": may_add,
    }


@require_safe
@signed_in
def figure(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(PublishedFigure.objects.for_display(), pk=pk)
    return render_page(request, "trade/figure.html", lambda: {"page": queries.figure_page(found)})


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(may_enter_figures)
def new_figure(request: HttpRequest) -> HttpResponse:
    form = PublishedFigureForm(request.POST or None, partnership=partnership_of(request))
    if request.method == "POST" and form.is_valid():
        figure = form.figure()
        doubts = queries.doubts(figure)
        if form.unseen(doubts):  # a warning, not a refusal: the same form sent again is kept
            return render(request, "trade/figure_form.html", {"form": form, "doubts": doubts})
        try:
            kept = operations.enter_figure(by=cast(User, request.user), figure=figure)
        except operations.AlreadyKept as repeated:
            form.add_error(None, str(repeated))
        else:
            messages.success(request, _("The figure is kept."))
            return redirect(kept)
    return render(request, "trade/figure_form.html", {"form": form}, status=422 if form.errors else 200)
