"""A wrong setting stops the program with a sentence that says what to do."""

import pytest

from cooperation import environment
from cooperation.environment import InvalidSetting


@pytest.mark.parametrize(
    "address",
    ["", "postgres", "mysql://h/db", "postgresql://host:notaport/db", "postgresql://host", "http://[bad"],
)
def test_a_wrong_database_address_is_named(monkeypatch, address):
    monkeypatch.setenv("SOME_DATABASE", address)

    with pytest.raises(InvalidSetting, match="SOME_DATABASE"):
        environment.postgres("SOME_DATABASE")


def test_a_database_address_gives_all_its_parts(monkeypatch):
    monkeypatch.setenv("SOME_DATABASE", "postgresql://app:p%40ss@db.example:5433/co%20op")

    assert environment.postgres("SOME_DATABASE") == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "co op",
        "USER": "app",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "5433",
    }


def test_a_socket_folder_is_a_host(monkeypatch):
    monkeypatch.setenv("SOME_DATABASE", "postgresql://app@%2Frun%2Fpg/cooperation")

    assert environment.postgres("SOME_DATABASE")["HOST"] == "/run/pg"


@pytest.mark.parametrize("address", ["", "localhost:6379", "http://cache", "redis://", "unix://"])
def test_a_wrong_broker_address_is_named(monkeypatch, address):
    monkeypatch.setenv("SOME_BROKER", address)

    with pytest.raises(InvalidSetting, match="SOME_BROKER"):
        environment.redis("SOME_BROKER")


@pytest.mark.parametrize("value", ["maybe", "2", "-"])
def test_a_truth_value_is_one_of_the_known_words(monkeypatch, value):
    monkeypatch.setenv("SOME_SWITCH", value)

    with pytest.raises(InvalidSetting, match="Write 1 or 0"):
        environment.boolean("SOME_SWITCH", default=False)


@pytest.mark.parametrize("value", ["x", "-1", "nan", "inf"])
def test_a_number_is_finite_and_not_below_its_minimum(monkeypatch, value):
    monkeypatch.setenv("SOME_NUMBER", value)

    with pytest.raises(InvalidSetting, match="SOME_NUMBER"):
        environment.number("SOME_NUMBER", 1)


def test_a_word_outside_the_list_is_refused_with_the_list(monkeypatch):
    monkeypatch.setenv("SOME_WORD", "xml")

    with pytest.raises(InvalidSetting, match="json, console"):
        environment.choice("SOME_WORD", "json", ("json", "console"))
