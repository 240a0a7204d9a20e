"""What every resource of the API does alike."""

from __future__ import annotations

import base64
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from cooperation.api import ANSWERS
from cooperation.api import RESOURCES as REGISTERED
from tests.api.conftest import RESOURCES, ROWS

pytestmark = pytest.mark.django_db

CODE_LISTS = "trade/codelists"
ALL_LISTS = [*RESOURCES, CODE_LISTS]
RECORD = {"id", "url", "page"}
HOSTILE = [
    "%00",
    "a%00b",
    "%ED%A0%80",
    "9223372036854775808",
    "9" * 30,
    "9" * 5000,
    "-1",
    "0",
    "99999",
    "1e400",
    "'",
    "%",
]


def errors(answer):
    body = answer.json()
    assert set(body) == {"type", "errors"}
    for error in body["errors"]:
        assert set(error) == {"code", "detail", "attr"}
    return body["errors"]


def test_every_registered_resource_is_tested():
    assert sorted(REGISTERED) == RESOURCES


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_list_holds_its_records(analyst, resource):
    row = ROWS[resource]()

    answer = analyst.get(f"/api/v1/{resource}/")

    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"next", "previous", "count", "results"}
    assert body["count"] == len(body["results"]) >= 1
    assert str(row.pk) in {str(record["id"]) for record in body["results"]}
    assert all(set(record) >= RECORD for record in body["results"])


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_record_is_found_at_its_own_address(analyst, resource):
    ROWS[resource]()
    listed = analyst.get(f"/api/v1/{resource}/").json()["results"][-1]

    answer = analyst.get(listed["url"])

    assert answer.status_code == 200
    record = answer.json()
    assert record["url"] == listed["url"] == f"http://testserver/api/v1/{resource}/{record['id']}/"
    assert {name: record[name] for name in listed} == listed


@pytest.mark.parametrize("resource", ALL_LISTS)
@pytest.mark.parametrize("name", ["999999", "nowhere", "00000000-0000-4000-8000-000000000000", *HOSTILE[:9]])
def test_an_unknown_record_is_not_found(analyst, resource, name):
    answer = analyst.get(f"/api/v1/{resource}/{name}/")

    assert answer.status_code == 404
    assert errors(answer)[0]["code"] == "not_found"


@pytest.mark.parametrize("resource", ALL_LISTS)
@pytest.mark.parametrize("tail", ["", "1/"])
def test_a_stranger_is_asked_for_a_token(resource, tail):
    answer = APIClient().get(f"/api/v1/{resource}/{tail}")

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Token"
    assert errors(answer)[0]["code"] == "not_authenticated"


@pytest.mark.parametrize("resource", ALL_LISTS)
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_wrong_method_is_refused(cast, api_for, resource, method):
    if method == "post" and hasattr(REGISTERED.get(resource), "create"):
        pytest.skip("makes a record")

    answer = getattr(api_for(cast.administrator), method)(f"/api/v1/{resource}/")

    assert answer.status_code == 405
    assert errors(answer)[0]["code"] == "method_not_allowed"


@pytest.mark.parametrize("resource", ALL_LISTS)
def test_an_unknown_parameter_is_named_with_the_allowed_ones(analyst, resource):
    answer = analyst.get(f"/api/v1/{resource}/?yaer=2024")

    assert answer.status_code == 400
    [error] = errors(answer)
    assert (error["attr"], error["code"]) == ("yaer", "unknown")
    if resource != CODE_LISTS:
        assert all(name in error["detail"] for name in REGISTERED[resource].filterset_class.base_filters)


@pytest.mark.parametrize("resource", RESOURCES)
def test_an_unknown_parameter_of_a_record_is_named(analyst, resource):
    ROWS[resource]()
    address = analyst.get(f"/api/v1/{resource}/").json()["results"][0]["url"]

    for parameter in ("format=json", "year=2024", "cursor=x"):
        answer = analyst.get(f"{address}?{parameter}")

        assert answer.status_code == 400
        assert errors(answer)[0]["attr"] == parameter.partition("=")[0]


def parameters():
    for resource in RESOURCES:
        view = REGISTERED[resource]
        for name in [*view.filterset_class.base_filters, "cursor", "ordering", "page_size", "format"]:
            yield resource, name


@pytest.mark.parametrize(("resource", "name"), list(parameters()))
def test_no_value_of_a_parameter_breaks_a_list(analyst, resource, name):
    for value in [*HOSTILE, "", "%20", "0001-01-01", "9999-12-31T23:59:59-14:00", "2024-13", "5000-01-01/.."]:
        answer = analyst.get(f"/api/v1/{resource}/?{name}={value}")

        assert answer.status_code in (200, 400), (value, answer.content)
        if answer.status_code == 400:
            assert {error["attr"] for error in errors(answer)} == {name}


@pytest.mark.parametrize("resource", RESOURCES)
def test_an_empty_or_repeated_parameter_is_refused(analyst, resource):
    assert errors(analyst.get(f"/api/v1/{resource}/?page_size="))[0]["code"] == "empty"
    assert errors(analyst.get(f"/api/v1/{resource}/?page_size=1&page_size=2"))[0]["code"] == "repeated"


@pytest.mark.parametrize("resource", RESOURCES)
def test_the_number_of_queries_does_not_grow_with_rows(analyst, resource):
    for __ in range(3):
        ROWS[resource]()
    _queries(analyst, f"/api/v1/{resource}/?page_size=1000")  # from now on the token's user comes from the cache
    few = _queries(analyst, f"/api/v1/{resource}/?page_size=1000")
    for __ in range(27):
        ROWS[resource]()

    many = _queries(analyst, f"/api/v1/{resource}/?page_size=1000")

    assert len(many) == len(few) <= {"facts": 40, "measures": 11}.get(resource, 10), many


def _queries(client, address):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in captured]


@pytest.mark.parametrize("resource", RESOURCES)
def test_pages_follow_one_another_both_ways_and_hold_each_record_once(analyst, resource):
    for __ in range(5):
        ROWS[resource]()
    whole = [record["id"] for record in analyst.get(f"/api/v1/{resource}/?page_size=1000").json()["results"]]

    seen, address = [], f"/api/v1/{resource}/?page_size=2"
    while address:
        page = analyst.get(address).json()
        seen += [record["id"] for record in page["results"]]
        last, address = page, page["next"]

    assert seen == whole
    back, address = [record["id"] for record in last["results"]], last["previous"]
    while address:
        page = analyst.get(address).json()
        back = [record["id"] for record in page["results"]] + back
        address = page["previous"]
    assert back == whole


@pytest.mark.parametrize("resource", [name for name in RESOURCES if name not in ("reports/runs", "reports/versions")])
def test_what_changed_since_a_moment_is_listed_in_order_of_change(analyst, resource):
    for __ in range(3):
        ROWS[resource]()
    address = f"/api/v1/{resource}/?ordering=updated_at&updated_since=2020-01-01&page_size=2"

    page = analyst.get(address).json()

    following = analyst.get(page["next"]).json()["results"]
    times = [record["updated_at"] for record in [*page["results"], *following]]
    assert times == sorted(times)
    assert analyst.get(f"/api/v1/{resource}/?updated_since=2099-01-01").json()["results"] == []


def cursor(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "broken",
    [
        "x", "=", "%F0%9F%98%80", cursor(), cursor("n"), cursor("n", "id"), cursor("n", "id", 1),
        cursor("n", "id", "x"),
        cursor("n", "id", "1", "2"), cursor("n", "updated_at", "2024-01-01", "1"), cursor("x", "id", "1"),
        cursor("n", "id", None), cursor("n", "id", "\0"), cursor("n", "id", "\ud800"), cursor("n", ["id"], "1"),
        base64.urlsafe_b64encode(b"[" * 2000).decode(), base64.urlsafe_b64encode(b"{}").decode(),
    ],
)  # fmt: skip
def test_a_broken_cursor_is_refused(analyst, broken):
    answer = analyst.get(f"/api/v1/agreements/?cursor={broken}")

    assert answer.status_code == 400
    assert errors(answer)[0]["attr"] == "cursor"


@pytest.mark.parametrize(
    "broken",
    [
        ("2024-01-01", "1"),
        ("0001-01-01T00:00:00+14:00", "1"),
        ("9999-12-31T23:59:59-14:00", "1"),
        ("x", "1"),
        ("1", "x"),
    ],
)
def test_a_broken_cursor_of_times_is_refused(analyst, broken):
    answer = analyst.get(f"/api/v1/agreements/?ordering=updated_at&cursor={cursor('n', 'updated_at', *broken)}")

    assert answer.status_code == 400
    assert errors(answer)[0]["attr"] == "cursor"


def test_a_cursor_of_a_huge_id_is_an_empty_page(analyst):
    answer = analyst.get(f"/api/v1/agreements/?cursor={cursor('n', 'id', '9' * 30)}")

    assert answer.status_code == 200
    assert answer.json()["results"] == []


@pytest.mark.parametrize("path", ["", "nowhere/", "trade/", "trade/nowhere/", "agreements/1/parties/", "%00/", "a b/"])
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_an_unknown_address_is_not_found_in_the_shape_of_errors(analyst, path, method):
    if path == "":
        pytest.skip("the root is there")

    answer = getattr(analyst, method)(f"/api/v1/{path}")

    assert answer.status_code == 404
    assert errors(answer)[0]["code"] == "not_found"


def test_a_forgotten_slash_leads_to_the_address(analyst):
    answer = analyst.get("/api/v1/agreements?page_size=5")

    assert answer.status_code == 301
    assert answer["Location"] == "/api/v1/agreements/?page_size=5"


def test_the_root_names_all_resources(analyst):
    addresses = analyst.get("/api/v1/").json()

    assert set(addresses) == {*REGISTERED, *ANSWERS, CODE_LISTS, "schema", "docs"}
    for name, address in addresses.items():
        assert address == f"http://testserver/api/v1/{name}/"
    assert analyst.get("/api/v1/?x=1").status_code == 400


@pytest.mark.parametrize(("language", "word"), [("ru", "найден"), ("en", "ot found")])
def test_errors_speak_the_readers_language(analyst, language, word):
    analyst.cookies["language"] = language

    assert word in errors(analyst.get("/api/v1/agreements/999999/"))[0]["detail"]


def test_the_header_asks_for_json_only(analyst):
    answer = analyst.get("/api/v1/agreements/", headers={"Accept": "text/csv"})

    assert answer.status_code == 406
