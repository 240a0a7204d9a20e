"""Growth, places, structure, both sides, targets: what follows from the sums, with its origin and its reasons."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parties.models import Partnership
from parties.periods import Period
from parties.precision import Precision
from tests.trade.conftest import Publish
from tests.trade.test_cube import COMPUTERS, MALT, a_year, grouped, question
from trade import cube
from trade.cube import Cause
from trade.indicators import Answer, Reason
from trade.indicators.amounts import Place
from trade.indicators.answers import Note
from trade.models import Commodity, Dataset, Edition, EditionCode, PublishedFigure, Target
from trade.queries import figures, targets

pytestmark = pytest.mark.django_db
__all__ = ["grouped"]
JANUARY = {"last": dt.date(2024, 1, 1)}
YEAR = {"frequency": "A", "last": dt.date(2024, 12, 1)}


def both_years(**changes: Any) -> list[dict[str, Any]]:
    """Return lines for all months of 2023 (10 dollars each) and 2024 (1 to 12 dollars)."""
    return [{"month": f"2023-{month:02}", "value": 10} | changes for month in range(1, 13)] + a_year(**changes)


# The year before ---------------------------------------------------------------------------------------------------


def test_each_month_stands_beside_the_same_month_of_the_year_before(publish: Publish, a_dataset: Dataset) -> None:
    publish(both_years())
    rows = cube.compare_with_last_year(question(a_dataset))
    assert [(row.cell.value, row.base.value) for row in rows] == [(1, 10), (2, 10), (3, 10)]
    assert [row.growth.value for row in rows] == [-90, -80, -70]


def test_a_part_of_a_year_is_compared_with_the_same_months(publish: Publish, a_dataset: Dataset) -> None:
    publish(both_years())
    asked = question(a_dataset, last=dt.date(2024, 9, 1))
    (row,) = cube.compare_totals_with_last_year(asked)
    assert (row.cell.value, row.base.value, row.growth.value) == (45, 90, -50)
    yearly = cube.compare_with_last_year(question(a_dataset, frequency="A", first=dt.date(2023, 1, 1)))
    assert [row.growth.reason for row in yearly] == [Reason.NOT_LOADED, None]


def test_who_traded_in_one_of_the_years_only_is_compared_with_nothing(publish: Publish, a_dataset: Dataset) -> None:
    publish([{"month": "2023-01", "partner": "CN"}])
    publish([{"month": "2024-01", "partner": "BY"}])
    asked = question(a_dataset, partners=(), by=("partner",), **JANUARY)
    rows = {row.cell.partner: row for row in cube.compare_totals_with_last_year(asked)}
    assert (rows["CN"].cell.value, rows["CN"].growth.value) == (0, -100)
    assert (rows["BY"].base.value, rows["BY"].growth.reason) == (0, Reason.BASE_IS_ZERO)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_contributions_of_partners_and_of_goods_add_up_to_the_growth(
    publish: Publish, a_dataset: Dataset, data: st.DataObject
) -> None:
    money = st.integers(0, 1000)
    lines = [
        {"month": month, "partner": partner, "commodity": code, "level": 10, "value": data.draw(money)}
        for month in ("2023-01", "2024-01")
        for partner in ("BY", "CN", "_H")
        for code in (COMPUTERS, MALT, "_CONF")
    ]
    publish([*lines, {"month": "2023-01", "partner": "KZ", "value": 1}])
    whole = question(a_dataset, partners=(), **JANUARY)
    (growth,) = cube.compare_totals_with_last_year(whole)
    for changes in ({"by": ("partner",)}, {"by": ("goods",), "level": "chapter"}):
        answers = cube.contributions(whole.but(**changes)).values()
        total = sum(answer.value for answer in answers if answer.value is not None)
        assert growth.growth.value is not None
        assert abs(total - growth.growth.value) < Decimal("1e-15") * max(1, abs(growth.growth.value))


def test_what_the_lines_do_not_explain_is_a_contribution_of_its_own(publish: Publish, a_dataset: Dataset) -> None:
    publish(
        [{"month": "2023-01", "commodity": "TOTAL", "value": 100}, {"month": "2023-01", "commodity": "84", "value": 90}]
    )
    publish([{"commodity": "TOTAL", "value": 130}, {"commodity": "84", "value": 100}])
    answers = cube.contributions(question(a_dataset, by=("goods",), level="chapter", **JANUARY))
    assert {place[2]: answer.value for place, answer in answers.items()} == {"84": 10, cube.REST: 20}


def test_both_flows_give_balance_and_coverage_of_each_period(publish: Publish, a_dataset: Dataset) -> None:
    publish([{"value": 30}, {"flow": "M", "value": 20}])
    january, february, __ = cube.balances(question(a_dataset))
    assert (january.turnover.value, january.balance.value, january.coverage.value) == (50, 10, 150)
    assert (february.turnover.value, february.turnover.reason) == (None, Reason.NOT_LOADED)


def test_a_unit_value_is_money_per_kilogram_or_per_unit(publish: Publish, a_dataset: Dataset) -> None:
    publish([{"value": 300, "net_kg": 60, "unit": "796", "quantity": 3}])
    asked = question(a_dataset, goods=("8471",), **JANUARY)
    (by_weight,) = cube.unit_values(asked)
    (by_piece,) = cube.unit_values(asked.but(measure="quantity", unit="796"))
    assert (by_weight.unit_value.value, by_weight.unit_value.unit) == (5, "USD/KG")
    assert (by_piece.unit_value.value, by_piece.unit_value.unit) == (100, "USD/796")


@pytest.mark.parametrize("asked", [{}, {"goods": ("84", "85")}, {"by": ("goods",), "level": "section"}])
def test_a_mean_over_different_goods_is_no_price(
    publish: Publish, a_dataset: Dataset, grouped: None, asked: dict[str, Any]
) -> None:
    Commodity.objects.get_or_create(
        classification="SECTION", commodity_code="XVI",
        defaults={"code": "SECTION-XVI", "chapters": "84-85", "name_ru": "XVI", "name_en": "XVI"},
    )  # fmt: skip
    publish([{"value": 300}, {"commodity": "8536690000", "value": 7}])
    answers = cube.unit_values(question(a_dataset, **asked, **JANUARY))
    assert answers
    assert all((one.unit_value.value, one.unit_value.reason) == (None, Reason.SEVERAL_GOODS) for one in answers)


def test_an_advantage_names_the_reference_it_is_measured_by(publish: Publish, a_dataset: Dataset) -> None:
    country = Dataset.objects.create(code="COUNTRY", name_ru="с", name_en="c")
    publish([{"value": 50}, {"commodity": MALT, "value": 50}])
    publish([{"reporter": "RU", "value": 10}, {"reporter": "RU", "commodity": MALT, "value": 90}], dataset=country)
    asked = question(a_dataset, by=("goods",), level="chapter", partners=(), **JANUARY)
    answers = cube.advantages(asked, asked.but(dataset=country, reporter="RU"))
    rca, symmetric = answers["X", "84"]
    assert (rca.value, symmetric.value) == (5, Decimal(4) / 6)
    assert rca.denominator is not None
    assert rca.denominator.dataset == "COUNTRY"
    for named in ({"goods": ("84",)}, {"goods": ("8471",), "level": "4"}):
        restricted = asked.but(**named)
        (code,) = named["goods"]
        answers = cube.advantages(restricted, restricted.but(dataset=country, reporter="RU"))
        assert answers["X", code][0].value == 5, "the wholes are all goods"


def test_an_advantage_without_its_reference_says_what_is_missing(publish: Publish, a_dataset: Dataset) -> None:
    country = Dataset.objects.create(code="COUNTRY", name_ru="с", name_en="c")
    publish([{"value": 50}, {"commodity": MALT, "value": 50}])
    asked = question(a_dataset, by=("goods",), level="chapter", partners=(), **JANUARY)
    reference = asked.but(dataset=country, reporter="RU")

    missing = cube.advantages(asked, reference)
    assert {(place, one.value, one.reason) for place, both in missing.items() for one in both} == {
        (("X", chapter), None, Reason.NO_REFERENCE) for chapter in ("84", "11")
    }
    assert missing["X", "84"][0].denominator is not None
    assert missing["X", "84"][0].denominator.dataset == "COUNTRY"
    publish([{"reporter": "RU", "value": 10}], dataset=country)
    found = cube.advantages(asked, reference)
    assert (found["X", "84"][0].value, found["X", "11"][0].reason) == (Decimal("0.5"), Reason.BASE_IS_ZERO)


# Places ------------------------------------------------------------------------------------------------------------


def test_years_are_ranked_alike_by_their_sums_and_by_their_months(publish: Publish, a_dataset: Dataset) -> None:
    months = [f"{year}-{month:02}" for year in (2023, 2024) for month in range(1, 13)]
    lines = [
        {"month": month, "flow": flow, "partner": partner, "value": len(partner) * number, "net_kg": 90 - number}
        for number, (month, flow, partner) in enumerate(product(months, "XM", ("BY", "CN", "KZ", "DE")), 1)
        if not (partner == "KZ" and month.endswith("-07"))
    ]
    publish(lines)
    publish([{"month": "2023-05", "flow": "X", "partner": "DE", "value": 10**6}])
    publish([{"month": "2023-06", "flow": flow, "partner": "BY", "value": None, "net_kg": 5} for flow in "XM"])
    years = {"first": dt.date(2023, 1, 1), "last": dt.date(2024, 12, 1), "frequency": "A", "partners": (), "flow": "T"}
    for measure in ("value", "net_kg"):
        asked = question(a_dataset, measure=measure, **years)
        today = cube.ranks(asked)
        assert today == cube.ranks(asked.but(as_of=timezone.now()))
        assert {one.place.of for one in today if one.place} == ({3, 4} if measure == "value" else {4})
        for named in (("KZ",), ("DE", "BY")):
            some = cube.ranks(asked.but(partners=named))
            assert {one for one in some if one.place} == {one for one in today if one.partner in named}
            assert some == cube.ranks(asked.but(partners=named, as_of=timezone.now()))
    fiscal = {**years, "first": dt.date(2023, 7, 1), "last": dt.date(2024, 6, 1), "frequency": "M"}
    asked = question(a_dataset, **fiscal)
    assert cube.ranks(asked, whole=True) == cube.ranks(asked.but(as_of=timezone.now()), whole=True)


def test_partners_are_ranked_by_each_flow_with_ties_and_their_number(publish: Publish, a_dataset: Dataset) -> None:
    lines = {"BY": (5, 9), "CN": (5, 1), "DE": (7, 0), "KZ": (1, 2), "_H": (99, 99), "NNN": (50, 50)}
    publish(
        [
            {"partner": partner, "flow": flow, "value": value}
            for partner, pair in lines.items()
            for flow, value in zip("XM", pair, strict=True)
        ]
    )
    found = {rank.flow: rank for rank in cube.ranks(question(a_dataset, flow="T", **JANUARY))}
    assert found["X"].place == Place(2, 4, tied=True)
    assert found["M"].place == Place(1, 3, tied=False)
    assert found["T"].place == Place(1, 4, tied=False)
    everyone = cube.ranks(question(a_dataset, partners=(), **JANUARY))
    assert [(rank.partner, rank.place.rank) for rank in everyone if rank.place] == [
        ("DE", 1),
        ("BY", 2),
        ("CN", 2),
        ("KZ", 4),
    ]


def test_a_year_in_which_one_month_tells_no_partners_apart_gives_no_place(publish: Publish, a_dataset: Dataset) -> None:
    publish([line for partner in ("BY", "CN") for line in a_year(partner=partner)])
    asked = question(a_dataset, frequency="A", last=dt.date(2024, 12, 1), partners=("BY",))
    (before,) = cube.ranks(asked)
    publish([{"month": "2024-05", "partner": "W"}])
    (after,) = cube.ranks(asked)
    assert before.place == Place(1, 2, tied=True)
    assert (after.place, after.reason) == (None, Reason.TOO_COARSE)


def test_who_traded_nothing_has_no_place_and_an_unfinished_year_none_yet(publish: Publish, a_dataset: Dataset) -> None:
    publish([*a_year(partner="CN"), {"month": "2025-01"}])
    asked = question(a_dataset, frequency="A", last=dt.date(2025, 12, 1))
    assert [rank.reason for rank in cube.ranks(asked)] == [Reason.NOT_RANKED, Reason.MONTHS_MISSING]
    (so_far,) = cube.ranks(question(a_dataset, first=dt.date(2025, 1, 1), last=dt.date(2025, 1, 1)), whole=True)
    assert so_far.place == Place(1, 1, tied=False)


def test_places_can_be_those_in_one_class_of_goods(publish: Publish, a_dataset: Dataset) -> None:
    publish([{"value": 5}, {"partner": "CN", "value": 4}, {"partner": "CN", "commodity": MALT, "value": 9}])
    for goods, rank in (((), 2), (("84",), 1), (("8471",), 1)):
        (answer,) = cube.ranks(question(a_dataset, goods=goods, **JANUARY))
        assert answer.place == Place(rank, 2, tied=False)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.integers(0, 4), min_size=4, max_size=4))
def test_places_of_the_database_equal_a_naive_count(publish: Publish, a_dataset: Dataset, values: list[int]) -> None:
    partners = ("BY", "CN", "DE", "KZ")
    publish(
        [{"partner": p, "value": v, "net_kg": 1} for p, v in zip(partners, values, strict=True)] + [{"partner": "_H"}]
    )
    found = cube.ranks(question(a_dataset, partners=partners, **JANUARY))
    counts = Counter(values)
    for rank, value in zip(found, values, strict=True):
        naive = Place(1 + sum(other > value for other in values), sum(v > 0 for v in values), counts[value] > 1)
        assert rank.place == (naive if value else None)


# Structure ---------------------------------------------------------------------------------------------------------


def test_shares_count_what_is_hidden_and_bound_what_it_may_hold(publish: Publish, a_dataset: Dataset) -> None:
    publish(
        [
            {"commodity": "TOTAL", "value": 100},
            {"value": 60},
            {"commodity": MALT, "value": 20},
            {"commodity": "_CONF", "level": 10, "value": 15},
        ]
    )
    answer = cube.structure(question(a_dataset, by=("goods",), level="chapter", **JANUARY))
    assert [part.code for part in answer.parts] == ["84", "11", "_C"]
    assert (answer.whole.value, answer.hidden) == (100, 20)
    machinery, malt, hidden = (part.share for part in answer.parts)
    assert (machinery.value, machinery.low, machinery.high) == (60, 60, 80)
    assert (malt.low, malt.high) == (20, 40)
    assert hidden.value == 15
    assert answer.concentration.value == Decimal("0.4")
    assert answer.concentration.high == Decimal("0.68")


def test_partners_that_are_hidden_stand_last_and_widen_the_bounds(publish: Publish, a_dataset: Dataset) -> None:
    publish([{"value": 6}, {"partner": "CN", "value": 3}, {"partner": "_H", "value": 11}])
    answer = cube.structure(question(a_dataset, partners=(), by=("partner",), **JANUARY))
    assert [(part.code, part.is_hidden) for part in answer.parts] == [("BY", False), ("CN", False), ("_H", True)]
    assert (answer.parts[0].share.low, answer.parts[0].share.high) == (30, 85)


def test_some_partners_have_shares_of_all(publish: Publish, a_dataset: Dataset) -> None:
    publish([{"value": 6}, {"partner": "CN", "value": 4}])
    answer = cube.structure(question(a_dataset, partners=("BY",), by=("partner",), **JANUARY))
    assert [(part.code, part.share.value, part.share.high) for part in answer.parts] == [("BY", 60, 60)]


@pytest.mark.parametrize(
    "asked",
    [
        {"by": ("partner",), "partners": ("BY",)},
        {"by": ("goods",), "level": "chapter", "goods": ("84",)},
    ],
)
def test_some_of_the_parts_have_no_concentration(publish: Publish, a_dataset: Dataset, asked: dict[str, Any]) -> None:
    publish([{"value": 6}, {"partner": "CN", "value": 4}, {"commodity": MALT, "value": 4}])
    answer = cube.structure(question(a_dataset, **asked, **JANUARY))
    assert (answer.concentration.value, answer.concentration.reason) == (None, Reason.SOME_CLASSES)
    assert (answer.normalised.value, answer.normalised.reason) == (None, Reason.SOME_CLASSES)
    assert answer.parts[0].share.value is not None


def test_all_headings_of_a_chapter_have_a_concentration_in_it(publish: Publish, a_dataset: Dataset) -> None:
    publish([{"value": 6}, {"commodity": MALT, "value": 4}])
    answer = cube.structure(question(a_dataset, by=("goods",), level="4", goods=("84",), **JANUARY))
    assert answer.concentration.value == 1


def test_a_structure_of_a_period_that_is_not_loaded_says_so(publish: Publish, a_dataset: Dataset) -> None:
    publish([{}])
    answer = cube.structure(question(a_dataset, by=("goods",), level="chapter"))
    assert (answer.whole.value, answer.whole.reason) == (None, Reason.MONTHS_MISSING)
    assert answer.concentration.value is None


# Both sides --------------------------------------------------------------------------------------------------------


@pytest.fixture
def belstat(a_dataset: Dataset) -> Dataset:
    Dataset.objects.filter(pk=a_dataset.pk).update(export_valuation="FOB", basis="declaration", side="home")
    return Dataset.objects.update_or_create(
        code="BELSTAT",
        defaults={
            "name_ru": "Б", "name_en": "B", "import_valuation": "CIF", "basis": "form", "side": "partner",
        },
    )[0]  # fmt: skip


def test_both_sides_stand_side_by_side_with_the_gap_and_its_causes(publish: Publish, belstat: Dataset) -> None:
    a_dataset = Dataset.objects.get(code="FCS")
    publish([{"value": 100}], status="final")
    publish([{"reporter": "BY", "partner": "RU-TOM", "flow": "M", "value": 110},
             {"reporter": "BY", "partner": "RU", "flow": "M", "value": 900}], dataset=belstat)  # fmt: skip
    answer = cube.mirror(question(a_dataset, **JANUARY))
    (side,) = answer.sides
    (row,) = side.rows
    assert (row.ours.value, row.theirs.value, row.theirs.dataset) == (100, 110, "BELSTAT")
    assert (row.gap.absolute.value, row.gap.ratio.value) == (10, Decimal("1.1"))
    causes = {explanation.cause: explanation.is_known for explanation in side.explanations}
    known = {cause for cause, is_known in causes.items() if is_known}
    assert known == {Cause.VALUATION, Cause.BASIS, Cause.REGISTRATION, Cause.VINTAGE}
    assert {Cause.TIME, Cause.CURRENCY, Cause.THRESHOLDS, Cause.PARTNER} <= set(causes)
    assert Cause.CONFIDENTIALITY not in causes
    imports = cube.mirror(question(belstat, reporter="BY", partners=("RU-TOM",), flow="M", **JANUARY))
    assert imports.sides[0].rows[0].gap.absolute.value == 10


def test_a_published_figure_of_the_other_side_stands_beside_ours(
    facts: None, publish: Publish, a_dataset: Dataset
) -> None:
    publish([line | {"flow": flow, "month": line["month"].replace("2024", "2022"), "value": 1_000_000}
             for line in a_year() for flow in "XM"])  # fmt: skip
    PublishedFigure.objects.filter(period=Period.year(2022), flow="T", indicator="value").update(stated_by="partner")
    year = {"first": dt.date(2022, 1, 1), "last": dt.date(2022, 12, 1), "frequency": "A"}
    answer = cube.mirror(question(a_dataset, flow="T", **year))
    assert answer.published
    row = answer.published[0]
    assert (row.ours.value, row.theirs.value) == (24_000_000, 23_000_000)
    assert row.gap.absolute.value == -1_000_000
    assert row.figure is not None


def test_published_figures_stand_beside_the_sum_of_the_detail(
    facts: None, publish: Publish, a_dataset: Dataset
) -> None:
    publish([line | {"flow": flow, "month": line["month"].replace("2024", "2022"), "value": 950_000}
             for line in a_year() for flow in "XM"])  # fmt: skip
    partnership = Partnership.objects.get(code="tomsk-belarus")
    with CaptureQueriesContext(connection) as queries:
        rows = cube.beside_published(partnership, a_dataset)
    assert len(queries) <= 25
    turnover = next(row for row in rows if row.figure.period == Period.year(2022) and row.figure.flow == "T")
    assert turnover.detail is not None
    assert (turnover.detail.value, turnover.difference.value) == (22_800_000, -200_000)
    assert turnover.difference.precision is Precision.ABOVE
    others = [row for row in rows if row.figure.period != Period.year(2022)]
    assert others
    assert all(row.difference.reason for row in others)


# Targets -----------------------------------------------------------------------------------------------------------


def test_a_target_is_measured_on_the_last_twelve_months(facts: None, publish: Publish, a_dataset: Dataset) -> None:
    lines = [
        {"month": f"{year}-{month:02}", "flow": flow, "value": millions * 1_000_000 // 24}
        for year, millions in ((2022, 23), (2023, 24), (2024, 30))
        for month in range(1, 13)
        for flow in "XM"
    ]
    publish(lines)
    partnership = Partnership.objects.get(code="tomsk-belarus")
    target = targets(partnership)[0]
    answer = cube.outlook(target, a_dataset, figures(partnership))
    assert answer.base.value == 23_000_000
    assert answer.trailing.value == 30_000_000
    assert answer.growth.value == 25
    assert answer.low.aim.value == 46_000_000
    assert answer.low.progress.value is not None
    assert round(answer.low.progress.value, 2) == Decimal("30.43")
    assert answer.low.progress.precision is Precision.ABOVE
    assert answer.low.required.value is not None
    assert round(answer.low.required.value, 2) == Decimal("53.33")
    assert answer.published.latest.value == target.base.value


@pytest.mark.parametrize("last", [2021, 2022])
def test_data_that_end_before_or_with_the_base_show_no_progress(
    facts: None, publish: Publish, a_dataset: Dataset, last: int
) -> None:
    publish([
        {"month": f"{year}-{month:02}", "flow": flow, "value": 500_000}
        for year in (last - 1, last) for month in range(1, 13) for flow in "XM"
    ])  # fmt: skip
    partnership = Partnership.objects.get(code="tomsk-belarus")
    answer = cube.outlook(targets(partnership)[0], a_dataset, figures(partnership))
    assert answer.trailing.value == 12_000_000
    for aim in (answer.low, answer.high):
        assert {one.reason for one in (aim.progress, aim.required, aim.yearly)} == {Reason.NOT_AFTER_BASE}
        assert aim.progress.value is None


def test_a_target_without_data_keeps_what_is_published_and_says_why(facts: None, a_dataset: Dataset) -> None:
    partnership = Partnership.objects.get(code="tomsk-belarus")
    target = targets(partnership)[0]
    answer = cube.outlook(target, a_dataset, figures(partnership))
    assert (answer.trailing.value, answer.trailing.reason) == (None, Reason.NOT_LOADED)
    assert answer.low.progress.reason is Reason.NOT_LOADED
    assert answer.published.low.value == 46


def test_a_horizon_gives_the_yearly_rate_and_what_the_present_growth_would_reach(
    facts: None, publish: Publish, a_dataset: Dataset
) -> None:
    publish([
        {"month": f"{year}-{month:02}", "flow": flow, "value": value}
        for year, value in ((2023, 1_000_000), (2024, 2_000_000)) for month in range(1, 13) for flow in "XM"
    ])  # fmt: skip
    partnership = Partnership.objects.get(code="tomsk-belarus")
    target: Target = targets(partnership)[0]
    target.due = Period.year(2026)
    answer = cube.outlook(target, a_dataset, figures(partnership))
    assert answer.expected.value == 48_000_000 * 4
    assert answer.high.yearly.value is not None
    assert round(answer.high.yearly.value, 1) == Decimal("19.9")


# Editions of the classification ------------------------------------------------------------------------------------


def coded(edition: str, *codes: str) -> None:
    """Load an edition with these codes."""
    made = Edition.objects.get_or_create(
        symbol=edition,
        defaults={"code": edition, "name_ru": edition, "name_en": edition, "valid_from": dt.date(1990, 1, 1)},
    )[0]
    EditionCode.objects.bulk_create(EditionCode(edition=made, commodity_code=one, level=len(one)) for one in codes)


@pytest.fixture
def recoded(publish: Publish, a_dataset: Dataset) -> Dataset:
    """Publish January of 2021 by the edition H5 and January of 2022 by H6."""
    publish([{"month": f"{year}-01", "edition": edition, "value": value, "commodity": "8517130000"}
             for year, edition, value in ((2021, "H5", 10), (2022, "H6", 20))])  # fmt: skip
    return a_dataset


def growth_in_2022(dataset: Dataset, **asked: Any) -> Answer:
    month = dt.date(2022, 1, 1)
    (row,) = cube.compare_with_last_year(question(dataset, first=month, last=month, **asked))
    (whole,) = cube.compare_totals_with_last_year(question(dataset, first=month, last=month, **asked))
    assert (whole.growth.value, whole.growth.note, whole.growth.reason) == (
        row.growth.value,
        row.growth.note,
        row.growth.reason,
    )
    return row.growth


@pytest.mark.parametrize(
    ("asked", "note"),
    [({}, None), ({"goods": ("85",)}, None), ({"goods": ("8517",)}, Note.EDITIONS_DIFFER),
     ({"by": ("goods",), "level": "6"}, Note.EDITIONS_DIFFER)],
)  # fmt: skip
def test_growth_of_headings_and_finer_codes_across_editions_is_noted(
    recoded: Dataset, asked: dict[str, Any], note: Note | None
) -> None:
    answer = growth_in_2022(recoded, **asked)
    assert (answer.value, answer.note) == (100, note)


def test_a_code_that_one_of_the_editions_lacks_has_no_growth(recoded: Dataset) -> None:
    coded("H5", "8517", "851712")
    coded("H6", "8517", "851713")
    answer = growth_in_2022(recoded, goods=("851713",))
    assert (answer.value, answer.reason, answer.note) == (None, Reason.NOT_IN_BOTH_EDITIONS, None)
    assert growth_in_2022(recoded, goods=("8517",)).value == 100
    assert growth_in_2022(recoded, goods=("8517130000",)).note is Note.EDITIONS_DIFFER, (
        "codes of ten digits: not loaded"
    )


def test_a_code_that_was_dropped_did_not_fall_to_nothing(publish: Publish, a_dataset: Dataset) -> None:
    publish([{"month": "2021-01", "edition": "H5", "commodity": "8517120000"},
             {"month": "2022-01", "edition": "H6", "commodity": "8517130000"}])  # fmt: skip
    coded("H5", "851712")
    coded("H6", "851713")
    Edition.objects.filter(symbol="H6").update(valid_from=dt.date(2022, 1, 1))
    Edition.objects.exclude(symbol="H6").update(valid_to=dt.date(2021, 12, 31))
    assert growth_in_2022(a_dataset, goods=("851712",)).reason is Reason.NOT_IN_BOTH_EDITIONS
