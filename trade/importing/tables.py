"""A file opened as a table: what it is, its columns, a sample, and whether a person has to name the columns first."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from trade.importing import limits
from trade.importing.containers import Content, Stream, open_content
from trade.importing.formats import Layout, comtrade, customs, tables
from trade.importing.formats.records import DbfRows, JsonRows
from trade.importing.lines import Rows, endless_cell, text_lines, text_rows
from trade.importing.options import Options
from trade.importing.problems import refuse
from trade.importing.sniffing import ENCODINGS, SEPARATORS, decimal_mark_of, encoding_of, separator_of

SAMPLE_ROWS = 20
_SNIFFED_ROWS = 2000
_DOTS = re.compile(r"[.\-=_ ]{4,}")
_MONTH_IN_NAME = re.compile(r"(?<!\d)(\d{4})[-_. ]?(0[1-9]|1[0-2])(?!\d)|(?<!\d)(0[1-9]|1[0-2])[-_. ](\d{4})(?!\d)")


@dataclass
class Table:
    """format: fcs-a, fcs-c, fcs-d, fcs-dbf, comtrade-csv, comtrade-json, xlsx, csv or dbf.

    columns          names of the columns as in the file, made different where the file repeats one
    needs_mapping    the header is not known: `Options.mapping` has to say what the columns hold
    sample           the first rows after the header
    suggested_month  the month that the name of the file speaks of; never used without being confirmed
    sheets           sheets of a workbook
    """

    format: str
    columns: tuple[str, ...]
    header_line: int
    sample: list[list[str]]
    layout: Layout | None
    bytes_total: int
    encoding: str = ""
    separator: str = ""
    decimal_mark: str = "."
    suggested_month: dt.date | None = None
    sheets: tuple[str, ...] = ()
    _content: Content | None = field(default=None, repr=False)
    _stream: Stream | None = field(default=None, repr=False)

    @property
    def needs_mapping(self) -> bool:
        return self.layout is None

    @property
    def bytes_done(self) -> int:
        """How far the stored file has been read by the rows that were opened last."""
        return self._stream.position if self._stream else 0

    def rows(self) -> Rows:
        """Return all rows from line 1 on, to be read once; rows opened before must not be read any longer."""
        assert self._content  # noqa: S101
        self.close()
        self._stream = self._content.open()
        return _rows(self._content, self._stream, self.encoding, self.separator)

    def close(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None


def open_table(path: Path, file_name: str, options: Options) -> Table:
    """Return the file as a table; raise `Refused` where it is none, could do harm, or its text cannot be read."""
    if options.encoding and options.encoding not in ENCODINGS:
        raise refuse("ENC-NAME", value=options.encoding, allowed=", ".join(ENCODINGS))
    content = open_content(path, options.sheet)
    encoding = _encoding(content, options)
    separator = _separator(content, encoding, options) if content.kind == "text" else ""
    head = _head(content, encoding, separator)
    header_line, columns = _header(head, options)
    following = [row for line, row in head if line > header_line and any(row)]
    form, layout = _layout(content, columns, header_line, options)
    mark = decimal_mark_of(
        following, layout.number_places if layout else range(len(columns)), "." if separator == "," else ","
    )
    return Table(
        format=form,
        columns=columns,
        header_line=header_line,
        sample=[list(row) for row in following[:SAMPLE_ROWS]],
        layout=layout,
        bytes_total=content.bytes_total,
        encoding=encoding,
        separator=separator,
        decimal_mark="." if content.kind == "json" else mark,
        suggested_month=month_in_name(file_name),
        sheets=content.sheets,
        _content=content,
    )


def month_in_name(file_name: str) -> dt.date | None:
    """Return the month that a file name states, such as `2021-01.csv`."""
    found = _MONTH_IN_NAME.search(Path(file_name).stem)
    if not found:
        return None
    year, month = (found[1], found[2]) if found[1] else (found[4], found[3])
    return dt.date(int(year), int(month), 1) if limits.FIRST_YEAR <= int(year) <= 2100 else None


def _rows(content: Content, stream: Stream, encoding: str, separator: str) -> Rows:
    if content.kind == "json":
        return JsonRows(stream)
    if content.kind == "dbf":
        return DbfRows(stream, encoding)
    return text_rows(stream, encoding, separator)


def _encoding(content: Content, options: Options) -> str:
    if content.is_workbook or content.kind == "json":
        return "utf-8"
    if content.kind == "dbf":
        return options.encoding or "cp866"
    if options.encoding:
        return options.encoding
    stream = content.open()
    try:
        return encoding_of(stream)
    finally:
        stream.close()


def _separator(content: Content, encoding: str, options: Options) -> str:
    if content.is_workbook:
        return ","
    if options.separator:
        if options.separator not in SEPARATORS:
            raise refuse("HDR-MAPPING", reason=f"separator {options.separator!r}")
        return options.separator
    stream = content.open()
    try:
        return separator_of(list(itertools.islice(text_lines(stream, encoding), limits.HEADER_WITHIN_LINES)))
    finally:
        stream.close()


def _head(content: Content, encoding: str, separator: str) -> list[tuple[int, list[str]]]:
    """Return the first rows with their lines."""
    stream = content.open()
    rows = _rows(content, stream, encoding, separator)
    try:
        head: list[tuple[int, list[str]]] = []
        cells = 0
        for row in rows:
            head.append((rows.line_num, row))
            cells += len(row)
            if len(row) > limits.COLUMNS and len(head) <= limits.HEADER_WITHIN_LINES:
                raise refuse("FILE-COLUMNS", line=rows.line_num, count=len(row), allowed=limits.COLUMNS)
            if len(head) >= _SNIFFED_ROWS or cells > 40 * _SNIFFED_ROWS:
                break
    except csv.Error as error:
        raise endless_cell(rows) from error
    finally:
        stream.close()
    if not any(any(row) for __, row in head):
        raise refuse("FILE-EMPTY")
    return head


def _header(head: list[tuple[int, list[str]]], options: Options) -> tuple[int, tuple[str, ...]]:
    """Return the line of the header and its names, trailing empty ones left off.

    It is the line that the mapping names; else the first that is known; else the first with two filled cells. Titles
    and the row of dots that SQL*Plus prints may stand above it.
    """
    wanted = options.mapping.header_line if options.mapping else None
    candidates = [(line, row) for line, row in head if line <= limits.HEADER_WITHIN_LINES]
    if wanted is not None:
        for line, row in candidates:
            if line == wanted and any(row):
                return line, _names(row)
        raise refuse("HDR-MAPPING", line=wanted, reason=f"there is no header in line {wanted}")
    plausible = [(line, row) for line, row in candidates if not _is_decoration(row)]
    for line, row in plausible:
        if customs.is_header(row) or comtrade.is_header(row):
            return line, _names(row, repeated=True)
    for line, row in plausible:
        if sum(1 for cell in row if cell.strip()) >= 2:
            return line, _names(row)
    raise refuse("HDR", line=candidates[0][0] if candidates else 1)


def _is_decoration(row: Sequence[str]) -> bool:
    return len(row) == 1 and _DOTS.fullmatch(row[0].strip()) is not None


def _names(row: Sequence[str], *, repeated: bool = False) -> tuple[str, ...]:
    """Return the names of the columns; unless `repeated`, they are made different, and empty ones get a number."""
    names = [" ".join(cell.replace("\0", " ").encode("utf-8", "replace").decode().split()) for cell in row]
    while names and not names[-1]:
        names.pop()
    if repeated:
        return tuple(names)
    made: list[str] = []
    for number, name in enumerate(names, 1):
        unique, copy = name or f"#{number}", 2
        while unique in made:
            unique, copy = f"{name or '#'} ({copy})", copy + 1
        made.append(unique)
    return tuple(made)


def _layout(
    content: Content, columns: tuple[str, ...], header_line: int, options: Options
) -> tuple[str, Layout | None]:
    container = {"json": "json", "dbf": "dbf"}.get(content.kind, "xlsx" if content.is_workbook else "csv")
    if options.mapping is not None:
        return container, tables.layout_for(columns, options.mapping, header_line)
    variant = customs.recognise(columns, header_line)
    if variant:
        form = "fcs-dbf" if container == "dbf" else "xlsx" if container == "xlsx" else variant[0]
        return form, variant[1]
    layout = comtrade.recognise(columns, header_line)
    if layout:
        return {"json": "comtrade-json", "xlsx": "xlsx"}.get(container, "comtrade-csv"), layout
    if container == "json":
        raise refuse("HDR-MISSING", line=1, column="cmdCode", missing="cmdCode, reporterCode, primaryValue")
    return container, None
