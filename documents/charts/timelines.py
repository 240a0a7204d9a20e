"""Timelines: what was planned, expected and reached, and when, with a line for today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from documents.charts.drawings import NARROW, WIDE, Drawing, Hue, Spec, colour, frame, room

_Span = tuple[dt.date, dt.date]
_ROW, _NARROW_ROW = 44, 62
_NARROW_DROP = 12
"""On a phone the name stands above its marks, which therefore lie lower in the row."""
_BY_HUE = {"field": "hue", "type": "nominal", "scale": None}


@dataclass(frozen=True)
class Event:
    """One milestone: when it was planned and when it happened, each as first and last day.

    A project is drawn as a bar over its `span`, with its `steps` in the same row.
    """

    name: str
    planned: _Span | None = None
    actual: _Span | None = None
    hue: Hue = "joint"
    note: str = ""
    span: _Span | None = None
    steps: tuple[Event, ...] = ()


def timeline(events: Sequence[Event], *, today: dt.date, today_label: str) -> Drawing:
    """Draw one row for each milestone or project: a ring where planned, a dot where done, the slip between."""
    marks = _marks(events, today)
    wide, narrow = (_Page(events, marks, width).spec(today, today_label) for width in (WIDE, NARROW))
    return Drawing(wide=wide, narrow=narrow)


@dataclass
class _Marks:
    """What is drawn in the rows, as data of the specification; `years` are those that it reaches into."""

    years: set[int]
    planned: list[Spec] = field(default_factory=list)
    actual: list[Spec] = field(default_factory=list)
    slips: list[Spec] = field(default_factory=list)
    spans: list[Spec] = field(default_factory=list)

    def add(self, place: int, event: Event, today: dt.date) -> None:
        hue = colour(event.hue)
        for span, marks in ((event.span, self.spans), (event.planned, self.planned), (event.actual, self.actual)):
            if span:
                marks.append({"place": place, "at": _day(_middle(span)), **_reach(*span), "hue": hue})
                self.years |= {span[0].year, span[1].year}
        if event.planned:
            planned = _middle(event.planned)
            end = _middle(event.actual) if event.actual else max(today, planned)
            if end > event.planned[1]:
                self.slips.append({"place": place, **_reach(planned, end), "hue": hue})


def _marks(events: Sequence[Event], today: dt.date) -> _Marks:
    marks = _Marks({today.year})
    for place, row in enumerate(events):
        for event in (row, *row.steps):
            marks.add(place, event, today)
    return marks


def _day(date: dt.date) -> str:
    return f"{date.isoformat()}T00:00:00"


def _middle(span: _Span) -> dt.date:
    return span[0] + (span[1] - span[0]) / 2


def _reach(first: dt.date, last: dt.date) -> Spec:
    return {"from": _day(first), "to": _day(last)}


class _Page:
    """The timeline in one width. Layers that lie behind come first."""

    def __init__(self, events: Sequence[Event], marks: _Marks, width: int) -> None:
        self._marks, self._width = marks, width
        self._rows = [{"place": place, "name": event.name, "note": event.note} for place, event in enumerate(events)]
        self._first, self._last = min(marks.years), max(marks.years)
        self._is_wide = width > NARROW
        self._drop = 0 if self._is_wide else _NARROW_DROP
        self._name_room = min(room([event.name for event in events]) + 8, width * 0.42) if self._is_wide else 0
        self._height = (_ROW if self._is_wide else _NARROW_ROW) * max(len(events), 1)
        years = [_day(dt.date(self._first, 1, 1)), _day(dt.date(self._last, 12, 31))]
        self._x = {"type": "temporal", "axis": None, "scale": {"domain": years, "nice": False}}
        rows = {"domain": list(range(len(events)))}
        self._y = {"field": "place", "type": "ordinal", "axis": None, "scale": rows}

    def spec(self, today: dt.date, today_label: str) -> Spec:
        marks = self._marks
        layers = [
            *self._years(),
            *self._today(today, today_label),
            self._line(marks.spans, thickness=5, opacity=0.4),
            self._line([mark for mark in marks.planned if mark["from"] != mark["to"]], thickness=9, opacity=0.22),
            self._line([mark for mark in marks.actual if mark["from"] != mark["to"]], thickness=9, opacity=0.22),
            self._line(marks.slips, thickness=1.5, opacity=1, dash=(5, 4)),
            self._ring(marks.planned),
            self._dot(marks.actual),
            *self._names(),
        ]
        frame_width = self._width - self._name_room - 12
        return {**frame(frame_width, self._height), "data": {"values": self._rows}, "layer": layers}

    def _years(self) -> list[Spec]:
        every = 1 if self._is_wide or self._last - self._first < 6 else 2
        years = range(self._first, self._last + 1, every)
        starts = {"values": [{"at": _day(dt.date(year, 1, 1)), "year": str(year)} for year in years]}
        return [
            {
                "data": starts,
                "mark": {"type": "rule", "stroke": colour("rule"), "strokeWidth": 1},
                "encoding": {"x": {**self._x, "field": "at"}, "y": {"value": 0}, "y2": {"value": self._height}},
            },
            {
                "data": starts,
                "mark": {"type": "text", "fontSize": 12, "fill": colour("muted"), "align": "left", "dx": 5},
                "encoding": {
                    "x": {**self._x, "field": "at"}, "y": {"value": self._height + 4}, "text": {"field": "year"},
                },
            },
        ]  # fmt: skip

    def _today(self, today: dt.date, label: str) -> list[Spec]:
        is_late = (today.year - self._first) * 2 > self._last - self._first
        data = {"values": [{"at": _day(today), "label": label}]}
        return [
            {
                "data": data,
                "mark": {"type": "rule", "stroke": colour("ink"), "strokeWidth": 1, "strokeDash": [2, 3]},
                "encoding": {"x": {**self._x, "field": "at"}, "y": {"value": -6}, "y2": {"value": self._height}},
            },
            {
                "data": data,
                "mark": {
                    "type": "text", "fontSize": 12, "fontWeight": 600, "fill": colour("ink"), "dy": -14,
                    "align": "right" if is_late else "left",
                },
                "encoding": {"x": {**self._x, "field": "at"}, "y": {"value": 0}, "text": {"field": "label"}},
            },
        ]  # fmt: skip

    def _line(self, values: list[Spec], *, thickness: float, opacity: float, dash: Sequence[int] = (1, 0)) -> Spec:
        return {
            "data": {"values": values},
            "mark": {
                "type": "rule", "strokeWidth": thickness, "strokeDash": list(dash),
                "yOffset": self._drop, "y2Offset": self._drop, "opacity": opacity, "strokeCap": "butt",
            },
            "encoding": {
                "x": {**self._x, "field": "from"}, "x2": {"field": "to"}, "y": self._y, "stroke": _BY_HUE,
            },
        }  # fmt: skip

    def _ring(self, values: list[Spec]) -> Spec:
        return self._point(values, {"filled": False, "fill": colour("paper")}, {"stroke": _BY_HUE})

    def _dot(self, values: list[Spec]) -> Spec:
        return self._point(values, {"filled": True}, {"fill": _BY_HUE, "stroke": _BY_HUE})

    def _point(self, values: list[Spec], look: Spec, hue: Spec) -> Spec:
        shape = {"type": "point", "shape": "circle", "size": 110, "strokeWidth": 2, "opacity": 1}
        return {
            "data": {"values": values},
            "mark": {**shape, **look, "yOffset": self._drop},
            "encoding": {"x": {**self._x, "field": "at"}, "y": self._y, **hue},
        }

    def _names(self) -> list[Spec]:
        has_notes = any(row["note"] for row in self._rows)
        above, below = (-8 if has_notes else 0, 10) if self._is_wide else (-18, -3)
        return [
            self._text("name", {"fontSize": 14, "fill": colour("ink"), "dy": above}),
            self._text("note", {"fontSize": 12, "fill": colour("muted"), "dy": below}),
        ]

    def _text(self, what: str, look: Spec) -> Spec:
        limit = (self._name_room or self._width) - 14
        return {
            "mark": {"type": "text", "align": "left", "x": -self._name_room, "limit": limit, **look},
            "encoding": {"y": self._y, "text": {"field": what}},
        }
