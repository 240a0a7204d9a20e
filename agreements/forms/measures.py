"""Forms about measures. Pages and the API write through the same ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from agreements import operations, wording
from agreements.forms.days import DEADLINES, DayFormField
from agreements.history import histories_since
from agreements.models import Article, Measure, Plan
from agreements.operations import Task
from parties.changes import Change
from parties.forms import PeriodFormField, choices_of
from parties.models import Organisation, Side
from parties.writing import Difference, EntryForm


class OfMeasure(EntryForm):
    """Base of forms that write at a version of a measure: conflicts name all that changed of it, its parts too."""

    def changes_since(self, stored: Any, seen: int) -> Sequence[Change]:
        now = {"executors": wording.executors(stored), "articles": wording.articles(stored)}
        changes = histories_since({stored: seen})[stored.pk]
        return [replace(change, now=now.get(change.field, change.now)) for change in changes]


class MeasureForm(OfMeasure):
    """A measure: its place in the plan, what is to be done, until when, under which articles."""

    deadline = PeriodFormField(label=_("Deadline"), required=False, help_text=DEADLINES)

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

    def differences(self, stored: Any) -> Iterable[Difference]:
        yield from super().differences(stored)
        typed, kept = wording.executors_of(self.executors()), wording.executors(stored)
        if typed != kept:
            yield Difference(str(_("Executors")), typed, kept, ("executors",))

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


class MoveForm(OfMeasure):
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

    def differences(self, stored: Any) -> Iterable[Difference]:
        behind = Measure.objects.filter(plan=stored.plan_id, order__gt=stored.order).order_by("order", "pk").first()
        last = str(_("at the end of the plan"))
        yield Difference(str(_("Before")), str(self.cleaned_data["before"] or last), str(behind or last))

    def operate(self) -> Measure:
        return operations.move_measure(
            by=self.by,
            measure=self.instance,
            seen=self.cleaned_data["seen"],
            before=self.cleaned_data["before"],
        )


class RemoveMeasureForm(OfMeasure):
    """Takes a measure that was entered by mistake out of its plan."""

    submit_label = _("Remove the measure")

    class Meta:
        model = Measure
        fields: ClassVar[list[str]] = []

    def operate(self) -> Plan:
        plan: Plan = self.instance.plan
        operations.remove_measure(by=self.by, measure=self.instance, seen=self.cleaned_data["seen"])
        return plan


class DoneForm(OfMeasure):
    """The day on which a measure was done; empty, it is not done."""

    done_on = DayFormField(label=_("Done on"), required=False)

    class Meta:
        model = Measure
        fields = ["done_on"]

    def operate(self) -> Measure:
        return operations.mark_done(
            by=self.by, measure=self.instance, seen=self.cleaned_data["seen"], done_on=self.cleaned_data["done_on"]
        )


class DropForm(OfMeasure):
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
