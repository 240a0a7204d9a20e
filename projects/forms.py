"""Forms of projects, their parts and deliveries, for pages and the API."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements.models import Agreement, Measure
from documents.forms import SourcedForm
from documents.uploads import TYPES, check_upload
from parties.filtering import DayField
from parties.formatting import period
from parties.forms import NumberFormField, PeriodFormField, choices_of
from parties.naming import localised
from parties.writing import EntryForm, removal_of
from projects import operations
from projects.models import (
    Assessment,
    BudgetLine,
    Confidence,
    Delivery,
    Milestone,
    Participant,
    Project,
    ProjectDocument,
)

_AS_KNOWN = _("As exactly as it is known: 15.08.2026, August 2026, 2026-Q3, 2026-S1 or 2026.")
_LINES = forms.Textarea(attrs={"rows": 4})


class ProjectForm(SourcedForm):
    """What a project is."""

    class Meta:
        model = Project
        fields: ClassVar[list[str]] = [
            "title_ru", "title_en", "area", "summary_ru", "summary_en", "stage", "stage_stated", "period", "agreement",
            "hs_codes",
        ]  # fmt: skip
        widgets: ClassVar[dict[str, Any]] = {"summary_ru": _LINES, "summary_en": _LINES}
        labels: ClassVar[dict[str, Any]] = {"area": _("area"), "agreement": _("agreement"), "measures": _("measures")}
        help_texts: ClassVar[dict[str, Any]] = {
            "stage_stated": _AS_KNOWN,
            "period": _("From when to when, for example 2024/2027, or 2024/.. while the end is open."),
            "hs_codes": _("Codes of HS / TN VED, separated by commas: they lead from the project to the trade."),
        }

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        if self.instance.partnership_id:
            agreements = Agreement.objects.filter(partnership=self.instance.partnership_id)
            choices_of(self, "agreement", agreements.order_by("level", localised("title")))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("stage") and not cleaned.get("stage_stated"):
            self.want("stage_stated", _("Write as of when the stage is stated."))
        return cleaned

    def operate(self) -> Project:
        measures = self.cleaned_data.get("measures")
        return operations.keep_project(by=self.by, project=self.cited(), measures=measures, seen=self.seen_version)


class ProjectRecordForm(ProjectForm):
    """A project with the measures that it carries out, as programs write it."""

    class Meta(ProjectForm.Meta):
        fields: ClassVar[list[str]] = [*ProjectForm.Meta.fields, "measures"]

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        choices_of(self, "measures", Measure.objects.select_related("plan__agreement"))


class NewProjectForm(ProjectRecordForm):
    """A new project of any partnership."""

    class Meta(ProjectRecordForm.Meta):
        fields: ClassVar[list[str]] = ["partnership", *ProjectRecordForm.Meta.fields]


class MeasuresForm(EntryForm):
    """Which measures of one plan a project carries out. Its measures of other plans stay."""

    class Meta:
        model = Project
        fields: ClassVar[list[str]] = ["measures"]
        widgets: ClassVar[dict[str, Any]] = {"measures": forms.CheckboxSelectMultiple}

    def __init__(self, data: Any = None, files: Any = None, *, plan: Any, **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        self.plan = plan
        choices_of(self, "measures", plan.measures.select_related("plan__agreement").order_by("order", "pk"))
        self.fields["measures"].label = str(plan)

    def operate(self) -> Project:
        others = self.instance.measures.exclude(plan=self.plan).select_related("plan__agreement")
        return operations.link_measures(
            by=self.by,
            project=self.instance,
            measures=[*self.cleaned_data["measures"], *others],
            seen=self.cleaned_data["seen"],
        )


class AssessmentForm(EntryForm):
    """How confident one is of a project, and why."""

    dated = DayField(label=_("Date"), help_text=_("As of when you judge it, for example 15.08.2026."))
    submit_label = _("Keep the judgement")

    class Meta:
        model = Assessment
        fields: ClassVar[list[str]] = ["confidence", "reason", "dated"]
        widgets: ClassVar[dict[str, Any]] = {"reason": _LINES, "confidence": forms.RadioSelect}
        help_texts: ClassVar[dict[str, Any]] = {
            "reason": _("What it rests on. The former judgements stay, with their reasons."),
        }

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        self.initial["dated"] = f"{timezone.localdate():%d.%m.%Y}"
        field = cast(forms.ChoiceField, self.fields["confidence"])
        field.choices = Confidence.choices

    def operate(self) -> Assessment:
        return operations.assess(by=self.by, assessment=self.instance)


class NewAssessmentForm(AssessmentForm):
    """A judgement about any project."""

    class Meta(AssessmentForm.Meta):
        fields: ClassVar[list[str]] = ["project", *AssessmentForm.Meta.fields]


class PartForm(SourcedForm):
    """Base of the forms of what belongs to a project."""

    def operate(self) -> Any:
        return operations.keep_part(by=self.by, part=self.cited(), seen=self.seen_version)


class ParticipantForm(PartForm):
    """An organisation that takes part, and its role."""

    class Meta:
        model = Participant
        fields: ClassVar[list[str]] = ["organisation", "side", "role_ru", "role_en"]
        labels: ClassVar[dict[str, Any]] = {"organisation": _("organisation")}

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        self.fields["side"].required = False
        self.fields["side"].help_text = _("Needed only for an organisation that belongs to neither side.")


class NewParticipantForm(ParticipantForm):
    """A participant of any project."""

    class Meta(ParticipantForm.Meta):
        fields: ClassVar[list[str]] = ["project", *ParticipantForm.Meta.fields]


class MilestoneForm(PartForm):
    """A step of a project: planned, now expected, reached."""

    class Meta:
        model = Milestone
        fields: ClassVar[list[str]] = ["title_ru", "title_en", "planned", "expected", "actual"]
        help_texts: ClassVar[dict[str, Any]] = {
            "planned": _("The plan as it was agreed."),
            "expected": _("Only when it will be another date than the planned one."),
            "actual": _AS_KNOWN,
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        planned, expected, actual = (cleaned.get(name) for name in ("planned", "expected", "actual"))
        if not planned and not actual and "actual" not in self.errors:
            self.want("planned", _("Write when it is planned, or when it was reached."))
        elif expected and not planned:
            self.want("planned", _("Write the planned date, too: the expected one stands instead of it."))
        if actual and actual.starts > timezone.localdate():
            self.want("actual", _("The day lies in the future."))
        return cleaned


class ChangedMilestoneForm(MilestoneForm):
    """A milestone that is kept already: whoever moves its dates says why."""

    reason = forms.CharField(
        label=_("Why the date moves"),
        required=False,
        widget=_LINES,
        help_text=_("Needed where the planned or the expected date changes; it is shown with the old date."),
    )
    is_correction = forms.BooleanField(
        label=_("The planned date was written down wrongly"),
        required=False,
        help_text=_("Lateness then counts from the corrected date, else from the first plan."),
    )
    field_order = ("title_ru", "title_en", "planned", "expected", "reason", "is_correction", "actual")

    def operate(self) -> Milestone:
        return operations.change_milestone(
            by=self.by,
            milestone=self.cited(),
            seen=self.seen_version,
            reason=self.cleaned_data["reason"],
            is_correction=self.cleaned_data["is_correction"],
        )


class NewMilestoneForm(MilestoneForm):
    """A milestone of any project."""

    class Meta(MilestoneForm.Meta):
        fields: ClassVar[list[str]] = ["project", *MilestoneForm.Meta.fields]


class BudgetLineForm(PartForm):
    """Money from one fund in one currency."""

    planned = NumberFormField(label=_("Planned sum"), required=False, max_digits=18, decimal_places=2, min_value=0)
    actual = NumberFormField(label=_("Actual sum"), required=False, max_digits=18, decimal_places=2, min_value=0)

    class Meta:
        model = BudgetLine
        fields: ClassVar[list[str]] = [
            "fund", "payer", "purpose_ru", "purpose_en", "currency", "period", "planned", "actual", "actual_stated",
        ]  # fmt: skip
        help_texts: ClassVar[dict[str, Any]] = {
            "period": _("For which years, for example 2024/2027."),
            "actual_stated": _AS_KNOWN,
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        planned, actual = cleaned.get("planned"), cleaned.get("actual")
        if planned is None and actual is None and "actual" not in self.errors:
            self.want("planned", _("Write the planned sum, or the actual one."))
        if actual is not None and not cleaned.get("actual_stated"):
            self.want("actual_stated", _("Write as of when the actual sum is stated."))
        return cleaned


class NewBudgetLineForm(BudgetLineForm):
    """A line of the budget of any project."""

    class Meta(BudgetLineForm.Meta):
        fields: ClassVar[list[str]] = ["project", *BudgetLineForm.Meta.fields]


class ProjectDocumentForm(PartForm):
    """What a document is, and where it is published. Its file stays as it is."""

    address = forms.URLField(label=_("Address"), required=False, max_length=500, assume_scheme="https")

    class Meta:
        model = ProjectDocument
        fields: ClassVar[list[str]] = ["title_ru", "title_en", "dated", "address"]
        help_texts: ClassVar[dict[str, Any]] = {"dated": _AS_KNOWN}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        has_file = cleaned.get("file") or self.instance.sha256 or "file" in self.errors
        if not cleaned.get("address") and not has_file:
            self.want("address", _("Choose a file, or write the address."))
        return cleaned


class ProjectFileForm(ProjectDocumentForm):
    """A new document with its file. The checksum is computed from the file."""

    class Meta(ProjectDocumentForm.Meta):
        fields: ClassVar[list[str]] = [*ProjectDocumentForm.Meta.fields, "file"]

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        self.fields["file"].help_text = _("%(kinds)s, up to 20 MB.") % {"kinds": ", ".join(TYPES).upper()}

    def clean_file(self) -> Any:
        file = self.cleaned_data.get("file")
        if file:
            found = check_upload(file)
            document: ProjectDocument = self.instance
            document.file_name, document.media_type = found.name, found.media_type
            document.size, document.sha256 = found.size, found.sha256
        return file


class NewProjectFileForm(ProjectFileForm):
    """A document of any project."""

    class Meta(ProjectFileForm.Meta):
        fields: ClassVar[list[str]] = ["project", *ProjectFileForm.Meta.fields]


RemoveProjectForm = removal_of(Project, operations.remove_project, "project")
RemoveDeliveryForm = removal_of(Delivery, operations.remove_delivery, "delivery")


def removal_of_part(model: type[Any]) -> type[EntryForm]:
    """Return the form that takes a part of this kind out of its project."""
    return removal_of(model, operations.remove_part, "part")


class _WholeDelivery(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice among deliveries, which only together with their periods can be told apart."""

    def label_from_instance(self, delivery: Any) -> str:
        return f"{delivery}, {period(delivery.period)}"


class DeliveryForm(SourcedForm):
    """What went from one side to the other."""

    part_of = _WholeDelivery(
        label=_("Part of the delivery"),
        queryset=Delivery.objects.filter(part_of=None),
        required=False,
        help_text=_("Where a larger delivery that is known already counts this one, too: totals then count it once."),
    )
    quantity = NumberFormField(label=_("Quantity"), required=False, max_digits=20, decimal_places=3)
    period = PeriodFormField(label=_("Date or period"), help_text=_AS_KNOWN)

    class Meta:
        model = Delivery
        fields: ClassVar[list[str]] = [
            "what_ru", "what_en", "from_side", "supplier", "receiver_ru", "receiver_en", "quantity", "precision",
            "unit_ru", "unit_en", "period", "hs_code", "project", "part_of",
        ]  # fmt: skip
        labels: ClassVar[dict[str, Any]] = {"project": _("project")}
        help_texts: ClassVar[dict[str, Any]] = {
            "hs_code": _("Code of HS / TN VED with 2, 4, 6, 8 or 10 digits: it leads to the trade in these goods."),
            "unit_ru": _("For example единиц, т, шт."),
        }

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        if self.instance.partnership_id:
            of_it = Q(partnership=self.instance.partnership_id)
            choices_of(self, "project", Project.objects.filter(of_it).order_by(localised("title")))
            wholes = Delivery.objects.filter(of_it, part_of=None).exclude(pk=self.instance.pk)
            choices_of(self, "part_of", wholes.order_by("-period", "pk"))

    def clean_quantity(self) -> Any:
        quantity = self.cleaned_data["quantity"]
        if quantity is not None and quantity <= 0:
            raise ValidationError(_("Write a quantity above zero, or leave it out."))
        return quantity

    def operate(self) -> Delivery:
        return operations.keep_delivery(by=self.by, delivery=self.cited(), seen=self.seen_version)


class NewDeliveryForm(DeliveryForm):
    """A delivery of any partnership."""

    class Meta(DeliveryForm.Meta):
        fields: ClassVar[list[str]] = ["partnership", *DeliveryForm.Meta.fields]
