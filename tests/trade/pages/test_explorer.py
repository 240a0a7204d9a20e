"""The explorer says what happened, leads every number to its lines, and reads no more for more data."""

from __future__ import annotations

import re
import uuid
from decimal import Decimal

import pytest

from parties.periods import Period
from tests.trade.pages.conftest import links, queries, text_of, two_years
from trade.models import Dataset, PublishedFigure
from trade.views import explorer

pytestmark = pytest.mark.django_db


def test_the_headline_is_the_turnover_of_the_newest_year_against_the_year_before(loaded, official):
    official.cookies["language"] = "en"

    page = text_of(official, "/trade/")

    assert "Turnover in 2024 is up 100.0 % on the year before: 42.00 million US dollars" in page


def test_the_headline_says_that_nothing_is_known(loaded, official):
    official.cookies["language"] = "en"

    page = text_of(official, "/trade/?from=1999-01&to=1999-12")

    assert "Turnover in 1999: no data" in page


def test_the_four_key_figures_stand_with_growth_and_place(loaded, official):
    official.cookies["language"] = "en"

    page = text_of(official, "/trade/")

    figures = re.findall(r'figure__label">(.*?)</p>.*?figure__value">(.*?)</p>', page, re.DOTALL)
    shown = {label: re.sub(r"<[^>]+>", "", value).strip() for label, value in figures}
    assert shown == {
        "Turnover, 2024": "42.00 million US dollars",
        "Export, 2024": "30.00 million US dollars",
        "Import, 2024": "12.00 million US dollars",
        "Balance, 2024": "18.00 million US dollars",
    }
    assert "No. 2 of 3" in page


@pytest.mark.parametrize(
    "address",
    [
        "/trade/",
        "/trade/?flow=B&frequency=Q",
        "/trade/?by=goods&level=chapter&frequency=A",
        "/trade/?partner=all&flow=M",
        "/trade/?goods=84&flow=X",
    ],
)
def test_every_number_leads_to_lines_that_add_up_to_it(loaded, official, address):
    official.cookies["language"] = "en"
    page = text_of(official, address)
    numbers = re.findall(r'<a href="(/trade/lines/\?[^"]+)">([−\d., ]+)', page)
    assert len(numbers) > 4

    for link, shown in dict(numbers).items():
        number = Decimal(shown.strip().replace("−", "-").replace(" ", ""))
        assert abs(sum_of_lines(official, link) / 1_000_000 - number) <= Decimal("0.005"), link


@pytest.mark.parametrize(
    ("partners", "together"), [("W,BY", "all partners"), ("BY,EU,CN", "European Union"), ("BY,CN", "")]
)
def test_partners_beside_what_may_contain_them_are_not_added_to_it(facts, publish, official, partners, together):
    union = ({"month": f"2024-{month:02}", "partner": "EU", "value": 500_000} for month in range(1, 13))
    publish([*two_years(), *union])
    official.cookies["language"] = "en"

    page = text_of(official, f"/trade/?flow=X&by=partner&partner={partners}")

    export = re.search(r'Export, 2024</p>.*?figure__value">.*?>([\d., ]+) <', page, re.DOTALL).group(1)
    assert export == {"all partners": "132.00", "European Union": "6.00", "": "120.00"}[together]
    assert ("are not added" in page) is bool(together)
    assert f"Tomsk Oblast – {together}" in page


@pytest.mark.parametrize("partners", ["all", "BY,CN"])
def test_several_partners_lead_to_both_sides_figures_of_the_partnership(loaded, official, partners):
    (way,) = links(text_of(official, f"/trade/?flow=X&partner={partners}"), "/trade/comparison/")

    assert "partner=BY&" in way
    assert official.get(way).status_code == 200


def sum_of_lines(client, link: str) -> Decimal:
    """Return what the lines of all pages add up to, import counting against export in a balance."""
    total = Decimal(0)
    while link:
        page = text_of(client, link)
        rows = re.findall(r'data-label="Flow">(.*?)</td>\s*<td class="number" data-label="US dollars">(.*?)</td>', page)
        for flow, value in rows:
            sign = -1 if flow == "import" and "flow=B" in link else 1
            total += sign * Decimal(value.replace(" ", ""))
        more = links(page, "?")
        link = next((f"/trade/lines/{one}" for one in more if "after=" in one), "")
    return total


def test_the_table_holds_exactly_what_the_chart_draws(loaded, official):
    official.cookies["language"] = "en"

    page = text_of(official, "/trade/?frequency=Q&from=2024&to=2024")

    drawn = re.search(r"<desc[^>]*>(.*?)</desc>", page).group(1)
    for quarter in ("Q1 2024", "Q2 2024", "Q3 2024", "Q4 2024"):
        assert f"{quarter}: 10.50" in drawn
        assert quarter in page


def test_goods_lead_down_from_group_to_chapter_to_heading(loaded, official):
    page = text_of(official, "/trade/?flow=X")
    group = next(link for link in links(page, "/trade/?") if "goods=G09" in link)
    page = text_of(official, group)
    chapter = next(link for link in links(page, "/trade/?") if "goods=84" in link)
    page = text_of(official, chapter)
    heading = next(link for link in links(page, "/trade/?") if "goods=8471" in link)
    page = text_of(official, heading)

    assert any("goods=847130" in link for link in links(page, "/trade/?"))
    assert any("goods=84&" in link for link in links(page, "/trade/?")), "no way back up"


def test_hidden_goods_are_shown_and_open_the_shares(facts, publish, official):
    official.cookies["language"] = "en"
    publish([*two_years(), {"month": "2024-12", "commodity": "_CONF", "value": 10_000_000}])

    page = text_of(official, "/trade/?flow=X")

    assert "Hidden and unallocated goods" in page
    assert "75.0–100.0 %" in page  # computers and cars are 30 of 40 million, the rest is hidden


def test_a_missing_month_makes_no_year_and_says_so(facts, publish, official):
    official.cookies["language"] = "en"
    publish([line for line in two_years() if line["month"] != "2024-05"])

    page = text_of(official, "/trade/?frequency=A&from=2024&to=2024")

    assert "11 of 12 months are loaded" in page


def test_before_any_file_the_page_shows_what_is_published(official):
    page = text_of(official, "/trade/")

    assert "load_examples" in page
    assert "< 23" in page


def test_a_question_without_data_is_answered_all_the_same(loaded, official):
    page = text_of(official, "/trade/?from=2010&to=2011&frequency=A")

    assert "×" in page


def test_more_than_six_series_are_put_together(facts, publish, official):
    official.cookies["language"] = "en"
    publish([{"month": "2024-01", "commodity": f"{chapter}01000000", "value": chapter} for chapter in range(40, 50)])

    page = text_of(official, "/trade/?by=goods&level=chapter&flow=X&from=2024-01&to=2024-01")

    assert "Others (5)" in page


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("colour=red", "colour"),
        ("flow=Q", "flow"),
        ("partner=XX", "partner"),
        ("from=2030&to=2020", "from"),
        ("goods=notgoods", "goods"),
        ("measure=quantity", "measure"),
        ("as_of=2199-01-01", "as_of"),
        ("flow=X&flow=M", "flow"),
        ("from=%00", "from"),
        ("dataset=NOPE", "dataset"),
    ],
)
@pytest.mark.parametrize("path", ["/trade/", "/trade/lines/", "/trade/chart.svg", "/trade/comparison/"])
def test_a_wrong_parameter_is_named(loaded, official, path, query, named):
    answer = official.get(f"{path}?{query}")

    assert answer.status_code == 400
    assert named in answer.content.decode()


def test_the_form_leads_to_an_address_that_says_the_same(loaded, official):
    sent = {
        "reporter": "RU-TOM", "flow": "X", "frequency": "A", "from": "2023", "to": "2024", "partner": "all",
        "goods": "", "split": "partner", "unit": "TNE", "dataset": "FCS", "as_of": "",
    }  # fmt: skip

    answer = official.get("/trade/", sent)

    assert answer.status_code == 302
    assert "by=partner" in answer["Location"]
    assert "measure=net_kg" in answer["Location"]
    assert official.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize("split", ["", "flow", "partner", "section", "group", "chapter", "4", "6", "10"])
def test_every_breakdown_that_the_form_offers_has_an_answer(loaded, official, split):
    answer = official.get("/trade/", {"split": split, "flow": "T", "grouping": "RU-REGIONS-1"})

    assert official.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize("path", ["/trade/", "/trade/lines/", "/trade/chart.png", "/trade/comparison/"])
def test_a_stranger_is_sent_to_sign_in(loaded, client, path):
    assert client.get(path)["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("path", ["/trade/", "/trade/lines/", "/trade/chart.png", "/trade/comparison/"])
def test_the_pages_are_read_only(loaded, official, path):
    assert official.post(path).status_code == 405


@pytest.mark.parametrize("path", ["/trade/", "/trade/?goods=84&flow=X", "/trade/?by=partner&partner=all&frequency=A"])
def test_an_unchanged_page_is_answered_with_304(loaded, official, path):
    first = official.get(path)

    assert official.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 304


def test_the_page_takes_few_queries_and_no_more_for_more_data(facts, publish, official):
    publish(two_years())
    few = queries(official, "/trade/")
    for year in range(2017, 2022):
        publish([{**line, "month": f"{year}{line['month'][4:]}"} for line in two_years() if line["month"] < "2024"])

    assert queries(official, "/trade/") == few <= 25


@pytest.mark.parametrize(("form", "begins"), [("svg", b"<svg"), ("png", b"\x89PNG")])
@pytest.mark.parametrize("chart", ["series", "goods", "places"])
def test_every_chart_is_a_file_that_says_what_it_shows(loaded, official, form, begins, chart):
    answer = official.get(f"/trade/chart.{form}?chart={chart}")

    assert answer.content.startswith(begins)
    assert "attachment" in answer["Content-Disposition"]
    if form == "svg":
        assert "FCS" in answer.content.decode() or "2024" in answer.content.decode()


def test_a_chart_is_not_drawn_again_for_a_reader_who_has_it(loaded, official, monkeypatch):
    first = official.get("/trade/chart.svg?chart=series")
    monkeypatch.setattr(explorer.explorer, "explore", lambda *__: pytest.fail("nothing is to be computed"))

    again = official.get("/trade/chart.svg?chart=series", headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert official.get("/trade/chart.svg?chart=pie").status_code == 400


def test_an_unknown_chart_is_refused(loaded, official):
    assert official.get("/trade/chart.svg?chart=pie").status_code == 400
    assert official.get("/trade/chart.svg?chart=places&partner=all").status_code == 404


def test_snippets_carry_the_question_and_never_a_token_in_an_address(loaded, official):
    page = text_of(official, "/trade/?flow=X&goods=84")

    for tool in ("read_csv", "httr2", "Web.Contents", "curl"):
        assert tool in page
    assert "goods=84" in page
    assert "token=" not in page.lower().replace("csrfmiddlewaretoken=", "")


def test_figures_as_known_before_a_revision_stay(loaded, publish, official):
    official.cookies["language"] = "en"
    before = loaded.loaded_at.isoformat().replace("+00:00", "Z")
    publish([{**line, "value": line["value"] * 2} for line in two_years() if line["month"] == "2024-12"])

    assert "45.50 million" in text_of(official, "/trade/")
    assert "42.00 million" in text_of(official, f"/trade/?as_of={before}")


def test_both_sides_stand_side_by_side_and_published_figures_beside_the_sums(loaded, publish, official):
    official.cookies["language"] = "en"
    other = Dataset.objects.create(code="OTHERS", name_ru="Белстат", name_en="Belstat", reporter="BY")
    publish(
        [{"month": "2024-01", "reporter": "BY", "partner": "RU-TOM", "flow": "M", "value": 3_000_000}], dataset=other
    )

    page = text_of(official, "/trade/comparison/?flow=X&from=2024-01&to=2024-01&frequency=M")

    assert "Belstat" in page
    assert re.search(r'data-label="Gap">\s*0\.50', page)
    assert "Why they may differ" in page
    assert "2.35 million US dollars" in page


@pytest.mark.parametrize("unit", ["USD_MN", "USD"])
def test_each_number_beside_another_leads_to_lines_that_add_up_to_it(loaded, publish, official, unit):
    official.cookies["language"] = "en"
    other = Dataset.objects.create(code="OTHERS", name_ru="Белстат", name_en="Belstat", reporter="BY")
    theirs = {"month": "2024-03", "reporter": "BY", "partner": "RU-TOM"}
    publish([{**theirs, "flow": "M", "value": 3_100_000}, {**theirs, "flow": "X", "value": 500_000}], dataset=other)
    PublishedFigure.objects.filter(flow="T", indicator="value").update(period=Period.year(2024))
    factor = {"USD_MN": 1_000_000, "USD": 1}[unit]

    sides = text_of(official, f"/trade/comparison/?from=2024-03&to=2024-03&frequency=M&unit={unit}")
    for column, count in (("Ours", 1), ("Theirs", 1), ("Sum of the data", 2)):
        cells = re.findall(rf'data-label="{column}">\s*<a href="(/trade/lines/[^"]+)">([\d., ]+)', sides)
        assert len(cells) == count, column
        for link, shown in cells:
            number = Decimal(shown.strip().replace(" ", "")) * factor
            assert abs(sum_of_lines(official, link) - number) <= factor / 200, column


def test_what_a_growth_and_a_target_rest_on_leads_to_its_lines(loaded, official):
    official.cookies["language"] = "en"
    page = text_of(official, "/trade/")

    for text in ("against 2023", "against the 12 months before"):
        link = re.findall(rf'<a href="(/trade/lines/\?[^"]+)">{text}</a>', page)[0]
        assert sum_of_lines(official, link) == 21_000_000, text
    trailing = page.partition("Newest 12 months</dt>")[2].partition("</dd>")[0]
    assert sum_of_lines(official, links(trailing, "/trade/lines/")[0]) == 42_000_000


def test_a_mirror_has_two_sides(loaded, official):
    assert official.get("/trade/comparison/?partner=all").status_code == 400


@pytest.mark.parametrize(
    "address",
    ["/trade/", "/trade/?flow=B&frequency=Q", "/trade/?goods=G09&flow=X", "/trade/lines/?goods=G09&from=2024&to=2024"],
)
def test_every_file_that_a_page_offers_exists(loaded, official, address):
    page = text_of(official, address)
    files = [link for link in links(page, "/") if "format=" in link or link.startswith("/trade/chart")]
    assert len(files) >= 4

    for link in files:
        answer = official.get(link)
        assert answer.status_code == 200, link
        assert answer.getvalue(), link


def test_the_target_stays_in_money_and_keeps_its_precision_whatever_is_measured(loaded, official):
    official.cookies["language"] = "en"
    for address in ("/trade/", "/trade/?measure=net_kg&unit=TNE"):
        target = text_of(official, address).partition('id="target"')[2].partition("</section>")[0]
        assert "42.00 million US dollars" in target
        assert "< 46.00 million US dollars" in target
        assert re.search(r'data-label="Part of the way">> [0-9.]+ %<', target)
        assert re.search(r'data-label="Growth still needed">< [+-][0-9.]+ %<', target)
        assert "tonnes" not in target


def test_weights_and_money_beside_published_figures_keep_their_own_unit(loaded, official):
    official.cookies["language"] = "en"
    weight = PublishedFigure.objects.filter(indicator="value", flow="T", period=Period.year(2022)).get()
    weight.pk, weight.code, weight.unit, weight.value = None, "weight-2024", "TNE", 100
    weight.entry_key = uuid.uuid4()
    weight.period = Period.year(2024)
    weight.save()
    page = text_of(official, "/trade/comparison/?from=2024&to=2024&frequency=A")
    row = page.partition("100 tonnes")[2].partition("</tr>")[0]
    assert re.search(r'data-label="Sum of the data">\s*<a [^>]+>0\.4 tonnes', row)
    assert "dollars" not in row


def test_january_to_july_as_the_file_states_it_makes_the_key_figures(facts, publish, official):
    official.cookies["language"] = "en"
    publish(
        [
            {"month": f"{year}-01", "months": 7, "commodity": "TOTAL", "flow": flow, "value": value * 1_000_000}
            for year, value in ((2023, 5), (2024, 6))
            for flow in "XM"
        ]
    )
    page = text_of(official, "/trade/")
    assert "12.00 million" in page
    assert "+20.0 %" in page
    (turnover,) = [link for link in links(page, "/trade/lines/") if "flow=T" in link and "to=2024-07" in link][:1]
    assert sum_of_lines(official, turnover) == 12_000_000


def test_the_page_as_of_a_day_is_about_the_months_known_then(facts, publish, official):
    official.cookies["language"] = "en"
    before = publish(line for line in two_years() if line["month"] < "2024-01").loaded_at
    publish(line for line in two_years() if line["month"] >= "2024-01")
    moment = before.isoformat().replace("+00:00", "Z")
    page = text_of(official, f"/trade/?as_of={moment}")
    assert "Turnover in 2023: 21.00 million" in page
    published = text_of(official, f"/trade/comparison/?as_of={moment}&from=2023&to=2023")
    assert "2024" not in published.partition("Published figures beside")[0]


def test_places_by_weight_say_so(loaded, official):
    official.cookies["language"] = "en"
    assert "by value, year by year" in text_of(official, "/trade/")
    page = text_of(official, "/trade/?measure=net_kg&unit=TNE")
    assert "by weight, year by year" in page
    assert "by value, year by year" not in page
