"""The long way of a row: every cell is understood, every problem is noted, and what is plain is remembered."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

from trade.importing.catalogue import FATAL, RULES
from trade.importing.formats import Layout, Unfit
from trade.importing.problems import refuse
from trade.importing.reading.cells import Cells
from trade.importing.reading.levels import Levels
from trade.importing.reading.meanings import Found, Meanings
from trade.importing.reading.memory import GoodsParts, Head, Memory, Seen, keep, parts
from trade.importing.reading.tally import Tally
from trade.importing.rules import Goods

MOST_WAITING = 4096
NULL = r"\N"


class LongWay:
    """What it learns it puts into the memory, by which the next row like this one takes the short way."""

    def __init__(self, layout: Layout, cells: Cells, meanings: Meanings, memory: Memory, tally: Tally) -> None:
        self._layout, self._cells, self._meanings, self._memory, self._tally = layout, cells, meanings, memory, tally
        self._places = cells.places
        self._levels = Levels(layout)
        self._levels_are_stated_by_rows = "level" in layout.places
        self._waiting: list[tuple[list[str], int]] = []
        self._may_wait = not layout.levels_stated

    def line(self, row: list[str], line: int) -> str | None:
        """Return the line of COPY, or None where the row is rejected or waits; every problem of the row is noted."""
        found: Found = []
        value = self._meanings.number(row, "value", found)
        net_kg = self._meanings.number(row, "net_kg", found)
        quantity = self._meanings.number(row, "quantity", found)
        if not found and value is None and net_kg is None and quantity is None:
            self._reject_blank(row, line)
            return None
        key, cell = self._cells.key(row), row[self._places["commodity"]]
        head = self._memory.shared.get(key) or self._meanings.head(row, found)
        partner = self._memory.partners.get(row[self._places["partner"]]) or self._meanings.partner(row, found)
        goods = self._goods(row, cell, head, found) if head else None
        if goods and goods.hidden and not self._levels.may_be_mixed:
            if self._may_wait and not self._levels and len(self._waiting) < MOST_WAITING and not found:
                self._waiting.append((row, line))
                return None
            goods = replace(goods, level=self._levels.of_hidden(goods))
        if found or not (head and partner and goods):
            self._reject(found, line)
            return None
        self._levels.note(goods, line)
        unit, quantity = self._measured(row, line, quantity)
        self._flag(row, line, head, partner, goods)
        if value and net_kg:
            self._tally.flag_price(float(value), float(net_kg), *goods.band, line)
        self._remember(row, key, head, partner, goods)
        released = self._released() if self._waiting and self._levels else ""
        return released + (
            f"{head.first.isoformat()}\t{line}\t{head.shared}{self._layout.not_told_apart.get(partner, partner)}"
            f"\t{goods.code}\t{goods.level}\t{unit}\t{_text(value)}\t{_text(net_kg)}\t{_text(quantity)}\n"
        )

    def rest(self) -> str:
        """Return the lines of what still waits at the end of the file."""
        self._may_wait = False
        return self._released()

    def _released(self) -> str:
        """Return the lines of the hidden goods that waited to learn how fine the codes of the file are.

        What stands in place of a hidden code (`SS`, `XXXXXXXXXX`) need not be as long as the others.
        """
        waiting, self._waiting = self._waiting, []
        lines = [found for row, line in waiting if (found := self.line(row, line))]
        self._tally.rows_accepted += len(lines)
        return "".join(lines)

    # -- rows that become no line -------------------------------------------------------------------------------------

    def _reject_blank(self, row: list[str], line: int) -> None:
        rule = "SKIP-EMPTY" if self._layout.blanks_are_skipped else "NUM-NONE"
        stated = " | ".join(cell for cell in row[: self._cells.width] if cell)
        self._tally.reject(Unfit(rule, value=stated), line, self._tally.column("value"))

    def _reject(self, found: Found, line: int) -> None:
        self._tally.rows_rejected += 1
        for problem, column in found:
            if RULES[problem.rule].severity == FATAL:
                raise refuse(problem.rule, line=line, column=column, value=problem.value, **problem.params)
            self._tally.note(problem, line, column)

    # -- goods --------------------------------------------------------------------------------------------------------

    def _goods(self, row: list[str], cell: str, head: Head, found: Found) -> Goods | None:
        goods = self._memory.classes.get((head.edition, cell)) or self._meanings.goods(row, head.edition, found)
        if goods is None:
            return None
        stated = row[self._places["level"]].strip()
        if stated and not goods.hidden and stated != str(goods.level):
            found.append((Unfit("HS-LEVEL", value=stated), self._tally.column("level")))
        if goods.note == "HS-ZERO" and self._levels.are_mixed_by(goods):
            # A zero is put back only where that makes a code like the others of the file.
            found.append((Unfit("HS-LEN", value=cell), self._tally.column("commodity")))
        return goods

    def _plain_goods(self, edition: str, cell: str) -> GoodsParts | None:
        """Return the goods of a cell of which there is nothing to say: in a known code as fine as all of the file."""
        if self._levels_are_stated_by_rows:
            return None
        try:
            goods = self._meanings.goods_of(edition, cell)
        except Unfit:
            return None
        return None if goods.note or goods.level not in self._levels else parts(goods)

    # -- rows that do -------------------------------------------------------------------------------------------------

    def _measured(self, row: list[str], line: int, quantity: Decimal | None) -> tuple[str, Decimal | None]:
        """Return unit and quantity; one without the other is flagged. 0 of no unit is how customs write "none"."""
        cell = row[self._places["unit"]]
        unit = self._meanings.unit(row)
        if unit is None:
            self._tally.warn("QTY-UNIT", "unit", cell, line)
            return "", None
        if not unit:
            if quantity:
                self._tally.warn("QTY-NO-UNIT", "quantity", row[self._places["quantity"]], line)
            quantity = None
        elif quantity is None:
            self._tally.warn("QTY-NO-NUMBER", "unit", cell, line)
        keep(self._memory.units, cell, unit)
        return unit, quantity

    def _flag(self, row: list[str], line: int, head: Head, partner: str, goods: Goods) -> None:
        places, warn = self._places, self._tally.warn
        self._tally.flag_goods(goods, row[places["commodity"]], line)
        if one_of_them := self._layout.not_told_apart.get(partner):
            warn("CTRY-GROUP", "partner", row[places["partner"]], line, read_as=one_of_them)
        if head.official_name:
            warn("REG-NAME", "reporter", row[places["reporter"]], line, expected=head.official_name)

    def _remember(self, row: list[str], key: Any, head: Head, partner: str, goods: Goods) -> None:
        """Let the next row with these cells take the short way, unless it has to be flagged or checked each time."""
        self._tally.is_about(head, goods)
        memory, cell = self._memory, row[self._places["commodity"]]
        short = memory.goods.get(head.edition)
        if short is None:
            short = memory.goods[head.edition] = Seen(partial(self._plain_goods, head.edition))
        keep(memory.shared, key, head)
        if partner not in self._layout.not_told_apart:
            keep(memory.partners, row[self._places["partner"]], partner)
        keep(memory.classes, (head.edition, cell), goods)
        if not head.official_name:
            keep(memory.heads, key, (f"{head.first.isoformat()}\t", f"\t{head.shared}", short))
        if not self._levels_are_stated_by_rows:
            keep(short, cell, parts(goods))


def _text(number: Decimal | None) -> str:
    return NULL if number is None else format(number, "f")
