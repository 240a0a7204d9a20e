"""Pages with the forms about plans and measures.

A form opens in its row of the plan, where scripts run, and on a page of its own else: both are the same address.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from agreements.forms import cells, executors, indicators, measures, plans, progress
from agreements.history import history_of
from agreements.models import (
    Agreement,
    Indicator,
    IndicatorValue,
    Measure,
    Plan,
    Postponement,
    ProgressNote,
    YearlyItem,
)
from agreements.permissions import may_report_on
from agreements.queries.tables import anchor
from parties.changes import Change
from parties.models import User
from parties.permissions import allowed, may_edit_plans, may_report_progress
from parties.writing import EntryForm

MEASURES = Measure.objects.select_related("plan__agreement")
FORMS = ["GET", "HEAD", "POST"]


@dataclass(frozen=True)
class Entry:
    """What stands around a form: what it is about, where it leads back to, and how its cell changed so far."""

    title: str | Promise
    subject: str
    back: str
    hint: str | Promise = ""
    other_url: str = ""
    other_label: str | Promise = ""
    history: Sequence[Change] = ()


@dataclass(frozen=True)
class Cell:
    """A cell of a plan: the name of its form, what that form changes, and which fields of the history it shows.

    `beside` is another cell for what this form is not meant for.
    """

    title: str | Promise
    form: type[EntryForm]
    fields: tuple[str, ...]
    row: Callable[[Measure], Any] = lambda measure: measure
    hint: str | Promise = ""
    beside: str = ""


CELLS = {
    "text": Cell(gettext_lazy("Change the text"), cells.TextCell, ("text_ru", "text_en", "number", "section")),
    "deadline": Cell(
        gettext_lazy("Move the deadline"),
        progress.PostponeForm,
        ("deadline", "recurrence"),
        lambda measure: Postponement(measure=measure),
        gettext_lazy("The old deadline stays visible."),
        "correct_deadline",
    ),
    "correct_deadline": Cell(
        gettext_lazy("Correct the deadline"),
        cells.DeadlineCell,
        ("deadline", "recurrence"),
        hint=gettext_lazy("Only for what was entered wrongly. A deadline that was agreed anew is a postponement."),
    ),
    "executors": Cell(gettext_lazy("Change the executors"), executors.ExecutorsCell, ("executors",)),
    "status": Cell(gettext_lazy("Change the status"), cells.StatusCell, progress.STATUS_FIELDS),
    "move": Cell(gettext_lazy("Move within the plan"), measures.MoveForm, ()),
    "edit_measure": Cell(
        gettext_lazy("Change the measure"),
        executors.MeasureEntry,
        (),
        hint=gettext_lazy("The deadline is changed apart, so that the old one stays visible."),
        beside="deadline",
    ),
}


@require_http_methods(FORMS)
@allowed(may_edit_plans)
def cell(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Change one cell of a measure."""
    measure, kind = get_object_or_404(MEASURES, pk=pk), CELLS[name]
    if name == "deadline" and not (measure.recurrence == "once" and measure.deadline):
        kind = CELLS["correct_deadline"]  # there is no deadline that could be postponed
    back = _back(request, measure)
    beside = CELLS.get(kind.beside)
    entry = Entry(
        title=kind.title,
        subject=str(measure),
        back=back,
        hint=kind.hint,
        other_url=f"{reverse(f'agreements:{kind.beside}', args=[pk])}?{_asked(request)}" if beside else "",
        other_label=beside.title if beside else "",
        history=[change for change in history_of(measure) if change.field in kind.fields] if kind.fields else (),
    )
    return _enter(request, _bound(request, kind.form, kind.row(measure), f"m{pk}"), entry)


@require_http_methods(FORMS)
@allowed(may_report_progress)
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a progress note with its evidence."""
    measure = get_object_or_404(MEASURES, pk=pk)
    if not may_report_on(cast(User, request.user), measure):
        raise PermissionDenied(progress.NOT_YOURS)
    hint = _("A note is never changed afterwards; a wrong one is corrected by another.")
    form = _bound(request, progress.NoteForm, ProgressNote(measure=measure), f"m{pk}")
    return _enter(request, form, Entry(_("Add a progress note"), str(measure), _back(request, measure), hint))


@require_http_methods(FORMS)
@allowed(may_edit_plans)
def year(request: HttpRequest, pk: int, year: int) -> HttpResponse:
    """Mark what was done in one year of a yearly measure."""
    item = get_object_or_404(YearlyItem.objects.select_related("measure"), measure=pk, year=year)
    title = _("Year %(year)d") % {"year": item.year}
    entry = Entry(title, str(item.measure), f"{item.measure.get_absolute_url()}#years")
    return _enter(request, _bound(request, progress.YearForm, item), entry)


@require_http_methods(FORMS)
@allowed(may_edit_plans)
def new_indicator(request: HttpRequest, pk: int) -> HttpResponse:
    return _indicator(request, Indicator(measure=get_object_or_404(MEASURES, pk=pk)), _("Add an indicator"))


@require_http_methods(FORMS)
@allowed(may_edit_plans)
def indicator(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Indicator.objects.select_related("measure"), pk=pk)
    return _indicator(request, found, _("Change the indicator"))


def _indicator(request: HttpRequest, row: Indicator, title: str) -> HttpResponse:
    entry = Entry(title, str(row.measure), f"{row.measure.get_absolute_url()}#indicators")
    return _enter(request, _bound(request, indicators.IndicatorForm, row), entry)


@require_http_methods(FORMS)
@allowed(may_edit_plans)
def new_value(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter target and actual value of an indicator in a further year."""
    found = get_object_or_404(Indicator.objects.select_related("measure"), pk=pk)
    return _value(request, IndicatorValue(indicator=found), _("Enter a year"))


@require_http_methods(FORMS)
@allowed(may_edit_plans)
def value(request: HttpRequest, pk: int) -> HttpResponse:
    """Change target and actual value of an indicator in a year."""
    found = get_object_or_404(IndicatorValue.objects.select_related("indicator__measure"), pk=pk)
    return _value(request, found, _("Year %(year)d") % {"year": found.year})


def _value(request: HttpRequest, row: IndicatorValue, title: str) -> HttpResponse:
    measure = row.indicator.measure
    entry = Entry(title, f"{measure.number}. {row.indicator}", f"{measure.get_absolute_url()}#indicators")
    return _enter(request, _bound(request, indicators.ValueForm, row), entry)


@require_http_methods(FORMS)
@allowed(may_edit_plans)
def new_plan(request: HttpRequest, pk: int) -> HttpResponse:
    agreement = get_object_or_404(Agreement, pk=pk)
    entry = Entry(_("New plan of actions"), str(agreement), agreement.get_absolute_url())
    return _enter(
        request, _bound(request, plans.PlanForm, Plan(agreement=agreement)), entry, lambda kept: kept.get_absolute_url()
    )


@require_http_methods(FORMS)
@allowed(may_edit_plans)
def edit_plan(request: HttpRequest, pk: int) -> HttpResponse:
    plan = get_object_or_404(Plan.objects.select_related("agreement"), pk=pk)
    entry = Entry(_("Change the plan"), str(plan), plan.get_absolute_url())
    return _enter(request, _bound(request, plans.PlanForm, plan), entry, lambda kept: kept.get_absolute_url())


@require_http_methods(FORMS)
@allowed(may_edit_plans)
def remove_plan(request: HttpRequest, pk: int) -> HttpResponse:
    plan = get_object_or_404(Plan.objects.select_related("agreement"), pk=pk)
    hint = _("Only a plan without measures can be removed.")
    entry = Entry(_("Remove the plan"), str(plan), plan.get_absolute_url(), hint)
    return _enter(request, _bound(request, plans.RemovePlanForm, plan), entry, lambda kept: kept.get_absolute_url())


@require_http_methods(FORMS)
@allowed(may_edit_plans)
def remove_measure(request: HttpRequest, pk: int) -> HttpResponse:
    measure = get_object_or_404(MEASURES, pk=pk)
    hint = _("Only a measure of which nothing came yet can be removed; drop any other by a decision.")
    entry = Entry(_("Remove the measure"), str(measure), measure.get_absolute_url(), hint)
    form = _bound(request, measures.RemoveMeasureForm, measure)
    return _enter(request, form, entry, lambda kept: kept.get_absolute_url())


@require_http_methods(FORMS)
@allowed(may_edit_plans)
def new_measure(request: HttpRequest, pk: int) -> HttpResponse:
    plan = get_object_or_404(Plan.objects.select_related("agreement"), pk=pk)
    entry = Entry(_("Add a measure"), str(plan), plan.get_absolute_url())
    form = _bound(request, executors.MeasureEntry, Measure(plan=plan, is_example=plan.is_example))
    return _enter(request, form, entry, lambda kept: f"{entry.back}#{anchor(kept.number)}")


def _bound(request: HttpRequest, form: type[EntryForm], row: Any, prefix: str = "") -> EntryForm:
    """Return the form of a row. `prefix` keeps the ids of several forms that are open on one page apart."""
    names = {"auto_id": f"{prefix}-%s"} if prefix else {}
    return form(request.POST or None, request.FILES or None, instance=row, by=cast(User, request.user), **names)


def _enter(
    request: HttpRequest, form: EntryForm, entry: Entry, landing: Callable[[Any], str] | None = None
) -> HttpResponse:
    """Show the form, or keep it and lead back, or to `landing`; whatever goes wrong, all that was typed stays."""
    if request.method == "POST":
        kept = form.keep()
        if kept is not None:
            messages.success(request, _("Saved."))
            return redirect(landing(kept) if landing else entry.back)
    return render(request, "agreements/plan_entry.html", {"form": form, "entry": entry}, status=form.status)


def _asked(request: HttpRequest) -> str:
    query = QueryDict(mutable=True)
    if "next" in request.GET:
        query["next"] = request.GET["next"]
    return query.urlencode()


def _back(request: HttpRequest, measure: Measure) -> str:
    """Return where a form about the measure leads: to its row of the page it was opened from, else to its own page."""
    asked = request.GET.get("next", "")
    if asked and url_has_allowed_host_and_scheme(asked, allowed_hosts=None):
        return f"{asked.partition('#')[0]}#{anchor(measure.number)}"
    return str(measure.get_absolute_url())
