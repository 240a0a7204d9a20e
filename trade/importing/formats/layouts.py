"""What a layout says: where in a row the roles stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

ROLES = (
    "flow", "period", "reporter", "partner", "commodity", "unit", "value", "net_kg", "quantity",
    "edition", "status", "level",
)  # fmt: skip
"""What a row says, in the order of arranged rows."""


class Unfit(Exception):
    """A row that becomes no observation: the name of the rule and what it found."""

    def __init__(self, rule: str, column: str = "", value: str = "", **params: object) -> None:
        super().__init__(rule, value)
        self.rule, self.column, self.value, self.params = rule, column, value, params


@dataclass(frozen=True)
class Layout:
    """How rows of a file are understood.

    width        number of cells of a row of the file
    places       role → place in the row (as arranged, where `arrange` is given); other roles come from options
    names        role → name of its column, for problems
    arrange      turns a row of the file into rows of `ROLES`; raises `Unfit`
    levels_stated    levels may be mixed because the publisher marks them
    years_are_whole  a year without a month is the whole year
    money, weight    what values and weights are multiplied by to become dollars and kilograms
    doubts       what speaks against a row of the file, given its decimal mark; the row counts all the same
    blanks_are_skipped   rows without figures are headings of a table, not errors
    not_told_apart       group of countries → code of its members that the publisher does not tell apart: there, a row
                 of the group is trade of its own beside that of the members, not their sum
    """

    width: int
    places: dict[str, int]
    names: dict[str, str]
    arrange: Callable[[list[str]], list[list[str]]] | None = None
    doubts: Callable[[list[str], str], list[Unfit]] | None = None
    levels_stated: bool = False
    years_are_whole: bool = False
    money: Decimal = Decimal(1)
    weight: Decimal = Decimal(1)
    blanks_are_skipped: bool = False
    not_told_apart: dict[str, str] = field(default_factory=dict)
    number_places: tuple[int, ...] = field(default=())
    """Places of numbers in the row of the file, by which the decimal mark is recognised."""
