"""What is said of the deadlines of outcomes, and of all else that has a last day and no report of its end."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from parties.formatting import number

if TYPE_CHECKING:
    from workgroup.models import Outcome


def time_left(last_day: dt.date, on: dt.date) -> str:
    """Return how far ahead a last day lies, or by how much it is past."""
    days = (last_day - on).days
    if days < 0:
        past = ngettext("%(n)s day past", "%(n)s days past", -days) % {"n": number(-days)}
        unreported = _("no report of its end")
        return f"{past}, {unreported}"
    if not days:
        return _("today")
    return ngettext("in %(n)s day", "in %(n)s days", days) % {"n": number(days)}


def lateness(outcome: Outcome, on: dt.date) -> str:
    """Return by how much the deadline of an outcome is past; empty before its end, and where there is none."""
    last_day = outcome.last_day
    return time_left(last_day, on) if last_day is not None and last_day < on else ""
