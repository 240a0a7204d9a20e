"""A group of countries is the sum of its members of each month, where the file does not state the group itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.trade.conftest import Publish, copy_text
from tests.trade.test_cube import COMPUTERS, only, question, values
from trade import releases
from trade.cube import (
    compare_with_last_year,
    lines,
    long_series,
    parts_of_groups,
    ranks,
    series,
    structure,
    totals,
    units,
)
from trade.indicators import Reason
from trade.indicators.answers import Note
from trade.models import Dataset, Membership, TradeArea

pytestmark = pytest.mark.django_db
FEBRUARY = dt.date(2024, 2, 1)


@pytest.fixture
def union(areas: None) -> None:
    """Let the EU consist of Germany, Belarus until January, China since February, Russia and nameless trade."""
    members = (("DE", "2000-01", ""), ("BY", "2000-01", "2024-01"), ("CN", "2024-02", ""), ("RU", "2000-01", ""))
    for code, first, last in (*members, ("X492", "2000-01", "")):
        kind = TradeArea.Kind.UNKNOWN if code == "X492" else TradeArea.Kind.COUNTRY
        area, __ = TradeArea.objects.get_or_create(code=code, defaults={"kind": kind, "name_ru": "-", "name_en": "-"})
        Membership.objects.create(
            group=TradeArea.objects.get(code="EU"),
            member=area,
            first_month=f"{first}-01",
            last_month=f"{last}-01" if last else None,
        )


@pytest.fixture
def two_months(union: None, publish: Publish) -> None:
    """Publish a trade of 1, 2, 4, 8 and 16 with five partners in January, ten times that in February."""
    partners = dict(zip(("DE", "BY", "CN", "KZ", "X492"), (1, 2, 4, 8, 16), strict=True))
    publish([
        {"month": f"2024-0{month}", "partner": partner, "value": value * 10 ** (month - 1)}
        for month in (1, 2) for partner, value in partners.items()
    ])  # fmt: skip


def asked(dataset: Dataset, **given: Any) -> Any:
    return question(dataset, **{"partners": ("EU",), "last": FEBRUARY, **given})


def test_a_group_is_the_sum_of_its_members_of_each_month(two_months: None, a_dataset: Dataset) -> None:
    assert values(series(asked(a_dataset))) == [1 + 2 + 16, 10 + 40 + 160]
    assert only(totals(asked(a_dataset))).value == 19 + 210
    turnover = series(asked(a_dataset, flow="T")).cells
    assert {cell.reason for cell in turnover} == {Reason.NOT_LOADED}  # no import is loaded


@pytest.mark.parametrize("goods", [("84",), ("8471",), (COMPUTERS,)])
def test_it_is_so_at_every_level_of_goods(two_months: None, a_dataset: Dataset, goods: tuple[str, ...]) -> None:
    assert values(series(asked(a_dataset, goods=goods))) == [19, 210]
    by_goods = asked(a_dataset, by=("goods",), level="chapter" if len(goods[0]) == 2 else str(len(goods[0])))
    assert values(series(by_goods)) == [19, 210]


def test_beside_others_a_group_and_its_members_stand_each_by_itself(two_months: None, a_dataset: Dataset) -> None:
    for level in ({}, {"goods": ("84",)}, {"goods": ("8471",)}):
        beside = asked(a_dataset, partners=("DE", "EU", "KZ"), by=("partner",), last=dt.date(2024, 1, 1), **level)
        assert {cell.partner: cell.value for cell in series(beside).cells} == {"DE": 1, "EU": 19, "KZ": 8}


def test_it_is_never_among_all_partners(two_months: None, a_dataset: Dataset) -> None:
    everyone = asked(a_dataset, partners=(), by=("partner",), last=dt.date(2024, 1, 1))
    assert "EU" not in {cell.partner for cell in series(everyone).cells}
    assert only(series(everyone.but(by=()))).value == 31
    assert sum(part.cell.value or 0 for part in structure(everyone).parts) == 31


def test_what_the_file_states_of_the_group_itself_is_its_figure(
    two_months: None, publish: Publish, a_dataset: Dataset
) -> None:
    staged = releases.stage(
        a_dataset,
        copy_text([{"month": "2024-02", "partner": "EU", "value": 500}]),
        vintage=releases.reserve_vintage(),
        only_its_partners=True,
    )
    releases.publish(staged, by=None)

    assert values(series(asked(a_dataset))) == [19, 500]
    assert values(series(asked(a_dataset, goods=("84",)))) == [19, 500]
    assert [line.partner for line in lines(asked(a_dataset)).rows] == ["BY", "DE", "X492", "EU"]
    assert only(series(asked(a_dataset, partners=(), first=FEBRUARY))).value == 310
    [parts] = parts_of_groups(asked(a_dataset))
    assert parts.is_stated
    assert parts_of_groups(asked(a_dataset, first=FEBRUARY)) == ()


def test_the_lines_are_those_of_the_members_then(two_months: None, a_dataset: Dataset) -> None:
    found: list[tuple[str, str, Decimal]] = []
    after = None
    while True:
        page = lines(asked(a_dataset), after=after, limit=2)
        found += [(f"{line.period:%m}", line.partner, line.value or Decimal(0)) for line in page.rows]
        after = page.next
        if after is None:
            break
    assert [row[:2] for row in found] == [
        *(("01", partner) for partner in ("BY", "DE", "X492")),
        *(("02", partner) for partner in ("CN", "DE", "X492")),
    ]
    assert sum(value for *__, value in found) == only(totals(asked(a_dataset))).value


def test_a_long_series_gives_the_same(two_months: None, a_dataset: Dataset) -> None:
    for by in ((), ("partner",)):
        assert [cell.value for cell in long_series(asked(a_dataset, by=by)).cells] == [19, 210]


def test_a_group_is_as_it_was_known_at_a_moment(two_months: None, publish: Publish, a_dataset: Dataset) -> None:
    before = a_dataset.releases.latest("pk").loaded_at
    publish([{"month": "2024-01", "partner": "DE", "value": 100}])
    assert values(series(asked(a_dataset)))[0] == 100
    assert values(series(asked(a_dataset, as_of=before)))[0] == 19


def test_a_year_stated_as_a_whole_adds_up_where_all_were_members_throughout(
    union: None, publish: Publish, a_dataset: Dataset
) -> None:
    publish([
        {"month": f"{year}-01", "months": 12, "partner": partner, "value": 5}
        for year in (2023, 2024, 2025) for partner in ("DE", "BY", "CN")
    ])  # fmt: skip
    years = asked(a_dataset, frequency="A", first=dt.date(2023, 1, 1), last=dt.date(2025, 12, 1))
    cells = series(years).cells
    assert [(cell.value, cell.reason) for cell in cells] == [(10, None), (None, Reason.GROUP_INCOMPLETE), (10, None)]
    before_the_group = asked(a_dataset, first=dt.date(1999, 1, 1), last=dt.date(1999, 1, 1))
    assert only(series(before_the_group)).value is None


def test_nobody_adds_up_a_group_of_whom_no_members_are_known(union: None, publish: Publish, a_dataset: Dataset) -> None:
    publish([{"month": "1999-12", "partner": "DE"}, {"month": "2000-01", "partner": "DE"}])
    months = asked(a_dataset, first=dt.date(1999, 12, 1), last=dt.date(2000, 1, 1))
    assert [(cell.value, cell.reason) for cell in series(months).cells] == [
        (None, Reason.GROUP_INCOMPLETE),
        (Decimal(100), None),
    ]


def test_a_member_that_was_not_loaded_is_missing_and_named(union: None, a_dataset: Dataset) -> None:
    def load(*given: dict[str, Any]) -> None:
        staged = releases.stage(a_dataset, copy_text(given), vintage=releases.reserve_vintage(), only_its_partners=True)
        releases.publish(staged, by=None)

    load({"partner": "DE"}, {"partner": "KZ"})
    cell = only(series(asked(a_dataset, last=dt.date(2024, 1, 1))))
    [parts] = parts_of_groups(asked(a_dataset, last=dt.date(2024, 1, 1)))
    assert (cell.value, cell.reason) == (None, Reason.GROUP_INCOMPLETE)
    assert parts.missing == ("BY",)
    load({"partner": "BY", "value": 7})
    assert only(series(asked(a_dataset, last=dt.date(2024, 1, 1)))).value == 107


def test_the_parts_tell_members_the_reporter_and_what_nobody_places(
    two_months: None, publish: Publish, a_dataset: Dataset
) -> None:
    publish([
        {"month": f"2024-0{month}", "partner": partner, "value": 3}
        for month in (3, 4) for partner in ("NNN", "_H", "DE")
    ])  # fmt: skip
    [parts] = parts_of_groups(asked(a_dataset, last=dt.date(2024, 4, 1)))
    assert [one.code for one in parts.countries] == ["BY", "DE", "CN"]
    assert (parts.left_out, parts.missing, parts.is_stated, parts.unplaced) == (("RU",), (), False, 12)
    assert {cell.partner for cell in parts.nameless} == {"NNN", "_H"}


def test_a_group_has_no_place_even_where_the_file_states_it(publish: Publish, a_dataset: Dataset) -> None:
    publish([{"partner": "EU", "value": 900}, {"partner": "DE", "value": 5}])
    [place] = ranks(asked(a_dataset, last=dt.date(2024, 1, 1)))
    assert (place.place, place.reason) == (None, Reason.NOT_RANKED)


def test_growth_says_that_the_members_are_not_the_same(two_months: None, publish: Publish, a_dataset: Dataset) -> None:
    publish([{"month": f"2023-0{month}", "partner": "DE", "value": 10} for month in (1, 2)])
    january, february = compare_with_last_year(asked(a_dataset))
    assert (january.growth.value, january.growth.note) == (90, None)
    assert (february.growth.value, february.growth.note) == (2000, Note.MEMBERS_DIFFER)


def test_quantities_of_a_group_have_the_units_of_its_members(union: None, publish: Publish, a_dataset: Dataset) -> None:
    publish([{"partner": "DE", "unit": "796", "quantity": 4}, {"partner": "BY", "unit": "796", "quantity": 3}])
    goods = asked(a_dataset, goods=(COMPUTERS,), last=dt.date(2024, 1, 1))
    assert units(goods) == ["796"]
    assert only(series(goods.but(measure="quantity", unit="796"))).value == 7


@pytest.mark.parametrize("other", ["KZ", "DE"])
def test_only_a_group_costs_more_queries(
    two_months: None, a_dataset: Dataset, other: str, django_assert_num_queries: Callable[[int], Any]
) -> None:
    with django_assert_num_queries(1):
        series(asked(a_dataset, partners=(other,)))
    with django_assert_num_queries(6):
        series(asked(a_dataset))
    with django_assert_num_queries(6):
        series(asked(a_dataset, partners=("EU", other), by=("partner",)))
