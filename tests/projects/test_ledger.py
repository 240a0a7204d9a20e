"""The ledger adds only what is alike, and nothing twice."""

from __future__ import annotations

import csv
from decimal import Decimal
from io import StringIO

import pytest
from django.http import QueryDict

from projects import queries
from projects.models import Delivery
from tests import factories as make

pytestmark = pytest.mark.django_db


def totals(**filters):
    found = queries.totals(Delivery.objects.filter(**filters))
    return [(total.unit, total.quantity, total.precision) for total in found]


def tractors(quantity, precision="=", unit=("единиц", "machines"), **given):
    return make.make_delivery(
        quantity=Decimal(quantity), precision=precision, unit_ru=unit[0], unit_en=unit[1], **given
    )


def test_only_like_units_are_added():
    tractors(3)
    tractors(4, unit=("Единиц ", "machines"))
    tractors(5, unit=("т", "t"))
    make.make_delivery()

    assert totals() == [("machines", 7, "="), ("t", 5, "=")]


@pytest.mark.parametrize(
    ("marks", "sum_mark"),
    [("==", "="), ("=>", ">"), ("><", "≈"), ("<=", "<"), ("≈=", "≈"), ("≈>", "≈"), (">>", ">")],
)
def test_a_sum_is_as_exact_as_its_parts(marks, sum_mark):
    for mark in marks:
        tractors(10, mark)

    assert totals() == [("machines", 20, sum_mark)]


def test_both_directions_and_examples_stay_apart():
    tractors(1)
    tractors(2, from_side="home")
    tractors(3, is_example=True)

    found = queries.totals(Delivery.objects.all())

    assert [(total.from_side, total.quantity, total.is_example) for total in found] == [
        ("home", 2, False),
        ("partner", 1, False),
        ("partner", 3, True),
    ]


def test_a_part_is_not_added_to_its_whole_but_counts_alone():
    whole = tractors(250, ">", period="2016/2024-S1")
    tractors(12, part_of=whole, period="2025")

    assert totals() == [("machines", 250, ">")]
    assert totals(period__overlap=make._period("2025")) == [("machines", 12, "=")]


def test_the_ledger_says_how_much_is_not_stated():
    tractors(3)
    make.make_delivery()

    ledger = queries.ledger(make.make_partnership(), QueryDict())

    assert ledger.title == "2 deliveries are known, of which 1 without a stated quantity"


def test_a_delivery_leads_to_the_trade_in_its_goods_and_has_an_anchor(cast, client_for):
    delivery = tractors(3, hs_code="8701", project=make.make_project())

    page = client_for(cast.official).get("/deliveries/?hs_code=87").content.decode()

    assert f'id="delivery-{delivery.pk}"' in page
    assert 'href="/trade/?goods=8701"' in page
    assert delivery.get_absolute_url() == f"/deliveries/#delivery-{delivery.pk}"


def test_a_delivery_leads_back_to_what_was_agreed(official):
    delivery = tractors(3, project=make.make_project())

    assert f'href="/chain/delivery/{delivery.pk}/"' in official.get("/deliveries/").text


def test_quantities_in_files_are_plain_numbers(facts, official):
    rows = list(csv.DictReader(StringIO(official.get("/deliveries.csv").content.decode("utf-8-sig"))))

    assert "250" in [row["Quantity"] for row in rows]
