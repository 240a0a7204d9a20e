"""Doubts about figures entered by hand: they warn where arithmetic or the neighbours speak against a figure."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trade.indicators.consistency import doubtful_growth, doubtful_size, doubtful_turnover


def d(*numbers: str) -> list[Decimal]:
    return [Decimal(number) for number in numbers]


@pytest.mark.parametrize(
    ("turnover", "export", "imports", "doubtful"),
    [
        ("60", "30", "100", False),
        ("60", "30", "50", True),
        ("60", "30", "59.5", False),
        ("-5", "10", "-20", False),
        ("10.0000", "10.0000", "10.0000", False),
        ("22", "-3", "9", True),
    ],
)
def test_the_growth_of_turnover_lies_between_those_of_its_flows(
    turnover: str, export: str, imports: str, doubtful: bool
) -> None:
    doubt = doubtful_growth(*d(turnover, export, imports))
    assert (doubt is not None) == doubtful
    if doubt:
        assert doubt.code == "turnover_growth_outside"


@given(*[st.decimals("0.01", 10**6, places=2)] * 4)
def test_true_growth_rates_rounded_to_whole_per_cent_are_never_doubted(
    export: Decimal, imports: Decimal, export_before: Decimal, import_before: Decimal
) -> None:
    rates = [
        round((now / before - 1) * 100)
        for now, before in (
            (export + imports, export_before + import_before),
            (export, export_before),
            (imports, import_before),
        )
    ]
    assert doubtful_growth(*(Decimal(rate) for rate in rates)) is None


@pytest.mark.parametrize(
    ("turnover", "export", "imports", "doubtful"),
    [
        ("22.9", "13.9", "9.032", False),
        ("23", "13.9", "9.032", False),
        ("23.0000", "13.9000", "9.0000", False),
        ("25", "13.9", "9", True),
        ("22.932", "13.9", "9.5", True),
    ],
)
def test_turnover_is_export_plus_import_but_for_rounding(
    turnover: str, export: str, imports: str, doubtful: bool
) -> None:
    doubt = doubtful_turnover(*d(turnover, export, imports))
    assert (doubt is not None) == doubtful
    if doubt:
        assert doubt.code == "turnover_is_not_the_sum"


@pytest.mark.parametrize(
    ("value", "neighbours", "doubtful"),
    [
        ("22900", ["15.6", "22.9", "29"], True),
        ("0.0229", ["15.6", "22.9", "29"], True),
        ("45.8", ["15.6", "22.9", "29"], False),
        ("229", ["15.6", "22.9", "29"], False),
        ("22900", [], False),
        ("22900", ["0"], False),
        ("0", ["22.9"], False),
    ],
)
def test_a_thousandfold_figure_is_probably_in_another_unit(value: str, neighbours: list[str], doubtful: bool) -> None:
    doubt = doubtful_size(Decimal(value), d(*neighbours))
    assert (doubt is not None) == doubtful
    if doubt:
        assert doubt.code == "thousandfold"
