"""Template tags and filters of the interface. Built in: no template has to load them.

icon         inline SVG of one lucide icon
list_files   a list as CSV, XLSX and data
component    a shared component with rich content
theme        the colour theme the reader has chosen
active       `aria-current` of a navigation link
partnership_name  the name of the reader's partnership
side_name    what the reader's partnership calls a side: `{% side_name side as name %}`
may          whether the reader may do something: `{% may "import_trade" as may_import %}`
may_report_on  whether the reader may report on a measure
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import lucide
from django import template
from django.http import HttpRequest
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from agreements import permissions as agreement_permissions
from agreements.models import Measure
from parties import permissions, queries

register = template.Library()

THEMES = ("light", "dark")


@lru_cache(maxsize=256)
def _drawing(name: str) -> str:
    """Return the inner elements of an icon; the frame around them is ours."""
    whole = str(lucide._render_icon(name, size=None))
    return whole[whole.index(">") + 1 : whole.rindex("</svg>")].strip()


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """Return a lucide icon as inline SVG, hidden from screen readers: the text beside it speaks."""
    return format_html(
        '<svg class="icon{}" viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" '
        'stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">'
        "{}</svg>",
        f" {css}" if css else "",
        mark_safe(_drawing(name)),  # noqa: S308 – drawings of the installed icon package
    )


@register.simple_block_tag(takes_context=True)
def component(context: Context, content: str, name: str, **values: Any) -> SafeString:
    """Render `_components/<name>.html` with the enclosed content and the given values only."""
    engine = context.template.engine  # type: ignore[union-attr]
    return engine.get_template(f"_components/{name}.html").render(context.new({**values, "content": content}))


def _request(context: Context) -> HttpRequest | None:
    # An isolated include keeps the request on the context itself, not among its variables.
    return context.get("request") or getattr(context, "request", None)


@register.inclusion_tag("_components/list_files.html")
def list_files(name: str, query: str = "", api: str = "", api_query: str | None = None) -> dict[str, str]:
    """Link to the list of a page as files and as data, with its filters.

    `name` is that given to `documents.lists.files_of`, with its namespace; `api` the name of the address of the same
    rows, which takes `api_query` where it knows other parameters than the files.
    """
    return {
        "csv": _asked(reverse(f"{name}_csv"), query),
        "xlsx": _asked(reverse(f"{name}_xlsx"), query),
        "api": _asked(reverse(api), query if api_query is None else api_query) if api else "",
    }


def _asked(address: str, query: str) -> str:
    return f"{address}?{query}" if query else address


@register.simple_tag(takes_context=True)
def theme(context: Context) -> str:
    """Return `light`, `dark` or `auto` (follow the device), as the `theme` cookie says."""
    request = _request(context)
    chosen = request.COOKIES.get("theme", "") if request else ""
    return chosen if chosen in THEMES else "auto"


@register.simple_tag(takes_context=True)
def may(context: Context, action: str) -> bool:
    """Ask the predicate `may_<action>` of `parties.permissions` about the reader."""
    request = _request(context)
    user = getattr(request, "user", None)
    return bool(user and user.is_authenticated and getattr(permissions, f"may_{action}")(user))


@register.simple_tag(takes_context=True)
def partnership_name(context: Context) -> str:
    """Return the name of the reader's partnership."""
    return queries.partnership_name(_request(context))


@register.simple_tag(takes_context=True)
def side_name(context: Context, side: str) -> str:
    """Return what the reader's partnership calls a side."""
    return queries.side_name(_request(context), side)


@register.simple_tag(takes_context=True)
def may_report_on(context: Context, measure: Measure) -> bool:
    """Ask whether the reader may report on the measure."""
    user = getattr(_request(context), "user", None)
    return bool(user and user.is_authenticated and agreement_permissions.may_report_on(user, measure))


@register.simple_tag(takes_context=True)
def active(context: Context, url: str, *beside: str) -> SafeString:
    """Return `aria-current` for a link: `page` on the very page, `true` below it or below the addresses beside it."""
    request = _request(context)
    if request is None or not url:
        return SafeString("")
    if request.path == url:
        return mark_safe('aria-current="page"')
    if url != "/" and request.path.startswith((url, *beside)):
        return mark_safe('aria-current="true"')
    return SafeString("")
