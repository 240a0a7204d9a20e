"""Deadlines, delays, executors and articles of measures in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agreements.models import CLOSED, NEWS_DAYS, Recurrence
from parties import formatting
from parties.models import Side
from parties.periods import Period, Shape

if TYPE_CHECKING:
    from agreements.models import Executor, Measure, Postponement
    from agreements.operations import Task
    from parties.models import Organisation


def deadline(period: Period | None, recurrence: str) -> str:
    """Return a deadline as the column “Deadline” of a plan says it."""
    if recurrence == Recurrence.ONCE:
        return formatting.period(period) if period else ""
    every = str(Recurrence(recurrence).label)
    return f"{every}, {formatting.period(period)}" if period else every


def overdue_rule(measure: Measure) -> str:
    """Return from when the measure is overdue; empty where the deadline says it itself."""
    if measure.recurrence == Recurrence.PERMANENT:
        return _("never overdue")
    if measure.recurrence == Recurrence.YEARLY:
        return _("each year by its last day")
    if measure.due is None or measure.due.shape is Shape.DAY:
        return ""
    return _("last day: %(day)s") % {"day": f"{measure.due.ends:%d.%m.%Y}"}


def late(last_day: dt.date, on: dt.date) -> str:
    """Return by how much a day is past."""
    days = (on - last_day).days
    return ngettext("overdue by %(days)s day", "overdue by %(days)s days", days) % {"days": formatting.number(days)}


def silence(measure: Measure, on: dt.date, days: int = NEWS_DAYS) -> str:
    """Return how long an open measure is without news, in the rule of `MeasureQuerySet.without_news`; else empty."""
    begun, last_news = measure.plan.period.starts, measure.news_on
    silent = (on - max(last_news or begun, begun)).days
    if measure.status in CLOSED or silent <= days:
        return ""
    if last_news is None:
        return _("no news yet")
    silent = (on - last_news).days
    return ngettext("no news for %(n)s day", "no news for %(n)s days", silent) % {"n": formatting.number(silent)}


def moved(postponements: Sequence[Postponement], due: Period | None) -> str:
    """Return how often and by how many days in all a deadline was moved to `due`; empty where it never was.

    Postponements are given oldest first. The days count from the first planned last day to that of `due`.
    """
    if not postponements:
        return ""
    times = ngettext("moved %(times)d time", "moved %(times)d times", len(postponements)) % {
        "times": len(postponements)
    }
    if due is None:  # corrected to a permanent duty since
        return times
    days = (due.ends - postponements[0].moved_from.ends).days
    shift = ngettext("%(days)s day", "%(days)s days", abs(days)) % {"days": formatting.signed(days)}
    return f"{times}, {shift}"


def executors(measure: Measure) -> str:
    """Return who carries out a measure, those who lead it first (one query)."""
    return executors_of(measure.executors.select_related("organisation"))


def executors_of(tasks: Iterable[Executor | Task]) -> str:
    """Return executors in words; the side is told where it is not that of the organisation."""
    named = sorted(tasks, key=lambda one: (not one.leads, str(one.organisation)))
    return "; ".join(executor(one.organisation, one.side, leads=one.leads) for one in named)


def executor(organisation: Organisation, side: str, *, leads: bool) -> str:
    asides = [] if organisation.side == side else [str(Side(side).label)]
    asides += [] if leads else [_("takes part")]
    return f"{organisation} ({', '.join(asides)})" if asides else str(organisation)


def articles(measure: Measure) -> str:
    """Return the numbers of the articles that a measure carries out (one query)."""
    return ", ".join(str(one.number) for one in measure.articles.order_by("pk"))
