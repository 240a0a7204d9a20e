"""Charts are drawn in our colours, readable without seeing them, and safe on any page."""

from __future__ import annotations

import datetime as dt
from xml.etree import ElementTree

import pytest

from documents import charts
from documents.charts import (
    PAPER,
    Bar,
    Event,
    bar_range,
    paper_svg,
    png,
    rendering,
    svg,
    timeline,
)

SVG = "{http://www.w3.org/2000/svg}"
BARS = [
    Bar("2021", 15.6, "≈ 15,6", hue="plain", approximate=True),
    Bar("2022", 23, "23"),
    Bar("Цель", 46, "46 – 69", high=69),
]
DRAWING = bar_range(BARS)


def drawn(markup: str) -> ElementTree.Element:
    return ElementTree.fromstring(f"<page>{markup}</page>")


def texts(markup: str) -> list[str]:
    return [element.text or "" for element in drawn(markup).iter("text")]


def test_a_chart_has_a_wide_and_a_narrow_form():
    page = drawn(svg(DRAWING, title="Оборот растёт", description="2022: 23"))

    assert [part.get("class") for part in page] == ["chart__wide", "chart__narrow"]
    wide, narrow = (float(drawing.get("width")) for drawing in page.iter("svg"))
    assert narrow < 390 < wide


def test_a_chart_can_be_read_without_seeing_it():
    page = drawn(svg(DRAWING, title="Оборот растёт", description="2022: 23"))

    for drawing in page.iter("svg"):
        names = {element.get("id"): element.text for element in drawing if element.tag in ("title", "desc")}
        assert drawing.get("role") == "img"
        assert [names[name] for name in drawing.get("aria-labelledby").split()] == ["Оборот растёт", "2022: 23"]


def test_ids_are_unique_on_a_page_with_several_charts():
    charts_of_a_page = svg(DRAWING, title="Первый", description="") + svg(DRAWING, title="Второй", description="")

    ids = [element.get("id") for element in drawn(charts_of_a_page).iter() if element.get("id")]
    assert len(ids) == len(set(ids))


def test_every_hatch_that_is_used_is_defined():
    for drawing in drawn(svg(DRAWING, title="", description="")).iter("svg"):
        defined = {element.get("id") for element in drawing.iter("pattern")}
        used = {fill[5:-1] for element in drawing.iter() if (fill := element.get("fill", "")).startswith("url(#")}
        assert used == defined != set()


def test_a_strict_policy_for_styles_blocks_nothing():
    page = drawn(svg(DRAWING, title="", description=""))

    assert not [element for element in page.iter() if element.tag in ("style", "script") or element.get("style")]


def test_colours_follow_the_theme_of_the_page_and_are_fixed_on_paper():
    on_page, on_paper = svg(DRAWING, title="", description=""), paper_svg(DRAWING)

    assert "var(--chart-joint)" in on_page
    assert "#" not in on_page.replace("url(#", "")
    assert "var(" not in on_paper
    assert PAPER["chart-joint"] in on_paper
    assert ElementTree.fromstring(on_paper).tag == f"{SVG}svg"


def test_a_picture_is_made_for_documents():
    assert png(DRAWING).startswith(b"\x89PNG")


def test_names_and_values_stand_beside_their_bars():
    written = texts(svg(DRAWING, title="", description=""))

    assert {"2021", "≈ 15,6", "Цель", "46 – 69"} <= set(written)


def test_only_values_that_are_not_exact_are_hatched():
    assert "hatch-plain" in svg(DRAWING, title="", description="")
    assert "hatch-" not in svg(bar_range([Bar("2022", 23, "23")]), title="", description="")


def test_a_reference_line_carries_its_label():
    drawing = bar_range([Bar("2023", 470, "470")], reference=(304.1, "уровень 2019 г."))

    assert "уровень 2019 г." in texts(svg(drawing, title="", description=""))


def test_a_timeline_shows_planned_and_actual_dates_with_today():
    spring = (dt.date(2023, 3, 1), dt.date(2023, 6, 30))
    winter = (dt.date(2024, 2, 1), dt.date(2024, 2, 1))
    events = [Event("Трамваи", spring, winter, "partner", note="позже на 9 месяцев"), Event("Без срока")]

    written = texts(
        svg(timeline(events, today=dt.date(2026, 11, 22), today_label="22.11.2026"), title="", description="")
    )

    assert {"Трамваи", "позже на 9 месяцев", "Без срока", "22.11.2026", "2023", "2026"} <= set(written)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "]]> & \"quotes\" 'too'",
        "control \x00\x01\x1f characters",  # one of these in a text would end the whole process
        "half a pair \ud800",
        "",
        "длинное " * 60,
        "מימין לשמאל 🙂",
    ],
)
def test_any_text_can_stand_in_a_chart(text):
    many = [
        bar_range([Bar(text, 1, text)], reference=(1, text)),
        timeline([Event(text, note=text)], today=dt.date(2026, 1, 1), today_label=text),
    ]

    for drawing in many:
        page = drawn(svg(drawing, title=text, description=text))
        assert not list(page.iter("script"))


def test_charts_without_any_value_are_drawn():
    for drawing in (bar_range([]), bar_range([Bar("2023", None, "н/д")])):
        assert "<svg" in svg(drawing, title="", description="")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_that_cannot_be_drawn_is_refused(value):
    with pytest.raises(ValueError, match="JSON compliant"):
        svg(bar_range([Bar("2023", value, "?")]), title="", description="")


def test_a_chart_is_drawn_once_and_kept(monkeypatch):
    first = svg(DRAWING, title="Оборот", description="")
    monkeypatch.setattr(rendering, "_drawn", lambda *args, **kwargs: pytest.fail("drawn twice"))

    assert svg(DRAWING, title="Оборот", description="") == first


KEYS = charts.Keys("the same period last year", "provisional", "part of a period", "no data")


def months(count: int, **changes: object) -> list[charts.Point]:
    return [
        charts.Point(f"{n % 12 + 1}", f"{2024 + n // 12}", float(n + 1), str(n + 1), **changes) for n in range(count)
    ]


def test_columns_carry_the_mark_of_last_year_and_say_what_it_means():
    with_marks = svg(
        charts.compared_columns(months(24, before=3.0), keys=KEYS, tick=str, hue="joint"), title="", description=""
    )
    without = svg(charts.compared_columns(months(24), keys=KEYS, tick=str, hue="joint"), title="", description="")

    assert "the same period last year" in with_marks
    assert "the same period last year" not in without
    assert "2024" in with_marks
    assert "2025" in with_marks


@pytest.mark.parametrize(("changes", "word", "hatch"), [
    ({"is_provisional": True}, "provisional", "url(#"),
    ({"is_partial": True}, "part of a period", "url(#"),
])  # fmt: skip
def test_what_may_still_change_is_hatched_and_named(changes, word, hatch):
    drawing = svg(
        charts.compared_columns(months(3, **changes), keys=KEYS, tick=str, hue="home"), title="", description=""
    )

    assert word in drawing
    assert hatch in drawing


def test_a_period_without_data_is_not_drawn_as_zero():
    gap = [charts.Point("I", "2024", None, "–"), charts.Point("II", "2024", 2.0, "2")]

    drawing = svg(charts.compared_columns(gap, keys=KEYS, tick=str, hue="joint"), title="", description="")

    assert "×" in drawing
    assert "no data" in drawing


def test_places_stand_in_their_points_and_the_first_is_on_top():
    drawing = charts.places(["2023", "2024"], [charts.Path("Export", [6, 1], ["6", "1"], "home")])
    marks = next(layer["data"]["values"] for layer in drawing.wide["layer"] if layer["mark"]["type"] == "point")

    assert marks[0]["y"] > marks[1]["y"]
    assert "Export" in svg(drawing, title="", description="")


@pytest.mark.parametrize("points", [[], [charts.Point("", "", None, "")], [charts.Point("", "", 0.0, "0")]])
def test_a_series_without_anything_to_draw_still_draws(points):
    assert "<svg" in svg(charts.compared_columns(points, keys=KEYS, tick=str, hue="joint"), title="", description="")
    assert "<svg" in svg(charts.panels([charts.Panel("a", "b", points)], keys=KEYS), title="", description="")
    assert "<svg" in svg(charts.places([], []), title="", description="")


def test_a_file_of_a_chart_says_by_itself_what_it_shows():
    drawing = charts.compared_columns(months(3), keys=KEYS, tick=str, hue="joint")

    text = charts.paper_svg(drawing, charts.Caption("Turnover grew <by> half", "Million US dollars", "Source: customs"))

    assert "Turnover grew &lt;by&gt; half" in text
    assert "Source: customs" in text
    assert charts.png(drawing, caption=charts.Caption("a", "b", "c")).startswith(b"\x89PNG")
