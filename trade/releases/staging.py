"""Staging: the rows of a file in tables of their own, checked, added up and ready to become part of the dataset.

A staging is known by the vintage that its release will have and lies in tables `trade_staging_<vintage>_<year>`
(rows), `…_<year>_chapters` and `…_totals` (their sums). A year that the dataset does not have yet is built as its
partition to be; publishing then attaches it and copies nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.db import IntegrityError, connection, transaction

from trade.importing.problems import Findings
from trade.importing.reading import COPY_COLUMNS
from trade.models import KEY, Dataset, Import
from trade.releases import sums
from trade.releases.connections import second_connection
from trade.releases.partitions import CHAPTERS, OBSERVATIONS, create_aside, create_index, suffixes, years
from trade.releases.vintages import StalePreview, newest

CONTENT = ("value", "net_kg", "quantity", "status", "edition", "level")
"""What an observation says. Two with the same key and content are equal, whatever line they stood in."""

INDEX_MEMORY = "256MB"
"""Enough to sort the keys of half a million rows without going to disk."""
_STATISTICS = 20  # rough figures are enough to keep PostgreSQL from plans for an empty table


@dataclass(frozen=True)
class Staged:
    """What lies in a staging. `as_json` and `from_json` carry it from the job that reads to the one that publishes.

    after    the newest release of the dataset when the file was staged; with a later one publication is refused
    rows     rows staged of each year, without rejected duplicates
    levels   levels of the goods
    periods  (first day, months) of each period that has rows
    within   the slice of the dataset that the file replaces; None without rows
    end      first day of the last month that the file tells about; None without rows
    """

    dataset_id: int
    vintage: int
    after: int | None
    rows: Mapping[int, int]
    levels: tuple[int, ...]
    periods: tuple[tuple[dt.date, int], ...]
    within: sums.Slice | None
    end: dt.date | None

    def table(self, year: int) -> str:
        """Return the table of the rows of a year."""
        return f"{staging(self.vintage)}_{year}"

    def chapters(self, year: int) -> str:
        """Return the table of the sums of chapters of a year."""
        return f"{self.table(year)}_chapters"

    @property
    def years(self) -> tuple[int, ...]:
        """The years of the rows, in order."""
        return tuple(sorted(self.rows))

    @property
    def totals(self) -> str:
        """The table of the totals of partners, of all years."""
        return f"{staging(self.vintage)}_totals"

    def as_json(self) -> dict[str, Any]:
        plain = asdict(self)
        plain["periods"] = [(period.isoformat(), months) for period, months in self.periods]
        plain["end"] = self.end and self.end.isoformat()
        if self.within:
            plain["within"] |= {"first": self.within.first.isoformat(), "last": self.within.last.isoformat()}
        return plain

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Staged:
        day = dt.date.fromisoformat
        within = plain["within"]
        return cls(
            dataset_id=plain["dataset_id"],
            vintage=plain["vintage"],
            after=plain["after"],
            rows={int(year): rows for year, rows in plain["rows"].items()},
            levels=tuple(plain["levels"]),
            periods=tuple((day(period), months) for period, months in plain["periods"]),
            within=within
            and sums.Slice(
                first=day(within["first"]),
                last=day(within["last"]),
                reporters=tuple(within["reporters"]),
                flows=tuple(within["flows"]),
                months=tuple(within["months"]),
                partners=tuple(within.get("partners", ())),
            ),
            end=plain["end"] and day(plain["end"]),
        )


def staging(vintage: int) -> str:
    """Return the table over all rows of a staging; its partitions and sums begin with this name."""
    return f"trade_staging_{vintage:d}"


def stage(
    dataset: Dataset,
    chunks: Iterable[bytes],
    *,
    vintage: int,
    findings: Findings | None = None,
    only_its_partners: bool = False,
) -> Staged:
    """Copy the rows of a file into a staging, reject duplicates, add up; an earlier staging of the vintage is dropped.

    `chunks` are whole lines of PostgreSQL's COPY text format with the `COPY_COLUMNS`. They are asked for while the COPY
    runs, so making them must not use this thread's database connection. An exception raised by them passes
    through and leaves nothing behind. Duplicates are added to the findings (rule DUP).

    `only_its_partners`: the file speaks for the partners that it names, and leaves those of others alone.

    Within a transaction all of it belongs to that. Outside, each step is committed, and a second connection finishes
    the years that the file has left behind while later ones come in; what a killed process leaves is for `sweep`.

    Raises `StalePreview` when a release later than the vintage was published already.
    """
    after = newest(dataset.pk)
    if after is not None and after >= vintage:
        raise StalePreview
    discard(vintage)
    filling = _Filling(dataset.pk, vintage, Findings() if findings is None else findings)
    if connection.in_atomic_block:
        with transaction.atomic():
            found = filling.run(_Stream(chunks))
    else:
        try:
            with second_connection() as beside:
                found = filling.run(_Stream(chunks), beside)
        except BaseException:
            discard(vintage)
            raise
    description = _description(dataset.pk, vintage, after, found)
    if only_its_partners and description.within:
        return replace(description, within=replace(description.within, partners=_partners(vintage)))
    return description


def _partners(vintage: int) -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT partner FROM {staging(vintage)} ORDER BY partner")
        return tuple(partner for (partner,) in cursor.fetchall())


class _Stream:
    """Chunks as the file that COPY reads. It ends before a chunk with a year that is not open."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = filter(None, chunks)
        self._next: bytes | None = None
        self.open: set[int] = set()
        self.coming: set[int] = set()
        self.error: Exception | None = None

    def has_more(self) -> bool:
        """Tell whether there is a next chunk; `coming` are its years."""
        if self._next is None:
            self._next = next(self._chunks, b"")
            self.coming = {int(year) for year in {line[:4] for line in self._next.split(b"\n")} if year}
        return bool(self._next)

    def read(self, size: int = -1) -> bytes:
        """Return the next chunk whatever the size asked for (psycopg2 takes it), nothing at the end."""
        try:
            if not self.has_more() or not self.coming <= self.open:
                return b""
        except Exception as error:  # the driver would report it as a failed COPY
            self.error = error
            raise
        chunk, self._next = self._next, None
        return chunk or b""


class _Filling:
    """The making of a staging: a partition for each year when its first row comes, finished when its last one came.

    Customs files are mostly in the order of months; in one that is not, all years are finished at the end.
    """

    def __init__(self, dataset_id: int, vintage: int, findings: Findings) -> None:
        self.dataset_id, self.vintage, self.findings = dataset_id, vintage, findings
        self.table = staging(vintage)
        self.totals = f"{self.table}_totals"
        self.known: list[int] = []
        self.years: set[int] = set()
        self.early: dict[int, Future[list[sums.Found] | None]] = {}
        self.is_in_order = True

    def run(self, stream: _Stream, beside: Executor | None = None) -> dict[int, list[sums.Found]]:
        """Copy everything and finish every year; return what is in each."""
        with connection.cursor() as cursor:
            self._create(cursor)
            while stream.has_more():
                self._make_way(cursor, stream)
                if beside and self.is_in_order:
                    left = stream.open - stream.coming
                    stream.open -= left
                    self.early |= {year: beside.submit(self._finished, year, is_early=True) for year in sorted(left)}
                try:
                    cursor.copy_expert(f"COPY {self.table} ({', '.join(COPY_COLUMNS)}) FROM STDIN", stream)
                except Exception as error:
                    raise stream.error or error from error
        rest = sorted(self.years - set(self.early))
        if beside:
            self.early |= {year: beside.submit(self._finished, year, is_early=True) for year in rest}
        found: dict[int, list[sums.Found] | None] = {}
        for year in sorted(self.years, reverse=True):  # the second connection begins at the other end
            if year not in self.early or self.early[year].cancel():
                found[year] = self._finished(year)
        for year in self.years - set(found):
            found[year] = self.early[year].result() or self._finished(year)
        return {year: found[year] or [] for year in sorted(found)}

    def _create(self, cursor: Any) -> None:
        self.known = years(cursor, OBSERVATIONS, self.dataset_id)
        cursor.execute(
            f"CREATE TABLE {self.table} (LIKE {OBSERVATIONS} INCLUDING CONSTRAINTS) PARTITION BY RANGE (period)"
        )
        cursor.execute(
            f"ALTER TABLE {self.table} ALTER dataset_id SET DEFAULT {self.dataset_id:d},"
            f" ALTER opened SET DEFAULT {self.vintage:d}"
        )
        cursor.execute(f"CREATE TABLE {self.totals} (LIKE {sums.PARTNERS})")

    def _make_way(self, cursor: Any, stream: _Stream) -> None:
        """Open the years of the next chunk: new ones, and those that were finished too early."""
        for year in sorted(stream.coming - self.years):
            table = f"{self.table}_{year}"
            create_aside(cursor, OBSERVATIONS, table, self.dataset_id, year)
            cursor.execute(
                f"ALTER TABLE {self.table} ATTACH PARTITION {table}"
                f" FOR VALUES FROM ('{dt.date(year, 1, 1)}') TO ('{dt.date(year + 1, 1, 1)}')"
            )
        for year in stream.coming & set(self.early):
            self.is_in_order = False
            if self.early.pop(year).result() is not None:
                self._unfinish(cursor, year)
        self.years |= stream.coming
        stream.open |= stream.coming

    def _unfinish(self, cursor: Any, year: int) -> None:
        """Take back what finishing a year made: more of its rows come, the file is not in the order of years."""
        table = f"{self.table}_{year}"
        for suffix in suffixes(cursor, OBSERVATIONS):
            cursor.execute(f"DROP INDEX IF EXISTS {table}{suffix}")
        cursor.execute(f"DROP TABLE {table}_chapters")
        cursor.execute(f"DELETE FROM {self.totals} WHERE extract(year FROM period) = {year:d}")

    def _finished(self, year: int, *, is_early: bool = False) -> list[sums.Found] | None:
        """Index a year and add it up; return what is in it.

        A year that the dataset has no partition for gets all that a partition needs. An early attempt gives up where
        there are duplicates: which of them count can only be said when all have come.
        """
        table = f"{self.table}_{year}"
        chapters = f"{table}_chapters"
        with transaction.atomic(), connection.cursor() as cursor:
            sums.plan_for_slices(cursor)
            cursor.execute(f"SET LOCAL maintenance_work_mem = '{INDEX_MEMORY}'")
            if is_early:  # the other cores are busy with reading and copying
                cursor.execute("SET LOCAL max_parallel_maintenance_workers = 0")
                cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")
            key, *others = suffixes(cursor, OBSERVATIONS)
            try:
                with transaction.atomic():
                    create_index(cursor, OBSERVATIONS, table, key)
            except IntegrityError:
                if is_early:
                    return None
                _reject_duplicates(cursor, table, self.findings)
                create_index(cursor, OBSERVATIONS, table, key)
            create_aside(cursor, CHAPTERS, chapters, self.dataset_id, year)
            found = sums.add_up(
                cursor,
                source=table,
                chapters=chapters,
                totals=self.totals,
                dataset_id=self.dataset_id,
                vintage=self.vintage,
            )
            if year not in self.known:
                for suffix in others:
                    create_index(cursor, OBSERVATIONS, table, suffix)
                for suffix in suffixes(cursor, CHAPTERS):
                    create_index(cursor, CHAPTERS, chapters, suffix)
                cursor.execute(f"SET LOCAL default_statistics_target = {_STATISTICS}")
                cursor.execute(f"ANALYZE {table}, {chapters}")
        return found


def _reject_duplicates(cursor: Any, table: str, findings: Findings) -> None:
    """Keep one of equal rows; drop all of those that have one key and say different things (rule DUP)."""
    key, content = ", ".join(KEY), ", ".join(CONTENT)
    cursor.execute(
        f"WITH repeated AS ("
        f" SELECT {key} FROM {table} GROUP BY {key} HAVING count(*) > 1"
        f"), numbered AS ("
        f" SELECT one.ctid AS place, line, commodity,"
        f" row_number() OVER w AS number, first_value(line) OVER w AS first, last_value(line) OVER w AS last,"
        f" count(*) OVER w = count(*) OVER (PARTITION BY {key}, {content}) AS is_same"
        f" FROM {table} one JOIN repeated USING ({key})"
        f" WINDOW w AS (PARTITION BY {key} ORDER BY line, one.ctid"
        f" ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)"
        f"), dropped AS ("
        f" DELETE FROM {table} one USING numbered"
        f" WHERE one.ctid = numbered.place AND (number > 1 OR NOT is_same)"
        f" RETURNING numbered.line, numbered.commodity, is_same,"
        f" CASE WHEN number = 1 THEN last ELSE first END AS other"
        f") SELECT * FROM dropped ORDER BY line"
    )
    for line, commodity, is_same, other in cursor.fetchall():
        findings.add("DUP-SAME" if is_same else "DUP", line=line, value=commodity, first=other)


def _description(dataset_id: int, vintage: int, after: int | None, by_year: Mapping[int, list[sums.Found]]) -> Staged:
    found = [one for year in by_year.values() for one in year]
    periods = sorted({(one.period, one.months) for one in found})
    within = None
    if found:
        within = sums.Slice(
            first=periods[0][0],
            last=periods[-1][0],
            reporters=tuple(sorted({one.reporter for one in found})),
            flows=tuple(sorted({one.flow for one in found})),
            months=tuple(sorted({one.months for one in found})),
        )
    return Staged(
        dataset_id=dataset_id,
        vintage=vintage,
        after=after,
        rows={year: sum(one.lines for one in found) for year, found in by_year.items() if found},
        levels=tuple(sorted({one.level for one in found})),
        periods=tuple(periods),
        within=within,
        end=max((_last_month(period, months) for period, months in periods), default=None),
    )


def _last_month(period: dt.date, months: int) -> dt.date:
    count = period.year * 12 + period.month - 1 + months - 1
    return dt.date(count // 12, count % 12 + 1, 1)


@transaction.atomic
def discard(vintage: int) -> None:
    """Drop the staging of a vintage, if there is one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
            " AND relnamespace = current_schema()::regnamespace AND (relname = %s OR starts_with(relname, %s))",
            [staging(vintage), f"{staging(vintage)}_"],
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"DROP TABLE {table}")


def sweep() -> list[int]:
    """Drop the stagings that no running or waiting import holds; return their vintages."""
    held = Import.objects.exclude(
        state__in=[
            Import.State.PUBLISHED,
            Import.State.UNCHANGED,
            Import.State.REFUSED,
            Import.State.CANCELLED,
            Import.State.FAILED,
        ]
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT substring(relname FROM '^trade_staging_([0-9]+)')::int FROM pg_class"
            " WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace"
            " AND relname ~ '^trade_staging_[0-9]+'"
        )
        staged = {vintage for (vintage,) in cursor.fetchall()}
    abandoned = sorted(staged - set(held.filter(vintage__in=staged).values_list("vintage", flat=True)))
    for vintage in abandoned:
        discard(vintage)
    return abandoned
