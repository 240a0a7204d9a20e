"""Lists of records as CSV: one row a record, all pages in one file.

A column is a field, or a part of one: `title.ru`, `area.code`. Several values of a kind (`sources`) share a cell;
what holds several records of its own (the parties of an agreement) is left out: it has an address of its own.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any, get_type_hints

from django.http import QueryDict
from django.utils.translation import gettext as _
from drf_spectacular.drainage import get_override
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from parties.formatting import neutralised

FORMAT = "format"
FORMATS = ("json", "csv")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_SEVERAL = (serializers.ListSerializer, serializers.DictField, serializers.JSONField)


def wants_csv(parameters: QueryDict) -> bool:
    """Tell whether the list is asked for as CSV; raise a 400 for other formats, and for a page of a file."""
    asked = parameters.get(FORMAT, "json")
    if asked not in FORMATS:
        message = _("Allowed: %(names)s.") % {"names": ", ".join(FORMATS)}
        raise ValidationError({FORMAT: [ErrorDetail(message, code="invalid")]})
    pages = [name for name in ("cursor", "page_size") if name in parameters]
    if asked == "csv" and pages:
        message = _("A file holds all records: leave this parameter out.")
        raise ValidationError({name: [ErrorDetail(message, code="invalid")] for name in pages})
    return asked == "csv"


@dataclass(frozen=True)
class Column:
    """A column and where its value lies within a record. Codes are given as they are, texts without formulas."""

    path: tuple[str, ...]
    is_code: bool

    @property
    def name(self) -> str:
        return ".".join(self.path)

    def cell(self, record: Mapping[str, Any]) -> str:
        value: Any = record
        for part in self.path:
            value = value[part] if value is not None else None
        text = _text(value)
        return text if self.is_code or _NUMBER.fullmatch(text) else neutralised(text)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def columns_of(serializer: Any) -> list[Column]:
    """Return the columns of the records that the serializer shows, in its order."""
    return list(_columns((), serializer.fields.items()))


def _columns(above: tuple[str, ...], fields: Iterable[tuple[str, Any]]) -> Iterator[Column]:
    for name, field in fields:
        shape = _shape(field)
        if isinstance(shape, serializers.Serializer):
            yield from _columns((*above, name), shape.fields.items())
        elif shape is not None:
            yield Column((*above, name), isinstance(field, serializers.ChoiceField))


def _shape(field: Any) -> Any:
    """Return the field or serializer that the field looks like; None where it holds several records or no one shape."""
    stated: Any = field
    if isinstance(field, serializers.SerializerMethodField):
        method = getattr(field.parent, str(field.method_name))
        stated = get_override(method, "field")
        if stated is None:
            returned = str(get_type_hints(method).get("return"))
            return None if "dict" in returned or "list" in returned else field
    elif (described := get_override(field, "field")) is not None:
        stated = described
    shape = stated() if isinstance(stated, type) else stated
    if isinstance(shape, Mapping):
        return None if shape.get("type") in {"array", "object"} else field
    several = isinstance(shape, _SEVERAL) or isinstance(getattr(shape, "child", None), serializers.BaseSerializer)
    return None if several else shape


def as_csv(columns: list[Column], records: Iterable[Mapping[str, Any]]) -> str:
    """Return the records as CSV with commas and decimal points."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow([column.name for column in columns])
    writer.writerows([column.cell(record) for column in columns] for record in records)
    return out.getvalue()
