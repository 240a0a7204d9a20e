"""Joint projects with their parts, and deliveries."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from agreements.models import Measure
from parties.api import (
    CITED,
    HEAD,
    TAIL,
    CitedRow,
    ReadOnly,
    Removable,
    RowSerializer,
    SourcedSerializer,
    Writes,
    choices,
)
from parties.api.records import absolute
from parties.filtering import AsOfFilterSet
from parties.permissions import may_edit_projects
from projects import forms
from projects.models import (
    Assessment,
    BudgetLine,
    Confidence,
    Currency,
    Delivery,
    Fund,
    Milestone,
    Participant,
    Project,
    ProjectDocument,
    Rescheduling,
    Slip,
)
from projects.queries import (
    AssessmentFilter,
    BudgetLineFilter,
    DeliveryFilter,
    MilestoneFilter,
    ParticipantFilter,
    ProjectDocumentFilter,
    ProjectFilter,
    ProjectOnDay,
)


class SlipSerializer(serializers.Serializer[Slip]):
    """Lateness in days: at least, and at most (null: not over yet)."""

    least = serializers.IntegerField()
    most = serializers.IntegerField(allow_null=True)


class Slipping(RowSerializer):
    slip = serializers.SerializerMethodField(
        help_text="Lateness against the first plan on the day `as_of`, else today; null when on time."
    )

    @extend_schema_field(SlipSerializer(allow_null=True))
    def get_slip(self, milestone: Milestone) -> Any:
        slip = milestone.slip(self.context["day"])
        return None if slip is None else SlipSerializer(slip).data


MILESTONE = [
    "title", "planned", "planned_first", "planned_last", "first_planned", "expected", "expected_first",
    "expected_last", "actual", "actual_first", "actual_last", "slip",
]  # fmt: skip
PARTICIPANT = ["side", "organisation", "role"]
BUDGET_LINE = [
    "fund", "payer", "purpose", "currency", "period", "period_first", "period_last", "planned", "actual",
    "actual_stated", "actual_stated_first", "actual_stated_last",
]  # fmt: skip


class MilestoneRowSerializer(Slipping, CitedRow):
    class Meta:
        model = Milestone
        fields = ["id", *MILESTONE, *CITED]


class ReschedulingSerializer(RowSerializer):
    author = serializers.CharField(source="author.username", read_only=True, default=None, allow_null=True)

    class Meta:
        model = Rescheduling
        fields = [
            "id", "planned_was", "planned_now", "expected_was", "expected_now", "reason", "is_correction", "author",
            "created_at",
        ]  # fmt: skip


class MilestoneSerializer(Slipping, SourcedSerializer):
    reschedulings = ReschedulingSerializer(many=True, read_only=True)

    class Meta:
        model = Milestone
        fields = [*HEAD, "project", *MILESTONE, "reschedulings", *CITED, *TAIL]


class ParticipantRowSerializer(CitedRow):
    class Meta:
        model = Participant
        fields = ["id", *PARTICIPANT, *CITED]


class ParticipantSerializer(SourcedSerializer):
    class Meta:
        model = Participant
        fields = [*HEAD, "project", *PARTICIPANT, *CITED, *TAIL]


class BudgetLineRowSerializer(CitedRow):
    class Meta:
        model = BudgetLine
        fields = ["id", *BUDGET_LINE, *CITED]


class BudgetLineSerializer(SourcedSerializer):
    class Meta:
        model = BudgetLine
        fields = [*HEAD, "project", *BUDGET_LINE, *CITED, *TAIL]


class AssessmentSerializer(SourcedSerializer):
    author = serializers.CharField(source="author.username", read_only=True, default=None, allow_null=True)

    class Meta:
        model = Assessment
        fields = [*HEAD, "project", "confidence", "reason", "dated", "author", *CITED, *TAIL]


class ProjectDocumentSerializer(SourcedSerializer):
    file = serializers.SerializerMethodField(help_text="Address of the file; null where it is not kept here.")

    class Meta:
        model = ProjectDocument
        fields = [
            *HEAD, "project", "title", "dated", "dated_first", "dated_last", "address", "file", "file_name",
            "media_type", "size", "sha256", *CITED, *TAIL,
        ]  # fmt: skip

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_file(self, document: ProjectDocument) -> str | None:
        return absolute(reverse("projects:document_file", args=[document.pk]), self.context) if document.file else None


class ProjectSerializer(SourcedSerializer):
    confidence = serializers.ChoiceField(Confidence, read_only=True, help_text="On the day `as_of`, else today.")
    confidence_reason = serializers.CharField(read_only=True, allow_null=True)
    confidence_dated = serializers.DateField(read_only=True, allow_null=True)
    participants = ParticipantRowSerializer(many=True, read_only=True)
    milestones = MilestoneRowSerializer(many=True, read_only=True)
    budget = BudgetLineRowSerializer(many=True, read_only=True)

    class Meta:
        model = Project
        fields = [
            *HEAD, "partnership", "agreement", "measures", "area", "title", "summary", "stage", "stage_stated",
            "stage_stated_first", "stage_stated_last", "confidence", "confidence_reason", "confidence_dated",
            "period", "period_first", "period_last", "hs_codes", "participants", "milestones", "budget", *CITED, *TAIL,
        ]  # fmt: skip


class DeliverySerializer(SourcedSerializer):
    class Meta:
        model = Delivery
        fields = [
            *HEAD, "partnership", "project", "part_of", "what", "from_side", "supplier", "receiver", "quantity",
            "unit", "precision", "hs_code", "period", "period_first", "period_last", *CITED, *TAIL,
        ]  # fmt: skip


class ProjectViewSet(Removable, ReadOnly):
    """Joint projects with participants, milestones and budget, and the newest judgement of their dates."""

    queryset = Project.objects.select_related("partnership").prefetch_related(
        Prefetch("measures", Measure.objects.order_by("pk")),
        Prefetch("budget", BudgetLine.objects.select_related("payer").order_by("fund", "pk")),
    )
    serializer_class = ProjectSerializer
    filterset_class = ProjectFilter
    detail_filterset_class = ProjectOnDay
    may_write = may_edit_projects
    removal_form = forms.RemoveProjectForm
    new_form = forms.NewProjectForm
    edit_form = forms.ProjectRecordForm

    def get_queryset(self) -> Any:
        return super().get_queryset().for_portfolio()


class ParticipantViewSet(Removable, ReadOnly):
    """Organisations that take part in projects."""

    queryset = Participant.objects.select_related("project", "organisation")
    serializer_class = ParticipantSerializer
    filterset_class = ParticipantFilter
    may_write = may_edit_projects
    removal_form = forms.removal_of_part(Participant)
    new_form = forms.NewParticipantForm
    edit_form = forms.ParticipantForm


class MilestoneViewSet(Removable, ReadOnly):
    """Milestones of projects with their slip on a day."""

    queryset = Milestone.objects.select_related("project").prefetch_related(
        Prefetch("reschedulings", Rescheduling.objects.select_related("author").order_by("pk"))
    )
    serializer_class = MilestoneSerializer
    filterset_class = MilestoneFilter
    detail_filterset_class = AsOfFilterSet
    may_write = may_edit_projects
    removal_form = forms.removal_of_part(Milestone)
    new_form = forms.NewMilestoneForm
    edit_form = forms.ChangedMilestoneForm


class BudgetLineViewSet(Removable, ReadOnly):
    """Lines of the budgets of projects, each in its own currency."""

    queryset = BudgetLine.objects.select_related("project", "payer")
    serializer_class = BudgetLineSerializer
    filterset_class = BudgetLineFilter
    may_write = may_edit_projects
    removal_form = forms.removal_of_part(BudgetLine)
    new_form = forms.NewBudgetLineForm
    edit_form = forms.BudgetLineForm


class AssessmentViewSet(Writes, ReadOnly):
    """Judgements on whether projects keep to their dates, with reasons. They are added, never changed."""

    queryset = Assessment.objects.select_related("project", "author")
    serializer_class = AssessmentSerializer
    filterset_class = AssessmentFilter
    may_write = may_edit_projects
    new_form = forms.NewAssessmentForm


class ProjectDocumentViewSet(Removable, ReadOnly):
    """Documents of projects. A file is sent as `multipart/form-data`, and never replaced."""

    queryset = ProjectDocument.objects.select_related("project")
    serializer_class = ProjectDocumentSerializer
    filterset_class = ProjectDocumentFilter
    may_write = may_edit_projects
    removal_form = forms.removal_of_part(ProjectDocument)
    new_form = forms.NewProjectFileForm
    edit_form = forms.ProjectDocumentForm


class DeliveryViewSet(Removable, ReadOnly):
    """Goods and services delivered from one side to the other."""

    queryset = Delivery.objects.select_related("partnership", "project", "supplier", "part_of")
    serializer_class = DeliverySerializer
    filterset_class = DeliveryFilter
    may_write = may_edit_projects
    removal_form = forms.RemoveDeliveryForm
    new_form = forms.NewDeliveryForm
    edit_form = forms.DeliveryForm


CODE_LISTS = {
    "project-stages": choices(_("stages of projects"), Project.Stage),
    "confidences": choices(_("words of confidence"), Confidence),
    "funds": choices(_("sources of money"), Fund),
    "currencies": choices(_("currencies"), Currency),
}
