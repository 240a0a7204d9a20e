"""What lies between two states of a dataset: each line before and after, in the order of keys.

The state after release *n* is the lines with `opened <= n` that were not closed by then. What one release changed lies
between the state before it and that after it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from trade.models import Release
from trade.observations.places import ORDER, Place

CHANGED, NEW, DISAPPEARED = "changed", "new", "disappeared"
KEY = ORDER[1:]
"""What names a line within its dataset, in the order of lists."""
_SAME = " AND ".join(f"other.{name} = one.{name}" for name in ORDER)
_FIGURES = ("value", "net_kg", "quantity")
_OLD = "opened <= %(after)s AND {row}.closed > %(after)s AND {row}.closed <= %(until)s"
_NEW = "opened > %(after)s AND {row}.opened <= %(until)s AND ({row}.closed IS NULL OR {row}.closed > %(until)s)"
_SCOPE = "one.dataset_id = %(dataset)s AND one.period BETWEEN %(first)s AND %(last)s"
_CHANGES = f"""
    SELECT * FROM (
        SELECT {", ".join(f"one.{name}" for name in KEY)},
            {", ".join(f"old.{name} AS old_{name}, one.{name} AS new_{name}" for name in _FIGURES)}, one.line AS line,
            CASE WHEN old.line IS NULL THEN '{NEW}' ELSE '{CHANGED}' END AS kind
        FROM trade_observation AS one LEFT JOIN LATERAL (
            SELECT * FROM trade_observation AS other WHERE {_SAME} AND other.{_OLD.format(row="other")} LIMIT 1
        ) AS old ON true
        WHERE {_SCOPE} AND one.{_NEW.format(row="one")}
            AND (old.line IS NULL OR (old.value, old.net_kg, old.quantity, old.status, old.edition)
                IS DISTINCT FROM (one.value, one.net_kg, one.quantity, one.status, one.edition))
        UNION ALL
        SELECT {", ".join(f"one.{name}" for name in KEY)},
            {", ".join(f"one.{name}, NULL::numeric" for name in _FIGURES)}, NULL, '{DISAPPEARED}'
        FROM trade_observation AS one
        WHERE {_SCOPE} AND one.{_OLD.format(row="one")}
            AND NOT EXISTS (SELECT FROM trade_observation AS other WHERE {_SAME} AND other.{_NEW.format(row="other")})
    ) AS changes
"""  # noqa: S608


@dataclass(frozen=True)
class Between:
    """The states after two releases of one dataset; the first is 0 where nothing was before."""

    dataset_id: int
    after: int
    until: int
    first: Any
    last: Any

    @classmethod
    def made_by(cls, release: Release) -> Between:
        """Return the states before and after a release (no query)."""
        return cls(release.dataset_id, release.pk - 1, release.pk, release.first_month, release.last_month)

    @classmethod
    def of(cls, one: Release, other: Release) -> Between:
        """Return the states after two releases, the older first (1 query)."""
        older, newer = sorted((one, other), key=lambda release: release.pk)
        within = Release.objects.filter(dataset=newer.dataset_id, pk__gt=older.pk, pk__lte=newer.pk)
        months = list(within.values_list("first_month", "last_month"))
        return cls(
            newer.dataset_id, older.pk, newer.pk, min(first for first, __ in months), max(last for __, last in months)
        )

    def rows(self, kind: str, place: Place | None, limit: int) -> list[dict[str, Any]]:
        """Return changes of a kind (of all kinds where it is empty) after a place in the list (1 query)."""
        values = {**self._values, "kind": kind, "limit": limit}
        where = "(%(kind)s = '' OR kind = %(kind)s)"
        if place:
            where += f" AND ({', '.join(KEY)}) > ({', '.join(f'%(p_{name})s' for name in KEY)})"
            values |= {f"p_{name}": value for name, value in zip(KEY, place.values[1:], strict=True)}
        with connection.cursor() as cursor:
            cursor.execute(f"{_CHANGES} WHERE {where} ORDER BY {', '.join(KEY)} LIMIT %(limit)s", values)
            names = [column.name for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def counts(self) -> dict[str, int]:
        """Return how many lines changed, came and went (1 query)."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT kind, count(*) FROM ({_CHANGES}) AS all_of_them GROUP BY kind", self._values)  # noqa: S608
            return dict.fromkeys((CHANGED, NEW, DISAPPEARED), 0) | dict(cursor.fetchall())

    @property
    def _values(self) -> dict[str, Any]:
        return {
            "dataset": self.dataset_id,
            "after": self.after,
            "until": self.until,
            "first": self.first,
            "last": self.last,
        }


def place_after(dataset_id: int, row: dict[str, Any], names: Iterable[str] = KEY) -> Place:
    """Return the place in the list after a line."""
    return Place((dataset_id, *(row[name] for name in names)))
