"""What tests of trade share: a dataset, territories, and observations published into it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pytest
from django.db import connection

from trade import releases
from trade.importing import COPY_COLUMNS
from trade.models import Dataset, Edition, Release, TradeArea, Unit

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
    unknown = set(given) - set(plain) - {"line"}
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
            " AND relnamespace = current_schema()::regnamespace AND starts_with(relname, 'trade_staging_')"
            " UNION ALL SELECT inhrelid::regclass::text FROM pg_inherits"
            " WHERE inhparent IN ('trade_observation'::regclass, 'trade_chapter_total'::regclass)"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f'DROP TABLE "{table}"')
        cursor.execute("TRUNCATE trade_partner_total, trade_partner_year")


@pytest.fixture
def areas(db: None) -> None:
    """Make the territories, the unit and the edition that observations of tests name; those that exist stay."""
    TradeArea.objects.bulk_create(
        [TradeArea(code=code, kind=kind, name_ru=code, name_en=code) for code, kind in AREAS.items()],
        ignore_conflicts=True,
    )
    Unit.objects.bulk_create(
        [Unit(code="796", name_ru="штука", name_en="piece", short_name_ru="шт", short_name_en="pcs")],
        ignore_conflicts=True,
    )
    Edition.objects.bulk_create(
        [Edition(code="HS2022", symbol="H6", name_ru="HS 2022", name_en="HS 2022", valid_from=dt.date(2022, 1, 1))],
        ignore_conflicts=True,
    )


@pytest.fixture
def a_dataset(areas: None, bulk_tables: None) -> Dataset:
    """Return the dataset of Russian customs, without observations."""
    names = {"name_ru": "Таможенная статистика", "name_en": "Customs statistics", "reporter": "RU-TOM"}
    return Dataset.objects.get_or_create(code="FCS", defaults=names)[0]


def copy_text(lines: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Return lines as the readers of files give them: COPY text. They are numbered from 2 unless they say otherwise."""
    for number, given in enumerate(lines, 2):
        row = observation(**given)
        row = {"line": number, **row, "period": f"{row['month']}-01"}
        yield ("\t".join(r"\N" if row[name] is None else str(row[name]) for name in COPY_COLUMNS) + "\n").encode()


Publish = Callable[..., Release]


@pytest.fixture
def publish(a_dataset: Dataset) -> Publish:
    """Return `publish(lines, dataset=…, **as of releases.publish)`: publishes what a file with these lines says.

    A line is a mapping of what differs from `observation()`:
    `publish([{"month": "2024-02", "partner": "CN", "value": 5}])`.
    """

    def publish(lines: Iterable[Mapping[str, Any]], *, dataset: Dataset = a_dataset, **fields: Any) -> Release:
        staged = releases.stage(dataset, copy_text(lines), vintage=releases.reserve_vintage())
        return releases.publish(staged, **{"by": None, **fields})

    return publish


@pytest.fixture
def staging_tables() -> Callable[[], list[str]]:
    """Return a function that names the tables of all stagings."""

    def names() -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relname ~ '^trade_staging_'")
            return sorted(name for (name,) in cursor.fetchall())

    return names
