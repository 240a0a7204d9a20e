"""Agreements and measures in a yearly report."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from django.db.models import Count, Q, Subquery

from agreements.models import NEWS_DAYS, Agreement, Measure, Plan, StatedCount, Status
from documents.models import Source
from parties.models import Partnership
from parties.periods import Period
from reports.computation.encoding import Json, both, organisation, period_text, reference


def agreements(partnership: Partnership, year: int, sources: dict[str, Source]) -> Json:
    """Return the agreements that exist at the year's end, each with its status on that day (4 queries).

    An agreement without a date is counted from the first publication that names it.
    """
    last_day = dt.date(year, 12, 31)
    rows = Agreement.objects.filter(partnership=partnership, is_example=False).for_register(last_day)
    items = [_agreement(row, year) for row in rows if exists_by(row.concluded, row.source_codes, sources, last_day)]
    levels = Counter(item["level"] for item in items if item["status"] == Status.IN_FORCE)
    return {
        "total": len(items),
        "in_force": sum(item["status"] == Status.IN_FORCE for item in items),
        "in_force_by_level": {level: levels[level] for level in Agreement.Level.values},
        "by_status": dict(sorted(Counter(item["status"] for item in items).items())),
        "concluded_in_year": sum(item["concluded_in_year"] for item in items),
        "items": items,
        "stated_counts": _stated_counts(partnership, last_day),
    }


def exists_by(begun: Period | None, source_codes: list[str], sources: dict[str, Source], day: dt.date) -> bool:
    """Tell whether something had begun by the day; without a date, whether a source had named it by then."""
    if begun is not None:
        return begun.starts <= day
    named = [sources[code].published.starts for code in source_codes if code in sources]
    return not named or min(named) <= day


def _agreement(row: Any, year: int) -> Json:
    concluded: Period | None = row.concluded
    return {
        **reference(row),
        "title": both(row, "title"),
        "level": row.level,
        "form": row.form,
        "status": str(row.status),
        "concluded": period_text(concluded),
        "concluded_in_year": bool(concluded and concluded.starts.year == year == concluded.ends.year),
        "parties": [
            {"side": party.side, "organisation": organisation(party.organisation)} for party in row.parties.all()
        ],
    }


def _stated_counts(partnership: Partnership, last_day: dt.date) -> list[Json]:
    rows = StatedCount.objects.filter(partnership=partnership, is_example=False).order_by("as_of", "pk")
    return [
        {
            **reference(row),
            "level": row.level,
            "subject": both(row, "subject"),
            "value": row.value,
            "precision": row.precision,
            "as_of": str(row.as_of),
        }
        for row in rows
        if row.as_of.starts <= last_day
    ]


def measures(partnership: Partnership, year: int) -> Json:
    """Return how the measures of the plans for the year stand on 31 December (2 queries).

    `plans_stated` counts agreements whose sources speak of a plan, `plans_known` the plans that
    are registered for the year. `without_news` counts undone measures without news for more than `news_days` days.
    """
    last_day = dt.date(year, 12, 31)
    items = [_plan(plan) for plan in _plans(partnership, last_day) if plan.period.overlaps(Period.year(year))]
    stated = Agreement.objects.filter(
        partnership=partnership, is_example=False, plan_stated=True, concluded__startswith__lte=last_day
    )
    stated_codes = [reference(row) | {"title": both(row, "title")} for row in stated.order_by("concluded", "pk")]
    return {
        "plans_stated": len(stated_codes),
        "plans_known": len(items),
        "news_days": NEWS_DAYS,
        **{name: sum(item[name] for item in items) for name in _COUNTS},
        "plans": items,
        "stated_for": stated_codes,
    }


_COUNTS = ("total", "done", "overdue", "dropped", "without_news")


def _plans(partnership: Partnership, last_day: dt.date) -> Any:
    facts = Measure.objects.filter(is_example=False)

    def these(rows: Any) -> Count:
        return Count("measures", filter=Q(measures__in=Subquery(rows.values("pk"))), distinct=True)

    return (
        Plan.objects.filter(agreement__partnership=partnership, is_example=False)
        .select_related("agreement")
        .annotate(
            total=these(facts),
            done=these(facts.done(last_day)),
            overdue=these(facts.overdue(last_day)),
            dropped=these(facts.dropped(last_day)),
            without_news=these(facts.without_news(last_day)),
        )
        .order_by("period", "pk")
    )


def _plan(plan: Any) -> Json:
    return {
        **reference(plan),
        "title": both(plan, "title"),
        "period": str(plan.period),
        "agreement": plan.agreement_id,
        **{name: getattr(plan, name) for name in _COUNTS},
    }
