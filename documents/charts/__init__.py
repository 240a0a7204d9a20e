"""Charts: a Vega-Lite specification becomes an inline SVG that follows the page's colours.

    drawing = bar_range([Bar("2023", 470, "≈ 470", approximate=True), …])
    svg(drawing, title="…", description="…")   → markup for `_components/chart.html`
    paper_svg(drawing), png(drawing)           → the same chart for PDF and DOCX
    paper_svg(drawing, caption), png(…)        → … as a file that says by itself what it shows

Colours are written as CSS variables (`var(--chart-home)`), so one cached SVG serves the light
and the dark theme; the paper formats get the fixed values of `PAPER`. Nothing in the SVG needs
an inline style. Labels stand beside what they name: no legends, no value axes.

The builders return a `Drawing` with a wide and a narrow form, so that labels keep their
size on a phone; CSS shows the one that fits.

Fork trap: vl-convert hangs for ever in a forked child once its parent has used it. It is
therefore imported and used inside functions only, and must not be called before a worker forks.
"""

from documents.charts.drawings import Bar, Drawing, Hue, Spec, bar_range
from documents.charts.rendering import PAPER, Caption, paper_svg, png, svg
from documents.charts.series import MOST_SERIES, Keys, Panel, Path, Point, compared_columns, panels, places
from documents.charts.timelines import Event, timeline

__all__ = [
    "MOST_SERIES",
    "PAPER",
    "Bar",
    "Caption",
    "Drawing",
    "Event",
    "Hue",
    "Keys",
    "Panel",
    "Path",
    "Point",
    "Spec",
    "bar_range",
    "compared_columns",
    "panels",
    "paper_svg",
    "places",
    "png",
    "svg",
    "timeline",
]
