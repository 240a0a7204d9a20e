"""Forms about plans, measures and their progress. Pages and the API write through the same ones."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements import operations
from agreements.models import (
    Agreement,
    Article,
    Indicator,
    IndicatorValue,
    Measure,
    Plan,
    Postponement,
    ProgressNote,
    StatusOverride,
    YearlyItem,
)
from agreements.operations import Task
from documents.uploads import TYPES
from parties.filtering import DayField
from parties.forms import NumberFormField, PeriodFormField, choices_of
from parties.models import Organisation, Side
from parties.records import Record
from parties.writing import EntryForm

_DEADLINES = _("For example 15.09.2026, September 2026, IV кв. 2026, 2026-S1, 2026 or 2025/2027.")


class DayFormField(DayField):
    """A day as people write it, in a text field."""

    widget = forms.DateInput(format="%d.%m.%Y", attrs={"inputmode": "numeric"})
    default_error_messages = {"invalid": _("Write a day such as 17.05.2024.")}


def _today() -> Any:
    return timezone.localdate()


class PlanForm(EntryForm):
    """A plan of actions: of which agreement, for which period."""

    period = PeriodFormField(label=_("Period"), help_text=_("For example 2024/2026, 2025 or 2024-03/2026-12."))

    class Meta:
        model = Plan
        fields = ["agreement", "title_ru", "title_en", "period"]
        labels = {"agreement": _("Agreement")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = Agreement.objects.order_by("level", "concluded", "pk")
        if self.instance.pk:  # a plan does not change its agreement: its measures stand under the articles of that one
            known = known.filter(pk=self.instance.agreement_id)
        choices_of(self, "agreement", known)

    def _get_validation_exclusions(self) -> set[str]:
        """Leave overlapping to the operation, which names the other plan."""
        return {*super()._get_validation_exclusions(), "agreement"}  # type: ignore[misc]

    def operate(self) -> Plan:
        return operations.keep_plan(by=self.by, plan=self.instance, seen=self.cleaned_data["seen"])


class MeasureForm(EntryForm):
    """A measure: its place in the plan, what is to be done, until when, under which articles."""

    deadline = PeriodFormField(label=_("Deadline"), required=False, help_text=_DEADLINES)

    class Meta:
        model = Measure
        fields = [
            "number", "section", "text_ru", "text_en", "deadline", "recurrence", "area", "articles",
        ]  # fmt: skip
        widgets: ClassVar[dict[str, Any]] = {
            "text_ru": forms.Textarea(attrs={"rows": 3}),
            "text_en": forms.Textarea(attrs={"rows": 3}),
            "articles": forms.CheckboxSelectMultiple,
        }
        labels = {"articles": _("Articles of the agreement"), "area": _("Area")}
        help_texts = {"number": _("Left empty, it is the next one.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].required = False
        agreement = self.instance.plan.agreement_id if self.instance.plan_id else None
        choices_of(self, "articles", Article.objects.filter(agreement=agreement).order_by("pk"))

    def _get_validation_exclusions(self) -> set[str]:
        """Leave what fields say of each other to the operation, which names the field."""
        return {*super()._get_validation_exclusions(), "number", "recurrence"}  # type: ignore[misc]

    def clean_number(self) -> str:
        return self.cleaned_data["number"] or str(self.initial.get("number") or "")

    def executors(self) -> list[Task] | None:
        """Return who carries the measure out; None leaves those that are stored."""
        return None

    def operate(self) -> Measure:
        return operations.keep_measure(
            by=self.by,
            measure=self.instance,
            seen=self.cleaned_data["seen"],
            executors=self.executors(),
            articles=self.cleaned_data["articles"],
        )


class WholeMeasureForm(MeasureForm):
    """A measure with its executors, as programs write it."""

    FIELDS = {
        "leads_home": (Side.HOME, True),
        "joins_home": (Side.HOME, False),
        "leads_partner": (Side.PARTNER, True),
        "joins_partner": (Side.PARTNER, False),
    }
    leads_home = forms.ModelMultipleChoiceField(Organisation.objects.order_by("pk"), required=False)
    joins_home = forms.ModelMultipleChoiceField(Organisation.objects.order_by("pk"), required=False)
    leads_partner = forms.ModelMultipleChoiceField(Organisation.objects.order_by("pk"), required=False)
    joins_partner = forms.ModelMultipleChoiceField(Organisation.objects.order_by("pk"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name, (side, leads) in self.FIELDS.items():
                self.initial.setdefault(
                    name, [one.organisation for one in self.instance.executors.filter(side=side, leads=leads)]
                )

    def executors(self) -> list[Task]:
        return [
            Task(organisation, side.value, leads)
            for name, (side, leads) in self.FIELDS.items()
            for organisation in self.cleaned_data[name]
        ]


class NewMeasureForm(WholeMeasureForm):
    """A new measure of the plan that it names."""

    class Meta(MeasureForm.Meta):
        fields = ["plan", *MeasureForm.Meta.fields]

    def __init__(self, data: Any = None, *args: Any, instance: Measure, **kwargs: Any) -> None:
        named = (data or {}).get("plan")
        if instance.plan_id is None and named:  # its articles can be chosen from
            instance.plan = Plan.objects.filter(pk=named).first()
        super().__init__(data, *args, instance=instance, **kwargs)
        if instance.plan_id is None:
            choices_of(self, "articles", Article.objects.order_by("pk"))


class MoveForm(EntryForm):
    """The place of a measure in its plan."""

    before = forms.ModelChoiceField(
        Measure.objects.none(), label=_("Before"), required=False, empty_label=_("at the end of the plan")
    )

    class Meta:
        model = Measure
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Measure.objects.filter(plan=self.instance.plan_id).exclude(pk=self.instance.pk)
        choices_of(self, "before", others.order_by("order", "pk"))

    def operate(self) -> Measure:
        return operations.move_measure(
            by=self.by,
            measure=self.instance,
            seen=self.cleaned_data["seen"],
            before=self.cleaned_data["before"],
        )


class RemoveMeasureForm(EntryForm):
    """Takes a measure that was entered by mistake out of its plan."""

    submit_label = _("Remove the measure")

    class Meta:
        model = Measure
        fields: ClassVar[list[str]] = []

    def operate(self) -> Plan:
        plan: Plan = self.instance.plan
        operations.remove_measure(by=self.by, measure=self.instance, seen=self.cleaned_data["seen"])
        return plan


class RemovePlanForm(EntryForm):
    """Takes away a plan without measures."""

    submit_label = _("Remove the plan")

    class Meta:
        model = Plan
        fields: ClassVar[list[str]] = []

    def operate(self) -> Agreement:
        agreement: Agreement = self.instance.agreement
        operations.remove_plan(by=self.by, plan=self.instance, seen=self.cleaned_data["seen"])
        return agreement


class OfMeasure(EntryForm):
    """Base of forms that add a row to a measure and change it with that."""

    def versioned(self) -> Record | None:
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

    dated = DayFormField(label=_("Date"), initial=_today)
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
        return operations.add_note(by=self.by, note=self.instance, files=self.cleaned_data["evidence"])


class NewNoteForm(NoteForm):
    """A progress note about the measure that it names."""

    class Meta(NoteForm.Meta):
        fields = ["measure", *NoteForm.Meta.fields]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices_of(self, "corrects", ProgressNote.objects.order_by("pk"))


class PostponeForm(OfMeasure):
    """A new deadline, why, and who agreed to it."""

    moved_to = PeriodFormField(label=_("New deadline"), help_text=_DEADLINES)
    decided_on = DayFormField(label=_("Decided on"), initial=_today)

    class Meta:
        model = Postponement
        fields = ["moved_to", "reason", "agreed_by", "decided_on"]
        widgets: ClassVar[dict[str, Any]] = {"reason": forms.Textarea(attrs={"rows": 3})}

    def operate(self) -> Postponement:
        return operations.postpone(by=self.by, postponement=self.instance, seen=self.cleaned_data["seen"])


class StatusForm(OfMeasure):
    """A status set by hand, with its reason; an empty one gives the measure back to the rule."""

    dated = DayFormField(label=_("Date"), initial=_today)

    class Meta:
        model = StatusOverride
        fields = ["status", "reason", "dated"]
        widgets: ClassVar[dict[str, Any]] = {"reason": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"status": _("Left empty, the status follows the rule again.")}

    def operate(self) -> StatusOverride:
        return operations.override_status(by=self.by, override=self.instance, seen=self.cleaned_data["seen"])


class DoneForm(EntryForm):
    """The day on which a measure was done; empty, it is not done."""

    done_on = DayFormField(label=_("Done on"), required=False)

    class Meta:
        model = Measure
        fields = ["done_on"]

    def operate(self) -> Measure:
        return operations.mark_done(
            by=self.by, measure=self.instance, seen=self.cleaned_data["seen"], done_on=self.cleaned_data["done_on"]
        )


class DropForm(EntryForm):
    """The decision by which a measure is no longer relevant; empty, it is relevant again."""

    dropped_on = DayFormField(label=_("Date of the decision"), required=False)

    class Meta:
        model = Measure
        fields = ["dropped_by", "dropped_on"]
        labels = {"dropped_by": _("Decision")}
        help_texts = {
            "dropped_by": _("For example “protocol No. 3, item 2”. Left empty, the measure is relevant again.")
        }

    def operate(self) -> Measure:
        return operations.drop_measure(
            by=self.by,
            measure=self.instance,
            seen=self.cleaned_data["seen"],
            decision=self.cleaned_data["dropped_by"],
            dropped_on=self.cleaned_data["dropped_on"],
        )


class YearForm(EntryForm):
    """What was done in one year of a yearly measure."""

    done_on = DayFormField(label=_("Done on"), required=False)

    class Meta:
        model = YearlyItem
        fields = ["done_on", "note"]
        widgets: ClassVar[dict[str, Any]] = {"note": forms.Textarea(attrs={"rows": 3})}

    def operate(self) -> YearlyItem:
        return operations.keep_yearly_item(by=self.by, item=self.instance, seen=self.cleaned_data["seen"])


class IndicatorForm(EntryForm):
    """An indicator of a measure with its baseline."""

    baseline = NumberFormField(label=_("Baseline"), required=False, max_digits=20, decimal_places=3)

    class Meta:
        model = Indicator
        fields = ["name_ru", "name_en", "unit_ru", "unit_en", "baseline", "baseline_year"]

    def operate(self) -> Indicator:
        return operations.keep_indicator(by=self.by, indicator=self.instance, seen=self.cleaned_data["seen"])


class NewIndicatorForm(IndicatorForm):
    """An indicator of the measure that it names."""

    class Meta(IndicatorForm.Meta):
        fields = ["measure", *IndicatorForm.Meta.fields]


class RemoveIndicatorForm(EntryForm):
    """Takes away an indicator with its values."""

    submit_label = _("Remove the indicator")

    class Meta:
        model = Indicator
        fields: ClassVar[list[str]] = []

    def operate(self) -> Measure:
        return operations.remove_indicator(by=self.by, indicator=self.instance, seen=self.cleaned_data["seen"])


class ValueForm(EntryForm):
    """Target and actual value of an indicator in a year."""

    target = NumberFormField(label=_("Target"), required=False, max_digits=20, decimal_places=3)
    actual = NumberFormField(label=_("Actual value"), required=False, max_digits=20, decimal_places=3)

    class Meta:
        model = IndicatorValue
        fields = ["year", "target", "actual"]

    def operate(self) -> IndicatorValue:
        return operations.keep_value(by=self.by, value=self.instance, seen=self.cleaned_data["seen"])


class NewValueForm(ValueForm):
    """A year of the indicator that it names."""

    class Meta(ValueForm.Meta):
        fields = ["indicator", *ValueForm.Meta.fields]

    def _get_validation_exclusions(self) -> set[str]:
        """Leave a year that is stated twice to the operation, which names the field."""
        return {*super()._get_validation_exclusions(), "indicator", "target"}  # type: ignore[misc]
