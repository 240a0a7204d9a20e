"""The page that changes several measures of a plan at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from agreements.forms.together import TOGETHER, TogetherForm
from agreements.models import Measure, Plan
from agreements.queries.pages import versions_shown
from parties.models import User
from parties.permissions import allowed, may_edit_plans


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(may_edit_plans)
def bulk(request: HttpRequest, pk: int) -> HttpResponse:
    """Change all chosen measures of a plan in the same way, or none."""
    plan = get_object_or_404(Plan.objects.select_related("agreement"), pk=pk)
    asked = request.POST if request.method == "POST" else request.GET
    kind = _kind(asked)
    data = request.POST if request.method == "POST" else None
    form = kind(data, plan=plan, chosen=_chosen(plan, asked), by=cast(User, request.user))
    if data is not None and form.chosen and (kept := form.keep()) is not None:
        text = ngettext("%(n)d measure is changed.", "%(n)d measures are changed.", len(kept)) % {"n": len(kept)}
        messages.success(request, text)
        return redirect(plan)
    rows = Measure.objects.filter(plan=plan, pk__in=form.chosen).order_by("order", "pk")
    seen = ",".join(f"{row.pk}:{row.version if form.changed else form.chosen[row.pk]}" for row in rows)
    context = {"plan": plan, "form": form, "measures": rows, "seen": seen, "change": asked["change"]}
    status = 200 if data is None else 409 if form.changed else 422
    return render(request, "agreements/plan_bulk.html", context, status=status)


def _kind(asked: QueryDict) -> type[TogetherForm]:
    kind = TOGETHER.get(asked.get("change", ""))
    if kind is None:
        raise BadRequest(_("change: write one of %(known)s.") % {"known": ", ".join(TOGETHER)})
    return kind


def _chosen(plan: Plan, asked: QueryDict) -> dict[int, int]:
    """Return the versions of the chosen measures by their ids: those that are ticked, or all that fit a filter."""
    if asked.get("all"):
        return versions_shown(plan, QueryDict(asked.get("filter", "")))
    return _read([text for texts in asked.getlist("measure") for text in texts.split(",") if text])


def _read(texts: Sequence[str]) -> dict[int, int]:
    """Read ids with versions, such as 12:3; raise `BadRequest` for what names none."""
    pairs = [text.partition(":")[::2] for text in texts]
    if not all(part.isascii() and part.isdigit() and len(part) <= 18 for pair in pairs for part in pair):
        raise BadRequest(_("measure: write ids with versions, such as 12:3."))
    return {int(pk): int(version) for pk, version in pairs}
