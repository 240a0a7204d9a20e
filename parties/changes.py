"""Who changed what of a record, when: read from the audit that the database keeps of every row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import gettext as _

from parties.formatting import number, period
from parties.models import User
from parties.periods import Period
from parties.records import Record

_OF_THE_ROW = {"id", "version", "created_at", "updated_at", "order"}


@dataclass(frozen=True)
class Change:
    """One cell: what it was, what it is now, who changed it, when and, where that is kept, why.

    `subject` names the part of the record that was changed, and is empty for the record itself.
    """

    field: str
    label: str
    was: str
    now: str
    who: str
    at: dt.datetime
    subject: str = ""
    reason: str = ""


def states_of(model: type[models.Model], **of_it: Any) -> list[Any]:
    """Return every stored state of rows, the oldest first (1 query)."""
    events = apps.get_model(model._meta.app_label, f"{model.__name__}Event")
    return list(events._default_manager.filter(**of_it).order_by("pgh_id"))


def cells(
    model: type[models.Model],
    states: Iterable[Any],
    fields: Iterable[str],
    users: Mapping[int, User],
    *,
    names: Mapping[str, Mapping[int, Any]] | None = None,
    subject: str = "",
) -> Iterator[Change]:
    """Yield the cells of one row that changed from one state to the next.

    `names` holds, for each field that is another record, these records by their ids.
    """
    for before, after in pairwise(row for row in states if row.pgh_label != "delete"):
        for name in fields:
            field: Any = model._meta.get_field(name)
            was, now = (getattr(row, field.attname) for row in (before, after))
            if was == now:
                continue
            known = (names or {}).get(name, {})
            before_it, after_it = (in_words(field, known.get(value, value)) for value in (was, now))
            label, who = str(field.verbose_name), who_wrote(after, users)
            yield Change(name, label, before_it, after_it, who, after.pgh_created_at, subject)


def came_and_went(
    field: str,
    label: str,
    events: Iterable[Any],
    in_words: Callable[[Any], str],
    users: Mapping[int, User],
    entered: dt.datetime | None,
) -> Iterator[Change]:
    """Yield parts that came, went or changed after the record that they belong to was entered."""
    last: dict[int, str] = {}
    for row in events:
        was = last.get(row.id, "")
        now = "" if row.pgh_label == "delete" else in_words(row)
        last[row.id] = now
        if was != now and row.pgh_created_at != entered:
            yield Change(field, label, was, now, who_wrote(row, users), row.pgh_created_at)


def changes_since(record: Record, version: int) -> list[Change]:
    """Return how the fields of a stored record changed since it was at the version, newest first (at most 2 queries).

    A record that is another one's is named as it is stored now, and by its number as it was.
    """
    events: Any = getattr(record, "events", None)
    states = [] if events is None else list(events.filter(version__gte=version).order_by("pgh_id"))
    users = users_of(states)
    found = []
    for before, after in pairwise(states):
        for field in record._meta.concrete_fields:
            was, now = (getattr(row, field.attname, None) for row in (before, after))
            if was == now or field.name in _OF_THE_ROW:
                continue
            if isinstance(field, models.ForeignKey) and now == getattr(record, field.attname):
                now = getattr(record, field.name)
            before_it, after_it = (in_words(field, value) for value in (was, now))
            label, who = str(field.verbose_name), who_wrote(after, users)
            found.append(Change(field.name, label, before_it, after_it, who, after.pgh_created_at))
    return found[::-1]


def last_writer(record: Record) -> tuple[str, dt.datetime | None]:
    """Return who wrote the stored version of a record, and when; empty where it is not audited (at most 2 queries)."""
    events: Any = getattr(record, "events", None)
    row = None if events is None else events.filter(version=record.version).order_by("pgh_id").first()
    return ("", None) if row is None else (who_wrote(row, users_of([row])), row.pgh_created_at)


def in_words(field: models.Field[Any, Any], value: Any) -> str:
    """Return a stored value as people read it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Period):
        return period(value)
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return period(Period.day(value))
    if isinstance(value, Decimal):
        return number(value)
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(dict(field.flatchoices).get(value, value)) if field.choices else str(value)


def users_of(rows: Iterable[Any]) -> dict[int, User]:
    """Return the users who wrote the rows of an audit, by their ids (one query)."""
    return User.objects.in_bulk({pk for row in rows if (pk := _user(row)) is not None})


def who_wrote(row: Any, users: Mapping[int, User]) -> str:
    """Return who wrote a row of an audit; a command or an import writes without a person."""
    pk = _user(row)
    if pk is None:
        return _("the program")
    user = users.get(pk)
    return str(user) if user else _("a user who no longer exists")


def _user(row: Any) -> int | None:
    found: int | None = (row.pgh_context or {}).get("user")
    return found
