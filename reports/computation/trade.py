"""Trade in a yearly report: the published figures, and what follows from them."""

from __future__ import annotations

from collections.abc import Sequence

from parties.models import Partnership
from reports.computation.encoding import Json, both, decimal_text, derived, period_text, reference, used
from trade.indicators import Consistency, TargetOutlook
from trade.models import Commodity, Flow, PublishedFigure, StructureNote, Target
from trade.queries import TradeSummary, figures, lies_in, structure_notes, summarise, targets


def trade(partnership: Partnership, year: int) -> Json:
    """Return the figures whose period lies in the year, the newest earlier turnover, and what follows (3 queries).

    `latest_turnover` is the newest published turnover of a full year up to the year's end, with
    its growth and what that implies: the ground on which the targets stand.
    """
    published = [figure for figure in figures(partnership) if not figure.is_example]
    aims = [aim for aim in targets(partnership) if not aim.is_example]
    summary = summarise(published, aims, year)
    shown_aims = {aim.pk: aim for aim in aims}
    return {
        "figures": [_figure(figure) for figure in published if lies_in(figure.period, year)],
        "notes": [
            _note(note) for note in structure_notes(partnership) if not note.is_example and lies_in(note.period, year)
        ],
        "latest_turnover": _latest_turnover(published, year),
        **_derived(summary),
        "targets": [_target(shown_aims[outlook.target_id], outlook) for outlook in summary.targets],
    }


def is_total(figure: PublishedFigure) -> bool:
    return figure.commodity.classification == Commodity.Classification.TOTAL


def _latest_turnover(published: Sequence[PublishedFigure], year: int) -> Json | None:
    values = [
        figure
        for figure in published
        if figure.indicator == PublishedFigure.Indicator.VALUE
        and figure.flow == Flow.TURNOVER
        and is_total(figure)
        and figure.period.ends.year <= year
        and lies_in(figure.period, figure.period.ends.year)
        and figure.period.shape == "year"
    ]
    if not values:
        return None
    newest = max(values, key=lambda figure: (figure.period, -figure.pk))
    of_its_year = summarise(published, (), newest.period.ends.year)
    rates = [
        figure
        for figure in published
        if figure.indicator == PublishedFigure.Indicator.GROWTH
        and (figure.flow, figure.period, figure.commodity_id) == (newest.flow, newest.period, newest.commodity_id)
    ]
    bases = [
        base
        for base in of_its_year.implied_bases
        if any(given.role == "value" and given.figure_id == newest.pk for given in base.inputs)
    ]
    return {
        "figure": _figure(newest),
        "growth": [_figure(rate) for rate in rates],
        "implied_base": [derived(base) for base in bases],
    }


def _derived(summary: TradeSummary) -> Json:
    return {
        "growths": [derived(result) for result in summary.growths],
        "growth_indexes": [derived(result) for result in summary.growth_indexes],
        "implied_bases": [derived(result) for result in summary.implied_bases],
        "balances": [derived(result) for result in summary.balances],
        "turnovers": [derived(result) for result in summary.turnovers],
        "consistency": [_check(result) for result in summary.consistency],
    }


def _figure(row: PublishedFigure) -> Json:
    return {
        **reference(row),
        "indicator": row.indicator,
        "flow": row.flow,
        "reporter": both(row.reporter, "name"),
        "partner": both(row.partner, "name"),
        "goods": both(row.commodity, "name") | {"code": row.commodity.commodity_code, "is_total": is_total(row)},
        "period": str(row.period),
        "base_period": period_text(row.base_period),
        "value": decimal_text(row.value),
        "unit": row.unit,
        "precision": row.precision,
        "stated_by": row.stated_by,
        "note": both(row, "note"),
    }


def _note(row: StructureNote) -> Json:
    return {**reference(row), "flow": row.flow, "period": str(row.period), "text": both(row, "text")}


def _check(result: Consistency) -> Json:
    return {
        "period": str(result.period),
        "base_period": str(result.base_period),
        "is_consistent": result.is_consistent,
        "bound": None if result.bound is None else derived(result.bound),
        "inputs": [used(figure) for figure in result.inputs],
    }


_OUTLOOK = (
    "low",
    "high",
    "required_low",
    "required_high",
    "yearly_low",
    "yearly_high",
    "progress_low",
    "progress_high",
)


def _target(row: Target, outlook: TargetOutlook) -> Json:
    return {
        **reference(row),
        "flow": row.flow,
        "low_factor": decimal_text(row.low_factor),
        "high_factor": decimal_text(row.high_factor),
        "set_on": str(row.set_on),
        "due": period_text(row.due),
        "horizon": both(row, "horizon"),
        "base": _figure(row.base),
        "latest": used(outlook.latest),
        **{name: derived(getattr(outlook, name)) for name in _OUTLOOK},
    }
