"""Who changed what of a measure, when: read from the audit that the database keeps of every row.

Nothing is written for it. Each stored state of the measure is compared with the one before; executors and articles that
came, went or changed, and statuses set by hand, are told as changes of the measure.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _

from agreements import wording
from agreements.models import Article, Measure, StatusOverride
from parties.changes import Change, came_and_went, cells, users_of
from parties.models import Area, Organisation

FIELDS = (
    "number", "section", "text_ru", "text_en", "area", "deadline", "recurrence", "done_on", "dropped_by", "dropped_on",
)  # fmt: skip


def history_of(measure: Measure) -> list[Change]:
    """Return the changes of a measure since it was entered, newest first (at most 8 queries)."""
    return _histories([measure])[measure.pk]


def histories_since(seen: Mapping[Measure, int]) -> dict[int, list[Change]]:
    """Return by id how measures changed since the versions that were seen, newest first (at most 8 queries)."""
    return _histories(list(seen), {measure.pk: version for measure, version in seen.items()})


def _histories(measures: Sequence[Measure], seen: Mapping[int, int] | None = None) -> dict[int, list[Change]]:
    states, executors, links = (_events(model, measures) for model in ("Measure", "Executor", "ArticleLink"))
    areas = Area.objects.in_bulk({row.area_id for rows in states.values() for row in rows if row.area_id})
    organisations = Organisation.objects.in_bulk({row.organisation_id for rows in executors.values() for row in rows})
    articles = Article.objects.in_bulk({row.article_id for rows in links.values() for row in rows})
    users = users_of(row for kind in (states, executors, links) for rows in kind.values() for row in rows)
    by_hand: dict[int, list[StatusOverride]] = defaultdict(list)
    for override in (
        StatusOverride.objects.filter(measure__in=measures).select_related("author").order_by("dated", "pk")
    ):
        by_hand[override.measure_id].append(override)
    found = {}
    for measure in measures:
        mine, pk = states[measure.pk], measure.pk
        entered = mine[0].pgh_created_at if mine else None
        told = [
            *cells(Measure, mine, FIELDS, users, names={"area": areas}),
            *came_and_went(
                "executors", _("executors"), executors[pk], lambda row: _task(row, organisations), users, entered
            ),
            *came_and_went("articles", _("articles"), links[pk], lambda row: _article(row, articles), users, entered),
            *_set_by_hand(by_hand[pk]),
        ]
        since = _next_moment(mine, seen[pk]) if seen else None
        kept = [change for change in told if not seen or (since and change.at >= since)]
        found[pk] = sorted(kept, key=lambda change: change.at, reverse=True)
    return found


def _next_moment(states: Iterable[Any], version: int) -> dt.datetime | None:
    """Return when the measure got a version after that one; None where it has none."""
    return next((row.pgh_created_at for row in states if row.version > version), None)


def _events(model: str, measures: Sequence[Measure]) -> dict[int, list[Any]]:
    """Return the audited states of measures, or of rows of them, by the ids of the measures, oldest first."""
    name = "pgh_obj_id" if model == "Measure" else "measure_id"
    found: dict[int, list[Any]] = defaultdict(list)
    rows = apps.get_model("agreements", f"{model}Event").objects.filter(**{f"{name}__in": [one.pk for one in measures]})
    for row in rows.order_by("pgh_id"):
        found[getattr(row, name)].append(row)
    return found


def _set_by_hand(overrides: Iterable[StatusOverride]) -> Iterator[Change]:
    """Yield the statuses that people set, and gave back to the rule, with their reasons."""
    was = _("by the rule")
    for row in overrides:
        now = f"{row}: {row.reason}"
        yield Change("status", _("status"), was, now, str(row.author), row.created_at)
        was = now


def _task(row: Any, organisations: dict[int, Organisation]) -> str:
    organisation = organisations.get(row.organisation_id)
    return wording.executor(organisation, row.side, leads=row.leads) if organisation else str(row.organisation_id)


def _article(row: Any, articles: dict[int, Article]) -> str:
    found = articles.get(row.article_id)
    return str(found.number) if found else str(row.article_id)
