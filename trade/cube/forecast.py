"""A target measured on the data: the last twelve months against the base, what is still required, where it leads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import QuerySet

from trade.cube.cells import Cube
from trade.cube.comparing import amount
from trade.cube.mirror import published_amount
from trade.cube.published import level_of_commodity
from trade.cube.series import series
from trade.indicators import TargetOutlook, amounts
from trade.indicators import outlook as published_outlook
from trade.indicators.answers import HUNDRED, ONE, PERCENT, Amount, Answer, Formula, Reason, combined
from trade.models import Commodity, Dataset, PublishedFigure, Target
from trade.selection import Selection, held, months_between, shifted

MEDIUM_TERM = (3, 6)
"""Years between which Russian strategic planning speaks of the medium term (Law 172-FZ of 28.06.2014, article 3)."""


@dataclass(frozen=True)
class Aim:
    """One end of a target's range, measured on the trailing twelve months.

    progress   (trailing − base) / (aim − base), per cent
    required   growth still required from the trailing twelve months to the aim, per cent
    yearly     the even yearly rate that reaches the aim at the horizon, per cent
    """

    aim: Amount
    progress: Answer
    required: Answer
    yearly: Answer


@dataclass(frozen=True)
class Pace:
    """The even yearly rates, per cent, from the base to both aims in so many years."""

    years: int
    low: Answer
    high: Answer


@dataclass(frozen=True)
class Forecast:
    """A target in numbers of the data. The base stays the published figure, with its precision.

    published        the same target measured on published figures
    base             the published base in US dollars or kilograms
    base_difference  what the data hold of the base period, minus the base as published
    trailing         the newest 12 months in a row; `before` the 12 before them; `growth` of one on the other
    expected         the trailing twelve months carried on at that growth to the horizon; `next_year` one year on
    paces            where the target names no date: the even yearly rates that some spans would take
    """

    target: Target
    published: TargetOutlook
    base: Amount
    base_difference: Answer
    trailing: Answer
    before: Answer
    growth: Answer
    next_year: Answer
    expected: Answer
    low: Aim
    high: Aim
    paces: tuple[Pace, ...]


def targets_of(selection: Selection) -> QuerySet[Target]:
    """Return the targets about all goods of the trade that is asked for, the first set first."""
    if selection.goods:
        return Target.objects.none()
    aims = Target.objects.filter(
        base__reporter__code=selection.reporter,
        base__partner__code=",".join(selection.partners),
        base__commodity__classification=Commodity.Classification.TOTAL,
    )
    bases = aims.select_related("base__reporter", "base__partner", "base__commodity", "partnership")
    return bases.order_by("set_on", "pk")


def outlook(
    target: Target, dataset: Dataset, published: Iterable[PublishedFigure], *, as_of: dt.datetime | None = None
) -> Forecast:
    """Return the target measured on the dataset, month by month (at most 7 queries).

    Where the data do not compare with the base (no value, not of this reporter, not monthly) the
    answers say why; what follows from published figures stands in any case.
    """
    figure: PublishedFigure = target.base
    base = _base(figure)
    cube = _months(figure, dataset, as_of) if base.reason is None else None
    months = [amount(cell, cube.selection) for cell in cube.cells] if cube else []
    trailing = amounts.trailing(months)
    before = amounts.trailing(_before(months, trailing))
    growth = _growth(trailing, before)
    return Forecast(
        target=target,
        published=published_outlook(target, published),
        base=base,
        base_difference=amounts.difference(_in_base_period(months, base), base),
        trailing=trailing,
        before=before,
        growth=growth,
        next_year=amounts.carried_on(trailing, growth, ONE),
        expected=_expected(target, trailing, growth),
        low=_aim(target, base, trailing, target.low_factor),
        high=_aim(target, base, trailing, target.high_factor),
        paces=_paces(target, base),
    )


def _base(figure: PublishedFigure) -> Amount:
    if figure.indicator != PublishedFigure.Indicator.VALUE:
        about = str(figure.reporter.code), str(figure.partner.code), figure.flow, figure.commodity.commodity_code
        return Amount(None, figure.unit, figure.period, about, reason=Reason.NOT_COMPARABLE)
    base = published_amount(figure)
    months = base.period and base.period.a_year_before() and months_between(base.period.starts, base.period.ends)
    if not months or len(months) != 12:  # twelve months compare with a year only
        return replace(base, reason=Reason.OTHER_MONTHS)
    return base


def _months(figure: PublishedFigure, dataset: Dataset, as_of: dt.datetime | None) -> Cube | None:
    """Return the months of the same trade, from the base period to the newest; None where there are none."""
    reporter = str(figure.reporter.code)
    newest = max((one.last for one in held([dataset], [reporter], as_of) if one.months == 1), default=None)
    if newest is None:
        return None
    level = level_of_commodity(figure.commodity)
    first = min(figure.period.starts.replace(day=1), shifted(newest, -23))
    return series(
        Selection(
            dataset,
            reporter,
            (str(figure.partner.code),),
            flow=figure.flow,
            by=() if level == "total" else ("goods",),
            level=level,
            goods=() if level == "total" else (figure.commodity.commodity_code,),
            first=first,
            last=newest,
            measure="net_kg" if figure.unit == PublishedFigure.Unit.TONNE else "value",
            unit="KG" if figure.unit == PublishedFigure.Unit.TONNE else "USD",
            as_of=as_of,
        )
    )


def _before(months: list[Amount], trailing: Answer) -> list[Amount]:
    """Return the months up to a year before the end of the trailing twelve, at most twelve."""
    if trailing.numerator is None or trailing.numerator.period is None:
        return []
    starts = trailing.numerator.period.starts
    return [month for month in months if month.period and month.period.ends < starts][-12:]


def _growth(trailing: Answer, before: Answer) -> Answer:
    if trailing.numerator is None or before.numerator is None:
        reason = trailing.reason or before.reason
        return Answer(Formula.GROWTH, None, PERCENT, trailing.numerator, before.numerator, reason=reason)
    return amounts.growth(trailing.numerator, before.numerator)


def _in_base_period(months: list[Amount], base: Amount) -> Amount:
    """Return what the data hold of the base period."""
    if base.period is None or not months:
        return replace(base, value=None, dataset="", reason=base.reason or Reason.NOT_LOADED)
    inside = [
        month for month in months if month.period and base.period.starts <= month.period.starts <= base.period.ends
    ]
    if len(inside) < 12 or any(month.value is None for month in inside):  # a base is one of twelve months
        return replace(months[0], value=None, period=base.period, reason=Reason.MONTHS_MISSING)
    total = sum((month.value for month in inside if month.value is not None), Decimal(0))
    releases = tuple(sorted({release for month in inside for release in month.releases}))
    return replace(inside[0], value=total, period=base.period, releases=releases)


def _years_left(target: Target, trailing: Answer) -> Decimal | Reason:
    """Return the years from the end of the trailing twelve months to the end of the horizon."""
    if target.due is None or target.due.last is None:
        return Reason.NO_DUE_DATE
    if trailing.numerator is None or trailing.numerator.period is None:
        return trailing.reason or Reason.NOT_LOADED
    end = trailing.numerator.period.ends
    months = (target.due.last.year - end.year) * 12 + target.due.last.month - end.month
    return Decimal(months) / 12 if months > 0 else Reason.DUE_BEFORE_BASE


def _expected(target: Target, trailing: Answer, growth: Answer) -> Answer:
    years = _years_left(target, trailing)
    if isinstance(years, Reason):
        return Answer(
            Formula.FORECAST,
            None,
            trailing.unit,
            trailing.numerator,
            growth.denominator,
            reason=trailing.reason or years,
        )
    return amounts.carried_on(trailing, growth, years)


def _paces(target: Target, base: Amount) -> tuple[Pace, ...]:
    if target.due is not None or base.value is None:
        return ()
    return tuple(
        Pace(
            years,
            amounts.even_rate(Formula.YEARLY_RATE_LOW, target.low_factor, years, base),
            amounts.even_rate(Formula.YEARLY_RATE_HIGH, target.high_factor, years, base),
        )
        for years in MEDIUM_TERM
    )


def _aim(target: Target, base: Amount, trailing: Answer, factor: Decimal) -> Aim:
    aim = replace(base, value=None if base.value is None else base.value * factor, period=target.due)
    is_low = factor == target.low_factor
    progress = Formula.PROGRESS_LOW if is_low else Formula.PROGRESS_HIGH
    required = Formula.REQUIRED_GROWTH_LOW if is_low else Formula.REQUIRED_GROWTH_HIGH
    yearly = Formula.YEARLY_RATE_LOW if is_low else Formula.YEARLY_RATE_HIGH
    now = trailing.numerator
    reason = base.reason or trailing.reason or _not_after(base, now)
    if reason or now is None or now.value is None or base.value is None or aim.value is None:
        nothing = [Answer(one, None, PERCENT, now, base, reason=reason) for one in (progress, required, yearly)]
        return Aim(aim, *nothing)
    return Aim(
        aim,
        _progress(progress, now, base, factor),
        _required(required, now, aim),
        _yearly(yearly, now, aim, _years_left(target, trailing)),
    )


def _not_after(base: Amount, now: Amount | None) -> Reason | None:
    """Return the reason why months that end before or with the base tell nothing of the way from it."""
    if now is None or now.period is None or base.period is None or now.period.ends > base.period.ends:
        return None
    return Reason.NOT_AFTER_BASE


def _progress(formula: Formula, now: Amount, base: Amount, factor: Decimal) -> Answer:
    value, start = now.value or Decimal(0), base.value or Decimal(0)
    reason = Reason.FACTOR_IS_ONE if factor == ONE else Reason.BASE_IS_ZERO if start == 0 else None
    if reason:
        return Answer(formula, None, PERCENT, now, base, reason=reason)
    raising, lowering = ([now.precision], [base.precision]) if factor > ONE else ([base.precision], [now.precision])
    share = (value - start) / ((factor - ONE) * start) * HUNDRED
    return Answer(formula, share, PERCENT, now, base, combined(raising, lowering))


def _required(formula: Formula, now: Amount, aim: Amount) -> Answer:
    if not now.value or aim.value is None:
        return Answer(formula, None, PERCENT, aim, now, reason=Reason.BASE_IS_ZERO)
    rate = (aim.value / now.value - ONE) * HUNDRED
    return Answer(formula, rate, PERCENT, aim, now, combined([aim.precision], [now.precision]))


def _yearly(formula: Formula, now: Amount, aim: Amount, years: Decimal | Reason) -> Answer:
    if isinstance(years, Reason):
        return Answer(formula, None, PERCENT, aim, now, reason=years)
    if not now.value or not aim.value:
        return Answer(formula, None, PERCENT, aim, now, reason=Reason.BASE_IS_ZERO)
    rate = ((aim.value / now.value) ** (ONE / years) - ONE) * HUNDRED
    return Answer(formula, rate, PERCENT, aim, now, combined([aim.precision], [now.precision]))
