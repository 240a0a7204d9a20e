"""Plans as files: import with a preview, the plan itself and the report on it as DOCX and XLSX."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.core.exceptions import BadRequest, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from agreements.files.answers import answer_with
from agreements.files.comparing import compare
from agreements.files.differences import Comparison, Known
from agreements.files.plan_paper import plan_paper
from agreements.files.previewing import Preview, deadlines_in_words
from agreements.files.report_paper import report_paper
from agreements.forms.files import Carried, DeadlinesForm, DecisionForm, FileForm, NewPlanForm, rows_in_words, state
from agreements.models import Plan
from agreements.operations.files import NotAsSeen, NotComplete, import_plan
from agreements.queries.files import AGREEMENTS, PLANS, remembered
from parties.formatting import one_or_several
from parties.models import User
from parties.pages import unless_known
from parties.periods import Period
from parties.permissions import allowed, may_edit_plans, signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(may_edit_plans)
def import_into_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Import a file into a plan: choose it, look at the differences, confirm."""
    return _import(request, get_object_or_404(PLANS, pk=pk), None)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(may_edit_plans)
def import_new_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a new plan of an agreement from a file."""
    plan = Plan(agreement=get_object_or_404(AGREEMENTS, pk=pk), is_example=False)
    is_upload = request.method == "POST" and "carried" not in request.POST
    return _import(
        request, plan, NewPlanForm(request.POST if is_upload else None, instance=plan, by=cast(User, request.user))
    )


def _import(request: HttpRequest, plan: Plan, about: NewPlanForm | None) -> HttpResponse:
    _only_parameters(request)
    by = cast(User, request.user)
    if request.method == "POST" and "carried" in request.POST:
        try:
            return _decide(request, plan, Carried(request.POST["carried"], plan, by=by))
        except signing.BadSignature:
            text = _("The preview is too old, or it was made for another plan or person. Choose the file again.")
            messages.warning(request, text)
            return redirect(request.path)
    sent = request.method == "POST"
    form = FileForm(request.POST if sent else None, request.FILES if sent else None, plan=plan, by=by)
    if sent and (about is None or about.is_valid()) and form.is_valid():
        name = form.cleaned_data["file"].name
        return _preview(request, plan, Carried(state(form.table, plan, name, by=by), plan, by=by))
    context = {"plan": plan, "form": form, "about": about}
    return _fresh(request, "agreements/files_import.html", context, 422 if sent else 200)


def _preview(
    request: HttpRequest,
    plan: Plan,
    carried: Carried,
    *,
    form: DecisionForm | None = None,
    deadlines: DeadlinesForm | None = None,
    status: int = 200,
) -> HttpResponse:
    known = Known.of(plan)
    comparison = compare(carried.table, known)
    page = Preview(
        plan=plan,
        name=carried.name,
        comparison=comparison,
        unread=carried.table.unread,
        carried=state(carried.table, plan, carried.name, by=cast(User, request.user)),
        decisions=form or _decisions(comparison, known),
        deadlines=deadlines or _deadlines(comparison, plan),
        organisations=known.organisations,
    )
    return _fresh(request, "agreements/files_preview.html", {"page": page, "plan": plan}, status)


def _decide(request: HttpRequest, plan: Plan, carried: Carried) -> HttpResponse:
    known = Known.of(plan)
    comparison = compare(carried.table, known)
    form = _decisions(comparison, known, request.POST)
    deadlines = _deadlines(comparison, plan, request.POST)
    again = partial(_preview, request, plan, carried, form=form, deadlines=deadlines)
    try:
        done = import_plan(
            by=cast(User, request.user),
            plan=plan,
            table=carried.table,
            seen=request.POST.get("seen", ""),
            decisions=form.decisions(),
            deadlines=deadlines.reasons(),
            leave_out="leave_out" in request.POST,
        )
    except (NotAsSeen, NotComplete) as error:
        messages.warning(request, str(error))
        return again(status=409 if isinstance(error, NotAsSeen) else 422)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
        return again(status=422)
    messages.success(request, _told(done))
    if done.problems:
        messages.warning(request, _left_out(done))
    return redirect(plan)


def _decisions(comparison: Comparison, known: Known, data: Any = None) -> DecisionForm:
    unknown = comparison.unknown
    return DecisionForm(data, unknown=unknown, known=known.organisations, remembered=remembered(unknown))


def _deadlines(comparison: Comparison, plan: Plan, data: Any = None) -> DeadlinesForm:
    """Return the form of reasons; one measure alone has no exception."""
    measures = deadlines_in_words(comparison, plan)
    return DeadlinesForm(data, measures=measures if len(measures) > 1 else {})


def _told(done: Comparison) -> str:
    new = ngettext("%(n)d measure added", "%(n)d measures added", len(done.new)) % {"n": len(done.new)}
    changed = ngettext("%(n)d changed", "%(n)d changed", len(done.changed)) % {"n": len(done.changed)}
    return _("The file is imported: %(new)s, %(changed)s.") % {"new": new, "changed": changed}


def _left_out(done: Comparison) -> str:
    places = sorted({one.place for one in done.problems})
    text = ngettext(
        "Left out: %(rows)s. Correct this row in the file and choose the file again.",
        "Left out: %(rows)s. Correct these rows in the file and choose the file again.",
        one_or_several(places),
    )
    return text % {"rows": rows_in_words(places)}


@require_safe
@signed_in
def plan_file(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """Give the plan in the shape in which it is imported."""
    plan = get_object_or_404(PLANS, pk=pk)
    language = _language(request, "language")
    return unless_known(request, lambda: answer_with(plan_paper(plan, language), f"plan-{pk}", form))


@require_safe
@signed_in
def blank_plan_file(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """Give an empty form of a plan under an agreement, to be filled in and imported."""
    agreement = get_object_or_404(AGREEMENTS, pk=pk)
    plan = Plan(agreement=agreement, title_ru="План мероприятий", title_en="Plan of actions",
                period=Period.year(timezone.localdate().year))  # fmt: skip
    language = _language(request, "language")
    return unless_known(request, lambda: answer_with(plan_paper(plan, language), f"plan-form-{pk}", form))


@require_safe
@signed_in
def plan_report_file(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """Give the report on the plan as of a day, else today, as officials file it."""
    plan = get_object_or_404(PLANS, pk=pk)
    language = _language(request, "language", "as_of")
    on = _day(request.GET.get("as_of"))
    return unless_known(request, lambda: answer_with(report_paper(plan, on, language), f"plan-{pk}-report-{on}", form))


def _language(request: HttpRequest, *known: str) -> str:
    """Return the language of an official document: Russian unless asked otherwise."""
    _only_parameters(request, *known)
    language = request.GET.get("language", "ru")
    if language not in dict(settings.LANGUAGES):
        raise BadRequest(_("language: one of %(known)s.") % {"known": ", ".join(dict(settings.LANGUAGES))})
    return language


def _day(text: str | None) -> dt.date:
    if text is None:
        return timezone.localdate()
    try:
        day = dt.date.fromisoformat(text)
        Period.parse(str(day))
    except ValueError as error:
        raise BadRequest(_("as_of: a day such as 2025-12-31.")) from error
    return day


def _only_parameters(request: HttpRequest, *known: str) -> None:
    unknown = sorted(set(request.GET) - set(known))
    if unknown:
        raise BadRequest(_("Unknown in the address: %(unknown)s.") % {"unknown": ", ".join(unknown)})


def _fresh(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Answer with a page that nobody keeps: it carries a file that may hold more than its reader's own plan."""
    response = render(request, template, context, status=status)
    response["Cache-Control"] = "no-store"
    return response
