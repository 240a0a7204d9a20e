"""What is known of datasets, releases and codes, kept in the process until the data change.

Reading a page of lines must not cost a dozen small queries: what a parameter may say and what an answer tells of
a dataset is read once for each data version.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from parties.queries import data_version
from trade.models import Dataset, Release, TradeArea, Unit

_PLAIN = re.compile(r"\w[\w.:-]*", re.ASCII)


@dataclass(frozen=True)
class Stored:
    """A release in short: its months, when it was loaded, and whether it is an example."""

    first: dt.date
    last: dt.date
    loaded_at: dt.datetime
    is_example: bool


@dataclass(frozen=True)
class Known:
    """A dataset with its releases by number, oldest first."""

    dataset: Dataset
    releases: Mapping[int, Stored]

    @property
    def pk(self) -> int:
        return int(self.dataset.pk)

    @property
    def code(self) -> str:
        return str(self.dataset.code)

    @property
    def is_example(self) -> bool:
        return self.dataset.is_example

    @property
    def example_releases(self) -> list[int]:
        return [number for number, one in self.releases.items() if one.is_example]

    @cached_property
    def vintage(self) -> int | None:
        """The newest release; None where the dataset has none."""
        return max(self.releases, default=None)

    def vintage_at(self, moment: dt.datetime) -> int:
        """Return the newest release that was loaded by then; 0 where there was none."""
        return max((number for number, one in self.releases.items() if one.loaded_at <= moment), default=0)


@dataclass(frozen=True)
class Catalogue:
    """Datasets by code, and the codes of territories and of units.

    has_plain_codes   none of the codes, which people may enter, needs care in CSV, JSON or a spreadsheet
    """

    datasets: Mapping[str, Known]
    areas: frozenset[str]
    units: frozenset[str]

    @cached_property
    def has_plain_codes(self) -> bool:
        return all(_PLAIN.fullmatch(code) for code in (*self.datasets, *self.areas, *self.units))


def catalogue() -> Catalogue:
    """Return the catalogue as of the data version of this request (4 queries after a change, else none)."""
    return _catalogue(data_version())


@lru_cache(maxsize=1)
def _catalogue(version: int) -> Catalogue:
    releases: dict[int, dict[int, Stored]] = {}
    rows = Release.objects.order_by("pk").values_list(
        "dataset_id", "pk", "first_month", "last_month", "loaded_at", "is_example"
    )
    for dataset_id, number, first, last, loaded_at, is_example in rows:
        releases.setdefault(dataset_id, {})[number] = Stored(first, last, loaded_at, is_example)
    return Catalogue(
        datasets={str(one.code): Known(one, releases.get(one.pk, {})) for one in Dataset.objects.order_by("pk")},
        areas=frozenset(str(code) for code in TradeArea.objects.values_list("code", flat=True)),
        units=frozenset(str(code) for code in Unit.objects.values_list("code", flat=True)),
    )


def forget() -> None:
    """Forget what is known: for tests, whose data go back without a new data version."""
    _catalogue.cache_clear()
