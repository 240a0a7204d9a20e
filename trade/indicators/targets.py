"""A target in numbers, measured on published figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from parties.precision import Precision
from trade.indicators.answers import HUNDRED, ONE, PERCENT, Formula, Reason, combined
from trade.indicators.published import Derived, Input, comparable, nothing, same_length

if TYPE_CHECKING:
    from trade.models import PublishedFigure, Target


@dataclass(frozen=True)
class TargetOutlook:
    """A target in numbers: its range, what is still required, and the progress so far.

    `latest` is the newest comparable value; it is the base itself where nothing later is published.
    """

    target_id: int
    target_code: str | None
    latest: Input
    low: Derived
    high: Derived
    required_low: Derived
    required_high: Derived
    yearly_low: Derived
    yearly_high: Derived
    progress_low: Derived
    progress_high: Derived


def outlook(target: Target, values: Iterable[PublishedFigure]) -> TargetOutlook:
    """Return the numbers of a target, measured on the newest value that compares with its base."""
    base: PublishedFigure = target.base
    later = [
        value
        for value in values
        if value.flow == base.flow
        and value.indicator == base.indicator
        and comparable(value, base)
        and same_length(value.period, base.period)
        and value.period.ends > base.period.ends
    ]
    latest = max(later, key=lambda value: (value.period, value.pk or 0), default=None)
    low, high = target.low_factor, target.high_factor
    return TargetOutlook(
        target_id=target.pk,
        target_code=target.code,
        latest=Input.of(latest or base, "latest"),
        low=_aim(Formula.TARGET_LOW, target, low),
        high=_aim(Formula.TARGET_HIGH, target, high),
        required_low=_required(Formula.REQUIRED_GROWTH_LOW, base, latest or base, low),
        required_high=_required(Formula.REQUIRED_GROWTH_HIGH, base, latest or base, high),
        yearly_low=_yearly(Formula.YEARLY_RATE_LOW, target, low),
        yearly_high=_yearly(Formula.YEARLY_RATE_HIGH, target, high),
        progress_low=_progress(Formula.PROGRESS_LOW, base, latest, low),
        progress_high=_progress(Formula.PROGRESS_HIGH, base, latest, high),
    )


def _aim(formula: Formula, target: Target, factor: Decimal) -> Derived:
    base = Input.of(target.base, "base")
    return Derived(formula, target.flow, target.due, base.unit, base.value * factor, base.precision, (base,))


def _required(formula: Formula, base: PublishedFigure, latest: PublishedFigure, factor: Decimal) -> Derived:
    start, now = Input.of(base, "base"), Input.of(latest, "latest")
    if latest is base:  # the base cancels out, and its precision with it
        return Derived(formula, base.flow, base.period, PERCENT, (factor - ONE) * HUNDRED, Precision.EXACT, (start,))
    if now.value == 0:
        return nothing(formula, base.flow, now.period, PERCENT, Reason.BASE_IS_ZERO, start, now)
    rate = (factor * start.value / now.value - ONE) * HUNDRED
    precision = combined([start.precision], [now.precision])
    return Derived(formula, base.flow, now.period, PERCENT, rate, precision, (start, now))


def _yearly(formula: Formula, target: Target, factor: Decimal) -> Derived:
    base = Input.of(target.base, "base")
    if target.due is None or target.due.last is None:
        return nothing(formula, target.flow, None, PERCENT, Reason.NO_DUE_DATE, base)
    years = target.due.last.year - base.period.ends.year
    if years <= 0:
        return nothing(formula, target.flow, target.due, PERCENT, Reason.DUE_BEFORE_BASE, base)
    rate = (factor ** (ONE / Decimal(years)) - ONE) * HUNDRED
    return Derived(formula, target.flow, target.due, PERCENT, rate, Precision.EXACT, (base,))


def _progress(formula: Formula, base: PublishedFigure, latest: PublishedFigure | None, factor: Decimal) -> Derived:
    start = Input.of(base, "base")
    if latest is None:
        return nothing(formula, base.flow, None, PERCENT, Reason.NO_LATER_VALUE, start)
    now = Input.of(latest, "latest")
    if factor == ONE:
        return nothing(formula, base.flow, now.period, PERCENT, Reason.FACTOR_IS_ONE, start, now)
    if start.value == 0:
        return nothing(formula, base.flow, now.period, PERCENT, Reason.BASE_IS_ZERO, start, now)
    # A factor below one turns the sense of the result round: there, a smaller value is progress.
    raising, lowering = ([now.precision], [start.precision]) if factor > ONE else ([start.precision], [now.precision])
    share = (now.value - start.value) / ((factor - ONE) * start.value) * HUNDRED
    return Derived(formula, base.flow, now.period, PERCENT, share, combined(raising, lowering), (start, now))
