"""Form fields that several pages share."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, cast

from allauth.account.forms import LoginForm
from django import forms
from django.db.models import QuerySet
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _

from parties.formatting import number, period_in_numbers
from parties.models import SavedView
from parties.periods import NoSuchDate, Period, UnreadablePeriod

# What a list to choose from says first, where the choice is not that of a field of a model.
NOT_CHOSEN = ("", _("not chosen"))


class SignInForm(LoginForm):
    """The sign-in form without placeholders, which vanish when one begins to type."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class SavedViewForm(forms.ModelForm[SavedView]):
    """The name and address of a view. The address must be that of a page of this program."""

    class Meta:
        model = SavedView
        fields = ["name", "address"]

    def clean_address(self) -> str:
        address = str(self.cleaned_data["address"])
        try:
            # Pages declare who may use them (`parties.permissions`); files of libraries and the API do not.
            is_page = hasattr(resolve(address.partition("?")[0]).func, "access")
        except Resolver404:
            is_page = False
        if not is_page:
            raise forms.ValidationError(_("This is no page of the program."), code="no_page")
        return address


def choices_of(form: forms.BaseForm, name: str, rows: QuerySet[Any]) -> None:
    """Offer these rows in a field that chooses a record."""
    cast("forms.ModelChoiceField[Any]", form.fields[name]).queryset = rows


class NumberFormField(forms.DecimalField):
    """A text field that reads a number with any spaces between thousands and a decimal comma or point."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.localize = False
        self.widget.attrs.setdefault("inputmode", "decimal")

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = re.sub(r"\s", "", value).replace("\u2212", "-").replace(",", ".")
            if value and not re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", value):
                raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        return number(value) if isinstance(value, Decimal) else value


class PeriodFormField(forms.CharField):
    """A text field that reads a date or period as people write it (see `parties.periods`)."""

    default_error_messages = {
        "unreadable": _(
            "Cannot read “%(value)s” as a date or period."
            " Write for example 15.08.2023, August 2023, 2024-S1, 2024 or 2024–2026."
        ),
        "no_such_date": _("The calendar has no such date: “%(value)s”. Check the day and the month."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.pop("range_lookup", None)
        kwargs.setdefault("max_length", 60)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, Period):
            return value
        text = super().to_python(value)
        if not text:
            return None
        super().run_validators(text)  # of the text as typed: its length, no NUL
        try:
            return Period.parse(text)
        except UnreadablePeriod as error:
            code = "no_such_date" if isinstance(error, NoSuchDate) else "unreadable"
            raise forms.ValidationError(self.error_messages[code], code=code, params={"value": text}) from error

    def run_validators(self, value: Any) -> None:
        """Do nothing more: the text was validated before it was read."""

    def prepare_value(self, value: Any) -> Any:
        return period_in_numbers(value) if isinstance(value, Period) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except forms.ValidationError:
            return True
