"""Rows of a table become lines of PostgreSQL's COPY text format, each checked by the rules, in one pass.

Nearly all rows of a file repeat what was seen before: a period, a country, a code. What a cell means is found out once,
by `rules`, and remembered; a row whose cells are all known and whose numbers are plain takes the short way. Any other
row takes the long way, which finds every problem and remembers new cells only when the row is accepted. Both
ways write the same line.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator

from trade.importing import limits
from trade.importing.formats import Layout
from trade.importing.lines import endless_cell
from trade.importing.options import Codes, Options
from trade.importing.problems import refuse
from trade.importing.reading.cells import Cells
from trade.importing.reading.long_way import NULL, LongWay
from trade.importing.reading.meanings import Meanings
from trade.importing.reading.memory import Memory
from trade.importing.reading.tally import Tally
from trade.importing.tables import Table

COPY_COLUMNS = (
    "period", "line", "months", "reporter", "flow", "edition", "status", "partner", "commodity", "level", "unit",
    "value", "net_kg", "quantity",
)  # fmt: skip
"""What is the same in many rows stands together, so that a line is joined of few parts."""
ROWS_PER_CHUNK = 4096
_DIGITS = "0123456789"
_LONGEST_LINE = 400
_NO_QUANTITY = frozenset({"", "0", "0,0", "0.0", "0,00", "0.00", "0,000", "0.000"})


class Reading(Tally):
    """Iterate once: chunks of COPY text with the columns of `COPY_COLUMNS`; while and after that it is their tally.

    `Refused` may come at the end, when the file as a whole is judged: what was yielded has to be thrown away then.
    """

    def __init__(self, table: Table, layout: Layout, codes: Codes, options: Options) -> None:
        super().__init__(table, layout, options)
        self._table = table
        self._cells = Cells(table, layout, codes, options, self)
        self._memory = Memory()
        self._meanings = Meanings(table, layout, codes, options, self._cells, self)
        self._long_way = LongWay(layout, self._cells, self._meanings, self._memory, self)
        self.bytes_done = 0

    def __iter__(self) -> Iterator[bytes]:
        cells, memory, long_way = self._cells, self._memory, self._long_way.line
        rows, source = cells.rows()
        heads, partners, units, key = memory.heads, memory.partners, memory.units, cells.key
        width, absent, at, mark = cells.width, cells.absent, cells.places, self._table.decimal_mark
        at_partner, at_commodity, at_unit = at["partner"], at["commodity"], at["unit"]
        at_value, at_net, at_quantity = at["value"], at["net_kg"], at["quantity"]
        short_of_cells = max(at_partner, at_commodity, at_unit, at_value, at_net, at_quantity, at["period"]) >= width
        as_they_stand = self._meanings.numbers_stand_as_written
        plain, comma = _DIGITS + mark, mark == ","
        largest, no_quantity = float(limits.LARGEST_NUMBER), _NO_QUANTITY
        lines: list[str] = []
        append = lines.append
        try:
            for row in source:
                if len(row) != width:
                    fitted = cells.fitted(row, rows.line_num)
                    if fitted is None:
                        continue
                    row = fitted
                if short_of_cells:
                    row += absent
                try:
                    period, head, goods = heads[key(row)]
                    partner = partners[row[at_partner]]
                    commodity, low, high, flagged = goods[row[at_commodity]]
                    unit = units[row[at_unit]]
                    value, net, quantity = row[at_value], row[at_net], row[at_quantity]
                    if (value + net + quantity).strip(plain):
                        raise ValueError
                    if comma:
                        value, net = value.replace(",", "."), net.replace(",", ".")
                    if unit:
                        if comma:
                            quantity = quantity.replace(",", ".")
                        if float(quantity) >= largest:
                            raise ValueError
                    elif quantity in no_quantity:
                        quantity = NULL
                    else:
                        raise ValueError
                    dollars, kilograms = float(value), float(net)
                    if dollars + kilograms >= largest or not as_they_stand:
                        raise ValueError
                except (KeyError, ValueError):
                    line = long_way(row if short_of_cells else row + absent, rows.line_num)
                    if line is not None:
                        append(line)
                else:
                    if flagged:
                        self.flag_goods(flagged, row[at_commodity], rows.line_num)
                    if not low * kilograms <= dollars <= high * kilograms:
                        self.flag_price(dollars, kilograms, low, high, rows.line_num)
                    text = f"{period}{rows.line_num}{head}{partner}{commodity}{unit}\t{value}\t{net}\t{quantity}\n"
                    # The long way knows what to say of numbers with hundreds of digits.
                    line = text if len(text) < _LONGEST_LINE else long_way(row + absent, rows.line_num)
                    if line is not None:
                        append(line)
                if len(lines) >= ROWS_PER_CHUNK:
                    yield self._chunk(lines)
                    lines.clear()
            if rest := self._long_way.rest():
                yield rest.encode()
            if lines:
                yield self._chunk(lines)
            self.bytes_done = self._table.bytes_total
            self.judge()
        except csv.Error as error:
            raise endless_cell(rows) from error
        finally:
            self._table.close()

    def _chunk(self, lines: list[str]) -> bytes:
        self.rows_accepted += len(lines)
        self.bytes_done = self._table.bytes_done
        return "".join(lines).encode()


def read(table: Table, codes: Codes, options: Options) -> Reading:
    """Return the reading of a table, to be iterated once. Raise `Refused` where the columns are still to be named."""
    if table.layout is None:
        raise refuse("HDR", line=table.header_line, value=", ".join(table.columns[:20]))
    return Reading(table, table.layout, codes, options)
