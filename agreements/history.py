"""Who changed what of a measure, when: read from the audit that the database keeps of every row.

Nothing is written for it. Each stored state of the measure is compared with the one before; executors and articles that
came, went or changed are told as changes of the measure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _

from agreements.models import Article, Measure, Recurrence
from parties.formatting import period
from parties.models import Area, Organisation, User
from parties.periods import Period

FIELDS = (
    "number", "section", "text_ru", "text_en", "area", "deadline", "recurrence", "done_on", "dropped_by", "dropped_on",
)  # fmt: skip
_EXECUTORS, _ARTICLES = "executors", "articles"
_CHOICES: dict[str, Any] = {"recurrence": Recurrence}


@dataclass(frozen=True)
class Change:
    """One cell: what it was, what it is now, who changed it and when."""

    field: str
    label: str
    was: str
    now: str
    who: str
    at: dt.datetime


def history_of(measure: Measure) -> list[Change]:
    """Return the changes of a measure since it was entered, newest first (at most 7 queries)."""
    states = list(measure.events.order_by("pgh_id"))  # type: ignore[attr-defined]
    executors, links = _parts("ExecutorEvent", measure), _parts("ArticleLinkEvent", measure)
    entered = states[0].pgh_created_at if states else None
    areas = Area.objects.in_bulk({row.area_id for row in states if row.area_id})
    organisations = Organisation.objects.in_bulk({row.organisation_id for row in executors})
    articles = Article.objects.in_bulk({row.article_id for row in links})
    users = User.objects.in_bulk({pk for row in (*states, *executors, *links) if (pk := _user(row)) is not None})
    changes = [
        *_cells(states, areas, users),
        *_came_and_went(_EXECUTORS, executors, lambda row: _task(row, organisations), users, entered),
        *_came_and_went(_ARTICLES, links, lambda row: _article(row, articles), users, entered),
    ]
    return sorted(changes, key=lambda change: change.at, reverse=True)


def _cells(states: list[Any], areas: dict[int, Area], users: dict[int, User]) -> Iterator[Change]:
    for before, after in pairwise(states):
        for name in FIELDS:
            column = f"{name}_id" if name == "area" else name
            if getattr(before, column) == getattr(after, column):
                continue
            was, now = (_in_words(name, getattr(row, column), areas) for row in (before, after))
            yield Change(name, _label(name), was, now, _who(after, users), after.pgh_created_at)


def _parts(model: str, measure: Measure) -> list[Any]:
    return list(apps.get_model("agreements", model).objects.filter(measure_id=measure.pk).order_by("pgh_id"))


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
            yield Change(field, _label(field), was, now, _who(row, users), row.pgh_created_at)


def _task(row: Any, organisations: dict[int, Organisation]) -> str:
    name = str(organisations.get(row.organisation_id, row.organisation_id))
    return name if row.leads else f"{name} ({_('takes part')})"


def _article(row: Any, articles: dict[int, Article]) -> str:
    found = articles.get(row.article_id)
    return str(found.number) if found else str(row.article_id)


def _label(name: str) -> str:
    if name == _EXECUTORS:
        return _("executors")
    if name == _ARTICLES:
        return _("articles")
    return str(Measure._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def _in_words(name: str, value: Any, areas: dict[int, Area]) -> str:
    if value is None or value == "":
        return ""
    if name == "area":
        return str(areas.get(value, value))
    if name in _CHOICES:
        return str(_CHOICES[name](value).label)
    if isinstance(value, Period):
        return period(value)
    if isinstance(value, dt.date):
        return period(Period.day(value))
    return str(value)


def _user(row: Any) -> int | None:
    found: int | None = (row.pgh_context or {}).get("user")
    return found


def _who(row: Any, users: dict[int, User]) -> str:
    """Return who wrote it; a command or an import writes without a person."""
    pk = _user(row)
    if pk is None:
        return _("the program")
    user = users.get(pk)
    return str(user) if user else _("a user who no longer exists")
