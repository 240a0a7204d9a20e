"""What follows from published figures: each formula, its precision, and the reason when there is no answer."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parties.periods import Period
from parties.precision import Precision
from trade import indicators
from trade.indicators import Reason, combined
from trade.models import PublishedFigure, Target

EXACT, ABOUT, BELOW, ABOVE = Precision.EXACT, Precision.ABOUT, Precision.BELOW, Precision.ABOVE


def figure(
    indicator: str, flow: str, period: str, value: str, precision: str = "=", unit: str = "USD_MN", **fields: object
) -> PublishedFigure:
    when = Period.parse(period)
    return PublishedFigure(
        indicator=indicator,
        flow=flow,
        period=when,
        base_period=when.a_year_before() if indicator == "growth" else None,
        value=Decimal(value),
        precision=precision,
        unit="PC" if indicator == "growth" else unit,
        **{"reporter_id": 1, "partner_id": 2, "commodity_id": 3, "source_codes": ["S2"], "fact_ids": ["T1"], **fields},
    )


def target(base: PublishedFigure, due: str | None = None, low: str = "2", high: str = "3") -> Target:
    return Target(
        flow="T",
        base=base,
        low_factor=Decimal(low),
        high_factor=Decimal(high),
        set_on=Period.parse("2024-01-17"),
        due=Period.parse(due) if due else None,
    )


TURNOVER_2022 = ("value", "T", "2022", "23", "<")
GROWTH_2022 = ("growth", "T", "2022", "47")


@pytest.mark.parametrize(
    ("raising", "lowering", "expected"),
    [
        ([EXACT, EXACT], [EXACT], EXACT),
        ([BELOW], [], BELOW),
        ([], [BELOW], ABOVE),
        ([], [ABOVE], BELOW),
        ([BELOW], [ABOVE], BELOW),
        ([BELOW], [BELOW], ABOUT),
        ([BELOW, ABOVE], [], ABOUT),
        ([ABOUT], [], ABOUT),
        ([ABOUT], [BELOW], ABOUT),
    ],
)
def test_precision_of_a_result_follows_the_sense_of_its_inputs(
    raising: list[Precision], lowering: list[Precision], expected: Precision
) -> None:
    assert combined(raising, lowering) is expected


def test_a_value_and_its_growth_imply_the_base_which_is_never_exact() -> None:
    base = indicators.implied_base(figure(*GROWTH_2022), figure(*TURNOVER_2022))
    assert base.value is not None
    assert round(base.value, 1) == Decimal("15.6")
    assert base.precision is ABOUT
    assert base.period == Period.year(2021)
    assert base.source_codes == ("S2",)
    assert base.fact_ids == ("T1",)


def test_a_growth_without_a_value_implies_no_base_and_says_why() -> None:
    base = indicators.implied_base(figure("growth", "T", "2023-S1", "30", "<"), None)
    assert (base.value, base.reason) == (None, Reason.NO_VALUE)


def test_a_growth_by_minus_hundred_per_cent_implies_no_base() -> None:
    base = indicators.implied_base(figure("growth", "T", "2022", "-100"), figure("value", "T", "2022", "0"))
    assert base.reason is Reason.BASE_IS_ZERO


def test_growth_is_given_in_per_cent_over_the_base_and_as_an_index() -> None:
    computed = indicators.growth(figure("value", "T", "2022", "23"), figure("value", "T", "2021", "20"))
    assert computed.value == Decimal(15)
    assert indicators.growth_index(figure(*GROWTH_2022)).value == Decimal(147)


@pytest.mark.parametrize(
    ("base", "reason"),
    [
        (None, Reason.NO_BASE),
        (figure("value", "T", "2021", "0"), Reason.BASE_IS_ZERO),
        (figure("value", "T", "2021", "20", unit="TNE"), Reason.NOT_COMPARABLE),
        (figure("value", "X", "2021", "20"), Reason.NOT_COMPARABLE),
        (figure("value", "T", "2021-S1", "20"), Reason.NOT_COMPARABLE),
        (figure("value", "T", "2021", "20", commodity_id=9), Reason.NOT_COMPARABLE),
    ],
)
def test_growth_has_a_reason_where_it_cannot_be_computed(base: PublishedFigure | None, reason: Reason) -> None:
    computed = indicators.growth(figure("value", "T", "2022", "23"), base)
    assert (computed.value, computed.reason) == (None, reason)


def test_turnover_is_the_sum_and_balance_the_difference_of_both_flows() -> None:
    export, imports = figure("value", "X", "2022", "9", ">"), figure("value", "M", "2022", "14", "<")
    assert indicators.turnover(export, imports).value == Decimal(23)
    assert indicators.turnover(export, imports).precision is ABOUT
    assert indicators.balance(export, imports).value == Decimal(-5)
    assert indicators.balance(export, imports).precision is ABOVE


def test_balance_needs_both_flows() -> None:
    assert indicators.balance(figure("value", "X", "2022", "9"), None).reason is Reason.NO_VALUE


def test_turnover_growing_faster_than_export_means_that_import_grew_faster_still() -> None:
    check = indicators.consistency([figure("growth", "T", "2025-S1", "60"), figure("growth", "X", "2025-S1", "30")])
    assert check is not None
    assert check.bound is not None
    assert (check.bound.flow, check.bound.value, check.bound.precision) == ("M", Decimal(60), ABOVE)
    assert check.is_consistent is None


def test_turnover_growing_slower_than_import_bounds_the_export_from_above() -> None:
    check = indicators.consistency([figure("growth", "T", "2025-S1", "20"), figure("growth", "M", "2025-S1", "30")])
    assert check is not None
    assert check.bound is not None
    assert (check.bound.flow, check.bound.value, check.bound.precision) == ("X", Decimal(20), BELOW)


@pytest.mark.parametrize(("total", "part"), [("<", "="), ("≈", "="), ("=", "≈"), ("=", ">")])
def test_no_bound_is_claimed_from_growth_rates_that_are_too_imprecise(total: str, part: str) -> None:
    check = indicators.consistency(
        [figure("growth", "T", "2025-S1", "60", total), figure("growth", "X", "2025-S1", "30", part)]
    )
    assert check is not None
    assert check.bound is not None
    assert (check.bound.value, check.bound.reason) == (None, Reason.NOT_CERTAIN)


@pytest.mark.parametrize(("imports", "expected"), [("80", True), ("60", True), ("50", False)])
def test_three_growth_rates_are_checked_against_each_other(imports: str, expected: bool) -> None:
    rates = [figure("growth", flow, "2025-S1", value) for flow, value in (("T", "60"), ("X", "30"), ("M", imports))]
    check = indicators.consistency(rates)
    assert check is not None
    assert check.is_consistent is expected


money = st.decimals(min_value="0.01", max_value="100000", places=2)


@given(money, money, money, money)
def test_the_bound_holds_for_every_possible_trade(x0: Decimal, m0: Decimal, x1: Decimal, m1: Decimal) -> None:
    def rate(before: Decimal, after: Decimal) -> Decimal:
        return (after / before - 1) * 100

    whole, export, imports = rate(x0 + m0, x1 + m1), rate(x0, x1), rate(m0, m1)
    check = indicators.consistency(
        [figure("growth", "T", "2025-S1", str(whole)), figure("growth", "X", "2025-S1", str(export))]
    )
    assert check is not None
    assert check.bound is not None
    rounding = Decimal("1e-15") * (1 + abs(whole) + abs(imports))
    if check.bound.precision is ABOVE:
        assert imports > whole - rounding
    elif check.bound.precision is BELOW:
        assert imports < whole + rounding


def test_a_target_is_a_range_with_the_precision_of_its_base() -> None:
    outlook = indicators.outlook(target(figure(*TURNOVER_2022)), [])
    assert (outlook.low.value, outlook.high.value) == (Decimal(46), Decimal(69))
    assert outlook.low.precision is BELOW


def test_without_a_later_value_all_of_the_growth_is_still_required_and_progress_is_unknown() -> None:
    base = figure(*TURNOVER_2022)
    outlook = indicators.outlook(target(base), [base])
    assert (outlook.required_low.value, outlook.required_high.value) == (Decimal(100), Decimal(200))
    assert outlook.required_low.precision is EXACT
    assert outlook.progress_low.reason is Reason.NO_LATER_VALUE


def test_progress_is_measured_on_the_newest_comparable_value() -> None:
    base = figure("value", "T", "2022", "20")
    values = [
        base,
        figure("value", "T", "2024", "30"),
        figure("value", "T", "2023", "25"),
        figure("value", "T", "2025-S1", "40"),
        figure("value", "X", "2025", "40"),
    ]
    outlook = indicators.outlook(target(base), values)
    assert outlook.latest.period == Period.year(2024)
    assert outlook.progress_low.value == Decimal(50)
    assert outlook.progress_high.value == Decimal(25)
    assert outlook.required_high.value == Decimal(100)


@pytest.mark.parametrize(("due", "low", "high"), [("2027", "14.9", "24.6"), ("2025", "26.0", "44.2")])
def test_required_yearly_rate_is_known_where_the_horizon_is(due: str, low: str, high: str) -> None:
    outlook = indicators.outlook(target(figure("value", "T", "2022", "23"), due), [])
    assert outlook.yearly_low.value is not None
    assert outlook.yearly_high.value is not None
    assert round(outlook.yearly_low.value, 1) == Decimal(low)
    assert round(outlook.yearly_high.value, 1) == Decimal(high)


@pytest.mark.parametrize(("due", "reason"), [(None, Reason.NO_DUE_DATE), ("2022", Reason.DUE_BEFORE_BASE)])
def test_required_yearly_rate_has_a_reason_where_it_is_unknown(due: str | None, reason: Reason) -> None:
    outlook = indicators.outlook(target(figure("value", "T", "2022", "23"), due), [])
    assert (outlook.yearly_low.value, outlook.yearly_low.reason) == (None, reason)


@given(money, money, st.decimals(min_value="1.01", max_value="10", places=2))
def test_progress_is_complete_exactly_where_no_growth_is_required(base: Decimal, now: Decimal, factor: Decimal) -> None:
    start, later = figure("value", "T", "2022", str(base)), figure("value", "T", "2024", str(now))
    outlook = indicators.outlook(target(start, None, str(factor), "20"), [later])
    assert outlook.progress_low.value is not None
    assert outlook.required_low.value is not None
    assert (outlook.progress_low.value >= 100) == (outlook.required_low.value <= 0)
