"""By which measures an article is covered, and when: one rule for the gaps of chains, the coverage and the register.

A measure covers its articles in every year of its plan. One that was dropped by a decision covers only the years
before that decision, and none where its day is not known. An article has a gap on a day when its agreement lives
(signed, in force or suspended) and no measure serves it: none of a plan that runs or is to come, that was not
dropped (`MeasureQuerySet.serving`). A year is a gap when the agreement was there all the year, or since it was
concluded, and no measure covers it; years after the agreement and years to come are none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Least
from django.utils.translation import gettext as _

from agreements.models import LIVE, Agreement, Article, Measure, Status
from dashboards.chain.gaps import Gap

_DAY = dt.timedelta(days=1)


def articles_with_cover(ids: Iterable[int] | QuerySet[Any, Any], on: dt.date) -> Any:
    """Return the articles in their order, each with what `article_gap` needs (1 query)."""
    state = Agreement.objects.filter(pk=OuterRef("agreement")).with_status(on).values("status")  # type: ignore[misc]
    counted = Q(measures__dropped_by="") | Q(measures__dropped_on__gt=F("measures__plan__period__startswith"))
    until = Least("measures__plan__period__endswith", "measures__dropped_on")
    return (
        Article.objects.filter(pk__in=ids)
        .select_related("agreement")
        .annotate(
            is_served=Exists(Measure.objects.serving(on).filter(articles=OuterRef("pk"))),
            state=Subquery(state[:1]),
            covered_until=Max(until, filter=counted),
        )
        .order_by("agreement", "pk")
    )


def article_gap(article: Any) -> Gap | None:
    """Return since which year no measure serves an article that comes from `articles_with_cover`; None while one does.

    None, too, where the agreement is not there yet or is over.
    """
    if article.is_served or article.state not in LIVE:
        return None
    since, concluded = article.covered_until, article.agreement.concluded
    year = since.year if since else concluded.starts.year if concluded and concluded.first else None
    if year is None:
        return Gap("no_measure", _("no measure"))
    return Gap("no_measure", _("no measure since %(year)s") % {"year": year})


def years_covered(measure: Any, on: dt.date) -> range:
    """Return the years in which the measure covers its articles; a plan without an end reaches to the day's year."""
    plan = measure.plan.period
    first, last = (plan.first or plan.last or on).year, (plan.last or on).year
    if measure.dropped_by:
        if measure.dropped_on is None:
            return range(0)
        if measure.dropped_on <= on:
            last = min(last, measure.dropped_on.year - 1)
    return range(first, last + 1)


def years_owed(agreement: Any, on: dt.date) -> range:
    """Return the years in which measures are to be expected of an agreement that comes from `with_end`."""
    concluded = agreement.concluded
    if agreement.status in {Status.DRAFT, Status.UNDERSTANDING} or not concluded or not concluded.first:
        return range(0)
    last = on.year if agreement.over_on is None else (agreement.over_on + _DAY).year - 1
    return range(concluded.starts.year, last + 1)


def is_done_in(measure: Any, year: int, on: dt.date) -> bool:
    """Tell whether the measure was done by the end of the year, or of a yearly one what it asks for in the year.

    The measure comes with its `yearly_items`.
    """
    days = [measure.done_on, *(item.done_on for item in measure.yearly_items.all() if item.year == year)]
    return any(day is not None and day <= min(on, dt.date(year, 12, 31)) for day in days)
