"""What follows from published figures: formulas with their precision, inputs and reasons.

Nothing here reads the database and nothing is rounded; rounding is a matter of display.

Formulas (V value, X export, M import, T turnover, f factor; growth g in per cent, +47 and not 147):

    turnover                T = X + M
    balance                 B = X − M
    growth                  g = (V_t / V_base − 1) · 100             index form: g + 100
    implied base            V_base = V_t / (1 + g / 100)
    bound of a growth       g_T lies between g_X and g_M, as T is their weighted mean
    target                  V_0 · f_low … V_0 · f_high
    growth still required   (f · V_0 / V_t − 1) · 100
    required yearly rate    (f^(1/n) − 1) · 100, n years from the base to the horizon
    progress                (V_t − V_0) / ((f − 1) · V_0) · 100

Sources: United Nations, International Merchandise Trade Statistics: Concepts and Definitions 2010
(ST/ESA/STAT/SER.M/52/Rev.3) for the flows; World Bank WITS, Trade Indicators, for growth and
multi-year rates. The bound follows from arithmetic.

Precision of a result, in words:

1. Exact inputs give an exact result.
2. "Less than" and "more than" keep their sense where a larger input makes a larger result, and turn
   round where it makes a smaller one. Where all inexact inputs point the same way, so does the result.
3. Where they point different ways, or one is "about", the result is "about".
4. A published rate was rounded by its publisher. A value divided by such a rate is at best "about".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from parties.periods import Period
from parties.precision import Precision

if TYPE_CHECKING:
    from trade.models import PublishedFigure, Target

ONE, HUNDRED = Decimal(1), Decimal(100)
PERCENT = "PC"


class Formula(StrEnum):
    """What was computed. Public codes, used in the API and in reports."""

    TURNOVER = "turnover"
    BALANCE = "balance"
    GROWTH = "growth"
    INDEX = "growth_index"
    IMPLIED_BASE = "implied_base"
    GROWTH_BOUND = "growth_bound"
    TARGET_LOW = "target_low"
    TARGET_HIGH = "target_high"
    REQUIRED_GROWTH_LOW = "required_growth_low"
    REQUIRED_GROWTH_HIGH = "required_growth_high"
    YEARLY_RATE_LOW = "required_yearly_rate_low"
    YEARLY_RATE_HIGH = "required_yearly_rate_high"
    PROGRESS_LOW = "progress_to_low"
    PROGRESS_HIGH = "progress_to_high"


class Reason(StrEnum):
    """Why there is no value. Codes; the pages put them into words."""

    NO_VALUE = "no_value_published"
    NO_BASE = "no_base_published"
    NO_GROWTH = "no_growth_published"
    BASE_IS_ZERO = "base_is_zero"
    NOT_COMPARABLE = "figures_not_comparable"
    NO_DUE_DATE = "no_due_date"
    DUE_BEFORE_BASE = "due_before_base"
    NO_LATER_VALUE = "no_value_after_the_base"
    FACTOR_IS_ONE = "factor_is_one"
    NOT_CERTAIN = "inputs_too_imprecise"


@dataclass(frozen=True)
class Input:
    """A published figure as a formula takes it, with its part in the formula (`value`, `base`, `growth` …)."""

    role: str
    figure_id: int | None
    figure_code: str | None
    value: Decimal
    precision: Precision
    unit: str
    period: Period
    source_codes: tuple[str, ...]
    fact_ids: tuple[str, ...]

    @classmethod
    def of(cls, figure: PublishedFigure, role: str) -> Input:
        return cls(
            role,
            figure.pk,
            figure.code,
            figure.value,
            Precision(figure.precision),
            figure.unit,
            figure.period,
            tuple(figure.source_codes),
            tuple(figure.fact_ids),
        )


@dataclass(frozen=True)
class Derived:
    """A computed number, or the reason why there is none.

    `unit` is that of the published values, or `PC` for per cent. `flow` and `period` say what
    the number is about. A bound carries `>` or `<` as its precision.
    """

    formula: Formula
    flow: str
    period: Period | None
    unit: str
    value: Decimal | None
    precision: Precision
    inputs: tuple[Input, ...]
    reason: Reason | None = None

    @property
    def source_codes(self) -> tuple[str, ...]:
        return tuple(sorted({code for used in self.inputs for code in used.source_codes}))

    @property
    def fact_ids(self) -> tuple[str, ...]:
        return tuple(sorted({fact for used in self.inputs for fact in used.fact_ids}))


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


_OPPOSITE = {Precision.BELOW: Precision.ABOVE, Precision.ABOVE: Precision.BELOW}


def combined(raising: Iterable[Precision] = (), lowering: Iterable[Precision] = ()) -> Precision:
    """Return the precision of a result from inputs that raise it and inputs that lower it (rules 1 to 3)."""
    senses = {*raising, *(_OPPOSITE.get(precision, precision) for precision in lowering)} - {Precision.EXACT}
    if not senses:
        return Precision.EXACT
    return senses.pop() if len(senses) == 1 else Precision.ABOUT


def _comparable(first: PublishedFigure, second: PublishedFigure) -> bool:
    return (first.unit, first.commodity_id, first.reporter_id, first.partner_id) == (
        second.unit,
        second.commodity_id,
        second.reporter_id,
        second.partner_id,
    )


def _nothing(formula: Formula, flow: str, period: Period | None, unit: str, reason: Reason, *inputs: Input) -> Derived:
    return Derived(formula, flow, period, unit, None, Precision.EXACT, inputs, reason)


def _of_both_flows(
    formula: Formula, flow: str, export: PublishedFigure | None, imports: PublishedFigure | None
) -> Derived:
    inputs = tuple(
        Input.of(figure, role) for figure, role in ((export, "export"), (imports, "import")) if figure is not None
    )
    if export is None or imports is None:
        known = export or imports
        return _nothing(
            formula, flow, known.period if known else None, known.unit if known else "", Reason.NO_VALUE, *inputs
        )
    if not _comparable(export, imports) or export.period != imports.period:
        return _nothing(formula, flow, export.period, export.unit, Reason.NOT_COMPARABLE, *inputs)
    ours, theirs = (used.precision for used in inputs)
    if formula is Formula.TURNOVER:
        value, precision = export.value + imports.value, combined([ours, theirs])
    else:
        value, precision = export.value - imports.value, combined([ours], [theirs])
    return Derived(formula, flow, export.period, export.unit, value, precision, inputs)


def turnover(export: PublishedFigure | None, imports: PublishedFigure | None) -> Derived:
    """Return export plus import of one period, in the unit of the figures."""
    return _of_both_flows(Formula.TURNOVER, "T", export, imports)


def balance(export: PublishedFigure | None, imports: PublishedFigure | None) -> Derived:
    """Return export minus import of one period, in the unit of the figures."""
    return _of_both_flows(Formula.BALANCE, "B", export, imports)


def growth(value: PublishedFigure, base: PublishedFigure | None) -> Derived:
    """Return the growth in per cent (+47) from a base value to a later value of the same kind."""
    used = Input.of(value, "value")
    if base is None:
        return _nothing(Formula.GROWTH, value.flow, value.period, PERCENT, Reason.NO_BASE, used)
    inputs = (used, Input.of(base, "base"))
    if not _comparable(value, base) or value.flow != base.flow or not _same_length(value.period, base.period):
        return _nothing(Formula.GROWTH, value.flow, value.period, PERCENT, Reason.NOT_COMPARABLE, *inputs)
    if base.value == 0:
        return _nothing(Formula.GROWTH, value.flow, value.period, PERCENT, Reason.BASE_IS_ZERO, *inputs)
    precision = combined([inputs[0].precision], [inputs[1].precision])
    rate = (value.value / base.value - ONE) * HUNDRED
    return Derived(Formula.GROWTH, value.flow, value.period, PERCENT, rate, precision, inputs)


def growth_index(rate: PublishedFigure) -> Derived:
    """Return a published growth in index form: +47 % as 147 % of the base."""
    used = Input.of(rate, "growth")
    return Derived(Formula.INDEX, rate.flow, rate.period, PERCENT, rate.value + HUNDRED, used.precision, (used,))


def implied_base(rate: PublishedFigure, value: PublishedFigure | None) -> Derived:
    """Return the value of the base period that a value and its published growth imply (rule 4: never exact)."""
    used = Input.of(rate, "growth")
    if value is None:
        return _nothing(Formula.IMPLIED_BASE, rate.flow, rate.base_period, "", Reason.NO_VALUE, used)
    inputs = (Input.of(value, "value"), used)
    if rate.value <= -HUNDRED:
        return _nothing(Formula.IMPLIED_BASE, rate.flow, rate.base_period, value.unit, Reason.BASE_IS_ZERO, *inputs)
    base = value.value / (ONE + rate.value / HUNDRED)
    return Derived(Formula.IMPLIED_BASE, rate.flow, rate.base_period, value.unit, base, Precision.ABOUT, inputs)


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
    return _nothing(Formula.GROWTH_BOUND, missing, whole.period, PERCENT, Reason.NOT_CERTAIN, *inputs)


def outlook(target: Target, values: Iterable[PublishedFigure]) -> TargetOutlook:
    """Return the numbers of a target, measured on the newest value that compares with its base."""
    base: PublishedFigure = target.base
    later = [
        value
        for value in values
        if value.flow == base.flow
        and value.indicator == base.indicator
        and _comparable(value, base)
        and _same_length(value.period, base.period)
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


def _same_length(one: Period, other: Period) -> bool:
    return one.shape == other.shape


def _aim(formula: Formula, target: Target, factor: Decimal) -> Derived:
    base = Input.of(target.base, "base")
    return Derived(formula, target.flow, target.due, base.unit, base.value * factor, base.precision, (base,))


def _required(formula: Formula, base: PublishedFigure, latest: PublishedFigure, factor: Decimal) -> Derived:
    start, now = Input.of(base, "base"), Input.of(latest, "latest")
    if latest is base:  # the base cancels out, and its precision with it
        return Derived(formula, base.flow, base.period, PERCENT, (factor - ONE) * HUNDRED, Precision.EXACT, (start,))
    if now.value == 0:
        return _nothing(formula, base.flow, now.period, PERCENT, Reason.BASE_IS_ZERO, start, now)
    rate = (factor * start.value / now.value - ONE) * HUNDRED
    precision = combined([start.precision], [now.precision])
    return Derived(formula, base.flow, now.period, PERCENT, rate, precision, (start, now))


def _yearly(formula: Formula, target: Target, factor: Decimal) -> Derived:
    base = Input.of(target.base, "base")
    if target.due is None or target.due.last is None:
        return _nothing(formula, target.flow, None, PERCENT, Reason.NO_DUE_DATE, base)
    years = target.due.last.year - base.period.ends.year
    if years <= 0:
        return _nothing(formula, target.flow, target.due, PERCENT, Reason.DUE_BEFORE_BASE, base)
    rate = (factor ** (ONE / Decimal(years)) - ONE) * HUNDRED
    return Derived(formula, target.flow, target.due, PERCENT, rate, Precision.EXACT, (base,))


def _progress(formula: Formula, base: PublishedFigure, latest: PublishedFigure | None, factor: Decimal) -> Derived:
    start = Input.of(base, "base")
    if latest is None:
        return _nothing(formula, base.flow, None, PERCENT, Reason.NO_LATER_VALUE, start)
    now = Input.of(latest, "latest")
    if factor == ONE:
        return _nothing(formula, base.flow, now.period, PERCENT, Reason.FACTOR_IS_ONE, start, now)
    if start.value == 0:
        return _nothing(formula, base.flow, now.period, PERCENT, Reason.BASE_IS_ZERO, start, now)
    # A factor below one turns the sense of the result round: there, a smaller value is progress.
    raising, lowering = ([now.precision], [start.precision]) if factor > ONE else ([start.precision], [now.precision])
    share = (now.value - start.value) / ((factor - ONE) * start.value) * HUNDRED
    return Derived(formula, base.flow, now.period, PERCENT, share, combined(raising, lowering), (start, now))
