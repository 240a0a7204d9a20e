"""The reader's own matters: colours, partnership, saved views, and tokens for the API."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from knox.models import AuthToken

from parties import operations
from parties.forms import SavedViewForm
from parties.models import Partnership, SavedView
from parties.permissions import AuthenticatedRequest, public, signed_in
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


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def tokens(request: AuthenticatedRequest) -> HttpResponse:
    """List the reader's tokens; make one (shown once) or revoke one."""
    made = ""
    if request.method == "POST":
        revoked = request.POST.get("revoke", "")
        if not revoked:
            try:
                made = operations.make_token(by=request.user)
            except operations.TokenRefused as refusal:
                messages.error(request, str(refusal))
                return redirect("parties:tokens")
        elif AuthToken.objects.filter(user=request.user, token_key=revoked.replace("\x00", "")).delete()[0]:
            messages.success(request, _("The token is revoked."))
            return redirect("parties:tokens")
    own = AuthToken.objects.filter(user=request.user).order_by("-created")
    response = render(request, "parties/tokens.html", {"tokens": own, "made": made})
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def views(request: AuthenticatedRequest) -> HttpResponse:
    """List the reader's saved views, or save one and return to the page that it shows."""
    form = SavedViewForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            view = operations.save_view(by=request.user, name=given["name"], address=given["address"])
        except operations.ViewRefused as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
            return HttpResponseRedirect(view.address)
    status = 400 if form.is_bound else 200
    response = render(
        request, "parties/views.html", {"views": request.user.saved_views.all(), "form": form}, status=status
    )
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@signed_in
def forget_view(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Remove a saved view of the reader's own."""
    view = get_object_or_404(SavedView, pk=pk, user=request.user)
    view.delete()
    messages.success(request, _("The view “%(name)s” is removed.") % {"name": view.name})
    return redirect("parties:views")
