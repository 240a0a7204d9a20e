"""Who changed what of a measure, when: read from the audit that the database keeps of every row.

Nothing is written for it. Each stored state of the measure is compared with the one before; executors and articles that
came, went or changed, and statuses set by hand, are told as changes of the measure.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _

from agreements import wording
from agreements.models import Article, Measure, StatusOverride
from parties import changes
from parties.changes import Change, users_of, who_wrote
from parties.models import Area, Organisation, User

FIELDS = (
    "number", "section", "text_ru", "text_en", "area", "deadline", "recurrence", "done_on", "dropped_by", "dropped_on",
)  # fmt: skip
_EXECUTORS, _ARTICLES, _STATUS = "executors", "articles", "status"


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
            *_cells(mine, areas, users),
            *_came_and_went(_EXECUTORS, executors[pk], lambda row: _task(row, organisations), users, entered),
            *_came_and_went(_ARTICLES, links[pk], lambda row: _article(row, articles), users, entered),
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


def _cells(states: list[Any], areas: dict[int, Area], users: dict[int, User]) -> Iterator[Change]:
    for before, after in pairwise(states):
        for name in FIELDS:
            column = f"{name}_id" if name == "area" else name
            if getattr(before, column) == getattr(after, column):
                continue
            was, now = (_in_words(name, getattr(row, column), areas) for row in (before, after))
            yield Change(name, _label(name), was, now, who_wrote(after, users), after.pgh_created_at)


def _came_and_went(
    field: str,
    events: Iterable[Any],
    in_words: Callable[[Any], str],
    users: dict[int, User],
    entered: dt.datetime | None,
) -> Iterator[Change]:
    """Yield parts that came, went or changed after the measure was entered."""
    last: dict[int, str] = {}
    for row in events:
        was = last.get(row.id, "")
        now = "" if row.pgh_label == "delete" else in_words(row)
        last[row.id] = now
        if was != now and row.pgh_created_at != entered:
            yield Change(field, _label(field), was, now, who_wrote(row, users), row.pgh_created_at)


def _set_by_hand(overrides: Iterable[StatusOverride]) -> Iterator[Change]:
    """Yield the statuses that people set, and gave back to the rule, with their reasons."""
    was = _("by the rule")
    for row in overrides:
        now = f"{row}: {row.reason}"
        yield Change(_STATUS, _label(_STATUS), was, now, str(row.author), row.created_at)
        was = now


def _task(row: Any, organisations: dict[int, Organisation]) -> str:
    organisation = organisations.get(row.organisation_id)
    return wording.executor(organisation, row.side, leads=row.leads) if organisation else str(row.organisation_id)


def _article(row: Any, articles: dict[int, Article]) -> str:
    found = articles.get(row.article_id)
    return str(found.number) if found else str(row.article_id)


def _label(name: str) -> str:
    if name == _EXECUTORS:
        return _("executors")
    if name == _ARTICLES:
        return _("articles")
    if name == _STATUS:
        return _("status")
    return str(Measure._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def _in_words(name: str, value: Any, areas: dict[int, Area]) -> str:
    if name == "area" and value is not None:
        return str(areas.get(value, value))
    return changes.in_words(Measure._meta.get_field(name), value)  # type: ignore[arg-type]
