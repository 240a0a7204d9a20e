"""Demonstration accounts: one for each role, in a file that only its owner may read."""

from __future__ import annotations

import json
import os
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from parties.models import Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "demo-accounts.json"


def create(file: Path) -> list[dict[str, Any]]:
    call_command("create_demo_accounts", file=file, stdout=StringIO())
    accounts: list[dict[str, Any]] = json.loads(file.read_text())
    return accounts


def test_every_role_has_an_account_and_a_reviewer_has_one_on_each_side(file):
    accounts = create(file)
    assert {account["role"] for account in accounts} == set(Role.values)
    assert {account["side"] for account in accounts if account["role"] == "reviewer"} == {"home", "partner"}
    assert {user.username: user.roles for user in User.objects.all()} == {
        account["username"]: {account["role"]} for account in accounts
    }
    assert set(User.objects.filter(is_superuser=True, is_staff=True).values_list("username", flat=True)) == {
        "administrator"
    }


def test_passwords_and_tokens_work_and_differ(file):
    accounts = create(file)
    assert len({account["password"] for account in accounts}) == len({account["token"] for account in accounts}) == 8
    secretary = next(account for account in accounts if account["username"] == "secretary")
    assert User.objects.get(username="secretary").check_password(secretary["password"])


def test_the_file_is_readable_by_its_owner_alone_whatever_the_umask(file):
    before = os.umask(0)
    try:
        create(file)
    finally:
        os.umask(before)
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_a_second_call_keeps_accounts_and_file(file):
    accounts = create(file)
    passwords = dict(User.objects.values_list("username", "password"))
    assert create(file) == accounts
    assert dict(User.objects.values_list("username", "password")) == passwords


@pytest.mark.parametrize("content", [None, "", "[]", '[{"username": "secretary"}]', '{"a": 1}', "[1]"])
def test_a_file_that_is_missing_or_does_not_match_is_written_anew_with_new_passwords(file, content):
    before = create(file)
    file.unlink()
    if content is not None:
        file.write_text(content)
    after = create(file)
    assert {each["username"] for each in after} == {each["username"] for each in before}
    assert not {each["password"] for each in after} & {each["password"] for each in before}
    assert not {each["token"] for each in after} & {each["token"] for each in before}
    assert User.objects.count() == 8


def test_a_file_of_another_database_is_not_trusted(file):
    before = create(file)
    User.objects.get(username="analyst").auth_token_set.all().delete()
    assert create(file) != before


def test_an_account_of_a_real_person_is_left_alone(file):
    User.objects.create_user("secretary", password="a password of a real person")
    with pytest.raises(CommandError, match="secretary"):
        create(file)
    assert not file.exists()
    assert User.objects.count() == 1


def test_they_are_refused_in_production(file, settings):
    settings.HTTPS = True
    with pytest.raises(CommandError, match="not for production"):
        create(file)
    assert not User.objects.exists()


def test_nothing_is_kept_when_the_file_cannot_be_written(tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(OSError, match="taken"):
        create(tmp_path / "taken" / "demo-accounts.json")
    assert not User.objects.exists()
