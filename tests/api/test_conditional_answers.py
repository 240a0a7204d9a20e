"""An unchanged answer is not sent twice."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agreements.models import Agreement
from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESSES = ["", "agreements/", "agreements/A/", "facts/", "trade/codelists/", "trade/codelists/areas/"]


@pytest.fixture
def agreement(_foundations) -> Agreement:
    return make.make_agreement(code="A")


def validator(client, path="agreements/"):
    return client.get(f"/api/v1/{path}")["ETag"]


@pytest.mark.parametrize("path", ADDRESSES)
def test_an_unchanged_answer_is_not_sent_again(agreement, analyst, path):
    first = analyst.get(f"/api/v1/{path}")
    assert first["ETag"].startswith('W/"')

    again = analyst.get(f"/api/v1/{path}", headers={"If-None-Match": f'"other", {first["ETag"]}'})

    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    for answer in (first, again):
        assert answer["Cache-Control"] == "private, no-cache"
        assert {"Authorization", "Cookie"} <= {name.strip() for name in answer["Vary"].split(",")}


def test_an_unchanged_list_is_not_looked_up(agreement, analyst):
    etag = validator(analyst)

    with CaptureQueriesContext(connection) as captured:
        analyst.get("/api/v1/agreements/", headers={"If-None-Match": etag})

    assert not [query["sql"] for query in captured if "agreements_agreement" in query["sql"]]


def test_a_change_of_the_data_is_sent(agreement, analyst):
    etag = validator(analyst)
    Agreement.objects.filter(pk=agreement.pk).update(number="7")

    answer = analyst.get("/api/v1/agreements/", headers={"If-None-Match": etag})

    assert answer.status_code == 200
    assert answer.json()["results"][0]["number"] == "7"


def test_validators_differ_by_address_reader_role_language_and_day(agreement, cast, api_for, analyst, monkeypatch):
    plain = validator(analyst)
    other_reader = validator(api_for(cast.official))
    other_address = validator(analyst, "agreements/?page_size=5")
    analyst.cookies["language"] = "en"
    other_language = validator(analyst)
    monkeypatch.setattr(timezone, "localdate", lambda *args: dt.date(2030, 1, 1))
    other_day = validator(analyst)

    assert len({plain, other_reader, other_address, other_language, other_day}) == 5


def test_errors_carry_no_validator_and_a_star_matches_nothing(agreement, analyst):
    assert "ETag" not in analyst.get("/api/v1/agreements/?x=1")
    assert "ETag" not in analyst.get("/api/v1/agreements/999999/")
    assert analyst.get("/api/v1/agreements/999999/", headers={"If-None-Match": "*"}).status_code == 404


def test_runs_carry_no_validator(agreement, analyst):
    make.make_run()

    assert "ETag" not in analyst.get("/api/v1/reports/runs/")
