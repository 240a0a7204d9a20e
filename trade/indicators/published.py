"""What follows from published figures of one period: turnover, balance, growth, the base that a growth implies.

Formulas and rules of precision: `trade.indicators`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from parties.periods import Period
from parties.precision import Precision
from trade.indicators.answers import HUNDRED, ONE, PERCENT, Formula, Reason, combined

if TYPE_CHECKING:
    from trade.models import PublishedFigure


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


def comparable(first: PublishedFigure, second: PublishedFigure) -> bool:
    return (first.unit, first.commodity_id, first.reporter_id, first.partner_id) == (
        second.unit,
        second.commodity_id,
        second.reporter_id,
        second.partner_id,
    )


def nothing(formula: Formula, flow: str, period: Period | None, unit: str, reason: Reason, *inputs: Input) -> Derived:
    return Derived(formula, flow, period, unit, None, Precision.EXACT, inputs, reason)


def _of_both_flows(
    formula: Formula, flow: str, export: PublishedFigure | None, imports: PublishedFigure | None
) -> Derived:
    inputs = tuple(
        Input.of(figure, role) for figure, role in ((export, "export"), (imports, "import")) if figure is not None
    )
    if export is None or imports is None:
        known = export or imports
        return nothing(
            formula, flow, known.period if known else None, known.unit if known else "", Reason.NO_VALUE, *inputs
        )
    if not comparable(export, imports) or export.period != imports.period:
        return nothing(formula, flow, export.period, export.unit, Reason.NOT_COMPARABLE, *inputs)
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
        return nothing(Formula.GROWTH, value.flow, value.period, PERCENT, Reason.NO_BASE, used)
    inputs = (used, Input.of(base, "base"))
    if not comparable(value, base) or value.flow != base.flow or not same_length(value.period, base.period):
        return nothing(Formula.GROWTH, value.flow, value.period, PERCENT, Reason.NOT_COMPARABLE, *inputs)
    if base.value == 0:
        return nothing(Formula.GROWTH, value.flow, value.period, PERCENT, Reason.BASE_IS_ZERO, *inputs)
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
        return nothing(Formula.IMPLIED_BASE, rate.flow, rate.base_period, "", Reason.NO_VALUE, used)
    inputs = (Input.of(value, "value"), used)
    if rate.value <= -HUNDRED:
        return nothing(Formula.IMPLIED_BASE, rate.flow, rate.base_period, value.unit, Reason.BASE_IS_ZERO, *inputs)
    base = value.value / (ONE + rate.value / HUNDRED)
    return Derived(Formula.IMPLIED_BASE, rate.flow, rate.base_period, value.unit, base, Precision.ABOUT, inputs)


def same_length(one: Period, other: Period) -> bool:
    return one.shape == other.shape
