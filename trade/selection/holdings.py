"""What datasets hold of a reporter, and which of them is meant where none is named."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from trade.models import WORLD, Dataset
from trade.selection.months import FREQUENCIES, YEAR_TO_DATE


@dataclass(frozen=True)
class Held:
    """What a dataset holds of a reporter: the months from the first to the last, in periods of so many months."""

    dataset_id: int
    reporter: str
    months: int
    first: dt.date
    last: dt.date


_HELD = """
SELECT dataset_id, reporter, months, min(period), max((period + make_interval(months => months - 1))::date)
FROM trade_partner_total AS total
WHERE partner = %(world)s AND dataset_id = ANY(%(datasets)s) AND reporter = ANY(%(reporters)s) AND {known}
GROUP BY dataset_id, reporter, months"""
_NEWEST = (
    "(SELECT max(id) FROM trade_release AS one WHERE one.dataset_id = total.dataset_id AND loaded_at <= %(as_of)s)"
)
_HELD_AS_OF = f"opened <= {_NEWEST} AND (closed IS NULL OR closed > {_NEWEST})"


def held(datasets: Iterable[Dataset], reporters: Iterable[str], as_of: dt.datetime | None = None) -> list[Held]:
    """Return what the datasets hold of the reporters today, or held at a moment, by length of period (1 query)."""
    query = _HELD.format(known="closed IS NULL" if as_of is None else _HELD_AS_OF)
    with connection.cursor() as cursor:
        cursor.execute(
            query,
            {
                "world": WORLD,
                "datasets": [dataset.pk for dataset in datasets],
                "reporters": list(reporters),
                "as_of": as_of,
            },
        )
        return [Held(*row) for row in cursor.fetchall()]


def newest(datasets: list[Dataset], found: list[Held]) -> Dataset:
    """Return the dataset with the newest month; real ones come before examples, whatever their months."""
    last = {holding.dataset_id: holding.last for holding in sorted(found, key=lambda one: one.last)}
    held_ones = [dataset for dataset in datasets if dataset.pk in last]
    return min(held_ones, key=lambda one: (one.is_example, -last[one.pk].toordinal(), one.pk))


def usual_frequency(found: Iterable[Held]) -> str:
    """Return the frequency in which holdings are read where none is named: months before longer periods."""
    lengths = {holding.months for holding in found}
    otherwise = YEAR_TO_DATE if lengths else "M"
    return next((name for name, count in FREQUENCIES.items() if count in lengths), otherwise)
