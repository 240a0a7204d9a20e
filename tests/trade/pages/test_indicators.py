"""The explorer shows indicators and the way to the target with their parts, and the same numbers as the API."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.utils import translation

from parties.formatting import number
from tests.trade.pages.conftest import COMPUTERS, links, text_of
from trade.models import Target

pytestmark = pytest.mark.django_db


@pytest.fixture
def analyst(cast, api_for):
    return api_for(cast.analyst)


def in_english(value, places):
    """Return a number as the English page shows it."""
    with translation.override("en"):
        return number(value, places).replace("\u00a0", " ")


def indicator_rows(page):
    """Return (name, shown value) of the rows of the table of indicators."""
    table = page[page.index('id="indicators"') :]
    table = table[: table.index("</section>")]
    rows = re.findall(r"<tr>\s*<th.*?<span>(.*?) <span.*?</th>\s*<td.*?<span>(.*?)</span></td>", table, re.DOTALL)
    assert rows
    return {name: re.sub(r"<[^>]+>", "", value).strip() for name, value in rows}


def test_the_indicators_of_the_year_stand_in_a_table(loaded, official):
    official.cookies["language"] = "en"

    rows = indicator_rows(text_of(official, "/trade/"))

    assert rows["Coverage of import by export"] == "250.0 %"
    assert rows["Relative balance"] == "0.43"
    assert rows["Newest 12 months"].startswith("42.00 million")
    assert rows["Rate over years"] == "+100.0 %"
    assert "Concentration of goods" in rows


def test_only_the_concentration_is_made_from_the_shares(facts, publish, official):
    publish([{"month": f"2024-0{month}", "flow": flow} for month in (1, 2) for flow in ("X", "M")])
    official.cookies["language"] = "en"

    page = text_of(official, "/trade/")

    assert indicator_rows(page)["Newest 12 months"].startswith("–")
    assert page.count("the shares above") == 1


@pytest.mark.parametrize("address", ["/trade/", f"/trade/?goods={COMPUTERS}&flow=X", "/trade/?to=2024-06&from=2024-01"])
def test_every_indicator_is_the_answer_of_the_api(loaded, official, analyst, address):
    official.cookies["language"] = "en"
    page = text_of(official, address)
    asked = links(page[page.index('id="indicators"') :], "/api/v1/trade/indicators/")
    assert len(asked) >= 4
    shown = list(indicator_rows(page).values())

    for query, text in zip(asked, shown, strict=True):
        answer = analyst.get(query)
        assert answer.status_code == 200, query
        first = answer.json()["data"][0]
        if first["value"] is None:
            assert text.startswith("–"), query
            continue
        value = Decimal(first["value"]) / (1_000_000 if "12_months" in query else 1)
        places = 3 if "hhi" in query else 1 if "coverage" in query or "yearly_rate" in query else 2
        assert in_english(value, places) in text, query


def test_the_parts_of_an_indicator_lead_to_their_lines(loaded, official):
    official.cookies["language"] = "en"
    page = text_of(official, f"/trade/?goods={COMPUTERS}&flow=X")
    section = page[page.index('id="indicators"') :]
    found = re.findall(r'<a href="(/trade/lines/\?[^"]+)">(.*?)</a>', section[: section.index("</section>")])

    assert found
    for link, __ in found:
        assert "1 line" in text_of(official, link) or " lines" in text_of(official, link)


def test_the_target_tells_base_aims_rates_and_a_forecast_or_why_there_is_none(loaded, official):
    official.cookies["language"] = "en"

    page = text_of(official, "/trade/")
    section = page[page.index('id="target"') :]

    for words in (
        "46.00 million US dollars",
        "69.00 million US dollars",
        "no date is named for the target",
        "84.00 million US dollars",
        "+26.0 %",
        "+44.2 %",
        "+12.2 %",
    ):
        assert words in section, words


def test_a_target_with_a_date_has_its_rate_and_forecast(loaded, official):
    Target.objects.filter(code="T8").update(due="2026")
    official.cookies["language"] = "en"

    page = text_of(official, "/trade/")
    section = page[page.index('id="target"') :]

    assert "168.00 million US dollars" in section
    assert "no date is named" not in section


def test_every_chart_has_files_a_drawing_and_lines_to_copy(loaded, official, analyst):
    page = text_of(official, "/trade/")
    charts = re.findall(r'<figure class="chart" id="(\w+)">(.*?)</figure>', page, re.DOTALL)

    assert [code for code, __ in charts] == ["series", "goods", "places"]
    for code, chart in charts:
        files = links(chart, "/api/v1/trade/")
        assert {address.rpartition("format=")[2] for address in files} >= {"csv", "xlsx", "parquet", "json"}, code
        for address in files:
            answer = analyst.get(address)
            assert answer.status_code == 200, address
        drawings = links(chart, "/trade/chart.")
        assert len(drawings) == 2
        for address in drawings:
            assert official.get(address).status_code == 200
        for tool in ("pandas", "httr2", "Web.Contents", "curl"):
            assert tool in chart, (code, tool)


def test_the_file_of_the_goods_holds_what_the_chart_shows(loaded, official, analyst):
    official.cookies["language"] = "en"
    page = text_of(official, "/trade/?flow=X")
    chart = re.search(r'<figure class="chart" id="goods">(.*?)</figure>', page, re.DOTALL)[1]
    address = next(one for one in links(chart, "/api/v1/trade/structure/") if one.endswith("format=json"))

    parts = {part["code"]: part for part in analyst.get(address).json()["data"]}

    assert Decimal(parts["G09"]["value"]) == Decimal("30.000078")
    assert in_english(Decimal(parts["G09"]["value"]), 2) in chart
