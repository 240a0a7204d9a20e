"""Sums of the cube as rows: the same columns in JSON and in every file."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from parties.naming import interface_language
from trade.cube import Cell, Cube, LongSeries
from trade.exports.columns import Column, Kind, Sheet
from trade.models import TradeArea
from trade.nomenclature.lookup import names as names_of_goods
from trade.selection import Selection

ZERO = Decimal(0)


def sheet(cube: Cube | LongSeries, *, names: bool) -> Sheet:
    """Return the cells as rows, made while they are read (no query of its own; with names 3)."""
    selection = cube.selection
    areas, goods = labels(cube) if names else ({}, {})
    columns = [
        Column("dataset"),
        Column("period"),
        Column("months", Kind.INTEGER),
        Column("reporter"),
        Column("partner"),
        *([Column("partner_name")] if names else []),
        Column("flow"),
        Column("goods"),
        *([Column("goods_name")] if names else []),
        Column("level"),
        Column("measure"),
        Column("value", Kind.RATE),
        Column("unit"),
        Column("stated", Kind.RATE),
        Column("detail", Kind.RATE),
        Column("hidden", Kind.RATE),
        Column("lines", Kind.INTEGER),
        Column("months_present", Kind.INTEGER),
        Column("complete", Kind.BOOLEAN),
        Column("reason"),
        Column("valuation"),
        Column("releases"),
        Column("is_example", Kind.BOOLEAN),
    ]
    rows = (
        (
            selection.dataset.code,
            str(cell.period),
            selection.months,
            selection.reporter,
            cell.partner,
            *([areas.get(cell.partner)] if names else []),
            cell.flow,
            cell.goods,
            *([goods.get(cell.goods)] if names else []),
            level_of(cell, selection),
            selection.measure,
            shown(cell.value, selection),
            selection.unit or cell.unit,
            shown(cell.stated, selection),
            shown(cell.detail, selection),
            shown(cell.hidden, selection),
            cell.lines,
            cell.months_present,
            cell.complete,
            cell.reason and str(cell.reason),
            valuation(cell.flow, selection),
            " ".join(map(str, cell.releases)),
            selection.dataset.is_example,
        )
        for cell in cube.cells
    )
    return Sheet(tuple(columns), rows)


def rows(table: Sheet) -> list[dict[str, Any]]:
    """Return the rows as JSON shows them: decimals as text, releases as a list."""
    found = []
    for row in table.rows:
        named = {
            column.name: f"{value:f}" if isinstance(value, Decimal) else value
            for column, value in zip(table.columns, row, strict=True)
        }
        found.append({**named, "releases": [int(release) for release in named["releases"].split()]})
    return found


def shown(value: Decimal | None, selection: Selection) -> Decimal | None:
    """Return a sum in the unit of the selection, exactly: the divisor is a power of ten."""
    if value is None:
        return None
    divided = value / selection.divisor
    return divided.quantize(Decimal(1)) if divided == divided.to_integral_value() else divided.normalize()


def level_of(cell: Cell, selection: Selection) -> str:
    """Return the level that a cell stands at; sums of several codes stand at that of the finest."""
    return "total" if cell.goods == "TOTAL" else selection.level


def valuation(flow: str, selection: Selection) -> str:
    """Return how the figures are valued; turnover and balance of two valuations name both."""
    dataset = selection.dataset
    if flow in ("X", "RX"):
        return dataset.export_valuation
    if flow in ("M", "RM") or dataset.export_valuation == dataset.import_valuation:
        return dataset.import_valuation
    return f"{dataset.export_valuation}/{dataset.import_valuation}"


def labels(cube: Cube | LongSeries) -> tuple[dict[str, str], dict[str, str]]:
    """Return the names of partners and goods by code (3 queries)."""
    language = interface_language()
    places = cube.places if isinstance(cube, LongSeries) else [(one.partner, one.flow, one.goods) for one in cube.cells]
    partners = {partner for partner, __, __ in places} | {cube.selection.reporter}
    areas = dict(TradeArea.objects.filter(code__in=partners).values_list("code", f"name_{language}"))
    return areas, names_of_goods({goods for __, __, goods in places}, language)
