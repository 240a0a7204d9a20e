"""Joint projects, who takes part in them, their milestones, and how confident one is that they come in time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agreements.models import Agreement, Measure
from documents.models import Sourced
from parties.models import Area, Organisation, Partnership, Side
from parties.naming import Localised
from parties.periods import Period, PeriodField
from parties.records import bumps_data_version


class Confidence(models.TextChoices):
    """Whether a project will keep to its dates, as a person judges it (`Assessment`)."""

    ON_SCHEDULE = "on_schedule", _("on schedule")
    AT_RISK = "at_risk", _("risk of delay")
    DELAYED = "delayed", _("delay")
    NO_DATA = "no_data", _("no data")


class ProjectQuerySet(models.QuerySet["Project"]):
    """Questions about many projects."""

    def for_portfolio(self) -> ProjectQuerySet:
        """Add what the portfolio shows of each project (3 queries for any number)."""
        return (
            self.select_related("area", "agreement")
            .prefetch_related(
                models.Prefetch(
                    "participants", Participant.objects.select_related("organisation").order_by("side", "pk")
                ),
                models.Prefetch("milestones", Milestone.objects.order_by("planned", "pk")),
            )
            .order_by("area__order", "pk")
        )

    def with_confidence(self, on: dt.date) -> ProjectQuerySet:
        """Add `confidence`, `confidence_reason` and `confidence_dated`: the newest judgement up to the day.

        A project that nobody has judged has no data, and neither reason nor day.
        """
        judged = Assessment.objects.filter(project=models.OuterRef("pk"), dated__lte=on).order_by("-dated", "-pk")
        return self.annotate(  # type: ignore[no-redef]
            confidence=Coalesce(
                models.Subquery(judged.values("confidence")[:1]),
                models.Value(Confidence.NO_DATA),
                output_field=models.CharField(choices=Confidence.choices),
            ),
            confidence_reason=models.Subquery(judged.values("reason")[:1]),
            confidence_dated=models.Subquery(judged.values("dated")[:1]),
        )


@pghistory.track()
class Project(Sourced):
    """A joint project or a line of work of both sides."""

    class Stage(models.TextChoices):
        IDEA = "idea", _("idea")
        AGREED = "agreed", _("agreed")
        PREPARATION = "preparation", _("in preparation")
        FUNDED = "funded", _("funded")
        UNDER_WAY = "under_way", _("under way")
        DELIVERED = "delivered", _("delivered")
        CLOSED = "closed", _("closed")
        CANCELLED = "cancelled", _("cancelled")

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="projects")
    agreement = models.ForeignKey(Agreement, models.PROTECT, null=True, blank=True, related_name="projects")
    measures = models.ManyToManyField(Measure, blank=True, related_name="projects")
    area = models.ForeignKey(Area, models.PROTECT, related_name="projects")
    title_ru = models.CharField(_("title in Russian"), max_length=300)
    title_en = models.CharField(_("title in English"), max_length=300, blank=True)
    summary_ru = models.TextField(_("summary in Russian"))
    summary_en = models.TextField(_("summary in English"), blank=True)
    stage = models.CharField(
        _("stage"), max_length=20, choices=Stage, blank=True, help_text=_("Empty where no source says.")
    )
    stage_stated = PeriodField(_("stage stated as of"), null=True, blank=True)
    period = PeriodField(_("period"), null=True, blank=True)
    hs_codes = models.CharField(_("HS codes"), max_length=200, blank=True)
    title = Localised()
    summary = Localised()

    # Added by `with_confidence`:
    confidence: str
    confidence_reason: str | None
    confidence_dated: dt.date | None

    objects = ProjectQuerySet.as_manager()

    class Meta(Sourced.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(stage="") | models.Q(stage_stated__isnull=False),
                name="project_stage_has_a_date",
            ),
        ]

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return reverse("projects:detail", args=[self.pk])

    @property
    def confidence_label(self) -> str:
        """The confidence in words; the row must come from `with_confidence`."""
        return str(Confidence(self.confidence).label)

    @property
    def hs_code_list(self) -> list[str]:
        return [code for code in self.hs_codes.replace(" ", "").split(",") if code]


_ProjectMeasure: Any = Project.measures.through  # the table that Django makes for the measures of projects


@pghistory.track()
class MeasureLink(_ProjectMeasure):
    """A measure that a project carries out, audited, and part of the data version because pages show it."""

    class Meta:
        proxy = True
        triggers = [bumps_data_version()]


@pghistory.track()
class Participant(Sourced):
    """An organisation that takes part in a project."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="participants")
    side = models.CharField(_("side"), max_length=10, choices=Side)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="participations")
    role_ru = models.CharField(_("role in Russian"), max_length=200, blank=True)
    role_en = models.CharField(_("role in English"), max_length=200, blank=True)
    role = Localised()

    class Meta(Sourced.Meta):
        constraints = [
            models.UniqueConstraint(fields=["project", "organisation"], name="participant_once_per_project"),
        ]

    def __str__(self) -> str:
        return str(self.organisation)

    def get_absolute_url(self) -> str:
        return f"{self.project.get_absolute_url()}#participant-{self.pk}"


@dataclass(frozen=True)
class Slip:
    """By how many days a milestone is late: at least `least`, at most `most` (None: not over yet).

    Planned and actual dates may be known only as periods; the lateness then lies between the
    first day of the actual period and its last, both counted from the last day of the plan.
    """

    least: int
    most: int | None

    @property
    def is_certain(self) -> bool:
        return self.least > 0


class MilestoneQuerySet(models.QuerySet["Milestone"]):
    """Questions about many milestones."""

    def open_on(self, on: dt.date) -> MilestoneQuerySet:
        """Not reported as reached by the day."""
        return self.exclude(actual__isnull=False, actual__overlap=Period(None, on))

    def ahead(self, on: dt.date) -> MilestoneQuerySet:
        """Open, and due on the day or later, the nearest first; `due` is the day after the last one in time.

        Where a new date is expected it counts, else the planned one.
        """
        due = Coalesce("expected__endswith", "planned__endswith", output_field=models.DateField())
        return self.open_on(on).annotate(due=due).filter(due__gt=on).order_by("due", "pk")


@pghistory.track()
class Milestone(Sourced):
    """A step of a project with its planned and its actual date.

    A date that is expected instead of the planned one stands beside it. Where the plan itself was changed, the
    first one stays in `first_planned`, and lateness counts from it. Each move is a `Rescheduling` with its reason.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="milestones")
    title_ru = models.CharField(_("title in Russian"), max_length=300)
    title_en = models.CharField(_("title in English"), max_length=300, blank=True)
    planned = PeriodField(_("planned"), null=True, blank=True)
    first_planned = PeriodField(_("first planned"), null=True, blank=True, editable=False)
    expected = PeriodField(_("now expected"), null=True, blank=True)
    actual = PeriodField(_("actual"), null=True, blank=True)
    title = Localised()

    objects = MilestoneQuerySet.as_manager()

    class Meta(Sourced.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(planned__isnull=False) | models.Q(actual__isnull=False),
                name="milestone_has_a_date",
            ),
            models.CheckConstraint(
                condition=models.Q(expected__isnull=True) | models.Q(planned__isnull=False),
                name="milestone_expected_instead_of_a_plan",
            ),
        ]

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return f"{self.project.get_absolute_url()}#milestone-{self.pk}"

    def is_reached(self, on: dt.date) -> bool:
        return self.actual is not None and self.actual.starts <= on

    @property
    def first_plan(self) -> Period | None:
        """The plan from which lateness counts: the first one, however often it was changed."""
        found: Period | None = self.first_planned or self.planned
        return found

    def is_past_plan(self, on: dt.date) -> bool:
        """Whether it is open on the day and the time that is planned now is over."""
        return not self.is_reached(on) and self.planned is not None and self.planned.ends < on

    def slip(self, on: dt.date) -> Slip | None:
        """Return the lateness against the first plan as known on the day; None without a plan or when it is on time."""
        planned = self.first_plan
        if planned is None or planned.last is None:
            return None
        if self.is_reached(on):
            least = (self.actual.starts - planned.last).days
            most = (self.actual.ends - planned.last).days
            return Slip(max(least, 0), most) if most > 0 else None
        late = (on - planned.last).days
        return Slip(late, None) if late > 0 else None

    @property
    def expected_slip(self) -> int | None:
        """Days from the last day of the first plan to the last one that is expected or planned now.

        None where it did not move, or without an end.
        """
        due, first = self.expected or self.planned, self.first_plan
        if due == first or due is None or first is None or due.last is None or first.last is None:
            return None
        return int((due.last - first.last).days)


@pghistory.track()
class Rescheduling(Sourced):
    """Dates of a milestone that moved: what they were, what they are now, and why. Rows are added, never changed."""

    milestone = models.ForeignKey(Milestone, models.CASCADE, related_name="reschedulings")
    planned_was = PeriodField(_("planned before"), null=True, blank=True)
    planned_now = PeriodField(_("planned since"), null=True, blank=True)
    expected_was = PeriodField(_("expected before"), null=True, blank=True)
    expected_now = PeriodField(_("expected since"), null=True, blank=True)
    reason = models.TextField(_("why the date moves"))
    is_correction = models.BooleanField(
        _("the planned date was written down wrongly"),
        default=False,
        help_text=_("Lateness then counts from the corrected date, else from the first plan."),
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(Sourced.Meta):
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="rescheduling_has_a_reason"),
        ]
        triggers = [
            *Sourced.Meta.triggers,
            pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update),
        ]

    def __str__(self) -> str:
        return self.reason

    def get_absolute_url(self) -> str:
        return self.milestone.get_absolute_url()


@pghistory.track()
class Assessment(Sourced):
    """How confident one is of a project on a day, and why. A new judgement is added, none is changed."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="assessments")
    confidence = models.CharField(_("confidence"), max_length=20, choices=Confidence)
    reason = models.TextField(_("reason"))
    dated = models.DateField(_("date"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(Sourced.Meta):
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="assessment_has_a_reason"),
        ]
        triggers = [
            *Sourced.Meta.triggers,
            pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update),
            # Examples are removed by command; what a person said stays.
            pgtrigger.Protect(
                name="never_deleted", operation=pgtrigger.Delete, condition=pgtrigger.Q(old__is_example=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_confidence_display()}: {self.reason}"

    def get_absolute_url(self) -> str:
        return f"{self.project.get_absolute_url()}#assessment-{self.pk}"
