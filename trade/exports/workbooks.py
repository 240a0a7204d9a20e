"""XLSX: the data on the first sheet, what they are on the second. Codes are texts; nothing is a formula.

The book is made by xlsxwriter with one row of data; the rows are put in its place while the file is sent, because the
library writes a sheet in full before the first byte.
"""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.utility import xl_col_to_name

from trade.exports.columns import Column, Kind, Sheet
from trade.exports.sinks import Sink

LARGEST = 1_048_575
"""Rows that a sheet holds below its header."""
_LONGEST = 32_767
_ROWS_AT_ONCE = 2000
_DATA = "xl/worksheets/sheet1.xml"
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_LIKE_ESCAPED = re.compile(r"_(x[0-9a-fA-F]{4}_)")


class TooManyRows(Exception):
    """A sheet does not hold that many rows; whoever knows their number before asks for less."""


def workbook(sheet: Sheet) -> Generator[bytes, None, None]:
    """Yield the file while its rows come. One that was broken off lacks its directory, and no reader opens it."""
    rows = iter(sheet.rows)
    begun = list(itertools.islice(rows, 1))  # what fails at once fails before the first byte
    sink = Sink()
    with (
        zipfile.ZipFile(io.BytesIO(_empty(sheet))) as empty,
        zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file,
    ):
        for member in empty.namelist():
            if member != _DATA:
                file.writestr(member, empty.read(member))
        before, styles, after = _data_sheet(empty.read(_DATA).decode(), len(sheet.columns))
        with file.open(_DATA, "w") as data:
            data.write(before.encode())
            yield sink.taken()
            for text in _rows(itertools.chain(begun, rows), sheet.columns, styles):
                data.write(text.encode())
                yield sink.taken()
            data.write(after.encode())
    yield sink.taken()


def _empty(sheet: Sheet) -> bytes:
    """Return the book with a header, and one row of cells that show the style of each column."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    data, about = book.add_worksheet(_("Data")), book.add_worksheet(_("Metadata"))
    bold = book.add_format({"bold": True})
    formats = {
        Kind.MONEY: book.add_format({"num_format": "#,##0.00"}),
        Kind.WEIGHT: book.add_format({"num_format": "#,##0.000"}),
    }
    for place, column in enumerate(sheet.columns):
        data.set_column(place, place, 16 if column.kind.is_decimal else max(10, len(column.name) + 2))
        data.write_string(0, place, column.name, bold)
        data.write_number(1, place, 0, formats.get(column.kind))
    data.freeze_panes(1, 0)
    about.set_column(0, 0, 28)
    about.set_column(1, 1, 100)
    for number, (name, text) in enumerate(sheet.about):
        about.write_string(number, 0, _fitting(name), bold)
        about.write_string(number, 1, _fitting(text))
    book.close()
    return stream.getvalue()


def _data_sheet(text: str, count: int) -> tuple[str, list[str], str]:
    """Return what stands before the rows of data, the attribute of the style of each column, and what follows."""
    text = re.sub(r"<dimension [^>]*/>", "", text)  # the size is not known yet; it may be left out
    before, row, after = re.split(r'(<row r="2".*?</row>)', text, maxsplit=1)
    styles = [style or "" for style in re.findall(r'<c r="[A-Z]+2"( s="\d+")?>', row)]
    if len(styles) != count:
        raise ValueError("xlsxwriter writes sheets in another form")
    return before, styles, after


def _rows(rows: Iterable[tuple[Any, ...]], columns: tuple[Column, ...], styles: list[str]) -> Iterator[str]:
    """Yield rows as XML, some thousands at once."""
    writers = [
        _writer(column.kind, xl_col_to_name(place), style)
        for place, (column, style) in enumerate(zip(columns, styles, strict=True))
    ]
    numbered = enumerate(rows, start=2)
    while block := list(itertools.islice(numbered, _ROWS_AT_ONCE)):
        if block[-1][0] > LARGEST + 1:
            raise TooManyRows
        yield "".join(
            f'<row r="{number}">{"".join(map(_called, writers, row, itertools.repeat(number)))}</row>'
            for number, row in block
        )


def _called(write: Callable[[Any, int], str], value: Any, number: int) -> str:
    return write(value, number)


def _writer(kind: Kind, name: str, style: str) -> Callable[[Any, int], str]:
    """Return what writes a cell of a column as XML."""
    if kind.is_text:

        def write(value: Any, number: int) -> str:
            if value is None:
                return ""
            text = _as_xml(_fitting(value))
            return f'<c r="{name}{number}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'

    elif kind is Kind.BOOLEAN:

        def write(value: Any, number: int) -> str:
            return "" if value is None else f'<c r="{name}{number}" t="b"><v>{int(value)}</v></c>'

    else:

        def write(value: Any, number: int) -> str:
            return "" if value is None else f'<c r="{name}{number}"{style}><v>{value}</v></c>'

    return write


def _as_xml(text: str) -> str:
    """Return the text as XML can hold it; characters that it cannot are written as Excel does."""
    if text.isalnum():
        return text
    text = _LIKE_ESCAPED.sub(r"_x005F_\1", text)
    return _CONTROL.sub(lambda found: f"_x{ord(found[0]):04X}_", escape(text)).replace("\r", "_x000D_")


def _fitting(value: Any) -> str:
    """Return the text as a cell can hold it: not longer than Excel allows, no halves of characters."""
    text = str(value).encode("utf-8", "replace").decode()
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
