"""Shares, concentration, rates and targets: the same shape of answer, the same numbers as the pages."""

from __future__ import annotations

from decimal import Decimal

import pytest

from trade import cube
from trade.models import Target
from trade.selection import Defaults, Selection

pytestmark = pytest.mark.django_db
YEARS = ((2022, 23), (2023, 24), (2024, 30))


@pytest.fixture
def three_years(facts, publish):
    """Publish months of three years in which the turnover with Belarus is 23, 24 and 30 million dollars."""
    return publish(
        [
            {"month": f"{year}-{month:02}", "flow": flow, "commodity": code, "value": millions * 1_000_000 // 48}
            for year, millions in YEARS
            for month in range(1, 13)
            for flow in "XM"
            for code in ("8471300000", "1107100000")
        ]
    )


def rows(client, query):
    answer = client.get(f"/api/v1/trade/indicators/?dataset=FCS&reporter=RU-TOM&partner=BY&{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()["data"]


def test_shares_are_those_of_the_structure(analyst, three_years):
    found = rows(analyst, "indicator=share&by=goods&level=chapter&flow=X&from=2024&to=2024&frequency=A")

    assert {row["goods"]: row["value"] for row in found} == {"11": "50", "84": "50"}
    assert {row["indicator"] for row in found} == {"share"}
    assert found[0]["numerator"]["value"] == "7500000"
    assert found[0]["denominator"]["value"] == "15000000"
    assert found[0]["releases"] == [three_years.pk]


def test_concentration_comes_plain_and_normalised(analyst, three_years):
    found = rows(analyst, "indicator=hhi&by=goods&level=chapter&flow=X&from=2024&to=2024&frequency=A")

    assert {row["indicator"]: row["value"] for row in found} == {"hhi": "0.5", "hhi_normalised": "0"}
    assert found[0]["goods"] == "TOTAL"


def test_a_multi_year_rate_names_both_ends(analyst, three_years):
    [row] = rows(analyst, "indicator=yearly_rate&flow=T&frequency=A&from=2022&to=2024")

    assert (row["numerator"]["period"], row["denominator"]["period"]) == ("2024", "2022")
    assert round(Decimal(row["value"]), 2) == Decimal("14.21")
    [one_year] = rows(analyst, "indicator=yearly_rate&flow=T&frequency=A&from=2024&to=2024")
    assert (one_year["value"], one_year["reason"]) == (None, "months_differ")


def test_the_newest_twelve_months_reach_over_the_year(analyst, three_years, publish):
    publish([{"month": "2025-01", "flow": flow, "value": 1_000_000} for flow in "XM"])

    [row] = rows(analyst, "indicator=trailing_12_months&flow=T&from=2025-01&to=2025-01")

    assert row["period"] == "2024-02-01/2025-01-31"
    assert row["value"] == "29500000"


def test_a_target_is_answered_as_the_cube_measures_it(analyst, three_years):
    target = Target.objects.get(code="T8")
    selection = Selection.parse({"dataset": "FCS"}, defaults=Defaults("RU-TOM", "BY"))
    found = cube.outlook(target, selection.dataset, ())

    low, high = rows(analyst, "indicator=progress")

    assert (low["indicator"], high["indicator"]) == ("progress_to_low", "progress_to_high")
    assert Decimal(low["value"]) == found.low.progress.value
    assert [row["reason"] for row in rows(analyst, "indicator=required_yearly_rate")] == ["no_due_date"] * 2
    [forecast] = rows(analyst, "indicator=forecast")
    assert (forecast["value"], forecast["reason"]) == (None, "no_due_date")
    assert rows(analyst, "indicator=forecast&goods=84") == []


def test_a_target_tells_its_outlook(analyst, three_years):
    record = analyst.get("/api/v1/trade/targets/T8/").json()

    outlook = record["outlook"]
    assert outlook["dataset"] == "FCS"
    assert outlook["trailing"]["value"] == "30000000"
    assert outlook["low"]["aim"]["value"] == "46000000"
    assert round(Decimal(outlook["low"]["progress"]["value"]), 2) == Decimal("30.43")
    assert outlook["forecast"]["reason"] == "no_due_date"
    assert outlook["next_year"]["value"] == "37500000"
    assert outlook["next_year"]["precision"] == "≈"
    assert [(pace["years"], round(Decimal(pace["low"]["value"]), 1)) for pace in outlook["paces"]] == [
        (3, Decimal("26.0")), (6, Decimal("12.2")),
    ]  # fmt: skip


def test_a_target_with_a_date_is_carried_on_to_it(analyst, three_years):
    Target.objects.filter(code="T8").update(due="2026")

    [row] = rows(analyst, "indicator=forecast")
    low, __ = rows(analyst, "indicator=required_yearly_rate")

    assert (row["indicator"], row["period"], row["precision"]) == ("forecast", "2026", "≈")
    assert row["value"] == "46875000"
    assert round(Decimal(low["value"]), 1) == Decimal("23.8")


def test_a_target_without_data_says_why(analyst, facts):
    outlook = analyst.get("/api/v1/trade/targets/T8/").json()["outlook"]

    assert outlook["trailing"]["reason"] == "period_not_loaded"
    assert outlook["low"]["aim"]["value"] == "46000000"


@pytest.mark.parametrize("query", ["indicator=share&by=flow", "indicator=hhi&by=partner,goods&level=4", "indicator=x"])
def test_what_has_no_parts_is_refused(analyst, facts, query):
    assert analyst.get(f"/api/v1/trade/indicators/?{query}").status_code == 400
