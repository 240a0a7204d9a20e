"""Reads about the workgroup, its meetings and their outcomes."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter

from agreements.models import Agreement, Recurrence
from documents.queries import SourcedFilterSet
from parties.filtering import PeriodFilter, RecordFilter, YearOfPeriodFilter, of_organisation, of_partnership
from parties.models import Organisation, Person, Side
from projects.models import Project
from trade.models import Target
from workgroup.models import Attendance, Meeting, Outcome, Workgroup


class WorkgroupFilter(SourcedFilterSet):
    """Filters of workgroups."""

    partnership = of_partnership()


class MeetingFilter(SourcedFilterSet):
    """Filters of meetings; `person` and `organisation` were present."""

    partnership = of_partnership()
    workgroup = RecordFilter(field_name="workgroup", queryset=Workgroup.objects.order_by("pk"), label=_("workgroup"))
    level = ChoiceFilter(choices=Meeting.Level, label=_("level"))
    year = YearOfPeriodFilter(field_name="held", label=_("year"))
    held = PeriodFilter(field_name="held", label=_("date"))
    person = RecordFilter(method="attended_by", queryset=Person.objects.order_by("pk"), label=_("person present"))
    organisation = of_organisation(method="attended_by", label=_("organisation present"))

    def attended_by(self, queryset: QuerySet[Any], name: str, value: Person | Organisation) -> QuerySet[Any]:
        return queryset.filter(Exists(Attendance.objects.filter(meeting=OuterRef("pk"), **{name: value})))


class InstructionFilter(SourcedFilterSet):
    """Filters of instructions; `year` is that of the meeting."""

    partnership = of_partnership("meeting__partnership")
    meeting = RecordFilter(field_name="meeting", queryset=Meeting.objects.order_by("pk"), label=_("meeting"))
    year = YearOfPeriodFilter(field_name="meeting__held", label=_("year"))
    side = ChoiceFilter(field_name="assignee_side", choices=Side, label=_("side of the assignee"))
    organisation = of_organisation("assignee", label=_("assignee"))
    deadline = PeriodFilter(field_name="deadline", label=_("deadline"))
    recurrence = ChoiceFilter(choices=Recurrence, label=_("recurrence"))
    agreement = RecordFilter(field_name="agreement", queryset=Agreement.objects.order_by("pk"), label=_("agreement"))
    project = RecordFilter(field_name="project", queryset=Project.objects.order_by("pk"), label=_("project"))
    target = RecordFilter(field_name="target", queryset=Target.objects.order_by("pk"), label=_("target"))


class OutcomeFilter(InstructionFilter):
    """Filters of outcomes of all kinds."""

    kind = ChoiceFilter(choices=Outcome.Kind, label=_("kind"))
