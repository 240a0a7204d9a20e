"""XLSX: the data on the first sheet, what they are on the second. Codes are texts; nothing is a formula."""

from __future__ import annotations

import tempfile
from collections.abc import Generator
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext as _

from trade.exports.columns import Kind, Sheet

LARGEST = 1_048_575
"""Rows that a sheet holds below its header."""
_LONGEST = 32_767
_CHUNK = 1 << 16


def workbook(sheet: Sheet) -> Generator[bytes, None, None]:
    """Return the file in chunks. It is made in full, on the disk, before the first chunk."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 (closed by whoever reads the chunks)
    try:
        _write(file, sheet)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return _chunks(file)


def _chunks(file: IO[bytes]) -> Generator[bytes, None, None]:
    with file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _write(file: IO[bytes], sheet: Sheet) -> None:
    with tempfile.TemporaryDirectory() as folder:  # where rows fail, xlsxwriter leaves its files open and there
        book = xlsxwriter.Workbook(file, {"constant_memory": True, "tmpdir": folder})
        try:
            _write_by(book, sheet)
        except BaseException:
            for one in book.worksheets():
                one.row_data_fh.close()
            raise


def _write_by(book: xlsxwriter.Workbook, sheet: Sheet) -> None:
    data, about = book.add_worksheet(_("Data")), book.add_worksheet(_("Metadata"))
    bold = book.add_format({"bold": True})
    formats = {
        Kind.MONEY: book.add_format({"num_format": "#,##0.00"}),
        Kind.WEIGHT: book.add_format({"num_format": "#,##0.000"}),
    }
    styles = [formats.get(column.kind) for column in sheet.columns]
    kinds = [column.kind for column in sheet.columns]
    for place, column in enumerate(sheet.columns):
        data.set_column(place, place, 16 if column.kind.is_decimal else max(10, len(column.name) + 2))
        data.write_string(0, place, column.name, bold)
    data.freeze_panes(1, 0)
    for number, row in enumerate(sheet.rows, start=1):
        for place, value in enumerate(row):
            if value is None:
                continue
            kind = kinds[place]
            if kind.is_text:
                data.write_string(number, place, _fitting(value))
            elif kind is Kind.BOOLEAN:
                data.write_boolean(number, place, value)
            else:
                data.write_number(number, place, value, styles[place])
    about.set_column(0, 0, 28)
    about.set_column(1, 1, 100)
    for number, (name, text) in enumerate(sheet.about):
        about.write_string(number, 0, _fitting(name), bold)
        about.write_string(number, 1, _fitting(text))
    book.close()


def _fitting(value: Any) -> str:
    """Return the text as a cell can hold it: not longer than Excel allows, no halves of characters."""
    text = str(value).encode("utf-8", "replace").decode()
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
