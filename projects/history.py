"""Who changed what of a project, when and why: itself, its milestones, and the parts that came, went or changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from agreements.models import Agreement, Measure
from parties.changes import Change, came_and_went, cells, states_of, users_of
from parties.models import Area, Organisation, User
from parties.naming import text_of
from projects.models import (
    BudgetLine,
    Fund,
    MeasureLink,
    Milestone,
    Participant,
    Project,
    ProjectDocument,
    Rescheduling,
)
from projects.wording import money

FIELDS = (
    "title_ru", "title_en", "summary_ru", "summary_en", "area", "stage", "stage_stated", "period", "agreement",
    "hs_codes",
)  # fmt: skip
OF_MILESTONES = ("title_ru", "title_en", "planned", "expected", "actual")
DATES = ("planned", "expected")


def history_of(project: Project) -> list[Change]:
    """Return the changes of a project since it was entered, newest first (at most 13 queries)."""
    own = states_of(Project, id=project.pk)
    of_it = {"project_id": project.pk}
    parts = {
        model: states_of(model, **of_it) for model in (Milestone, Participant, BudgetLine, ProjectDocument, MeasureLink)
    }
    moves = states_of(Rescheduling, milestone_id__in={row.id for row in parts[Milestone]})
    users = users_of(row for rows in (own, *parts.values(), moves) for row in rows)
    entered = own[0].pgh_created_at if own else None
    changes = [
        *cells(Project, own, FIELDS, users, names=_names(own)),
        *_of_milestones(parts[Milestone], moves, users),
        *_of_parts(parts, users, entered),
    ]
    return sorted(changes, key=lambda change: change.at, reverse=True)


def _names(states: Iterable[Any]) -> dict[str, dict[int, Any]]:
    """Return the areas and agreements that were named (2 queries)."""
    rows = list(states)
    return {
        "area": Area.objects.in_bulk({row.area_id for row in rows}),
        "agreement": Agreement.objects.in_bulk({row.agreement_id for row in rows if row.agreement_id}),
    }


def _of_milestones(states: Iterable[Any], moves: Iterable[Any], users: Mapping[int, User]) -> Iterator[Change]:
    """Yield what changed in each milestone; a date that moved says why, as its rescheduling tells."""
    reasons = {(move.milestone_id, move.pgh_created_at): move.reason for move in moves}
    for pk, group in groupby(sorted(states, key=lambda row: (row.id, row.pgh_id)), key=lambda row: row.id):
        rows = list(group)
        for change in cells(Milestone, rows, OF_MILESTONES, users, subject=str(text_of(rows[-1], "title"))):
            reason = reasons.get((pk, change.at), "") if change.field in DATES else ""
            yield replace(change, reason=reason)


def _of_parts(parts: dict[Any, list[Any]], users: Mapping[int, User], entered: dt.datetime | None) -> Iterator[Change]:
    """Yield parts that came and went (2 queries)."""
    participants, lines = parts[Participant], parts[BudgetLine]
    named = {row.organisation_id for row in participants} | {row.payer_id for row in lines if row.payer_id}
    organisations = Organisation.objects.in_bulk(named)
    measures = Measure.objects.in_bulk({row.measure_id for row in parts[MeasureLink]})

    def participant(row: Any) -> str:
        return _joined(organisations.get(row.organisation_id), text_of(row, "role"))

    def line(row: Any) -> str:
        fund = str(Fund(row.fund).label)
        planned = row.planned is not None and _("%(planned)s planned") % {"planned": money(row.planned, row.currency)}
        actual = row.actual is not None and _("%(actual)s actual") % {"actual": money(row.actual, row.currency)}
        return _joined(fund, organisations.get(row.payer_id), planned, actual)

    kinds: list[tuple[type[Model], str, Any]] = [
        (Participant, _("participant"), participant),
        (BudgetLine, _("budget line"), line),
        (ProjectDocument, _("document"), lambda row: str(text_of(row, "title"))),
        (MeasureLink, _("measure"), lambda row: str(measures.get(row.measure_id, row.measure_id))),
    ]
    for model, label, words in kinds:
        yield from came_and_went(model.__name__, label, parts[model], words, users, entered)
    milestones = _comings_and_goings(parts[Milestone])
    yield from came_and_went(
        Milestone.__name__, _("milestone"), milestones, lambda row: str(text_of(row, "title")), users, entered
    )


def _comings_and_goings(states: Iterable[Any]) -> list[Any]:
    """Leave out what changed within a row: its cells are told one by one."""
    return [row for row in states if row.pgh_label != "update"]


def _joined(*parts: Any) -> str:
    return ", ".join(str(part) for part in parts if part)
