"""Removing the observations of an example dataset. Those of real datasets are never removed: a release is undone."""

from __future__ import annotations

from django.db import connection, transaction

from trade.models import Dataset, Import, Undo
from trade.releases.partitions import CHAPTERS, OBSERVATIONS, partition, years
from trade.releases.staging import discard
from trade.releases.sums import PARTNERS, YEARS
from trade.releases.vintages import lock


class NotAnExample(Exception):
    """Only observations of a dataset marked as an example can be forgotten."""


@transaction.atomic
def forget(dataset: Dataset) -> int:
    """Remove all releases of an example dataset with their observations and sums; return the number of releases.

    Raises `NotAnExample`.
    """
    if not dataset.is_example:
        raise NotAnExample(str(dataset.code))
    lock(dataset.pk)
    imports = Import.objects.filter(dataset=dataset)
    for one in imports:
        if one.vintage is not None:
            discard(one.vintage)
        transaction.on_commit(lambda file=one.file: file.delete(save=False))  # type: ignore[misc]
    with connection.cursor() as cursor:
        for parent in (OBSERVATIONS, CHAPTERS):
            for year in years(cursor, parent, dataset.pk):
                cursor.execute(f"DROP TABLE {partition(parent, dataset.pk, year)}")
        for table in (PARTNERS, YEARS):
            cursor.execute(f"DELETE FROM {table} WHERE dataset_id = %s", [dataset.pk])
    imports.delete()
    Undo.objects.filter(release__dataset=dataset).delete()
    with connection.cursor() as cursor:  # in one statement: an undo protects the release that it undoes
        cursor.execute("DELETE FROM trade_release WHERE dataset_id = %s", [dataset.pk])
        return int(cursor.rowcount)
