"""Meetings and their outcomes in a yearly report."""

from __future__ import annotations

from collections import Counter
from typing import Any

from parties.models import Partnership
from parties.periods import Period
from reports.computation.encoding import Json, both, organisation, period_text, reference
from trade.queries import lies_in
from workgroup.models import Meeting, Outcome


def meetings(partnership: Partnership, year: int) -> Json:
    """Return the meetings of the year with attendance and outcomes (3 queries).

    A meeting belongs to each year that its date overlaps. Where the date is so inexact that
    another year is possible too, `is_certain` is false and the counts leave it out.
    """
    rows = Meeting.objects.filter(
        partnership=partnership, is_example=False, held__overlap=PERIOD_FIELD.get_prep_value(Period.year(year))
    )
    items = [_meeting(row, year) for row in rows.with_protocol().order_by("held", "pk")]
    certain = [item for item in items if item["is_certain"]]
    kinds = Counter(outcome["kind"] for item in certain for outcome in item["outcomes"])
    return {
        "total": len(certain),
        "of_workgroup": sum(item["level"] == Meeting.Level.WORKGROUP for item in certain),
        "outcomes": sum(kinds.values()),
        "outcomes_by_kind": {kind: kinds[kind] for kind in Outcome.Kind.values},
        "items": items,
    }


PERIOD_FIELD: Any = Meeting._meta.get_field("held")


def _meeting(row: Meeting, year: int) -> Json:
    return {
        **reference(row),
        "level": row.level,
        "number": row.number,
        "title": both(row, "title"),
        "place": both(row, "place"),
        "held": str(row.held),
        "is_certain": lies_in(row.held, year),
        "attendance": [_present(person) for person in row.attendance.all() if not person.is_example],
        "outcomes": [_outcome(outcome) for outcome in row.outcomes.all() if not outcome.is_example],
    }


def _present(row: Any) -> Json:
    name = both(row.person, "name") if row.person else {"ru": row.name, "en": row.name}
    return {
        "side": row.side,
        "name": name,
        "post": both(row, "post"),
        "organisation": organisation(row.organisation) if row.organisation else None,
        "leads": row.leads,
    }


def _outcome(row: Any) -> Json:
    return {
        **reference(row),
        "number": row.number,
        "kind": row.kind,
        "text": both(row, "text"),
        "assignee": organisation(row.assignee) if row.assignee else None,
        "assignee_text": row.assignee_text,
        "assignee_side": row.assignee_side,
        "deadline": period_text(row.deadline),
        "recurrence": row.recurrence,
        "about": [
            {**reference(linked), "title": both(linked, "title")} for linked in (row.agreement, row.project) if linked
        ],
        "target": row.target.get_absolute_url() if row.target else None,
    }
