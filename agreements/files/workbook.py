"""Paper as XLSX: one sheet, title in A1, all cells texts, set to print on landscape A4."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import xlsxwriter

from agreements.files.paper import Paper, PaperTable, SectionRow
from agreements.files.tables import storable

_LONGEST = 32_767
_CHARACTERS = 150  # that the sheet is wide
_LINE_HEIGHT = 15


def as_xlsx(paper: Paper) -> bytes:
    """Return the file."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"title": paper.title[:255]})
    sheet = book.add_worksheet(paper.name[:31])
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=20 / 25.4, right=10 / 25.4, top=20 / 25.4, bottom=20 / 25.4)
    sheet.set_header("&C&P")
    sheet.fit_to_pages(1, 0)
    formats = _Formats(book)
    sheet.write_string(0, 0, _fitting(paper.title), formats.title)
    row = 1
    for line in paper.lines:
        sheet.write_string(row, 0, _fitting(line), formats.plain)
        row += 1
    if paper.lead:
        sheet.merge_range(row, 0, row, len(paper.tables[0].columns) - 1, _fitting(paper.lead), formats.lead)
        sheet.set_row(row, _LINE_HEIGHT * (1 + len(paper.lead) // _CHARACTERS))
        row += 1
    first = paper.tables[0]
    shares = sum(column.width for column in first.columns)
    for place, column in enumerate(first.columns):
        sheet.set_column(place, place, round(_CHARACTERS * column.width / shares))
    sheet.repeat_rows(row + 1)
    sheet.freeze_panes(row + 2, 0)
    for table in paper.tables:
        row = _write(sheet, table, row + 1, formats)
    book.close()
    return out.getvalue()


class _Formats:
    def __init__(self, book: Any) -> None:
        # "@" keeps 1.10 a text when somebody types it over.
        cell = {"text_wrap": True, "valign": "top", "border": 1, "num_format": "@"}
        self.plain = book.add_format({})
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.lead = book.add_format({"text_wrap": True, "valign": "top"})
        self.head = book.add_format({**cell, "bold": True, "align": "center"})
        self.cell = book.add_format(cell)
        self.centred = book.add_format({**cell, "align": "center"})


def _write(sheet: Any, table: PaperTable, row: int, formats: _Formats) -> int:
    """Write the table from that row on; return the first row behind it."""
    if table.heading:
        sheet.write_string(row, 0, table.heading, formats.title)
        row += 1
    for place, column in enumerate(table.columns):
        sheet.write_string(row, place, column.heading, formats.head)
    for cells in table.rows:
        row += 1
        if isinstance(cells, SectionRow):
            sheet.merge_range(row, 0, row, len(table.columns) - 1, "", formats.head)
            sheet.write_string(row, 0, _fitting(cells.text), formats.head)
            continue
        for place, (text, column) in enumerate(zip(cells, table.columns, strict=True)):
            sheet.write_string(row, place, _fitting(text), formats.centred if column.centred else formats.cell)
    return row + 1


def _fitting(text: str) -> str:
    whole = storable(text)
    return whole if len(whole) <= _LONGEST else f"{whole[: _LONGEST - 1]}…"
