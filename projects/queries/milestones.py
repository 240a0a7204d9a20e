"""Milestones as known on a day: how late they are, how many are reached, and their line of time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from documents.charts import Event, svg, timeline
from parties.formatting import day
from parties.periods import Period
from projects.models import Milestone, Slip
from projects.wording import lateness


@dataclass(frozen=True)
class Step:
    """A milestone with its lateness as known on a day."""

    milestone: Milestone
    on: dt.date

    @property
    def slip(self) -> Slip | None:
        return self.milestone.slip(self.on)

    @property
    def is_reached(self) -> bool:
        return self.milestone.is_reached(self.on)

    @property
    def is_past_plan(self) -> bool:
        """Whether it is open and its planned time is over."""
        return self.milestone.is_past_plan(self.on)

    @property
    def lateness(self) -> str:
        return lateness(self.milestone, self.on)

    @property
    def due(self) -> Period | None:
        """When it is to be reached, as expected now; None when it was."""
        found: Period | None = None if self.is_reached else self.milestone.expected or self.milestone.planned
        return found


@dataclass(frozen=True)
class Chart:
    """The milestones on a line of time, titled by what it shows."""

    title: str
    svg: SafeString


def chart_of(events: Iterable[Event], on: dt.date, *, title: str) -> Chart | None:
    """Return the chart of the events that have dates with both ends; None where there is none."""
    shown = [event for event in events if event.span or any(one.planned or one.actual for one in (event, *event.steps))]
    if not shown:
        return None
    described = _("For each milestone: when it was planned, when it was reached, and how far the two are apart.")
    drawing = timeline(shown, today=on, today_label=_("today, %(day)s") % {"day": day(on)})
    return Chart(title, svg(drawing, title=title, description=described))


def headline_of(steps: Iterable[Step]) -> str:
    """Return in a sentence how many milestones are reached and how many are past their plan."""
    found = list(steps)
    reached = sum(step.is_reached for step in found)
    late = sum(step.is_past_plan for step in found)
    text = ngettext("%(reached)s of %(n)s milestone reached", "%(reached)s of %(n)s milestones reached", len(found))
    words = text % {"reached": reached, "n": len(found)}
    if late:
        words += ", " + ngettext("%(n)s past its plan", "%(n)s past their plan", late) % {"n": late}
    return words


def event_of(step: Step) -> Event:
    """Return a milestone on a line of time: reached against its first plan, open as it is planned now."""
    milestone = step.milestone
    return Event(
        name=str(milestone),
        planned=_ends(milestone.first_plan if step.is_reached else milestone.planned),
        actual=_ends(milestone.actual) if step.is_reached else None,
    )


def _ends(period: Period | None) -> tuple[dt.date, dt.date] | None:
    """Return both ends of a period that has them."""
    return (period.first, period.last) if period is not None and period.first and period.last else None
