"""Pages of the explorer: the question in the address, the answer, its charts as files, its lines, the other side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from documents import charts
from parties.models import Partnership, User
from parties.pages import render_page, unless_known
from parties.permissions import may_enter_figures, signed_in
from parties.queries import partnership_of
from trade.cube import TooManyCells, UnitsDiffer
from trade.explorer import page as explorer
from trade.explorer.controls import address_of, is_from_the_form
from trade.explorer.lines import lines as lines_behind
from trade.explorer.names import Names
from trade.explorer.pictures import pictures
from trade.explorer.sides import sides as both_sides
from trade.explorer.snippets import snippets
from trade.selection import Defaults, Selection, SelectionErrors
from trade.views.figures import figures_context

SERIES, LINES, MIRROR = (f"/api/v1/trade/{name}/" for name in ("series", "lines", "mirror"))
"""Resources of the API that give what the pages show."""
FILES = {"svg": "image/svg+xml", "png": "image/png"}
T = TypeVar("T")


def selected(request: HttpRequest, partnership: Partnership, *also: str) -> Selection:
    """Return what the address asks for, in millions unless it names a unit.

    Raises `BadRequest` that names every parameter that is wrong.
    """
    params = request.GET.copy()
    if "unit" not in params and params.get("measure", "value") == "value":
        params["unit"] = "USD_MN"
    try:
        return Selection.parse(params, defaults=Defaults.of(partnership), also=also)
    except SelectionErrors as wrong:
        raise BadRequest(str(wrong)) from None


def answered(build: Callable[[], T]) -> T:
    """Return what is built; a question that has no answer is the reader's mistake and says which."""
    try:
        return build()
    except (TooManyCells, UnitsDiffer) as refused:
        raise BadRequest(str(refused)) from None


@require_safe
@signed_in
def explore(request: HttpRequest) -> HttpResponse:
    if is_from_the_form(request.GET):
        return redirect(f"{reverse('trade:explorer')}?{address_of(request.GET)}")
    if not request.GET and not Names.current().has_releases:
        may_add = may_enter_figures(cast(User, request.user))
        return render_page(
            request, "trade/figures.html", lambda: figures_context(request, may_add) | {"is_start": True}
        )
    partnership = partnership_of(request)
    selection = selected(request, partnership)

    def build() -> dict[str, Any]:
        page = answered(lambda: explorer.explore(selection, partnership))
        base, drawn = f"{request.scheme}://{request.get_host()}", pictures(page)
        in_tools = {code: snippets(base, one.address, one.data.parameters()) for code, one in drawn.items()}
        return {"page": page, "pictures": drawn, "query": selection.query(), "snippets": in_tools}

    return render_page(request, "trade/explorer.html", build, filtered=True)


@require_safe
@signed_in
def chart(request: HttpRequest, form: str) -> HttpResponse:
    """Answer with one chart of the explorer as a file that says by itself what it shows."""
    code = request.GET.get("chart", "series")
    if len(request.GET.getlist("chart")) > 1 or code not in ("series", "goods", "places"):
        raise BadRequest(_("chart: one of series, goods, places."))
    partnership = partnership_of(request)
    selection = selected(request, partnership, "chart")

    def draw() -> HttpResponse:
        found = pictures(answered(lambda: explorer.explore(selection, partnership)))
        if code not in found:
            raise Http404(_("There is no such chart for this question."))
        picture = found[code]
        if form == "svg":
            body: str | bytes = charts.paper_svg(picture.drawing, picture.caption)
        else:
            body = charts.png(picture.drawing, caption=picture.caption)
        disposition = f'attachment; filename="trade-{code}.{form}"'
        return HttpResponse(body, content_type=FILES[form], headers={"Content-Disposition": disposition})

    return unless_known(request, draw)


@require_safe
@signed_in
def lines(request: HttpRequest) -> HttpResponse:
    selection = selected(request, partnership_of(request), "after")
    after = request.GET.get("after")
    if "after" in request.GET and (not after or len(request.GET.getlist("after")) > 1):
        raise BadRequest(_("after: give one place in the list, or leave it out."))

    def build() -> dict[str, Any]:
        page = answered(lambda: lines_behind(selection, after))
        return {"page": page, "query": selection.query(), "resource": LINES}

    return render_page(request, "trade/lines.html", build, filtered=True)


@require_safe
@signed_in
def comparison(request: HttpRequest) -> HttpResponse:
    partnership = partnership_of(request)
    selection = selected(request, partnership)

    def build() -> dict[str, Any]:
        page = answered(lambda: both_sides(selection, partnership))
        base = f"{request.scheme}://{request.get_host()}"
        in_tools = snippets(base, MIRROR, selection.parameters())
        return {"page": page, "query": selection.query(), "resource": MIRROR, "snippets": in_tools}

    return render_page(request, "trade/comparison.html", build, filtered=True)
