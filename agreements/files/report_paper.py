"""The report on a plan as officials file it: what was planned, what was done and when, and why not."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence

from django.db.models import Prefetch
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from agreements.files.comparing import executors_of
from agreements.files.deadlines import Deadline, written
from agreements.files.executors import Organisations
from agreements.files.layout import HEADINGS, Column
from agreements.files.paper import Paper, PaperColumn, PaperTable, SectionRow
from agreements.files.plan_paper import example_line, in_language
from agreements.models import Measure, MeasureStatus, Plan, Postponement, ProgressNote, StatusOverride, YearlyItem
from parties import formatting
from parties.models import Organisation, Side

_OPEN = (MeasureStatus.ON_SCHEDULE, MeasureStatus.AT_RISK, MeasureStatus.NO_DATA)


def report_paper(plan: Plan, on: dt.date, language: str) -> Paper:
    """Return the report on the plan as of the day, in that language (9 queries for any number of measures)."""
    with translation.override(language):
        measures = _measures(plan, on)
        known = Organisations(Organisation.objects.order_by("pk"))
        rows: list[SectionRow | Sequence[str]] = []
        section = ""
        for measure in measures:
            if measure.section != section:
                section = measure.section
                rows.append(SectionRow(section or "–"))
            rows.append(tuple(_cells(measure, plan, on, known)))
        tables = [PaperTable(tuple(_columns()), rows)]
        if measures:
            tables.append(_totals(measures))
        return Paper(
            name=pgettext("report on a plan", "Report"),
            title=_("Report on the plan of actions"),
            lines=(
                plan.title,
                str(plan.agreement),
                _("as of %(day)s") % {"day": formatting.day(on)},
                *example_line(plan, measures),
            ),
            lead=_summary(measures),
            tables=tables,
            language=language,
        )


def _measures(plan: Plan, on: dt.date) -> list[Measure]:
    notes = ProgressNote.objects.filter(dated__lte=on).exclude(corrections__dated__lte=on).order_by("dated", "pk")
    return list(
        plan.measures.with_status(on)
        .prefetch_related(
            "executors",
            Prefetch("yearly_items", YearlyItem.objects.order_by("year")),
            Prefetch("notes", notes),
            Prefetch("postponements", Postponement.objects.filter(decided_on__lte=on).order_by("decided_on", "pk")),
            Prefetch("overrides", StatusOverride.objects.filter(dated__lte=on).order_by("dated", "pk")),
        )
        .order_by("order", "pk")
    )


def _columns() -> Iterable[PaperColumn]:
    yield PaperColumn(in_language(HEADINGS[Column.NUMBER]), 6, centred=True)
    yield PaperColumn(in_language(HEADINGS[Column.TEXT]), 24)
    yield PaperColumn(pgettext("report on a plan", "Planned date"), 13)
    yield PaperColumn(pgettext("report on a plan", "Actual date"), 11)
    yield PaperColumn(in_language(HEADINGS[Column.EXECUTORS]), 17)
    yield PaperColumn(pgettext("report on a plan", "Progress"), 25)
    yield PaperColumn(pgettext("report on a plan", "Mark of completion"), 13)
    yield PaperColumn(pgettext("report on a plan", "Reasons for delay"), 16)


def _cells(measure: Measure, plan: Plan, on: dt.date, known: Organisations) -> Iterable[str]:
    yield measure.number
    yield str(measure.text)
    yield "\n".join(_planned(measure, plan))
    yield "\n".join(_actual(measure, on)) or "–"
    yield "\n".join(filter(None, (known.list_written(executors_of(measure, side)) for side in Side))) or "–"
    yield _progress(measure)
    yield _mark(measure)
    yield "\n".join(_reasons(measure)) or "–"


def _planned(measure: Measure, plan: Plan) -> Iterable[str]:
    """Give the deadline as it was planned, and below it what it was moved to by the day of the report."""
    moves = list(measure.postponements.all())
    dues = [*(move.moved_from for move in moves), measure.due]
    yield written(Deadline(dues[0], measure.recurrence), plan=plan.period)
    for due in filter(None, dues[1:]):
        yield _("moved to %(period)s") % {"period": formatting.period(due)}


def _actual(measure: Measure, on: dt.date) -> Iterable[str]:
    """Give the day on which the measure was done, or the days of each year of a yearly one."""
    if measure.status == MeasureStatus.DONE and measure.done_on:
        yield formatting.day(measure.done_on)
    for item in measure.yearly_items.all():
        if item.done_on and item.done_on <= on:
            yield f"{item.year}: {item.done_on:%d.%m.%Y}"


def _progress(measure: Measure) -> str:
    notes = list(measure.notes.all())
    if not notes:
        return _("no data")
    newest = notes[-1]
    done = f" ({newest.percent}\u00a0%)" if newest.percent is not None else ""
    return f"{newest.dated:%d.%m.%Y}: {newest.text}{done}"


def _days_late(measure: Measure) -> int:
    """Return by how many days a measure that is done was late, at the deadline as it had been moved by then."""
    if measure.done_on is None or measure.last_day is None:
        return 0
    return max(0, (measure.done_on - measure.last_day).days)


def _mark(measure: Measure) -> str:
    if measure.status == MeasureStatus.DONE:
        days = _days_late(measure)
        if not days:
            return pgettext("report on a plan", "done on time")
        return ngettext("done %(days)d day late", "done %(days)d days late", days) % {"days": days}
    if measure.status == MeasureStatus.OVERDUE:
        return pgettext("report on a plan", "not done in time")
    if measure.status == MeasureStatus.NOT_RELEVANT:
        return _("not relevant: %(decision)s") % {"decision": measure.dropped_by}
    return str(MeasureStatus(measure.status).label)


def _reasons(measure: Measure) -> Iterable[str]:
    for move in measure.postponements.all():
        yield _("%(reason)s (moved, agreed by: %(who)s)") % {"reason": move.reason, "who": move.agreed_by}
    overrides = list(measure.overrides.all())
    if measure.status_by_hand and overrides:
        yield overrides[-1].reason


def _summary(measures: Sequence[Measure]) -> str:
    """Return the totals in words."""
    if not measures:
        return _("The plan has no measures.")
    counts = Counter(measure.status for measure in measures)
    done = counts[MeasureStatus.DONE]
    late = sum(measure.status == MeasureStatus.DONE and _days_late(measure) > 0 for measure in measures)
    first = ngettext(
        "Of %(all)s measure of the plan %(done)s is done, %(on_time)s on time and %(late)s late.",
        "Of %(all)s measures of the plan %(done)s are done, %(on_time)s on time and %(late)s late.",
        len(measures),
    ) % {"all": len(measures), "done": done, "on_time": done - late, "late": late}
    second = _(
        "Not done in time: %(overdue)s, on schedule: %(on_schedule)s, at risk: %(at_risk)s, no data: %(no_data)s,"
        " not relevant: %(not_relevant)s."
    ) % {
        "overdue": counts[MeasureStatus.OVERDUE],
        "on_schedule": counts[MeasureStatus.ON_SCHEDULE],
        "at_risk": counts[MeasureStatus.AT_RISK],
        "no_data": counts[MeasureStatus.NO_DATA],
        "not_relevant": counts[MeasureStatus.NOT_RELEVANT],
    }
    return f"{first} {second}"


def _totals(measures: Sequence[Measure]) -> PaperTable:
    """Return how many measures of each section are done on time, late, not done in time, under way and dropped."""
    sections: dict[str, list[Measure]] = {}
    for measure in measures:
        sections.setdefault(measure.section, []).append(measure)
    rows = [_counted(name or "–", rows) for name, rows in sections.items()] if len(sections) > 1 else []
    headings = (
        pgettext("report on a plan", "done on time"),
        pgettext("report on a plan", "done late"),
        pgettext("report on a plan", "not done in time"),
        pgettext("report on a plan", "under way"),
        pgettext("report on a plan", "not relevant"),
    )
    columns = [
        PaperColumn(in_language(HEADINGS[Column.SECTION]), 40),
        PaperColumn(pgettext("report on a plan", "in all"), 10, centred=True),
    ]
    columns += [PaperColumn(heading, 10, centred=True) for heading in headings]
    return PaperTable(
        columns,
        [*rows, _counted(pgettext("report on a plan", "In all"), measures)],
        heading=pgettext("report on a plan", "Totals"),
    )


def _counted(name: str, measures: Sequence[Measure]) -> Sequence[str]:
    counts = Counter(measure.status for measure in measures)
    late = sum(measure.status == MeasureStatus.DONE and _days_late(measure) > 0 for measure in measures)
    under_way = sum(counts[status] for status in _OPEN)
    numbers = (counts[MeasureStatus.DONE] - late, late, counts[MeasureStatus.OVERDUE], under_way,
               counts[MeasureStatus.NOT_RELEVANT])  # fmt: skip
    return (name, str(len(measures)), *map(str, numbers))
