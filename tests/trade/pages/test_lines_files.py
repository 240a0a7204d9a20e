"""The file of the lines behind a figure holds exactly the lines of the page, and adds up to the figure."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest

from tests.trade.api.conftest import whole
from tests.trade.pages.conftest import links, text_of
from trade import catalogue
from trade.models import Dataset

pytestmark = pytest.mark.django_db
COMPUTERS = "8471300000"


@pytest.fixture(autouse=True)
def known_codes():
    """Forget codes and releases of other tests."""
    catalogue.forget()
    yield
    catalogue.forget()


@pytest.fixture
def comtrade(facts, publish):
    """Publish yearly figures in four levels, as Comtrade gives them, beside other partners and the import."""
    dataset = Dataset.objects.get(code="COMTRADE")
    lines = [
        {"month": f"{year}-01", "months": 12, "reporter": "RU", "partner": partner, "flow": flow, "commodity": code,
         "value": factor * size}
        for year, factor in ((2023, 1), (2024, 2))
        for partner in ("BY", "CN")
        for flow in "XM"
        for code, size in (("TOTAL", 1000), ("84", 600), ("8471", 500), ("847130", 400))
    ]  # fmt: skip
    release = publish(lines, dataset=dataset)
    catalogue.forget()
    return release


def file_behind(client, analyst, page_address, kind="csv"):
    """Return the rows of the file that a page of lines offers."""
    page = text_of(client, page_address)
    address = next(one for one in links(page, "/api/v1/trade/lines/") if one.endswith(f"format={kind}"))
    return list(csv.DictReader(io.StringIO(whole(analyst.get(address)).decode())))


@pytest.mark.parametrize(
    ("asked", "level", "total"),
    [
        ("flow=X", "total", 2000),
        ("flow=T", "total", 4000),
        ("flow=X&goods=84", "chapter", 1200),
        ("flow=X&goods=8471", "4", 1000),
        ("flow=M&partner=all", "total", 4000),
    ],
)
def test_a_file_of_several_levels_adds_up_to_the_figure(comtrade, official, cast, api_for, asked, level, total):
    partner = "" if "partner" in asked else "&partner=BY"
    address = f"/trade/lines/?dataset=COMTRADE&reporter=RU{partner}&{asked}&frequency=A&from=2024&to=2024"

    rows = file_behind(official, api_for(cast.analyst), address)

    assert {row["level"] for row in rows} == {level}
    assert sum(Decimal(row["value_usd"]) for row in rows) == total


def test_a_number_of_a_yearly_dataset_leads_to_its_lines(comtrade, official):
    official.cookies["language"] = "en"
    page = text_of(official, "/trade/?dataset=COMTRADE&reporter=RU&partner=BY&flow=X&unit=USD")

    [link, *__] = [one for one in links(page, "/trade/lines/") if "flow=X" in one]

    assert "2 000.00 US dollars" in text_of(official, link)
    assert "1 line" in text_of(official, link)


def test_groups_and_quantities_have_their_own_lines_only(loaded, publish, official, cast, api_for):
    publish(
        [
            {"month": "2025-01", "commodity": COMPUTERS, "unit": "796", "quantity": "3", "value": 30},
            {"month": "2025-01", "commodity": "8471410000", "unit": "166", "quantity": "5", "value": 50},
            {"month": "2025-01", "commodity": "1107100000", "value": 70},
        ]
    )
    catalogue.forget()
    analyst, month = api_for(cast.analyst), "from=2025-01&to=2025-01&flow=X"

    of_group = file_behind(official, analyst, f"/trade/lines/?goods=G09&{month}")
    of_unit = file_behind(official, analyst, f"/trade/lines/?goods=8471&measure=quantity&unit=796&{month}")

    assert [row["goods"] for row in of_group] == [COMPUTERS, "8471410000"]
    assert [(row["goods"], row["quantity"]) for row in of_unit] == [(COMPUTERS, "3.000")]


def test_lines_come_page_by_page_and_as_they_were_known(loaded, publish, cast, api_for):
    analyst = api_for(cast.analyst)
    address = "/api/v1/trade/lines/?partner=BY&flow=X&frequency=A&from=2024&to=2024"

    page = analyst.get(f"{address}&page_size=20&count=1").json()
    rest = analyst.get(page["next"]).json()

    assert (page["count"], len(page["results"]), len(rest["results"]), rest["next"]) == (24, 20, 4, None)
    assert {row["release"] for row in page["results"]} == {loaded.pk}
    before = analyst.get(f"{address}&as_of=2020-01-01").json()
    assert before["results"] == []
    for wrong in ("page_size=0", "cursor=x", "excel=1", "include=x", "format=pdf", "reporter="):
        assert analyst.get(f"{address}&{wrong}").status_code == 400
