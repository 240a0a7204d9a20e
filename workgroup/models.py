"""Who meets and what comes of it: the workgroup, meetings with attendance, and outcomes."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pghistory
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agreements.models import Agreement, Measure, Recurrence
from documents.models import Sourced
from parties.models import Organisation, Partnership, Person, Side
from parties.naming import Localised
from parties.periods import PeriodField
from parties.records import bumps_data_version
from projects.models import Project
from trade.models import Target


@pghistory.track()
class Workgroup(Sourced):
    """The joint group that reviews the plans once a year."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="workgroups")
    name_ru = models.CharField(_("name in Russian"), max_length=300)
    name_en = models.CharField(_("name in English"), max_length=300)
    duty_ru = models.TextField(_("duty in Russian"), blank=True)
    duty_en = models.TextField(_("duty in English"), blank=True)
    meetings_a_year = models.PositiveSmallIntegerField(_("meetings a year"), null=True, blank=True)
    name = Localised()
    duty = Localised()

    def __str__(self) -> str:
        return str(self.name)

    def get_absolute_url(self) -> str:
        return reverse("workgroup:meetings")


@pghistory.track()
class Member(Sourced):
    """A member of the workgroup."""

    class Role(models.TextChoices):
        COCHAIR = "cochair", _("co-chair")
        SECRETARY = "secretary", _("secretary")
        MEMBER = "member", _("member")

    workgroup = models.ForeignKey(Workgroup, models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    side = models.CharField(_("side"), max_length=10, choices=Side)
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.MEMBER)
    served = PeriodField(_("served"), null=True, blank=True)

    class Meta(Sourced.Meta):
        constraints = [models.UniqueConstraint(fields=["workgroup", "person"], name="member_once_per_workgroup")]

    def __str__(self) -> str:
        return str(self.person)


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """Questions about many meetings."""

    def for_list(self) -> MeetingQuerySet:
        """Newest first, with the number of outcomes (1 query)."""
        return (
            self.select_related("workgroup", "partnership")  # type: ignore[no-redef]
            .annotate(outcome_count=models.Count("outcomes"))
            .order_by("-held", "-pk")
        )

    def with_protocol(self) -> MeetingQuerySet:
        """Add attendance and outcomes (2 queries for any number)."""
        return self.prefetch_related(
            models.Prefetch(
                "attendance",
                Attendance.objects.select_related("person", "organisation").order_by("side", "order", "pk"),
            ),
            models.Prefetch("outcomes", Outcome.objects.for_display()),
        )


@pghistory.track()
class Meeting(Sourced):
    """A meeting at which the cooperation was discussed; of the workgroup, or at another level."""

    class Level(models.TextChoices):
        WORKGROUP = "workgroup", _("workgroup")
        HEADS = "heads", _("heads of the sides")
        GOVERNMENT = "government", _("government")
        AMBASSADOR = "ambassador", _("ambassador")
        ASSOCIATION = "association", _("interregional association")
        OTHER = "other", _("other")

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="meetings")
    workgroup = models.ForeignKey(Workgroup, models.PROTECT, null=True, blank=True, related_name="meetings")
    level = models.CharField(_("level"), max_length=20, choices=Level)
    number = models.CharField(_("number"), max_length=20, blank=True)
    title_ru = models.CharField(_("title in Russian"), max_length=300)
    title_en = models.CharField(_("title in English"), max_length=300, blank=True)
    held = PeriodField(_("date"), help_text=_("As exactly as it is known: 15.08.2023, August 2023, or 2025."))
    place_ru = models.CharField(_("place in Russian"), max_length=200, blank=True)
    place_en = models.CharField(_("place in English"), max_length=200, blank=True)
    summary_ru = models.TextField(_("summary in Russian"), blank=True)
    summary_en = models.TextField(_("summary in English"), blank=True)
    entry_key = models.UUIDField(
        _("entry key"),
        unique=True,
        default=uuid.uuid4,
        editable=False,
        help_text=_("Makes a repeated submit harmless."),
    )
    title = Localised()
    place = Localised()
    summary = Localised()

    outcome_count: int  # added by `for_list`

    objects = MeetingQuerySet.as_manager()

    class Meta(Sourced.Meta):
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(level="workgroup") | models.Q(workgroup__isnull=False),
                name="workgroup_meeting_names_its_workgroup",
            ),
        ]

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return reverse("workgroup:meeting", args=[self.pk])


@pghistory.track()
class Attendance(Sourced):
    """A person, or an organisation without a named person, present at a meeting on one side."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendance")
    side = models.CharField(_("side"), max_length=10, choices=Side)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="attendance")
    name = models.CharField(
        _("name"), max_length=200, blank=True, help_text=_("For someone who is not in the list of people yet.")
    )
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="attendance")
    post_ru = models.CharField(_("post in Russian"), max_length=300, blank=True)
    post_en = models.CharField(_("post in English"), max_length=300, blank=True)
    leads = models.BooleanField(_("heads the side"), default=False)
    order = models.PositiveSmallIntegerField(default=0)
    post = Localised()

    class Meta(Sourced.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "person"],
                name="person_once_per_meeting",
                deferrable=models.Deferrable.DEFERRED,  # two rows may swap their people
            ),
            models.CheckConstraint(
                condition=models.Q(person__isnull=False) | ~models.Q(name="") | models.Q(organisation__isnull=False),
                name="attendance_names_someone",
            ),
        ]

    def __str__(self) -> str:
        return str(self.person or self.name or self.organisation)


class OutcomeQuerySet(models.QuerySet["Outcome"]):
    """Questions about many outcomes."""

    def for_display(self) -> OutcomeQuerySet:
        """In protocol order, with what is shown of each outcome (2 queries for any number)."""
        shown = models.Prefetch("measures", Measure.objects.order_by("plan__period", "plan", "order", "pk"))
        rows = self.select_related("meeting", "assignee", "agreement", "project", "target").prefetch_related(shown)
        return rows.order_by("meeting_id", "order", "pk")

    def instructions(self) -> OutcomeQuerySet:
        return self.filter(kind=Outcome.Kind.INSTRUCTION)


@pghistory.track()
class Outcome(Sourced):
    """One result of a meeting, with who shall act and by when where that was said."""

    class Kind(models.TextChoices):
        DECISION = "decision", _("decision")
        INSTRUCTION = "instruction", _("instruction")
        COMMITMENT = "commitment", _("commitment")
        INFORMATION = "information", _("information")
        ACHIEVEMENT = "achievement", _("achievement")
        SIGNED_AGREEMENT = "signed_agreement", _("agreement concluded")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="outcomes")
    number = models.CharField(_("number"), max_length=20, blank=True)
    order = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    text_ru = models.TextField(_("text in Russian"))
    text_en = models.TextField(_("text in English"), blank=True)
    assignee = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="outcomes")
    assignee_side = models.CharField(_("side of the assignee"), max_length=10, choices=Side, blank=True)
    assignee_text = models.CharField(
        _("assignee in words"), max_length=300, blank=True, help_text=_("For someone who is not in the list yet.")
    )
    deadline = PeriodField(_("deadline"), null=True, blank=True)
    recurrence = models.CharField(_("recurrence"), max_length=10, choices=Recurrence, default=Recurrence.ONCE)
    agreement = models.ForeignKey(Agreement, models.PROTECT, null=True, blank=True, related_name="outcomes")
    measures = models.ManyToManyField(Measure, blank=True, related_name="outcomes")
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="outcomes")
    target = models.ForeignKey(Target, models.PROTECT, null=True, blank=True, related_name="outcomes")
    text = Localised()

    objects = OutcomeQuerySet.as_manager()

    class Meta(Sourced.Meta):
        constraints = [
            models.CheckConstraint(condition=~models.Q(text_ru="") | ~models.Q(text_en=""), name="outcome_has_a_text"),
        ]

    def __str__(self) -> str:
        return str(self.text)

    def get_absolute_url(self) -> str:
        return f"{reverse('workgroup:meeting', args=[self.meeting_id])}#outcome-{self.pk}"

    @property
    def last_day(self) -> dt.date | None:
        """The last day in time; None without a deadline, and for a permanent duty, which is never overdue."""
        is_permanent = self.recurrence == Recurrence.PERMANENT
        return None if is_permanent or self.deadline is None else self.deadline.last

    @property
    def is_duty(self) -> bool:
        """Whether somebody is to do something: an instruction or a commitment."""
        return self.kind in {Outcome.Kind.INSTRUCTION, Outcome.Kind.COMMITMENT}


_OutcomeMeasure: Any = Outcome.measures.through  # the table that Django makes for the measures of outcomes


@pghistory.track()
class OutcomeMeasure(_OutcomeMeasure):
    """A measure that an outcome speaks of, audited, and part of the data version because pages show it."""

    class Meta:
        proxy = True
        triggers = [bumps_data_version()]
