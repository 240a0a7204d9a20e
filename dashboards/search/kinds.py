"""Which kinds of rows are found, and what is shown of each.

What rows are found *by* stands in the migrations (`documents.indexing.index_table`); a test compares the two.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.db import models
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agreements.models import Evidence
from documents.models import Sourced
from parties.models import Person, Post
from parties.periods import Period
from trade.models import Commodity, TradeArea


@dataclass(frozen=True)
class Searched:
    """A model whose rows are found.

    `texts` names what is shown beneath the title, `dated` its day or period, and `beside` the relations to read
    along with the row: those that its title or its address may need. `anchor` is its place on the page of what it
    belongs to, where it has no address of its own.
    """

    label: str
    texts: tuple[str, ...] = ()
    dated: str = ""
    beside: tuple[str, ...] = ()
    anchor: str = ""

    @property
    def model(self) -> type[models.Model]:
        return apps.get_model(self.label)


@dataclass(frozen=True)
class Kind:
    """A group of results."""

    code: str
    label: str | Promise
    searched: tuple[Searched, ...]


_OF_MEASURE = ("measure__plan__agreement",)
_ALL = (
    Kind(
        "agreements",
        _("Agreements"),
        (Searched("agreements.agreement", ("subject", "place"), "concluded"),
         Searched("agreements.amendment", ("subject",), "signed", ("agreement",)),
         Searched("agreements.agreementfile", (), "dated", ("agreement",)),
         Searched("agreements.statedcount", (), "as_of")),
    ),
    Kind("articles", _("Articles"), (Searched("agreements.article", beside=("agreement",)),)),
    Kind("plans", _("Plans"), (Searched("agreements.plan", (), "period", ("agreement",)),)),
    Kind(
        "measures",
        _("Measures"),
        (Searched("agreements.measure", ("section",), "deadline", ("plan__agreement",)),
         Searched("agreements.indicator", ("unit",), "", ("measure__plan__agreement",))),
    ),
    Kind(
        "progress-notes",
        _("Progress and postponements"),
        (Searched("agreements.progressnote", ("text",), "", ("measure__plan__agreement",)),
         Searched("agreements.evidence", (), "", ("note__measure__plan__agreement",)),
         Searched("agreements.postponement", ("reason", "agreed_by"), "", _OF_MEASURE, "postponements"),
         Searched("agreements.statusoverride", ("reason",), "dated", _OF_MEASURE, "statuses"),
         Searched("agreements.yearlyitem", ("note",), "", _OF_MEASURE)),
    ),
    Kind(
        "meetings",
        _("Meetings"),
        (Searched("workgroup.meeting", ("summary", "place"), "held"), Searched("workgroup.workgroup", ("duty",))),
    ),
    Kind(
        "outcomes",
        _("Outcomes and instructions"),
        (Searched("workgroup.outcome", ("assignee_text",), "deadline", ("meeting",)),),
    ),
    Kind(
        "projects",
        _("Projects"),
        (Searched("projects.project", ("summary", "hs_codes"), "period"),
         Searched("projects.projectdocument", ("file_name",), "dated", ("project",)),
         Searched("projects.assessment", ("reason",), "dated", ("project",)),
         Searched("projects.budgetline", ("purpose",), "period", ("project", "payer"))),
    ),
    Kind("milestones", _("Milestones"), (Searched("projects.milestone", (), "planned", ("project",)),)),
    Kind("deliveries", _("Deliveries"), (Searched("projects.delivery", ("receiver", "hs_code"), "period"),)),
    Kind(
        "organisations",
        _("Organisations"),
        (Searched("parties.organisation", ("name",)), Searched("documents.mention", ("text",), "", ("organisation",))),
    ),
    Kind(
        "people",
        _("People"),
        (Searched("parties.person"),
         Searched("parties.post", (), "stated", ("person", "organisation")),
         Searched("workgroup.attendance", ("post",), "", ("meeting", "person", "organisation"))),
    ),
    Kind("goods", _("Goods"), (Searched("trade.commodity", ("commodity_code",)),)),
    Kind("areas", _("Countries and regions in trade"), (Searched("trade.tradearea", ("code",)),)),
    Kind(
        "trade",
        _("Trade"),
        (Searched("trade.dataset", ("description",)),
         Searched("trade.release", ("file_name", "note"), "published_on", ("dataset",)),
         Searched("trade.publishedfigure", ("note",), "period", ("commodity", "reporter", "partner")),
         Searched("trade.structurenote", (), "period"),
         Searched("trade.target", ("horizon",), "set_on")),
    ),
    Kind("reports", _("Reports"), (Searched("reports.report", (), "", ("partnership",)),)),
    Kind("sources", _("Sources"), (Searched("documents.source", ("publisher",), "published"),)),
    Kind("facts", _("Facts"), (Searched("documents.fact"),)),
)  # fmt: skip

_WHERE_PEOPLE_ARE = ("posts__organisation", "attendance__meeting", "memberships__workgroup")
KINDS = {kind.code: kind for kind in _ALL}
SEARCHED = {searched.label: searched for kind in _ALL for searched in kind.searched}


def rows(label: str, ids: list[int]) -> dict[int, models.Model]:
    """Return the rows with what their titles and addresses need (1 query; people and posts take some more)."""
    found = SEARCHED[label].model._default_manager.filter(pk__in=ids).select_related(*SEARCHED[label].beside)
    person = {"parties.person": "", "parties.post": "person__"}.get(label)
    if person is not None:
        found = found.prefetch_related(*(f"{person}{where}" for where in _WHERE_PEOPLE_ARE))
    return {row.pk: row for row in found}


def page_of(row: Any) -> str | None:
    """Return the address where the row is shown: its own page, or the page of what it belongs to."""
    if isinstance(row, Commodity):
        return _explorer(row)
    if isinstance(row, TradeArea):
        is_country = row.kind == TradeArea.Kind.COUNTRY
        return f"{reverse('trade:explorer')}?{urlencode({'partner': row.code})}" if is_country else None
    if isinstance(row, Person):
        return _page_of_person(row)
    if isinstance(row, Post):
        return row.organisation.get_absolute_url() if row.organisation else _page_of_person(row.person)
    if isinstance(row, Evidence):  # its own address is a download
        return str(row.note.get_absolute_url())
    if hasattr(row, "get_absolute_url"):
        return str(row.get_absolute_url())
    searched = SEARCHED[row._meta.label_lower]
    for name in searched.beside:
        above = getattr(row, name.partition("__")[0])
        if hasattr(above, "get_absolute_url"):
            return f"{above.get_absolute_url()}{'#' if searched.anchor else ''}{searched.anchor}"
    return None


def _page_of_person(person: Any) -> str | None:
    """Return where a person works, or else a meeting they were at, or the workgroup they belong to."""
    places = [post.organisation for post in person.posts.all()]
    places += [one.meeting for one in person.attendance.all()] + [one.workgroup for one in person.memberships.all()]
    return next((place.get_absolute_url() for place in places if place), None)


def _explorer(goods: Commodity) -> str:
    address = reverse("trade:explorer")
    if goods.classification == Commodity.Classification.TOTAL:
        return address
    return f"{address}?{urlencode({'goods': goods.commodity_code})}"


def belongs_to(row: Any) -> models.Model | None:
    """Return what the row is a part of: the plan of a measure, the meeting of an outcome."""
    name = next(iter(SEARCHED[row._meta.label_lower].beside), "").partition("__")[0]
    above = getattr(row, name) if name else None
    return above if isinstance(above, Sourced) else None


def period_of(row: Any) -> Period | None:
    """Return the day or period that the row is dated by."""
    dated = SEARCHED[row._meta.label_lower].dated
    value = getattr(row, dated) if dated else None
    return Period.day(value) if isinstance(value, dt.date) else value
