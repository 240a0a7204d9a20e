"""How the database differs from the files: field by field, and by one checksum of the content."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from django.db import models

from cooperation.facts.nouns import Noun, flat
from cooperation.facts.reading import Row, of_noun

JOB = "load_facts"
"""Name under which the audit history keeps the loader's writes."""

Content: TypeAlias = dict[str, dict[str, Any]]
"""Values by code and field."""


@dataclass(frozen=True)
class Difference:
    """A row that the database lacks (`fields` is None) or holds with other values in some fields."""

    row: Row
    fields: dict[str, tuple[Any, Any]] | None

    def __str__(self) -> str:
        if self.fields is None:
            return f"{self.row}: not in the database"
        return "\n".join(
            f"{self.row}: {name}: the file has {canonical(stated)!r}, the database {canonical(found)!r}"
            for name, (stated, found) in self.fields.items()
        )


def stored(noun: Noun, codes: list[str]) -> Content:
    """Return what the database holds of the rows; a reference is the code of its row, or its `#id`."""
    references = [field.name for field in noun.fields if isinstance(field, models.ForeignKey)]
    names = [field.name for field in noun.fields]
    rows = noun.model._default_manager.filter(code__in=codes)
    content = {row["code"]: row for row in rows.values(*names, *(f"{name}__code" for name in references))}
    for row in content.values():
        for name in references:
            code = row.pop(f"{name}__code")
            row[name] = code if code or row[name] is None else f"#{row[name]}"
    return content


def differences(rows: list[Row], noun: Noun) -> list[Difference]:
    """Return where the database differs from the noun's rows."""
    mine = of_noun(rows, noun)
    found = stored(noun, [row.code for row in mine])
    result = []
    for row in mine:
        if row.code not in found:
            result.append(Difference(row, None))
            continue
        values = found[row.code]
        fields = {name: (value, values[name]) for name, value in row.values.items() if values[name] != value}
        if fields:
            result.append(Difference(row, fields))
    return result


def vanished(rows: list[Row]) -> list[str]:
    """Return the rows once loaded that the files no longer have. Rows entered by people are not among them."""
    result = []
    for noun in flat():
        codes = [row.code for row in of_noun(rows, noun)]
        left = noun.model._default_manager.filter(code__isnull=False).exclude(code__in=codes)
        loaded = history(noun.model).filter(pgh_label="insert", pgh_context__job=JOB, pgh_obj_id__in=left.values("pk"))
        gone = left.filter(pk__in=loaded.values("pgh_obj_id")).order_by("code")
        result += [f"{noun.key}: {code}: no longer in the files" for code in gone.values_list("code", flat=True)]
    return result


def changed_since_load(row: Row) -> bool:
    """Tell whether someone else has changed the row after the loader last wrote it."""
    last = history(row.noun.model).filter(code=row.code).order_by("-pgh_id").first()
    return last is not None and (last.pgh_context or {}).get("job") != JOB


def history(model: type[models.Model]) -> models.QuerySet[Any]:
    """Return the audit events of a model."""
    events: type[models.Model] = model.pgh_event_models["insert"]  # type: ignore[attr-defined]  # set by pghistory
    return events._default_manager.all()


def canonical(value: Any) -> Any:
    """Return the value in a form that is the same in every database and language."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if value is None or isinstance(value, bool | int | list):
        return value
    return str(value)


def checksum(content: dict[str, Content]) -> str:
    """Return the SHA-256 of content keyed by noun, code and field; ids, versions and times are not part of it."""
    plain = {
        noun: {code: {name: canonical(value) for name, value in row.items()} for code, row in rows.items()}
        for noun, rows in content.items()
    }
    return hashlib.sha256(json.dumps(plain, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def checksum_of_files(rows: list[Row]) -> str:
    return checksum({noun.key: {row.code: row.values for row in of_noun(rows, noun)} for noun in flat()})


def checksum_of_database(rows: list[Row]) -> str:
    return checksum({noun.key: stored(noun, [row.code for row in of_noun(rows, noun)]) for noun in flat()})
