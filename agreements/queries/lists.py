"""The list of measures as a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from agreements.models import Executor, Measure
from agreements.queries.plans import MeasureFilter
from agreements.queries.tables import Question, Row, for_table
from documents.lists import ListFile
from parties.models import Partnership
from parties.pages import chosen

Column = tuple[str, Callable[[Row], Any]]


def measures_file(partnership: Partnership, parameters: QueryDict, address: str) -> ListFile:
    """Return the list that the address asks for as a file: the same rows, all of them, and all that they show."""
    question = Question.of(parameters, "sort")
    filters = MeasureFilter(question.parameters, Measure.objects.of(partnership))
    measures = for_table(chosen(filters), filters.day).order_by(*question.order)
    rows = (Row(measure, filters.day, filters.news_days) for measure in measures)
    columns = [*_what(), *_who(partnership), *_how_it_stands()]
    return ListFile(
        name="measures",
        title=_("Measures of the plans"),
        address=address,
        columns=[name for name, __ in columns],
        rows=([cell(row) for __, cell in columns] for row in rows),
    )


def _what() -> list[Column]:
    return [
        (_("Plan"), lambda row: str(row.measure.plan)),
        (_("Section"), lambda row: row.measure.section),
        (_("No."), lambda row: row.measure.number),
        (_("Measure"), lambda row: row.measure.text),
        (_("Area"), lambda row: str(row.measure.area or "")),
        (_("Deadline"), lambda row: row.deadline),
        (_("Last day"), lambda row: row.measure.last_day),
        (_("Moved deadlines"), lambda row: row.moved),
    ]


def _who(partnership: Partnership) -> list[Column]:
    home, partner = partnership.home_side, partnership.partner_side
    leads, joins = _("Executors"), _("Co-executors")
    return [
        (f"{leads}, {home}", lambda row: _named(row.home, leads=True)),
        (f"{joins}, {home}", lambda row: _named(row.home, leads=False)),
        (f"{leads}, {partner}", lambda row: _named(row.partner, leads=True)),
        (f"{joins}, {partner}", lambda row: _named(row.partner, leads=False)),
    ]


def _how_it_stands() -> list[Column]:
    return [
        (_("Progress"), lambda row: row.note.text if row.note else ""),
        (_("Date of the note"), lambda row: row.note.dated if row.note else None),
        (_("Done, %"), lambda row: row.note.percent if row.note else None),
        (_("Files with the note"), lambda row: len(row.note.evidence.all()) if row.note else None),
        (_("Without news"), lambda row: row.silence),
        (_("Status"), lambda row: row.status_label),
        (_("Set by hand"), lambda row: _yes(row.measure.status_by_hand)),
        (_("What the status rests on"), lambda row: row.status_detail),
        (_("Done on"), lambda row: row.measure.done_on),
        (_("Example"), lambda row: _yes(row.measure.is_example)),
    ]


def _named(executors: list[Executor], *, leads: bool) -> str:
    return "; ".join(str(one.organisation) for one in executors if one.leads is leads)


def _yes(value: bool) -> str:
    return _("yes") if value else _("no")
