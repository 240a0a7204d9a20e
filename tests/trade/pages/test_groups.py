"""A group of countries on the page of trade and in the API: its sum, of whom, of whom not, and the lines."""

from __future__ import annotations

import re

import pytest

from tests.trade.pages.conftest import COMPUTERS, links, queries, text_of

pytestmark = pytest.mark.django_db
EAEU = "/trade/?partner=EAEU&flow=X&frequency=A&from=2024&to=2024"


@pytest.fixture
def analyst(cast, api_for):
    return api_for(cast.analyst)


def note(page):
    """Return the words of the note on the group."""
    found = re.search(r'<div class="note group">(.*?)</div>', page, re.DOTALL).group(1)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found)).strip()


def test_the_page_says_of_whom_a_group_is_added_up(loaded, official):
    official.cookies["language"] = "en"

    page = text_of(official, EAEU)

    # twelve months of Belarus and Kazakhstan, doubled in 2024: computers with 1 to 12 dollars more, and cars
    assert "Eurasian Economic Union" in page
    assert "42.00" in page
    words = note(page)
    assert words.startswith(
        "Eurasian Economic Union: trade with 4 members added up, by who was one in each month: Armenia, "
    )
    assert "Its own country is left out: Russia." in words
    assert "Armenia" in words
    assert "more are with partners hidden" not in words
    [apart] = [link for link in links(page, "/trade/?") if "by=partner" in link and "partner=AM,BY,KZ,KG" in link]
    assert "Belarus" in text_of(official, apart)


def test_the_figure_of_a_group_opens_the_lines_of_its_members(loaded, official):
    page = text_of(official, EAEU)
    lines = next(link for link in links(page, "/trade/lines/?") if "flow=X" in link and "from=2024" in link)

    opened = text_of(official, lines)

    assert "partner=EAEU" in lines
    assert "48 строк" in opened
    assert "Казахстан" in opened
    assert "Китай" not in re.search(r"<tbody>(.*?)</tbody>", opened, re.DOTALL).group(1)


def test_trade_that_nobody_places_is_said_and_opens_its_lines(loaded, official, publish):
    months = [f"2024-{month:02}" for month in range(1, 13)]
    publish([
        {"month": month, "partner": partner, "value": value}
        for month in months for partner, value in (("NNN", 1_000_000), ("BY", 5))
    ])  # fmt: skip
    official.cookies["language"] = "en"

    page = text_of(official, EAEU)

    assert "12.00 million US dollars more are with partners hidden or not stated" in note(page)
    assert any("partner=NNN" in link for link in links(page, "/trade/lines/?"))


def test_a_country_has_no_such_note_and_costs_no_query_of_it(loaded, official):
    assert "note group" not in text_of(official, "/trade/?partner=KZ")
    assert queries(official, "/trade/?partner=KZ&flow=X&from=2024&to=2024") < queries(official, EAEU)


def test_the_work_for_a_group_does_not_grow_with_its_lines(loaded, official, publish):
    before = queries(official, EAEU)
    publish([{"month": "2025-01", "partner": partner, "commodity": f"84713{number:05}"}
             for partner in ("BY", "KZ", "AM", "KG") for number in range(50)])  # fmt: skip
    assert queries(official, EAEU) == before


def test_the_api_says_the_same(loaded, analyst):
    answer = analyst.get(f"/api/v1/trade/series/?{EAEU.partition('?')[2]}").json()

    [group] = answer["meta"]["groups"]
    assert group["code"] == "EAEU"
    assert {one["code"] for one in group["members"]} == {"AM", "BY", "KZ", "KG"}
    assert [one["from"] for one in group["members"] if one["code"] == "KG"] == ["2015-08"]
    assert (group["left_out"], group["missing"], group["is_stated"], group["unplaced"]) == (["RU"], [], False, "0")
    [row] = answer["data"]
    apart = analyst.get("/api/v1/trade/series/?partner=BY,KZ&flow=X&frequency=A&from=2024&to=2024").json()
    assert row["value"] == apart["data"][0]["value"]
    assert apart["meta"]["groups"] == []


def test_growth_notes_that_a_member_came_between(facts, publish, analyst):
    publish([{"month": f"{year}-{month:02}", "partner": "KG"} for year in (2015, 2016) for month in range(1, 13)])
    found = analyst.get("/api/v1/trade/indicators/?partner=EAEU&flow=X&frequency=A&from=2016&to=2016").json()
    [row] = found["data"]
    assert (row["numerator"]["value"], row["denominator"]["value"]) == ("1200", "500")
    assert row["note"] == "members_differ"


def test_the_members_are_a_code_list(facts, analyst):
    codes = analyst.get("/api/v1/trade/codelists/memberships/").json()["codes"]
    [britain] = [row for row in codes if row["member"] == "GB"]
    assert (britain["group"], britain["valid_from"], britain["valid_to"]) == ("EU", "1993-11-01", "2020-01-01")
    assert britain["note"]["en"]


@pytest.mark.parametrize("more", ["", f"&goods={COMPUTERS}", "&by=goods&level=group", "&as_of=2026-01-01"])
def test_a_group_is_answered_however_it_is_asked(loaded, official, more):
    text_of(official, f"{EAEU}{more}")
