"""The form that registers a source."""

from __future__ import annotations

import hashlib
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from documents.models import Source
from parties.forms import PeriodFormField

LARGEST_FILE = 20 * 1024 * 1024


class SourceForm(forms.ModelForm[Source]):
    """A text or file that states facts; the checksum is computed from the file."""

    published = PeriodFormField(label=_("Published"), help_text=_("For example 15.08.2023, August 2023 or 2024-S1."))

    address = forms.URLField(label=_("Address"), required=False, max_length=500, assume_scheme="https")

    class Meta:
        model = Source
        fields = ["title_ru", "title_en", "publisher_ru", "publisher_en", "published", "language", "address", "file"]

    def clean_file(self) -> Any:
        file = self.cleaned_data.get("file")
        if file and file.size > LARGEST_FILE:
            raise forms.ValidationError(_("The file is larger than 20 MB. Choose a smaller one."))
        return file

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        file = cleaned.get("file")
        if file:
            digest = hashlib.sha256()
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
            self.instance.sha256 = digest.hexdigest()
        return cleaned
