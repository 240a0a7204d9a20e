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


def test_behind_a_proxy_one_address_locks_itself_and_no_other(known, client, settings):
    settings.TRUSTED_PROXIES = 1
    client.defaults["HTTP_X_FORWARDED_FOR"] = "203.0.113.9, 198.51.100.1"  # the first is the client's own word
    for __ in range(10):
        attempt(client, "analyst", "wrong")
    client.defaults["HTTP_X_FORWARDED_FOR"] = "203.0.113.10, 198.51.100.1"
    assert attempt(client, "analyst", "the right password").status_code == 429

    client.defaults["HTTP_X_FORWARDED_FOR"] = "203.0.113.9, 198.51.100.2"
    assert attempt(client, "analyst", "the right password").status_code == 302


def test_without_a_proxy_nobody_names_another_address(known, client):
    for number in range(10):
        client.defaults["HTTP_X_FORWARDED_FOR"] = f"198.51.100.{number}"
        attempt(client, "analyst", "wrong")

    assert attempt(client, "analyst", "the right password").status_code == 429


@pytest.mark.parametrize(("language", "says"), [("ru", "Слишком много"), ("en", "Too many")])
def test_very_many_attempts_of_one_address_wait_and_are_told_so(client, settings, language, says):
    settings.TRUSTED_PROXIES = 1
    client.cookies["language"] = language
    client.defaults["HTTP_X_FORWARDED_FOR"] = "198.51.100.1"
    answers = [client.post("/accounts/login/") for __ in range(101)]
    assert [answer.status_code for answer in answers[:100]] == [200] * 100
    assert answers[100].status_code == 429
    assert says in answers[100].content.decode()
    assert 'lang="' in answers[100].content.decode()

    client.defaults["HTTP_X_FORWARDED_FOR"] = "198.51.100.2"
    assert client.post("/accounts/login/").status_code == 200


def test_an_unknown_name_gets_the_same_answer_as_a_wrong_password(known, client):
    wrong = attempt(client, "analyst", "wrong").content.decode()
    unknown = attempt(client, "nobody", "wrong").content.decode()

    assert wrong.count("error-summary") == unknown.count("error-summary") == 1
