"""Pages with one entry form: shown, kept, or shown again with everything that was typed."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from parties.models import User
from parties.writing import EntryForm


def entry_form(request: HttpRequest, form: type[Any], instance: Any, **given: Any) -> EntryForm:
    """Return the form with what the request sends, if it sends it."""
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    return cast(EntryForm, form(data, files, instance=instance, by=cast(User, request.user), **given))


def enter(
    request: HttpRequest, template: str, form: EntryForm, *, landing: str | None = None, **context: Any
) -> HttpResponse:
    """Show the form, or keep it and go to where it is shown, or to the page named `landing` after a removal.

    A part without a page is shown with what it `belongs_to`.
    """
    if request.method == "POST":
        kept: Any = form.keep()
        if kept is not None:
            messages.success(request, _("Removed.") if landing else _("Kept."))
            return redirect(landing or (kept if hasattr(kept, "get_absolute_url") else context["belongs_to"]))
    return render(request, template, {**context, "form": form}, status=form.status)
