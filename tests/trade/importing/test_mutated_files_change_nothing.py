"""Whatever a file holds, no row of the database changes before somebody confirms; and problems say where they are.

`make test` tries some hundreds of files, `make test-faults` ten thousand of each kind.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings

from tests.trade.importing import files
from tests.trade.importing.mutations import Mutated, files_with_one_bad_cell, mutated_files
from trade import releases
from trade.importing import Refused, open_table, read
from trade.importing.problems import Findings

EXAMPLES = int(os.environ.get("TRADE_FILES", "200"))
many = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
TABLES = (
    "trade_observation", "trade_partner_total", "trade_chapter_total", "trade_partner_year", "trade_release",
    "trade_dataset", "trade_tradearea", "trade_unit", "trade_commodity", "trade_edition",
)  # fmt: skip
seen: Counter[str] = Counter()
"""What the files of this run came to: files, refused, staged, problems, and those that name a row and column."""

pytestmark = pytest.mark.django_db


def checksums() -> list[str]:
    """Return one digest of all rows of each table."""
    digests = " UNION ALL ".join(
        f"SELECT '{table} ' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {table} AS t"
        for table in TABLES
    )
    with connection.cursor() as cursor:
        cursor.execute(digests)
        return [digest for (digest,) in cursor.fetchall()]


@pytest.fixture
def published(publish: Any, a_dataset: Any) -> tuple[Any, list[str]]:
    """Publish lines of the months and levels that the files are about; return the dataset and the digests of all rows.

    Every file of a test is held against the same digests, so that a change that one file leaves is seen by the next.
    """
    publish(
        [
            {"month": "2024-01", "value": 5},
            {"month": "2024-02", "flow": "M", "partner": "CN", "commodity": "2207100000"},
            {"month": "2021-01", "value": 7},
        ]
    )
    return a_dataset, checksums()


def preview(dataset: Any, file: Mutated) -> None:
    """Read, stage and compare a file as the page does, up to the question for confirmation; count what is found."""
    seen["files"] += 1
    findings = Findings()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "uploaded"
        path.write_bytes(file.content)
        chosen = files.options(**file.given)
        try:
            reading = read(open_table(path, file.name, chosen), files.CODES, chosen)
            with transaction.atomic():
                staged = releases.stage(dataset, reading, vintage=releases.reserve_vintage(), findings=findings)
                releases.compare(staged, findings)
        except Refused as refused:
            seen["refused"] += 1
            _count([refused.problem])
            return
    seen["staged"] += 1
    _count([*reading.problems, *(one for one in findings.kept if one.rule in ("DUP", "DUP-SAME"))])


def _count(problems: list[Any]) -> None:
    """Count problems, and those about a cell or row that name both; what is about a whole file has no place to name."""
    for problem in problems:
        seen["problems"] += 1
        if problem.code in ("FILE", "ENC"):
            seen["about the whole file"] += 1
        elif problem.line and (problem.column or problem.code in ("HDR", "DUP")):
            seen["named"] += 1


@many
@given(file=mutated_files())
def test_no_mutated_file_changes_a_row_before_it_is_confirmed(published: tuple[Any, list[str]], file: Mutated) -> None:
    dataset, before = published
    with transaction.atomic():
        preview(dataset, file)
        assert checksums() == before
        transaction.set_rollback(True)  # the stagings of thousands of files are not kept


@many
@given(file=files_with_one_bad_cell())
def test_no_file_with_a_bad_cell_changes_a_row_before_it_is_confirmed(
    published: tuple[Any, list[str]], file: Mutated
) -> None:
    dataset, before = published
    with transaction.atomic():
        preview(dataset, file)
        assert checksums() == before
        transaction.set_rollback(True)


def test_problems_of_these_files_name_row_and_column() -> None:
    """Runs after the files of this module; alone it has nothing to say."""
    about_rows = seen["problems"] - seen["about the whole file"]
    print(dict(seen))
    assert seen["named"] >= 0.99 * about_rows
