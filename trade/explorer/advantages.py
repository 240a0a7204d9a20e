"""Revealed comparative advantage beside the shares of goods: the region's export against that of its country."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from parties.formatting import NBSP, number
from trade import cube
from trade.explorer import wording
from trade.explorer.addresses import address
from trade.indicators import Answer
from trade.selection import Held, Selection


@dataclass(frozen=True)
class Advantages:
    """The advantages by class of goods, of export only; `is_loaded` tells whether the reference is there at all."""

    reference: str
    asked: Selection
    is_loaded: bool
    answers: Mapping[str, Answer]

    @property
    def query(self) -> str:
        """The query of the same answers in the API."""
        return f"indicator=rca&reference={self.reference}&{self.asked.query()}"

    @property
    def of_export(self) -> str:
        """The address of the page of export, where the advantages stand."""
        return address(self.asked.but(flow="X", by=(), level="total"))

    @property
    def releases(self) -> set[int]:
        return {release for answer in self.answers.values() for release in answer.releases}


def country_of(reporter: str) -> str:
    """Return the country whose structure a region is measured by; empty for a country, which would need the world."""
    country, __, region = reporter.partition("-")
    return country if region else ""


def advantages(asked: Selection, holdings: Iterable[Held]) -> Advantages | None:
    """Return the advantages in the classes of goods that are asked for (at most 24 queries; none where not loaded)."""
    reference = country_of(asked.reporter)
    if not reference or asked.flow not in ("X", "T"):
        return None
    export = asked.but(flow="X")
    is_loaded = any(one.reporter == reference for one in holdings)
    found: Mapping[tuple[str, str], tuple[Answer, Answer]] = {}
    if is_loaded and asked.flow == "X":
        found = cube.advantages(export, export.but(reporter=reference))
    return Advantages(reference, export, is_loaded, {goods: both[0] for (__, goods), both in found.items()})


def in_words(answer: Answer) -> tuple[str, str]:
    """Return the advantage, and both shares it was made from."""
    if answer.value is None or answer.numerator is None or answer.denominator is None:
        return wording.NOTHING, ""
    shares = (number(one.value or 0, 1) for one in (answer.numerator, answer.denominator))
    return number(answer.value, 2), f"{f'{NBSP}:{NBSP}'.join(shares)}{NBSP}%"
