"""The analysts' page: how to get at the data, what is in them, and what will not change."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from parties.pages import render_page
from parties.permissions import signed_in
from trade.explorer import dictionary
from trade.explorer.releases import datasets
from trade.explorer.snippets import sdmx_snippets, snippets
from trade.views.explorer import SERIES


@require_safe
@signed_in
def data(request: HttpRequest) -> HttpResponse:
    def build() -> dict[str, Any]:
        base = f"{request.scheme}://{request.get_host()}"
        return {
            "rows": datasets(),
            "fields": dictionary.fields(),
            "resources": dictionary.resources(),
            "formats": dictionary.formats(),
            "code_lists": dictionary.code_lists(),
            "snippets": snippets(base, SERIES, {"flow": "T", "frequency": "A", "by": "goods", "level": "group"}),
            "sdmx_snippets": sdmx_snippets(base),
            "base": base,
        }

    return render_page(request, "trade/data.html", build)
