"""Which lines are asked for, and the SQL that reads them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from trade.catalogue import Known
from trade.observations.places import ORDER, Place

_GONE = (
    "closed IS NOT NULL AND closed > %s AND opened <= %s AND NOT EXISTS (SELECT FROM trade_observation AS c WHERE "
    + " AND ".join(f"c.{name} = t.{name}" for name in ORDER)
    + " AND c.closed IS NULL{asked})"
)
"""SQL: a line that the reader has and that is not among the lines asked for any more, in no version."""


@dataclass(frozen=True)
class Asked:
    """Which lines are asked for, and which of their versions.

    datasets    those whose lines are read; `chosen` is the one that was named
    conditions  SQL conditions and their values, about columns of `trade_observation`
    vintage     the newest release that counts, where a moment was named; 0 where nothing was known yet
    since       the newest release that the reader has, where changes are asked for
    has_plain_codes   no code needs to be escaped in a file
    """

    datasets: tuple[Known, ...]
    chosen: Known | None = None
    conditions: tuple[tuple[str, tuple[Any, ...]], ...] = ()
    as_of: dt.datetime | None = None
    vintage: int | None = None
    updated_after: dt.datetime | None = None
    since: int | None = None
    history: bool = False
    names: bool = False
    has_plain_codes: bool = False
    given: Mapping[str, str] = field(default_factory=dict)

    @property
    def order(self) -> tuple[str, ...]:
        """Columns that order the lines: the key, and with all versions the release that opened them."""
        return (*ORDER, "opened") if self.history else ORDER

    def versions(self) -> list[tuple[str, list[Any]]]:
        """Return the conditions of the versions meant: current and past lines have an index each, so each is a part."""
        if self.history:
            return [("closed IS NULL", []), ("closed IS NOT NULL", [])]
        if self.since is not None:
            asked, own = self._asked()
            gone = _GONE.format(asked=asked), [self.since, self.since, *own]
            return [("closed IS NULL AND opened > %s", [self.since]), gone]
        if self.vintage is not None:
            return [
                ("closed IS NULL AND opened <= %s", [self.vintage]),
                ("closed IS NOT NULL AND closed > %s AND opened <= %s", [self.vintage, self.vintage]),
            ]
        return [("closed IS NULL", [])]

    def _asked(self) -> tuple[str, list[Any]]:
        """Return the conditions as SQL to be added to others, and their values."""
        values = [value for __, parameters in self.conditions for value in parameters]
        return "".join(f" AND {condition}" for condition, __ in self.conditions), values

    def source(self, after: Place | None = None) -> tuple[str, list[Any]]:
        """Return the SQL of the table of all lines asked for, as `o`, and its values: a part for each dataset."""
        asked, own = self._asked()
        parts, values = [], []
        for one in self.datasets:
            beyond, place = after.condition(self, one) if after else ("", [])
            for text, more in self.versions():
                parts.append(
                    f"SELECT * FROM trade_observation AS t WHERE dataset_id = %s{asked} AND {text}{beyond}"  # noqa: S608
                )
                values += [one.pk, *own, *more, *place]
        union = " UNION ALL ".join(parts) or "SELECT * FROM trade_observation WHERE false"
        return f"FROM ({union}) AS o", values

    def statement(self, columns: str, *, after: Place | None = None, limit: int | None = None) -> tuple[str, list[Any]]:
        """Return the SQL that reads lines in their order, and its values."""
        source, values = self.source(after)
        # Within one dataset its number orders nothing, and without it the indexes of partitions serve in turn.
        order = self.order if len(self.datasets) > 1 else self.order[1:]
        text = f"SELECT {columns} {source} ORDER BY {', '.join(f'o.{name}' for name in order)}"
        return (f"{text} LIMIT %s", [*values, limit]) if limit is not None else (text, values)

    def count(self, at_most: int | None = None) -> int:
        """Return the number of lines (1 query); where a limit is given, count no further."""
        source, values = self.source()
        limited = " LIMIT %s" if at_most is not None else ""
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT count(*) FROM (SELECT 1 {source}{limited}) AS counted",  # noqa: S608
                [*values, *([at_most] if at_most is not None else [])],
            )
            return int(cursor.fetchone()[0])
