"""Joint projects, their milestones and deliveries in a yearly report."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from documents.models import Source
from parties.models import Partnership
from parties.periods import Period
from projects.models import Delivery, Milestone, Project
from reports.computation.agreements import exists_by
from reports.computation.encoding import Json, both, decimal_text, organisation, period_text, reference


def projects(partnership: Partnership, year: int, sources: dict[str, Source]) -> Json:
    """Return the projects that had begun by the year's end and had not ended before it (5 queries).

    A project without a period is counted from the first publication that names it. Lateness is
    that of 31 December: a step completed later was still open then, and `completed_later` says when.
    A step past its date of which no source says whether it was done is not called late: `no_news`.
    """
    last_day = dt.date(year, 12, 31)
    rows = Project.objects.filter(partnership=partnership, is_example=False).for_portfolio()
    items = [_project(row, year) for row in rows if _is_of_the_year(row, year, sources)]
    milestones = [step for item in items for step in item["milestones"]]
    return {
        "total": len(items),
        "by_stage": dict(sorted(Counter(item["stage"] or "unknown" for item in items).items())),
        "milestones_late": sum(step["late"] is not None and step["state"] != NO_NEWS for step in milestones),
        "milestones_without_news": sum(step["state"] == NO_NEWS for step in milestones),
        "items": items,
        "deliveries": _deliveries(partnership, year),
        "as_of": last_day.isoformat(),
    }


def _is_of_the_year(row: Project, year: int, sources: dict[str, Source]) -> bool:
    period: Period | None = row.period
    if period is not None and period.ends.year < year:
        return False
    begun = period if period is not None and period.first is not None else None
    return exists_by(begun, row.source_codes, sources, dt.date(year, 12, 31))


def _project(row: Project, year: int) -> Json:
    last_day = dt.date(year, 12, 31)
    stage_known = row.stage_stated is not None and row.stage_stated.starts <= last_day
    return {
        **reference(row),
        "title": both(row, "title"),
        "area": both(row.area, "name") | {"code": row.area.code},
        "period": period_text(row.period),
        "stage": row.stage if stage_known else "",
        "stage_stated": period_text(row.stage_stated) if stage_known else None,
        "participants": [
            {"side": part.side, "role": both(part, "role"), "organisation": organisation(part.organisation)}
            for part in row.participants.all()
            if not part.is_example
        ],
        "milestones": [
            _milestone(row, step, last_day)
            for step in row.milestones.all()
            if not step.is_example and _matters(step, year)
        ],
    }


def _matters(step: Milestone, year: int) -> bool:
    """Tell whether the step was planned at first for the year or an earlier one and not done before the year began."""
    whole = Period.year(year)
    if step.actual is not None and step.actual.ends < whole.starts:
        return False
    return any(day is not None and day.starts <= whole.ends for day in (step.first_plan, step.actual))


DONE, OPEN, PLANNED, NO_NEWS = "done", "open", "planned", "no_news"


def _state(step: Milestone, last_day: dt.date) -> str:
    if step.actual is not None:
        return DONE if step.actual.starts <= last_day else OPEN
    return NO_NEWS if step.first_plan is not None and step.first_plan.ends <= last_day else PLANNED


def _milestone(project: Project, step: Milestone, last_day: dt.date) -> Json:
    step.project = project  # already loaded: its page needs no query
    state = _state(step, last_day)
    slip = step.slip(last_day)
    return {
        **reference(step),
        "title": both(step, "title"),
        "planned": period_text(step.first_plan),
        "state": state,
        "actual": period_text(step.actual) if state == DONE else None,
        "completed_later": period_text(step.actual) if state == OPEN else None,
        "late": None if slip is None else {"least": slip.least, "most": slip.most, "is_certain": slip.is_certain},
    }


def _deliveries(partnership: Partnership, year: int) -> list[Json]:
    rows = Delivery.objects.filter(partnership=partnership, is_example=False).select_related("supplier", "project")
    return [_delivery(row) for row in rows.order_by("period", "pk") if row.period.overlaps(Period.year(year))]


def _delivery(row: Any) -> Json:
    return {
        **reference(row),
        "what": both(row, "what"),
        "from_side": row.from_side,
        "supplier": organisation(row.supplier) if row.supplier else None,
        "receiver": both(row, "receiver"),
        "quantity": decimal_text(row.quantity),
        "unit": both(row, "unit"),
        "precision": row.precision,
        "period": str(row.period),
        "project": row.project.get_absolute_url() if row.project else None,
    }
