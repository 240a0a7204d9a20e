"""Whether published figures can all be true: of each other, and against their neighbours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from parties.periods import Period
from parties.precision import Precision
from trade.indicators.answers import PERCENT, Formula, Reason
from trade.indicators.published import Derived, Input, nothing

if TYPE_CHECKING:
    from trade.models import PublishedFigure


@dataclass(frozen=True)
class Consistency:
    """Whether the published growth rates of one period can all be true, and what they imply for a missing one.

    `is_consistent` is None unless turnover, export and import growth are all known well enough.
    """

    period: Period
    base_period: Period
    inputs: tuple[Input, ...]
    is_consistent: bool | None
    bound: Derived | None


def consistency(rates: Iterable[PublishedFigure]) -> Consistency | None:
    """Check the growth rates of turnover, export and import of one period and base; None without the turnover."""
    by_flow = {rate.flow: rate for rate in rates}
    if "T" not in by_flow or len(by_flow) < 2:
        return None
    whole = by_flow["T"]
    inputs = tuple(Input.of(by_flow[flow], role) for flow, role in _ROLES.items() if flow in by_flow)
    if len(by_flow) == 3:
        return Consistency(whole.period, whole.base_period, inputs, _lies_between(by_flow), None)
    part = by_flow.get("X") or by_flow["M"]
    return Consistency(whole.period, whole.base_period, inputs, None, _bound(whole, part, inputs))


_ROLES = {"T": "turnover growth", "X": "export growth", "M": "import growth"}


def _certain_range(rate: PublishedFigure) -> tuple[Decimal | None, Decimal | None] | None:
    """Return what is certain of a rate as (at least, at most); None where it is only "about"."""
    match Precision(rate.precision):
        case Precision.EXACT:
            return rate.value, rate.value
        case Precision.ABOVE:
            return rate.value, None
        case Precision.BELOW:
            return None, rate.value
        case _:
            return None


def _lies_between(by_flow: dict[str, PublishedFigure]) -> bool | None:
    if any(Precision(rate.precision) is not Precision.EXACT for rate in by_flow.values()):
        return None
    low, high = sorted((by_flow["X"].value, by_flow["M"].value))
    return low <= by_flow["T"].value <= high


def _bound(whole: PublishedFigure, part: PublishedFigure, inputs: tuple[Input, ...]) -> Derived:
    """Return the bound of the missing flow's growth: beyond the turnover's, away from the known flow's."""
    missing = "M" if part.flow == "X" else "X"
    total, known = _certain_range(whole), _certain_range(part)
    if total and known:
        if total[0] is not None and known[1] is not None and total[0] > known[1]:
            return Derived(Formula.GROWTH_BOUND, missing, whole.period, PERCENT, total[0], Precision.ABOVE, inputs)
        if total[1] is not None and known[0] is not None and total[1] < known[0]:
            return Derived(Formula.GROWTH_BOUND, missing, whole.period, PERCENT, total[1], Precision.BELOW, inputs)
        if total == known and None not in total:
            return Derived(Formula.GROWTH_BOUND, missing, whole.period, PERCENT, total[0], Precision.EXACT, inputs)
    return nothing(Formula.GROWTH_BOUND, missing, whole.period, PERCENT, Reason.NOT_CERTAIN, *inputs)
