"""The form of the explorer offers quantities where goods have them, and never leads into a dead end."""

from __future__ import annotations

import re

import pytest

from tests.trade.pages.conftest import text_of

pytestmark = pytest.mark.django_db
FORM = "/trade/?flow=X&frequency=M&from=2025-01&to=2025-02&partner=BY&split=&dataset=FCS&as_of="


@pytest.fixture
def counted(loaded, publish):
    """Publish computers in pieces and in kilograms of something, beside the two years without quantities."""
    return publish(
        [
            {"month": f"2025-0{month}", "commodity": code, "unit": unit, "quantity": str(month), "value": 1000}
            for month in (1, 2)
            for code, unit in (("8471300000", "796"), ("8471410000", "166"))
        ]
    )


def units(page):
    select = re.search(r'<select name="unit">(.*?)</select>', page, re.DOTALL)[1]
    return re.findall(r'value="(\w+)"', select), re.findall(r'value="(\w+)" selected', select)


def test_units_are_offered_for_goods_that_have_them(counted, official):
    offered, __ = units(text_of(official, "/trade/?goods=8471&flow=X"))
    assert {"796", "166"} <= set(offered)
    offered, __ = units(text_of(official, "/trade/?goods=84&flow=X"))
    assert "796" not in offered


def test_the_form_keeps_the_quantity(counted, official):
    official.cookies["language"] = "en"
    moved = official.get(f"{FORM}&goods=8471&unit=796")

    assert moved.status_code == 302
    assert "measure=quantity" in moved["Location"]
    page = text_of(official, moved["Location"])
    assert units(page)[1] == ["796"]
    assert "pcs" in page or "piece" in page


@pytest.mark.parametrize("changed", ["goods=", "goods=84", "goods=8471&flow=B"])
def test_a_unit_that_no_longer_fits_is_dropped_and_the_page_answers(counted, official, changed):
    moved = official.get(f"{FORM.replace('flow=X&', '') if 'flow' in changed else FORM}&{changed}&unit=796")

    assert moved.status_code == 302
    assert official.get(moved["Location"]).status_code == 200
