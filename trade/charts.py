"""Charts of trade. Each comes with the table of exactly what it draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from documents import charts
from parties.formatting import number, with_precision
from parties.formatting import period as in_words
from parties.periods import Period
from parties.precision import Precision
from trade.indicators import Derived, TargetOutlook
from trade.models import PublishedFigure
from trade.queries import FiguresPage
from trade.wording import derived_text, figure_number, figure_text, unit_name


@dataclass(frozen=True)
class Row:
    """One row of the table under a chart. `address` leads to the figure where it was published."""

    name: str
    value: str
    basis: str
    address: str = ""


@dataclass(frozen=True)
class Chart:
    """A drawn chart: a title that states the finding, what it shows, and its table."""

    title: str
    subtitle: str
    svg: SafeString
    rows: Sequence[Row]


def turnover_and_target(page: FiguresPage) -> Chart | None:
    """Draw the published turnovers with the bases they imply and the target; None without a turnover."""
    values = sorted(page.turnover_values, key=lambda figure: figure.period)
    values = [figure for figure in values if figure.unit == values[0].unit]
    if not values:
        return None
    known = {figure.period for figure in values}
    implied = [
        base
        for base in page.summary.implied_bases
        if base.value is not None and base.flow == "T" and base.period not in known and base.unit == values[0].unit
    ]
    outlook = page.summary.targets[0] if page.summary.targets else None
    entries: list[tuple[Period | None, charts.Bar, Row]] = [_implied(base) for base in implied]
    entries += [_published(figure) for figure in values]
    entries.sort(key=lambda entry: entry[0] or Period.year(1900))
    if outlook:
        entries.append(_aim(outlook))
    title = _title(values[-1], outlook)
    subtitle = _subtitle(values[0])
    drawing = charts.bar_range([entry[1] for entry in entries])
    rows = [entry[2] for entry in entries]
    description = "; ".join(f"{row.name}: {row.value}" for row in rows)
    return Chart(title, subtitle, charts.svg(drawing, title=title, description=description), rows)


def _subtitle(figure: PublishedFigure) -> str:
    return _("%(reporter)s with %(partner)s, turnover, %(unit)s") % {
        "reporter": figure.reporter,
        "partner": figure.partner,
        "unit": unit_name(figure.unit),
    }


def _title(latest: PublishedFigure, outlook: TargetOutlook | None) -> str:
    if outlook is None or outlook.low.value is None or outlook.high.value is None:
        return _("Turnover of %(period)s: %(value)s") % {
            "period": in_words(latest.period),
            "value": figure_text(latest),
        }
    base = outlook.low.inputs[0]
    return _("The target: %(low)s to %(high)s times the turnover of %(period)s") % {
        "low": number(outlook.low.value / base.value),
        "high": number(outlook.high.value / base.value),
        "period": in_words(base.period),
    }


def _published(figure: PublishedFigure) -> tuple[Period, charts.Bar, Row]:
    name = in_words(figure.period)
    bar = charts.Bar(name, float(figure.value), figure_number(figure), approximate=figure.precision != Precision.EXACT)
    return figure.period, bar, Row(name, figure_text(figure), _("published"), figure.get_absolute_url())


def _implied(base: Derived) -> tuple[Period | None, charts.Bar, Row]:
    name = in_words(base.period) if base.period else ""
    label = with_precision(number(base.value or 0, 1), base.precision)
    bar = charts.Bar(name, float(base.value or 0), label, hue="plain", approximate=True)
    return base.period, bar, Row(name, derived_text(base), _("computed from the value and growth of the next period"))


def _aim(outlook: TargetOutlook) -> tuple[None, charts.Bar, Row]:
    low, high = outlook.low, outlook.high
    ends = {"low": number(low.value or 0), "high": number(high.value or 0)}
    label = with_precision(_("%(low)s to %(high)s") % ends, high.precision)
    bar = charts.Bar(_("Target"), float(low.value or 0), label, approximate=True, high=float(high.value or 0))
    text = _("%(low)s to %(high)s") % {"low": derived_text(low), "high": derived_text(high)}
    return None, bar, Row(_("Target"), text, _("computed from the base and the factors"))
