"""Whether published figures can all be true: of each other, and against their neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from parties.formatting import number
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


@dataclass(frozen=True)
class Doubt:
    """Why a figure may be wrong. It warns and never forbids: the source may be right all the same.

    code      turnover_growth_outside, turnover_is_not_the_sum, thousandfold
    message   words for the reader, with the numbers
    """

    code: str
    message: str


def doubtful_growth(turnover: Decimal, export: Decimal, imports: Decimal) -> Doubt | None:
    """Doubt a growth of turnover (per cent) that does not lie between those of export and import.

    As a weighted mean it must; each rate is taken to be rounded to its last digit.
    """
    low, high = sorted((export, imports))
    slack = _half_a_digit(turnover) + max(_half_a_digit(export), _half_a_digit(imports))
    if low - slack <= turnover <= high + slack:
        return None
    message = _("The growth of turnover, %(turnover)s %%, must lie between %(low)s %% and %(high)s %%.") % {
        "turnover": number(turnover),
        "low": number(low),
        "high": number(high),
    }
    return Doubt("turnover_growth_outside", message)


def doubtful_turnover(turnover: Decimal, export: Decimal, imports: Decimal) -> Doubt | None:
    """Doubt a turnover that is not export plus import, beyond what rounding to the last digits explains."""
    slack = _half_a_digit(turnover) + _half_a_digit(export) + _half_a_digit(imports)
    if abs(export + imports - turnover) <= slack:
        return None
    message = _("Export and import together make %(sum)s, not %(turnover)s.") % {
        "sum": number(export + imports),
        "turnover": number(turnover),
    }
    return Doubt("turnover_is_not_the_sum", message)


def doubtful_size(value: Decimal, neighbours: Sequence[Decimal]) -> Doubt | None:
    """Doubt a value about a thousand times its neighbours (their median), or a thousandth of them.

    Neighbours are values of the same trade in other periods of the same length, in the same unit.
    """
    known = [neighbour for neighbour in neighbours if neighbour > 0]
    if not known or value <= 0:
        return None
    factor = value / median(known)
    if _THOUSANDFOLD[0] <= factor <= _THOUSANDFOLD[1]:
        message = _("About a thousand times the other figures (%(other)s): is it in thousands?")
    elif _THOUSANDFOLD[0] <= 1 / factor <= _THOUSANDFOLD[1]:
        message = _("About a thousandth of the other figures (%(other)s): is it in another unit?")
    else:
        return None
    return Doubt("thousandfold", message % {"other": number(median(known), 2)})


_THOUSANDFOLD = (Decimal(200), Decimal(5000))
"""A trade may grow or fall fivefold within the confusion of units."""


def _half_a_digit(value: Decimal) -> Decimal:
    """Return half a unit of the last digit that is not a trailing zero behind the point."""
    exponent = value.normalize().as_tuple().exponent
    return Decimal(5).scaleb(min(int(exponent), 0) - 1)
