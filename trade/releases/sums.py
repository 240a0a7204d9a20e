"""Sums of observations: totals of partners and of chapters, in versions like the observations themselves.

What is added up, for one reporter, partner, flow and period:

- lines    those of the coarsest level of the goods that are there (chapters before headings before TN VED codes): a
           file with several levels states the same trade once for each. The line TOTAL is no such line.
- chapter  the first two characters of the code of goods: `27_CONF` counts in chapter 27, `_CONF` is chapter `_C`.
- value    of a partner: as the line TOTAL states it, else the sum of its lines. What one of the lines does not state
           (value or weight) is unknown in their sum: null, not the sum of the others.
- year     of a partner: the sum of its months as they stand, for ranks; not in versions.
- W        all partners: the lines of partner W where the file states them, else the sum over the partners that are
           countries or unknown – never over groups (EU) or regions, whose trade stands in a country's already.
           Its chapters come from W's own lines where it has lines of goods. There is a W row for every flow and
           period that has any row, so that it also says “loaded”; its value is null where nothing can be added.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from trade.models import WORLD
from trade.releases.partitions import CHAPTERS, OBSERVATIONS, partition, years
from trade.releases.vintages import closing

PARTNERS = "trade_partner_total"
YEARS = "trade_partner_year"
PARTNER_KEY = ("period", "months", "reporter", "partner", "flow")
PARTNER_VALUES = ("value", "net_kg", "lines_value", "hidden_value", "lines")
CHAPTER_KEY = (*PARTNER_KEY, "chapter")
CHAPTER_VALUES = ("value", "net_kg", "lines")
WORKING_MEMORY = "128MB"
"""Enough to add up one dataset-year of half a million lines without going to disk."""

_ADDED = "kind IN ('country', 'unknown')"
_SAME_TRADE = "period, months, reporter, flow"


@dataclass(frozen=True)
class Slice:
    """The part of a dataset that a file speaks for: reporters, flows, and periods of certain lengths in a range.

    `parameters` are those of `lies_within`; `last` is the first day of the last period; `partners` are empty for all.
    """

    first: dt.date
    last: dt.date
    reporters: tuple[str, ...]
    flows: tuple[str, ...]
    months: tuple[int, ...]
    partners: tuple[str, ...] = ()

    @property
    def parameters(self) -> dict[str, Any]:
        return {
            "first": self.first,
            "last": self.last,
            "reporters": list(self.reporters),
            "flows": list(self.flows),
            "months": list(self.months),
            "partners": list(self.partners) or None,
        }

    @property
    def years(self) -> range:
        return range(self.first.year, self.last.year + 1)


class Found(NamedTuple):
    """How many lines of a level there are for a period, reporter and flow."""

    period: dt.date
    months: int
    level: int
    reporter: str
    flow: str
    lines: int


def plan_for_slices(cursor: Any) -> None:
    """Let the rest of a transaction sort and hash in memory, and join by hashes only.

    Both sides of its joins are read whole, and one of them at least fits into memory. PostgreSQL does not know how
    large they are while years come and go: it would compare each row of one with all of the other where it believes
    in a few, or sort what need not be sorted.
    """
    cursor.execute(
        f"SET LOCAL work_mem = '{WORKING_MEMORY}'; SET LOCAL enable_nestloop = off; SET LOCAL enable_mergejoin = off"
    )


def known(figure: str, among: str = "") -> str:
    """Return SQL for the sum of a figure over the rows that meet a condition; null where one does not state it."""
    these = f" FILTER (WHERE {among})" if among else ""
    return f"CASE WHEN count({figure}){these} = count(*){these} THEN sum({figure}){these} END"


def lies_within(row: str) -> str:
    """Return SQL that a row lies in a slice, for a statement that is given the slice's parameters."""
    return (
        f"{row}.period BETWEEN %(first)s AND %(last)s AND {row}.reporter = ANY(%(reporters)s)"
        f" AND {row}.flow = ANY(%(flows)s) AND {row}.months = ANY(%(months)s)"
        f" AND (%(partners)s::text[] IS NULL OR {row}.partner = ANY(%(partners)s))"
    )


def add_up(
    cursor: Any,
    *,
    source: str,
    chapters: str,
    totals: str,
    dataset_id: int,
    vintage: int,
    condition: str = "closed IS NULL",
    parameters: Mapping[str, Any] | None = None,
) -> list[Found]:
    """Add up the rows of the source that meet the condition on `one`, into tables shaped like those of the sums.

    Return what was there.
    """
    cursor.execute(
        f"CREATE TEMPORARY TABLE trade_grouped ON COMMIT DROP AS"
        f" SELECT period, months, reporter, partner, flow, level, left(commodity, 2) AS chapter,"
        f" {known('value')} AS value, {known('net_kg')} AS net_kg,"
        f" sum(value) FILTER (WHERE commodity LIKE '%%\\_CONF') AS hidden_value,"
        f" count(*)::int AS lines FROM {source} one WHERE {condition} GROUP BY 1, 2, 3, 4, 5, 6, 7",
        parameters or {},
    )
    cursor.execute(
        "SELECT period, months, level, reporter, flow, sum(lines)::int FROM trade_grouped GROUP BY 1, 2, 3, 4, 5"
    )
    found = [Found(*row) for row in cursor.fetchall()]
    if len({one.level for one in found if one.level > 0}) > 1:
        _keep_the_coarsest_level(cursor)
    cursor.execute(_CHAPTERS.format(table=chapters), {"dataset": dataset_id, "vintage": vintage})
    cursor.execute(_TOTALS.format(table=totals), {"dataset": dataset_id, "vintage": vintage})
    cursor.execute("DROP TABLE trade_grouped")
    return found


def _keep_the_coarsest_level(cursor: Any) -> None:
    cursor.execute(
        "DELETE FROM trade_grouped one USING (SELECT period, months, reporter, partner, flow, min(level) AS level"
        " FROM trade_grouped WHERE level > 0 GROUP BY 1, 2, 3, 4, 5) coarsest"
        " WHERE (one.period, one.months, one.reporter, one.partner, one.flow) ="
        " (coarsest.period, coarsest.months, coarsest.reporter, coarsest.partner, coarsest.flow)"
        " AND one.level > coarsest.level"
    )


_CHAPTERS = f"""
INSERT INTO {{table}} (period, opened, lines, dataset_id, months, chapter, reporter, partner, flow, value, net_kg)
SELECT period, %(vintage)s, lines, %(dataset)s, months, chapter, reporter, partner, flow, value, net_kg
FROM (
    SELECT period, lines, months, chapter, reporter, partner, flow, value, net_kg FROM trade_grouped WHERE level > 0
    UNION ALL
    SELECT period, sum(lines), months, chapter, reporter, '{WORLD}', flow, {known("value")}, {known("net_kg")}
    FROM trade_grouped
    WHERE level > 0 AND partner IN (SELECT code COLLATE "C" FROM trade_tradearea WHERE {_ADDED})
      AND ({_SAME_TRADE}) NOT IN (SELECT {_SAME_TRADE} FROM trade_grouped WHERE partner = '{WORLD}' AND level > 0)
    GROUP BY period, months, chapter, reporter, flow
) AS one
ORDER BY partner || reporter || to_char(period, 'MM') || flow || chapter
"""
"""The order is that of the key, by which partners are read. As one text it is sorted in a third of the time."""

_TOTALS = f"""
WITH lines AS (
    SELECT {_SAME_TRADE}, partner,
        sum(value) FILTER (WHERE level = 0) AS stated_value, sum(net_kg) FILTER (WHERE level = 0) AS stated_net_kg,
        {known("value", "level > 0")} AS lines_value, {known("net_kg", "level > 0")} AS lines_net_kg,
        sum(hidden_value) FILTER (WHERE level > 0) AS hidden_value,
        coalesce(sum(lines) FILTER (WHERE level > 0), 0) AS lines
    FROM trade_grouped GROUP BY {_SAME_TRADE}, partner
), own AS (
    SELECT {_SAME_TRADE}, partner, coalesce(stated_value, lines_value) AS value,
        coalesce(stated_net_kg, lines_net_kg) AS net_kg, lines_value, hidden_value, lines
    FROM lines
), added AS (
    SELECT {_SAME_TRADE}, {known("value", "is_added")} AS value, {known("net_kg", "is_added")} AS net_kg,
        sum(lines_value) FILTER (WHERE is_added) AS lines_value,
        sum(hidden_value) FILTER (WHERE is_added) AS hidden_value,
        coalesce(sum(lines) FILTER (WHERE is_added), 0) AS lines
    FROM (SELECT *, partner IN (SELECT code COLLATE "C" FROM trade_tradearea WHERE {_ADDED}) AS is_added FROM own) one
    GROUP BY {_SAME_TRADE}
), world AS (
    SELECT {_SAME_TRADE}, coalesce(stated.value, added.value) AS value, coalesce(stated.net_kg, added.net_kg) AS net_kg,
        CASE WHEN stated.lines > 0 THEN stated.lines_value ELSE added.lines_value END AS lines_value,
        CASE WHEN stated.lines > 0 THEN stated.hidden_value ELSE added.hidden_value END AS hidden_value,
        CASE WHEN stated.lines > 0 THEN stated.lines ELSE added.lines END AS lines
    FROM added LEFT JOIN (SELECT * FROM own WHERE partner = '{WORLD}') stated USING ({_SAME_TRADE})
)
INSERT INTO {{table}} (period, opened, lines, dataset_id, months, reporter, partner, flow, value, net_kg, lines_value,
    hidden_value)
SELECT period, %(vintage)s, lines, %(dataset)s, months, reporter, partner, flow, value, net_kg, lines_value,
    hidden_value
FROM own WHERE partner <> '{WORLD}'
UNION ALL
SELECT period, %(vintage)s, lines, %(dataset)s, months, reporter, '{WORLD}', flow, value, net_kg, lines_value,
    hidden_value
FROM world
"""


def _replace_rows(
    cursor: Any,
    table: str,
    new: str | None,
    key: Sequence[str],
    values: Sequence[str],
    within: Slice,
    dataset_id: int,
    vintage: int,
) -> None:
    parameters = {**within.parameters, "dataset": dataset_id, "vintage": vintage}
    standing = f"old.closed IS NULL AND old.dataset_id = %(dataset)s AND {lies_within('old')}"
    columns = ", ".join(("dataset_id", *key, *values))
    if new is None:
        cursor.execute(closing(table, columns, f"WHERE {standing}"), parameters)
        return
    is_equal = f"{_equal(key)} AND ROW({_of('new', values)}) IS NOT DISTINCT FROM ROW({_of('old', values)})"
    differs = f"NOT EXISTS (SELECT FROM {new} new WHERE {is_equal})"
    cursor.execute(closing(table, columns, f"WHERE {standing} AND {differs}"), parameters)
    cursor.execute(
        f"INSERT INTO {table} (opened, {columns}) SELECT %(vintage)s, {columns} FROM {new} new"
        f" WHERE NOT EXISTS (SELECT FROM {table} old WHERE {standing} AND {_equal(key)})",
        parameters,
    )


def refresh(cursor: Any, *, dataset_id: int, vintage: int, within: Slice) -> None:
    """Add up anew what stands in the slice, and replace its sums."""
    plan_for_slices(cursor)
    chapters, totals = "trade_new_chapters", "trade_new_totals"
    cursor.execute(f"CREATE TEMPORARY TABLE {chapters} (LIKE {CHAPTERS}) ON COMMIT DROP")
    cursor.execute(f"CREATE TEMPORARY TABLE {totals} (LIKE {PARTNERS}) ON COMMIT DROP")
    present = [year for year in years(cursor, OBSERVATIONS, dataset_id) if year in within.years]
    for year in present:
        add_up(
            cursor,
            source=partition(OBSERVATIONS, dataset_id, year),
            chapters=chapters,
            totals=totals,
            dataset_id=dataset_id,
            vintage=vintage,
            condition=f"closed IS NULL AND {lies_within('one')}",
            parameters=within.parameters,
        )
        replace_chapters(cursor, year, chapters, within, dataset_id, vintage)
        cursor.execute(f"TRUNCATE {chapters}")
    replace_totals(cursor, totals, within, dataset_id, vintage)
    cursor.execute(f"DROP TABLE {chapters}, {totals}")


def replace_chapters(cursor: Any, year: int, new: str | None, within: Slice, dataset_id: int, vintage: int) -> None:
    """Put new sums of chapters in the place of those of a year and slice: only what differs is closed and opened.

    Without new ones (None) those that stand are closed.
    """
    table = partition(CHAPTERS, dataset_id, year)
    _replace_rows(cursor, table, new, CHAPTER_KEY, CHAPTER_VALUES, within, dataset_id, vintage)


def replace_totals(cursor: Any, new: str, within: Slice, dataset_id: int, vintage: int) -> None:
    """Put new totals of partners in the place of those of the slice, in the same way; the sums of years follow."""
    _replace_rows(cursor, PARTNERS, new, PARTNER_KEY, PARTNER_VALUES, within, dataset_id, vintage)
    if 1 in within.months:
        _add_up_years(cursor, within, dataset_id)


def sums_of_years(condition: str = "true") -> str:
    """Return SQL for the sums of the months of each year as they stand, in the order of the columns of `YEARS`.

    Turnover (`T`) stands beside the flows that make it up. A sum is unknown (null) where one of its months does not
    state the measure.
    """
    figures = ", ".join(f"{known(name)} AS {name}" for name in ("value", "net_kg"))
    return " UNION ALL ".join(
        f"SELECT dataset_id, reporter, {flow} AS flow, date_trunc('year', period)::date AS year, partner, {figures}"
        f" FROM {PARTNERS} WHERE closed IS NULL AND months = 1 AND {condition} AND {which} GROUP BY 1, 2, 3, 4, 5"
        for flow, which in (("flow", "true"), ("'T'", "flow IN ('X', 'M')"))
    )


def _add_up_years(cursor: Any, within: Slice, dataset_id: int) -> None:
    """Add up anew the years of the slice: only as they stand today, what was known earlier is read by months."""
    parameters = {
        "dataset": dataset_id,
        "reporters": list(within.reporters),
        "first": within.first.replace(month=1),
        "last": within.last.replace(month=12),
    }
    concerned = "dataset_id = %(dataset)s AND reporter = ANY(%(reporters)s)"
    cursor.execute(f"DELETE FROM {YEARS} WHERE {concerned} AND year BETWEEN %(first)s AND %(last)s", parameters)
    cursor.execute(
        f"INSERT INTO {YEARS} {sums_of_years(f'{concerned} AND period BETWEEN %(first)s AND %(last)s')}", parameters
    )


def _equal(columns: Iterable[str]) -> str:
    return " AND ".join(f"new.{column} = old.{column}" for column in columns)


def _of(table: str, columns: Iterable[str]) -> str:
    return ", ".join(f"{table}.{column}" for column in columns)
