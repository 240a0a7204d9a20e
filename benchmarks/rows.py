"""The reference table: the columns and indexes of observations as one plain table, filled by COPY without any check."""

from __future__ import annotations

import time
from pathlib import Path

from django.db import connection, models

TABLE = "bench_row"
# The order of the normalised twin that `benchmarks.generator` writes.
COPIED = (
    "period, line, months, level, reporter, partner, flow, commodity, unit, edition, status, value, net_kg, quantity"
)


class Row(models.Model):
    """One row of the reference table, for the ways that go through the ORM."""

    id = models.BigAutoField(primary_key=True)
    dataset_id = models.SmallIntegerField(default=1)
    period = models.DateField()
    line = models.IntegerField()
    months = models.SmallIntegerField()
    level = models.SmallIntegerField()
    reporter = models.TextField()
    partner = models.TextField()
    flow = models.TextField()
    commodity = models.TextField()
    unit = models.TextField()
    edition = models.TextField()
    status = models.TextField()
    value = models.DecimalField(max_digits=20, decimal_places=2)
    net_kg = models.DecimalField(max_digits=20, decimal_places=3)
    quantity = models.DecimalField(max_digits=20, decimal_places=3, null=True)
    opened = models.IntegerField(default=1)
    closed = models.IntegerField(null=True)

    class Meta:
        app_label = "benchmarks"
        managed = False
        db_table = TABLE

    def __str__(self) -> str:
        return f"{self.period} {self.commodity}"


def create() -> None:
    """Make the reference table anew, empty and without indexes; nothing tidies it while others are measured."""
    with connection.cursor() as cursor:
        cursor.execute(f"""
            DROP TABLE IF EXISTS {TABLE};
            CREATE TABLE {TABLE} (LIKE trade_observation INCLUDING CONSTRAINTS) WITH (autovacuum_enabled = off);
            ALTER TABLE {TABLE} ADD id bigserial, ALTER dataset_id SET DEFAULT 1, ALTER opened SET DEFAULT 1;
        """)


def index() -> None:
    """Build the indexes that observations have."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'trade_observation'")
        for (definition,) in cursor.fetchall():
            cursor.execute(
                definition.replace("trade_observation", TABLE).replace(f"ON ONLY public.{TABLE}", f"ON {TABLE}")
            )


def copy(path: Path) -> None:
    """COPY the normalised file into the reference table."""
    with connection.cursor() as cursor, path.open("rb") as file:
        cursor.copy_expert(f"COPY {TABLE} ({COPIED}) FROM STDIN", file)


def seconds_to_copy_and_index(path: Path) -> float:
    """Return how long COPY of the file and the build of the indexes take, on an empty table."""
    create()
    begun = time.perf_counter()
    copy(path)
    index()
    return time.perf_counter() - begun
