"""The kept problems of an import as files, in the reader's language."""

from __future__ import annotations

import json
from collections.abc import Iterable

from trade.exports.columns import Column, Kind, Sheet
from trade.exports.texts import csv_of
from trade.importing.problems import Problem
from trade.models import Import

COLUMNS = (
    Column("line", Kind.INTEGER),
    Column("column"),
    Column("code"),
    Column("severity"),
    Column("value"),
    Column("message"),
    Column("advice"),
)


def problems_of(job: Import) -> list[Problem]:
    return [Problem.from_dict(stored) for stored in job.problems]


def as_csv(problems: Iterable[Problem]) -> bytes:
    """Return CSV for spreadsheets: BOM, semicolons, texts that look like formulas made harmless."""
    rows = [tuple(getattr(one, column.name) for column in COLUMNS) for one in problems]
    return b"".join(csv_of(Sheet(COLUMNS, rows), excel=True))


def as_json(job: Import, problems: Iterable[Problem]) -> bytes:
    """Return the problems with what they are about; `counts` tells of all rows, `problems` of the first."""
    found = {
        "file": job.file_name,
        "sha256": job.sha256,
        "dataset": job.dataset.code,
        "state": job.state,
        "counts": job.summary.get("counts", {}),
        "problems": [{column.name: getattr(one, column.name) for column in COLUMNS} for one in problems],
    }
    return json.dumps(found, ensure_ascii=False, indent=1).encode("utf-8", "replace")
