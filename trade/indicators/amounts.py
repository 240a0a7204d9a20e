"""Formulas on amounts of the trade data. The formulas themselves stand in `trade.indicators`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from parties.periods import DAY, Period
from parties.precision import Precision
from trade.indicators.answers import HUNDRED, ONE, PERCENT, RATIO, Amount, Answer, Formula, Note, Reason, combined

TWO, ZERO = Decimal(2), Decimal(0)


def _nothing(
    formula: Formula, unit: str, reason: Reason, numerator: Amount | None, denominator: Amount | None
) -> Answer:
    return Answer(formula, None, unit, numerator, denominator, reason=reason)


def _obstacle(one: Amount, other: Amount, *, same_months: bool = False) -> Reason | None:
    """Return why two amounts of one dataset cannot be taken together."""
    if one.dataset != other.dataset:
        return Reason.OTHER_DATASET
    if one.as_of != other.as_of:
        return Reason.OTHER_VINTAGE
    if one.unit != other.unit:
        return Reason.OTHER_UNIT
    if same_months and _months_of_year(one.period) != _months_of_year(other.period):
        return Reason.OTHER_MONTHS
    return one.reason or other.reason or (Reason.NO_VALUE if one.value is None or other.value is None else None)


def _months_of_year(period: Period | None) -> tuple[int, int] | None:
    """Return first month and number of months; None where the period is not whole months."""
    if period is None or period.first is None or period.last is None or period.first.day != 1:
        return None
    if (period.last + DAY).day != 1:
        return None
    return period.first.month, (period.last.year - period.first.year) * 12 + period.last.month - period.first.month + 1


def _values(numerator: Amount, denominator: Amount) -> tuple[Decimal, Decimal]:
    return numerator.value or ZERO, denominator.value or ZERO


def _of_flows(formula: Formula, unit: str, export: Amount, imports: Amount) -> Answer:
    reason = _obstacle(export, imports)
    if reason is None and export.period != imports.period:
        reason = Reason.OTHER_MONTHS
    if reason:
        return _nothing(formula, unit, reason, export, imports)
    ours, theirs = _values(export, imports)
    raised = combined([export.precision, imports.precision])
    lowered = combined([export.precision], [imports.precision])
    if formula is Formula.TURNOVER:
        return Answer(formula, ours + theirs, unit, export, imports, raised)
    if formula is Formula.BALANCE:
        return Answer(formula, ours - theirs, unit, export, imports, lowered)
    below = theirs if formula is Formula.COVERAGE else ours + theirs
    if below == 0:
        return _nothing(formula, unit, Reason.BASE_IS_ZERO, export, imports)
    if formula is Formula.COVERAGE:
        return Answer(formula, ours / theirs * HUNDRED, unit, export, imports, lowered)
    return Answer(formula, (ours - theirs) / below, unit, export, imports, lowered)


def turnover(export: Amount, imports: Amount) -> Answer:
    """Return export plus import."""
    return _of_flows(Formula.TURNOVER, export.unit, export, imports)


def balance(export: Amount, imports: Amount) -> Answer:
    """Return export minus import."""
    return _of_flows(Formula.BALANCE, export.unit, export, imports)


def coverage(export: Amount, imports: Amount) -> Answer:
    """Return export in per cent of import."""
    return _of_flows(Formula.COVERAGE, PERCENT, export, imports)


def relative_balance(export: Amount, imports: Amount) -> Answer:
    """Return the balance as a part of the turnover, −1 to 1."""
    return _of_flows(Formula.RELATIVE_BALANCE, RATIO, export, imports)


def growth(value: Amount, base: Amount) -> Answer:
    """Return the growth in per cent (+22) between the same months of two years, like vintages, one dataset.

    Of goods coded by other editions of the classification then and now it is noted: a code may have changed its sense.
    So is a group of countries with other members.
    """
    reason = _obstacle(value, base, same_months=True)
    if reason is None and value.about != base.about:
        reason = Reason.OTHER_FLOW
    now, before = _values(value, base)
    if reason is None and before <= 0:  # from a negative balance, more would show as a fall
        reason = Reason.SIGNS_DIFFER if before else Reason.BASE_IS_ZERO
    if reason:
        return _nothing(Formula.GROWTH, PERCENT, reason, value, base)
    precision = combined([value.precision], [base.precision])
    note = _note(value, base)
    return Answer(Formula.GROWTH, (now / before - ONE) * HUNDRED, PERCENT, value, base, precision, note=note)


def _note(value: Amount, base: Amount) -> Note | None:
    if value.editions != base.editions:
        return Note.EDITIONS_DIFFER
    return Note.MEMBERS_DIFFER if value.members != base.members else None


def index(answer: Answer) -> Answer:
    """Return a growth in index form: +22 % as 122 %."""
    value = None if answer.value is None else answer.value + HUNDRED
    return replace(answer, formula=Formula.INDEX, value=value)


def contributions(parts: Mapping[str, tuple[Amount, Amount]], whole: tuple[Amount, Amount]) -> dict[str, Answer]:
    """Return for each part what it adds to the growth of the whole, in percentage points of the whole's base.

    Each part is (value, base). Over all parts that make up the whole the answers add up to its growth.
    """
    of_whole = growth(*whole)
    base = whole[1]
    answers = {}
    for code, (value, before) in parts.items():
        reason = of_whole.reason or _obstacle(value, before, same_months=True)
        if reason:
            answers[code] = _nothing(Formula.CONTRIBUTION, PERCENT, reason, value, base)
            continue
        now, then = _values(value, before)
        change = replace(value, value=now - then, releases=tuple(sorted({*value.releases, *before.releases})))
        points = (now - then) / (base.value or ONE) * HUNDRED
        note = _note(value, before)
        answers[code] = Answer(Formula.CONTRIBUTION, points, PERCENT, change, base, note=note)
    return answers


def share(part: Amount, whole: Amount, hidden: Decimal = ZERO) -> Answer:
    """Return the share of a part in per cent of the whole, with bounds where some of the whole is hidden."""
    reason = _obstacle(part, whole)
    if reason is None and whole.value == 0:
        reason = Reason.BASE_IS_ZERO
    if reason:
        return _nothing(Formula.SHARE, PERCENT, reason, part, whole)
    value, total = _values(part, whole)
    low, high = value / total * HUNDRED, min(value + hidden, total) / total * HUNDRED
    precision = combined([part.precision], [whole.precision])
    return Answer(Formula.SHARE, low, PERCENT, part, whole, precision, low=low, high=max(low, high))


def concentration(values: Iterable[Decimal], whole: Amount, hidden: Decimal = ZERO) -> Answer:
    """Return the Herfindahl–Hirschman index of the classes (parts of one), bounds for what is hidden.

    The least there can be is the hidden part scattered over countless classes, the most is all of it
    in the largest class. The value counts what is known only.
    """
    known = sorted((value for value in values if value > 0), reverse=True)
    reason = whole.reason or (Reason.BASE_IS_ZERO if not whole.value else None)
    if reason or whole.value is None:
        return _nothing(Formula.CONCENTRATION, RATIO, reason or Reason.NO_VALUE, None, whole)
    below = whole.value**2
    squares = sum((value**2 for value in known), ZERO)
    most = squares + (2 * (known[0] if known else ZERO) * hidden + hidden**2)
    numerator = replace(whole, value=squares, unit=f"{whole.unit}2")
    denominator = replace(whole, value=below, unit=f"{whole.unit}2")
    index_ = squares / below
    return Answer(
        Formula.CONCENTRATION,
        index_,
        RATIO,
        numerator,
        denominator,
        low=index_,
        high=max(index_, min(most / below, ONE)),
    )


def normalised_concentration(answer: Answer, classes: int) -> Answer:
    """Return the index freed from the number of classes: 0 all equal, 1 a single one.

    Where much is hidden, the known classes may have less than their least index; that counts as 0 too.
    """
    formula = Formula.NORMALISED_CONCENTRATION
    if answer.value is None:
        return replace(answer, formula=formula)
    if classes < 2:
        return _nothing(formula, RATIO, Reason.ONE_CLASS, answer.numerator, answer.denominator)
    least = ONE / classes

    def freed(value: Decimal | None) -> Decimal | None:
        return None if value is None else max((value - least) / (ONE - least), ZERO)

    return replace(answer, formula=formula, value=freed(answer.value), low=freed(answer.low), high=freed(answer.high))


def advantage(part: Amount, whole: Amount, reference_part: Amount, reference_whole: Amount) -> Answer:
    """Return the revealed comparative advantage: our share of goods over that of the named reference."""
    ours, theirs = share(part, whole), share(reference_part, reference_whole)
    missing = Reason.NO_REFERENCE if theirs.reason is Reason.NOT_LOADED else theirs.reason
    reason = ours.reason or missing or (Reason.BASE_IS_ZERO if theirs.value == 0 else None)
    numerator = replace(part, value=ours.value, unit=PERCENT, releases=ours.releases)
    denominator = replace(reference_part, value=theirs.value, unit=PERCENT, releases=theirs.releases)
    if reason or ours.value is None or theirs.value is None:
        return _nothing(Formula.ADVANTAGE, RATIO, reason or Reason.NO_VALUE, numerator, denominator)
    return Answer(Formula.ADVANTAGE, ours.value / theirs.value, RATIO, numerator, denominator)


def symmetric_advantage(answer: Answer) -> Answer:
    """Return the advantage between −1 and 1, 0 where the shares are equal."""
    value = None if answer.value is None else (answer.value - ONE) / (answer.value + ONE)
    return replace(answer, formula=Formula.SYMMETRIC_ADVANTAGE, value=value)


def unit_value(value: Amount, quantity: Amount) -> Answer:
    """Return money per kilogram or per unit of one code of HS / TN VED: a mean over several goods is no price."""
    unit = f"{value.unit}/{quantity.unit}"
    reason = value.reason or quantity.reason
    if reason is None and not (value.about and value.about[-1].isdigit()):
        reason = Reason.SEVERAL_GOODS
    if reason is None and (value.dataset, value.as_of) != (quantity.dataset, quantity.as_of):
        reason = Reason.OTHER_DATASET if value.dataset != quantity.dataset else Reason.OTHER_VINTAGE
    if reason is None and (value.about != quantity.about or value.period != quantity.period):
        reason = Reason.OTHER_FLOW
    if reason is None and (value.value is None or quantity.value is None):
        reason = Reason.NO_VALUE
    if reason is None and quantity.value == 0:
        reason = Reason.BASE_IS_ZERO
    if reason:
        return _nothing(Formula.UNIT_VALUE, unit, reason, value, quantity)
    money, amount = _values(value, quantity)
    return Answer(Formula.UNIT_VALUE, money / amount, unit, value, quantity)


def yearly_rate(last: Amount, first: Amount, years: int) -> Answer:
    """Return the even yearly growth in per cent that leads from the first to the last value in so many years."""
    reason = _obstacle(last, first, same_months=True)
    now, then = _values(last, first)
    if reason is None and years <= 0:
        reason = Reason.OTHER_MONTHS
    if reason is None and (now <= 0 or then <= 0):
        reason = Reason.SIGNS_DIFFER
    if reason:
        return _nothing(Formula.YEARLY_RATE, PERCENT, reason, last, first)
    rate = ((now / then) ** (ONE / Decimal(years)) - ONE) * HUNDRED
    return Answer(Formula.YEARLY_RATE, rate, PERCENT, last, first, combined([last.precision], [first.precision]))


def even_rate(formula: Formula, factor: Decimal, years: int, base: Amount) -> Answer:
    """Return the even yearly growth in per cent that multiplies the base by a factor in so many years."""
    aim = replace(base, value=None if base.value is None else base.value * factor, period=None)
    rate = (factor ** (ONE / Decimal(years)) - ONE) * HUNDRED
    return Answer(formula, rate, PERCENT, aim, base)


def carried_on(trailing: Answer, growth: Answer, years: Decimal) -> Answer:
    """Return what the trailing twelve months become in so many years at this growth: a forecast, at best "about"."""
    now, rate = trailing.numerator, growth.value
    reason = trailing.reason or growth.reason
    if reason is None and rate is not None and rate <= -HUNDRED:
        reason = Reason.SIGNS_DIFFER
    if reason or now is None or now.value is None or rate is None:
        return _nothing(Formula.FORECAST, trailing.unit, reason or Reason.NO_VALUE, now, growth.denominator)
    value = now.value * (ONE + rate / HUNDRED) ** years
    return Answer(Formula.FORECAST, value, now.unit, now, growth.denominator, Precision.ABOUT)


@dataclass(frozen=True, slots=True)
class MirrorGap:
    """One flow of goods as its importer and its exporter count it: the difference in three forms."""

    absolute: Answer
    symmetric: Answer
    ratio: Answer


def mirror_gap(importer: Amount, exporter: Amount) -> MirrorGap:
    """Return the importer's figure against the exporter's. The datasets differ, which is the point of it."""
    reason = importer.reason or exporter.reason
    if reason is None and (importer.value is None or exporter.value is None):
        reason = Reason.NO_VALUE
    if reason is None and importer.unit != exporter.unit:
        reason = Reason.OTHER_UNIT
    if reason is None and importer.period != exporter.period:
        reason = Reason.OTHER_MONTHS
    theirs, ours = _values(importer, exporter)
    forms = {
        Formula.GAP: (importer.unit, theirs - ours, ONE),
        Formula.SYMMETRIC_GAP: (RATIO, TWO * (theirs - ours), theirs + ours),
        Formula.GAP_RATIO: (RATIO, theirs, ours),
    }
    precision = combined([importer.precision], [exporter.precision])
    answers = []
    for formula, (unit, above, below) in forms.items():
        why = reason or (Reason.BASE_IS_ZERO if below == 0 else None)
        value = None if why else above / below
        answers.append(Answer(formula, value, unit, importer, exporter, precision, why))
    return MirrorGap(*answers)


def difference(detail: Amount, published: Amount) -> Answer:
    """Return the sum of the detail minus the published figure of the same period."""
    reason = detail.reason or published.reason
    if reason is None and (detail.value is None or published.value is None):
        reason = Reason.NO_VALUE
    if reason is None and detail.unit != published.unit:
        reason = Reason.OTHER_UNIT
    if reason:
        return _nothing(Formula.DIFFERENCE, detail.unit, reason, detail, published)
    ours, theirs = _values(detail, published)
    precision = combined([detail.precision], [published.precision])
    return Answer(Formula.DIFFERENCE, ours - theirs, detail.unit, detail, published, precision)


def trailing(months: Sequence[Amount]) -> Answer:
    """Return the sum of the newest 12 months in a row that are all known; `months` are consecutive, oldest first."""
    for end in range(len(months), 11, -1):
        window = months[end - 12 : end]
        if all(month.value is not None for month in window) and window[0].period and window[-1].period:
            releases = tuple(sorted({release for month in window for release in month.releases}))
            period = Period(window[0].period.first, window[-1].period.last)
            total = sum((month.value or ZERO for month in window), ZERO)
            amount = replace(window[-1], value=total, period=period, releases=releases)
            return Answer(Formula.TRAILING, total, amount.unit, amount, None)
    unit = months[-1].unit if months else ""
    return _nothing(Formula.TRAILING, unit, Reason.MONTHS_MISSING if months else Reason.NOT_LOADED, None, None)


@dataclass(frozen=True, slots=True)
class Place:
    """A place among others by competition rank: `tied` where others share it, `of` how many are ranked."""

    rank: int
    of: int
    tied: bool


def places(values: Mapping[str, Decimal]) -> dict[str, Place]:
    """Return the places of all with more than nothing, the largest first; equals share the better place ("1224")."""
    ordered = sorted((value for value in values.values() if value > 0), reverse=True)
    first = {value: number for number, value in reversed(list(enumerate(ordered, start=1)))}
    return {
        code: Place(first[value], len(ordered), ordered.count(value) > 1) for code, value in values.items() if value > 0
    }
