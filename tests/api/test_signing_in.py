"""Tokens, tokens as passwords, and sessions."""

from __future__ import annotations

import base64

import pytest
from knox.models import AuthToken
from rest_framework.test import APIClient

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/agreements/"


def basic(name: bytes, password: bytes) -> str:
    return "Basic " + base64.b64encode(name + b":" + password).decode()


def test_a_token_signs_in(cast):
    __, token = AuthToken.objects.create(cast.analyst)

    assert APIClient().get(ADDRESS, headers={"Authorization": f"Token {token}"}).status_code == 200


def test_a_token_is_accepted_as_a_password_of_any_name(cast):
    __, token = AuthToken.objects.create(cast.analyst)

    assert APIClient().get(ADDRESS, headers={"Authorization": basic(b"me", token.encode())}).status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        "Token", "Token x", "Token x y", "Token " + "0" * 64, "Token \xe9", "Basic", "Basic x", "Basic ====",
        basic(b"me", b""), basic(b"me", b"\0"), basic(b"me", b"0" * 64), basic(b"me", b"\xff"), basic(b"\xff", b"x"),
        basic(b"me", b"\xed\xa0\x80"), basic(b"me", b"0" * 14 + b"\0"),
    ],
)  # fmt: skip
def test_a_wrong_token_is_refused(cast, header):
    AuthToken.objects.create(cast.analyst)

    answer = APIClient().get(ADDRESS, headers={"Authorization": header})

    assert answer.status_code == 401
    assert answer.json()["type"] == "client_error"


def test_a_withdrawn_token_is_refused_at_once(cast, api_for):
    client = api_for(cast.analyst)
    assert client.get(ADDRESS).status_code == 200

    AuthToken.objects.all().delete()

    assert client.get(ADDRESS).status_code == 401


def test_the_token_of_a_disabled_user_is_refused(cast, api_for):
    client = api_for(cast.analyst)
    cast.analyst.is_active = False
    cast.analyst.save()

    assert client.get(ADDRESS).status_code == 401


def test_who_has_signed_in_to_the_pages_may_read(cast, client_for):
    assert client_for(cast.official).get(ADDRESS).status_code == 200
