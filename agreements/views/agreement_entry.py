"""Pages on which a secretary writes about agreements."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from agreements.forms import agreements as forms
from agreements.models import Act, Agreement, AgreementFile, Amendment, Article, Party
from parties.entering import enter, entry_form
from parties.parts import PartKind, Parts
from parties.permissions import allowed, may_edit_agreements
from parties.queries import partnership_of

_TEMPLATE = "agreements/agreement_form.html"
_KINDS = {
    "parties": PartKind(
        Party, forms.PartyForm,
        gettext_lazy("New party"), gettext_lazy("Party"), gettext_lazy("Remove the party?"),
    ),
    "acts": PartKind(
        Act, forms.ActForm,
        gettext_lazy("New act"), gettext_lazy("Act"), gettext_lazy("Remove the act?"),
    ),
    "articles": PartKind(
        Article, forms.ArticleForm,
        gettext_lazy("New article"), gettext_lazy("Article"), gettext_lazy("Remove the article?"),
    ),
    "amendments": PartKind(
        Amendment, forms.AmendmentForm,
        gettext_lazy("New amendment"), gettext_lazy("Amendment"), gettext_lazy("Remove the amendment?"),
    ),
}  # fmt: skip
PARTS = Parts(
    Agreement, "agreement", "agreements", _KINDS, _TEMPLATE,
    removal=forms.removal_of_part, remove_label=gettext_lazy("Remove it from the agreement"),
)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(may_edit_agreements)
def new_agreement(request: HttpRequest) -> HttpResponse:
    form = entry_form(request, forms.AgreementForm, Agreement(partnership=partnership_of(request)))
    return enter(request, _TEMPLATE, form, title=_("New agreement"))


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(may_edit_agreements)
def edit_agreement(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Agreement, pk=pk)
    remove = {"remove_url": reverse("agreements:remove", args=[pk]), "remove_label": _("Remove the agreement")}
    form = entry_form(request, forms.AgreementForm, found)
    return enter(request, _TEMPLATE, form, title=_("Edit the agreement"), belongs_to=found, **remove)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(may_edit_agreements)
def remove_agreement(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove an agreement that was entered by mistake, after a question."""
    found = get_object_or_404(Agreement, pk=pk)
    form = entry_form(request, forms.RemoveAgreementForm, found)
    lead = _("“%(name)s” goes with its parties, acts, articles and amendments. The history keeps them.")
    title, lead = _("Remove the agreement?"), lead % {"name": found}
    return enter(request, _TEMPLATE, form, title=title, lead=lead, belongs_to=found, landing="agreements:list")


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(may_edit_agreements)
def new_file(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Agreement, pk=pk)
    form = entry_form(request, forms.FileForm, AgreementFile(agreement=found))
    return enter(request, _TEMPLATE, form, title=_("New file"), belongs_to=found)
