"""What tests of trade share: a dataset, territories, and observations published into it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from trade.models import Dataset, Release, TradeArea

AREAS = {
    "RU-TOM": TradeArea.Kind.REGION,
    **dict.fromkeys(("BY", "CN", "DE", "KZ", "RU"), TradeArea.Kind.COUNTRY),
    **dict.fromkeys(("NNN", "_H"), TradeArea.Kind.UNKNOWN),
    "EU": TradeArea.Kind.GROUP,
    "W": TradeArea.Kind.WORLD,
}


def observation(**given: Any) -> dict[str, Any]:
    """Return one line of a file: Tomsk's export of computers to Belarus in January 2024, changed by keywords.

    `month` is text (`2024-03`); `level` follows from `commodity` unless given.
    """
    commodity = given.get("commodity", "8471300000")
    level = 0 if commodity == "TOTAL" else len(commodity) if commodity.isdigit() else 10
    plain = {
        "month": "2024-01",
        "months": 1,
        "level": level,
        "reporter": "RU-TOM",
        "partner": "BY",
        "flow": "X",
        "commodity": commodity,
        "unit": "",
        "edition": "H6",
        "status": "A",
        "value": "100.00",
        "net_kg": "10.000",
        "quantity": None,
    }
    unknown = set(given) - set(plain)
    assert not unknown, f"observations have no {unknown}"
    return plain | given


@pytest.fixture
def bulk_tables() -> Iterator[None]:
    """Empty the tables of observations after a test that commits: Django leaves them alone."""
    yield
    if connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
            " AND relnamespace = current_schema()::regnamespace AND relname LIKE 'trade\\_staging\\_%'"
            " UNION ALL SELECT inhrelid::regclass::text FROM pg_inherits"
            " WHERE inhparent = 'trade_observation'::regclass"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f'DROP TABLE "{table}"')
        cursor.execute("TRUNCATE trade_partner_total, trade_chapter_total")


@pytest.fixture
def areas(db: None) -> None:
    """Make the territories that observations of tests name; those that exist stay."""
    TradeArea.objects.bulk_create(
        [TradeArea(code=code, kind=kind, name_ru=code, name_en=code) for code, kind in AREAS.items()],
        ignore_conflicts=True,
    )


@pytest.fixture
def a_dataset(areas: None, bulk_tables: None) -> Dataset:
    """Return the dataset of Russian customs, without observations."""
    names = {"name_ru": "Таможенная статистика", "name_en": "Customs statistics", "reporter": "RU-TOM"}
    return Dataset.objects.get_or_create(code="FCS", defaults=names)[0]


Publish = Callable[..., Release]


@pytest.fixture
def publish(a_dataset: Dataset) -> Publish:
    """Return `publish(lines, dataset=…, **fields of the release)`: what a file with these lines would publish.

    A line is a mapping of what differs from `observation()`:
    `publish([{"month": "2024-02", "partner": "CN", "value": 5}])`.
    """

    def publish(lines: Iterable[Mapping[str, Any]], *, dataset: Dataset = a_dataset, **fields: Any) -> Release:
        rows = [observation(**line) for line in lines]
        months = [dt.date.fromisoformat(f"{row['month']}-01") for row in rows]
        release = Release.objects.create(
            **{
                "dataset": dataset,
                "reporters": sorted({row["reporter"] for row in rows}),
                "flows": sorted({row["flow"] for row in rows}),
                "first_month": min(months),
                "last_month": max(months),
                "loaded_at": timezone.now(),
                "opened_rows": len(rows),
                **fields,
            }
        )
        columns = "period line months level reporter partner flow commodity unit edition status value net_kg quantity"
        with connection.cursor() as cursor:
            for year in {month.year for month in months}:
                cursor.execute(
                    f"CREATE TABLE IF NOT EXISTS trade_observation_{dataset.pk}_{year} PARTITION OF trade_observation"
                    f" FOR VALUES FROM ({dataset.pk}, '{year}-01-01') TO ({dataset.pk}, '{year + 1}-01-01')"
                )
            text = StringIO()
            for number, (row, month) in enumerate(zip(rows, months, strict=True), 2):
                row |= {"period": month, "line": number}
                cells = [r"\N" if row[name] is None else str(row[name]) for name in columns.split()]
                text.write("\t".join([*cells, str(release.pk), str(dataset.pk)]) + "\n")
            text.seek(0)
            cursor.copy_expert(
                f"COPY trade_observation ({columns.replace(' ', ', ')}, opened, dataset_id) FROM STDIN", text
            )
        return release

    return publish
