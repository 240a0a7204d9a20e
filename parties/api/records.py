"""The shape that all records have in the API.

Names and texts are `{"ru": …, "en": …}`; a choice is its code; a period is three flat fields
(`held`, `held_first`, `held_last`); another record is `{"id", "code", "name"}`; a decimal is text.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.reverse import reverse

from parties.naming import Localised
from parties.periods import PeriodField

HEAD = ["id", "code", "url", "page"]
TAIL = ["is_example", "version", "updated_at"]
CITED = ["sources", "fact_ids"]

# Which addresses show which kind of record; filled where the addresses are put together.
_addresses: dict[str, str] = {}


def announce(model: type[models.Model], basename: str) -> None:
    """Remember the addresses of a kind of record; the first one announced is the one referred to."""
    _addresses.setdefault(model._meta.label_lower, basename)


def address_of(label: str, pk: Any, request: Request | None) -> str | None:
    """Return the API address of the record; None where its kind has none."""
    basename = _addresses.get(label)
    return None if basename is None else reverse(f"{basename}-detail", args=[pk], request=request)


class InBothLanguages(serializers.Serializer[Any]):
    """A name or text in Russian and English; null where it exists in the other language only."""

    ru = serializers.CharField(allow_null=True)
    en = serializers.CharField(allow_null=True)


class Reference(serializers.Serializer[Any]):
    """Another record, in short."""

    id = serializers.IntegerField()
    code = serializers.CharField(allow_null=True)
    name = InBothLanguages(allow_null=True)


def both(record: Any, name: str) -> dict[str, str | None]:
    """Return the text in both languages."""
    return {language: getattr(record, f"{name}_{language}") or None for language in ("ru", "en")}


def reference(record: Any) -> dict[str, Any]:
    """Return the record in short."""
    named = next((name for name in ("name", "title", "what", "text") if _is_localised(type(record), name)), None)
    return {"id": record.pk, "code": record.code, "name": both(record, named) if named else None}


def _is_localised(model: type[Any], name: str) -> bool:
    return isinstance(getattr(model, name, None), Localised)


@extend_schema_field(InBothLanguages)
class BothField(serializers.Field[Any, Any, Any, Any]):
    """A name or text in both languages."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "read_only": True, "source": "*"})

    def to_representation(self, value: Any) -> dict[str, str | None]:
        return both(value, str(self.field_name))


@extend_schema_field(Reference)
class ReferenceField(serializers.Field[Any, Any, Any, Any]):
    """Another record in short, or null."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "read_only": True})

    def to_representation(self, value: Any) -> dict[str, Any]:
        return reference(value)


@extend_schema_field(Reference(many=True))
class ReferencesField(serializers.Field[Any, Any, Any, Any]):
    """Several other records in short."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "read_only": True})

    def to_representation(self, value: Any) -> list[dict[str, Any]]:
        return [reference(record) for record in value.all()]


class PeriodText(serializers.CharField):
    """A period in its text form, such as `2024-S1`."""


class RowSerializer(serializers.ModelSerializer[Any]):
    """A row inside a record: understands the field types of this program."""

    serializer_field_mapping: ClassVar[dict[Any, Any]] = {
        **serializers.ModelSerializer.serializer_field_mapping,
        PeriodField: PeriodText,
    }

    def get_extra_kwargs(self) -> Any:
        """All fields are read only, whatever forms may write."""
        return {name: {"read_only": True} for name in self.Meta.fields}  # type: ignore[attr-defined]

    def get_uniqueness_extra_kwargs(self, field_names: Any, declared_fields: Any, extra_kwargs: Any) -> Any:
        return extra_kwargs, {}

    def get_validators(self) -> list[Any]:
        return []

    def build_field(self, field_name: str, info: Any, model_class: type[Any], nested_depth: int) -> tuple[Any, Any]:
        if _is_localised(model_class, field_name):
            return BothField, {}
        base, __, edge = field_name.rpartition("_")
        if edge in {"first", "last"} and isinstance(_field(model_class, base), PeriodField):
            return serializers.DateField, {"source": f"{base}.{edge}", "read_only": True, "allow_null": True}
        return super().build_field(field_name, info, model_class, nested_depth)

    def build_standard_field(self, field_name: str, model_field: Any) -> tuple[Any, Any]:
        if isinstance(model_field, PeriodField):
            return PeriodText, {"read_only": True, "allow_null": model_field.null}
        field_class, kwargs = super().build_standard_field(field_name, model_field)
        if isinstance(model_field, models.DecimalField):
            kwargs["normalize_output"] = True  # as published: 23, not 23.0000
        return field_class, kwargs

    def build_relational_field(self, field_name: str, relation_info: Any) -> tuple[Any, Any]:
        return (ReferencesField if relation_info.to_many else ReferenceField), {}


def _field(model: type[Any], name: str) -> Any:
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None


class RecordSerializer(RowSerializer):
    """A record: its own address, and that of its page."""

    # Set where several addresses show one kind of record.
    basename: ClassVar[str | None] = None

    url = serializers.SerializerMethodField(help_text="Address of the record in this API.")
    page = serializers.SerializerMethodField(help_text="Address of the record's page, null where it has none.")

    def get_url(self, record: Any) -> str:
        request = self.context.get("request")
        if self.basename:
            return reverse(f"{self.basename}-detail", args=[record.pk], request=request)
        return address_of(record._meta.label_lower, record.pk, request) or ""

    def get_page(self, record: Any) -> str | None:
        return absolute(record.get_absolute_url(), self.context) if hasattr(record, "get_absolute_url") else None


class CitedRow(RowSerializer):
    """A row inside a record that cites sources."""

    sources = serializers.ListField(child=serializers.CharField(), source="source_codes", read_only=True)
    fact_ids = serializers.ListField(child=serializers.CharField(), read_only=True)


class SourcedSerializer(CitedRow, RecordSerializer):
    """A record that cites sources and names the facts it holds."""


def absolute(address: str, context: dict[str, Any]) -> str:
    """Return the whole address, with the host that the reader used."""
    request: Request | None = context.get("request")
    return request.build_absolute_uri(address) if request else address
