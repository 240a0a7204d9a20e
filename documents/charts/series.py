"""What the charts of series over time show: columns beside last year's, panels side by side, places through the years.

These drawings lay every mark out themselves, in pixels of one sheet: the scales of Vega-Lite would
leave no say in what stands where there is little room.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from textwrap import wrap
from typing import Any

from documents.charts.drawings import NARROW, WIDE, Drawing, Hue, colour, frame, hatch, open_hatch, room

MOST_SERIES = 6
"""More series than these are not told apart: the smaller ones are put together before they are drawn."""
_LABELLED_COLUMNS = {WIDE: 12, NARROW: 5}  # more columns than these get an axis, and labels only where it matters


@dataclass(frozen=True)
class Point:
    """One period of a series.

    name      what stands under the column, short; `group` stands once below all that share it (the year)
    value     None for a period without data
    before    the value of the same period a year before, drawn as a mark across the column
    is_provisional, is_partial   hatched; a period of which only a part is known is hatched more sparsely
    """

    name: str
    group: str
    value: float | None
    label: str
    before: float | None = None
    is_provisional: bool = False
    is_partial: bool = False


@dataclass(frozen=True)
class Keys:
    """What the marks mean, in the reader's words, for those that occur."""

    before: str
    provisional: str
    partial: str
    missing: str


@dataclass(frozen=True)
class Panel:
    """One of several small charts with a common scale; `label` is its newest value."""

    name: str
    label: str
    points: Sequence[Point]
    hue: Hue = "joint"


@dataclass(frozen=True)
class Path:
    """One line through the years; `labels` stand in its points."""

    name: str
    values: Sequence[float | None]
    labels: Sequence[str]
    hue: Hue = "joint"


def compared_columns(points: Sequence[Point], *, keys: Keys, tick: Callable[[float], str], hue: Hue) -> Drawing:
    """Draw a column for each period with the mark of last year's value; `tick` writes a number for the axis."""
    return Drawing(wide=_compared(points, keys, tick, hue, WIDE), narrow=_compared(points, keys, tick, hue, NARROW))


def panels(charts: Sequence[Panel], *, keys: Keys) -> Drawing:
    """Draw small charts of columns with one scale, each under its name and newest value."""
    return Drawing(wide=_panels(charts, keys, WIDE, 3), narrow=_panels(charts, keys, NARROW, 1))


def places(names: Sequence[str], paths: Sequence[Path]) -> Drawing:
    """Draw lines of places through the years: the first place is on top, the place stands in each point."""
    return Drawing(wide=_places(names, paths, WIDE), narrow=_places(names, paths, NARROW))


class _Sheet:
    """Marks at pixels: y grows downwards."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.layers: list[dict[str, Any]] = []

    def rules(self, rows: Sequence[tuple[float, float, float, float]], hue: str, thickness: float = 1) -> None:
        values = [{"x": x, "y": y, "x2": x2, "y2": y2} for x, y, x2, y2 in rows]
        self._add(
            {"type": "rule", "stroke": colour(hue), "strokeWidth": thickness},
            values,
            {"x2": {"field": "x2"}, "y2": {"field": "y2"}},
        )

    def bars(self, rows: Sequence[tuple[float, float, float, float, str]], edge: str) -> None:
        values = [{"x": x, "y": y, "x2": x2, "y2": y2, "fill": fill} for x, y, x2, y2, fill in rows]
        more = {
            "x2": {"field": "x2"},
            "y2": {"field": "y2"},
            "fill": {"field": "fill", "type": "nominal", "scale": None},
        }
        self._add({"type": "rect", "stroke": colour(edge), "strokeWidth": 1}, values, more)

    def texts(
        self,
        rows: Sequence[tuple[float, float, str]],
        *,
        size: int = 12,
        weight: int = 400,
        hue: str = "muted",
        align: str = "center",
        limit: float = 0,
    ) -> None:
        values = [{"x": x, "y": y, "text": text} for x, y, text in rows]
        mark = {"type": "text", "fontSize": size, "fontWeight": weight, "fill": colour(hue), "align": align}
        self._add({**mark, "limit": limit}, values, {"text": {"field": "text"}})

    def dots(self, rows: Sequence[tuple[float, float]], hue: str, radius: float) -> None:
        mark = {"type": "point", "shape": "circle", "filled": True, "opacity": 1, "size": math.pi * radius**2}
        self._add({**mark, "fill": colour(hue)}, [{"x": x, "y": y} for x, y in rows], {})

    def path(self, rows: Sequence[tuple[float, float]], hue: str, thickness: float) -> None:
        mark = {"type": "line", "stroke": colour(hue), "strokeWidth": thickness, "strokeJoin": "round"}
        values = [{"x": x, "y": y, "order": order} for order, (x, y) in enumerate(rows)]
        self._add(mark, values, {"order": {"field": "order", "type": "quantitative"}})

    def spec(self, height: float) -> dict[str, Any]:
        """Return the drawing of this height, or an empty one of the same size."""
        for layer in self.layers:
            for axis, domain in (("x", [0, self.width]), ("y", [height, 0])):
                scale = {"domain": domain, "nice": False, "zero": False}
                layer["encoding"][axis] = {"field": axis, "type": "quantitative", "axis": None, "scale": scale}
        empty = {"data": {"values": [{}]}, "mark": {"type": "point", "opacity": 0}, "encoding": {}}
        return {**frame(self.width, height), "layer": self.layers or [empty]}

    def _add(self, mark: dict[str, Any], values: list[dict[str, Any]], encoding: dict[str, Any]) -> None:
        if values:
            self.layers.append({"data": {"values": values}, "mark": mark, "encoding": dict(encoding)})


_End = tuple[float, float, str, bool]
"""Where the label of a column may stand: x, y, text, and whether below."""


class _Scale:
    """Where a value stands between the bottom and the top of a plot that holds zero."""

    def __init__(self, values: Sequence[float], top: float, bottom: float) -> None:
        self.low, self.high = min([0.0, *values]), max([0.0, *values])
        if self.low == self.high:
            self.high = 1.0
        self.top, self.bottom = top, bottom

    def __call__(self, value: float) -> float:
        return self.bottom - (value - self.low) / (self.high - self.low) * (self.bottom - self.top)

    def ticks(self) -> list[float]:
        """Return three to six round values."""
        rough = (self.high - self.low) / 4
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= rough)
        count = range(math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9) + 1)
        return [round(number * step, 10) for number in count]


def _known(points: Sequence[Point]) -> list[float]:
    return [value for point in points for value in (point.value, point.before) if value is not None]


def _fill(point: Point, hue: Hue) -> str:
    if point.is_partial:
        return open_hatch(hue)
    return hatch(hue) if point.is_provisional else colour(hue)


def _columns(sheet: _Sheet, points: Sequence[Point], scale: _Scale, left: float, slot: float, hue: Hue) -> list[_End]:
    """Draw columns with last year's marks; return where the label of each may stand."""
    width = min(44.0, slot * 0.68)
    ends = []
    bars = []
    for number, point in enumerate(points):
        middle = left + slot * (number + 0.5)
        value = point.value or 0.0
        if point.value is not None:
            bars.append((middle - width / 2, scale(0), middle + width / 2, scale(value), _fill(point, hue)))
        below = value < 0
        reach = min(value, point.before or 0.0) if below else max(value, point.before or 0.0)
        ends.append((middle, scale(reach), point.label, below))
    sheet.bars(bars, hue)
    sheet.texts(  # a period without data has its own mark, so that it is not read as zero
        [
            (left + slot * (number + 0.5), scale(0) - 8, "×")
            for number, point in enumerate(points)
            if point.value is None
        ]
    )
    sheet.rules([(left, scale(0), left + slot * len(points), scale(0))], "ink")
    reach = min(slot * 0.94, width + 10) / 2
    marks = [
        (
            left + slot * (number + 0.5) - reach,
            scale(point.before),
            left + slot * (number + 0.5) + reach,
            scale(point.before),
        )
        for number, point in enumerate(points)
        if point.before is not None
    ]
    sheet.rules(marks, "paper", 4)
    sheet.rules(marks, "ink", 1.75)
    return ends


def _compared(
    points: Sequence[Point], keys: Keys, tick: Callable[[float], str], hue: Hue, width: int
) -> dict[str, Any]:
    sheet = _Sheet(width)
    height = 230.0 if width == WIDE else 200.0
    is_dense = len(points) > _LABELLED_COLUMNS[width]
    scale = _Scale(_known(points), 22.0, height)
    left = 0.0
    if is_dense:
        ticks = [(value, tick(value)) for value in scale.ticks()]
        left = max(len(text) for __, text in ticks) * 7.0 + 10
        sheet.rules([(left, scale(value), width, scale(value)) for value, __ in ticks if value], "rule")
        sheet.texts([(left - 8, scale(value), text) for value, text in ticks], align="right")
    slot = (width - left) / max(len(points), 1)
    ends = _columns(sheet, points, scale, left, slot, hue)
    if is_dense:
        ends = _worth_a_label(points, ends, slot)
    size = 13 if width == WIDE else 12
    inside = [(min(max(x, left + len(text) * 3.6), width - len(text) * 3.6), y, text, low) for x, y, text, low in ends]
    sheet.texts([(x, y + (14 if low else -11), text) for x, y, text, low in inside], size=size, weight=600, hue="ink")
    bottom = _names(sheet, points, left, slot, height + (16 if scale.low < 0 else 0))
    return sheet.spec(_key_row(sheet, keys, points, bottom, hue))


def _worth_a_label(points: Sequence[Point], ends: Sequence[_End], slot: float) -> list[_End]:
    """Keep the labels of the newest and of the largest value, above all columns that they reach over."""
    known = [number for number, point in enumerate(points) if point.value is not None]
    if not known:
        return []
    newest = known[-1]
    largest = max(known, key=lambda number: points[number].value or 0.0)
    kept = [newest]
    if abs(ends[largest][0] - ends[newest][0]) > (len(ends[largest][2]) + len(ends[newest][2])) * 4:
        kept.append(largest)
    clear = []
    for number in kept:
        x, y, text, below = ends[number]
        near = [end[1] for end in ends if abs(end[0] - x) < len(text) * 3.6 + slot / 2 and not end[3]]
        clear.append((x, y if below else min([y, *near]), text, below))
    return clear


def _names(sheet: _Sheet, points: Sequence[Point], left: float, slot: float, below: float) -> float:
    """Write names of periods and groups under the columns; return where the next row begins."""
    fits = slot / 7.2
    if max((len(point.name) for point in points), default=0) <= fits:
        names = [(left + slot * (number + 0.5), below + 14, point.name) for number, point in enumerate(points)]
        sheet.texts(names, size=12)
        below += 18
    place = 0
    ends = []
    for group, members in groupby(points, lambda point: point.group):
        count = len(list(members))
        if group:
            start = left + slot * place
            ends.append((start, below + 3, start, below + 18))
            if count * slot > len(group) * 6.5 + 6:
                sheet.texts([(start + 6, below + 13, group)], align="left", hue="ink")
        place += count
    sheet.rules(ends, "rule-strong")
    return below + (24 if ends else 6)


def _key_row(sheet: _Sheet, keys: Keys, points: Sequence[Point], top: float, hue: Hue) -> float:
    """Say what the marks mean, those that occur; return the height of the sheet."""
    occurring = [
        ("before", keys.before, any(point.before is not None for point in points)),
        ("hatch", keys.provisional, any(point.is_provisional and not point.is_partial for point in points)),
        ("open", keys.partial, any(point.is_partial for point in points)),
        ("missing", keys.missing, any(point.value is None for point in points)),
    ]
    x, y = 0.0, top + 14
    for kind, text, occurs in occurring:
        if not (occurs and text):
            continue
        wide = len(text) * 6.6 + 44
        if x and x + wide > sheet.width:
            x, y = 0.0, y + 20
        if kind == "before":
            sheet.rules([(x, y, x + 18, y)], "ink", 1.75)
        elif kind != "missing":
            sheet.bars([(x + 2, y - 6, x + 16, y + 6, hatch(hue) if kind == "hatch" else open_hatch(hue))], hue)
        else:
            sheet.texts([(x + 9, y, "×")], hue="muted")
        sheet.texts([(x + 24, y, text)], align="left")
        x += wide
    if x:
        y += 12
    return y if x else top


def _panels(charts: Sequence[Panel], keys: Keys, width: int, across: int) -> dict[str, Any]:
    sheet = _Sheet(width)
    gap, plot, foot = 36.0, 92.0, 44.0
    panel_width = (width - gap * (across - 1)) / across
    names = [wrap(chart.name, int(panel_width / 7.4))[:3] for chart in charts]
    name_room = 17.0 * max((len(lines) for lines in names), default=1)
    head = name_room + 26
    values = [value for chart in charts for value in _known(chart.points)]
    row_height = head + plot + foot
    for number, chart in enumerate(charts):
        left = number % across * (panel_width + gap)
        top = number // across * row_height
        lines = [(left, top + 9 + 17 * row, line) for row, line in enumerate(names[number])]
        sheet.texts(lines, size=13, weight=600, hue="ink", align="left")
        sheet.texts([(left, top + name_room + 10, chart.label)], align="left", limit=panel_width)
        scale = _Scale(values, top + head, top + head + plot)
        slot = panel_width / max(len(chart.points), 1)
        _columns(sheet, chart.points, scale, left, slot, chart.hue)
        _ends(sheet, chart.points, left, panel_width, top + head + plot + (8 if scale.low < 0 else 0))
    rows = math.ceil(len(charts) / across)
    all_points = [point for chart in charts for point in chart.points]
    return sheet.spec(_key_row(sheet, keys, all_points, rows * row_height - 14, charts[0].hue if charts else "joint"))


def _ends(sheet: _Sheet, points: Sequence[Point], left: float, width: float, below: float) -> None:
    """Name the first and the last period of a panel."""
    if points:
        ends = [" ".join(filter(None, (point.name, point.group))) for point in (points[0], points[-1])]
        sheet.texts([(left, below + 13, ends[0])], size=11, align="left")
        sheet.texts([(left + width, below + 13, ends[1])], size=11, align="right")


def _places(names: Sequence[str], paths: Sequence[Path], width: int) -> dict[str, Any]:
    sheet = _Sheet(width)
    values = [value for path in paths for value in path.values if value is not None]
    if not values:
        return sheet.spec(20)
    low, high = min(values), max(values)
    radius = 12.0 if width == WIDE else 10.0
    right = min(room([path.name for path in paths]), width * 0.34)
    height = min(300.0, max((high - low) * (radius * 2 + 4), radius * 4)) + radius * 2
    slot = (width - right - radius * 2) / max(len(names) - 1, 1)

    def at(number: int, value: float) -> tuple[float, float]:
        share = (value - low) / (high - low) if high > low else 0.5
        return radius + slot * number, radius + share * (height - radius * 2)

    for path in reversed(paths):
        run: list[tuple[float, float]] = []
        for number, value in enumerate(path.values):
            if value is None:
                sheet.path(run, path.hue, 2.5)
                run = []
            else:
                run.append(at(number, value))
        sheet.path(run, path.hue, 2.5)
    ends: list[tuple[float, float, str]] = []
    for path in reversed(paths):  # the first one stands on top where places are shared
        marks = [
            (*at(number, value), path.labels[number]) for number, value in enumerate(path.values) if value is not None
        ]
        sheet.dots([(x, y) for x, y, __ in marks], path.hue, radius)
        sheet.texts(marks, size=12 if width == WIDE else 11, weight=600, hue="paper")
        if marks:
            ends.append((marks[-1][0] + radius + 8, marks[-1][1], path.name))
    hues = {path.name: path.hue for path in paths}
    for label in _apart(ends[::-1], 17):
        sheet.texts([label], size=13, weight=600, hue=hues[label[2]], align="left", limit=right)
    every = max(1, math.ceil(room(names) / 1.6 / slot)) if slot else 1
    shown = range(len(names) - 1, -1, -every)
    edge = radius + slot * (len(names) - 1) + right
    sheet.texts([(min(max(radius + slot * number, 14), edge), height + 18, names[number]) for number in shown])
    return sheet.spec(height + 28)


def _apart(labels: Sequence[tuple[float, float, str]], step: float) -> list[tuple[float, float, str]]:
    """Move labels down so that none stands on another."""
    moved: list[tuple[float, float, str]] = []
    for x, y, text in sorted(labels, key=lambda label: label[1]):
        moved.append((x, max(y, moved[-1][1] + step) if moved else y, text))
    return moved
