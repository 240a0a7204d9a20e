"""Timelines: what was planned, expected and reached, and when, with a line for today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from documents.charts.drawings import NARROW, WIDE, Drawing, Hue, colour, frame, room


@dataclass(frozen=True)
class Event:
    """One milestone: when it was planned and when it happened, each as first and last day.

    A project is drawn as a bar over its `span`, with its `steps` in the same row.
    """

    name: str
    planned: tuple[dt.date, dt.date] | None = None
    actual: tuple[dt.date, dt.date] | None = None
    hue: Hue = "joint"
    note: str = ""
    span: tuple[dt.date, dt.date] | None = None
    steps: tuple[Event, ...] = ()


def timeline(events: Sequence[Event], *, today: dt.date, today_label: str) -> Drawing:
    """Draw one row for each milestone or project: a ring where planned, a dot where done, the slip between."""
    return Drawing(
        wide=_timeline(events, today, today_label, WIDE), narrow=_timeline(events, today, today_label, NARROW)
    )


def _timeline(events: Sequence[Event], today: dt.date, today_label: str, width: int) -> dict[str, Any]:
    def day(date: dt.date) -> str:
        return f"{date.isoformat()}T00:00:00"

    def middle(span: tuple[dt.date, dt.date]) -> dt.date:
        return span[0] + (span[1] - span[0]) / 2

    rows: list[dict[str, Any]] = []
    planned: list[dict[str, Any]] = []
    actual: list[dict[str, Any]] = []
    slips: list[dict[str, Any]] = []
    spans: list[dict[str, Any]] = []
    years = {today.year}
    rows.extend({"place": place, "name": event.name, "note": event.note} for place, event in enumerate(events))
    for place, event in ((place, one) for place, row in enumerate(events) for one in (row, *row.steps)):
        hue = colour(event.hue)
        if event.span:
            spans.append({"place": place, "from": day(event.span[0]), "to": day(event.span[1]), "hue": hue})
            years |= {event.span[0].year, event.span[1].year}
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
    name_room = min(room([event.name for event in events]) + 8, width * 0.42) if wide else 0
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
    by_hue = {"field": "hue", "type": "nominal", "scale": None}

    def span_mark(values: list[dict[str, Any]], dash: list[int], thickness: float, opacity: float) -> dict[str, Any]:
        return {
            "data": {"values": values},
            "mark": {
                "type": "rule", "strokeWidth": thickness, "strokeDash": dash, "yOffset": drop, "y2Offset": drop,
                "opacity": opacity, "strokeCap": "butt",
            },
            "encoding": {"x": {**x, "field": "from"}, "x2": {"field": "to"}, "y": y, "stroke": by_hue},
        }  # fmt: skip

    layers: list[dict[str, Any]] = [
        {
            "data": {"values": starts},
            "mark": {"type": "rule", "stroke": colour("rule"), "strokeWidth": 1},
            "encoding": {"x": {**x, "field": "at"}, "y": {"value": 0}, "y2": {"value": height}},
        },
        {
            "data": {"values": starts},
            "mark": {"type": "text", "fontSize": 12, "fill": colour("muted"), "align": "left", "dx": 5},
            "encoding": {"x": {**x, "field": "at"}, "y": {"value": height + 4}, "text": {"field": "year"}},
        },
        {
            "data": {"values": [{"at": day(today), "label": today_label}]},
            "mark": {"type": "rule", "stroke": colour("ink"), "strokeWidth": 1, "strokeDash": [2, 3]},
            "encoding": {"x": {**x, "field": "at"}, "y": {"value": -6}, "y2": {"value": height}},
        },
        {
            "data": {"values": [{"at": day(today), "label": today_label}]},
            "mark": {
                "type": "text", "fontSize": 12, "fontWeight": 600, "fill": colour("ink"), "dy": -14,
                "align": "right" if (today.year - first) * 2 > last - first else "left",
            },
            "encoding": {"x": {**x, "field": "at"}, "y": {"value": 0}, "text": {"field": "label"}},
        },
        span_mark(spans, [1, 0], 5, 0.4),
        span_mark([mark for mark in planned if mark["from"] != mark["to"]], [1, 0], 9, 0.22),
        span_mark([mark for mark in actual if mark["from"] != mark["to"]], [1, 0], 9, 0.22),
        span_mark(slips, [5, 4], 1.5, 1),
        {
            "data": {"values": planned},
            "mark": {
                "type": "point", "shape": "circle", "size": 110, "strokeWidth": 2, "filled": False, "opacity": 1,
                "fill": colour("paper"), "yOffset": drop,
            },
            "encoding": {"x": {**x, "field": "at"}, "y": y, "stroke": by_hue},
        },
        {
            "data": {"values": actual},
            "mark": {
                "type": "point", "shape": "circle", "size": 110, "strokeWidth": 2, "filled": True, "opacity": 1,
                "yOffset": drop,
            },
            "encoding": {"x": {**x, "field": "at"}, "y": y, "fill": by_hue, "stroke": by_hue},
        },
        {
            "mark": {
                "type": "text", "align": "left", "fontSize": 14, "fill": colour("ink"), "x": -name_room,
                "dy": (-8 if wide and any(row["note"] for row in rows) else 0) if wide else -18,
                "limit": (name_room or width) - 14,
            },
            "encoding": {"y": y, "text": {"field": "name"}},
        },
        {
            "mark": {
                "type": "text", "align": "left", "fontSize": 12, "fill": colour("muted"), "x": -name_room,
                "dy": 10 if wide else -3, "limit": (name_room or width) - 14,
            },
            "encoding": {"y": y, "text": {"field": "note"}},
        },
    ]  # fmt: skip
    return {**frame(plot, height), "data": {"values": rows}, "layer": layers}
