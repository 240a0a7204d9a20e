"""CSV and NDJSON: written by the database from a statement, or by Python from rows."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import closing
from decimal import Decimal
from typing import Any

from parties.formatting import neutralised
from trade.exports.columns import Column, Kind, Sheet
from trade.exports.copying import copied

BOM = b"\xef\xbb\xbf"
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


def csv_of(sheet: Sheet, *, excel: bool) -> bytes:
    """Return CSV of a table in memory, in the same form as `copied_csv`."""
    separator = ";" if excel else ","
    lines = [separator.join(column.name for column in sheet.columns)]
    for row in sheet.rows:
        cells = (_cell(value, column.kind, excel) for value, column in zip(row, sheet.columns, strict=True))
        lines.append(separator.join(cells))
    return (BOM if excel else b"") + "\n".join([*lines, ""]).encode("utf-8", "replace")


def lines_of(sheet: Sheet) -> bytes:
    """Return NDJSON of a table in memory: decimals as text, as everywhere in the API."""
    names = [column.name for column in sheet.columns]
    rows = (json.dumps(dict(zip(names, map(_plain, row), strict=True)), ensure_ascii=False) for row in sheet.rows)
    return "".join(f"{row}\n" for row in rows).encode("utf-8", "replace")


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
