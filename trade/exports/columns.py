"""Columns of a file: their names, kinds and, where the database writes the file itself, their SQL."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from parties.formatting import SUSPICIOUS


class Kind(StrEnum):
    """What a column holds. Codes and other texts stay texts in every format: leading zeros are part of a code.

    A code begins with a letter, digit or `_` and holds nothing that CSV, JSON or a spreadsheet takes for a sign.
    """

    CODE = "code"
    TEXT = "text"
    INTEGER = "integer"
    MONEY = "money"  # two decimals
    WEIGHT = "weight"  # three decimals
    RATE = "rate"  # any decimals
    BOOLEAN = "boolean"

    @property
    def is_text(self) -> bool:
        return self in (Kind.CODE, Kind.TEXT)

    @property
    def is_decimal(self) -> bool:
        return self in (Kind.MONEY, Kind.WEIGHT, Kind.RATE)


@dataclass(frozen=True)
class Column:
    """One column; `sql` is an expression over the row `o`, empty where rows come from Python."""

    name: str
    kind: Kind = Kind.TEXT
    sql: str = ""
    nullable: bool = False


def named(columns: Iterable[Column]) -> str:
    """SQL: the columns under their names, as they are."""
    return ", ".join(f'{column.sql} AS "{column.name}"' for column in columns)


def for_csv(columns: Iterable[Column], *, comma: bool) -> str:
    """SQL: the columns as CSV shows them: texts neutralised, decimals with a comma where asked."""
    return ", ".join(f'{_csv(column, comma)} AS "{column.name}"' for column in columns)


def _csv(column: Column, comma: bool) -> str:
    if column.kind is Kind.TEXT:
        marks = ", ".join(str(ord(mark)) for mark in SUSPICIOUS)
        return f"CASE WHEN ascii({column.sql}) IN ({marks}) THEN '''' || {column.sql} ELSE {column.sql} END"
    if column.kind is Kind.BOOLEAN:
        return f"CASE WHEN {column.sql} THEN 'true' ELSE 'false' END"
    if column.kind.is_decimal and comma:
        return f"replace(({column.sql})::text, '.', ',')"
    return column.sql


def for_json(columns: Iterable[Column]) -> str:
    """SQL: one JSON object of the columns, as text; put together by hand, which costs less than `json_agg`."""
    parts: list[str] = []
    literal = "{"
    for column in columns:
        literal += f'"{column.name}":'
        before, expression, after = _json(column)
        parts += [f"'{literal}{before}'", expression]
        literal = f"{after},"
    return " || ".join([*parts, f"'{literal[:-1]}}}'"])


def _json(column: Column) -> tuple[str, str, str]:
    """Return what stands before the value, the SQL of the value, and what stands after it."""
    if column.kind is Kind.INTEGER:
        text = f"({column.sql})::text"
    elif column.kind is Kind.BOOLEAN:
        text = f"CASE WHEN {column.sql} THEN 'true' ELSE 'false' END"
    elif column.kind is Kind.TEXT:
        text = f"to_json({column.sql})::text"
    elif column.nullable:
        text = f"'\"' || ({column.sql})::text || '\"'"
    else:
        return '"', f"({column.sql})::text", '"'
    return "", f"coalesce({text}, 'null')" if column.nullable else text, ""


@dataclass(frozen=True)
class Sheet:
    """A table in memory, or one that is read while it is written: columns, rows, and what the file says of itself."""

    columns: tuple[Column, ...]
    rows: Iterable[tuple[Any, ...]]
    about: tuple[tuple[str, str], ...] = ()

    def with_about(self, about: tuple[tuple[str, str], ...]) -> Sheet:
        """Return the same table with what the file says of itself."""
        return Sheet(self.columns, self.rows, about)
