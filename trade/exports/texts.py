"""CSV and NDJSON: written by the database from a statement, or by Python from rows."""

from __future__ import annotations

import itertools
import json
from collections.abc import Generator, Iterator
from contextlib import closing
from decimal import Decimal
from typing import Any

from parties.formatting import neutralised
from trade.exports.columns import Column, Kind, Sheet
from trade.exports.copying import copied

BOM = b"\xef\xbb\xbf"
LINES_AT_ONCE = 2000
BROKEN = b'\n"THIS FILE IS INCOMPLETE: an error ended it. Ask again.'
"""Ends a text that failed midway: a quote that is never closed, which readers of CSV and JSON refuse."""


def copied_csv(statement: str, columns: tuple[Column, ...], *, excel: bool) -> Generator[bytes, None, None]:
    """Yield CSV of a statement. Texts are quoted, so that an empty text and nothing at all differ."""
    texts = ", ".join(f'"{column.name}"' for column in columns if column.kind.is_text)
    delimiter = ";" if excel else ","
    if excel:
        yield BOM
    yield from unbroken(
        copied(
            f"COPY ({statement}) TO STDOUT (FORMAT csv, HEADER, DELIMITER '{delimiter}', FORCE_QUOTE ({texts}),"
            " ENCODING 'UTF8')"
        )
    )


def copied_lines(statement: str) -> Generator[bytes, None, None]:
    """Yield NDJSON of a statement that gives one JSON text in each row.

    JSON escapes control characters, so two of them serve as quote and delimiter that never occur.
    """
    yield from unbroken(
        copied(f"COPY ({statement}) TO STDOUT (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02', ENCODING 'UTF8')")
    )


def unbroken(chunks: Generator[bytes, None, None]) -> Generator[bytes, None, None]:
    """Pass chunks on; where they end by an error after the first, say so in the file itself."""
    begun = False
    try:
        with closing(chunks):
            for chunk in chunks:
                begun = True
                yield chunk
    except Exception:
        if begun:
            yield BROKEN
        raise


def csv_of(sheet: Sheet, *, excel: bool) -> Generator[bytes, None, None]:
    """Yield CSV of a table, while its rows come, in the same form as `copied_csv`."""
    separator = ";" if excel else ","
    kinds = [column.kind for column in sheet.columns]
    head = separator.join(column.name for column in sheet.columns)
    lines = (
        separator.join([_cell(value, kind, excel) for value, kind in zip(row, kinds, strict=True)])
        for row in sheet.rows
    )
    yield from unbroken(_chunks(lines, (BOM if excel else b"") + f"{head}\n".encode()))


def lines_of(sheet: Sheet) -> Generator[bytes, None, None]:
    """Yield NDJSON of a table, while its rows come: decimals as text, as everywhere in the API."""
    names = [column.name for column in sheet.columns]
    rows = (json.dumps(dict(zip(names, map(_plain, row), strict=True)), ensure_ascii=False) for row in sheet.rows)
    yield from unbroken(_chunks(rows, b""))


def _chunks(lines: Iterator[str], head: bytes) -> Generator[bytes, None, None]:
    """Yield lines some thousands at once; the head comes with the first, so that what fails at once has no head."""
    while block := list(itertools.islice(lines, LINES_AT_ONCE)):
        yield head + "".join(f"{line}\n" for line in block).encode("utf-8", "replace")
        head = b""
    if head:
        yield head


def _cell(value: Any, kind: Kind, excel: bool) -> str:
    if value is None:
        return ""
    if kind.is_text:
        return '"' + neutralised(str(value)).replace('"', '""') + '"'
    if kind is Kind.BOOLEAN:
        return "true" if value else "false"
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return text.replace(".", ",") if excel else text


def _plain(value: Any) -> Any:
    return f"{value:f}" if isinstance(value, Decimal) else value
