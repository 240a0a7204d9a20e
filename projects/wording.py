"""What is known of projects in words: lateness, dates and sums of money."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from parties.formatting import NBSP, day, number, with_precision
from projects.models import Currency, Delivery, Milestone, Slip


def slip_in_words(slip: Slip | None) -> str:
    """Return by how much a milestone is late; nothing when it is not."""
    if slip is None:
        return ""
    if slip.most is None:
        text = ngettext(
            "%(n)s day past the plan, not reported as reached", "%(n)s days past the plan, not reported as reached",
            slip.least,
        )  # fmt: skip
        return text % {"n": number(slip.least)}
    if slip.least == slip.most:
        return ngettext("%(n)s day late", "%(n)s days late", slip.least) % {"n": number(slip.least)}
    text = _("%(least)s to %(most)s days late: the dates are known only roughly")
    return text % {"least": number(slip.least), "most": number(slip.most)}


def lateness(milestone: Milestone, on: dt.date) -> str:
    """Return how late a milestone is or will be, as known on the day."""
    if milestone.is_reached(on):
        return slip_in_words(milestone.slip(on))
    return "; ".join(filter(None, (_past_plan(milestone, on), _moved(milestone))))


def _past_plan(milestone: Milestone, on: dt.date) -> str:
    return slip_in_words(Slip((on - milestone.planned.ends).days, None)) if milestone.is_past_plan(on) else ""


def _moved(milestone: Milestone) -> str:
    """Return by how much the milestone moved from its first plan."""
    days = milestone.expected_slip
    if not days:
        return ""
    if milestone.expected is None:  # the plan itself moved
        later = ngettext("planned %(n)s day later than at first", "planned %(n)s days later than at first", days)
        earlier = ngettext("planned %(n)s day earlier than at first", "planned %(n)s days earlier than at first", -days)
    elif milestone.first_planned:
        later = ngettext(
            "expected %(n)s day later than first planned", "expected %(n)s days later than first planned", days
        )
        earlier = ngettext(
            "expected %(n)s day earlier than first planned", "expected %(n)s days earlier than first planned", -days
        )
    else:
        later = ngettext("expected %(n)s day later than planned", "expected %(n)s days later than planned", days)
        earlier = ngettext("expected %(n)s day earlier than planned", "expected %(n)s days earlier than planned", -days)
    return (later if days > 0 else earlier) % {"n": number(abs(days))}


def last_day_in_words(milestone: Milestone) -> str:
    """Return until when a milestone is due, as expected now."""
    due = milestone.expected or milestone.planned
    return _("by %(day)s") % {"day": day(due.last)} if due and due.last else ""


def money(value: Decimal | None, currency: str) -> str:
    """Return a sum with its currency."""
    return "" if value is None else f"{amount(value)}{NBSP}{Currency(currency).label}"


def amount(value: Decimal) -> str:
    """Return a sum without its currency; kopecks only where there are any."""
    return number(value, 0 if value == value.to_integral() else 2)


def quantity(delivery: Delivery) -> str:
    """Return how much was delivered, with the mark of its precision; nothing where it is not known."""
    if delivery.quantity is None:
        return ""
    return f"{with_precision(number(delivery.quantity), delivery.precision)}{NBSP}{delivery.unit}".strip()
