"""Writes about deadlines: once stored, one is moved by a decision, or corrected where it was entered wrongly."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements.models import DeadlineCorrection, Measure, Postponement, Recurrence
from agreements.operations.plans import PLACE, check_deadline, check_measure, keep_years
from parties.formatting import day as in_words
from parties.formatting import period as period_in_words
from parties.models import User
from parties.periods import Period
from parties.writing import check_seen, save_seen


@dataclass(frozen=True)
class Moved:
    """Why deadlines differ from those that are stored: a decision moved them."""

    reason: str
    agreed_by: str
    decided_on: dt.date


@dataclass(frozen=True)
class Corrected:
    """Why deadlines differ from those that are stored: these were entered wrongly."""

    reason: str


@dataclass(frozen=True)
class Reasons:
    """Why deadlines of a file differ: for the usual reason, those of `excepted` (numbers of measures) for the other."""

    usual: Moved | Corrected
    other: Moved | Corrected | None = None
    excepted: frozenset[str] = frozenset()

    def of(self, measure: Measure) -> Moved | Corrected:
        return self.other if self.other and measure.number in self.excepted else self.usual


@dataclass(frozen=True)
class NewDeadline:
    """Another deadline of a stored measure, which still holds its old one."""

    measure: Measure
    period: Period | None
    recurrence: str


@transaction.atomic
def postpone(*, by: User, postponement: Postponement, seen: int | None) -> Postponement:
    """Move the deadline of a measure that the writer saw at version `seen`; the old one stays readable."""
    measure = postponement.measure
    check_seen(measure, seen)
    measure.refresh_from_db()
    last = measure.postponements.order_by("decided_on", "pk").last()
    _move(postponement, last).save()
    measure.deadline = postponement.moved_to
    measure.save()
    measure.refresh_from_db(fields=["version", "updated_at"])
    return postponement


def _move(postponement: Postponement, last: Postponement | None) -> Postponement:
    """Complete the postponement of a measure whose last one is given; raise `ValidationError` if it cannot be."""
    measure, day = postponement.measure, postponement.decided_on
    if measure.deadline is None or measure.recurrence != Recurrence.ONCE:
        raise ValidationError(_("Only a measure with a deadline of its own can be postponed."))
    if measure.done_on or measure.dropped_by:
        raise ValidationError(_("The measure is done or dropped: there is nothing to postpone."))
    if postponement.moved_to.last is None:
        raise ValidationError({"moved_to": _("Write until when: a deadline has a last day.")})
    if postponement.moved_to == measure.deadline:
        raise ValidationError({"moved_to": _("This is the deadline already.")})
    begins = measure.plan.period.starts
    if postponement.moved_to.ends < begins:
        text = _("This lies before the plan, which begins on %(day)s.")
        raise ValidationError({"moved_to": ValidationError(text, params={"day": in_words(begins)})})
    if day > timezone.localdate():
        raise ValidationError({"decided_on": _("The day lies in the future.")})
    signed = measure.plan.agreement.concluded
    if signed is not None and day < signed.starts:
        text = _(
            "No decision about the plan is older than the agreement (%(period)s). Write a day of that time, or later."
        )
        raise ValidationError({"decided_on": ValidationError(text, params={"period": period_in_words(signed)})})
    if last is not None and day < last.decided_on:
        text = _("The deadline was moved on %(day)s already. A later postponement is decided on that day or after it.")
        raise ValidationError({"decided_on": ValidationError(text, params={"day": in_words(last.decided_on)})})
    postponement.moved_from = measure.deadline
    postponement.is_example = measure.is_example
    return postponement


@transaction.atomic
def correct_deadline(*, by: User, measure: Measure, seen: int | None, reason: str) -> Measure:
    """Put the deadline of a measure right that was entered wrongly. `measure` holds the right one.

    The wrong one is kept with the reason. It is no postponement: the right one counts for all days before, too.
    """
    stored = check_seen(measure, seen)
    right = NewDeadline(stored, measure.deadline, measure.recurrence)
    check_measure(measure)
    _correct(right, reason, by, was_moved=stored.postponements.exists()).save()
    save_seen(measure, seen=seen, uncounted=PLACE)
    keep_years(measure)
    return measure


def _correct(right: NewDeadline, reason: str, by: User, *, was_moved: bool) -> DeadlineCorrection:
    """Return what keeps the wrong deadline; raise `ValidationError` if the other one cannot be the right one."""
    measure = right.measure
    if (right.period, right.recurrence) == (measure.deadline, measure.recurrence):
        raise ValidationError({"deadline": _("This is the deadline already.")})
    if not reason.strip():
        raise ValidationError({"reason": _("Write why.")})
    check_deadline(right.period, measure.plan, was_moved=was_moved)
    return DeadlineCorrection(
        measure=measure,
        was=measure.deadline,
        was_recurrence=measure.recurrence,
        becomes=right.period,
        becomes_recurrence=right.recurrence,
        reason=reason,
        author=by,
        is_example=measure.is_example,
    )


def keep_reasons(*, by: User, changes: Sequence[NewDeadline], reasons: Reasons) -> None:
    """Keep for many measures, which the caller has locked and changes, why their deadlines become others.

    The number of queries does not grow with the measures. A `ValidationError` names each measure that refuses.
    """
    newest = Postponement.objects.filter(measure__in=[one.measure for one in changes])
    last = {row.measure_id: row for row in newest.order_by("decided_on", "pk")}
    moves: list[Postponement] = []
    corrections: list[DeadlineCorrection] = []
    refusals: list[str] = []
    for one in changes:
        why = reasons.of(one.measure)
        try:
            if isinstance(why, Corrected):
                corrections.append(_correct(one, why.reason, by, was_moved=one.measure.pk in last))
            else:
                moves.append(_move(_postponement(one, why), last.get(one.measure.pk)))
        except ValidationError as error:
            number = _("measure %(number)s") % {"number": one.measure.number}
            refusals += [f"{number}: {text}" for text in error.messages]
    if refusals:
        raise ValidationError({"deadlines": refusals})
    Postponement.objects.bulk_create(moves)
    DeadlineCorrection.objects.bulk_create(corrections)


def _postponement(change: NewDeadline, why: Moved) -> Postponement:
    if change.period is None or change.recurrence != Recurrence.ONCE:
        raise ValidationError(_("A decision moves a deadline to another one. What recurs is corrected."))
    return Postponement(
        measure=change.measure,
        moved_to=change.period,
        reason=why.reason,
        agreed_by=why.agreed_by,
        decided_on=why.decided_on,
    )
