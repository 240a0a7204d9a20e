"""JSON-stat 2.0: a cube as an array in the order of its dimensions, the last one fastest (json-stat.org/format)."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from trade.catalogue import catalogue
from trade.cube import CELL_LIMIT, Cube, TooManyCells
from trade.exports.sums import labels, shown

DIMENSIONS = ("partner", "flow", "goods", "measure", "time")


def dataset(cube: Cube, meta: dict[str, Any], address: str) -> bytes:
    """Return the cube as a JSON-stat dataset (3 queries); raise `TooManyCells` beyond 100,000.

    Places that the cube does not have are null, as are figures with a reason; `status` holds the reason.
    """
    selection = cube.selection
    categories = {
        "partner": _each(cell.partner for cell in cube.cells),
        "flow": _each(cell.flow for cell in cube.cells),
        "goods": _each(cell.goods for cell in cube.cells),
        "measure": [selection.measure],
        "time": _each(str(cell.period) for cell in cube.cells),
    }
    size = [len(categories[name]) for name in DIMENSIONS]
    if math.prod(size) > CELL_LIMIT:
        raise TooManyCells
    places = {name: {code: place for place, code in enumerate(codes)} for name, codes in categories.items()}
    values: list[float | int | None] = [None] * math.prod(size)
    status: dict[str, str] = {}
    units: set[str] = set()
    for cell in cube.cells:
        place = 0
        for name, code in zip(
            DIMENSIONS, (cell.partner, cell.flow, cell.goods, selection.measure, str(cell.period)), strict=True
        ):
            place = place * len(categories[name]) + places[name][code]
        value = shown(cell.value, selection)
        values[place] = None if value is None else int(value) if value == int(value) else float(value)
        units.add(selection.unit or cell.unit)
        if cell.reason:
            status[str(place)] = str(cell.reason)
    answer = {
        "version": "2.0",
        "class": "dataset",
        "label": f"{selection.dataset.name}: {selection.reporter}",
        "source": str(selection.dataset.name),
        **_updated(cube),
        "href": address,
        "id": list(DIMENSIONS),
        "size": size,
        "role": {"time": ["time"], "geo": ["partner"], "metric": ["measure"]},
        "dimension": _dimensions(cube, categories, " ".join(sorted(units))),
        "value": values,
        "status": status,
        "note": [_("Examples, not facts.")] if selection.dataset.is_example else [],
        "extension": meta,
    }
    return json.dumps(answer, ensure_ascii=False).encode()


def _updated(cube: Cube) -> dict[str, str]:
    """Return when the newest release in the answer was loaded; nothing where it has none."""
    known = catalogue().datasets.get(str(cube.dataset.code))
    loaded = [known.releases[number].loaded_at for number in cube.releases if number in known.releases] if known else []
    return {"updated": max(loaded).astimezone(dt.UTC).isoformat(timespec="seconds")} if loaded else {}


def _each(codes: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(codes))


def _dimensions(cube: Cube, categories: dict[str, list[str]], unit: str) -> dict[str, Any]:
    areas, goods = labels(cube)
    titles = {
        "partner": _("partner"),
        "flow": _("direction of trade"),
        "goods": _("goods"),
        "measure": _("measure"),
        "time": _("period"),
    }
    texts = {"partner": areas, "goods": goods}
    found: dict[str, Any] = {}
    for name in DIMENSIONS:
        codes = categories[name]
        found[name] = {
            "label": titles[name],
            "category": {"index": codes, "label": {code: texts.get(name, {}).get(code, code) for code in codes}},
        }
    found["measure"]["category"]["unit"] = {code: {"label": unit} for code in categories["measure"]}
    return found
