"""Days and deadlines as people write them in forms."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from parties.filtering import DayField

DEADLINES = _("For example 15.09.2026, September 2026, 2026-Q4, 2026-S1, 2026 or 2025–2027.")


class DayFormField(DayField):
    """A day as people write it, in a text field."""

    widget = forms.DateInput(format="%d.%m.%Y", attrs={"inputmode": "numeric"})
    default_error_messages = {"invalid": _("Write a day such as 17.05.2024.")}
