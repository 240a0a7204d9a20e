"""Joint projects, their milestones, and deliveries."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from agreements.models import Measure
from parties.api import CITED, HEAD, TAIL, CitedRow, ReadOnly, RowSerializer, SourcedSerializer, choices
from parties.filtering import AsOfFilterSet
from projects.models import Delivery, Milestone, Participant, Project, Slip
from projects.queries import DeliveryFilter, MilestoneFilter, ProjectFilter


class SlipSerializer(serializers.Serializer[Slip]):
    """Lateness in days: at least, and at most (null: not over yet)."""

    least = serializers.IntegerField()
    most = serializers.IntegerField(allow_null=True)


class Slipping(RowSerializer):
    slip = serializers.SerializerMethodField(help_text="Lateness on the day `as_of`, else today; null when on time.")

    @extend_schema_field(SlipSerializer(allow_null=True))
    def get_slip(self, milestone: Milestone) -> Any:
        slip = milestone.slip(self.context["day"])
        return None if slip is None else SlipSerializer(slip).data


MILESTONE = [
    "title", "planned", "planned_first", "planned_last", "actual", "actual_first", "actual_last", "slip",
]  # fmt: skip


class MilestoneRowSerializer(Slipping, CitedRow):
    class Meta:
        model = Milestone
        fields = ["id", *MILESTONE, *CITED]


class MilestoneSerializer(Slipping, SourcedSerializer):
    class Meta:
        model = Milestone
        fields = [*HEAD, "project", *MILESTONE, *CITED, *TAIL]


class ParticipantSerializer(CitedRow):
    class Meta:
        model = Participant
        fields = ["id", "side", "organisation", "role", *CITED]


class ProjectSerializer(SourcedSerializer):
    participants = ParticipantSerializer(many=True, read_only=True)
    milestones = MilestoneRowSerializer(many=True, read_only=True)

    class Meta:
        model = Project
        fields = [
            *HEAD, "partnership", "agreement", "measures", "area", "title", "summary", "stage", "stage_stated",
            "stage_stated_first", "stage_stated_last", "period", "period_first", "period_last", "hs_codes",
            "participants", "milestones", *CITED, *TAIL,
        ]  # fmt: skip


class DeliverySerializer(SourcedSerializer):
    class Meta:
        model = Delivery
        fields = [
            *HEAD, "partnership", "project", "what", "from_side", "supplier", "receiver", "quantity", "unit",
            "precision", "hs_code", "period", "period_first", "period_last", *CITED, *TAIL,
        ]  # fmt: skip


class ProjectViewSet(ReadOnly):
    """Joint projects with participants and milestones."""

    queryset = Project.objects.select_related("partnership").prefetch_related(
        Prefetch("measures", Measure.objects.order_by("pk"))
    )
    serializer_class = ProjectSerializer
    filterset_class = ProjectFilter
    detail_filterset_class = AsOfFilterSet

    def get_queryset(self) -> Any:
        return super().get_queryset().for_portfolio()


class MilestoneViewSet(ReadOnly):
    """Milestones of projects with their slip on a day."""

    queryset = Milestone.objects.select_related("project")
    serializer_class = MilestoneSerializer
    filterset_class = MilestoneFilter
    detail_filterset_class = AsOfFilterSet


class DeliveryViewSet(ReadOnly):
    """Goods and services delivered from one side to the other."""

    queryset = Delivery.objects.select_related("partnership", "project", "supplier")
    serializer_class = DeliverySerializer
    filterset_class = DeliveryFilter


CODE_LISTS = {"project-stages": choices(_("stages of projects"), Project.Stage)}
