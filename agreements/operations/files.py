"""Writes of whole plans that come as files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from agreements.files.comparing import compare
from agreements.files.differences import Comparison, Known, Wanted
from agreements.files.executors import UnknownName
from agreements.files.layout import PlanTable
from agreements.models import Executor, ExecutorName, Measure, Plan, Recurrence, YearlyItem
from agreements.operations.deadlines import NewDeadline, Reasons, keep_reasons
from agreements.operations.plans import keep_plan
from parties.models import Organisation, User

_MeasureArticle: Any = Measure.articles.through


class NotAsSeen(Exception):
    """The plan was changed after the differences were shown; they must be looked at again."""

    message = _("The plan was changed since you looked at the differences. Look at them again.")

    def __init__(self) -> None:
        super().__init__(str(self.message))


class NotComplete(Exception):
    """Rows of the file cannot be kept, or names in it are undecided; nothing was written."""

    message = _("Nothing was written: rows of the file need a correction or a decision.")

    def __init__(self, comparison: Comparison) -> None:
        super().__init__(str(self.message))
        self.comparison = comparison


@dataclass(frozen=True)
class Decision:
    """What is meant by a name that no organisation has: one of them, a new one of that kind, or nothing."""

    organisation: int | None = None
    new_kind: str = ""


@transaction.atomic
def import_plan(
    *,
    by: User,
    plan: Plan,
    table: PlanTable,
    seen: str | None = None,
    decisions: Mapping[str, Decision] | None = None,
    deadlines: Reasons | None = None,
    leave_out: bool = False,
) -> Comparison:
    """Make the measures of the plan those of the file, all or nothing, and return what was different.

    Measures are told by their numbers; one that the file lacks stays. `seen` is the digest of the differences that
    were confirmed (None: whatever they are). `deadlines` says why deadlines of stored measures differ, where any
    do. `leave_out` keeps the other rows where some cannot be kept. The number of
    queries does not grow with the rows. A plan that is not stored yet is made along with its measures.
    Raises `NotAsSeen`, `NotComplete`, or `ValidationError` for the plan itself.
    """
    if plan.pk:
        Plan.objects.select_for_update(no_key=True).get(pk=plan.pk)
        list(Measure.objects.filter(plan=plan).order_by("pk").select_for_update().values_list("pk"))
    known = Known.of(plan)
    comparison = compare(table, known)
    if seen is not None and comparison.digest != seen:
        raise NotAsSeen
    if comparison.unknown:
        choices = _decided(comparison.unknown, decisions or {}, known)
        _remember(plan, comparison.unknown, decisions or {}, choices)
        comparison = compare(table, known, choices)
    if comparison.unknown or (comparison.problems and not leave_out):
        raise NotComplete(comparison)
    if not plan.pk:
        keep_plan(by=by, plan=plan)
    _keep_reasons(by, comparison, deadlines)
    _write(plan, comparison)
    return comparison


def _keep_reasons(by: User, comparison: Comparison, reasons: Reasons | None) -> None:
    changes = [
        NewDeadline(row.measure, row.wanted.deadline.period, row.wanted.deadline.recurrence)
        for row in comparison.deadlines
        if row.wanted.deadline is not None
    ]
    if not changes:
        return
    if reasons is None:
        raise ValidationError({"deadlines": _("Say why deadlines change: a decision moved them, or they were wrong.")})
    strange = sorted(reasons.excepted - {change.measure.number for change in changes})
    if strange:
        text = _("The deadlines of these measures do not change: %(numbers)s.")
        raise ValidationError({"excepted": ValidationError(text, params={"numbers": ", ".join(strange)})})
    keep_reasons(by=by, changes=changes, reasons=reasons)


def _decided(
    unknown: Mapping[UnknownName, Any], decisions: Mapping[str, Decision], known: Known
) -> dict[str, int | None]:
    """Return which organisation stands for each decided name; new ones are made."""
    chosen: dict[str, int | None] = {}
    for name in unknown:
        decision = decisions.get(name.key)
        if decision is None:
            continue
        if decision.new_kind:
            made = Organisation.objects.create(kind=decision.new_kind, side=name.side, name_ru=name.name)
            known.organisations.by_id[made.pk] = made
            chosen[name.key] = made.pk
        elif decision.organisation is None or decision.organisation in known.organisations.by_id:
            chosen[name.key] = decision.organisation
    return chosen


def _remember(
    plan: Plan,
    unknown: Iterable[UnknownName],
    decisions: Mapping[str, Decision],
    choices: Mapping[str, int | None],
) -> None:
    """Keep what names were said to mean, to propose it when they come again; a new organisation has its own name."""
    said = [(name, choices[name.key]) for name in unknown if name.key in choices and not decisions[name.key].new_kind]
    ExecutorName.objects.filter(key__in=[name.key for name, organisation in said if organisation is None]).delete()
    ExecutorName.objects.bulk_create(
        (
            ExecutorName(key=name.key, name=name.name, organisation_id=organisation, is_example=plan.is_example)
            for name, organisation in said
            if organisation is not None
        ),
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["organisation", "is_example"],
    )


def _write(plan: Plan, comparison: Comparison) -> None:
    made = {
        id(wanted): _filled(Measure(plan=plan, number=wanted.number, is_example=plan.is_example), wanted)
        for wanted in comparison.new
    }
    changed = {row.measure.pk: _filled(row.measure, row.wanted) for row in comparison.changed}
    moved = _in_order(comparison, made)
    Measure.objects.bulk_create(made.values())
    fields = ["section", "text_ru", "text_en", "deadline", "recurrence"]
    Measure.objects.bulk_update(changed.values(), fields, batch_size=500)
    Measure.objects.bulk_update(moved, ["order"])
    wanted_of = [(made[id(wanted)], wanted) for wanted in comparison.new]
    wanted_of += [(changed[row.measure.pk], row.wanted) for row in comparison.changed]
    _set_executors(wanted_of)
    _set_articles(wanted_of)
    _keep_yearly_items(plan, [measure for measure, wanted in wanted_of if wanted.deadline is not None])
    # Executors and articles belong to the version of the measure: whoever opened the old one must see their change.
    parts = [
        row.measure.pk for row in comparison.changed if (row.wanted.executors, row.wanted.articles) != (None, None)
    ]
    Measure.objects.filter(pk__in=parts).update(version=F("version") + 1)


def _filled(measure: Measure, wanted: Wanted) -> Measure:
    for name in ("section", "text_ru", "text_en"):
        value = getattr(wanted, name)
        if value is not None:
            setattr(measure, name, value)
    if wanted.deadline is not None:
        measure.deadline, measure.recurrence = wanted.deadline.period, wanted.deadline.recurrence
    return measure


def _in_order(comparison: Comparison, made: Mapping[int, Measure]) -> list[Measure]:
    """Number the measures through where the order changes; return the stored ones that move."""
    if not comparison.new and not comparison.reordered:
        return []
    moved = []
    for place, one in enumerate(comparison.order, start=1):
        measure = one if isinstance(one, Measure) else made[id(one)]
        if measure.order != place:
            measure.order = place
            if measure.pk:
                moved.append(measure)
    return moved


def _set_executors(wanted_of: Sequence[tuple[Measure, Wanted]]) -> None:
    given = [(measure, wanted.executors) for measure, wanted in wanted_of if wanted.executors is not None]
    gone: list[int] = []
    changed: list[Executor] = []
    added: list[Executor] = []
    for measure, named in given:
        before = {one.organisation_id: one for one in _executors(measure)}
        for one in named:
            row = before.pop(one.organisation, None)
            if row is None:
                added.append(
                    Executor(
                        measure=measure,
                        organisation_id=one.organisation,
                        side=one.side,
                        leads=one.leads,
                        is_example=measure.is_example,
                    )
                )
            elif (row.side, row.leads) != (one.side, one.leads):
                row.side, row.leads = one.side, one.leads
                changed.append(row)
        gone += [row.pk for row in before.values()]
    Executor.objects.filter(pk__in=gone).delete()
    Executor.objects.bulk_update(changed, ["side", "leads"], batch_size=500)
    Executor.objects.bulk_create(added)


def _executors(measure: Measure) -> list[Executor]:
    """Return the executors that were read with the measure; a new measure has none."""
    cached = getattr(measure, "_prefetched_objects_cache", {})
    return list(cached.get("executors", []))


def _set_articles(wanted_of: Sequence[tuple[Measure, Wanted]]) -> None:
    given = {measure.pk: wanted.articles for measure, wanted in wanted_of if wanted.articles is not None}
    _MeasureArticle.objects.filter(measure__in=given).delete()
    _MeasureArticle.objects.bulk_create(
        _MeasureArticle(measure_id=measure, article_id=article)
        for measure, articles in given.items()
        for article in articles
    )


def _keep_yearly_items(plan: Plan, measures: Sequence[Measure]) -> None:
    """Give each yearly measure an item for each of its years; items of other years stay if they say something."""
    due = {
        (measure.pk, year)
        for measure in measures
        if measure.recurrence == Recurrence.YEARLY and measure.deadline
        for year in range(
            max(plan.period.starts, measure.deadline.starts).year, min(plan.period.ends, measure.deadline.ends).year + 1
        )
    }
    stored = list(YearlyItem.objects.filter(measure__in=measures))
    idle = [
        item.pk for item in stored if (item.measure_id, item.year) not in due and not item.done_on and not item.note
    ]
    YearlyItem.objects.filter(pk__in=idle).delete()
    known = {(item.measure_id, item.year) for item in stored}
    YearlyItem.objects.bulk_create(
        YearlyItem(measure_id=pk, year=year, is_example=plan.is_example) for pk, year in sorted(due - known)
    )
