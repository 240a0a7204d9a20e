"""What the charts show: bars as Vega-Lite specifications in two widths, and what all charts share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any, Literal

Spec = Mapping[str, Any]
Hue = Literal["home", "partner", "joint", "plain"]

WIDE, NARROW = 720, 340


def colour(name: str) -> str:
    return f"var(--chart-{name})"


def hatch(hue: Hue) -> str:
    """Return the fill of a value that is not exact."""
    return f"url(#hatch-{hue})"


def open_hatch(hue: Hue) -> str:
    """Return the fill of what lies between the ends of a range: sparser than a value."""
    return f"url(#open-{hue})"


@dataclass(frozen=True)
class Drawing:
    """One chart in two widths."""

    wide: Spec
    narrow: Spec


@dataclass(frozen=True)
class Bar:
    """One bar. `label` is the value as the page writes it, its precision mark included."""

    name: str
    value: float | None
    label: str
    hue: Hue = "joint"
    approximate: bool = False
    high: float | None = None  # upper end, where the value is a range that begins at `value`


def bar_range(bars: Sequence[Bar], *, reference: tuple[float, str] | None = None) -> Drawing:
    """Draw horizontal bars with their values written at the end.

    An approximate value is hatched. A range is solid up to its lower end and hatched to the
    upper one. `reference` is one value with its label, drawn as a thin line across all bars.
    """
    return Drawing(wide=_bars(bars, reference, WIDE), narrow=_bars(bars, reference, NARROW))


def _bars(bars: Sequence[Bar], reference: tuple[float, str] | None, width: int) -> dict[str, Any]:
    rows: list[dict[str, Any]] = []
    wide = width > NARROW
    name_lines = [_in_two(bar.name, 28) if wide else [bar.name] for bar in bars]
    for place, bar in enumerate(bars):
        value = bar.value or 0.0
        top = bar.high if bar.high is not None else value
        rows.append(
            {
                "place": place,
                "name": bar.name,
                "lines": name_lines[place],
                "label": bar.label,
                "zero": 0,
                "value": value,
                "top": top,
                "end": max(value, top, 0.0),
                "fill": hatch(bar.hue) if bar.approximate else colour(bar.hue),
                "range": open_hatch(bar.hue),
                "edge": colour(bar.hue),
            }
        )
    ends = [row["end"] for row in rows] + ([reference[0]] if reference else [])
    lows = [row["value"] for row in rows]
    name_room = min(room([line for lines in name_lines for line in lines]), width * 0.4) if wide else 0
    step = 40 if wide else 56
    drop = 0 if wide else 11  # narrow: the name stands above its bar
    plot = width - name_room - room([bar.label for bar in bars]) - 8
    x = {"type": "quantitative", "scale": {"domain": [min([0.0, *lows]), max([*ends, 0.0]) or 1.0], "nice": False}}
    y = {"field": "place", "type": "ordinal", "axis": None, "scale": {"paddingInner": 0, "paddingOuter": 0}}
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "bar", "height": 18, "yOffset": drop, "strokeWidth": 1},
            "encoding": {
                "x": {**x, "field": "zero", "axis": None},
                "x2": {"field": "value"},
                "fill": {"field": "fill", "type": "nominal", "scale": None},
                "stroke": {"field": "edge", "type": "nominal", "scale": None},
            },
        },
        {
            "transform": [{"filter": "datum.top > datum.value"}],
            "mark": {"type": "bar", "height": 18, "yOffset": drop, "strokeWidth": 1},
            "encoding": {
                "x": {**x, "field": "value", "axis": None},
                "x2": {"field": "top"},
                "fill": {"field": "range", "type": "nominal", "scale": None},
                "stroke": {"field": "edge", "type": "nominal", "scale": None},
            },
        },
        {
            "mark": {
                "type": "text", "align": "left", "dx": 8, "dy": 1 + drop, "fontSize": 14, "fontWeight": 600,
                "fill": colour("ink"),
            },
            "encoding": {"x": {**x, "field": "end", "axis": None}, "text": {"field": "label"}},
        },
        *(
            {
                "transform": [{"filter": f"datum.lines.length == {count}"}],
                "mark": {
                    "type": "text", "align": "left", "fontSize": 14, "fill": colour("ink"), "lineHeight": 17,
                    "x": -name_room, "dy": 1 - 8 * (count - 1) if wide else -11, "limit": (name_room or width) - 12,
                },
                "encoding": {"text": {"field": "lines"}},
            }
            for count in sorted({len(lines) for lines in name_lines})
        ),
    ]  # fmt: skip
    if reference:
        bottom = step * len(rows)
        at = {"value": reference[0], "label": reference[1]}
        layers += [
            {
                "data": {"values": [at]},
                "mark": {"type": "rule", "stroke": colour("muted"), "strokeDash": [2, 3], "strokeWidth": 1.25},
                "encoding": {"x": {**x, "field": "value", "axis": None}, "y": {"value": -4}, "y2": {"value": bottom}},
            },
            {
                "data": {"values": [at]},
                "mark": {"type": "text", "fontSize": 12, "fill": colour("muted"), "dy": -12, "align": "center"},
                "encoding": {"x": {**x, "field": "value", "axis": None}, "y": {"value": 0}, "text": {"field": "label"}},
            },
        ]  # fmt: skip
    for layer in layers:
        if "data" not in layer:
            layer["encoding"]["y"] = y
    return {**frame(plot, step * len(rows)), "data": {"values": rows}, "layer": layers}


def frame(width: float, height: float) -> dict[str, Any]:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": max(round(width), 80),
        "height": max(round(height), 20),
    }


def room(texts: Sequence[str]) -> float:
    """Return about how many pixels the longest text takes at 14 px, with a gap after it."""
    return max((len(text) for text in texts), default=0) * 8.0 + 16


def _in_two(name: str, fits: int) -> list[str]:
    """Break a long name into two lines; what does not fit into the second is cut off where it is drawn."""
    if len(name) <= fits:
        return [name]
    first = wrap(name, fits)[0]
    rest = name[len(first) :].strip()
    return [first, rest] if rest else [first]
