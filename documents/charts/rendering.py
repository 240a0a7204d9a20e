"""How a Vega-Lite specification becomes SVG for a page, and SVG or PNG for paper."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache as once
from importlib import resources
from textwrap import wrap
from typing import Any
from xml.etree import ElementTree

from django.core.cache import cache
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from documents.charts.drawings import Drawing, Spec, colour

THEME_VERSION = 4  # part of the cache key: count up when anything in this package changes the look
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


@dataclass(frozen=True)
class Caption:
    """What stands around a chart that leaves its page: the finding, what is shown, from where it is known."""

    title: str
    subtitle: str
    source: str


def paper_svg(chart: Spec | Drawing, caption: Caption | None = None) -> str:
    """Return the wide form as a complete SVG file in print colours."""
    form = _clean(chart.wide if isinstance(chart, Drawing) else chart)
    drawn = _drawn(form, unique="paper", title="", description="", paper=True)
    return _captioned(drawn, _clean_caption(caption)) if caption else drawn


def png(chart: Spec | Drawing, *, scale: float = 2.0, caption: Caption | None = None) -> bytes:
    """Return the wide form as a PNG in print colours, on white where it has a caption."""
    return bytes(_converter().svg_to_png(paper_svg(chart, caption), scale=scale))


def _clean_caption(caption: Caption) -> Caption:
    return Caption(*(_clean(text) for text in (caption.title, caption.subtitle, caption.source)))


def _captioned(drawn: str, caption: Caption) -> str:
    """Set the words around a drawing, each line no longer than the drawing is wide."""
    size = re.match(r'<svg [^>]*?width="([\d.]+)" height="([\d.]+)"', drawn)
    width, height = (float(number) for number in size.groups()) if size else (0.0, 0.0)
    margin, y, words = 24, 20.0, ""
    for text, points, weight, hue, gap in (
        (caption.title, 18, 600, "chart-ink", 0),
        (caption.subtitle, 13, 400, "chart-muted", 0),
        ("", 0, 0, "", height + 24),
        (caption.source, 11, 400, "chart-muted", 0),
    ):
        if gap:
            inner = f'<svg x="{margin}" y="{y + 14:.0f}"' + drawn.removeprefix("<svg")
            y += gap
        for line in wrap(text, int(width / points / 0.52)) if text else ():
            y += points * 1.4
            words += (
                f'<text x="{margin}" y="{y:.0f}" font-family="{FONT}, sans-serif" font-size="{points}"'
                f' font-weight="{weight}" fill="{PAPER[hue]}">{escape(line)}</text>'
            )
    frame = f'width="{width + 2 * margin:.0f}" height="{y + 20:.0f}"'
    ground = '<rect width="100%" height="100%" fill="#fff"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {frame}>{ground}{words}{inner}</svg>'


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
    "text": {"font": FONT, "fill": colour("ink"), "baseline": "middle"},
    "axis": {
        "labelFont": FONT, "titleFont": FONT, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": 400,
        "labelColor": colour("muted"), "titleColor": colour("muted"), "gridColor": colour("rule"),
        "domainColor": colour("rule-strong"), "tickColor": colour("rule-strong"), "labelLimit": 0,
    },
    "bar": {"fill": colour("joint"), "discreteBandSize": 18},
    "line": {"stroke": colour("joint"), "strokeWidth": 2},
    "point": {"fill": colour("joint"), "size": 60},
    "rule": {"stroke": colour("rule-strong")},
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
        f'patternTransform="rotate(45)"><rect width="{step}" height="{step}" fill="{colour("paper")}"/>'
        f'<rect width="{line}" height="{step}" fill="{colour(hue)}"/></pattern>'
    )
