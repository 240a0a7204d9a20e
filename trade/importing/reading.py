"""Rows of a table become lines of PostgreSQL's COPY text format, each checked by the rules, in one pass.

Nearly all rows of a file repeat what was seen before: a period, a country, a code. What a cell means is found out once,
by `rules`, and remembered; a row whose cells are all known and whose numbers are plain takes the short way. Any other
row takes the long way, which finds every problem and remembers new cells only when the row is accepted. Both
ways write the same line.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from operator import itemgetter
from typing import Any, TypeVar

from trade.importing import limits, prices, rules
from trade.importing.catalogue import FATAL, RULES
from trade.importing.formats import ROLES, Layout, Unfit
from trade.importing.lines import Rows, endless_cell
from trade.importing.options import Codes, Options
from trade.importing.problems import Findings, Problem, refuse
from trade.importing.tables import Table

COPY_COLUMNS = (
    "period", "line", "months", "reporter", "flow", "edition", "status", "partner", "commodity", "level", "unit",
    "value", "net_kg", "quantity",
)  # fmt: skip
"""What is the same in many rows stands together, so that a line is joined of few parts."""
ROWS_PER_CHUNK = 4096
NULL = r"\N"
_DIGITS = "0123456789"
_ONE = Decimal(1)
_LONGEST_LINE = 400
_NO_QUANTITY = frozenset({"", "0", "0,0", "0.0", "0,00", "0.00", "0,000", "0.000"})
_HEAD = ("flow", "period", "reporter", "edition", "status")
_REPORTED_ABSENT = {"reporter": "REG-NONE", "period": "PER-NONE"}

Meaning = TypeVar("Meaning")


@dataclass(frozen=True)
class _Head:
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


_GoodsParts = tuple[str, float, float, rules.Goods | None]
"""Code and level as they stand in the line, lowest and highest plausible price, the goods where they are flagged."""
_HeadParts = tuple[str, str, dict[str, _GoodsParts]]
"""What rows of one flow, period, reporter (edition, status) share: parts of the line, and the goods seen before."""


class _Seen(dict[str, _GoodsParts]):
    """The goods seen before, by their cell. What is new is looked up, unless it has to be flagged or checked."""

    def __init__(self, look_up: Callable[[str], _GoodsParts | None]) -> None:
        super().__init__()
        self._look_up = look_up

    def __missing__(self, cell: str) -> _GoodsParts:
        found = self._look_up(cell)
        if found is None:
            raise KeyError(cell)
        if len(self) >= limits.SPELLINGS_REMEMBERED:
            self.clear()
        self[cell] = found
        return found


class Reading:
    """Iterate once: chunks of COPY text with the columns of `COPY_COLUMNS`.

    While and after that: `rows_read`, `rows_accepted`, `rows_rejected`, `rows_skipped`, `bytes_done`, the first
    `problems`, `counts` by code, and what the accepted rows are about: `reporters`, `flows`, `months`, `levels`.
    `Refused` may come at the end, when the file as a whole is judged: what was yielded has to be thrown away then.
    """

    def __init__(self, table: Table, layout: Layout, codes: Codes, options: Options) -> None:
        self._table, self._layout, self._codes, self._options = table, layout, codes, options
        self._mark = table.decimal_mark
        self._money = layout.money * options.money_factor
        self._weight = layout.weight * options.weight_factor
        self._findings = Findings()
        self.rows_accepted = self.rows_rejected = self.rows_skipped = 0
        self.bytes_done = 0
        self.reporters: set[str] = set()
        self.flows: set[str] = set()
        self.months: set[tuple[dt.date, int]] = set()
        self.levels: set[int] = set()
        self._level_line: dict[int, int] = {}
        self._waiting: list[tuple[list[str], int]] = []
        self._may_wait = not layout.levels_stated
        self._suspected: Counter[str] = Counter()
        self._absent = self._defaults()
        self._width = len(ROLES) if layout.arrange else layout.width
        self._places = self._all_places()
        # Roles that no row states are the same in all rows: looking them up each time would tell nothing.
        self._key = itemgetter(*(self._places[role] for role in _HEAD if role in layout.places or role == "period"))
        # For the short way; and for the long way, which also sees what is flagged each time.
        self._heads: dict[Any, _HeadParts] = {}
        self._goods: dict[str, _Seen] = {}
        self._shared: dict[Any, _Head] = {}
        self._classes: dict[tuple[str, str], rules.Goods] = {}
        self._partners: dict[str, str] = {}
        self._units: dict[str, str] = {}

    @property
    def rows_read(self) -> int:
        return self.rows_accepted + self.rows_rejected + self.rows_skipped

    @property
    def problems(self) -> list[Problem]:
        return self._findings.kept

    @property
    def counts(self) -> dict[str, int]:
        return dict(self._findings.counts)

    # -- what rows do not say -----------------------------------------------------------------------------------------

    def _defaults(self) -> list[str]:
        """Return the cells that are put behind each row, for roles that the file does not state."""
        month = self._options.month
        given = {
            "flow": self._options.flow,
            "partner": self._options.partner,
            "reporter": self._options.reporter,
            "period": f"{month:%Y-%m}" if month else "",
            "commodity": "",
        }
        missing = []
        for role, value in given.items():
            if role in self._layout.places:
                continue
            if not value:
                if role in _REPORTED_ABSENT:
                    raise refuse(_REPORTED_ABSENT[role], line=self._table.header_line, column=role)
                missing.append(role)
            if role == "reporter" and value.upper() not in self._codes.areas:
                raise refuse("REG-OPTION", column=role, value=value)
        if missing:
            raise refuse("HDR-MISSING", line=self._table.header_line, column=missing[0], missing=", ".join(missing))
        return [given.get(role, "") for role in ROLES if role not in self._layout.places]

    def _all_places(self) -> dict[str, int]:
        absent = [role for role in ROLES if role not in self._layout.places]
        return self._layout.places | {role: self._width + place for place, role in enumerate(absent)}

    # -- rows of the file ---------------------------------------------------------------------------------------------

    def _rows(self) -> tuple[Rows, Iterator[list[str]]]:
        rows = self._table.rows()
        source = iter(rows)
        for __ in source:
            if rows.line_num >= self._table.header_line:
                break
        return rows, self._arranged(rows, source) if self._layout.arrange else source

    def _arranged(self, rows: Rows, source: Iterator[list[str]]) -> Iterator[list[str]]:
        arrange, width = self._layout.arrange, self._layout.width
        assert arrange  # noqa: S101
        for row in source:
            if len(row) != width:
                fitted = self._fitted(row, rows.line_num, width)
                if fitted is None:
                    continue
                row = fitted
            for doubt in self._layout.doubts(row, self._mark) if self._layout.doubts else ():
                self._findings.add(
                    doubt.rule, line=rows.line_num, column=doubt.column, value=doubt.value, **doubt.params
                )
            try:
                yield from arrange(row)
            except Unfit as found:
                self._reject(found, rows.line_num, found.column)

    def _fitted(self, row: list[str], line: int, width: int) -> list[str] | None:
        """Return the row without empty fields beyond the header; None for a blank row or one that does not fit.

        Comtrade ends each row with a comma that its header lacks. A row is never shifted to fit.
        """
        if not any(row):
            return None
        if len(row) > width and not any(row[width:]):
            return row[:width]
        if len(row) < width and self._table.format == "xlsx":
            return row + [""] * (width - len(row))
        column = self._table.columns[min(len(row), width - 1)]
        self._findings.add("ROW", line=line, column=column, value=" | ".join(row[:8]), count=len(row), expected=width)
        self.rows_rejected += 1
        return None

    def _reject(self, found: Unfit, line: int, column: str) -> None:
        if RULES[found.rule].code == "SKIP":
            self.rows_skipped += 1
        else:
            self.rows_rejected += 1
        self._findings.add(found.rule, line=line, column=column, value=found.value, **found.params)

    # -- the short way ------------------------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[bytes]:
        rows, source = self._rows()
        heads, partners, units, key = self._heads, self._partners, self._units, self._key
        width, absent, at = self._width, self._absent, self._places
        at_partner, at_commodity, at_unit = at["partner"], at["commodity"], at["unit"]
        at_value, at_net, at_quantity = at["value"], at["net_kg"], at["quantity"]
        short_of_cells = max(at_partner, at_commodity, at_unit, at_value, at_net, at_quantity, at["period"]) >= width
        as_they_stand = self._money == self._weight == 1
        plain, comma = _DIGITS + self._mark, self._mark == ","
        largest, no_quantity = float(limits.LARGEST_NUMBER), _NO_QUANTITY
        lines: list[str] = []
        append = lines.append
        try:
            for row in source:
                if len(row) != width:
                    fitted = self._fitted(row, rows.line_num, width)
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
                    line = self._long_way(row if short_of_cells else row + absent, rows.line_num)
                    if line is not None:
                        append(line)
                else:
                    if flagged:
                        self._flag_goods(flagged, row[at_commodity], rows.line_num)
                    if not low * kilograms <= dollars <= high * kilograms:
                        self._flag_price(dollars, kilograms, low, high, rows.line_num)
                    text = f"{period}{rows.line_num}{head}{partner}{commodity}{unit}\t{value}\t{net}\t{quantity}\n"
                    # The long way knows what to say of numbers with hundreds of digits.
                    line = text if len(text) < _LONGEST_LINE else self._long_way(row + absent, rows.line_num)
                    if line is not None:
                        append(line)
                if len(lines) >= ROWS_PER_CHUNK:
                    yield self._chunk(lines)
                    lines.clear()
            self._may_wait = False
            if rest := self._released():
                yield rest.encode()
            if lines:
                yield self._chunk(lines)
            self._judge()
        except csv.Error as error:
            raise endless_cell(rows) from error
        finally:
            self._table.close()

    def _chunk(self, lines: list[str]) -> bytes:
        self.rows_accepted += len(lines)
        self.bytes_done = self._table.bytes_done
        return "".join(lines).encode()

    def _judge(self) -> None:
        """Refuse the file where it is empty, or where most of its prices are 1000 times off."""
        self.bytes_done = self._table.bytes_total
        if not self.rows_read:
            raise refuse("FILE-EMPTY", line=self._table.header_line)
        for rule, suspected in self._suspected.items():
            if suspected * 2 > self.rows_accepted and not self._options.accept_unit_suspicion:
                role = "value" if rule == "UNIT-MONEY" else "net_kg"
                raise refuse(
                    rule.replace("UNIT", "UNIT-FILE"),
                    line=self._table.header_line,
                    column=self._layout.names.get(role, ""),
                    percent=suspected * 100 // self.rows_accepted,
                )

    # -- the long way -------------------------------------------------------------------------------------------------

    def _long_way(self, row: list[str], line: int) -> str | None:
        """Return the line of COPY, or None where the row is rejected; every problem of the row is noted."""
        found: list[tuple[Unfit, str]] = []
        value = self._number(row, "value", self._money, found)
        net_kg = self._number(row, "net_kg", self._weight, found)
        quantity = self._number(row, "quantity", _ONE, found)
        if not found and value is None and net_kg is None and quantity is None:
            blank = Unfit("SKIP-EMPTY" if self._layout.blanks_are_skipped else "NUM-NONE")
            blank.value = " | ".join(cell for cell in row[: self._width] if cell)
            self._reject(blank, line, self._layout.names.get("value", "value"))
            return None
        key, cell = self._key(row), row[self._places["commodity"]]
        head = self._shared.get(key) or self._head_of(row, found)
        partner = self._partners.get(row[self._places["partner"]]) or self._understood(
            row, "partner", lambda text: rules.area_of(text, self._codes), found
        )
        goods = None
        if head:
            goods = self._classes.get((head.edition, cell)) or self._understood(
                row, "commodity", lambda text: rules.goods_of(text, head.edition, self._codes), found
            )
        if goods:
            self._check_level(row, goods, found)
            if goods.note == "HS-ZERO" and self._mixes_levels(goods):
                # A zero is put back only where that makes a code like the others of the file.
                found.append((Unfit("HS-LEN", value=cell), self._layout.names.get("commodity", "commodity")))
        if goods and goods.hidden and not self._layout.levels_stated:
            if self._may_wait and not self._level_line and len(self._waiting) < ROWS_PER_CHUNK and not found:
                self._waiting.append((row, line))
                return None
            goods = replace(goods, level=next(iter(self._level_line), goods.level))
        if found or not (head and partner and goods):
            self.rows_rejected += 1
            for problem, column in found:
                if RULES[problem.rule].severity == FATAL:
                    raise refuse(problem.rule, line=line, column=column, value=problem.value, **problem.params)
                self._findings.add(problem.rule, line=line, column=column, value=problem.value, **problem.params)
            return None
        self._note_level(goods, line)
        unit, quantity = self._measured(row, line, quantity)
        self._flag_goods(goods, cell, line)
        one_of_them = self._layout.not_told_apart.get(partner)
        if one_of_them:
            self._warn("CTRY-GROUP", "partner", row, line, read_as=one_of_them)
        if head.official_name:
            self._warn("REG-NAME", "reporter", row, line, expected=head.official_name)
        if value and net_kg:
            self._flag_price(float(value), float(net_kg), *goods.band, line)
        self._remember(row, key, head, partner, goods)
        released = self._released() if self._waiting and self._level_line else ""
        return released + (
            f"{head.first.isoformat()}\t{line}\t{head.shared}{one_of_them or partner}\t{goods.code}\t{goods.level}"
            f"\t{unit}\t{_text(value)}\t{_text(net_kg)}\t{_text(quantity)}\n"
        )

    def _released(self) -> str:
        """Return the lines of the hidden goods that waited to learn how fine the codes of the file are.

        What stands in place of a hidden code (`SS`, `XXXXXXXXXX`) need not be as long as the others.
        """
        waiting, self._waiting = self._waiting, []
        lines = [found for row, line in waiting if (found := self._long_way(row, line))]
        self.rows_accepted += len(lines)
        return "".join(lines)

    def _understood(
        self, row: list[str], role: str, understand: Callable[[str], Meaning], found: list[tuple[Unfit, str]]
    ) -> Meaning | None:
        try:
            return understand(row[self._places[role]])
        except Unfit as problem:
            found.append((problem, self._layout.names.get(role, role)))
            return None

    def _number(self, row: list[str], role: str, factor: Decimal, found: list[tuple[Unfit, str]]) -> Decimal | None:
        try:
            return rules.number_of(row[self._places[role]], self._mark, factor)
        except Unfit as problem:
            found.append((problem, self._layout.names.get(role, role)))
            return None

    def _head_of(self, row: list[str], found: list[tuple[Unfit, str]]) -> _Head | None:
        flow = self._understood(row, "flow", rules.flow_of, found)
        when = self._understood(
            row,
            "period",
            lambda cell: rules.when_of(
                cell,
                self._options,
                years_are_whole=self._layout.years_are_whole,
                suggested=self._table.suggested_month,
            ),
            found,
        )
        reporter = self._understood(row, "reporter", lambda cell: rules.reporter_of(cell, self._codes), found)
        status = self._understood(
            row, "status", lambda cell: rules.status_of(cell) if cell else self._options.status, found
        )
        if not (flow and when and reporter and status):
            return None
        edition = row[self._places["edition"]] or self._codes.edition_at(when.first)
        return _Head(when.first, when.months, reporter[0], flow, edition, status, reporter[1])

    def _check_level(self, row: list[str], goods: rules.Goods, found: list[tuple[Unfit, str]]) -> None:
        stated = row[self._places["level"]].strip()
        if stated and not goods.hidden and stated != str(goods.level):
            found.append((Unfit("HS-LEVEL", value=stated), self._layout.names.get("level", "level")))

    def _remember(self, row: list[str], key: Any, head: _Head, partner: str, goods: rules.Goods) -> None:
        """Let the next row with these cells take the short way, unless it has to be flagged or checked each time."""
        self.reporters.add(head.reporter)
        self.flows.add(head.flow)
        self.months.add((head.first, head.months))
        self.levels.add(goods.level)
        short = self._goods.setdefault(head.edition, _Seen(partial(self._plain_goods, head.edition)))
        for known in (self._heads, self._shared, self._partners, self._units, self._classes, short):
            if len(known) >= limits.SPELLINGS_REMEMBERED:
                known.clear()
        cell = row[self._places["commodity"]]
        self._shared[key] = head
        if partner not in self._layout.not_told_apart:
            self._partners[row[self._places["partner"]]] = partner
        self._classes[head.edition, cell] = goods
        if not head.official_name:
            self._heads[key] = (
                f"{head.first.isoformat()}\t",
                f"\t{head.shared}",
                short,
            )
        if "level" not in self._layout.places:
            short[cell] = _parts(goods)

    def _plain_goods(self, edition: str, cell: str) -> _GoodsParts | None:
        """Return the goods of a cell of which there is nothing to say: in a known code as fine as all of the file."""
        if "level" in self._layout.places:
            return None
        try:
            goods = rules.goods_of(cell, edition, self._codes)
        except Unfit:
            return None
        return None if goods.note or goods.level not in self._level_line else _parts(goods)

    def _warn(self, rule: str, role: str, row: list[str], line: int, **params: object) -> None:
        cell = row[self._places[role]]
        self._findings.add(rule, line=line, column=self._layout.names.get(role, role), value=cell, **params)

    def _measured(self, row: list[str], line: int, quantity: Decimal | None) -> tuple[str, Decimal | None]:
        """Return unit and quantity; one without the other is flagged. 0 of no unit is how customs write "none"."""
        cell = row[self._places["unit"]]
        unit = rules.unit_of(cell, self._codes)
        if unit is None:
            self._warn("QTY-UNIT", "unit", row, line)
            return "", None
        if not unit:
            if quantity:
                self._warn("QTY-NO-UNIT", "quantity", row, line)
            quantity = None
        elif quantity is None:
            self._warn("QTY-NO-NUMBER", "unit", row, line)
        self._units[cell] = unit
        return unit, quantity

    def _flag_goods(self, goods: rules.Goods, cell: str, line: int) -> None:
        if goods.note:
            column = self._layout.names.get("commodity", "commodity")
            self._findings.add(goods.note, line=line, column=column, value=cell, **dict(goods.params))

    def _flag_price(self, value: float, net_kg: float, low: float, high: float, line: int) -> None:
        rule = prices.suspicion(value, net_kg, low, high)
        if rule:
            self._suspected[rule] += 1
            role = "value" if rule == "UNIT-MONEY" else "net_kg"
            price = f"{value / net_kg:.6g}"
            self._findings.add(rule, line=line, column=self._layout.names.get(role, role), value=price)

    def _mixes_levels(self, goods: rules.Goods) -> bool:
        if goods.level == 0 or goods.hidden or self._layout.levels_stated:
            return False
        return bool(self._level_line) and goods.level not in self._level_line

    def _note_level(self, goods: rules.Goods, line: int) -> None:
        """Refuse a file that mixes levels without saying so: chapters and their headings would be added up twice."""
        if self._mixes_levels(goods):
            (first, line_before), *__ = self._level_line.items()
            raise refuse(
                "LVL",
                line=line,
                column=self._layout.names.get("commodity", ""),
                value=goods.code,
                first=first,
                line_before=line_before,
                second=goods.level,
            )
        if goods.level and not goods.hidden:
            self._level_line.setdefault(goods.level, line)


def _parts(goods: rules.Goods) -> _GoodsParts:
    return (f"\t{goods.code}\t{goods.level}\t", *goods.band, goods if goods.note else None)


def _text(number: Decimal | None) -> str:
    return NULL if number is None else format(number, "f")


def read(table: Table, codes: Codes, options: Options) -> Reading:
    """Return the reading of a table, to be iterated once. Raise `Refused` where the columns are still to be named."""
    if table.layout is None:
        raise refuse("HDR", line=table.header_line, value=", ".join(table.columns[:20]))
    return Reading(table, table.layout, codes, options)
