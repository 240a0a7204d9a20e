"""Workgroups, meetings with attendance, and their outcomes."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from parties.api import CITED, HEAD, TAIL, CitedRow, ReadOnly, Removable, SourcedSerializer, choices
from parties.permissions import may_record_meetings
from workgroup import forms
from workgroup.models import Attendance, Meeting, Member, Outcome, Workgroup
from workgroup.queries import InstructionFilter, MeetingFilter, OutcomeFilter, WorkgroupFilter


class MemberSerializer(CitedRow):
    class Meta:
        model = Member
        fields = ["id", "person", "side", "role", "served", "served_first", "served_last", *CITED]


class WorkgroupSerializer(SourcedSerializer):
    members = MemberSerializer(many=True, read_only=True)

    class Meta:
        model = Workgroup
        fields = [*HEAD, "partnership", "name", "duty", "meetings_a_year", "members", *CITED, *TAIL]


class AttendanceSerializer(CitedRow):
    class Meta:
        model = Attendance
        fields = ["id", "side", "person", "name", "organisation", "post", "leads", "order", *CITED]


OUTCOME = [
    "number", "order", "kind", "text", "assignee", "assignee_side", "assignee_text", "deadline", "deadline_first",
    "deadline_last", "recurrence", "agreement", "measures", "project", "target",
]  # fmt: skip


class OutcomeRowSerializer(SourcedSerializer):
    class Meta:
        model = Outcome
        fields = [*HEAD, *OUTCOME, *CITED]


class OutcomeSerializer(SourcedSerializer):
    class Meta:
        model = Outcome
        fields = [*HEAD, "meeting", *OUTCOME, *CITED, *TAIL]


class InstructionSerializer(OutcomeSerializer):
    basename = "api-instructions"


class MeetingSerializer(SourcedSerializer):
    attendance = AttendanceSerializer(many=True, read_only=True)
    outcomes = OutcomeRowSerializer(many=True, read_only=True)

    class Meta:
        model = Meeting
        fields = [
            *HEAD, "partnership", "workgroup", "level", "number", "title", "held", "held_first", "held_last", "place",
            "summary", "attendance", "outcomes", *CITED, *TAIL,
        ]  # fmt: skip


class WorkgroupViewSet(ReadOnly):
    """Workgroups with their members."""

    queryset = Workgroup.objects.select_related("partnership").prefetch_related(
        Prefetch("members", Member.objects.select_related("person").order_by("side", "pk"))
    )
    serializer_class = WorkgroupSerializer
    filterset_class = WorkgroupFilter


class MeetingViewSet(ReadOnly):
    """Meetings with attendance and outcomes."""

    queryset = Meeting.objects.select_related("partnership", "workgroup")
    serializer_class = MeetingSerializer
    filterset_class = MeetingFilter

    def get_queryset(self) -> Any:
        return super().get_queryset().with_protocol()


class OutcomeViewSet(Removable, ReadOnly):
    """Outcomes of meetings of all kinds."""

    queryset = Outcome.objects.all()
    serializer_class = OutcomeSerializer
    filterset_class = OutcomeFilter
    may_write = may_record_meetings
    removal_form = forms.RemoveOutcomeEntry
    new_form = forms.NewOutcomeEntry
    edit_form = forms.OutcomeEntry

    def get_queryset(self) -> Any:
        return super().get_queryset().for_display()


class InstructionViewSet(ReadOnly):
    """Outcomes that instruct someone to act."""

    queryset = Outcome.objects.all()
    serializer_class = InstructionSerializer
    filterset_class = InstructionFilter

    def get_queryset(self) -> Any:
        return super().get_queryset().instructions().for_display()


CODE_LISTS = {
    "meeting-levels": choices(_("levels of meetings"), Meeting.Level),
    "outcome-kinds": choices(_("kinds of outcomes"), Outcome.Kind),
    "member-roles": choices(_("roles in the workgroup"), Member.Role),
}
