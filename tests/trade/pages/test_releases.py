"""Datasets and releases: what is loaded, what each release changed, and the way back for those who may."""

from __future__ import annotations

import re

import pytest

from tests.trade.pages.conftest import links, queries, text_of, two_years
from trade import undos
from trade.models import Release
from trade.releases import undo

pytestmark = pytest.mark.django_db


@pytest.fixture
def revised(loaded, publish) -> Release:
    """Publish the last month again: computers to Belarus doubled, malt gone, cars as before."""
    month = [line for line in two_years() if line["month"] == "2024-12"]
    lines = [
        {**line, "value": line["value"] * 2} if line["partner"] == "BY" and line["commodity"] == "8471300000" else line
        for line in month
        if not (line["partner"] == "BY" and line["flow"] == "M")
    ]
    return publish(lines)


def test_a_dataset_tells_how_it_is_made_and_what_it_holds(loaded, official):
    official.cookies["language"] = "en"

    page = text_of(official, "/trade/datasets/FCS/")

    assert "01.2023 – 12.2024" in page
    assert "216" in page
    assert "Valuation of export" in page


def test_the_datasets_lead_to_their_pages(loaded, official):
    page = text_of(official, "/trade/datasets/")

    assert "/trade/datasets/FCS/" in links(page, "/trade/datasets/")


def test_a_release_shows_lines_before_and_after(revised, official):
    official.cookies["language"] = "en"

    page = text_of(official, f"/trade/releases/{revised.pk}/")

    assert "2 000 012.00" in page
    assert "4 000 024.00" in page
    assert "+100.0 %" in page


def test_lines_of_several_reporters_name_whose_trade_they_are(facts, publish, official):
    several = publish([{"reporter": reporter, "value": value} for reporter, value in (("RU-TOM", 5), ("KZ", 7))])
    one = publish([{"month": "2024-02"}])

    assert "Томская область – Беларусь, экспорт" in text_of(official, f"/trade/releases/{several.pk}/")
    assert "Томская область – Беларусь, экспорт" not in text_of(official, f"/trade/releases/{one.pk}/")


def test_lines_of_longer_periods_name_them(facts, publish, official):
    release = publish([{"month": "2024-01", "months": 12}, {"month": "2024-04", "months": 3}])

    page = text_of(official, f"/trade/releases/{release.pk}/")

    assert re.search(r'data-label="Период">2024 г\.<', page)
    assert re.search(r'data-label="Период">II квартал 2024 г\.<', page)


def test_a_release_shows_what_disappeared(revised, official):
    page = text_of(official, f"/trade/releases/{revised.pk}/?show=disappeared")

    assert "1107100000" in page


def test_new_lines_come_page_by_page_without_a_gap(loaded, official):
    address, seen = f"/trade/releases/{loaded.pk}/?show=new", 0
    while address:
        page = text_of(official, address)
        seen += page.count('<th scope="row"')
        address = next(
            (f"/trade/releases/{loaded.pk}/{one}" for one in links(page, "?show=new") if "after=" in one), ""
        )

    assert seen == loaded.opened_rows == 216


@pytest.mark.parametrize(
    ("query", "named"), [("colour=red", "colour"), ("show=all", "show"), ("after=x", "after"), ("after=%00", "after")]
)
def test_a_wrong_parameter_of_a_release_is_named(loaded, official, query, named):
    answer = official.get(f"/trade/releases/{loaded.pk}/?{query}")

    assert answer.status_code == 400
    assert named in answer.content.decode()


@pytest.mark.parametrize(
    ("query", "status"),
    [("dataset=FCS", 200), ("as_of=2026-01-01", 200), ("before=5", 200), ("before=x", 400), ("dataset=NOPE", 400)],
)
def test_the_list_of_releases_can_be_narrowed(loaded, official, query, status):
    assert official.get(f"/trade/releases/?{query}").status_code == status


@pytest.mark.parametrize("path", ["/trade/releases/999999/", "/trade/datasets/NOPE/"])
def test_what_is_not_there_is_not_found(official, path):
    assert official.get(path).status_code == 404


def test_a_statistician_undoes_a_release_after_a_question(revised, statistician):
    assert f"/trade/releases/{revised.pk}/undo/" in text_of(statistician, f"/trade/releases/{revised.pk}/")
    assert statistician.get(f"/trade/releases/{revised.pk}/undo/").status_code == 200

    address = f"/trade/releases/{revised.pk}/undo/"
    answer = statistician.post(address, {"note": "by mistake"})

    assert answer["Location"] == address
    assert "data-poll=" in text_of(statistician, f"{address}?part=1")
    assert "<form" not in text_of(statistician, address).partition("<main")[2]
    undos.carry_out(undo_id=revised.undos.get().pk)
    made = Release.objects.get(undoes=revised)
    assert made.note == "by mistake"
    assert "data-poll=" not in text_of(statistician, f"{address}?part=1")
    assert made.get_absolute_url() in text_of(statistician, address)


def test_an_undo_that_became_impossible_is_told_with_its_reason(revised, statistician, publish):
    statistician.cookies["language"] = "en"
    address = f"/trade/releases/{revised.pk}/undo/"
    statistician.post(address)
    publish([{"month": "2024-12", "value": 6}])
    undos.carry_out(undo_id=revised.undos.get().pk)

    assert "A later release about the same trade stands" in text_of(statistician, address)


def test_an_undone_release_is_not_undone_again(revised, statistician):
    undo(revised, by=None)

    assert statistician.post(f"/trade/releases/{revised.pk}/undo/").status_code == 409
    assert Release.objects.filter(undoes=revised).count() == 1


def test_an_earlier_release_is_not_undone_under_a_later_one(loaded, revised, statistician):
    assert statistician.post(f"/trade/releases/{loaded.pk}/undo/").status_code == 409


def test_others_may_not_undo(loaded, official):
    assert "undo" not in text_of(official, f"/trade/releases/{loaded.pk}/")
    assert official.get(f"/trade/releases/{loaded.pk}/undo/").status_code == 403


@pytest.mark.parametrize("path", ["/trade/datasets/", "/trade/releases/", "/data/"])
def test_a_stranger_is_sent_to_sign_in(client, path):
    assert client.get(path)["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("path", ["/trade/datasets/", "/trade/releases/", "/data/"])
def test_more_releases_cost_no_more_queries(loaded, publish, official, path):
    few = queries(official, path)
    for year in range(2016, 2020):
        publish([{"month": f"{year}-01"}])

    assert queries(official, path) == few <= 6


@pytest.fixture
def revised_twice(revised, publish) -> Release:
    """Publish the last month once more: computers to Belarus as at first, a new partner."""
    month = [line for line in two_years() if line["month"] == "2024-12"]
    return publish([*month, {"month": "2024-12", "partner": "DE", "value": 77}])


def test_two_releases_are_compared(loaded, revised, revised_twice, official, cast, api_for):
    official.cookies["language"] = "en"
    analyst = api_for(cast.analyst)

    page = text_of(official, f"/trade/releases/{revised_twice.pk}/?against={loaded.pk}")
    body = analyst.get(f"/api/v1/trade/releases/{revised_twice.pk}/diff/?against={loaded.pk}").json()
    turned = analyst.get(f"/api/v1/trade/releases/{loaded.pk}/diff/?against={revised_twice.pk}").json()

    assert f"What lies between releases No. {loaded.pk} and No. {revised_twice.pk}" in page
    assert [(row["kind"], row["partner"], row["new_value_usd"]) for row in body["results"]] == [("new", "DE", "77")]
    assert (body["release"], body["against"]) == (revised_twice.pk, loaded.pk)
    assert turned["results"] == body["results"]
    assert "77.00" in page
    single = analyst.get(f"/api/v1/trade/releases/{revised_twice.pk}/diff/").json()
    assert sorted(row["kind"] for row in single["results"]) == ["changed", "new", "new"]
    assert single["against"] is None


def test_what_went_and_changed_between_two_releases_is_shown(loaded, revised, official, cast, api_for):
    body = (
        api_for(cast.analyst).get(f"/api/v1/trade/releases/{loaded.pk}/diff/?against={revised.pk}&kind=changed").json()
    )

    assert [(row["old_value_usd"], row["new_value_usd"]) for row in body["results"]] == [("2000012", "4000024")]
    page = text_of(official, f"/trade/releases/{revised.pk}/?against={loaded.pk}&show=disappeared")
    assert "1107100000" in page


@pytest.mark.parametrize("against", ["0", "999999", "x", "", "9" * 30])
def test_only_another_release_of_the_dataset_is_compared(loaded, official, cast, api_for, against):
    analyst = api_for(cast.analyst)
    for number in (against, str(loaded.pk)):
        assert analyst.get(f"/api/v1/trade/releases/{loaded.pk}/diff/?against={number}").status_code == 400
        if number:
            assert official.get(f"/trade/releases/{loaded.pk}/?against={number}").status_code == 400
