"""Forms about what became of measures. Pages and the API write through the same ones."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements import operations, wording
from agreements.forms.days import DEADLINES, DayFormField
from agreements.forms.measures import OfMeasure
from agreements.models import Measure, Postponement, ProgressNote, StatusOverride, YearlyItem
from agreements.permissions import may_report_on
from agreements.queries.tables import status_in_words
from documents.uploads import TYPES
from parties.formatting import period
from parties.forms import PeriodFormField, choices_of
from parties.writing import Difference, EntryForm

NOT_YOURS = _("You report on the measures that your organisation carries out. This is none of them.")
STATUS_FIELDS = ("done_on", "dropped_by", "dropped_on", "status")
"""What of the history of a measure tells how it stands."""


class PartOfMeasure(OfMeasure):
    """Base of forms that add a row to a measure and change it with that."""

    def versioned(self) -> Measure:
        measure: Measure = self.instance.measure
        return measure


class MultipleFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once."""

    widget = MultipleFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(FilesField, self).clean(one, initial) for one in given]


class NoteForm(EntryForm):
    """A progress note with its evidence."""

    dated = DayFormField(label=_("Date"), initial=timezone.localdate)
    evidence = FilesField(
        label=_("Evidence"),
        required=False,
        max_length=200,
        help_text=_("Up to 10 files of at most 20 MB: %(kinds)s.") % {"kinds": ", ".join(TYPES)},
    )

    class Meta:
        model = ProgressNote
        fields = ["dated", "text", "percent", "corrects"]
        widgets: ClassVar[dict[str, Any]] = {"text": forms.Textarea(attrs={"rows": 4})}
        labels = {"corrects": _("Corrects an earlier note"), "text": _("What was done")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices_of(self, "corrects", ProgressNote.objects.filter(measure=self.instance.measure_id).order_by("-dated"))

    def operate(self) -> ProgressNote:
        if not may_report_on(self.by, self.instance.measure):
            raise PermissionDenied(NOT_YOURS)
        return operations.add_note(by=self.by, note=self.instance, files=self.cleaned_data["evidence"])


class NewNoteForm(NoteForm):
    """A progress note about the measure that it names."""

    class Meta(NoteForm.Meta):
        fields = ["measure", *NoteForm.Meta.fields]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices_of(self, "corrects", ProgressNote.objects.order_by("pk"))


class PostponeForm(PartOfMeasure):
    """A new deadline, why, and who agreed to it."""

    moved_to = PeriodFormField(label=_("New deadline"), help_text=DEADLINES)
    decided_on = DayFormField(label=_("Decided on"), initial=timezone.localdate)

    class Meta:
        model = Postponement
        fields = ["moved_to", "reason", "agreed_by", "decided_on"]
        widgets: ClassVar[dict[str, Any]] = {"reason": forms.Textarea(attrs={"rows": 3})}

    def differences(self, stored: Any) -> Iterable[Difference]:
        typed = f"{period(self.cleaned_data['moved_to'])}: {self.cleaned_data['reason']}"
        kept = wording.deadline(stored.deadline, stored.recurrence)
        yield Difference(str(_("Deadline")), typed, kept, ("deadline", "recurrence"))

    def operate(self) -> Postponement:
        return operations.postpone(by=self.by, postponement=self.instance, seen=self.cleaned_data["seen"])


class StatusForm(PartOfMeasure):
    """A status set by hand, with its reason; an empty one gives the measure back to the rule."""

    dated = DayFormField(label=_("Date"), initial=timezone.localdate)

    class Meta:
        model = StatusOverride
        fields = ["status", "reason", "dated"]
        widgets: ClassVar[dict[str, Any]] = {"reason": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"status": _("Left empty, the status follows the rule again.")}

    def differences(self, stored: Any) -> Iterable[Difference]:
        typed = f"{self.instance}: {self.cleaned_data['reason']}"
        yield Difference(str(_("Status")), typed, status_in_words(stored), STATUS_FIELDS)

    def operate(self) -> StatusOverride:
        return operations.override_status(by=self.by, override=self.instance, seen=self.cleaned_data["seen"])


class YearForm(EntryForm):
    """What was done in one year of a yearly measure."""

    done_on = DayFormField(label=_("Done on"), required=False)

    class Meta:
        model = YearlyItem
        fields = ["done_on", "note"]
        widgets: ClassVar[dict[str, Any]] = {"note": forms.Textarea(attrs={"rows": 3})}

    def operate(self) -> YearlyItem:
        return operations.keep_yearly_item(by=self.by, item=self.instance, seen=self.cleaned_data["seen"])
