"""Addresses of the explorer: the page of a selection, and the lines behind a figure of it."""

from __future__ import annotations

from django.urls import reverse

from parties.periods import Period
from trade.cube import frequency_of
from trade.selection import Selection


def address(selection: Selection) -> str:
    """Return the address of the explorer for a selection."""
    return f"{reverse('trade:explorer')}?{selection.query()}"


def lines_address(selection: Selection, period: Period, **changes: object) -> str:
    """Return the address of the lines behind one figure of a selection."""
    return f"{reverse('trade:lines')}?{in_period(selection.but(by=(), **changes), period).query()}"


def in_period(selection: Selection, period: Period) -> Selection:
    """Return the same question about the months of a period."""
    months = {"first": period.starts, "last": period.ends.replace(day=1)}
    return selection.but(frequency=frequency_of(period), **months)
