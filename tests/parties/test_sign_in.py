"""Sign-in limits: ten wrong passwords close an account to that address, even for the right one."""

import pytest

pytestmark = pytest.mark.django_db


def attempt(client, username, password):
    return client.post("/accounts/login/", {"login": username, "password": password})


@pytest.fixture
def known(cast):
    for user in (cast.analyst, cast.official):
        user.set_password("the right password")
        user.save()
    return cast


def test_after_ten_wrong_passwords_the_right_one_is_refused_too(known, client):
    for __ in range(10):
        attempt(client, "analyst", "wrong")

    assert attempt(client, "analyst", "the right password").status_code == 429


def test_the_mistakes_of_one_do_not_lock_another(known, client):
    for __ in range(10):
        attempt(client, "analyst", "wrong")

    assert attempt(client, "official", "the right password").status_code == 302


def test_an_unknown_name_gets_the_same_answer_as_a_wrong_password(known, client):
    wrong = attempt(client, "analyst", "wrong").content.decode()
    unknown = attempt(client, "nobody", "wrong").content.decode()

    assert wrong.count("error-summary") == unknown.count("error-summary") == 1
