"""How the API describes itself (OpenAPI)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import django_filters
from django import forms
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers

from parties.api.tables import FORMAT, FORMATS
from parties.filtering import DayFilter, MomentFilter, PeriodFilter, RecordFilter, YearFilter, YearOfPeriodFilter
from parties.periods import FIRST_YEAR, LAST_YEAR
from parties.writing import OF_THE_ENTRY

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
_FORMAT = {
    "name": FORMAT,
    "in": "query",
    "required": False,
    "schema": {"type": "string", "enum": list(FORMATS), "default": "json"},
    "description": "`csv` gives the records of all pages as one file.",
}
_YEAR = {"type": "integer", "minimum": FIRST_YEAR, "maximum": LAST_YEAR}


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes `Authorization: Token …`."""

    target_class = "parties.authentication.KnoxToken"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "`Token ` and the token."}


class TokenAsPasswordScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes `Authorization: Basic …`."""

    target_class = "parties.authentication.TokenAsPassword"
    name = "tokenAsPassword"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "basic", "description": "Any user name, and the token as the password."}


class ErrorItem(serializers.Serializer[Any]):
    """One thing that is wrong."""

    code = serializers.CharField(help_text="Short name of the error, for programs.")
    detail = serializers.CharField(help_text="What to do, in the reader's language.")
    attr = serializers.CharField(allow_null=True, help_text="The parameter or field that is wrong.")


class Errors(serializers.Serializer[Any]):
    """The one shape of all errors."""

    type = serializers.CharField(help_text="validation_error, client_error or server_error")
    errors = ErrorItem(many=True)


class Schema(AutoSchema):
    """Describes filters as they are, codes as open lists, and the errors that any address may answer."""

    def _get_filter_parameters(self) -> list[dict[str, Any]]:
        view: Any = self.view
        is_list = self._is_list_view()
        filterset = getattr(view, "filterset_class" if is_list else "detail_filterset_class", None)
        if filterset is None or self.method != "GET":
            return []
        return [_parameter(name, one) for name, one in filterset.base_filters.items()] + ([_FORMAT] if is_list else [])

    def _resolve_path_parameters(self, variables: list[str]) -> list[dict[str, Any]]:
        described = {"type": "string"}
        return [
            {"name": name, "in": "path", "required": True, "schema": described, "description": "Id or code."}
            for name in variables
        ]

    def _map_serializer_field(self, field: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        # A further code is no breaking change: codes are described, not fixed.
        if isinstance(field, serializers.ChoiceField):
            codes = ", ".join(str(code) for code in field.choices if code != "")
            return {"type": "string", "description": f"A code: {codes}."}
        return super()._map_serializer_field(field, direction, bypass_extensions)

    def get_request_serializer(self) -> Any:
        """Return what a write takes: the fields of its form, in the shape in which records are read."""
        form = self._form()
        return super().get_request_serializer() if form is None else _entry(form)

    def get_override_parameters(self) -> list[Any]:
        if self._form() is None:
            return []
        stated = OpenApiParameter(
            "If-Match", str, OpenApiParameter.HEADER, description='Version that you saw: "7". Needed for a change.'
        )
        key = OpenApiParameter(
            "Idempotency-Key", str, OpenApiParameter.HEADER, description="The same key is kept once, for a day."
        )
        return [stated, key] if self.method == "POST" else [stated]

    def _gives_files(self) -> bool:
        """Tell whether this is a list of records."""
        listed = self.method == "GET" and getattr(self.view, "action", None) == "list"
        return listed and getattr(self.view, "filterset_class", None) is not None

    def _form(self) -> Any:
        form_for = getattr(self.view, "form_for", None)
        return form_for(self.view.action) if form_for and self.method not in {"GET", "HEAD", "OPTIONS"} else None

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        if direction == "response":
            if self._gives_files() and "200" in bodies:
                bodies["200"]["content"]["text/csv"] = {"schema": {"type": "string"}}
            answers = {"400": "A parameter or field is unknown or cannot be read.", "401": "No valid token."}
            if "{" in self.path:
                answers["404"] = "There is no such record."
            if self._form() is not None:
                answers |= {
                    "403": "The role of the user does not allow it.",
                    "412": "The record was changed meanwhile; `stored` is how it is now, `differences` who wrote what.",
                    "422": "The Idempotency-Key was used for another request.",
                    "428": "The version that you saw is not stated.",
                }
            for status, text in answers.items():
                bodies.setdefault(status, self._get_response_for_code(OpenApiResponse(Errors, text), status))
        return bodies


def _entry(form: Any) -> type[serializers.Serializer[Any]]:
    """Return the shape that a form takes: two texts `title_ru`, `title_en` are one `title`."""
    fields: dict[str, Any] = {}
    for name, field in form.base_fields.items():
        if name in OF_THE_ENTRY:
            continue
        outer, language = (name[:-3], name[-2:]) if name[-3:] in {"_ru", "_en"} else (name, "")
        if language:
            fields[outer] = _TextsToWrite(required=False)
        else:
            fields[name] = _to_write(field)
    return type(f"{form.__name__.removesuffix('Form')}Entry", (serializers.Serializer,), fields)


class _TextsToWrite(serializers.Serializer[Any]):
    """A text in Russian and English."""

    ru = serializers.CharField(required=False, allow_blank=True)
    en = serializers.CharField(required=False, allow_blank=True)


@extend_schema_field({"oneOf": [{"type": "integer"}, {"type": "string"}], "description": "Id or code."})
class _NamedToWrite(serializers.Field[Any, Any, Any, Any]):
    """Another record."""


def _to_write(field: Any) -> Any:
    required = {"required": field.required}
    if isinstance(field, forms.ModelMultipleChoiceField):
        return serializers.ListField(child=_NamedToWrite(), **required)
    if isinstance(field, forms.ModelChoiceField):
        return _NamedToWrite(**required)
    if isinstance(field, forms.BooleanField):
        return serializers.BooleanField(required=False)
    if isinstance(field, forms.FileField):
        return serializers.FileField(**required)
    if isinstance(field, forms.MultipleChoiceField):
        return serializers.ListField(child=serializers.CharField(), **required)
    codes = [value for value, __ in getattr(field, "choices", ()) if value]
    help_text = f"A code: {', '.join(map(str, codes))}." if codes else str(field.help_text or field.label or "")
    return serializers.CharField(help_text=help_text, allow_blank=not field.required, **required)


def described(**details: Any) -> Callable[[Decorated], Decorated]:
    """Describe one method of a resource further; what `Schema` says of it stays."""

    def decorate(method: Decorated) -> Decorated:
        method.schema = Schema()  # type: ignore[attr-defined]
        decorated: Decorated = extend_schema(**details)(method)
        return decorated

    return decorate


def _parameter(name: str, one: django_filters.Filter) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    text = str(one.label or name)
    if isinstance(one, (YearFilter, YearOfPeriodFilter)):
        schema = _YEAR
    elif isinstance(one, RecordFilter):
        text += " (code or id)"
    elif isinstance(one, PeriodFilter):
        text += " (a day in common with a period such as 2024, 2024-S1, 2024-05 or 2016/..)"
    elif isinstance(one, DayFilter):
        schema = {"type": "string", "format": "date"}
    elif isinstance(one, MomentFilter):
        schema = {"type": "string", "format": "date-time"}
    elif isinstance(one, django_filters.ChoiceFilter):
        schema = {"type": "string", "enum": [str(value) for value, __ in one.field.choices if value]}
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": text}
