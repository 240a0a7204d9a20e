"""What all tests share: the fixed cast of users, their clients, and the shipped facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client, override_settings
from knox.models import AuthToken
from rest_framework.test import APIClient

import documents.queries
from parties.models import DataVersion, Role, Side, User
from tests.database import django_db_setup  # noqa: F401
from trade import catalogue

DOMAIN = {"parties", "documents", "agreements", "projects", "workgroup", "trade"}


@pytest.fixture(autouse=True, scope="session")
def _plain_static_files() -> Iterator[None]:
    """Serve static files as they are: tests need no collection with hashed names."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(STORAGES={**settings.STORAGES, "staticfiles": plain}):
        yield


@pytest.fixture(autouse=True)
def _foundations(request: pytest.FixtureRequest) -> None:
    """Begin each test with an empty cache, and with the rows that migrations add.

    The data version counts commits and tests roll back, so what one test cached would look
    valid to the next. Tests with real commits end with empty tables.
    """
    cache.clear()
    catalogue.forget()
    documents.queries.forget()
    marker = request.node.get_closest_marker("django_db")
    if marker is None:
        return
    request.getfixturevalue("transactional_db" if marker.kwargs.get("transaction") else "db")
    if not DataVersion.objects.exists():
        DataVersion.objects.create(pk=1)
        for role in Role:
            Group.objects.get_or_create(name=role)


@dataclass(frozen=True)
class Cast:
    """One user of each role; reviewers of both sides."""

    official: User
    secretary: User
    statistician: User
    analyst: User
    reviewer_home: User
    reviewer_partner: User
    executor: User
    administrator: User


@pytest.fixture
def cast(db: None) -> Cast:
    """Return the fixed cast of users."""
    return Cast(
        official=_user("official", Role.OFFICIAL, Side.HOME),
        secretary=_user("secretary", Role.SECRETARY, Side.HOME),
        statistician=_user("statistician", Role.STATISTICIAN, Side.HOME),
        analyst=_user("analyst", Role.ANALYST, Side.HOME),
        reviewer_home=_user("reviewer-home", Role.REVIEWER, Side.HOME),
        reviewer_partner=_user("reviewer-partner", Role.REVIEWER, Side.PARTNER),
        executor=_user("executor", Role.EXECUTOR, Side.HOME),
        administrator=_user("administrator", Role.ADMINISTRATOR, Side.HOME, is_staff=True),
    )


def _user(username: str, role: Role, side: Side, **given: bool) -> User:
    user: User = User.objects.create_user(username, password=None, side=side, **given)
    user.groups.add(Group.objects.get(name=role))
    return user


@pytest.fixture
def client_for() -> Callable[[User], Client]:
    """Return a function that gives a browser in which the user has signed in."""

    def sign_in(user: User, *, enforce_csrf_checks: bool = False) -> Client:
        client = Client(enforce_csrf_checks=enforce_csrf_checks)
        client.force_login(user, backend="parties.authentication.CachedUserBackend")
        return client

    return sign_in


@pytest.fixture
def api_for() -> Callable[[User], APIClient]:
    """Return a function that gives an API client with a token of the user."""

    def with_token(user: User) -> APIClient:
        __, token = AuthToken.objects.create(user)
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
        return client

    return with_token


@pytest.fixture(scope="session")
def _shipped_rows() -> dict[str, bytes]:
    """Rows of each table after the shipped facts were loaded; filled by the first test that needs them."""
    return {}


@pytest.fixture
def facts(db: None, _shipped_rows: dict[str, bytes]) -> None:
    """Load the shipped facts: once by the command, afterwards by copying the rows that it made."""
    tables = [
        model._meta.db_table
        for model in apps.get_models()
        if model._meta.app_label in DOMAIN and model._meta.managed  # observations are no shipped facts
    ]
    if not _shipped_rows:
        call_command("load_facts", stdout=StringIO(), stderr=StringIO())
    with transaction.atomic(), connection.cursor() as cursor:
        if _shipped_rows:
            cursor.execute("SET LOCAL session_replication_role = replica")  # the rows passed all triggers once
            for table, rows in _shipped_rows.items():
                cursor.copy_expert(f'COPY "{table}" FROM STDIN', BytesIO(rows))
            cursor.execute("SET LOCAL session_replication_role = origin")
            return
        for table in tables:
            rows = BytesIO()
            cursor.copy_expert(f'COPY "{table}" TO STDOUT', rows)
            if rows.tell() and not table.startswith(("parties_user", "parties_dataversion")):
                _shipped_rows[table] = rows.getvalue()
