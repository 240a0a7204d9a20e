"""Checks of the bulk tables against each other: what no constraint of the database can hold.

For each dataset the sums are added up anew from the lines and compared with those that are stored, as they stand and
as of one past release chosen at random, so that repeated checks come to see them all.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.db import connection, transaction

from trade.models import KEY, Dataset, Release
from trade.releases import sums
from trade.releases.partitions import CHAPTERS, OBSERVATIONS
from trade.releases.reading import visible

_SHOWN = 20


@dataclass(frozen=True)
class Fault:
    """Something that contradicts itself. `check` names the rule, `count` says how often; examples are short."""

    dataset: str
    check: str
    count: int
    examples: tuple[str, ...]

    def __str__(self) -> str:
        more = f"; {self.count} in all" if self.count > len(self.examples) else ""
        return f"{self.dataset}: {self.check}: {'; '.join(self.examples)}{more}"


@transaction.atomic
def verify(*, vintage: int | None = None) -> list[Fault]:
    """Return all faults of all datasets, none if the tables are right.

    `vintage` is the past release to check beside the present of its dataset; without one each dataset's is chosen at
    random.
    """
    with connection.cursor() as cursor:
        if not connection.savepoint_ids:  # one moment for all queries, whatever is published meanwhile
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        sums.plan_for_slices(cursor)
        return [fault for dataset in Dataset.objects.order_by("pk") for fault in _faults(cursor, dataset, vintage)]


def _faults(cursor: Any, dataset: Dataset, vintage: int | None) -> Iterator[Fault]:
    releases = list(Release.objects.filter(dataset=dataset).order_by("pk"))
    past = [release.pk for release in releases[:-1]]
    chosen = vintage if vintage in past else random.choice(past) if past else None  # noqa: S311 - no secret
    for moment in [None, chosen] if chosen else [None]:
        yield from _sums_that_differ(cursor, dataset, moment)
    for check, statement in _LINES.items():
        yield from _found(cursor, dataset, check, statement)
    yield from _order_of(dataset, releases)


def _sums_that_differ(cursor: Any, dataset: Dataset, vintage: int | None) -> Iterator[Fault]:
    cursor.execute(f"CREATE TEMPORARY TABLE trade_right_chapters (LIKE {CHAPTERS}) ON COMMIT DROP")
    cursor.execute(f"CREATE TEMPORARY TABLE trade_right_totals (LIKE {sums.PARTNERS}) ON COMMIT DROP")
    sums.add_up(
        cursor,
        source=visible(OBSERVATIONS, vintage),
        chapters="trade_right_chapters",
        totals="trade_right_totals",
        dataset_id=dataset.pk,
        vintage=0,
        condition="dataset_id = %(dataset)s",
        parameters={"dataset": dataset.pk},
    )
    when = f" as of release {vintage}" if vintage else ""
    for table, right, key, values in (
        (CHAPTERS, "trade_right_chapters", sums.CHAPTER_KEY, sums.CHAPTER_VALUES),
        (sums.PARTNERS, "trade_right_totals", sums.PARTNER_KEY, sums.PARTNER_VALUES),
    ):
        stored, added = (", ".join(f"{side}.{name}" for name in values) for side in ("stored", "added"))
        statement = (
            f"SELECT concat_ws(' ', {', '.join(key)}) || ': ' || concat_ws(' ', {stored}) || ' is stored, '"
            f" || concat_ws(' ', {added}) || ' are the lines', count(*) OVER ()"
            f" FROM (SELECT * FROM {visible(table, vintage)} one WHERE dataset_id = %(dataset)s) stored"
            f" FULL JOIN {right} added USING ({', '.join(key)})"
            f" WHERE stored.opened IS NULL OR added.opened IS NULL OR ROW({stored}) IS DISTINCT FROM ROW({added})"
            f" LIMIT {_SHOWN}"
        )
        yield from _found(cursor, dataset, f"sums in {table}{when} differ from the lines", statement)
    cursor.execute("DROP TABLE trade_right_chapters, trade_right_totals")


_NAMED = "concat_ws(' ', period, months, reporter, partner, flow, commodity)"
_LINES = {
    "codes of areas are not known": f"""
        SELECT {_NAMED}, count(*) OVER () FROM (
            SELECT DISTINCT ON (reporter, partner) * FROM {OBSERVATIONS} WHERE dataset_id = %(dataset)s
        ) one WHERE NOT EXISTS (SELECT FROM trade_tradearea WHERE code COLLATE "C" = one.reporter)
            OR NOT EXISTS (SELECT FROM trade_tradearea WHERE code COLLATE "C" = one.partner) LIMIT {_SHOWN}""",
    f"sums in {sums.YEARS} differ from those of the months": f"""
        SELECT concat_ws(' ', year, reporter, partner, flow), count(*) OVER () FROM (
            SELECT * FROM {sums.YEARS} WHERE dataset_id = %(dataset)s
        ) stored FULL JOIN ({sums.sums_of_years("dataset_id = %(dataset)s")}) added
            USING (dataset_id, reporter, flow, year, partner)
        WHERE stored.value IS DISTINCT FROM added.value OR stored.net_kg IS DISTINCT FROM added.net_kg
            OR stored IS NULL OR added IS NULL LIMIT {_SHOWN}""",
    "units are not known": f"""
        SELECT {_NAMED} || ' ' || unit, count(*) OVER () FROM (
            SELECT DISTINCT ON (unit) * FROM {OBSERVATIONS} WHERE dataset_id = %(dataset)s AND unit <> ''
        ) one WHERE NOT EXISTS (SELECT FROM trade_unit WHERE code COLLATE "C" = one.unit) LIMIT {_SHOWN}""",
    "editions are not known": f"""
        SELECT {_NAMED} || ' ' || edition, count(*) OVER () FROM (
            SELECT DISTINCT ON (edition) * FROM {OBSERVATIONS} WHERE dataset_id = %(dataset)s
        ) one WHERE NOT EXISTS (SELECT FROM trade_edition WHERE symbol COLLATE "C" = one.edition) LIMIT {_SHOWN}""",
    "two versions of an observation are valid at once": f"""
        SELECT {_NAMED}, count(*) OVER () FROM (
            SELECT *, lead(opened) OVER (PARTITION BY {", ".join(KEY)} ORDER BY opened) AS next FROM {OBSERVATIONS}
            WHERE dataset_id = %(dataset)s AND ({", ".join(KEY)}) IN (
                SELECT {", ".join(KEY)} FROM {OBSERVATIONS} WHERE dataset_id = %(dataset)s AND closed IS NOT NULL)
        ) one WHERE next < coalesce(closed, 'infinity'::float8) LIMIT {_SHOWN}""",
    "rows name a release that the dataset does not have": f"""
        SELECT 'release ' || number, count(*) OVER () FROM (
            SELECT opened AS number FROM {OBSERVATIONS} WHERE dataset_id = %(dataset)s GROUP BY 1
            UNION SELECT closed FROM {OBSERVATIONS} WHERE dataset_id = %(dataset)s AND closed IS NOT NULL GROUP BY 1
            UNION SELECT opened FROM {sums.PARTNERS} WHERE dataset_id = %(dataset)s GROUP BY 1
            UNION SELECT opened FROM {CHAPTERS} WHERE dataset_id = %(dataset)s GROUP BY 1
        ) one WHERE NOT EXISTS (
            SELECT FROM trade_release WHERE id = one.number AND dataset_id = %(dataset)s) LIMIT {_SHOWN}""",
    "counts of a release differ from its rows": f"""
        WITH rows AS (
            SELECT number, sum(opened)::int AS opened, sum(closed)::int AS closed FROM (
                SELECT opened AS number, count(*) AS opened, 0 AS closed FROM {OBSERVATIONS}
                WHERE dataset_id = %(dataset)s GROUP BY 1
                UNION ALL SELECT closed, 0, count(*) FROM {OBSERVATIONS}
                WHERE dataset_id = %(dataset)s AND closed IS NOT NULL GROUP BY 1
            ) one GROUP BY number
        ) SELECT 'release ' || id, count(*) OVER () FROM trade_release LEFT JOIN rows ON number = id
        WHERE dataset_id = %(dataset)s
          AND (opened_rows, closed_rows) <> (coalesce(opened, 0), coalesce(closed, 0)) LIMIT {_SHOWN}""",
}


def _found(cursor: Any, dataset: Dataset, check: str, statement: str) -> Iterator[Fault]:
    cursor.execute(statement, {"dataset": dataset.pk})
    rows = cursor.fetchall()
    if rows:
        yield Fault(str(dataset.code), check, rows[0][1], tuple(example for example, __ in rows[:_SHOWN]))


def _order_of(dataset: Dataset, releases: list[Release]) -> Iterator[Fault]:
    wrong = [str(later) for earlier, later in pairwise(releases) if later.loaded_at <= earlier.loaded_at]
    if wrong:
        yield Fault(str(dataset.code), "times of releases are not in the order of numbers", len(wrong), tuple(wrong))
