"""The comparative advantage beside the shares of goods: the same as the API's, and why it is not there."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.utils import translation

from parties.formatting import number
from tests.trade.pages.conftest import CARS, COMPUTERS, MALT, links, text_of

pytestmark = pytest.mark.django_db
EXPORT = "/trade/?partner=BY&flow=X&frequency=A&from=2024&to=2024"
RCA = "/api/v1/trade/indicators/?indicator=rca"


@pytest.fixture
def of_the_country(loaded, publish):
    """Publish what Russia exports to Belarus: half computers, a tenth cars, the rest malt."""
    return publish([
        {"month": f"2024-{month:02}", "reporter": "RU", "commodity": goods, "value": value}
        for month in range(1, 13) for goods, value in ((COMPUTERS, 500), (CARS, 100), (MALT, 400))
    ])  # fmt: skip


def advantages(page):
    """Return the text of the cells of the advantage by the name of the class of goods."""
    table = page[page.index('id="goods"') :]
    cells = re.findall(
        r'<th scope="row">(.*?)</th>.*?data-label="Advantage \(RCA\)"><span>(.*?)</td>', table, re.DOTALL
    )
    plain = [[re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)).strip() for text in row] for row in cells]
    return dict(plain)


def test_advantages_stand_beside_the_shares_as_the_api_tells_them(of_the_country, official, api_for, cast):
    official.cookies["language"] = "en"

    page = text_of(official, f"{EXPORT}&goods=84,87")

    [link] = links(page, RCA)
    told = {row["goods"]: row for row in api_for(cast.analyst).get(link).json()["data"] if row["indicator"] == "rca"}
    assert Decimal(told["8471"]["value"]) > 1
    with translation.override("en"):
        expected = {goods: number(Decimal(row["value"]), 2) for goods, row in told.items()}
    shown = advantages(page)
    assert {name[:4]: text.split()[0] for name, text in shown.items()} == expected
    assert re.search(r": \d+\.\d %", next(iter(shown.values())))
    assert f"No. {of_the_country.pk} of" in page


def test_without_figures_of_the_country_the_page_says_so(loaded, official, api_for, cast):
    official.cookies["language"] = "en"

    page = text_of(official, EXPORT)

    assert "Advantage (RCA)" not in page
    assert "No comparative advantages (RCA)" in page
    [link] = links(page, RCA)
    assert {row["reason"] for row in api_for(cast.analyst).get(link).json()["data"]} == {"reference_not_loaded"}


def test_a_turnover_leads_to_the_advantages_of_export(of_the_country, official):
    official.cookies["language"] = "en"

    page = text_of(official, EXPORT.replace("flow=X", "flow=T"))

    assert "Advantage (RCA)" not in page
    [link] = [found for found in links(page, "/trade/?") if found.endswith("#goods")]
    assert "flow=X" in link
    assert "Advantage (RCA)" in text_of(official, link)


@pytest.mark.parametrize("query", ["flow=M", "flow=B", "reporter=BY&partner=RU-TOM&flow=X"])
def test_who_has_no_reference_has_no_word_of_it(of_the_country, publish, official, query):
    publish([{"reporter": "BY", "partner": "RU-TOM", "month": "2024-01", "flow": flow} for flow in ("X", "M")])
    assert 'id="advantages"' not in text_of(official, f"/trade/?{query}")
