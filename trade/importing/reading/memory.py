"""What cells turned out to mean, so that it is found out once. A hostile file cannot make a memory grow on and on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from trade.importing import limits
from trade.importing.rules import Goods

Cell = TypeVar("Cell")
Meaning = TypeVar("Meaning")


@dataclass(frozen=True)
class Head:
    """What rows with the same flow, period, reporter (edition, status) share; `official_name` where theirs is wrong."""

    first: dt.date
    months: int
    reporter: str
    flow: str
    edition: str
    status: str
    official_name: str

    @property
    def shared(self) -> str:
        """The part of the line that these rows have in common, with the tabulator behind it."""
        return f"{self.months}\t{self.reporter}\t{self.flow}\t{self.edition}\t{self.status}\t"


GoodsParts = tuple[str, float, float, Goods | None]
"""Code and level as they stand in the line, lowest and highest plausible price, the goods where they are flagged."""
HeadParts = tuple[str, str, dict[str, GoodsParts]]
"""What rows of one flow, period, reporter (edition, status) share: parts of the line, and the goods seen before."""


def keep(known: dict[Cell, Meaning], cell: Cell, meaning: Meaning) -> None:
    """Remember what a cell means; a memory that is full begins anew."""
    if len(known) >= limits.SPELLINGS_REMEMBERED:
        known.clear()
    known[cell] = meaning


class Seen(dict[str, GoodsParts]):
    """The goods seen before, by their cell. What is new is looked up, unless it has to be flagged or checked."""

    def __init__(self, look_up: Callable[[str], GoodsParts | None]) -> None:
        super().__init__()
        self._look_up = look_up

    def __missing__(self, cell: str) -> GoodsParts:
        found = self._look_up(cell)
        if found is None:
            raise KeyError(cell)
        keep(self, cell, found)
        return found


class Memory:
    """heads, partners, units   for the short way; the goods are with the heads
    shared, classes          for the long way, which also sees what has to be flagged each time
    """

    def __init__(self) -> None:
        self.heads: dict[Any, HeadParts] = {}
        self.partners: dict[str, str] = {}
        self.units: dict[str, str] = {}
        self.goods: dict[str, Seen] = {}
        self.shared: dict[Any, Head] = {}
        self.classes: dict[tuple[str, str], Goods] = {}


def parts(goods: Goods) -> GoodsParts:
    return (f"\t{goods.code}\t{goods.level}\t", *goods.band, goods if goods.note else None)
