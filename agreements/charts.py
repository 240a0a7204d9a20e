"""The chart of an indicator: what was reached each year, with the mark of that year's target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from documents import charts
from parties.formatting import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agreements.models import Indicator, IndicatorValue


def indicator_chart(indicator: Indicator, values: Sequence[IndicatorValue]) -> SafeString | None:
    """Draw the yearly values; None where nothing was reached yet, so that there would be nothing to see."""
    if all(value.actual is None for value in values):
        return None
    points = [
        charts.Point(
            name=str(value.year),
            group="",
            value=None if value.actual is None else float(value.actual),
            label="" if value.actual is None else number(value.actual),
            before=None if value.target is None else float(value.target),
        )
        for value in values
    ]
    keys = charts.Keys(before=_("target"), provisional="", partial="", missing=_("no data"))
    drawing = charts.compared_columns(points, keys=keys, tick=number, hue="joint")
    said = "; ".join(f"{point.name}: {point.label or _('no data')}" for point in points)
    return charts.svg(drawing, title=str(indicator.name), description=said)
