"""What is built together: joint projects, who takes part, their milestones, and what was delivered."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pghistory
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agreements.models import Agreement, Measure
from documents.models import Sourced
from parties.models import Area, Organisation, Partnership, Side
from parties.naming import Localised
from parties.periods import Period, PeriodField
from parties.precision import Precision


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
    title_en = models.CharField(_("title in English"), max_length=300)
    summary_ru = models.TextField(_("summary in Russian"))
    summary_en = models.TextField(_("summary in English"))
    stage = models.CharField(
        _("stage"), max_length=20, choices=Stage, blank=True, help_text=_("Empty where no source says.")
    )
    stage_stated = PeriodField(_("stage stated as of"), null=True, blank=True)
    period = PeriodField(_("period"), null=True, blank=True)
    hs_codes = models.CharField(_("HS codes"), max_length=200, blank=True)
    title = Localised()
    summary = Localised()

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


@pghistory.track()
class Milestone(Sourced):
    """A step of a project with its planned and its actual date."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="milestones")
    title_ru = models.CharField(_("title in Russian"), max_length=300)
    title_en = models.CharField(_("title in English"), max_length=300)
    planned = PeriodField(_("planned"), null=True, blank=True)
    actual = PeriodField(_("actual"), null=True, blank=True)
    title = Localised()

    class Meta(Sourced.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(planned__isnull=False) | models.Q(actual__isnull=False),
                name="milestone_has_a_date",
            ),
        ]

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return f"{self.project.get_absolute_url()}#milestone-{self.pk}"

    def slip(self, on: dt.date) -> Slip | None:
        """Return the lateness as known on the day; None without a plan or when it is on time."""
        planned: Period | None = self.planned
        if planned is None or planned.last is None:
            return None
        if self.actual is not None and self.actual.starts <= on:
            least = (self.actual.starts - planned.last).days
            most = (self.actual.ends - planned.last).days
            return Slip(max(least, 0), most) if most > 0 else None
        late = (on - planned.last).days
        return Slip(late, None) if late > 0 else None


@pghistory.track()
class Delivery(Sourced):
    """Goods or services delivered from one side to the other."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="deliveries")
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="deliveries")
    what_ru = models.CharField(_("what, in Russian"), max_length=300)
    what_en = models.CharField(_("what, in English"), max_length=300)
    from_side = models.CharField(_("from"), max_length=10, choices=Side)
    supplier = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="deliveries")
    receiver_ru = models.CharField(_("receiver in Russian"), max_length=300, blank=True)
    receiver_en = models.CharField(_("receiver in English"), max_length=300, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=20, decimal_places=3, null=True, blank=True)
    unit_ru = models.CharField(_("unit in Russian"), max_length=50, blank=True)
    unit_en = models.CharField(_("unit in English"), max_length=50, blank=True)
    precision = models.CharField(_("precision"), max_length=1, choices=Precision, default=Precision.EXACT)
    hs_code = models.CharField(_("HS code"), max_length=10, blank=True)
    period = PeriodField(_("period"))
    what = Localised()
    receiver = Localised()
    unit = Localised()

    class Meta(Sourced.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quantity__isnull=True) | models.Q(quantity__gt=0),
                name="delivery_quantity_is_positive",
            ),
        ]

    def __str__(self) -> str:
        return str(self.what)

    def get_absolute_url(self) -> str:
        return f"{reverse('projects:list')}#delivery-{self.pk}"
