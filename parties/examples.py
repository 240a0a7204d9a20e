"""Removing examples: rows that are no facts, with everything that hangs on them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pgtrigger
from django.db import models, transaction

from parties.records import Record


@transaction.atomic
def remove(rows: models.QuerySet[Any]) -> int:
    """Remove the rows with all that hangs on them, whoever wrote it, and return how many of the rows there were.

    What cannot be without one of them (its reference is never empty) goes with it, and so does every example that
    names it. A fact that names it stays and names it no more. Files go once the transaction is committed.
    """
    model = rows.model
    found = list(rows.select_for_update(of=("self",)))  # whoever hangs something on them now waits
    keys = [row.pk for row in found]
    if not keys:
        return 0
    for name, naming in _naming(model, keys):
        if not naming.model._meta.get_field(name).null:
            remove(naming)
            continue
        if issubclass(naming.model, Record):
            remove(naming.filter(is_example=True))
        with pgtrigger.ignore(*_protections(naming.model)):
            naming.update(**{name: None})
    for file in _files(found):
        transaction.on_commit(lambda file=file: file.delete(save=False))  # type: ignore[misc]
    with pgtrigger.ignore(*_protections(model)):
        model._base_manager.filter(pk__in=keys).delete()
    return len(keys)


def _naming(model: type[models.Model], keys: list[Any]) -> Iterator[tuple[str, models.QuerySet[Any]]]:
    """Yield each field of any table that refers to the model, with the rows that name one of the keys in it.

    Left out is what refers to it without a promise of the database: the history, which stays.
    """
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ForeignObjectRel) or isinstance(relation, models.ManyToManyRel):
            continue
        field: Any = relation.field
        if field.db_constraint:
            naming: Any = field.model._base_manager
            yield field.name, naming.filter(**{f"{field.name}__in": keys})


def _protections(model: type[models.Model]) -> list[str]:
    """Return the triggers that keep rows of the model as they are; what is no fact needs no keeping."""
    triggers = getattr(model._meta, "triggers", ())
    return [f"{model._meta.label}:{one.name}" for one in triggers if isinstance(one, pgtrigger.Protect)]


def _files(rows: list[Any]) -> Iterator[Any]:
    for row in rows:
        for field in row._meta.fields:
            if isinstance(field, models.FileField) and (file := getattr(row, field.name)):
                yield file
