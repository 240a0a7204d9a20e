"""Reads about partnerships and the state of the data."""

from __future__ import annotations

from contextvars import ContextVar

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from parties.models import DataVersion, Partnership

PARTNERSHIP_COOKIE = "partnership"

# Within one web request the number is read once; outside of requests it is not remembered.
_of_this_request: ContextVar[list[int] | None] = ContextVar("data_version_of_this_request", default=None)


def data_version() -> int:
    """Return the number of committed transactions that changed domain data (one query a request)."""
    remembered = _of_this_request.get()
    if remembered:
        return remembered[0]
    number = DataVersion.objects.values_list("number", flat=True).get(pk=1)
    if remembered is not None:
        remembered.append(number)
    return number


def remember_data_version_for_this_request() -> None:
    """Begin a request: forget what the last one on this thread remembered."""
    _of_this_request.set([])


def partnership_of(request: HttpRequest) -> Partnership:
    """Return the partnership the reader works with: the one chosen (cookie), else the first.

    Raises `Http404` where the database holds none yet.
    """
    known = list(Partnership.objects.select_related("home", "partner").order_by("pk"))
    chosen = request.COOKIES.get(PARTNERSHIP_COOKIE, "")
    for partnership in known:
        if partnership.code == chosen:
            return partnership
    if not known:
        raise Http404(_("No partnership is set up yet. Run “manage.py load_facts”."))
    return known[0]
