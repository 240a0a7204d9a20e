"""What the cells of a row mean, by `rules`; what cannot be understood is noted, so that all of it is told at once."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial

from trade.importing import rules
from trade.importing.formats import Layout, Unfit
from trade.importing.options import Codes, Options
from trade.importing.reading.cells import Cells
from trade.importing.reading.memory import Head, Meaning
from trade.importing.reading.tally import Tally
from trade.importing.tables import Table

Found = list[tuple[Unfit, str]]
"""What is wrong with a row, and in which column."""


class Meanings:
    def __init__(
        self, table: Table, layout: Layout, codes: Codes, options: Options, cells: Cells, tally: Tally
    ) -> None:
        self._codes, self._options = codes, options
        self._mark, self._suggested_month = table.decimal_mark, table.suggested_month
        self._years_are_whole = layout.years_are_whole
        self._places, self._column = cells.places, tally.column
        self._factors = {
            "value": layout.money * options.money_factor,
            "net_kg": layout.weight * options.weight_factor,
            "quantity": Decimal(1),
        }

    @property
    def numbers_stand_as_written(self) -> bool:
        return all(factor == 1 for factor in self._factors.values())

    def number(self, row: list[str], role: str, found: Found) -> Decimal | None:
        try:
            return rules.number_of(row[self._places[role]], self._mark, self._factors[role])
        except Unfit as problem:
            found.append((problem, self._column(role)))
            return None

    def partner(self, row: list[str], found: Found) -> str | None:
        return self._understood(row, "partner", partial(rules.area_of, codes=self._codes), found)

    def unit(self, row: list[str]) -> str | None:
        return rules.unit_of(row[self._places["unit"]], self._codes)

    def goods(self, row: list[str], edition: str, found: Found) -> rules.Goods | None:
        return self._understood(row, "commodity", partial(self.goods_of, edition), found)

    def goods_of(self, edition: str, cell: str) -> rules.Goods:
        return rules.goods_of(cell, edition, self._codes)

    def head(self, row: list[str], found: Found) -> Head | None:
        flow = self._understood(row, "flow", rules.flow_of, found)
        when = self._understood(row, "period", self._when_of, found)
        reporter = self._understood(row, "reporter", partial(rules.reporter_of, codes=self._codes), found)
        status = self._understood(row, "status", self._status_of, found)
        if not (flow and when and reporter and status):
            return None
        edition = row[self._places["edition"]] or self._codes.edition_at(when.first)
        return Head(when.first, when.months, reporter[0], flow, edition, status, reporter[1])

    def _when_of(self, cell: str) -> rules.When:
        return rules.when_of(
            cell, self._options, years_are_whole=self._years_are_whole, suggested=self._suggested_month
        )

    def _status_of(self, cell: str) -> str:
        return rules.status_of(cell) if cell else self._options.status

    def _understood(
        self, row: list[str], role: str, understand: Callable[[str], Meaning], found: Found
    ) -> Meaning | None:
        try:
            return understand(row[self._places[role]])
        except Unfit as problem:
            found.append((problem, self._column(role)))
            return None
