"""What a person says about a file when loading it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping as Dictionary
from dataclasses import asdict, dataclass
from typing import Any

from django.utils import timezone

from trade.importing.mapping import MONEY, WEIGHT, Mapping
from trade.importing.options import Options
from trade.models import Dataset, Release


@dataclass(frozen=True)
class Given:
    """month          first day of the month of a file that states only its year, or nothing
    yearly         a year without a month is a whole year
    money, weight  units of the figures, on top of what the layout of the file says
    reporter, partner, flow   where the file does not say
    encoding, separator, sheet   where recognising them goes wrong; empty: recognise
    prices_are_right   the figures are right although prices look 1000 times off
    only_its_partners  the file speaks for the partners that it names: figures of others stay
    status, published_on   of the release
    """

    month: dt.date | None = None
    yearly: bool = False
    money: str = "USD"
    weight: str = "kg"
    reporter: str = ""
    partner: str = ""
    flow: str = ""
    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    prices_are_right: bool = False
    only_its_partners: bool = False
    status: str = Release.Status.PROVISIONAL
    published_on: dt.date | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            name: value.isoformat() if isinstance(value, dt.date) else value for name, value in asdict(self).items()
        }

    @classmethod
    def from_json(cls, stored: Dictionary[str, Any]) -> Given:
        """Return what was said; `stored` may hold the mapping of the columns besides."""
        plain = {name: value for name, value in stored.items() if name in cls.__dataclass_fields__}
        for name in ("month", "published_on"):
            if plain.get(name):
                plain[name] = dt.date.fromisoformat(plain[name])
        return cls(**plain)

    def options(self, dataset: Dataset, mapping: Mapping | None) -> Options:
        """Return what the reader of files asks for."""
        return Options(
            month=self.month,
            yearly=self.yearly,
            money_factor=int(MONEY[self.money]),
            weight_factor=int(WEIGHT[self.weight]),
            reporter=self.reporter or dataset.reporter,
            partner=self.partner,
            flow=self.flow,
            mapping=mapping,
            encoding=self.encoding,
            separator=self.separator,
            sheet=self.sheet,
            accept_unit_suspicion=self.prices_are_right,
            today=timezone.localdate(),
        )
