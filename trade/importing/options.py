"""What a person says about a file, and the codes that a file is checked against."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field
from typing import Protocol

from trade.importing.mapping import Mapping


class Codes(Protocol):
    """Accepted spellings of codes, in memory: `trade.nomenclature.lookup.Codes` is one."""

    @property
    def areas(self) -> Dictionary[str, str]:
        """Any spelling of a territory (ISO, M49, special) → its code."""

    @property
    def regions(self) -> Dictionary[str, str]:
        """OKATO of five digits → code of the region."""

    @property
    def region_names(self) -> Dictionary[str, str]:
        """OKATO of five digits → name of the region in Russian capitals, as customs write it."""

    @property
    def units(self) -> Dictionary[str, str]:
        """Any spelling of a unit → OKEI code."""

    @property
    def chapters(self) -> Collection[str]:
        """The chapters of HS / TN VED."""

    def edition_at(self, day: dt.date, /) -> str:
        """Return the symbol of the edition of the classification that was valid on a day."""

    def known_code(self, symbol: str, commodity_code: str, /) -> bool | None:
        """Return whether the edition has the code; None where its codes are not loaded."""


@dataclass(frozen=True)
class Options:
    """month           first day of the month of a file that states only its year or nothing
    yearly          a year without a month is a whole year
    money_factor    what values are multiplied by to become dollars (1 or 1000), on top of the mapping's unit
    weight_factor   what weights are multiplied by to become kilograms
    reporter        code of the territory whose trade it is, where the file does not say
    partner, flow   the same for files of one partner or one direction
    mapping         how the columns of an unknown table are understood
    encoding, separator, sheet   where recognising them goes wrong; empty: recognise
    accept_unit_suspicion   the figures are right although prices look 1000 times off
    status          SDMX observation status of rows that state none
    today           periods that have not ended before the month of this day are refused
    """

    month: dt.date | None = None
    yearly: bool = False
    money_factor: int = 1
    weight_factor: int = 1
    reporter: str = ""
    partner: str = ""
    flow: str = ""
    mapping: Mapping | None = None
    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    accept_unit_suspicion: bool = False
    status: str = "A"
    today: dt.date = field(default_factory=lambda: dt.datetime.now(tz=dt.UTC).date())
