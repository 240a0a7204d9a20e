"""What the data do not tell is not nothing: partners, goods and units that a file leaves together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from parties.models import Partnership
from tests.trade.conftest import Publish, copy_text
from tests.trade.test_cube import COMPUTERS, MALT, a_year, only, question, values
from trade import releases
from trade.cube import (
    compare_totals_with_last_year,
    compare_with_last_year,
    contributions,
    lines,
    mirror,
    outlook,
    ranks,
    series,
    structure,
    totals,
    unit_values,
)
from trade.indicators import Amount, Reason
from trade.indicators.amounts import concentration, normalised_concentration
from trade.models import Dataset, Release
from trade.queries import figures, targets

pytestmark = pytest.mark.django_db
LAPTOPS = "8471410000"


def january(dataset: Dataset, **given: Any) -> Any:
    return question(dataset, last=dt.date(2024, 1, 1), **given)


@pytest.mark.parametrize("goods", ["84", "8471", COMPUTERS])
def test_goods_of_a_partner_of_whom_only_a_total_is_stated_are_unknown(
    publish: Publish, a_dataset: Dataset, goods: str
) -> None:
    publish([{"commodity": "TOTAL", "value": 50}, {"partner": "CN", "value": 5}])

    unknown = only(series(january(a_dataset, goods=(goods,))))
    both = only(series(january(a_dataset, goods=(goods,), partners=("BY", "CN"))))
    assert (unknown.value, unknown.reason, unknown.months_present) == (None, Reason.TOO_COARSE, 0)
    assert (both.value, both.reason) == (None, Reason.TOO_COARSE)
    assert only(series(january(a_dataset, goods=(goods,), partners=("CN",)))).value == Decimal(5)
    assert only(series(january(a_dataset, goods=(goods,), partners=("DE",)))).value == Decimal(0)
    assert only(series(january(a_dataset))).value == Decimal(50)


def test_headings_of_a_partner_of_whom_only_chapters_are_stated_are_unknown(
    publish: Publish, a_dataset: Dataset
) -> None:
    publish([{"commodity": "84", "value": 50}, {"partner": "CN", "value": 5}])

    assert only(series(january(a_dataset, goods=("8471",)))).reason is Reason.TOO_COARSE
    assert only(series(january(a_dataset, goods=("84",)))).value == Decimal(50)
    assert only(series(january(a_dataset, goods=("8471",), partners=("CN",)))).value == Decimal(5)


def test_a_partner_with_a_month_of_chapters_has_no_place_by_headings_and_others_keep_theirs(
    publish: Publish, a_dataset: Dataset
) -> None:
    publish([{"value": 50}, {"partner": "CN", "value": 5}, {"partner": "CN", "month": "2024-02", "value": 5}])
    publish([{"commodity": "84", "month": "2024-02", "value": 60}])
    asked = question(a_dataset, goods=("8471",), last=dt.date(2024, 2, 1))

    def places(*partners: str) -> dict[str, Any]:
        found = ranks(asked.but(partners=partners), whole=True)
        return {one.partner: (one.value, one.place and one.place.rank, one.reason) for one in found}

    assert places("BY") == {"BY": (None, None, Reason.TOO_COARSE)}
    assert places("BY", "CN") == places("BY") | places("CN")
    assert only(totals(asked)).reason is Reason.TOO_COARSE
    assert [one.value for one in ranks(asked)] == [Decimal(50), None]


def test_a_quarter_with_a_month_of_which_only_a_total_is_stated_is_unknown_by_goods(
    publish: Publish, a_dataset: Dataset
) -> None:
    publish([{"month": f"2024-0{month}", "partner": partner} for month in (1, 2, 3) for partner in ("BY", "CN")])
    publish([{"month": "2024-02", "commodity": "TOTAL", "value": 70}, {"month": "2024-02", "partner": "CN"}])

    asked = question(a_dataset, partners=(), by=("partner", "goods"), level="chapter", frequency="Q")
    found = {cell.partner: cell for cell in series(asked).cells}
    assert (found["BY"].value, found["BY"].reason, found["BY"].months_present) == (None, Reason.TOO_COARSE, 2)
    assert found["CN"].value == Decimal(300)
    whole = question(a_dataset, partners=(), by=("partner",), frequency="Q")
    assert {cell.partner: cell.value for cell in series(whole).cells} == {"BY": Decimal(270), "CN": Decimal(300)}


def test_a_partner_is_unknown_where_only_all_partners_together_are_stated(publish: Publish, a_dataset: Dataset) -> None:
    publish([{"partner": "W", "commodity": "TOTAL", "value": 100}])
    publish([{"month": "2024-02", "partner": "CN", "value": 5}])

    cells = series(question(a_dataset, last=dt.date(2024, 2, 1))).cells
    assert [(cell.value, cell.reason) for cell in cells] == [(None, Reason.TOO_COARSE), (Decimal(0), None)]
    assert only(series(january(a_dataset, partners=()))).value == Decimal(100)


def test_a_year_stated_for_all_partners_together_states_nothing_of_one(publish: Publish, a_dataset: Dataset) -> None:
    publish([{"month": f"2024-{month:02}", "value": month} for month in range(1, 13)])
    publish([{"month": "2024-01", "months": 12, "partner": "W", "commodity": "TOTAL", "value": 80}])
    publish([{"month": "2025-01", "months": 12, "partner": "W", "commodity": "TOTAL", "value": 90}])

    asked = {"frequency": "A", "last": dt.date(2025, 12, 1)}
    cells = series(question(a_dataset, **asked)).cells
    assert [(cell.value, cell.stated, cell.reason) for cell in cells] == [
        (Decimal(78), None, None),
        (None, None, Reason.TOO_COARSE),
    ]
    world = series(question(a_dataset, partners=(), **asked)).cells
    assert [(cell.value, cell.stated) for cell in world] == [(Decimal(78), Decimal(80)), (Decimal(90), None)]


def test_who_is_left_out_of_the_year_before_because_it_is_unknown_has_no_growth_from_nothing(
    publish: Publish, a_dataset: Dataset
) -> None:
    publish([{"month": "2023-01", "partner": "W", "commodity": "TOTAL", "value": 80}, {"value": 9}])

    asked = january(a_dataset, partners=(), by=("partner",))
    (found,) = compare_totals_with_last_year(asked)
    assert (found.base.value, found.growth.reason) == (None, Reason.TOO_COARSE)
    assert contributions(asked)["BY", "X", "TOTAL"].reason is Reason.TOO_COARSE


def test_lines_of_groups_alone_make_no_goods_of_all_partners(publish: Publish, a_dataset: Dataset) -> None:
    publish([{"partner": "EU", "value": 5}])

    for goods in ("84", "8471"):
        cell = only(series(january(a_dataset, partners=(), goods=(goods,))))
        assert (cell.value, cell.reason) == (None, Reason.TOO_COARSE)


def test_regions_stand_in_their_country_and_are_not_added_to_it(publish: Publish, a_dataset: Dataset) -> None:
    publish([{"reporter": "BY", "partner": "RU", "value": 50}, {"reporter": "BY", "partner": "RU-TOM", "value": 5}])

    found = structure(january(a_dataset, reporter="BY", partners=(), by=("partner",)))
    assert [(part.code, part.share.value) for part in found.parts] == [("RU", Decimal(100))]
    assert found.concentration.value == 1
    assert values(series(january(a_dataset, reporter="BY", partners=("RU-TOM",), by=("partner",)))) == [Decimal(5)]


def test_hidden_goods_of_the_chapter_may_be_of_a_heading_that_is_named(publish: Publish, a_dataset: Dataset) -> None:
    publish(
        [
            {"value": 50},
            {"commodity": "84_CONF", "value": 5},
            {"commodity": "_CONF", "value": 7},
            {"commodity": "11_CONF", "value": 9},
        ]
    )

    cell = only(series(january(a_dataset, goods=("8471",))))
    assert (cell.value, cell.hidden, cell.lines) == (Decimal(50), Decimal(12), 1)


def test_lines_of_all_partners_count_also_for_goods_that_they_lack(publish: Publish, a_dataset: Dataset) -> None:
    publish([{"partner": "W", "commodity": MALT, "value": 50}, {"value": 6}, {"commodity": MALT, "value": 40}])

    for goods in ("84", "8471", "11", "1107"):
        asked = january(a_dataset, partners=(), goods=(goods,))
        shown = sum((line.value or 0 for line in lines(asked).rows), Decimal(0))
        assert only(series(asked)).value == shown == (50 if goods.startswith("11") else 0)


def test_a_total_that_does_not_state_the_measure_leaves_it_to_its_lines(publish: Publish, a_dataset: Dataset) -> None:
    publish([{"commodity": "TOTAL", "value": 20, "net_kg": None}, {"net_kg": 5}, {"commodity": MALT, "net_kg": 6}])

    asked = january(a_dataset, measure="net_kg", unit="KG")
    assert only(series(asked)).value == sum(line.net_kg or 0 for line in lines(asked).rows) == 11
    assert [line.commodity for line in lines(january(a_dataset)).rows] == ["TOTAL"]


def test_a_price_by_piece_is_that_of_the_lines_in_pieces(publish: Publish, a_dataset: Dataset) -> None:
    publish(
        [
            {"unit": "796", "quantity": 10, "value": 100},
            {"unit": "112", "quantity": 5, "value": 900},
            {"commodity": LAPTOPS, "value": 1000},
        ]
    )

    (found,) = unit_values(january(a_dataset, goods=("8471",), measure="quantity", unit="796"))
    assert found.unit_value.value == 10
    assert found.cell.value == 100


def test_a_weight_that_is_not_stated_in_full_has_no_place(publish: Publish, a_dataset: Dataset) -> None:
    publish([{"net_kg": 10}, {"commodity": LAPTOPS, "net_kg": None}, {"partner": "CN", "net_kg": 5}])

    asked = january(a_dataset, goods=("8471",), measure="net_kg", unit="KG", partners=())
    assert [(one.partner, one.value) for one in ranks(asked)] == [("CN", Decimal(5))]


def test_a_negative_balance_does_not_grow_in_per_cent(publish: Publish, a_dataset: Dataset) -> None:
    publish([{"month": "2023-01", "value": 1}, {"month": "2023-01", "flow": "M", "value": 101}])
    publish([{"value": 51}, {"flow": "M", "value": 1}])

    (found,) = compare_with_last_year(january(a_dataset, flow="B"))
    assert (found.cell.value, found.base.value) == (Decimal(50), Decimal(-100))
    assert (found.growth.value, found.growth.reason) == (None, Reason.SIGNS_DIFFER)
    assert only(totals(january(a_dataset, flow="B"))).value == Decimal(50)


def test_goods_that_only_one_side_counts_stand_in_the_mirror(publish: Publish, a_dataset: Dataset) -> None:
    other = Dataset.objects.create(code="OTHER", name_ru="д", name_en="o", reporter="BY")
    publish([{"value": 50}, {"commodity": MALT, "value": 5}])
    publish(
        [
            {"reporter": "BY", "partner": "RU-TOM", "flow": "M", "value": 60},
            {"reporter": "BY", "partner": "RU-TOM", "flow": "M", "commodity": "2709009000", "value": 7},
        ],
        dataset=other,
    )

    (side,) = mirror(january(a_dataset, by=("goods",), level="chapter")).sides
    gaps = {row.goods: row.gap.absolute.value for row in side.rows}
    assert gaps == {"84": Decimal(10), "11": Decimal(-5), "27": Decimal(7)}
    (whole,) = mirror(january(a_dataset)).sides[0].rows
    assert sum(gap or 0 for gap in gaps.values()) == whole.gap.absolute.value == 12


def test_a_base_year_that_is_not_over_is_not_compared_with_its_first_months(
    facts: None, publish: Publish, a_dataset: Dataset
) -> None:
    publish([
        {"month": f"{year}-{month:02}", "flow": flow, "value": 1_000_000}
        for year in (2020, 2021, 2022) for month in range(1, 13) for flow in "XM" if (year, month) < (2022, 8)
    ])  # fmt: skip
    partnership = Partnership.objects.get(code="tomsk-belarus")
    answer = outlook(targets(partnership)[0], a_dataset, figures(partnership))

    assert answer.trailing.value == 24_000_000
    assert (answer.base_difference.value, answer.base_difference.reason) == (None, Reason.MONTHS_MISSING)


def test_the_normalised_concentration_of_mostly_hidden_goods_is_not_negative() -> None:
    whole = Amount(Decimal(100), "USD")
    freed = normalised_concentration(concentration([Decimal(10), Decimal(10)], whole, Decimal(80)), 2)

    assert freed.value == freed.low == 0
    assert freed.high is not None
    assert Decimal(0) < freed.high <= 1


@pytest.mark.parametrize(("partner", "reason"), [("EU", Reason.GROUP_INCOMPLETE), ("RU-TOM", Reason.TOO_COARSE)])
@pytest.mark.parametrize("frequency", ["M", "A"])
def test_trade_with_a_region_or_group_that_the_dataset_does_not_tell_apart_is_unknown(
    publish: Publish, a_dataset: Dataset, partner: str, reason: Reason, frequency: str
) -> None:
    publish([line | {"reporter": "BY", "partner": one} for line in a_year() for one in ("RU", "KZ", "DE")])
    asked = question(a_dataset, reporter="BY", partners=(partner,), frequency=frequency)
    for cells in (series(asked).cells, series(asked.but(by=("partner",))).cells):
        assert {(cell.value, cell.reason, cell.complete) for cell in cells} == {(None, reason, False)}
    together = asked.but(partners=(partner, "DE"))
    assert {(cell.value, cell.reason) for cell in series(together).cells} == {(None, reason)}
    assert {cell.value for cell in series(asked.but(partners=("CN",))).cells} == {Decimal(0)}


def test_a_region_that_is_held_in_another_month_has_traded_nothing(publish: Publish, a_dataset: Dataset) -> None:
    publish([{"reporter": "BY", "partner": "RU-TOM"}, {"reporter": "BY", "month": "2024-02"}])
    asked = question(a_dataset, reporter="BY", partners=("RU-TOM",), last=dt.date(2024, 2, 1))
    assert [cell.value for cell in series(asked).cells] == [Decimal(100), Decimal(0)]


def test_a_region_is_unknown_as_of_the_day_before_it_was_held(publish: Publish, a_dataset: Dataset) -> None:
    before = publish([{"reporter": "BY", "partner": "RU"}]).loaded_at
    publish([{"reporter": "BY", "partner": "RU-TOM"}, {"reporter": "BY", "partner": "RU"}])
    asked = january(a_dataset, reporter="BY", partners=("RU-TOM",))
    assert only(series(asked)).value == Decimal(100)
    assert only(series(asked.but(as_of=before))).reason is Reason.TOO_COARSE


def test_a_dataset_that_does_not_tell_our_region_apart_is_no_other_side(publish: Publish, a_dataset: Dataset) -> None:
    comtrade = Dataset.objects.create(code="OF-COUNTRIES", name_ru="c", name_en="c")
    publish([{"value": 2}])
    publish([{"reporter": "BY", "partner": one, "flow": "M"} for one in ("RU", "CN")], dataset=comtrade)
    assert mirror(january(a_dataset)).sides == ()
    publish([{"reporter": "BY", "partner": "RU-TOM", "flow": "M"}], dataset=comtrade)
    assert len(mirror(january(a_dataset)).sides) == 1


@pytest.fixture
def load(a_dataset: Dataset) -> Callable[..., Release]:
    """Return `load(**line)`: publishes a file that speaks for the partners in it alone."""

    def load(*given: dict[str, Any]) -> Release:
        vintage = releases.reserve_vintage()
        staged = releases.stage(a_dataset, copy_text(given), vintage=vintage, only_its_partners=True)
        return releases.publish(staged, by=None)

    return load


def test_a_partner_that_was_never_loaded_is_unknown_in_a_dataset_loaded_partner_by_partner(
    a_dataset: Dataset, load: Callable[..., Release]
) -> None:
    load({"partner": "BY"})
    load({"partner": "KZ"})
    asked = january(a_dataset, partners=("KZ",))
    assert only(series(asked)).value == Decimal(100)
    assert only(series(asked.but(partners=("CN",)))).reason is Reason.TOO_COARSE


def test_a_partner_loaded_for_other_months_is_unknown_and_has_not_traded_nothing(
    a_dataset: Dataset, load: Callable[..., Release], publish: Publish
) -> None:
    load({"partner": "BY", "month": "2024-01"}, {"partner": "BY", "month": "2024-03"})
    other = load({"partner": "KZ", "month": "2024-03"}, {"partner": "KZ", "month": "2024-04"})

    asked = question(a_dataset, partners=("BY", "KZ"), by=("partner",), last=dt.date(2024, 4, 1))
    found = {(cell.partner, cell.period.starts.month): (cell.value, cell.reason) for cell in series(asked).cells}
    hundred, unknown = (Decimal(100), None), (None, Reason.TOO_COARSE)
    february = (None, Reason.NOT_LOADED)
    assert [found["BY", month] for month in range(1, 5)] == [hundred, february, hundred, unknown]
    assert [found["KZ", month] for month in range(1, 5)] == [unknown, february, hundred, hundred]
    chapters = series(asked.but(by=("partner", "goods"), level="chapter", first=dt.date(2024, 4, 1)))
    assert {cell.partner: cell.value for cell in chapters.cells} == {"KZ": Decimal(100)}
    april = series(asked.but(by=(), partners=("BY", "KZ"), first=dt.date(2024, 4, 1)))
    assert only(april).reason is Reason.TOO_COARSE

    releases.undo(other, by=None)
    assert [cell.value for cell in series(asked.but(by=(), partners=("BY",))).cells] == [100, None, 100, None]
    publish([{"partner": "CN", "month": "2024-04"}])
    assert only(series(asked.but(by=(), partners=("BY",), first=dt.date(2024, 4, 1)))).value == Decimal(0)

    back = load({"partner": "KZ", "month": "2024-01"}, {"partner": "KZ", "month": "2024-04"})
    of_kz = asked.but(by=(), partners=("KZ",), first=dt.date(2024, 3, 1), last=dt.date(2024, 3, 1))
    assert only(series(of_kz)).value == Decimal(0)
    undone = releases.undo(back, by=None)
    assert only(series(of_kz)).reason is Reason.TOO_COARSE
    releases.undo(undone, by=None)
    assert only(series(of_kz)).value == Decimal(0)
