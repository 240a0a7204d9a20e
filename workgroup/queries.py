"""Reads about the workgroup, its meetings and their outcomes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter

from agreements.models import Agreement, Article, Measure, Recurrence
from documents.queries import SourcedFilterSet
from parties.filtering import PeriodFilter, RecordFilter, YearOfPeriodFilter, of_organisation, of_partnership
from parties.models import Organisation, Partnership, Person, Side
from parties.pages import chosen
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
    measure = RecordFilter(field_name="measures", queryset=Measure.objects.order_by("pk"), label=_("measure"))
    article = RecordFilter(method="under_article", queryset=Article.objects.order_by("pk"), label=_("article"))
    project = RecordFilter(field_name="project", queryset=Project.objects.order_by("pk"), label=_("project"))
    target = RecordFilter(field_name="target", queryset=Target.objects.order_by("pk"), label=_("target"))

    def under_article(self, queryset: QuerySet[Any], name: str, value: Article) -> QuerySet[Any]:
        """Keep outcomes about measures that carry out the article."""
        return queryset.filter(Exists(Measure.objects.filter(outcomes=OuterRef("pk"), articles=value)))


class OutcomeFilter(InstructionFilter):
    """Filters of outcomes of all kinds."""

    kind = ChoiceFilter(choices=Outcome.Kind, label=_("kind"))


@dataclass(frozen=True)
class MeetingsPage:
    """The meetings by year, newest first, and the workgroups of the partnership."""

    meetings: list[Meeting]
    workgroups: list[Workgroup]
    query: str
    """What the address asks for."""

    @property
    def years(self) -> list[tuple[int, list[Meeting]]]:
        return [(year, list(rows)) for year, rows in groupby(self.meetings, key=lambda row: row.held.ends.year)]

    @property
    def outcomes(self) -> int:
        return sum(meeting.outcome_count for meeting in self.meetings)


def meetings_page(partnership: Partnership, parameters: QueryDict) -> MeetingsPage:
    """Return the meetings that the parameters choose (2 queries)."""
    filter_set = MeetingFilter(parameters, Meeting.objects.filter(partnership=partnership).for_list())
    return MeetingsPage(
        meetings=list(chosen(filter_set)),
        workgroups=list(Workgroup.objects.filter(partnership=partnership).order_by("pk")),
        query=parameters.urlencode(),
    )


@dataclass(frozen=True)
class MeetingPage:
    """A meeting with who was there, by side, and what came of it."""

    meeting: Meeting
    attendance: list[Attendance]
    outcomes: list[Outcome]

    @property
    def sides(self) -> list[tuple[str, list[Attendance]]]:
        groups = [(side.value, [row for row in self.attendance if row.side == side]) for side in Side]
        return [(side, rows) for side, rows in groups if rows]


def meeting_page(meeting: Meeting) -> MeetingPage:
    """Return the page of a meeting (2 queries)."""
    return MeetingPage(
        meeting=meeting,
        attendance=list(meeting.attendance.select_related("person", "organisation").order_by("side", "order", "pk")),
        outcomes=list(meeting.outcomes.for_display()),
    )


def outcomes_about(project: Project) -> list[Outcome]:
    """Return what meetings decided and asked about a project, the newest meeting first (1 query)."""
    return list(project.outcomes.for_display().order_by("-meeting__held", "order", "pk"))


@dataclass(frozen=True)
class InstructionsPage:
    """What meetings asked somebody to do: instructions and commitments, newest meeting first."""

    on: dt.date
    outcomes: list[Outcome]


def instructions_page(partnership: Partnership) -> InstructionsPage:
    asked = Outcome.objects.filter(
        meeting__partnership=partnership, kind__in=[Outcome.Kind.INSTRUCTION, Outcome.Kind.COMMITMENT]
    )
    return InstructionsPage(
        on=timezone.localdate(), outcomes=list(asked.for_display().order_by("-meeting__held", "order", "pk"))
    )
