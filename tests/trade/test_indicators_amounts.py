"""Formulas on amounts of the trade data: each answer, its operands, and the reason when there is none."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parties.periods import Period
from parties.precision import Precision
from trade.indicators import Amount, Formula, Reason, amounts
from trade.indicators.amounts import Place

NOW = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
sums = st.decimals(0, 10**12, places=2)
NEAR = Decimal("1e-15")


def amount(value: str | Decimal | None, period: str = "2024", **fields: object) -> Amount:
    plain = {
        "unit": "USD",
        "period": Period.parse(period),
        "about": ("RU-TOM", "BY", "X", "TOTAL"),
        "dataset": "FCS",
        "releases": (1,),
    }
    return Amount(None if value is None else Decimal(value), **{**plain, **fields})  # type: ignore[arg-type]


def test_both_flows_give_turnover_balance_coverage_and_relative_balance() -> None:
    export, imports = amount("30"), amount("20", releases=(2,))
    answers = [
        formula(export, imports)
        for formula in (amounts.turnover, amounts.balance, amounts.coverage, amounts.relative_balance)
    ]
    assert [answer.value for answer in answers] == [Decimal(50), Decimal(10), Decimal(150), Decimal("0.2")]
    assert [answer.unit for answer in answers] == ["USD", "USD", "PC", ""]
    assert all((answer.numerator, answer.denominator) == (export, imports) for answer in answers)
    assert {answer.releases for answer in answers} == {(1, 2)}


def test_coverage_without_import_and_relative_balance_without_trade_have_no_value() -> None:
    assert amounts.coverage(amount("5"), amount("0")).reason is Reason.BASE_IS_ZERO
    assert amounts.relative_balance(amount("0"), amount("0")).reason is Reason.BASE_IS_ZERO


def test_a_growth_by_22_per_cent_is_an_index_of_122() -> None:
    answer = amounts.growth(amount("122"), amount("100", "2023"))
    assert (answer.value, answer.unit, answer.reason) == (Decimal(22), "PC", None)
    assert amounts.index(answer).value == Decimal(122)
    assert amounts.index(answer).formula is Formula.INDEX


@pytest.mark.parametrize(
    ("base", "reason"),
    [
        (amount("0", "2023"), Reason.BASE_IS_ZERO),
        (amount(None, "2023", reason=Reason.MONTHS_MISSING), Reason.MONTHS_MISSING),
        (amount("1", "2023", dataset="COMTRADE"), Reason.OTHER_DATASET),
        (amount("1", "2023", as_of=NOW), Reason.OTHER_VINTAGE),
        (amount("1", "2023", unit="KG"), Reason.OTHER_UNIT),
        (amount("1", "2023-S1"), Reason.OTHER_MONTHS),
        (amount("1", "2023", about=("RU-TOM", "CN", "X", "TOTAL")), Reason.OTHER_FLOW),
    ],
)
def test_growth_is_refused_with_its_reason_where_two_amounts_do_not_compare(base: Amount, reason: Reason) -> None:
    answer = amounts.growth(amount("5"), base)
    assert (answer.value, answer.reason) == (None, reason)
    assert (answer.numerator, answer.denominator) == (amount("5"), base)


def test_january_to_july_compares_with_january_to_july_only() -> None:
    july = amount("7", "2025-01/2025-07")
    assert amounts.growth(july, amount("5", "2024-01/2024-07")).value == Decimal(40)
    assert amounts.growth(july, amount("5", "2024-01/2024-08")).reason is Reason.OTHER_MONTHS


def test_an_imprecise_base_turns_the_sense_of_the_growth_round() -> None:
    base = amount("20", "2023", precision=Precision.BELOW)
    assert amounts.growth(amount("30"), base).precision is Precision.ABOVE


@given(st.lists(st.tuples(sums, sums), min_size=1, max_size=8))
def test_contributions_add_up_to_the_growth(pairs: list[tuple[Decimal, Decimal]]) -> None:
    whole = amount(sum(now for now, __ in pairs)), amount(sum(then for __, then in pairs), "2023")
    parts = {str(number): (amount(now), amount(then, "2023")) for number, (now, then) in enumerate(pairs)}
    answers = amounts.contributions(parts, whole).values()
    growth = amounts.growth(*whole)
    if growth.value is None:
        assert {answer.reason for answer in answers} == {growth.reason}
    else:
        total = sum(answer.value for answer in answers if answer.value is not None)
        assert abs(total - growth.value) <= NEAR * max(1, abs(growth.value))


@given(part=sums, others=sums, hidden=sums, found=st.decimals(0, 1, places=3))
def test_bounds_of_a_share_hold_whatever_is_hidden(
    part: Decimal, others: Decimal, hidden: Decimal, found: Decimal
) -> None:
    whole = part + others + hidden
    answer = amounts.share(amount(part), amount(whole), hidden)
    if whole == 0:
        assert answer.reason is Reason.BASE_IS_ZERO
        return
    truth = (part + hidden * found) / whole * 100
    assert answer.low is not None
    assert answer.high is not None
    assert answer.low - NEAR <= truth <= answer.high + NEAR
    assert answer.value == answer.low
    assert 0 <= answer.low <= answer.high <= 100


@given(st.dictionaries(st.text("ABC", min_size=1, max_size=3), st.integers(0, 5).map(Decimal), max_size=12))
def test_places_are_one_more_than_the_number_of_larger_ones(values: dict[str, Decimal]) -> None:
    traded = {code: value for code, value in values.items() if value > 0}
    naive = {
        code: Place(
            1 + sum(other > value for other in traded.values()),
            len(traded),
            sum(other == value for other in traded.values()) > 1,
        )
        for code, value in traded.items()
    }
    assert amounts.places(values) == naive


def test_ties_share_a_place_and_the_next_place_is_left_out() -> None:
    ranked = amounts.places({"A": Decimal(9), "B": Decimal(5), "C": Decimal(5), "D": Decimal(1), "E": Decimal(0)})
    assert {code: place.rank for code, place in ranked.items()} == {"A": 1, "B": 2, "C": 2, "D": 4}
    assert ranked["B"] == Place(2, 4, True)


def test_concentration_is_one_for_a_single_class_and_normalised_nothing_for_equal_ones() -> None:
    alone = amounts.concentration([Decimal(7)], amount("7"))
    assert alone.value == Decimal(1)
    assert amounts.normalised_concentration(alone, 1).reason is Reason.ONE_CLASS
    equal = amounts.concentration([Decimal(25)] * 4, amount("100"))
    assert equal.value == Decimal("0.25")
    assert amounts.normalised_concentration(equal, 4).value == 0


@given(known=st.lists(sums, min_size=1, max_size=6), pieces=st.lists(sums, max_size=4))
def test_bounds_of_the_concentration_hold_whatever_is_hidden(known: list[Decimal], pieces: list[Decimal]) -> None:
    hidden = sum(pieces, Decimal(0))
    whole = sum(known, hidden)
    answer = amounts.concentration(known, amount(whole), hidden)
    if whole == 0:
        assert answer.reason is Reason.BASE_IS_ZERO
        return
    truth = sum((value / whole) ** 2 for value in (*known, *pieces))
    assert answer.low is not None
    assert answer.high is not None
    assert answer.low - NEAR <= truth <= answer.high + NEAR


def test_an_advantage_compares_our_share_with_that_of_the_reference() -> None:
    country = {"dataset": "COMTRADE"}
    answer = amounts.advantage(amount("50"), amount("100"), amount("10", **country), amount("100", **country))
    assert (answer.value, amounts.symmetric_advantage(answer).value) == (Decimal(5), Decimal(4) / Decimal(6))
    assert answer.denominator is not None
    assert (answer.denominator.dataset, answer.denominator.value) == ("COMTRADE", Decimal(10))
    nothing = amounts.advantage(amount("50"), amount("100"), amount("0"), amount("100"))
    assert nothing.reason is Reason.BASE_IS_ZERO
    assert amounts.symmetric_advantage(nothing).value is None


def test_a_unit_value_is_money_per_kilogram_of_the_same_goods() -> None:
    malt, computers = ("RU-TOM", "BY", "X", "1107"), ("RU-TOM", "BY", "X", "8471")
    money = amount("10", about=malt)
    answer = amounts.unit_value(money, amount("4", unit="KG", about=malt))
    assert (answer.value, answer.unit) == (Decimal("2.5"), "USD/KG")
    assert amounts.unit_value(money, amount("4", unit="KG", about=computers)).reason is Reason.OTHER_FLOW
    assert amounts.unit_value(money, amount("0", unit="796", about=malt)).reason is Reason.BASE_IS_ZERO
    assert amounts.unit_value(amount("10"), amount("4", unit="KG")).reason is Reason.SEVERAL_GOODS


def test_doubling_in_five_years_takes_almost_fifteen_per_cent_a_year() -> None:
    answer = amounts.yearly_rate(amount("2", "2027"), amount("1", "2022"), 5)
    assert answer.value is not None
    assert round(answer.value, 1) == Decimal("14.9")
    assert amounts.yearly_rate(amount("2"), amount("0"), 5).reason is Reason.SIGNS_DIFFER


def test_a_mirror_gap_has_three_forms() -> None:
    gap = amounts.mirror_gap(amount("110", dataset="BELSTAT"), amount("90"))
    assert (gap.absolute.value, gap.symmetric.value) == (Decimal(20), Decimal("0.2"))
    assert gap.ratio.value == Decimal(110) / Decimal(90)
    without = amounts.mirror_gap(amount("5"), amount("0"))
    assert (without.absolute.value, without.ratio.value, without.ratio.reason) == (5, None, Reason.BASE_IS_ZERO)
    assert amounts.mirror_gap(amount("5"), amount("5", "2023")).absolute.reason is Reason.OTHER_MONTHS


def test_the_trailing_twelve_months_are_the_newest_that_are_all_known() -> None:
    months = [amount(str(number), f"2024-{number:02}") for number in range(1, 13)]
    months += [amount("100", "2025-01"), amount(None, "2025-02", reason=Reason.NOT_LOADED)]
    answer = amounts.trailing(months)
    assert answer.value == sum(range(2, 13)) + 100
    assert answer.numerator is not None
    assert answer.numerator.period == Period.parse("2024-02/2025-01")
    assert amounts.trailing(months[:11]).reason is Reason.MONTHS_MISSING
    assert amounts.trailing([]).reason is Reason.NOT_LOADED


def test_detail_and_publication_stand_beside_each_other_with_their_difference() -> None:
    published = amount("23000000", dataset="", precision=Precision.BELOW)
    answer = amounts.difference(amount("22932000"), published)
    assert (answer.value, answer.precision) == (Decimal(-68000), Precision.ABOVE)
    assert amounts.difference(amount(None, reason=Reason.NOT_LOADED), published).reason is Reason.NOT_LOADED
    assert amounts.difference(amount("1"), replace(published, unit="KG")).reason is Reason.OTHER_UNIT
