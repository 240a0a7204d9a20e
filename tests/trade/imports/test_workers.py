"""Imports with real workers that are killed midway."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection

from tests.reports.conftest import database_address  # noqa: F401 – the fixture
from tests.reports.test_operations import kill, wait_until, worker
from tests.trade.imports.conftest import customs_file, line, load, ready
from trade.imports import operations
from trade.models import Dataset, Import, Observation, Release
from trade.releases.checking import verify

State = Import.State
pytestmark = pytest.mark.django_db(transaction=True)
PARTNERS = ("BY", "KZ", "CN", "DE")


@pytest.fixture
def media(customs: Dataset, settings: Any, tmp_path: Path) -> Path:
    """Keep files where a worker process looks for them."""
    settings.IMPORT_SWEEP = django_settings.REPORT_SWEEP * 0
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path


def large_file() -> bytes:
    lines = [
        line(flow, f"{month:02}/{year}", partner, f"84713{code:05}", value=f"{code + month},5")
        for flow in ("ИМ", "ЭК")
        for year in (2022, 2023)
        for month in range(1, 13)
        for partner in PARTNERS
        for code in range(60)
    ]
    return customs_file(*lines)


def state_of(pk: uuid.UUID) -> str:
    return str(Import.objects.values_list("state", flat=True).get(pk=pk))


def swept_until(pk: uuid.UUID, state: str) -> None:
    def reached() -> bool:
        operations.sweep()
        return state_of(pk) == state

    wait_until(reached)


def staging_tables() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relname LIKE 'trade\\_staging\\_%'")
        return int(cursor.fetchone()[0])


def test_a_worker_killed_while_reading_leaves_exactly_one_release_in_the_end(
    customs: Dataset,
    media: Path,
    database_address: str,  # noqa: F811
) -> None:
    job = load(customs, large_file())
    environment = {"DATA_DIR": str(media), "IMPORT_LEASE_SECONDS": "2"}
    with worker(database_address, IMPORT_CHUNK_DELAY="1", **environment) as doomed:
        wait_until(lambda: Import.objects.get(pk=job.pk).steps_done >= 10)
        kill(doomed)
    assert state_of(job.pk) == State.READING
    with worker(database_address, **environment):
        swept_until(job.pk, State.READY)
        operations.confirm(job=job, by=None)
        for __ in range(3):
            operations.IMPORTS.nudge(job.pk)
        swept_until(job.pk, State.PUBLISHED)
    release = Release.objects.get()
    assert release.opened_rows == Observation.objects.filter(dataset_id=customs.pk).count() == 2 * 24 * 4 * 60
    assert staging_tables() == 0
    assert not verify()


def test_a_worker_killed_while_publishing_leaves_the_old_state_and_the_next_one_publishes(
    customs: Dataset,
    media: Path,
    database_address: str,  # noqa: F811
) -> None:
    job = ready(customs, large_file())
    environment = {"DATA_DIR": str(media), "IMPORT_LEASE_SECONDS": "2"}
    operations.confirm(job=job, by=None)
    with connection.cursor() as cursor:
        # Another transaction publishes to the dataset: the worker has to wait for it inside its own.
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [0x7261, customs.pk])
        try:
            with worker(database_address, **environment) as doomed:
                wait_until(lambda: state_of(job.pk) == State.PUBLISHING)
                kill(doomed)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [0x7261, customs.pk])
    assert not Release.objects.exists()
    assert not Observation.objects.filter(dataset_id=customs.pk).exists()
    with worker(database_address, **environment):
        swept_until(job.pk, State.PUBLISHED)
    assert Release.objects.count() == 1
    assert staging_tables() == 0
