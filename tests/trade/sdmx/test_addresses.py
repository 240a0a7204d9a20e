"""Who may ask, what is answered to wrong questions, and in which form."""

from __future__ import annotations

import base64

import pytest
from django.core.cache import cache
from lxml import etree

from trade.sdmx import kept, reading

pytestmark = pytest.mark.django_db

DATA = "/sdmx/data/TRADE/A..X.TOTAL.BY.N.VALUE..FCS"


@pytest.fixture
def analyst(world, api_for, cast):
    """Return a function that asks as the analyst and takes the whole answer."""
    client = api_for(cast.analyst)
    return lambda path, **more: whole(client.get(path, **more))


def whole(response):
    """Return an answer whose stream has been read to its end."""
    if response.streaming:
        response.whole = b"".join(response.streaming_content).decode()
    return response


def code(response) -> int:
    """Return the code of an SDMX error message."""
    return int(etree.fromstring(response.content).find("{*}ErrorMessage").get("code"))


def test_a_stranger_is_refused(client, world):
    response = client.get(DATA)

    assert (response.status_code, code(response)) == (401, 110)
    assert response["WWW-Authenticate"]


def test_a_token_is_a_password_too_and_a_session_will_do(client, world, token, client_for, cast):
    basic = base64.b64encode(f"me:{token}".encode()).decode()

    assert whole(client.get(DATA, HTTP_AUTHORIZATION=f"Basic {basic}")).status_code == 200
    assert whole(client.get(DATA, HTTP_AUTHORIZATION=f"Token {token}")).status_code == 200
    assert whole(client_for(cast.official).get(DATA)).status_code == 200


@pytest.mark.parametrize(
    ("path", "status", "number"),
    [
        ("data/TRADE/M..X.TOTAL.KZ....", 404, 100), ("data/OTHER", 404, 100), ("data/OTHER,TRADE", 404, 100),
        ("data/TRADE/all/OTHER", 404, 100), ("data/TRADE,TOMSK,1.0,x", 400, 140), ("data/TRADE/M", 400, 140),
        ("data/TRADE?nonsense=1", 400, 140), ("data/dataflow/TOMSK/TRADE/2.0", 404, 100), ("nothing/here", 404, 100),
        ("data/datastructure/TOMSK/TRADE/1.0", 501, 501), ("data/dataflow/TOMSK/TRADE/1.0/*?sort=x", 501, 501),
        ("codelist/TOMSK/CL_NONE", 404, 100), ("dataflow/OTHER/all/latest", 404, 100), ("categoryscheme", 404, 100),
        ("dataflow?references=some", 400, 140), ("dataflow?detail=referencestubs", 501, 501), ("schema/x", 501, 501),
        ("availability/dataflow/TOMSK/TRADE/1.0?c[COMMODITY_1]=84", 501, 501),
        ("availability/dataflow/TOMSK/TRADE/1.0?c[COUNTERPART_AREA_1]=KZ", 404, 100),
        ("availability/dataflow/TOMSK/TRADE/1.0?mode=available", 501, 501), ("data", 400, 140),
    ],
)  # fmt: skip
def test_a_wrong_question_is_answered_by_an_error_message(analyst, path, status, number):
    response = analyst(f"/sdmx/{path}", HTTP_ACCEPT="application/xml")

    assert (response.status_code, code(response)) == (status, number)
    assert etree.fromstring(response.content).findtext("{*}ErrorMessage/{*}Text")


def test_writing_is_refused(world, api_for, cast):
    assert api_for(cast.analyst).post("/sdmx/data/TRADE").status_code == 405


@pytest.mark.parametrize("path", ["data/TRADE", "dataflow"])
def test_an_unknown_format_is_refused_with_those_that_are_spoken(analyst, path):
    response = analyst(f"/sdmx/{path}", HTTP_ACCEPT="application/pdf")

    assert response.status_code == 406
    assert "application/vnd.sdmx." in response.content.decode()


@pytest.mark.parametrize(
    ("path", "accept", "answered"),
    [
        ("data/TRADE", "*/*", "structurespecificdata+xml;version=2.1"),
        ("data/TRADE", "application/xml;q=0.5, application/vnd.sdmx.data+csv;version=1.0.0", "data+csv;version=1.0.0"),
        ("data/TRADE", "text/csv", "data+csv;version=1.0.0"),
        ("data/dataflow/TOMSK/TRADE/~", "*/*", "data+csv;version=2.0.0"),
        ("data/dataflow/TOMSK/TRADE/~", "application/vnd.sdmx.genericdata+xml;version=2.1",
         "genericdata+xml;version=2.1"),
        ("dataflow", "*/*", "structure+xml;version=2.1"),
        ("structure/dataflow", "*/*", "structure+json;version=2.0.0"),
        ("structure/dataflow", "application/vnd.sdmx.structure+json;version=2.0", "structure+json;version=2.0.0"),
    ],
)  # fmt: skip
def test_the_form_of_the_answer_is_chosen_by_accept(analyst, path, accept, answered):
    response = analyst(f"/sdmx/{path}", HTTP_ACCEPT=accept)

    assert response["Content-Type"] == f"application/vnd.sdmx.{answered}"


def test_clients_of_json_get_errors_in_json(analyst):
    response = analyst("/sdmx/structure/nothing", HTTP_ACCEPT="application/vnd.sdmx.structure+json;version=2.0.0")

    assert (response.status_code, response.json()["errors"][0]["code"]) == (404, 100)


@pytest.mark.parametrize("path", [DATA, "/sdmx/dataflow", "/sdmx/availability/dataflow/TOMSK/TRADE/1.0"])
def test_what_is_known_is_not_told_again(analyst, path):
    etag = analyst(path)["ETag"]

    again = analyst(path, HTTP_IF_NONE_MATCH=etag)

    assert (again.status_code, again.content) == (304, b"")


def test_too_much_is_refused_with_a_hint_and_never_cut_off(analyst, monkeypatch):
    monkeypatch.setattr(reading, "LINES_LIMIT", 50)

    response = analyst("/sdmx/data/TRADE")

    assert (response.status_code, code(response)) == (413, 130)
    assert analyst(DATA).status_code == 200
    assert analyst("/sdmx/data/TRADE?startPeriod=2024-06").status_code == 200


def test_queries_do_not_grow_with_rows(analyst, publish, world, django_assert_max_num_queries):
    for month in ("2024-08", "2024-09"):
        publish([{"month": month, "partner": partner} for partner in ("BY", "CN", "DE", "KZ")], dataset=world["FCS"])
        with django_assert_max_num_queries(22):
            assert analyst("/sdmx/data/TRADE").whole


@pytest.mark.parametrize(
    "path",
    ["data/TRADE/...8471300000.....", "data/TRADE/...84.....", "data/TRADE/...TOTAL+84+8471.....",
     "data/TRADE/...TOTAL.....", "data/TRADE/...TOTAL.....?includeHistory=true",
     "data/TRADE/...8471300000.....?updatedAfter=2020-01-01"],
)  # fmt: skip
def test_naming_codes_does_not_pass_by_the_limit(analyst, monkeypatch, path):
    xml = {"HTTP_ACCEPT": "application/xml"}
    assert analyst(f"/sdmx/{path}", **xml).status_code == 200

    monkeypatch.setattr(reading, "LINES_LIMIT", 10)

    response = analyst(f"/sdmx/{path}", **xml)
    assert (response.status_code, code(response)) == (413, 130)


def test_what_is_kept_of_availability_is_bounded_in_number_and_time(db):
    client = cache._cache.get_client()
    for key in client.keys("*sdmx:*"):
        client.delete(key)

    for number in range(3 * kept.PLACES):
        assert kept.kept("span", lambda number=number: [number], f"question {number}") == [number]

    keys = client.keys("*sdmx:*")
    assert 0 < len(keys) <= kept.PLACES
    assert all(0 < client.ttl(key) <= kept.KEPT for key in keys)
    assert kept.kept("span", lambda: ["computed again"], f"question {number}") == [number]
