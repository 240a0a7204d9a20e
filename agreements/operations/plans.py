"""Writes about plans of actions and their measures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements.models import Agreement, Article, Executor, Measure, Plan, Recurrence, YearlyItem
from agreements.queries.measures import results_of
from parties.formatting import day as day_in_words
from parties.formatting import period as in_words
from parties.models import Organisation, Side, User
from parties.periods import Period
from parties.writing import RecordChanged, check_seen, save_seen

PLACE = ("order",)
"""Where a measure stands in its plan counts no version: moving one changes the places of many."""


@dataclass(frozen=True)
class Task:
    """An organisation that carries out a measure, for one side, as the lead or together with it."""

    organisation: Organisation
    side: str
    leads: bool = True


class MeasuresChanged(RecordChanged):
    """Some of the measures that were to be changed together were changed meanwhile; nothing was written."""

    def __init__(self, stored: list[Measure]) -> None:
        super().__init__(stored[0])
        self.all_stored = stored


@transaction.atomic
def keep_plan(*, by: User, plan: Plan, seen: int | None = None) -> Plan:
    """Keep a new plan, or a changed one that the writer saw at version `seen`.

    Its period has a first and a last day and overlaps no other plan of the agreement.
    """
    Agreement.objects.select_for_update().get(pk=plan.agreement_id)  # two plans at once see one another
    if plan.period.first is None or plan.period.last is None:
        raise ValidationError({"period": _("Write when the plan begins and when it ends.")})
    other = Plan.objects.filter(agreement=plan.agreement, period__overlap=plan.period).exclude(pk=plan.pk).first()
    if other is not None:
        text = _("The plans of one agreement do not overlap: “%(plan)s” already covers the time %(period)s")
        raise ValidationError(
            {"period": ValidationError(text, params={"plan": str(other), "period": in_words(other.period)})}
        )
    if plan.pk:
        _check_measures_within(plan)
        save_seen(plan, seen=seen)
    else:
        plan.save()
    for measure in plan.measures.filter(recurrence=Recurrence.YEARLY).select_related("plan"):
        keep_years(measure)
    return plan


def _check_measures_within(plan: Plan) -> None:
    outside = plan.measures.filter(deadline__isnull=False, postponements__isnull=True)
    outside = outside.exclude(deadline__overlap=plan.period).order_by("order", "pk")
    numbers = list(outside.values_list("number", flat=True))
    if numbers:
        text = _("The deadlines of these measures would lie outside of the plan: %(numbers)s.")
        raise ValidationError({"period": ValidationError(text, params={"numbers": ", ".join(numbers)})})


@transaction.atomic
def remove_plan(*, by: User, plan: Plan, seen: int | None) -> None:
    """Remove a plan that has no measures."""
    check_seen(plan, seen)
    if plan.measures.exists():
        raise ValidationError(_("The plan has measures. Remove them first, or keep the plan."))
    plan.delete()


@transaction.atomic
def keep_measure(
    *,
    by: User,
    measure: Measure,
    seen: int | None = None,
    executors: Iterable[Task] | None = None,
    articles: Iterable[Article] | None = None,
) -> Measure:
    """Keep a new measure, or a changed one that the writer saw at version `seen`.

    A new one without a number gets the next, and stands last. `executors` and `articles` replace those that
    are stored; None leaves them as they are. The deadline of a stored one changes by `postpone` or `correct_deadline`.
    """
    Plan.objects.select_for_update().get(pk=measure.plan_id)  # two measures at once get two numbers
    if measure.pk:
        stored = check_seen(measure, seen)
        check_measure(measure)
        if (stored.deadline, stored.recurrence) != (measure.deadline, measure.recurrence):
            text = _("The deadline stands: postpone it by a decision, or correct it with a reason.")
            raise ValidationError({"deadline": text})
        save_seen(measure, seen=seen, uncounted=PLACE)
    else:
        check_measure(measure)
        check_days(measure)
        check_deadline(measure.deadline, measure.plan)
        last = measure.plan.measures.aggregate(last=Max("order"))["last"] or 0
        measure.order = measure.order or last + 1
        measure.number = measure.number or _next_number(measure.plan)
        measure.is_example = measure.plan.is_example
        _check_number(measure)
        measure.save()
    keep_years(measure)
    if articles is not None:
        _set_articles(measure, articles)
    if executors is not None:
        _set_executors(measure, executors)
    return measure


def change_measure(
    *,
    by: User,
    measure: Measure,
    seen: int | None,
    executors: Iterable[Task] | None = None,
    articles: Iterable[Article] | None = None,
) -> Measure:
    """Keep a changed measure; see `keep_measure`."""
    return keep_measure(by=by, measure=measure, seen=seen, executors=executors, articles=articles)


def check_measure(measure: Measure) -> None:
    """Raise `ValidationError` at the fields that contradict each other."""
    errors: dict[str, object] = {}
    if measure.deadline is None and measure.recurrence != Recurrence.PERMANENT:
        errors["deadline"] = _("Write the deadline, or choose “permanently”.")
    if measure.deadline is not None and measure.deadline.last is None and measure.recurrence == Recurrence.ONCE:
        errors["deadline"] = _("Write until when: a deadline has a last day.")
    if measure.done_on and measure.dropped_by:
        errors["done_on"] = _("A measure that was dropped by a decision is not done as well.")
    if measure.dropped_on and not measure.dropped_by:
        errors["dropped_by"] = _("Name the decision.")
    if errors:
        raise ValidationError(errors)
    if measure.pk:
        _check_number(measure)


def check_days(measure: Measure) -> None:
    """Raise `ValidationError` at the days on which the measure cannot have been done or dropped."""
    errors: dict[str, object] = {}
    begins, today = measure.plan.period.starts, timezone.localdate()
    if measure.done_on and measure.done_on < begins:
        text = _("This lies before the plan, which begins on %(day)s.")
        errors["done_on"] = ValidationError(text, params={"day": day_in_words(begins)})
    for name in ("done_on", "dropped_on"):
        day = getattr(measure, name)
        if day and day > today:
            errors[name] = _("The day lies in the future.")
    if errors:
        raise ValidationError(errors)


def check_deadline(period: Period | None, plan: Plan, *, was_moved: bool = False) -> None:
    """Raise `ValidationError` at a deadline that lies outside of its plan; one that was moved may lie after it."""
    if period is None or period.overlaps(plan.period) or (was_moved and period.ends >= plan.period.starts):
        return
    text = _("This lies outside of the plan: %(period)s.")
    raise ValidationError({"deadline": ValidationError(text, params={"period": in_words(plan.period)})})


def _check_number(measure: Measure) -> None:
    twin = Measure.objects.filter(plan=measure.plan, number=measure.number).exclude(pk=measure.pk).first()
    if twin is not None:
        text = _("The plan has a measure %(number)s already: “%(text)s”.")
        raise ValidationError(
            {"number": ValidationError(text, params={"number": twin.number, "text": str(twin.text)[:80]})}
        )


def _next_number(plan: Plan) -> str:
    taken = set(plan.measures.values_list("number", flat=True))
    number = len(taken) + 1
    while str(number) in taken:
        number += 1
    return str(number)


@transaction.atomic
def set_executors(*, by: User, measure: Measure, seen: int | None, executors: Iterable[Task]) -> Measure:
    """Set who carries out the measure; nobody else does from now on."""
    check_seen(measure, seen)
    _set_executors(measure, executors)
    return measure


def _set_executors(measure: Measure, executors: Iterable[Task]) -> None:
    wanted: dict[int, Task] = {}
    for task in executors:
        if task.organisation.pk in wanted:
            text = _("%(name)s is named twice.")
            raise ValidationError({"executors": ValidationError(text, params={"name": str(task.organisation)})})
        if task.side not in Side.values:
            raise ValidationError({"executors": _("Name the side of the executor.")})
        wanted[task.organisation.pk] = task
    stored = {row.organisation_id: row for row in measure.executors.all()}
    changed = False
    for pk, row in stored.items():
        if pk not in wanted:
            row.delete()
            changed = True
    for pk, task in wanted.items():
        row = stored.get(pk) or Executor(measure=measure, organisation=task.organisation, is_example=measure.is_example)
        if row.pk is None or (row.side, row.leads) != (task.side, task.leads):
            row.side, row.leads = task.side, task.leads
            row.save()
            changed = True
    if changed:
        count_version(measure)


def _set_articles(measure: Measure, articles: Iterable[Article]) -> None:
    wanted = {article.pk: article for article in articles}
    for article in wanted.values():
        if article.agreement_id != measure.plan.agreement_id:
            text = _("Article %(number)s belongs to another agreement.")
            raise ValidationError({"articles": ValidationError(text, params={"number": article.number})})
    if set(wanted) != set(measure.articles.values_list("pk", flat=True)):
        measure.articles.set(wanted)
        count_version(measure)


def count_version(measure: Measure) -> None:
    """Count the parts of a measure to its version: whoever opened the old one must see their change."""
    Measure.objects.filter(pk=measure.pk).update(version=F("version") + 1)
    measure.refresh_from_db(fields=["version", "updated_at"])
    if hasattr(measure, "_prefetched_objects_cache"):
        measure._prefetched_objects_cache.clear()


def keep_years(measure: Measure) -> None:
    """Keep one item for each year of a yearly measure; of years that are no longer asked for only what was done."""
    plan, wanted = measure.plan.period, set()
    if measure.recurrence == Recurrence.YEARLY:
        first = max(plan.starts, measure.deadline.starts) if measure.deadline else plan.starts
        last = min(plan.ends, measure.deadline.ends) if measure.deadline else plan.ends
        wanted = set(range(first.year, last.year + 1))
    stored = {item.year: item for item in measure.yearly_items.all()} if measure.pk else {}
    for year in sorted(wanted - set(stored)):
        YearlyItem.objects.create(measure=measure, year=year, is_example=measure.is_example)
    for year, item in stored.items():
        if year not in wanted and item.done_on is None and not item.note:
            item.delete()


@transaction.atomic
def move_measure(*, by: User, measure: Measure, seen: int | None, before: Measure | None) -> Measure:
    """Put the measure before another of the plan, or last. No version is counted: no measure says anything new."""
    Plan.objects.select_for_update().get(pk=measure.plan_id)
    check_seen(measure, seen)
    if before is not None and before.plan_id != measure.plan_id:
        raise ValidationError({"before": _("The measure belongs to another plan.")})
    rows = [row for row in measure.plan.measures.order_by("order", "pk") if row.pk != measure.pk]
    place = next((place for place, row in enumerate(rows) if before and row.pk == before.pk), len(rows))
    rows.insert(place, measure)
    _number_places(rows)
    measure.refresh_from_db()
    return measure


def _number_places(rows: Iterable[Measure]) -> None:
    """Store the order in which the measures of a plan are given, in one statement."""
    moved = []
    for order, row in enumerate(rows, start=1):
        if row.order != order:
            row.order = order
            moved.append(row)
    Measure.objects.bulk_update(moved, ["order"])


@transaction.atomic
def remove_measure(*, by: User, measure: Measure, seen: int | None) -> None:
    """Remove a measure that was entered by mistake: nothing came of it yet, and nothing rests on it."""
    check_seen(measure, seen)
    results = results_of(measure)
    if results:
        text = _("This would be lost with the measure: %(results)s. Drop it by a decision instead.")
        raise ValidationError(text, params={"results": ", ".join(results)})
    measure.articles.clear()
    measure.delete()


@transaction.atomic
def mark_done(*, by: User, measure: Measure, seen: int | None, done_on: dt.date | None) -> Measure:
    """Keep the day on which the measure was done; None takes that back."""
    measure.done_on = done_on
    check_measure(measure)
    check_days(measure)
    return save_seen(measure, seen=seen, uncounted=PLACE)


@transaction.atomic
def drop_measure(
    *, by: User, measure: Measure, seen: int | None, decision: str, dropped_on: dt.date | None = None
) -> Measure:
    """Drop a measure by a decision, which is named; an empty decision restores it."""
    measure.dropped_by, measure.dropped_on = decision, dropped_on if decision else None
    check_measure(measure)
    check_days(measure)
    return save_seen(measure, seen=seen, uncounted=PLACE)


@transaction.atomic
def change_measures(
    *, by: User, plan: Plan, chosen: Mapping[int, int], change: Callable[[Measure, int], object]
) -> list[Measure]:
    """Make the same change to several measures of a plan: to all of them or to none.

    `chosen` maps ids to the versions that the writer saw. `change` calls an operation for one measure with its
    version. Raises `MeasuresChanged` with all that are others by now, or a `ValidationError` that names each measure
    that was refused, and why.
    """
    Plan.objects.select_for_update().get(pk=plan.pk)
    rows = list(
        Measure.objects.select_for_update(of=["self"])
        .filter(plan=plan, pk__in=chosen)
        .select_related("plan__agreement")
        .order_by("order", "pk")
    )
    if len(rows) != len(chosen):
        raise ValidationError(_("Some of the chosen measures are no longer in this plan. Open the plan anew."))
    stale = [row for row in rows if row.version != chosen[row.pk]]
    if stale:
        raise MeasuresChanged(stale)
    refused = []
    for row in rows:
        try:
            change(row, row.version)
        except ValidationError as error:
            number = _("measure %(number)s") % {"number": row.number}
            refused += [f"{number}: {text}" for text in error.messages]
    if refused:
        raise ValidationError(refused)
    return rows


@transaction.atomic
def gather_section(*, by: User, plan: Plan, section: str, newcomers: Iterable[Measure]) -> None:
    """Put measures that came into a section behind the last one that stood there, in their order.

    In a new section they stand behind the first of them. No version is counted (see `move_measure`).
    """
    new = {measure.pk for measure in newcomers}
    rows = list(Measure.objects.filter(plan=plan).order_by("order", "pk"))
    moved = [row for row in rows if row.pk in new]
    if not moved:
        return
    rest = [row for row in rows if row.pk not in new]
    settled = [place for place, row in enumerate(rest, start=1) if row.section == section]
    place = settled[-1] if settled else rows.index(moved[0])
    _number_places([*rest[:place], *moved, *rest[place:]])
