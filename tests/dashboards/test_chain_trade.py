"""The chain ends in the trade of its goods, with the turnover of the newest whole year."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils.translation import override

from dashboards.chain import chain
from dashboards.chain.trading import in_words
from projects.models import Delivery
from tests.trade.conftest import Publish, a_dataset, areas, bulk_tables, publish  # noqa: F401 – fixtures

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 23)


def trade_of(delivery: Delivery):
    with override("en"):
        return next(step for step in chain(delivery, TODAY).steps if step.code == "trade")


@pytest.fixture
def tractors(facts) -> Delivery:
    delivery = Delivery.objects.get(code="T9")
    delivery.hs_code = "8701"
    delivery.save()
    return delivery


def lines(months: list[str], **given: object) -> list[dict[str, object]]:
    return [{"month": month, "flow": flow, **given} for month in months for flow in ("X", "M")]


def test_the_turnover_is_that_of_the_newest_whole_year(tractors, publish: Publish):  # noqa: F811
    year = [f"2024-{month:02}" for month in range(1, 13)]
    dairy = lines(year, commodity="0401100000", value="5000000.00")
    publish([*lines(year, commodity="8701200000", value="1000000.00"), *dairy])
    publish(lines(["2025-01"], commodity="8701200000", value="9000000.00"))

    (node,) = trade_of(tractors).nodes

    assert node.page == "/trade/?goods=G09"
    assert node.details == ("HS chapter 87", "turnover 24.00\u00a0million\u00a0US\u00a0dollars", "2024")
    assert node.gaps == ()


def test_a_year_that_is_not_loaded_in_full_gives_no_figure(tractors, publish: Publish):  # noqa: F811
    publish(lines(["2025-01", "2025-02"], commodity="8701200000", value="1000000.00"))

    (node,) = trade_of(tractors).nodes

    assert [gap.code for gap in node.gaps] == ["no_figure"]


def test_a_delivery_without_a_code_takes_the_codes_of_its_project(tractors):
    tractors.hs_code = ""
    tractors.save()
    tractors.project.hs_codes = "8408; 31"
    tractors.project.save()

    assert sorted(node.page for node in trade_of(tractors).nodes) == ["/trade/?goods=G03", "/trade/?goods=G09"]


def test_where_nothing_is_loaded_the_goods_are_named_with_a_gap(tractors):
    (node,) = trade_of(tractors).nodes

    assert [gap.code for gap in node.gaps] == ["no_figure"]


def test_without_any_code_the_step_is_a_gap(facts):
    assert trade_of(Delivery.objects.get(code="T10")).gap.code == "no_trade"


@pytest.mark.parametrize(
    ("chapters", "russian", "english"),
    [
        (("90",), "группа ТН ВЭД 90", "HS chapter 90"),
        (("87", "90"), "группы ТН ВЭД 87, 90", "HS chapters 87, 90"),
        (("84", "85"), "группы ТН ВЭД 84, 85", "HS chapters 84, 85"),
        ([f"{number:02}" for number in range(1, 22)], "группы ТН ВЭД 01–21", "HS chapters 01–21"),
        (("72", "84", "85", "86"), "группы ТН ВЭД 72, 84–86", "HS chapters 72, 84–86"),
    ],
)
def test_chapters_are_named_in_number(chapters, russian, english):
    with override("ru"):
        assert in_words(chapters) == russian
    with override("en"):
        assert in_words(chapters) == english
