"""Undoing a release, by a new release that restores what stood before. An undo can be undone like any release."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from parties.models import User
from trade.models import KEY, Release
from trade.releases import sums
from trade.releases.partitions import OBSERVATIONS, partition, years
from trade.releases.vintages import VERSION, lock, moment_of_publication, reserve_vintage

_MATCH = " AND ".join(f"undone.{column} = old.{column}" for column in KEY)


class LaterReleaseExists(Exception):
    """A later release says something about the same trade: undo that one first. `later` is it."""

    message = _("A later release about the same trade stands. Undo that one first.")

    def __init__(self, later: Release) -> None:
        super().__init__(str(self.message))
        self.later = later


class AlreadyUndone(Exception):
    """The release was undone before; to have it again, undo the undo. `undo` is it."""

    message = _("This release was undone already.")

    def __init__(self, undo: Release) -> None:
        super().__init__(str(self.message))
        self.undo = undo


@transaction.atomic
def undo(release: Release, *, by: User | None, note: str = "") -> Release:
    """Publish what stood before the release, as a new release; return that.

    Raises `AlreadyUndone`, or `LaterReleaseExists` when a later release of the dataset touches the same reporters,
    flows, partners and months and still has an effect.
    """
    lock(release.dataset_id)
    check_undoable(release)
    vintage = reserve_vintage()
    opened = closed = 0
    months: set[int] = set()
    with connection.cursor() as cursor:
        for year in years(cursor, OBSERVATIONS, release.dataset_id):
            if release.first_month.year <= year <= release.last_month.year:
                table = partition(OBSERVATIONS, release.dataset_id, year)
                closed += _close_what_it_opened(cursor, table, release, vintage, months)
                opened += _open_what_it_closed(cursor, table, release, vintage, months)
        within = _slice(release, months)
        sums.refresh(cursor, dataset_id=release.dataset_id, vintage=vintage, within=within)
    return Release.objects.create(
        pk=vintage,
        dataset_id=release.dataset_id,
        kind=Release.Kind.UNDO,
        undoes=release,
        status=release.status,
        reporters=release.reporters,
        flows=release.flows,
        partners=release.partners,
        first_month=release.first_month,
        last_month=release.last_month,
        loaded_at=moment_of_publication(release.dataset_id),
        loaded_by=by,
        opened_rows=opened,
        changed_rows=release.changed_rows,
        closed_rows=closed,
        note=note,
        is_example=release.is_example,
    )


def check_undoable(release: Release) -> None:
    """Raise `AlreadyUndone` or `LaterReleaseExists` where the release cannot be undone as things stand."""
    done = Release.objects.filter(undoes=release).first()
    if done:
        raise AlreadyUndone(done)
    if later := later_with_effect(release):
        raise LaterReleaseExists(later)


def later_with_effect(release: Release) -> Release | None:
    """Return the newest later release about the same trade that is not balanced by its own undo."""
    balanced: set[int] = set()
    same_partners = Q(partners=[]) | Q(partners__overlap=release.partners) if release.partners else Q()
    later = Release.objects.filter(
        same_partners,
        dataset=release.dataset_id,
        pk__gt=release.pk,
        reporters__overlap=release.reporters,
        flows__overlap=release.flows,
        first_month__lte=release.last_month,
        last_month__gte=release.first_month,
    )
    for one in later.order_by("-pk"):
        if one.pk in balanced:
            continue
        if one.undoes_id is None or one.undoes_id < release.pk:
            return one
        balanced.add(one.undoes_id)
    return None


def _close_what_it_opened(cursor: Any, table: str, release: Release, vintage: int, months: set[int]) -> int:
    """Close what stands under the keys that the release opened; such a row may itself be restored by a later undo."""
    cursor.execute(
        f"WITH closed AS ("
        f" UPDATE {table} old SET closed = %(vintage)s FROM {table} undone"
        f" WHERE undone.opened = %(undone)s AND old.closed IS NULL AND {_MATCH} RETURNING old.months"
        f") SELECT months, count(*) FROM closed GROUP BY months",
        {"vintage": vintage, "undone": release.pk},
    )
    return _counted(cursor.fetchall(), months)


def _open_what_it_closed(cursor: Any, table: str, release: Release, vintage: int, months: set[int]) -> int:
    cursor.execute(
        f"WITH opened AS ("
        f" INSERT INTO {table} (opened, {VERSION}) SELECT %(vintage)s, {VERSION} FROM {table}"
        f" WHERE closed = %(undone)s RETURNING months"
        f") SELECT months, count(*) FROM opened GROUP BY months",
        {"vintage": vintage, "undone": release.pk},
    )
    return _counted(cursor.fetchall(), months)


def _counted(rows: Collection[tuple[int, int]], months: set[int]) -> int:
    months.update(length for length, __ in rows)
    return sum(count for __, count in rows)


def _slice(release: Release, months: Collection[int]) -> sums.Slice:
    first: dt.date = release.first_month
    return sums.Slice(
        first=first,
        last=release.last_month,
        reporters=tuple(release.reporters),
        flows=tuple(release.flows),
        months=tuple(sorted(months)),
    )
