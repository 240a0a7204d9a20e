"""From rows to the database, in one transaction."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pghistory
from django.db import DatabaseError, models, transaction

from cooperation.facts.comparing import JOB, Difference, changed_since_load, differences, vanished
from cooperation.facts.nouns import Noun, flat
from cooperation.facts.reading import FactsError, Row, of_noun


@dataclass
class Loaded:
    """What a load did: rows per noun, added, changed and kept, and what needs a look."""

    counts: dict[str, Counter[str]] = field(default_factory=dict)
    kept: list[Difference] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)


@transaction.atomic
def load_facts(rows: list[Row], *, restore: bool = False) -> Loaded:
    """Add the rows that are missing and update those that differ.

    A row changed by someone else since it was loaded is kept, unless `restore` is asked for.
    """
    loaded = Loaded()
    with pghistory.context(job=JOB):
        for noun in flat():
            load_noun(rows, noun, loaded, restore=restore)
    loaded.vanished = vanished(rows)
    return loaded


def load_noun(rows: list[Row], noun: Noun, loaded: Loaded, *, restore: bool) -> None:
    counter = loaded.counts[noun.key] = Counter(rows=len(of_noun(rows, noun)), added=0, changed=0, kept=0)
    for difference in differences(rows, noun):
        if difference.fields is not None and not restore and changed_since_load(difference.row):
            loaded.kept.append(difference)
            counter["kept"] += 1
            continue
        write(difference)
        counter["added" if difference.fields is None else "changed"] += 1


def write(difference: Difference) -> None:
    """Add the row, or update the fields in which it differs."""
    row = difference.row
    names = row.values if difference.fields is None else difference.fields
    values = {name: related(row, name) for name in names}
    manager = row.noun.model._default_manager
    try:
        with transaction.atomic():
            if difference.fields is None:
                manager.create(**values)
            else:
                manager.filter(code=row.code).update(**values)
    except DatabaseError as error:
        raise FactsError([f"{row}: {', '.join(names)}: the database refuses it: {error}"]) from error


def related(row: Row, name: str) -> Any:
    """Return the value of a field, with the row that a reference names in place of its code."""
    value, model_field = row.values[name], row.noun.model._meta.get_field(name)
    if value is None or not isinstance(model_field, models.ForeignKey):
        return value
    return model_field.related_model._default_manager.get(code=value)
