"""Filters that pages and the API share: one filter set per kind of record, read from the address.

Every filter refuses what it cannot read and says what it reads; nothing is guessed or ignored.
Another record is named by its code or by its id.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import django_filters as filters
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters.fields import IsoDateTimeField, ModelChoiceField

from parties.forms import PeriodFormField
from parties.models import Area, Organisation, Partnership, Territory
from parties.periods import FIRST_YEAR, LAST_YEAR, Period

_CODE = re.compile(r"[\w.:+~-]{1,80}")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ID_DIGITS = 18  # the most that always fit into a bigint


def named(records: models.QuerySet[Any], name: str) -> models.QuerySet[Any]:
    """Return the records (one or none) with this id or code."""
    meta = records.model._meta
    if isinstance(meta.pk, models.UUIDField):
        return records.filter(pk=name.lower()) if _UUID.fullmatch(name.lower()) else records.none()
    if name.isascii() and name.isdigit():
        return records.filter(pk=int(name)) if len(name) <= _ID_DIGITS else records.none()
    has_code = any(field.name == "code" for field in meta.fields)
    return records.filter(code=name) if has_code and _CODE.fullmatch(name) else records.none()


class RecordField(ModelChoiceField):
    """A choice among records, each named by its code where it has one, else by its id."""

    default_error_messages = {"invalid_choice": _("No such record: “%(value)s”. Name it by its code or id.")}

    def prepare_value(self, value: Any) -> Any:
        return (getattr(value, "code", None) or value.pk) if isinstance(value, models.Model) else value

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        found = named(self.queryset, str(value)).first()
        if found is None:
            raise forms.ValidationError(
                self.error_messages["invalid_choice"], code="invalid_choice", params={"value": value}
            )
        return found

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial) or "") != str(data or "")


class DayField(forms.DateField):
    """A day between the first and the last year that the program knows."""

    default_error_messages = {"invalid": _("Write a day such as 17.05.2024 or 2024-05-17.")}
    default_validators = [
        MinValueValidator(dt.date(FIRST_YEAR, 1, 1)),
        MaxValueValidator(dt.date(LAST_YEAR, 12, 31)),
    ]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"input_formats": ["%Y-%m-%d", "%d.%m.%Y"], **kwargs})


class MomentField(IsoDateTimeField):
    """A day or a time in ISO 8601; a time without an offset is that of the home region."""

    default_error_messages = {
        "invalid": _("Write a time such as 2024-05-17 or 2024-05-17T09:00:00Z (a plus sign in an address is %2B).")
    }

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and not re.match(r"(19|20)\d\d-", value):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        moment = super().to_python(value)
        return moment and moment.astimezone(dt.UTC)  # PostgreSQL reads no offset beyond 15:59


class YearField(forms.IntegerField):
    """A year that the program knows."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": FIRST_YEAR, "max_value": LAST_YEAR, **kwargs})


class RecordFilter(filters.ModelChoiceFilter):
    """Keeps rows that belong to the named record."""

    field_class = RecordField


class CitationFilter(RecordFilter):
    """Keeps rows whose array of codes holds that of the named record."""

    def filter(self, qs: models.QuerySet[Any], value: Any) -> models.QuerySet[Any]:
        return qs if value is None else qs.filter(**{f"{self.field_name}__contains": [value.code]})


class PeriodFilter(filters.Filter):
    """Keeps rows whose period has a day in common with the given one."""

    field_class: Any = PeriodFormField

    def filter(self, qs: models.QuerySet[Any], value: Any) -> models.QuerySet[Any]:
        return qs if value is None else qs.filter(**{f"{self.field_name}__overlap": value})


class YearOfPeriodFilter(PeriodFilter):
    """Keeps rows whose period has a day in the year."""

    field_class = YearField

    def filter(self, qs: models.QuerySet[Any], value: Any) -> models.QuerySet[Any]:
        return super().filter(qs, None if value is None else Period.year(value))


class YearFilter(filters.Filter):
    """Keeps rows of the year."""

    field_class = YearField


class DayFilter(filters.Filter):
    """Compares a day."""

    field_class = DayField


class MomentFilter(filters.Filter):
    """Compares a moment."""

    field_class = MomentField


class YesNoFilter(filters.TypedChoiceFilter):
    """`true` or `false`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=[("true", _("yes")), ("false", _("no"))], coerce=lambda text: text == "true", **kwargs)


class RecordFilterSet(filters.FilterSet):
    """What all records can be filtered by."""

    updated_since = MomentFilter(field_name="updated_at", lookup_expr="gte", label=_("changed since"))
    is_example = YesNoFilter(field_name="is_example", label=_("example"))


class AsOfFilterSet(filters.FilterSet):
    """A day on which states are looked at; today where none is given."""

    as_of = DayFilter(method="look_on_day", label=_("as of"))

    def look_on_day(self, queryset: models.QuerySet[Any], name: str, value: dt.date) -> models.QuerySet[Any]:
        return queryset

    @property
    def day(self) -> dt.date:
        given: dt.date | None = self.form.cleaned_data.get("as_of") if self.is_bound and self.form.is_valid() else None
        return given or timezone.localdate()


def of_partnership(field: str = "partnership") -> RecordFilter:
    return RecordFilter(field_name=field, queryset=Partnership.objects.order_by("pk"), label=_("partnership"))


def of_organisation(field: str = "organisation", label: Any = None, **kwargs: Any) -> RecordFilter:
    organisations = Organisation.objects.order_by("pk")
    return RecordFilter(field_name=field, queryset=organisations, label=label or _("organisation"), **kwargs)


def of_area(field: str = "area", **kwargs: Any) -> RecordFilter:
    return RecordFilter(field_name=field, queryset=Area.objects.order_by("order", "pk"), label=_("area"), **kwargs)


def of_territory(field: str = "territory", label: Any = None) -> RecordFilter:
    return RecordFilter(field_name=field, queryset=Territory.objects.order_by("pk"), label=label or _("territory"))
