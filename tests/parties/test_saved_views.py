"""Readers keep pages with their filters under names of their own."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from parties import operations
from parties.models import SavedView

pytestmark = pytest.mark.django_db
VIEW = {"name": "Соглашения регионов", "address": "/agreements/?level=region"}


@pytest.fixture
def client(cast, client_for):
    return client_for(cast.official)


def test_a_view_is_saved_and_the_reader_returns_to_it(client, cast):
    answer = client.post("/views/", VIEW)

    assert (answer.status_code, answer["Location"]) == (302, VIEW["address"])
    [view] = cast.official.saved_views.all()
    assert (view.name, view.address) == (VIEW["name"], VIEW["address"])
    page = client.get("/views/")
    assert 'href="/agreements/?level=region">Соглашения регионов</a>' in page.content.decode()
    assert page["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("facts")
def test_a_page_with_filters_offers_to_save_it_and_one_without_does_not(client):
    assert 'value="/agreements/?level=region"' in client.get(VIEW["address"]).content.decode()
    assert "save-view" not in client.get("/agreements/").content.decode()
    assert "save-view" not in client.get("/agreements/?level=galaxy").content.decode()
    assert "save-view" not in client.get("/agreements/999999/?level=region").content.decode()


def test_a_repeated_submit_saves_one_view(client):
    client.post("/views/", VIEW)
    client.post("/views/", VIEW)

    assert SavedView.objects.count() == 1


def test_a_taken_name_is_refused_and_what_was_typed_stays(client):
    client.post("/views/", VIEW)

    answer = client.post("/views/", {**VIEW, "address": "/projects/?area=industry"})

    assert answer.status_code == 400
    page = answer.content.decode()
    assert 'value="/projects/?area=industry"' in page
    assert 'value="Соглашения регионов"' in page
    assert SavedView.objects.count() == 1


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/agreements/",
        "javascript:alert(1)",
        "/nowhere/?a=b",
        "/api/v1/facts/",
        "agreements/",
        "/admin/",
        "",
        "/\x00",
        "/agreements/?" + "a" * 1000,
    ],
)
def test_only_pages_of_the_program_can_be_saved(client, address):
    assert client.post("/views/", {"name": "x", "address": address}).status_code == 400
    assert not SavedView.objects.exists()


def test_there_is_a_limit(cast, client, monkeypatch):
    monkeypatch.setattr(operations, "MOST_VIEWS", 1)
    client.post("/views/", VIEW)

    assert client.post("/views/", {**VIEW, "name": "another"}).status_code == 400


def test_a_view_is_removed_by_its_owner_only(client, cast, client_for):
    client.post("/views/", VIEW)
    view = SavedView.objects.get()

    assert client_for(cast.analyst).post(f"/views/{view.pk}/forget/").status_code == 404
    assert "Соглашения регионов" not in client_for(cast.analyst).get("/views/").content.decode()
    assert client.post(f"/views/{view.pk}/forget/").status_code == 302
    assert not SavedView.objects.exists()


API = "/api/v1/saved-views/"


@pytest.fixture
def api(cast, api_for):
    return api_for(cast.official)


def test_programs_save_list_and_remove_what_the_page_shows(api, client):
    answer = api.post(API, VIEW, format="json")

    saved = answer.json()
    assert (answer.status_code, answer["Location"]) == (201, saved["url"])
    assert (saved["name"], saved["address"]) == (VIEW["name"], VIEW["address"])
    assert saved["page"] == f"http://testserver{VIEW['address']}"
    assert "Соглашения регионов" in client.get("/views/").content.decode()
    assert api.get(API).json() == {"next": None, "previous": None, "count": 1, "results": [saved]}
    assert api.get(saved["url"]).json() == saved
    assert api.delete(saved["url"]).status_code == 204
    assert not SavedView.objects.exists()
    assert api.get(API).json()["count"] == 0


def test_a_name_that_cannot_be_stored_is_refused(api):
    body = r'{"name": "\ud800", "address": "/agreements/"}'

    assert api.post(API, body, content_type="application/json").status_code == 400


def test_a_view_sent_twice_is_one_and_a_taken_name_is_refused(api):
    assert api.post(API, VIEW, format="json").json() == api.post(API, VIEW, format="json").json()

    answer = api.post(API, {**VIEW, "address": "/projects/"}, format="json")

    assert answer.status_code == 400
    assert [(error["attr"], error["code"]) for error in answer.json()["errors"]] == [("name", "refused")]


@pytest.mark.parametrize(
    ("body", "attrs"),
    [
        ({"name": "x", "address": "/nowhere/"}, {"address"}),
        ({"name": "", "address": "/agreements/"}, {"name"}),
        ({"name": ["x"], "address": {}}, {"name", "address"}),
        ({**VIEW, "name": ["x"]}, {"name"}),
        ({}, {"name", "address"}),
        ([], {"non_field_errors"}),
        ({**VIEW, "user": 1}, {"user"}),
    ],
)
def test_what_programs_write_wrongly_is_named(api, body, attrs):
    answer = api.post(API, body, format="json")

    assert answer.status_code == 400
    assert {error["attr"] for error in answer.json()["errors"]} == attrs
    assert not SavedView.objects.exists()


def test_programs_see_and_remove_views_of_their_own_user_only(api, api_for, cast):
    url = api.post(API, VIEW, format="json").json()["url"]
    other = api_for(cast.administrator)

    assert other.get(API).json()["results"] == []
    assert (other.get(url).status_code, other.delete(url).status_code) == (404, 404)
    assert SavedView.objects.count() == 1
    assert (api.put(url).status_code, api.get(f"{API}?x=1").status_code) == (405, 400)


def test_a_stranger_has_no_views():
    assert Client().get(API).status_code == 401


def test_the_list_takes_one_query_beside_those_of_the_token(api):
    for number in range(5):
        api.post(API, {**VIEW, "name": str(number)}, format="json")
    with CaptureQueriesContext(connection) as queries:
        api.get(API)
    assert sum("saved" in one["sql"] for one in queries) == 1
