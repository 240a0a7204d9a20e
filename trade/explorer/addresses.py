"""Addresses of the explorer: the page of a selection, and the lines behind a figure of it."""

from __future__ import annotations

from django.urls import reverse

from parties.periods import Period
from trade.cube import frequency_of
from trade.indicators import Amount
from trade.models import TOTAL, WORLD
from trade.selection import Selection


def address(selection: Selection) -> str:
    """Return the address of the explorer for a selection."""
    return f"{reverse('trade:explorer')}?{selection.query()}"


def lines_address(selection: Selection, period: Period, **changes: object) -> str:
    """Return the address of the lines behind one figure of a selection."""
    return f"{reverse('trade:lines')}?{in_period(selection.but(by=(), **changes), period).query()}"


def lines_behind(one: Amount, selection: Selection) -> str:
    """Return the address of the lines behind an amount of the selection's dataset; empty where no lines make it.

    The trade, the period and the measure are those that the amount is about, whatever is selected.
    """
    if one.value is None or one.period is None or one.dataset != selection.dataset.code:
        return ""
    reporter, partners, flow, goods = one.about
    measure = {"USD": "value", "KG": "net_kg"}.get(one.unit, "quantity")
    return lines_address(
        selection,
        one.period,
        reporter=reporter,
        partners=tuple(partners.split(",")) if partners != WORLD else (),
        flow=flow,
        goods=tuple(goods.split(",")) if goods != TOTAL else (),
        measure=measure,
        unit=selection.unit if measure == selection.measure else one.unit,
    )


def in_period(selection: Selection, period: Period) -> Selection:
    """Return the same question about the months of a period."""
    months = {"first": period.starts, "last": period.ends.replace(day=1)}
    return selection.but(frequency=frequency_of(period), **months)
