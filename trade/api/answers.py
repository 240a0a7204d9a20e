"""Answers of the cube as JSON: every figure with its unit, its parts, the releases behind it, the reason if null."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from parties.periods import Period
from trade import cube
from trade.api.meta import selection_meta
from trade.indicators import Amount, Answer
from trade.models import Dataset
from trade.selection import Selection


@dataclass(frozen=True)
class Subject:
    """What an indicator is about."""

    period: Period
    partner: str
    flow: str
    goods: str

    @classmethod
    def of(cls, cell: cube.Cell) -> Subject:
        return cls(cell.period, cell.partner, cell.flow, cell.goods)


def number(value: Decimal | None) -> str | None:
    """Return a decimal as text, without an exponent and without zeros that say nothing."""
    if value is None:
        return None
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def amount(one: Amount | None) -> dict[str, Any] | None:
    """Return an amount as a formula took it."""
    if one is None:
        return None
    return {
        "value": number(one.value),
        "unit": one.unit,
        "period": str(one.period) if one.period else None,
        "about": list(one.about),
        "dataset": one.dataset or None,
        "precision": str(one.precision),
        "releases": list(one.releases),
        "reason": one.reason and str(one.reason),
    }


def answer(one: Answer) -> dict[str, Any]:
    """Return a computed number with its parts."""
    return {
        "indicator": str(one.formula),
        "value": number(one.value),
        "unit": one.unit,
        "low": number(one.low),
        "high": number(one.high),
        "precision": str(one.precision),
        "numerator": amount(one.numerator),
        "denominator": amount(one.denominator),
        "releases": list(one.releases),
        "reason": one.reason and str(one.reason),
        "note": one.note and str(one.note),
    }


def found(selection: Selection, results: Iterable[tuple[Subject, Answer]]) -> dict[str, Any]:
    """Return indicators with what each is about."""
    rows = [
        {
            "period": str(about.period),
            "partner": about.partner or None,
            "flow": about.flow,
            "goods": about.goods or None,
            **answer(one),
        }
        for about, one in results
    ]
    releases = sorted({release for row in rows for release in row["releases"]})
    return {"meta": selection_meta(selection, None, releases), "data": rows}


def ranked(one: cube.Ranked, selection: Selection) -> dict[str, Any]:
    """Return the place of a partner."""
    value = None if one.value is None else one.value / selection.divisor
    return {
        "period": str(one.period),
        "flow": one.flow,
        "partner": one.partner,
        "value": number(value),
        "rank": one.place and one.place.rank,
        "of": one.place and one.place.of,
        "tied": one.place and one.place.tied,
        "releases": list(one.releases),
        "reason": one.reason and str(one.reason),
    }


def structured(one: cube.Structure) -> dict[str, Any]:
    """Return parts with their shares, and the concentration."""
    releases = sorted({*one.whole.releases, *(release for part in one.parts for release in part.cell.releases)})
    return {
        "meta": selection_meta(one.selection, None, releases, one.incomplete),
        "period": str(one.period),
        "whole": amount(one.whole),
        "hidden": number(one.hidden),
        "concentration": [answer(one.concentration), answer(one.normalised)],
        "data": [
            {
                "code": part.code,
                "value": number(None if part.cell.value is None else part.cell.value / one.selection.divisor),
                "is_hidden": part.is_hidden,
                "lines": part.cell.lines,
                "share": answer(part.share),
            }
            for part in one.parts
        ],
    }


def outlook(one: cube.Forecast, dataset: Dataset) -> dict[str, Any]:
    """Return a target measured on the data."""
    return {
        "dataset": str(dataset.code),
        "is_example": dataset.is_example,
        "base": amount(one.base),
        "base_difference": answer(one.base_difference),
        "trailing": answer(one.trailing),
        "before": answer(one.before),
        "growth": answer(one.growth),
        "next_year": answer(one.next_year),
        "forecast": answer(one.expected),
        "low": _aim(one.low),
        "high": _aim(one.high),
        "paces": [{"years": pace.years, "low": answer(pace.low), "high": answer(pace.high)} for pace in one.paces],
    }


def _aim(one: cube.Aim) -> dict[str, Any]:
    return {
        "aim": amount(one.aim),
        "progress": answer(one.progress),
        "required": answer(one.required),
        "yearly": answer(one.yearly),
    }


def mirrored(one: cube.Mirror) -> dict[str, Any]:
    """Return both sides' figures, with the gap in three forms and its possible causes."""
    ours = one.ours
    sides = [
        {
            "dataset": side.selection.dataset.code,
            "is_example": side.selection.dataset.is_example,
            "reporter": side.selection.reporter,
            "flow": side.selection.flow,
            "explanations": _explanations(side.explanations),
            "data": [_mirror_row(row) for row in side.rows],
        }
        for side in one.sides
    ]
    return {
        "meta": selection_meta(ours.selection, ours.vintage, ours.releases, ours.incomplete),
        "sides": sides,
        "published": {
            "explanations": _explanations(one.explanations),
            "data": [_mirror_row(row) for row in one.published],
        },
    }


def _mirror_row(row: cube.MirrorRow) -> dict[str, Any]:
    return {
        "period": str(row.period),
        "goods": row.goods,
        "ours": amount(row.ours),
        "theirs": amount(row.theirs),
        "figure": row.figure and row.figure.pk,
        "gap": answer(row.gap.absolute),
        "gap_symmetric": answer(row.gap.symmetric),
        "ratio": answer(row.gap.ratio),
    }


def _explanations(found: Iterable[cube.Explanation]) -> list[dict[str, Any]]:
    return [{"cause": str(one.cause.value), "text": str(one.cause.label), "is_known": one.is_known} for one in found]


def gaps_in_words(incomplete: Iterable[cube.Gap]) -> dict[str, str]:
    """Return what is not loaded in full, for the sheet that describes the data."""
    words = "; ".join(f"{gap.flow} {gap.period}: {gap.months_present}/{gap.months_expected}" for gap in incomplete)
    return {_("months loaded of those expected"): words or _("all months are loaded")}
