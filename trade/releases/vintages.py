"""Numbers of releases as points in time: reserving the next one, finding the one known at a moment."""

from __future__ import annotations

import datetime as dt

from django.db import connection
from django.utils.translation import gettext_lazy as _

from trade.models import KEY, Release

_LOCK = 0x7261  # any number of our own: the class of our advisory locks, in which the dataset's id is the member


VERSION = ", ".join(("line", "level", "value", "net_kg", "quantity", "edition", "status", *KEY))
"""SQL: what a version of an observation carries beside the releases that opened and closed it."""


class StalePreview(Exception):
    """Another release of the dataset was published after the file was compared: compare again."""

    message = _("Another release of this dataset was published meanwhile. Read the file again and look at the changes.")

    def __init__(self) -> None:
        super().__init__(str(self.message))


def reserve_vintage() -> int:
    """Return a number for a release to be; numbers that are never published leave gaps."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('trade_release', 'id'))")
        return int(cursor.fetchone()[0])


def newest(dataset_id: int) -> int | None:
    """Return the number of the dataset's newest release."""
    return Release.objects.filter(dataset=dataset_id).order_by("-pk").values_list("pk", flat=True).first()


def as_vintage(dataset_id: int, moment: dt.datetime) -> int | None:
    """Return the number of the release that was the newest at a moment; None where there was none yet."""
    known = Release.objects.filter(dataset=dataset_id, loaded_at__lte=moment)
    return known.order_by("-pk").values_list("pk", flat=True).first()


def closing(table: str, columns: str, which: str) -> str:
    """Return SQL that closes rows of a table at the `vintage` among its parameters; it counts them.

    `which` is what comes behind `DELETE FROM table old`. Rows are written anew as past ones: for PostgreSQL that is
    less work than an update, which locks each row, finds it a place on another page and compares what is indexed.
    """
    return (
        f"WITH gone AS (DELETE FROM {table} old {which} RETURNING old.*)"
        f" INSERT INTO {table} (closed, opened, {columns}) SELECT %(vintage)s, opened, {columns} FROM gone"
    )


def lock(dataset_id: int) -> None:
    """Let one transaction at a time publish to the dataset; the lock ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, dataset_id])


def moment_of_publication(dataset_id: int) -> dt.datetime:
    """Return the time now, later than that of any release of the dataset. To be asked for just before the commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT greatest(clock_timestamp(), max(loaded_at) + interval '1 microsecond') FROM trade_release"
            " WHERE dataset_id = %s",
            [dataset_id],
        )
        moment: dt.datetime = cursor.fetchone()[0]
        return moment
