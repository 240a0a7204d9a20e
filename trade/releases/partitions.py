"""Partitions of the bulk tables: one for each dataset and year, so that a new year is attached and not copied.

A partition is filled aside, gets the indexes of its parent and a CHECK that says what lies in it; PostgreSQL then
attaches it without looking at a row.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

OBSERVATIONS = "trade_observation"
CHAPTERS = "trade_chapter_total"

_INDEX = re.compile(r"(CREATE (?:UNIQUE )?INDEX) (\S+) ON (?:ONLY )?\S+ (.*)", re.DOTALL)


def partition(parent: str, dataset_id: int, year: int) -> str:
    """Return the name of the partition of a dataset and year."""
    return f"{parent}_{dataset_id}_{year}"


def years(cursor: Any, parent: str, dataset_id: int) -> list[int]:
    """Return the years for which the dataset has a partition, in order."""
    prefix = f"{parent}_{dataset_id}_"
    cursor.execute(
        "SELECT substr(relname, %s)::int FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid"
        " WHERE inhparent = %s::regclass AND starts_with(relname, %s) ORDER BY 1",
        [len(prefix) + 1, parent, prefix],
    )
    return [year for (year,) in cursor.fetchall()]


def create_aside(cursor: Any, parent: str, table: str, dataset_id: int, year: int) -> None:
    """Create an empty table that can become the partition of the dataset and year.

    It is left alone by autovacuum until then: that would hold locks that attaching needs, on rows never touched.
    """
    low, high = _first_day(year), _first_day(year + 1)
    cursor.execute(
        f"CREATE TABLE {table} (LIKE {parent} INCLUDING CONSTRAINTS, CONSTRAINT {table}_bounds CHECK ("
        f" dataset_id = {dataset_id}::smallint AND period >= '{low}' AND period < '{high}'))"
        " WITH (autovacuum_enabled = off)"
    )


def create_index(cursor: Any, parent: str, table: str, suffix: str) -> None:
    """Create the index of the parent whose name ends so, on a table that is no partition yet."""
    cursor.execute("SELECT pg_get_indexdef(%s::regclass)", [parent + suffix])
    create, definition = _parts(cursor.fetchone()[0])
    cursor.execute(f"{create} {table}{suffix} ON {table} {definition}")


def attach(cursor: Any, parent: str, table: str, dataset_id: int, year: int) -> None:
    """Make the table the partition of its dataset and year; its indexes become those of the parent."""
    name = partition(parent, dataset_id, year)
    low, high = _first_day(year), _first_day(year + 1)
    cursor.execute(
        f"ALTER TABLE {parent} ATTACH PARTITION {table}"
        f" FOR VALUES FROM ({dataset_id}, '{low}') TO ({dataset_id}, '{high}')"
    )
    cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {table}_bounds, RESET (autovacuum_enabled)")
    cursor.execute(f"ALTER TABLE {table} RENAME TO {name}")
    for suffix in suffixes(cursor, parent):
        cursor.execute(f"ALTER INDEX {table}{suffix} RENAME TO {name}{suffix}")


def suffixes(cursor: Any, parent: str) -> list[str]:
    """Return what the names of the parent's indexes add to its own name; the unique key comes first."""
    cursor.execute(
        "SELECT substr(relname, length(%s) + 1) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"
        " WHERE indrelid = %s::regclass ORDER BY indisunique DESC, relname",
        [parent, parent],
    )
    return [suffix for (suffix,) in cursor.fetchall()]


def _first_day(year: int) -> dt.date:
    return dt.date(year, 1, 1)


def _parts(definition: str) -> tuple[str, str]:
    found = _INDEX.fullmatch(definition)
    if not found:
        raise ValueError(definition)
    create, rest = found.group(1, 3)
    return create, rest
