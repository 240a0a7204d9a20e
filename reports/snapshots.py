"""One unchanging view of the whole database while a report is computed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction

from parties.models import DataVersion


@dataclass(frozen=True)
class Snapshot:
    """Which state of the data was read: its data version and the database's clock at that moment."""

    data_version: int
    taken_at: dt.datetime


@contextmanager
def snapshot() -> Iterator[Snapshot]:
    """Read all that follows from one state of the data; writing is refused by the database.

    Opens the transaction itself, so it must not be called inside another one (RuntimeError).
    """
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT now()")
            taken_at = cursor.fetchone()[0]
        number = DataVersion.objects.values_list("number", flat=True).get(pk=1)
        yield Snapshot(number, taken_at)
