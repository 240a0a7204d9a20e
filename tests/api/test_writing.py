"""Writing through the API: versions, keys, and errors that name what is wrong."""

from __future__ import annotations

import json

import pytest
from rest_framework.test import APIRequestFactory, force_authenticate

import cooperation.api  # noqa: F401 – announces the addresses of all records
from agreements.api import ArticleViewSet
from agreements.models import Article
from parties.api import ReadOnly, Writes
from parties.permissions import may_edit_agreements
from tests import factories as make
from tests.parties.test_writing import ArticleEntry

pytestmark = pytest.mark.django_db


class WritableArticles(Writes, ReadOnly):
    queryset = ArticleViewSet.queryset
    serializer_class = ArticleViewSet.serializer_class
    filterset_class = ArticleViewSet.filterset_class
    may_write = may_edit_agreements
    new_form = ArticleEntry
    edit_form = ArticleEntry

    def blank(self):
        return Article(agreement=make.make_agreement())


def send(method, body, user, pk=None, **headers):
    request = APIRequestFactory().generic(
        method,
        "/api/v1/articles/",
        body if isinstance(body, str) else json.dumps(body),
        content_type="application/json",
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )
    force_authenticate(request, user)
    actions = {"post": "create"} if pk is None else {"patch": "partial_update"}
    answer = WritableArticles.as_view(actions)(request, **({} if pk is None else {"pk": str(pk)}))
    return answer.render()


def errors(answer):
    return {error["attr"]: error["code"] for error in json.loads(answer.content)["errors"]}


NEW = {"number": "7", "text": {"ru": "Торговать", "en": "Trade"}}


def test_a_record_is_made_and_answered_as_it_is_read(cast):
    answer = send("POST", NEW, cast.secretary)

    body = json.loads(answer.content)
    assert answer.status_code == 201
    assert body["text"] == NEW["text"]
    assert answer["Location"] == body["url"]
    assert answer["ETag"] == '"1"'


def test_a_key_makes_a_record_once(cast):
    first, second = (send("POST", NEW, cast.secretary, Idempotency_Key="a-1") for __ in range(2))

    assert first.content == second.content
    assert Article.objects.count() == 1


def test_a_key_used_for_something_else_is_refused(cast):
    send("POST", NEW, cast.secretary, Idempotency_Key="a-1")
    answer = send("POST", {**NEW, "number": "8"}, cast.secretary, Idempotency_Key="a-1")

    assert answer.status_code == 422
    assert Article.objects.count() == 1


@pytest.mark.parametrize("key", ["x" * 201, "два", "", " "])
def test_a_key_that_is_no_key_is_named(cast, key):
    answer = send("POST", NEW, cast.secretary, Idempotency_Key=key)

    assert answer.status_code == 400
    assert errors(answer) == {"Idempotency-Key": "invalid"} or "max_length" in errors(answer).values()


def test_a_change_touches_only_what_it_gives(cast):
    area = make.make_area()
    article = make.make_article(number="1", text_ru="Было", text_en="Was", area=area)

    answer = send("PATCH", {"text": {"ru": "Стало"}}, cast.secretary, article.pk, If_Match='"1"')

    body = json.loads(answer.content)
    assert answer.status_code == 200
    assert body["text"] == {"ru": "Стало", "en": "Was"}
    assert body["area"]["id"] == area.pk
    assert (answer["ETag"], body["version"]) == ('"2"', 2)


@pytest.mark.parametrize("named", [lambda area: area.pk, lambda area: area.code, lambda area: {"id": area.pk}])
def test_another_record_is_named_by_id_or_code(cast, named):
    area = make.make_area()
    article = make.make_article()

    answer = send("PATCH", {"area": named(area)}, cast.secretary, article.pk, If_Match='"1"')

    assert json.loads(answer.content)["area"]["id"] == area.pk


def test_a_change_without_a_version_is_refused(cast):
    answer = send("PATCH", {"number": "2"}, cast.secretary, make.make_article().pk)

    assert answer.status_code == 428


def test_a_change_of_an_old_version_shows_what_is_stored(cast):
    article = make.make_article(number="1")
    Article.objects.filter(pk=article.pk).update(number="9")

    answer = send("PATCH", {"number": "2"}, cast.secretary, article.pk, If_Match='"1"')

    body = json.loads(answer.content)
    assert answer.status_code == 412
    assert (body["stored"]["number"], body["stored"]["version"], answer["ETag"]) == ("9", 2, '"2"')
    article.refresh_from_db()
    assert article.number == "9"


@pytest.mark.parametrize("body", ["[]", '"text"', "7", "null", "{", '{"number": NaN}', "[" * 5000])
def test_what_is_no_object_is_refused(cast, body):
    assert send("POST", body, cast.secretary).status_code == 400


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"nummer": "7"}, "nummer"),
        ({"text": "Торговать"}, "text"),
        ({"text": {"be": "Гандляваць"}}, "text"),
        ({"text": {"ru": ["Торговать"]}}, "text.ru"),
        ({"text": {"ru": "a\0b"}}, "text.ru"),
        ({"text": {"ru": "\ud800"}}, "text.ru"),
        ({"number": {"a": 1}}, "number"),
        ({"number": "x" * 21}, "number"),
        ({"number": True}, "number"),
        ({"area": "nowhere"}, "area"),
        ({"area": {"id": []}}, "area"),
        ({"area": 10**30}, "area"),
        ({"seen": 1}, "seen"),
    ],
)
def test_what_is_wrong_is_named(cast, body, wrong):
    answer = send("POST", {**NEW, **body}, cast.secretary)

    assert answer.status_code == 400
    assert wrong in errors(answer)
    assert not Article.objects.exists()


def test_an_official_may_not_write(cast):
    assert send("POST", NEW, cast.official).status_code == 403
