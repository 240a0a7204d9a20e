"""Asking for a report, and reading its runs and versions."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from reports.models import Run
from tests import factories as make

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/reports/runs/"
WANTED = {"partnership": "tomsk-belarus", "year": 2024}


@pytest.fixture
def secretary(cast, api_for):
    make.make_partnership()
    return api_for(cast.secretary)


def test_a_report_is_asked_for(secretary, cast):
    answer = secretary.post(ADDRESS, WANTED, format="json")

    assert answer.status_code == 202
    run = Run.objects.get()
    record = answer.json()
    assert answer["Location"] == record["url"] == f"http://testserver{ADDRESS}{run.pk}/"
    assert (record["state"], record["year"], record["requested_by"]) == ("queued", 2024, "secretary")
    assert record["partnership"]["code"] == "tomsk-belarus"
    assert secretary.get(answer["Location"]).json() == record


def test_asking_twice_gives_the_same_run(secretary):
    first = secretary.post(ADDRESS, WANTED, format="json").json()

    assert secretary.post(ADDRESS, WANTED, format="json").json()["id"] == first["id"]
    assert Run.objects.count() == 1


@pytest.mark.parametrize(
    "role", ["official", "statistician", "analyst", "reviewer_home", "reviewer_partner", "executor"]
)
def test_other_roles_may_look_but_not_ask(cast, api_for, role):
    make.make_partnership()
    client = api_for(getattr(cast, role))

    assert client.get(ADDRESS).status_code == 200
    answer = client.post(ADDRESS, WANTED, format="json")
    assert answer.status_code == 403
    assert answer.json()["errors"][0]["code"] == "permission_denied"
    assert not Run.objects.exists()


def test_a_stranger_may_not_ask(db):
    assert APIClient().post(ADDRESS, WANTED, format="json").status_code == 401


def test_a_session_needs_the_csrf_token(cast, client_for):
    make.make_partnership()
    client = client_for(cast.secretary, enforce_csrf_checks=True)

    answer = client.post(ADDRESS, WANTED, content_type="application/json")

    assert answer.status_code == 403
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"year": 2024}, "partnership"),
        ({"partnership": "tomsk-belarus"}, "year"),
        ({**WANTED, "partnership": "nowhere"}, "partnership"),
        ({**WANTED, "partnership": "a\0b"}, "partnership"),
        ({**WANTED, "partnership": 5}, "partnership"),
        ({**WANTED, "partnership": ["x"]}, "partnership"),
        ({**WANTED, "partnership": None}, "partnership"),
        ({**WANTED, "year": 0}, "year"),
        ({**WANTED, "year": 1990}, "year"),
        ({**WANTED, "year": 99999}, "year"),
        ({**WANTED, "year": 2**63}, "year"),
        ({**WANTED, "year": 9999}, "year"),
        ({**WANTED, "year": "soon"}, "year"),
        ({**WANTED, "year": None}, "year"),
        ({**WANTED, "year": True}, "year"),
        ({**WANTED, "year": 2024.5}, "year"),
        ({**WANTED, "state": "done"}, "state"),
        ([WANTED], "non_field_errors"),
        ("text", "non_field_errors"),
    ],
)
def test_a_bad_request_names_the_field(secretary, body, attr):
    answer = secretary.post(ADDRESS, body, format="json")

    assert answer.status_code == 400
    assert {error["attr"] for error in answer.json()["errors"]} == {attr}


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"\xff", b"[" * 100_000, b'{"partnership": "\\ud800", "year": 2024}', b'{"year": 1e400}', b"NaN",
        b'{"\\u0000": 1}', b'{"\\ud800": 1}',
        b'{"partnership": "tomsk-belarus", "year": ' + b"9" * 5000 + b"}",
    ],
)  # fmt: skip
def test_a_broken_body_is_refused(secretary, body):
    answer = secretary.post(ADDRESS, data=body, content_type="application/json")

    assert answer.status_code == 400
    assert answer.json()["errors"]


def test_only_json_is_read(secretary):
    assert secretary.post(ADDRESS, data="x=1", content_type="application/x-www-form-urlencoded").status_code == 415


def test_runs_and_versions_are_filtered_and_versions_show_their_content(secretary):
    version = make.make_version(report=make.make_report(year=2023), content={"year": 2023})
    make.make_version(report=make.make_report(year=2022))
    make.make_run(report=version.report, state="done", version=version)

    [run] = secretary.get(f"{ADDRESS}?state=done&year=2023&partnership=tomsk-belarus").json()["results"]
    [listed] = secretary.get("/api/v1/reports/versions/?year=2023").json()["results"]
    alone = secretary.get(listed["url"]).json()

    assert run["version"]["id"] == version.pk
    assert "content" not in listed
    assert (alone["content"], alone["content_hash"]) == ({"year": 2023}, "0" * 64)
    [report] = secretary.get("/api/v1/reports/?year=2023").json()["results"]
    assert report["latest_version"] == 1
