"""Building blocks of SQL that read observations and their sums, as they stand or as of a release.

They are pieces of FROM and WHERE for the bulk tables (`trade_observation`, `trade_partner_total`,
`trade_chapter_total`), so that every reader means the same by “as of” and uses the partial indexes.
Always name the dataset and, where it is known, the range of `period`: they choose the partitions.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Min

from trade.models import KEY, Release
from trade.releases.vintages import as_vintage

__all__ = ["Delta", "as_vintage", "delta", "history", "observations_sql", "visible"]


def visible(table: str, vintage: int | None = None) -> str:
    """Return a subquery for FROM with the rows of a bulk table that stand, or stood as of a release.

    >>> visible("trade_observation")
    '(SELECT * FROM trade_observation WHERE closed IS NULL)'

    As of the past it is the union of rows that still stand and rows that were closed later, each found by its own
    partial index. PostgreSQL pushes conditions and the order of a page down into both.
    """
    if vintage is None:
        return f"(SELECT * FROM {table} WHERE closed IS NULL)"
    number = int(vintage)
    return (
        f"(SELECT * FROM {table} WHERE closed IS NULL AND opened <= {number}"
        f" UNION ALL SELECT * FROM {table} WHERE closed IS NOT NULL AND closed > {number} AND opened <= {number})"
    )


def observations_sql(where: str, *, vintage: int | None = None, columns: str = "*", order: bool = True) -> str:
    """Return a SELECT of observations that meet a condition, as they stand or as of a release.

    `where` may have parameters; it should begin with `dataset_id = …`. Ordered by the key, as pages and cursors
    need it: `ROW(dataset_id, period, …) > ROW(…)` then is read from the index.
    """
    statement = f"SELECT {columns} FROM {visible('trade_observation', vintage)} observation WHERE {where}"
    return f"{statement} ORDER BY {', '.join(KEY)}" if order else statement


def history(columns: str = "*") -> str:
    """Return a SELECT of all versions of one observation, the oldest first; its parameters are named like the `KEY`.

    Each row was known from `opened` to `closed`. A row that an undo restored has the undo's number as `opened`: the
    release that first brought it is `opened` of the version whose `closed` is the release undone.
    """
    same = " AND ".join(f"{column} = %({column})s" for column in KEY)
    return (
        f"SELECT {columns} FROM (SELECT * FROM trade_observation WHERE closed IS NULL AND {same}"
        f" UNION ALL SELECT * FROM trade_observation WHERE closed IS NOT NULL AND {same}) version ORDER BY opened"
    )


@dataclass(frozen=True)
class Delta:
    """What changed in a dataset after one release up to another.

    opened   SQL that a row came (new or changed) and still stood at the end
    closed   SQL that a row that stood at the beginning went (changed or disappeared)
    parameters   for both; they hold the range of months too, which keeps reading to the partitions concerned
    """

    opened: str
    closed: str
    parameters: dict[str, Any]


def delta(dataset_id: int, *, after: int | None, until: int | None = None) -> Delta | None:
    """Return how to read what changed after a release (None: from the beginning) until another (None: until now).

    Returns None where no release lies between. A row with both `closed` and a new version under its key has changed;
    one without has disappeared.
    """
    between = Release.objects.filter(dataset=dataset_id, pk__gt=after or 0)
    if until is not None:
        between = between.filter(pk__lte=until)
    found = between.aggregate(first=Min("first_month"), last=Max("last_month"), newest=Max("pk"))
    if found["newest"] is None:
        return None
    within = "dataset_id = %(dataset)s AND period BETWEEN %(first)s AND %(last)s"
    first: dt.date = found["first"]
    return Delta(
        opened=f"{within} AND opened > %(after)s AND opened <= %(until)s AND (closed IS NULL OR closed > %(until)s)",
        closed=f"{within} AND opened <= %(after)s AND closed > %(after)s AND closed <= %(until)s",
        parameters={
            "dataset": dataset_id,
            "first": first,
            "last": found["last"],
            "after": after or 0,
            "until": found["newest"],
        },
    )
