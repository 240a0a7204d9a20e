"""Months, and the periods of a frequency that they make up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import lru_cache

from django.utils.translation import gettext as _

from parties.periods import FIRST_YEAR, LAST_YEAR, Period, Shape, UnreadablePeriod

FREQUENCIES = {"M": 1, "Q": 3, "S": 6, "A": 12}
"""Months of a period."""
YEAR_TO_DATE = "YTD"
"""The frequency of periods from January to one and the same month: of as many months as that is."""
_WHOLE_MONTHS = {Shape.MONTH, Shape.QUARTER, Shape.HALF_YEAR, Shape.YEAR}


@lru_cache(maxsize=1024)
def months_between(first: dt.date, last: dt.date) -> tuple[dt.date, ...]:
    """Return the first days of all months from one to another, both included."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return tuple(shifted(first, step) for step in range(count))


def shifted(month: dt.date, months: int) -> dt.date:
    """Return the first day of the month so many months later (or earlier)."""
    whole = month.year * 12 + month.month - 1 + months
    return dt.date(whole // 12, whole % 12 + 1, 1)


def widened(first: dt.date, last: dt.date, frequency: str) -> tuple[dt.date, dt.date]:
    """Return first and last month of the whole periods that hold the given months."""
    if frequency == YEAR_TO_DATE:
        return first.replace(month=1), last
    count = FREQUENCIES[frequency]
    return shifted(first, -((first.month - 1) % count)), shifted(last, count - 1 - (last.month - 1) % count)


def _whole_months(text: str) -> Period:
    """Return the month, quarter, half-year or year that a text names; else raise `UnreadablePeriod`, in plain words."""
    try:
        period = Period.parse(text)
    except UnreadablePeriod:
        period = None
    if period is None or period.shape not in _WHOLE_MONTHS:
        message = _("Not a period: “%(text)s”. Write 2024, 2024-S1, 2024-Q1 or 2024-05, from %(first)s to %(last)s.")
        raise UnreadablePeriod(message % {"text": text[:80], "first": FIRST_YEAR, "last": LAST_YEAR})
    return period


def period_given(given: Mapping[str, str], name: str, wrong: Callable[[str, str], None]) -> Period | None:
    """Return the period that a parameter names, None where it is absent; tell `wrong` where it names none."""
    if name not in given:
        return None
    try:
        return _whole_months(given[name])
    except UnreadablePeriod as unreadable:
        wrong(name, str(unreadable))
        return None
