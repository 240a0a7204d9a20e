"""Charts: a Vega-Lite specification becomes an inline SVG that follows the page's colours.

    drawing = bar_range([Bar("2023", 470, "≈ 470", approximate=True), …])
    svg(drawing, title="…", description="…")   → markup for `_components/chart.html`
    paper_svg(drawing), png(drawing)           → the same chart for PDF and DOCX

Colours are written as CSS variables (`var(--chart-home)`), so one cached SVG serves the light
and the dark theme; the paper formats get the fixed values of `PAPER`. Nothing in the SVG needs
an inline style. Labels stand beside what they name: no legends, no value axes.

The three builders return a `Drawing` with a wide and a narrow form, so that labels keep their
size on a phone; CSS shows the one that fits.

Fork trap: vl-convert hangs for ever in a forked child once its parent has used it. It is
therefore imported and used inside functions only, and must not be called before a worker forks.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache as once
from importlib import resources
from typing import Any, Literal
from xml.etree import ElementTree

from django.core.cache import cache
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

Spec = Mapping[str, Any]
Hue = Literal["home", "partner", "joint", "plain"]

THEME_VERSION = 2  # part of the cache key: count up when anything below changes the drawing
WIDE, NARROW = 720, 340
FONT = "Inter"
CACHE_SECONDS = 7 * 24 * 3600

PAPER = {
    "chart-home": "#155e91",
    "chart-partner": "#a4511a",
    "chart-joint": "#4f5d6b",
    "chart-plain": "#7b8188",
    "chart-ink": "#1c1f24",
    "chart-muted": "#585d66",
    "chart-rule": "#d9d5cb",
    "chart-rule-strong": "#a9a498",
    "chart-paper": "#ffffff",
}


def _var(name: str) -> str:
    return f"var(--chart-{name})"


def _hatch(hue: Hue) -> str:
    """Return the fill of a value that is not exact."""
    return f"url(#hatch-{hue})"


def _open_hatch(hue: Hue) -> str:
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


@dataclass(frozen=True)
class Column:
    """One period of a series; `value` None is a period without data, and is labelled so."""

    name: str
    value: float | None
    label: str
    hue: Hue = "joint"
    approximate: bool = False


@dataclass(frozen=True)
class Event:
    """One milestone: when it was planned and when it happened, each as first and last day."""

    name: str
    planned: tuple[dt.date, dt.date] | None = None
    actual: tuple[dt.date, dt.date] | None = None
    hue: Hue = "joint"
    note: str = ""


# --- Builders ---------------------------------------------------------------------------


def bar_range(bars: Sequence[Bar], *, reference: tuple[float, str] | None = None) -> Drawing:
    """Draw horizontal bars with their values written at the end.

    An approximate value is hatched. A range is solid up to its lower end and hatched to the
    upper one. `reference` is one value with its label, drawn as a thin line across all bars.
    """
    return Drawing(wide=_bars(bars, reference, WIDE), narrow=_bars(bars, reference, NARROW))


def column_series(columns: Sequence[Column]) -> Drawing:
    """Draw one column for each period, its value above it (below it when negative)."""
    return Drawing(wide=_columns(columns, WIDE), narrow=_columns(columns, NARROW))


def timeline(events: Sequence[Event], *, today: dt.date, today_label: str) -> Drawing:
    """Draw one row for each milestone: a ring where planned, a dot where done, the slip between."""
    return Drawing(
        wide=_timeline(events, today, today_label, WIDE), narrow=_timeline(events, today, today_label, NARROW)
    )


def _bars(bars: Sequence[Bar], reference: tuple[float, str] | None, width: int) -> dict[str, Any]:
    rows = []
    for place, bar in enumerate(bars):
        value = bar.value or 0.0
        top = bar.high if bar.high is not None else value
        rows.append(
            {
                "place": place,
                "name": bar.name,
                "label": bar.label,
                "zero": 0,
                "value": value,
                "top": top,
                "end": max(value, top, 0.0),
                "fill": _hatch(bar.hue) if bar.approximate else _var(bar.hue),
                "range": _open_hatch(bar.hue),
                "edge": _var(bar.hue),
            }
        )
    ends = [row["end"] for row in rows] + ([reference[0]] if reference else [])
    lows = [row["value"] for row in rows]
    wide = width > NARROW
    name_room = min(_room([bar.name for bar in bars]), width * 0.4) if wide else 0
    step = 40 if wide else 56
    drop = 0 if wide else 11  # narrow: the name stands above its bar
    plot = width - name_room - _room([bar.label for bar in bars]) - 8
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
                "fill": _var("ink"),
            },
            "encoding": {"x": {**x, "field": "end", "axis": None}, "text": {"field": "label"}},
        },
        {
            "mark": {
                "type": "text", "align": "left", "fontSize": 14, "fill": _var("ink"),
                "x": -name_room, "dy": 1 if wide else -11, "limit": (name_room or width) - 12,
            },
            "encoding": {"text": {"field": "name"}},
        },
    ]  # fmt: skip
    if reference:
        bottom = step * len(rows)
        at = {"value": reference[0], "label": reference[1]}
        layers += [
            {
                "data": {"values": [at]},
                "mark": {"type": "rule", "stroke": _var("muted"), "strokeDash": [2, 3], "strokeWidth": 1.25},
                "encoding": {"x": {**x, "field": "value", "axis": None}, "y": {"value": -4}, "y2": {"value": bottom}},
            },
            {
                "data": {"values": [at]},
                "mark": {"type": "text", "fontSize": 12, "fill": _var("muted"), "dy": -12, "align": "center"},
                "encoding": {"x": {**x, "field": "value", "axis": None}, "y": {"value": 0}, "text": {"field": "label"}},
            },
        ]  # fmt: skip
    for layer in layers:
        if "data" not in layer:
            layer["encoding"]["y"] = y
    return {**_frame(plot, step * len(rows)), "data": {"values": rows}, "layer": layers}


def _columns(columns: Sequence[Column], width: int) -> dict[str, Any]:
    rows = [
        {
            "place": place,
            "name": _lines(column.name, width, len(columns)),
            "label": column.label,
            "zero": 0,
            "value": column.value or 0.0,
            "known": column.value is not None,
            "below": (column.value or 0.0) < 0,
            "fill": _hatch(column.hue) if column.approximate else _var(column.hue),
            "edge": _var(column.hue),
        }
        for place, column in enumerate(columns)
    ]
    values = [row["value"] for row in rows]
    negative = min(values, default=0.0) < 0
    height = 240 if width > NARROW else 210
    y = {
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [min([0.0, *values]), max([0.0, *values]) or 1.0], "nice": False, "zero": True},
    }
    x = {"field": "place", "type": "ordinal", "axis": None, "scale": {"paddingInner": 0, "paddingOuter": 0}}
    column_width = min(72.0, width / max(len(rows), 1) * 0.56)
    size = 14 if width > NARROW or len(rows) <= 5 else 12

    def label(test: str, dy: int, weight: int, hue: str) -> dict[str, Any]:
        return {
            "transform": [{"filter": test}],
            "mark": {"type": "text", "dy": dy, "fontSize": size, "fontWeight": weight, "fill": _var(hue)},
            "encoding": {"x": x, "y": {**y, "field": "value"}, "text": {"field": "label"}},
        }

    layers: list[dict[str, Any]] = [
        {
            "transform": [{"filter": "datum.known"}],
            "mark": {"type": "bar", "width": column_width, "strokeWidth": 1},
            "encoding": {
                "x": x,
                "y": {**y, "field": "zero"},
                "y2": {"field": "value"},
                "fill": {"field": "fill", "type": "nominal", "scale": None},
                "stroke": {"field": "edge", "type": "nominal", "scale": None},
            },
        },
        {
            "data": {"values": [{"zero": 0}]},
            "mark": {"type": "rule", "stroke": _var("rule-strong"), "strokeWidth": 1},
            "encoding": {"y": {**y, "field": "zero"}},
        },
        label("datum.known && !datum.below", -12, 600, "ink"),
        label("datum.known && datum.below", 14, 600, "ink"),
        label("!datum.known", -12, 400, "muted"),
        {
            "mark": {
                "type": "text", "fontSize": size - 1, "fill": _var("muted"), "baseline": "top",
                "y": height + (30 if negative else 10), "lineHeight": size + 4,
            },
            "encoding": {"x": x, "text": {"field": "name"}},
        },
    ]  # fmt: skip
    return {**_frame(width, height), "data": {"values": rows}, "layer": layers}


def _timeline(events: Sequence[Event], today: dt.date, today_label: str, width: int) -> dict[str, Any]:
    def day(date: dt.date) -> str:
        return f"{date.isoformat()}T00:00:00"

    def middle(span: tuple[dt.date, dt.date]) -> dt.date:
        return span[0] + (span[1] - span[0]) / 2

    rows, planned, actual, slips, years = [], [], [], [], {today.year}
    for place, event in enumerate(events):
        rows.append({"place": place, "name": event.name, "note": event.note})
        hue = _var(event.hue)
        for span, marks in ((event.planned, planned), (event.actual, actual)):
            if span:
                marks.append(
                    {"place": place, "at": day(middle(span)), "from": day(span[0]), "to": day(span[1]), "hue": hue}
                )
                years |= {span[0].year, span[1].year}
        if event.planned:
            end = middle(event.actual) if event.actual else max(today, middle(event.planned))
            if end > event.planned[1]:
                slips.append({"place": place, "from": day(middle(event.planned)), "to": day(end), "hue": hue})
    first, last = min(years), max(years)
    wide = width > NARROW
    step = 44 if wide else 62
    drop = 0 if wide else 12
    name_room = min(_room([event.name for event in events]) + 8, width * 0.42) if wide else 0
    plot = width - name_room - 12
    height = step * max(len(rows), 1)
    x = {
        "type": "temporal",
        "axis": None,
        "scale": {"domain": [day(dt.date(first, 1, 1)), day(dt.date(last, 12, 31))], "nice": False},
    }
    y = {"field": "place", "type": "ordinal", "axis": None, "scale": {"domain": list(range(len(rows)))}}
    every = 1 if wide or last - first < 6 else 2
    starts = [{"at": day(dt.date(year, 1, 1)), "year": str(year)} for year in range(first, last + 1, every)]
    colour = {"field": "hue", "type": "nominal", "scale": None}

    def span_mark(values: list[dict[str, Any]], dash: list[int], thickness: float, opacity: float) -> dict[str, Any]:
        return {
            "data": {"values": values},
            "mark": {
                "type": "rule", "strokeWidth": thickness, "strokeDash": dash, "yOffset": drop, "y2Offset": drop,
                "opacity": opacity, "strokeCap": "butt",
            },
            "encoding": {"x": {**x, "field": "from"}, "x2": {"field": "to"}, "y": y, "stroke": colour},
        }  # fmt: skip

    layers: list[dict[str, Any]] = [
        {
            "data": {"values": starts},
            "mark": {"type": "rule", "stroke": _var("rule"), "strokeWidth": 1},
            "encoding": {"x": {**x, "field": "at"}, "y": {"value": 0}, "y2": {"value": height}},
        },
        {
            "data": {"values": starts},
            "mark": {"type": "text", "fontSize": 12, "fill": _var("muted"), "align": "left", "dx": 5},
            "encoding": {"x": {**x, "field": "at"}, "y": {"value": height + 4}, "text": {"field": "year"}},
        },
        {
            "data": {"values": [{"at": day(today), "label": today_label}]},
            "mark": {"type": "rule", "stroke": _var("ink"), "strokeWidth": 1, "strokeDash": [2, 3]},
            "encoding": {"x": {**x, "field": "at"}, "y": {"value": -6}, "y2": {"value": height}},
        },
        {
            "data": {"values": [{"at": day(today), "label": today_label}]},
            "mark": {
                "type": "text", "fontSize": 12, "fontWeight": 600, "fill": _var("ink"), "dy": -14,
                "align": "right" if (today.year - first) * 2 > last - first else "left",
            },
            "encoding": {"x": {**x, "field": "at"}, "y": {"value": 0}, "text": {"field": "label"}},
        },
        span_mark([mark for mark in planned if mark["from"] != mark["to"]], [1, 0], 9, 0.22),
        span_mark([mark for mark in actual if mark["from"] != mark["to"]], [1, 0], 9, 0.22),
        span_mark(slips, [5, 4], 1.5, 1),
        {
            "data": {"values": planned},
            "mark": {
                "type": "point", "shape": "circle", "size": 110, "strokeWidth": 2, "filled": False, "opacity": 1,
                "fill": _var("paper"), "yOffset": drop,
            },
            "encoding": {"x": {**x, "field": "at"}, "y": y, "stroke": colour},
        },
        {
            "data": {"values": actual},
            "mark": {
                "type": "point", "shape": "circle", "size": 110, "strokeWidth": 2, "filled": True, "opacity": 1,
                "yOffset": drop,
            },
            "encoding": {"x": {**x, "field": "at"}, "y": y, "fill": colour, "stroke": colour},
        },
        {
            "mark": {
                "type": "text", "align": "left", "fontSize": 14, "fill": _var("ink"), "x": -name_room,
                "dy": (-8 if wide and any(row["note"] for row in rows) else 0) if wide else -18,
                "limit": (name_room or width) - 14,
            },
            "encoding": {"y": y, "text": {"field": "name"}},
        },
        {
            "mark": {
                "type": "text", "align": "left", "fontSize": 12, "fill": _var("muted"), "x": -name_room,
                "dy": 10 if wide else -3, "limit": (name_room or width) - 14,
            },
            "encoding": {"y": y, "text": {"field": "note"}},
        },
    ]  # fmt: skip
    return {**_frame(plot, height), "data": {"values": rows}, "layer": layers}


def _frame(width: float, height: float) -> dict[str, Any]:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": max(round(width), 80),
        "height": max(round(height), 20),
    }


def _room(texts: Sequence[str]) -> float:
    """Return about how many pixels the longest text takes at 14 px, with a gap after it."""
    return max((len(text) for text in texts), default=0) * 8.0 + 16


def _lines(name: str, width: int, count: int) -> list[str]:
    """Break the name of a period into lines that fit under its column."""
    fits = max(int(width / max(count, 1) / 7.5), 4)
    lines = [""]
    for word in name.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > fits:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


# --- Rendering --------------------------------------------------------------------------


def svg(chart: Spec | Drawing, *, title: str, description: str) -> SafeString:
    """Return the chart as markup for a page, from the cache where it has been drawn before."""
    forms = [_clean(form) for form in ((chart.wide, chart.narrow) if isinstance(chart, Drawing) else (chart,))]
    title, description = _clean(title), _clean(description)
    key = _key(forms, title, description)
    kept = cache.get(key)
    if not isinstance(kept, str):
        drawn = [
            _drawn(form, unique=f"{letter}{key[-12:]}", title=title, description=description)
            for letter, form in zip("wn", forms, strict=False)
        ]
        kept = drawn[0] if len(drawn) == 1 else _IN_BOTH_WIDTHS.format(*drawn)
        cache.set(key, kept, CACHE_SECONDS)
    return mark_safe(kept)  # noqa: S308 – our own drawing; every text in it is escaped by the XML writer


def paper_svg(chart: Spec | Drawing) -> str:
    """Return the wide form as a complete SVG file in print colours."""
    form = _clean(chart.wide if isinstance(chart, Drawing) else chart)
    return _drawn(form, unique="paper", title="", description="", paper=True)


def png(chart: Spec | Drawing, *, scale: float = 2.0) -> bytes:
    """Return the wide form as a PNG in print colours."""
    return bytes(_converter().svg_to_png(paper_svg(chart), scale=scale))


_IN_BOTH_WIDTHS = '<div class="chart__wide">{}</div><div class="chart__narrow">{}</div>'


def _key(forms: Sequence[Spec], title: str, description: str) -> str:
    """Return the cache key of a drawing; refuse numbers that cannot be drawn (infinite, not a number)."""
    text = json.dumps([THEME_VERSION, forms, title, description], sort_keys=True, ensure_ascii=False, allow_nan=False)
    return f"chart:{hashlib.sha256(text.encode()).hexdigest()}"


@once
def _converter() -> Any:
    import vl_convert

    vl_convert.register_font_directory(str(resources.files("fontpkg_inter").joinpath("files")))
    return vl_convert


_CONFIG: dict[str, Any] = {
    "background": None,
    "font": FONT,
    "padding": {"left": 0, "right": 2, "top": 4, "bottom": 4},
    "view": {"stroke": None, "fill": None},
    "text": {"font": FONT, "fill": _var("ink"), "baseline": "middle"},
    "axis": {
        "labelFont": FONT, "titleFont": FONT, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": 400,
        "labelColor": _var("muted"), "titleColor": _var("muted"), "gridColor": _var("rule"),
        "domainColor": _var("rule-strong"), "tickColor": _var("rule-strong"), "labelLimit": 0,
    },
    "bar": {"fill": _var("joint"), "discreteBandSize": 18},
    "line": {"stroke": _var("joint"), "strokeWidth": 2},
    "point": {"fill": _var("joint"), "size": 60},
    "rule": {"stroke": _var("rule-strong")},
    "legend": {"disable": True},
}  # fmt: skip

_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NAMESPACE = "{http://www.w3.org/2000/svg}"
_DROPPED = {"style", "class", "role", "aria-label", "aria-roledescription", "aria-hidden", "pointer-events", "opacity"}


def _drawn(spec: Spec, *, unique: str, title: str, description: str, paper: bool = False) -> str:
    config = {**_CONFIG, **spec.get("config", {})}
    root = ElementTree.fromstring(_converter().vegalite_to_svg({**spec, "config": config}))  # noqa: S314 – our own drawing
    size = " ".join(f'{name}="{root.get(name)}"' for name in ("width", "height", "viewBox"))
    _tidy(root)
    inner = "".join(_text(child) for child in root)
    used = sorted(set(re.findall(r"url\(#(hatch|open)-(\w+)\)", inner)))
    hatches = "".join(_hatch_definition(kind, hue) for kind, hue in used)
    inner = (f"<defs>{hatches}</defs>" if hatches else "") + inner
    inner = re.sub(r'\bid="([^"]+)"', rf'id="{unique}-\1"', inner)
    inner = re.sub(r"url\(#([^)]+)\)", rf"url(#{unique}-\1)", inner)
    if paper:
        inner = re.sub(r"var\(--([\w-]+)\)", lambda match: PAPER.get(match[1], "#000000"), inner)
        return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{inner}</svg>'
    return (
        f'<svg class="chart__svg" {size} role="img" '
        f'aria-labelledby="{unique}-title {unique}-desc"><title id="{unique}-title">{escape(title)}</title>'
        f'<desc id="{unique}-desc">{escape(description)}</desc>{inner}</svg>'
    )


def _clean(part: Any) -> Any:
    """Return the specification without the characters that XML forbids: one of them would end the process."""
    if isinstance(part, str):
        return _NOT_XML.sub("", part)
    if isinstance(part, Mapping):
        return {key: _clean(value) for key, value in part.items()}
    if isinstance(part, list | tuple):
        return [_clean(value) for value in part]
    return part


def _tidy(element: ElementTree.Element) -> None:
    """Drop what the drawing does not need: roles of single marks, empty and hidden paths, styles."""
    for child in list(element):
        child.tag = str(child.tag).removeprefix(_NAMESPACE)
        hidden = child.get("display") == "none" or child.get("d") in ("", "M0,0h0v0h0Z")
        unpainted = child.tag == "path" and child.get("class") == "background" and not child.get("fill")
        if child.tag in ("style", "script") or hidden or (unpainted and not child.get("stroke")):
            element.remove(child)
            continue
        for name in _DROPPED & set(child.keys()):
            if name != "opacity" or child.get(name) == "1":
                del child.attrib[name]
        _tidy(child)
        if child.tag == "g" and not len(child):
            element.remove(child)


def _text(element: ElementTree.Element) -> str:
    return ElementTree.tostring(element, encoding="unicode")


_LINES = {"hatch": (4.5, 1.75), "open": (6, 0.9)}  # distance and thickness of the lines of a hatch


def _hatch_definition(kind: str, hue: str) -> str:
    step, line = _LINES[kind]
    return (
        f'<pattern id="{kind}-{hue}" width="{step}" height="{step}" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="{step}" height="{step}" fill="{_var("paper")}"/>'
        f'<rect width="{line}" height="{step}" fill="{_var(hue)}"/></pattern>'
    )
