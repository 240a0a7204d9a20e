"""An analyst makes tokens for the API, sees each once, and revokes them."""

import re

import pytest
from knox.models import AuthToken

pytestmark = pytest.mark.django_db


def test_a_new_token_is_shown_once_and_opens_the_api(cast, client_for, client):
    analyst = client_for(cast.analyst)

    page = analyst.post("/tokens/").content.decode()

    token = re.search(r"<code>(\w{64})</code>", page)[1]
    assert client.get("/api/v1/facts/", headers={"Authorization": f"Token {token}"}).status_code == 200
    assert token not in analyst.get("/tokens/").content.decode()
    assert not AuthToken.objects.filter(digest=token).exists()


def test_a_revoked_token_opens_nothing(cast, client_for, client):
    analyst = client_for(cast.analyst)
    stored, token = AuthToken.objects.create(cast.analyst)

    analyst.post("/tokens/", {"revoke": stored.token_key})

    assert client.get("/api/v1/facts/", headers={"Authorization": f"Token {token}"}).status_code == 401


def test_nobody_revokes_the_token_of_another(cast, client_for):
    stored, __ = AuthToken.objects.create(cast.analyst)

    client_for(cast.official).post("/tokens/", {"revoke": stored.token_key})

    assert AuthToken.objects.filter(pk=stored.pk).exists()
