"""The form of a meeting: what it was, who was there, what came of it; and the forms of single outcomes."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from typing import Any, ClassVar, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from agreements.models import Agreement, Measure
from documents.forms import SourcedForm
from documents.models import Source
from parties.forms import NOT_CHOSEN, PeriodFormField, choices_of
from parties.models import Partnership
from parties.naming import localised
from parties.writing import removal_of
from workgroup import operations
from workgroup.models import Attendance, Meeting, Outcome, Workgroup


class MeetingForm(forms.ModelForm[Meeting]):
    """The meeting itself. `seen` is the version the writer started from; `entry_key` names this entry."""

    held = PeriodFormField(
        label=_("Date"), help_text=_("As exactly as it is known: 15.08.2023, August 2023, 2024-S1 or 2025.")
    )
    sources = forms.ModelMultipleChoiceField(
        label=_("Sources"),
        queryset=Source.objects.all(),
        to_field_name="code",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Texts that report on the meeting, if there are any."),
    )
    entry_key = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Meeting
        fields = ["title_ru", "title_en", "level", "workgroup", "number", "held", "place_ru", "place_en"]
        fields += ["summary_ru", "summary_en"]
        widgets = {
            "summary_ru": forms.Textarea(attrs={"rows": 4}),
            "summary_en": forms.Textarea(attrs={"rows": 4}),
        }
        labels = {
            "title_ru": _("Title in Russian"),
            "title_en": _("Title in English"),
            "level": _("Level"),
            "workgroup": _("Workgroup"),
            "number": _("Number of the meeting"),
            "place_ru": _("Place in Russian"),
            "place_en": _("Place in English"),
            "summary_ru": _("Summary in Russian"),
            "summary_en": _("Summary in English"),
        }

    def __init__(self, *args: Any, partnership: Partnership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices_of(self, "workgroup", Workgroup.objects.filter(partnership=partnership))
        if self.instance.pk:
            self.initial.setdefault("sources", self.instance.source_codes)
            self.initial.setdefault("seen", self.instance.version)
            self.initial["entry_key"] = self.instance.entry_key
        else:
            self.instance.partnership = partnership
            self.initial.setdefault("entry_key", uuid.uuid4())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("level") == Meeting.Level.WORKGROUP and not cleaned.get("workgroup"):
            self.add_error("workgroup", _("Choose the workgroup that met, or another level."))
        return cleaned


Offers = Sequence[tuple[Any, Any]]


def offers(rows: QuerySet[Any], by: str = "name") -> Offers:
    """Return what a field offers to choose from; made once for all rows of a form."""
    return [NOT_CHOSEN, *((row.pk, str(row)) for row in rows.order_by(localised(by)))]


def offer(form: forms.BaseForm, name: str, choices: Offers) -> None:
    cast("forms.ModelChoiceField[Any]", form.fields[name]).choices = choices


class AttendanceForm(forms.ModelForm[Attendance]):
    """Someone present: a known person, or a name typed in, or an organisation."""

    class Meta:
        model = Attendance
        fields = ["side", "person", "name", "organisation", "post_ru", "leads"]
        labels = {
            "side": _("Side"),
            "person": _("Person"),
            "name": _("Or a name"),
            "organisation": _("Organisation"),
            "post_ru": _("Post"),
            "leads": _("Heads the side"),
        }

    def __init__(self, *args: Any, people: Offers, organisations: Offers, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "person", people)
        offer(self, "organisation", organisations)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not any(cleaned.get(name) for name in ("person", "name", "organisation")):
            self.add_error("person", _("Choose a person, type a name, or choose an organisation."))
        return cleaned


class OutcomeForm(forms.ModelForm[Outcome]):
    """One outcome: its kind and text, and who shall act by when."""

    deadline = PeriodFormField(
        label=_("Deadline"), required=False, help_text=_("For example 15.09.2026, IV кв. 2026 or 2026.")
    )

    numbers = forms.CharField(
        label=_("Measures by number"),
        required=False,
        max_length=300,
        help_text=_("For example 1.3 or 1.3, 2.1; of the plan of the agreement at that time."),
    )

    class Meta:
        model = Outcome
        fields = ["kind", "text_ru", "text_en", "assignee", "assignee_text", "deadline", "agreement"]
        widgets = {
            "text_ru": forms.Textarea(attrs={"rows": 2}),
            "text_en": forms.Textarea(attrs={"rows": 2}),
        }
        labels = {
            "kind": _("Kind"),
            "text_ru": _("Text in Russian"),
            "text_en": _("Text in English"),
            "assignee": _("Assignee"),
            "assignee_text": _("Or an assignee in words"),
            "agreement": _("Agreement"),
        }

    def __init__(
        self, *args: Any, organisations: Offers, agreements: Offers, measures: Sequence[Measure], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text_ru"].required = True
        offer(self, "assignee", organisations)
        offer(self, "agreement", agreements)
        self.known, self.measures = measures, list[Measure]()
        self.linked = {one.pk for one in self.instance.measures.all()} if self.instance.pk else set[int]()
        self.initial["numbers"] = ", ".join(one.number for one in measures if one.pk in self.linked)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for number in dict.fromkeys(re.split(r"[\s,;]+", cleaned.get("numbers", ""))):
            if number:
                self.measures += self._named(number.rstrip("."), cleaned.get("agreement"))
        return cleaned

    def _named(self, number: str, agreement: Agreement | None) -> list[Measure]:
        """Return the measure of the number; where several have it, those that the outcome has already."""
        found = [one for one in self.known if one.number == number]
        chosen = [one for one in found if one.pk in self.linked]
        if not chosen:
            chosen = [one for one in found if agreement is None or one.plan.agreement_id == agreement.pk]
        if len(chosen) > 1 and not self.linked.issuperset(one.pk for one in chosen):
            text = _("Several plans have a measure %(number)s: choose the agreement.")
            self.add_error("numbers", text % {"number": number})
        elif not chosen:
            self.add_error("numbers", _("No plan of that time has a measure %(number)s.") % {"number": number})
        return chosen


AttendanceFormSet = forms.inlineformset_factory(
    Meeting,
    Attendance,
    form=AttendanceForm,
    extra=0,
    can_delete_extra=False,
    max_num=operations.LARGEST,
    absolute_max=operations.LARGEST,
    validate_max=True,
)
OutcomeFormSet = forms.inlineformset_factory(
    Meeting,
    Outcome,
    form=OutcomeForm,
    extra=0,
    can_delete_extra=False,
    max_num=operations.LARGEST,
    absolute_max=operations.LARGEST,
    validate_max=True,
)


class OutcomeEntry(SourcedForm):
    """One outcome apart from the form of its meeting."""

    deadline = PeriodFormField(label=_("Deadline"), required=False)

    class Meta:
        model = Outcome
        fields: ClassVar[list[str]] = [
            "kind", "text_ru", "text_en", "assignee", "assignee_text", "deadline", "agreement", "measures",
        ]  # fmt: skip

    def operate(self) -> Outcome:
        decided = operations.Decided(self.cited(), self.cleaned_data["measures"])
        return operations.keep_outcome(by=self.by, decided=decided, seen=self.seen_version)


class NewOutcomeEntry(OutcomeEntry):
    """A further outcome of any meeting."""

    class Meta(OutcomeEntry.Meta):
        fields: ClassVar[list[str]] = ["meeting", *OutcomeEntry.Meta.fields]


RemoveOutcomeEntry = removal_of(Outcome, operations.remove_outcome, "outcome")
