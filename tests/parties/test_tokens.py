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


def test_a_reader_has_at_most_twenty_tokens(cast, client_for):
    analyst = client_for(cast.analyst)
    for __ in range(20):
        AuthToken.objects.create(cast.analyst)

    page = analyst.post("/tokens/", follow=True, headers={"accept-language": "en"}).content.decode()

    assert AuthToken.objects.filter(user=cast.analyst).count() == 20
    assert "20" in re.search(r'role="(?:alert|status)".*?</', page, re.DOTALL)[0]


def test_a_new_password_revokes_all_tokens(cast, client_for):
    for person in (cast.analyst, cast.official):
        AuthToken.objects.create(person)
    cast.analyst.set_password("the old long password")
    cast.analyst.save()
    assert not AuthToken.objects.filter(user=cast.analyst).exists()
    AuthToken.objects.create(cast.analyst)
    analyst = client_for(cast.analyst)

    new = {"oldpassword": "the old long password", "password1": "a new long one 17", "password2": "a new long one 17"}
    answer = analyst.post("/accounts/password/", new)

    assert answer.status_code == 302
    assert not AuthToken.objects.filter(user=cast.analyst).exists()
    assert AuthToken.objects.filter(user=cast.official).exists()


def test_a_login_leaves_the_tokens_alone(cast, client):
    cast.analyst.set_password("the old long password")
    cast.analyst.save()
    AuthToken.objects.create(cast.analyst)

    client.post("/accounts/login/", {"login": "analyst", "password": "the old long password"})

    assert AuthToken.objects.filter(user=cast.analyst).exists()


def test_nobody_revokes_the_token_of_another(cast, client_for):
    stored, __ = AuthToken.objects.create(cast.analyst)

    client_for(cast.official).post("/tokens/", {"revoke": stored.token_key})

    assert AuthToken.objects.filter(pk=stored.pk).exists()
