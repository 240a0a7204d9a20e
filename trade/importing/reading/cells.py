"""Rows of the file with the cells of all roles: its own, and behind them those that it does not state."""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter

from trade.importing.formats import ROLES, Layout, Unfit
from trade.importing.lines import Rows
from trade.importing.options import Codes, Options
from trade.importing.problems import refuse
from trade.importing.reading.tally import Tally
from trade.importing.tables import Table

_HEAD = ("flow", "period", "reporter", "edition", "status")
_REPORTED_ABSENT = {"reporter": "REG-NONE", "period": "PER-NONE"}


class Cells:
    """width    number of cells of a row as it comes
    absent   cells that are put behind each row, for roles that the file does not state
    places   role → place in a row with them
    key      what rows with the same flow, period, reporter (edition, status) have in common
    """

    def __init__(self, table: Table, layout: Layout, codes: Codes, options: Options, tally: Tally) -> None:
        self._table, self._layout, self._tally = table, layout, tally
        self.width = len(ROLES) if layout.arrange else layout.width
        unstated = [role for role in ROLES if role not in layout.places]
        self.places = layout.places | {role: self.width + place for place, role in enumerate(unstated)}
        # Roles that no row states are the same in all rows: looking them up each time would tell nothing.
        self.key = itemgetter(*(self.places[role] for role in _HEAD if role in layout.places or role == "period"))
        given = self._given(codes, options)
        self.absent = [given.get(role, "") for role in unstated]

    def _given(self, codes: Codes, options: Options) -> dict[str, str]:
        """Return what a person said of all rows; refuse the file where that leaves something unsaid."""
        given = {
            "flow": options.flow,
            "partner": options.partner,
            "reporter": options.reporter,
            "period": f"{options.month:%Y-%m}" if options.month else "",
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
            if role == "reporter" and value.upper() not in codes.areas:
                raise refuse("REG-OPTION", column=role, value=value)
        if missing:
            raise refuse("HDR-MISSING", line=self._table.header_line, column=missing[0], missing=", ".join(missing))
        return given

    def rows(self) -> tuple[Rows, Iterator[list[str]]]:
        """Return the rows of the file, which know their line, and those below its header to be iterated over."""
        rows = self._table.rows()
        source = iter(rows)
        for __ in source:
            if rows.line_num >= self._table.header_line:
                break
        return rows, self._arranged(rows, source) if self._layout.arrange else source

    def _arranged(self, rows: Rows, source: Iterator[list[str]]) -> Iterator[list[str]]:
        arrange, doubts = self._layout.arrange, self._layout.doubts
        assert arrange  # noqa: S101
        for row in source:
            if len(row) != self._layout.width:
                fitted = self.fitted(row, rows.line_num)
                if fitted is None:
                    continue
                row = fitted
            for doubt in doubts(row, self._table.decimal_mark) if doubts else ():
                self._tally.note(doubt, rows.line_num, doubt.column)
            try:
                yield from arrange(row)
            except Unfit as found:
                self._tally.reject(found, rows.line_num, found.column)

    def fitted(self, row: list[str], line: int) -> list[str] | None:
        """Return the row without empty fields beyond the header; None for a blank row or one that does not fit.

        Comtrade ends each row with a comma that its header lacks. A row is never shifted to fit.
        """
        width = self._layout.width
        if not any(row):
            return None
        if len(row) > width and not any(row[width:]):
            return row[:width]
        if len(row) < width and self._table.format == "xlsx":
            return row + [""] * (width - len(row))
        column = self._table.columns[min(len(row), width - 1)]
        unfit = Unfit("ROW", column, " | ".join(row[:8]), count=len(row), expected=width)
        self._tally.reject(unfit, line, column)
        return None
