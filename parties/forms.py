"""Form fields that several pages share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from parties.formatting import period_in_numbers
from parties.periods import Period, UnreadablePeriod


class PeriodFormField(forms.CharField):
    """A text field that reads a date or period as people write it (see `parties.periods`)."""

    default_error_messages = {
        "unreadable": _(
            "Cannot read “%(value)s” as a date or period. Write for example 15.08.2023, August 2023, 2024-S1 or 2024."
        ),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.pop("range_lookup", None)
        kwargs.setdefault("max_length", 60)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Period | None:
        if isinstance(value, Period):
            return value
        text = super().to_python(value)
        if not text:
            return None
        try:
            return Period.parse(text)
        except UnreadablePeriod as error:
            raise forms.ValidationError(
                self.error_messages["unreadable"], code="unreadable", params={"value": text}
            ) from error

    def prepare_value(self, value: Any) -> Any:
        return period_in_numbers(value) if isinstance(value, Period) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except forms.ValidationError:
            return True
