"""Publishing: what is staged becomes a release of its dataset, in one transaction.

A year that the dataset does not have is attached as it lies in the staging. In a year that it has, rows that the
file changes or lacks are closed, and new and changed ones opened; equal rows stay as they are. The sums follow in the
same transaction. The release's own row comes last, so that its time is that of the commit, within milliseconds.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from parties.models import User
from trade.models import KEY, Dataset, Release
from trade.releases import sums
from trade.releases.partitions import CHAPTERS, OBSERVATIONS, attach, partition, years
from trade.releases.staging import CONTENT, Staged, discard, staging
from trade.releases.vintages import VERSION, StalePreview, closing, lock, moment_of_publication, newest

_MATCH = " AND ".join(f"new.{column} = old.{column}" for column in KEY)
_SAYS_SOMETHING_ELSE = "ROW({}) IS DISTINCT FROM ROW({})".format(
    ", ".join(f"new.{column}" for column in CONTENT), ", ".join(f"old.{column}" for column in CONTENT)
)


class NothingToPublish(Exception):
    """The file says what the dataset says already, or has no rows: there is nothing to release."""

    message = _("There is nothing new in the file.")

    def __init__(self) -> None:
        super().__init__(str(self.message))


@dataclass
class _Counts:
    """Rows moved, rows of other levels than the file's that stand beside, and what became of each year."""

    opened: int = 0
    changed: int = 0
    disappeared: int = 0
    of_other_levels: int = 0
    merged: list[int] = field(default_factory=list)
    attached: list[int] = field(default_factory=list)


@transaction.atomic
def publish(
    staged: Staged,
    *,
    by: User | None,
    status: str = Release.Status.PROVISIONAL,
    published_on: dt.date | None = None,
    file_name: str = "",
    sha256: str = "",
    note: str = "",
) -> Release:
    """Make a staging a release and drop it; return the release, which is an example where its dataset is one.

    Raises `StalePreview` when the dataset has another newest release than at the staging, `NothingToPublish` when no
    row would change. Then nothing is written and the staging stays.
    """
    lock(staged.dataset_id)
    if newest(staged.dataset_id) != staged.after:
        raise StalePreview
    if staged.within is None or staged.end is None:
        raise NothingToPublish
    with connection.cursor() as cursor:
        sums.plan_for_slices(cursor)
        counts = _move(cursor, staged, staged.within)
        if not (counts.opened or counts.disappeared):
            raise NothingToPublish
        _sum(cursor, staged, staged.within, counts)
    discard(staged.vintage)
    dataset = Dataset.objects.get(pk=staged.dataset_id)
    return Release.objects.create(
        pk=staged.vintage,
        dataset=dataset,
        status=status,
        reporters=list(staged.within.reporters),
        flows=list(staged.within.flows),
        partners=list(staged.within.partners),
        first_month=staged.within.first,
        last_month=staged.end,
        published_on=published_on,
        loaded_at=moment_of_publication(staged.dataset_id),
        loaded_by=by,
        file_name=file_name,
        sha256=sha256,
        opened_rows=counts.opened,
        changed_rows=counts.changed,
        closed_rows=counts.changed + counts.disappeared,
        unchanged_rows=sum(staged.rows.values()) - counts.opened,
        note=note,
        is_example=dataset.is_example,
    )


def _move(cursor: Any, staged: Staged, within: sums.Slice) -> _Counts:
    """Bring the rows of every year into the dataset."""
    counts = _Counts()
    known = years(cursor, OBSERVATIONS, staged.dataset_id)
    for year in within.years:
        if year in known:
            _merge(cursor, staged, within, year, counts)
            counts.merged.append(year)
        elif year in staged.years:
            table = staged.table(year)
            counts.opened += staged.rows[year]
            cursor.execute(f"ALTER TABLE {staging(staged.vintage)} DETACH PARTITION {table}")
            attach(cursor, OBSERVATIONS, table, staged.dataset_id, year)
            attach(cursor, CHAPTERS, staged.chapters(year), staged.dataset_id, year)
            counts.attached.append(year)
    return counts


def _merge(cursor: Any, staged: Staged, within: sums.Slice, year: int, counts: _Counts) -> None:
    """Close what the file changes or lacks in a year, and open what is new or changed."""
    table = partition(OBSERVATIONS, staged.dataset_id, year)
    parameters = {**within.parameters, "levels": list(staged.levels), "vintage": staged.vintage}
    standing = f"old.closed IS NULL AND {sums.lies_within('old')}"
    new = staged.table(year) if year in staged.years else None
    if new:
        differs = f"{standing} AND {_MATCH} AND {_SAYS_SOMETHING_ELSE}"
        cursor.execute(closing(table, VERSION, f"USING {new} new WHERE {differs}"), parameters)
        counts.changed += cursor.rowcount
    cursor.execute(
        f"SELECT count(*), count(*) FILTER (WHERE level <> ALL(%(levels)s)) FROM {table} old WHERE {standing}",
        parameters,
    )
    left, of_other_levels = cursor.fetchone()
    counts.of_other_levels += of_other_levels
    if left > of_other_levels:
        is_lacking = f"NOT EXISTS (SELECT FROM {new} new WHERE {_MATCH})" if new else "true"
        of_its_levels = f"WHERE {standing} AND level = ANY(%(levels)s)"
        cursor.execute(closing(table, VERSION, f"{of_its_levels} AND {is_lacking}"), parameters)
        counts.disappeared += cursor.rowcount
    if new:
        is_new = f"NOT EXISTS (SELECT FROM {table} old WHERE {standing} AND {_MATCH})" if left else "true"
        cursor.execute(
            f"INSERT INTO {table} (opened, {VERSION}) SELECT %(vintage)s, {VERSION} FROM {new} new WHERE {is_new}",
            parameters,
        )
        counts.opened += cursor.rowcount


def _sum(cursor: Any, staged: Staged, within: sums.Slice, counts: _Counts) -> None:
    """Let the sums follow. Those of the staging are right where no other level or partner stands beside its lines."""
    if within.partners or counts.of_other_levels:
        whole = replace(within, partners=())  # all partners together change with each
        sums.refresh(cursor, dataset_id=staged.dataset_id, vintage=staged.vintage, within=whole)
        return
    for year in counts.merged:
        new = staged.chapters(year) if year in staged.years else None
        sums.replace_chapters(cursor, year, new, within, staged.dataset_id, staged.vintage)
    sums.replace_totals(cursor, staged.totals, within, staged.dataset_id, staged.vintage)
    if counts.attached:
        cursor.execute(f"ANALYZE {sums.PARTNERS}, {sums.YEARS}, trade_tradearea")  # what ranks join
