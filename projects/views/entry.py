"""Pages on which a secretary writes about projects and deliveries."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from agreements.models import Plan
from documents.uploads import download
from parties.entering import enter, entry_form
from parties.parts import PartKind, Parts
from parties.permissions import allowed, may_edit_projects, signed_in
from parties.queries import partnership_of
from projects import forms
from projects.models import (
    Assessment,
    BudgetLine,
    Delivery,
    Milestone,
    Participant,
    Project,
    ProjectDocument,
)

_TEMPLATE = "projects/form.html"
_KINDS = {
    "participants": PartKind(
        Participant, forms.ParticipantForm,
        gettext_lazy("New participant"), gettext_lazy("Participant"), gettext_lazy("Remove the participant?"),
    ),
    "milestones": PartKind(
        Milestone, forms.MilestoneForm,
        gettext_lazy("New milestone"), gettext_lazy("Milestone"), gettext_lazy("Remove the milestone?"),
        edit_form=forms.ChangedMilestoneForm,
    ),
    "budget": PartKind(
        BudgetLine, forms.BudgetLineForm,
        gettext_lazy("New budget line"), gettext_lazy("Budget line"), gettext_lazy("Remove the budget line?"),
    ),
    "documents": PartKind(
        ProjectDocument, forms.ProjectFileForm,
        gettext_lazy("New document"), gettext_lazy("Document"), gettext_lazy("Remove the document?"),
        edit_form=forms.ProjectDocumentForm,
    ),
}  # fmt: skip
PARTS = Parts(
    Project, "project", "projects", _KINDS, _TEMPLATE,
    removal=forms.removal_of_part, remove_label=gettext_lazy("Remove it from the project"),
)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(may_edit_projects)
def new_project(request: HttpRequest) -> HttpResponse:
    form = entry_form(request, forms.ProjectForm, Project(partnership=partnership_of(request)))
    return enter(request, _TEMPLATE, form, title=_("New project"))


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(may_edit_projects)
def edit_project(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Project, pk=pk)
    remove = {"remove_url": reverse("projects:remove", args=[pk]), "remove_label": _("Remove the project")}
    form = entry_form(request, forms.ProjectForm, found)
    return enter(request, _TEMPLATE, form, title=_("Edit the project"), belongs_to=found, **remove)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(may_edit_projects)
def remove_project(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a project that was entered by mistake, after a question."""
    found = get_object_or_404(Project, pk=pk)
    form = entry_form(request, forms.RemoveProjectForm, found)
    lead = _("“%(name)s” goes with its participants, milestones and budget. The history keeps them.")
    title, lead = _("Remove the project?"), lead % {"name": found}
    return enter(request, _TEMPLATE, form, title=title, lead=lead, belongs_to=found, landing="projects:list")


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(may_edit_projects)
def judge(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a judgement on whether a project will keep to its dates."""
    found = get_object_or_404(Project, pk=pk)
    form = entry_form(request, forms.AssessmentForm, Assessment(project=found))
    return enter(request, _TEMPLATE, form, title=_("How confident are you of the dates?"), belongs_to=found)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(may_edit_projects)
def measures(request: HttpRequest, pk: int, plan_pk: int | None = None) -> HttpResponse:
    """Choose the measures of a plan that a project carries out; first the plan, where there is a choice."""
    found = get_object_or_404(Project, pk=pk)
    plans = Plan.objects.filter(agreement__partnership=found.partnership).select_related("agreement")
    if plan_pk is None:
        context = {"project": found, "plans": list(plans.order_by("-period", "pk"))}
        return render(request, "projects/plans.html", context)
    form = entry_form(request, forms.MeasuresForm, found, plan=get_object_or_404(plans, pk=plan_pk))
    return enter(request, _TEMPLATE, form, title=_("Measures that the project carries out"), belongs_to=found)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(may_edit_projects)
def new_delivery(request: HttpRequest) -> HttpResponse:
    form = entry_form(request, forms.DeliveryForm, Delivery(partnership=partnership_of(request)))
    return enter(request, _TEMPLATE, form, title=_("New delivery"), is_delivery=True)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(may_edit_projects)
def edit_delivery(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Delivery, pk=pk)
    remove = {"remove_url": reverse("projects:remove_delivery", args=[pk]), "remove_label": _("Remove the delivery")}
    return enter(
        request,
        _TEMPLATE,
        entry_form(request, forms.DeliveryForm, found),
        title=_("Delivery"),
        is_delivery=True,
        **remove,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(may_edit_projects)
def remove_delivery(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a delivery that was entered by mistake, after a question."""
    found = get_object_or_404(Delivery, pk=pk)
    form = entry_form(request, forms.RemoveDeliveryForm, found)
    return enter(
        request,
        _TEMPLATE,
        form,
        title=_("Remove the delivery?"),
        lead=str(found),
        is_delivery=True,
        landing="projects:deliveries",
    )


@require_safe
@signed_in
def document_file(request: HttpRequest, pk: int) -> Any:
    """Give the file of a document."""
    found = get_object_or_404(ProjectDocument.objects.exclude(file=""), pk=pk)
    return download(found.file, name=found.file_name, media_type=found.media_type)
