"""What is said of a file as a whole: rows counted, problems found, what the accepted rows are about."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from trade.importing import prices
from trade.importing.catalogue import RULES
from trade.importing.formats import Layout, Unfit
from trade.importing.options import Options
from trade.importing.problems import Findings, Problem, refuse
from trade.importing.reading.memory import Head
from trade.importing.rules import Goods
from trade.importing.tables import Table

_SUSPECTED = {"UNIT-MONEY": "value", "UNIT-WEIGHT": "net_kg"}


class Tally:
    """`rows_read`, `rows_accepted`, `rows_rejected`, `rows_skipped`; the first `problems`, and `counts` of all by code.

    What the accepted rows are about: `reporters`, `flows`, `months`, `levels`.
    """

    def __init__(self, table: Table, layout: Layout, options: Options) -> None:
        self._header_line, self._names = table.header_line, layout.names
        self._accept_unit_suspicion = options.accept_unit_suspicion
        self._findings = Findings()
        self._suspected: Counter[str] = Counter()
        self.rows_accepted = self.rows_rejected = self.rows_skipped = 0
        self.reporters: set[str] = set()
        self.flows: set[str] = set()
        self.months: set[tuple[dt.date, int]] = set()
        self.levels: set[int] = set()

    @property
    def rows_read(self) -> int:
        return self.rows_accepted + self.rows_rejected + self.rows_skipped

    @property
    def problems(self) -> list[Problem]:
        return self._findings.kept

    @property
    def counts(self) -> dict[str, int]:
        return dict(self._findings.counts)

    def column(self, role: str) -> str:
        """Return the name of the column that holds a role; the role itself where no column does."""
        return self._names.get(role, role)

    def is_about(self, head: Head, goods: Goods) -> None:
        self.reporters.add(head.reporter)
        self.flows.add(head.flow)
        self.months.add((head.first, head.months))
        self.levels.add(goods.level)

    def note(self, found: Unfit, line: int, column: str) -> None:
        """Note a breach of a rule, whatever becomes of the row."""
        self._findings.add(found.rule, line=line, column=column, value=found.value, **found.params)

    def reject(self, found: Unfit, line: int, column: str) -> None:
        """Count a row that becomes no line; a rule may say that it was none of the rows to be read."""
        if RULES[found.rule].code == "SKIP":
            self.rows_skipped += 1
        else:
            self.rows_rejected += 1
        self.note(found, line, column)

    def warn(self, rule: str, role: str, cell: str, line: int, **params: object) -> None:
        self._findings.add(rule, line=line, column=self.column(role), value=cell, **params)

    def flag_goods(self, goods: Goods, cell: str, line: int) -> None:
        if goods.note:
            self.warn(goods.note, "commodity", cell, line, **dict(goods.params))

    def flag_price(self, value: float, net_kg: float, low: float, high: float, line: int) -> None:
        rule = prices.suspicion(value, net_kg, low, high)
        if rule:
            self._suspected[rule] += 1
            price, role = f"{value / net_kg:.6g}", _SUSPECTED[rule]
            self._findings.add(rule, line=line, column=self._names.get(role, role), value=price)

    def judge(self) -> None:
        """Refuse the file where it is empty, or where most of its prices are 1000 times off."""
        if not self.rows_read:
            raise refuse("FILE-EMPTY", line=self._header_line)
        for rule, suspected in self._suspected.items():
            if suspected * 2 > self.rows_accepted and not self._accept_unit_suspicion:
                raise refuse(
                    rule.replace("UNIT", "UNIT-FILE"),
                    line=self._header_line,
                    column=self._names.get(_SUSPECTED[rule], ""),
                    percent=suspected * 100 // self.rows_accepted,
                )
