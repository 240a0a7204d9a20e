"""Answers with parts as flat tables, for the formats that know rows and columns only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from trade.exports.columns import Column, Kind, Sheet

Row = Mapping[str, Any]
_ANSWER = (
    Column("indicator"), Column("value", Kind.RATE), Column("unit"), Column("low", Kind.RATE),
    Column("high", Kind.RATE), Column("precision"), Column("numerator", Kind.RATE), Column("numerator_unit"),
    Column("numerator_period"), Column("denominator", Kind.RATE), Column("denominator_unit"),
    Column("denominator_period"), Column("releases"), Column("reason"), Column("note"),
)  # fmt: skip
INDICATORS = (
    Column("dataset"), Column("period"), Column("reporter"), Column("partner"), Column("flow"), Column("goods"),
    *_ANSWER, Column("is_example", Kind.BOOLEAN),
)  # fmt: skip
RANKS = (
    Column("dataset"), Column("period"), Column("reporter"), Column("partner"), Column("flow"),
    Column("value", Kind.RATE), Column("unit"), Column("rank", Kind.INTEGER), Column("of", Kind.INTEGER),
    Column("tied", Kind.BOOLEAN), Column("releases"), Column("reason"), Column("is_example", Kind.BOOLEAN),
)  # fmt: skip
STRUCTURE = (
    Column("dataset"), Column("period"), Column("reporter"), Column("partner"), Column("flow"), Column("code"),
    Column("value", Kind.RATE), Column("unit"), Column("share", Kind.RATE), Column("share_low", Kind.RATE),
    Column("share_high", Kind.RATE), Column("whole", Kind.RATE), Column("is_hidden", Kind.BOOLEAN),
    Column("lines", Kind.INTEGER), Column("releases"), Column("reason"), Column("is_example", Kind.BOOLEAN),
)  # fmt: skip
MIRROR = (
    Column("dataset"), Column("other_dataset"), Column("period"), Column("reporter"), Column("partner"),
    Column("flow"), Column("goods"), Column("ours", Kind.RATE), Column("ours_reason"), Column("theirs", Kind.RATE),
    Column("theirs_reason"), Column("unit"), Column("gap", Kind.RATE), Column("gap_symmetric", Kind.RATE),
    Column("ratio", Kind.RATE), Column("figure", Kind.INTEGER), Column("releases"),
    Column("is_example", Kind.BOOLEAN),
)  # fmt: skip


def indicators(body: Row) -> Sheet:
    """Return indicators with numerator and denominator beside each."""
    return _sheet(INDICATORS, body, ({**row, **_parts(row)} for row in body["data"]))


def ranks(body: Row) -> Sheet:
    """Return places of partners."""
    return _sheet(RANKS, body, body["data"])


def structure(body: Row) -> Sheet:
    """Return parts with their shares."""
    rows = (
        {
            **row,
            "period": body["period"],
            "share": row["share"]["value"],
            "share_low": row["share"]["low"],
            "share_high": row["share"]["high"],
            "whole": body["whole"]["value"],
            "releases": row["share"]["releases"],
            "reason": row["share"]["reason"],
        }
        for row in body["data"]
    )
    return _sheet(STRUCTURE, body, rows)


def mirror(body: Row) -> Sheet:
    """Return both sides' figures, those of datasets first, then those that were published."""
    sides = [*body["sides"], {"dataset": None, **body["published"]}]
    rows = (
        {
            **{name: row[name] for name in ("period", "goods", "figure")},
            "other_dataset": side["dataset"],
            "ours": row["ours"]["value"],
            "ours_reason": row["ours"]["reason"],
            "theirs": row["theirs"]["value"],
            "theirs_reason": row["theirs"]["reason"],
            "unit": row["ours"]["unit"],
            **{name: row[name]["value"] for name in ("gap", "gap_symmetric", "ratio")},
            "releases": row["gap"]["releases"],
        }
        for side in sides
        for row in side["data"]
    )
    return _sheet(MIRROR, body, rows)


def _parts(row: Row) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in ("numerator", "denominator"):
        part = row[name] or {"value": None, "unit": None, "period": None}
        found |= {name: part["value"], f"{name}_unit": part["unit"], f"{name}_period": part["period"]}
    return found


def _sheet(columns: tuple[Column, ...], body: Row, rows: Iterable[Row]) -> Sheet:
    """Return rows in the order of the columns; what a row does not say itself, the selection does."""
    meta = body["meta"]
    common = {
        **{name: meta["selection"].get(name) for name in ("reporter", "partner", "flow")},
        "dataset": meta["dataset"]["code"],
        "unit": meta["unit"],
        "is_example": meta["is_example"],
    }
    filled = [tuple(_cell(column, {**common, **row}.get(column.name)) for column in columns) for row in rows]
    return Sheet(columns, filled)


def _cell(column: Column, value: Any) -> Any:
    if value is None:
        return None
    if column.kind is Kind.RATE:
        return Decimal(value)
    return " ".join(map(str, value)) if isinstance(value, list) else value
