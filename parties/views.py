"""The reader's own choices: colours and partnership."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from parties.models import Partnership
from parties.permissions import public, signed_in
from parties.queries import PARTNERSHIP_COOKIE

A_YEAR = 365 * 24 * 3600
THEMES = ("auto", "light", "dark")


@require_POST
@public
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Keep the chosen colours, light or dark, in a cookie."""
    return _remember(request, "theme", THEMES)


@require_POST
@signed_in
def choose_partnership(request: HttpRequest) -> HttpResponse:
    """Keep which partnership the reader works with."""
    codes = tuple(code for code in Partnership.objects.values_list("code", flat=True) if code)
    return _remember(request, PARTNERSHIP_COOKIE, codes)


def _remember(request: HttpRequest, name: str, allowed: tuple[str, ...]) -> HttpResponse:
    """Set the cookie to the posted value if it is allowed, and return to the page the reader came from."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    value = request.POST.get(name, "")
    if value in allowed:
        response.set_cookie(
            name, value, max_age=A_YEAR, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
        )
    return response
