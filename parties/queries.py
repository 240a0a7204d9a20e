"""Reads about partnerships and the state of the data."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import ChoiceFilter

from parties.filtering import RecordFilter, RecordFilterSet, of_territory
from parties.models import Organisation, Partnership, Post, Side

PARTNERSHIP_COOKIE = "partnership"

# Within one web request the number is read once; outside of requests it is not remembered.
_of_this_request: ContextVar[list[int] | None] = ContextVar("data_version_of_this_request", default=None)


def data_version() -> int:
    """Return the number of committed transactions that changed domain data (one query a request)."""
    remembered = _of_this_request.get()
    if remembered:
        return remembered[0]
    with connection.cursor() as cursor:  # every request begins so: the ORM would cost more than the query
        cursor.execute("SELECT number FROM parties_dataversion WHERE id = 1")
        number: int = cursor.fetchone()[0]
    if remembered is not None:
        remembered.append(number)
    return number


@lru_cache(maxsize=64)
def _statement(build: Callable[..., QuerySet[Any, Any]], arguments: tuple[Hashable, ...]) -> tuple[str, Sequence[Any]]:
    return build(*arguments).query.sql_with_params()


def rows_of(build: Callable[..., QuerySet[Any, Any]], *arguments: Hashable) -> list[tuple[Any, ...]]:
    """Return the rows of a query of plain columns (`values_list`), as the database gives them (1 query).

    Its statement is written once for the same arguments: where it tells a status by rule, that takes longer than the
    answer.
    """
    with connection.cursor() as cursor:
        cursor.execute(*_statement(build, arguments))
        return cursor.fetchall()


def remember_data_version_for_this_request() -> None:
    """Begin a request: forget what the last one on this thread remembered."""
    _of_this_request.set([])


def partnership_of(request: HttpRequest) -> Partnership:
    """Return the partnership the reader works with: the one chosen (cookie), else the first (one query a request).

    Raises `Http404` where the database holds none yet.
    """
    remembered: Partnership | None = getattr(request, "partnership", None)
    if remembered is None:
        remembered = request.partnership = _partnership_of(request)  # type: ignore[attr-defined]
    return remembered


def _partnership_of(request: HttpRequest) -> Partnership:
    known = list(Partnership.objects.select_related("home", "partner").order_by("pk"))
    chosen = request.COOKIES.get(PARTNERSHIP_COOKIE, "")
    for partnership in known:
        if partnership.code == chosen:
            return partnership
    if not known:
        raise Http404(_("No partnership is set up yet. Run “manage.py load_facts”."))
    return known[0]


def partnership_name(request: HttpRequest | None) -> str:
    """Return what the pages of a reader are headed by; a general name where there is no request or no partnership."""
    try:
        return str(partnership_of(request)) if request else _("Cooperation of regions")
    except Http404:
        return _("Cooperation of regions")


def side_name(request: HttpRequest | None, side: str) -> str:
    """Return what the reader's partnership calls a side; its role where there is no reader or no partnership."""
    try:
        return str(getattr(partnership_of(request), f"{side}_side")) if request else str(Side(side).label)
    except Http404:
        return str(Side(side).label)


class PartnershipFilter(RecordFilterSet):
    """Filters of partnerships."""


class OrganisationFilter(RecordFilterSet):
    """Filters of organisations."""

    partnership = RecordFilter(
        method="of_partnership", queryset=Partnership.objects.order_by("pk"), label=gettext_lazy("partnership")
    )
    kind = ChoiceFilter(choices=Organisation.Kind, label=gettext_lazy("kind"))
    side = ChoiceFilter(choices=Side, label=gettext_lazy("side"))
    territory = of_territory()

    def of_partnership(self, queryset: QuerySet[Any], name: str, value: Partnership) -> QuerySet[Any]:
        """Organisations of the two territories and of the regions in them."""
        territories = [value.home_id, value.partner_id]
        return queryset.filter(Q(territory__in=territories) | Q(territory__parent__in=territories))


class PersonFilter(RecordFilterSet):
    """Filters of people."""

    side = ChoiceFilter(choices=Side, label=gettext_lazy("side"))
    organisation = RecordFilter(
        method="with_a_post_in", queryset=Organisation.objects.order_by("pk"), label=gettext_lazy("organisation")
    )

    def with_a_post_in(self, queryset: QuerySet[Any], name: str, value: Organisation) -> QuerySet[Any]:
        return queryset.filter(Exists(Post.objects.filter(person=OuterRef("pk"), organisation=value)))
