"""The form that registers a source, and the base of forms of records that cite sources."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from documents import operations
from documents.models import Source, Sourced
from documents.uploads import check_upload
from parties.forms import PeriodFormField
from parties.models import Organisation
from parties.naming import localised
from parties.writing import EntryForm


class SourceForm(EntryForm):
    """A text or file that states facts; the file is judged by its content, and its checksum computed."""

    published = PeriodFormField(label=_("Published"), help_text=_("For example 15.08.2023, August 2023 or 2024-S1."))

    address = forms.URLField(label=_("Address"), required=False, max_length=500, assume_scheme="https")

    class Meta:
        model = Source
        fields: ClassVar[list[str]] = [
            "title_ru", "title_en", "publisher_ru", "publisher_en", "published", "language", "address", "file"
        ]  # fmt: skip

    def clean_file(self) -> Any:
        file = self.cleaned_data.get("file")
        if file:
            self.instance.sha256 = check_upload(file).sha256
        return file

    def operate(self) -> Source:
        return operations.register_source(by=self.by, source=self.instance)


class SourcedForm(EntryForm):
    """An entry that names the texts it is taken from, where there are any."""

    sources = forms.ModelMultipleChoiceField(
        label=_("Sources"),
        queryset=Source.objects.all(),
        to_field_name="code",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Texts that state this, if there are any."),
    )

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        self.initial.setdefault("sources", self.instance.source_codes)
        for field in self.fields.values():
            offered = getattr(field, "queryset", None)
            if offered is not None and offered.model is Organisation:
                field.queryset = offered.order_by(localised("name"))  # type: ignore[attr-defined]

    def cited(self) -> Any:
        """Return the record with its sources."""
        record = cast(Sourced, self.instance)
        record.source_codes = [str(source.code) for source in self.cleaned_data["sources"]]
        return record

    def want(self, name: str, text: Any) -> None:
        """Ask for a value at its field, unless the field has another error already."""
        if name not in self.errors:
            self.add_error(name, text)

    @property
    def seen_version(self) -> int | None:
        """The version that the writer saw; None for a new record."""
        return self.cleaned_data["seen"] if self.versioned() else None
