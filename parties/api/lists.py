"""Lists of the API: strict filters, and pages that stay right while rows are added."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError as InvalidValue
from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

_SHOWN = 40  # how many allowed values an error lists


def refuse_unknown(parameters: QueryDict, allowed: Iterable[str]) -> None:
    """Raise a 400 that names each parameter that is unknown, repeated or empty."""
    known = sorted(allowed)
    errors: dict[str, list[ErrorDetail]] = {}
    for name, values in parameters.lists():
        if name not in known:
            message = (
                _("There is no such parameter. Allowed: %(names)s.") % {"names": ", ".join(known)}
                if known
                else _("There is no such parameter. This address takes none.")
            )
            errors[name] = [ErrorDetail(message, code="unknown")]
        elif len(values) > 1:
            errors[name] = [ErrorDetail(_("Give this parameter once."), code="repeated")]
        elif not values[0].strip():
            errors[name] = [ErrorDetail(_("Give a value, or leave the parameter out."), code="empty")]
    if errors:
        raise ValidationError(errors)


class StrictFilters(DjangoFilterBackend):  # type: ignore[misc]
    """Filters by the filter set of the view; a value that cannot be read is a 400 that says what can."""

    def get_filterset_class(self, view: Any, queryset: Any = None) -> Any:
        return view.filterset_class if view.action == "list" else view.detail_filterset_class

    def filter_queryset(self, request: Request, queryset: models.QuerySet[Any], view: Any) -> models.QuerySet[Any]:
        filterset = self.get_filterset(request, queryset, view)
        if filterset is None:
            return queryset
        if not filterset.is_valid():
            raise ValidationError(
                {
                    name: [_error(error, filterset.form.fields.get(name)) for error in errors.as_data()]
                    for name, errors in filterset.errors.items()
                }
            )
        view.day = getattr(filterset, "day", None)
        filtered: models.QuerySet[Any] = filterset.qs
        return filtered


def _error(error: InvalidValue, field: forms.Field | None) -> ErrorDetail:
    text = " ".join(error.messages)
    allowed = _allowed(field)
    if allowed:
        text += " " + _("Allowed: %(names)s.") % {"names": ", ".join(allowed)}
    return ErrorDetail(text, code=error.code or "invalid")


def _allowed(field: forms.Field | None) -> list[str]:
    """Return what the field takes; nothing where that is no short list."""
    if isinstance(field, forms.ModelChoiceField):
        names = field.queryset.order_by("pk")[: _SHOWN + 1] if field.queryset is not None else []
        codes = [str(field.prepare_value(record)) for record in names]
        return codes if len(codes) <= _SHOWN else []
    if isinstance(field, forms.ChoiceField):
        return [str(value) for value, __ in field.choices if value]  # type: ignore[misc,union-attr]
    return []


class KeysetPages(BasePagination):
    """Pages by position, not by number: rows added or deleted meanwhile neither repeat nor hide others.

    The position (`cursor`) is that of the last row seen, so each page costs the same.
    """

    default_size = 100
    largest_size = 1000
    parameters = ("cursor", "ordering", "page_size")

    def ordered(self, queryset: models.QuerySet[Any], request: Request, view: Any) -> models.QuerySet[Any]:
        """Return the rows of all pages in their order."""
        ordering = self._ordering(request.query_params.get("ordering"), view.orderings)
        return queryset.order_by(*view.orderings[ordering])

    def paginate_queryset(self, queryset: models.QuerySet[Any], request: Request, view: Any = None) -> list[Any]:
        self.address = request.build_absolute_uri()
        size = self._size(request.query_params.get("page_size"))
        self.ordering = self._ordering(request.query_params.get("ordering"), view.orderings)
        self.fields: tuple[str, ...] = view.orderings[self.ordering]
        position = request.query_params.get("cursor")
        backwards, values = self._read(position, queryset.model) if position is not None else (False, None)
        self.count = queryset.count()
        rows = queryset.order_by(*(f"-{name}" if backwards else name for name in self.fields))
        if values:
            rows = rows.filter(_beyond(self.fields, values, backwards))
        page = list(rows[: size + 1])
        more, page = len(page) > size, page[:size]
        if backwards:
            page.reverse()
        self.next = self._cursor(page[-1], "n") if page and (more or backwards) else None
        self.previous = self._cursor(page[0], "p") if page and (more if backwards else values) else None
        return page

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {
                "next": self.next and replace_query_param(self.address, "cursor", self.next),
                "previous": self.previous and replace_query_param(self.address, "cursor", self.previous),
                "count": self.count,
                "results": data,
            }
        )

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        address = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "count", "results"],
            "properties": {
                "next": {**address, "description": "Address of the next page, null on the last one."},
                "previous": address,
                "count": {"type": "integer", "description": "Number of records on all pages."},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        size = {"type": "integer", "minimum": 1, "maximum": self.largest_size, "default": self.default_size}
        order = {"type": "string", "enum": list(view.orderings), "default": next(iter(view.orderings))}
        place = {"type": "string"}
        return [
            {"name": name, "in": "query", "required": False, "schema": schema, "description": text}
            for name, schema, text in (
                ("page_size", size, "Records on a page."),
                ("ordering", order, "What the list is ordered by."),
                ("cursor", place, "A place in the list; take it from `next` and `previous`."),
            )
        ]

    def _size(self, text: str | None) -> int:
        if text is None:
            return self.default_size
        if not (text.isascii() and text.isdigit() and len(text) <= 9 and 1 <= int(text) <= self.largest_size):
            message = _("Give a whole number from 1 to %(largest)d.") % {"largest": self.largest_size}
            raise ValidationError({"page_size": [ErrorDetail(message, code="invalid")]})
        return int(text)

    def _ordering(self, text: str | None, orderings: dict[str, tuple[str, ...]]) -> str:
        if text is None:
            return next(iter(orderings))
        if text not in orderings:
            message = _("Allowed: %(names)s.") % {"names": ", ".join(orderings)}
            raise ValidationError({"ordering": [ErrorDetail(message, code="invalid")]})
        return text

    def _cursor(self, row: Any, direction: str) -> str:
        values = [getattr(row, name) for name in self.fields]
        texts = [value.isoformat() if isinstance(value, dt.datetime) else str(value) for value in values]
        return base64.urlsafe_b64encode(json.dumps([direction, self.ordering, *texts]).encode()).decode().rstrip("=")

    def _read(self, cursor: str, model: type[models.Model]) -> tuple[bool, list[Any]]:
        try:
            padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
            direction, ordering, *texts = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
            values = [_value(model._meta.get_field(name), text) for name, text in zip(self.fields, texts, strict=True)]
            if direction in ("n", "p") and ordering == self.ordering:
                return direction == "p", values
        except (binascii.Error, ValueError, TypeError, RecursionError, InvalidValue):
            pass
        message = _("Take the cursor from “next” or “previous” of a list with the same ordering.")
        raise ValidationError({"cursor": [ErrorDetail(message, code="invalid")]})


def _value(field: Any, text: Any) -> Any:
    """Return the value that the text stands for; raise `ValueError` or `ValidationError` otherwise."""
    if not isinstance(text, str) or len(text) > 40:
        raise ValueError(text)
    value = field.to_python(text)
    if isinstance(value, dt.datetime) and (value.tzinfo is None or not 1900 < value.year < 2200):
        raise ValueError(text)
    return value


def _beyond(fields: tuple[str, ...], values: list[Any], backwards: bool) -> models.Q:
    """Return the condition for rows that follow (or precede) the position."""
    step = "lt" if backwards else "gt"
    found = models.Q()
    for place, name in enumerate(fields):
        same = dict(zip(fields[:place], values[:place], strict=True))
        found |= models.Q(**same, **{f"{name}__{step}": values[place]})
    return found
