"""Search by the API."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from dashboards.search import finding
from tests import factories as make
from tests.api.test_every_resource import HOSTILE, errors

pytestmark = pytest.mark.django_db


def ask(client, **parameters):
    return client.get("/api/v1/search/", parameters)


def test_results_are_grouped_and_carry_their_addresses(analyst):
    measure = make.make_measure(number="7", text_ru="Поставка лифтов", text_en="Delivery of lifts")
    make.make_progress_note(measure=measure, text="Договор о лифтах подписан")

    answer = ask(analyst, q="лифт").json()

    assert answer["count"] == 2
    assert {kind["kind"]: kind["count"] for kind in answer["kinds"]} == {"measures": 1, "progress-notes": 1}
    first = answer["results"][0]
    assert first["kind"] == "measures"
    assert first["type"] == "measure"
    assert first["title"] == {"ru": "7. Поставка лифтов", "en": "7. Delivery of lifts"}
    assert first["url"] == f"http://testserver/api/v1/measures/{measure.pk}/"
    assert first["page"] == f"http://testserver{measure.get_absolute_url()}"
    assert "<mark>лифтов</mark>" in first["snippet"]
    assert first["part_of"] == str(measure.plan)


def test_how_words_were_read_is_told(analyst):
    make.make_agreement(title_ru="О поставке лифтов")

    answer = ask(analyst, q="поставка лифтоф дирижабль").json()

    assert answer["words"] == [
        {"written": "поставка", "read_as": None, "is_known": True},
        {"written": "лифтоф", "read_as": "лифтов", "is_known": True},
        {"written": "дирижабль", "read_as": None, "is_known": False},
    ]
    assert answer["all_words"] is False
    assert answer["count"] == 1


def test_the_results_of_a_kind_follow_one_another_in_pages(analyst, monkeypatch):
    monkeypatch.setattr(finding, "ON_A_PAGE", 2)
    monkeypatch.setattr("dashboards.search.api.ON_A_PAGE", 2)
    for number in range(5):
        make.make_agreement(title_ru=f"О лифтах {number}")

    page = ask(analyst, q="лифты", kind="agreements").json()
    seen = [record["id"] for record in page["results"]]
    while page["next"]:
        page = analyst.get(page["next"]).json()
        assert page["count"] == 5
        seen += [record["id"] for record in page["results"]]

    assert len(seen) == len(set(seen)) == 5
    assert analyst.get(page["previous"]).json()["next"]


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({}, "q"),
        ({"q": ""}, "q"),
        ({"q": "а" * 201}, "q"),
        ({"q": "лифты", "kind": "galaxy"}, "kind"),
        ({"q": "лифты", "year": "0"}, "year"),
        ({"q": "лифты", "is_example": "perhaps"}, "is_example"),
        ({"q": "лифты", "page": "2"}, "page"),
        ({"q": "лифты", "colour": "red"}, "colour"),
    ],
)
def test_a_wrong_question_is_named(analyst, parameters, named):
    answer = ask(analyst, **parameters)

    assert answer.status_code == 400
    assert errors(answer)[0]["attr"] == named


@pytest.mark.parametrize("name", ["q", "kind", "year", "is_example", "page"])
@pytest.mark.parametrize("value", HOSTILE)
def test_no_value_breaks_the_search(analyst, name, value):
    make.make_agreement(title_ru="О лифтах")
    rest = "" if name == "q" else "&q=лифты"

    assert analyst.get(f"/api/v1/search/?{name}={value}{rest}").status_code in (200, 400)


def test_a_stranger_is_asked_for_a_token():
    assert ask(APIClient(), q="лифты").status_code == 401


def test_an_unchanged_answer_is_known_again(analyst):
    first = ask(analyst, q="лифты")

    assert analyst.get("/api/v1/search/", {"q": "лифты"}, headers={"If-None-Match": first["ETag"]}).status_code == 304
