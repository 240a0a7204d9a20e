"""Reads about joint projects, their milestones and deliveries."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.core.validators import RegexValidator
from django.db.models import Exists, OuterRef, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter

from agreements.models import Agreement
from documents.queries import SourcedFilterSet
from parties.filtering import (
    AsOfFilterSet,
    PeriodFilter,
    RecordFilter,
    YearOfPeriodFilter,
    YesNoFilter,
    of_area,
    of_organisation,
    of_partnership,
)
from parties.models import Organisation, Partnership, Side
from parties.pages import chosen
from parties.periods import Period
from projects.models import Delivery, Milestone, Participant, Project, Slip


class ProjectFilter(AsOfFilterSet, SourcedFilterSet):
    """Filters of projects. The slip of milestones is that of the day `as_of`."""

    partnership = of_partnership()
    area = of_area()
    stage = ChoiceFilter(choices=Project.Stage, label=_("stage"))
    agreement = RecordFilter(field_name="agreement", queryset=Agreement.objects.order_by("pk"), label=_("agreement"))
    organisation = of_organisation(method="with_participant", label=_("participant"))
    year = YearOfPeriodFilter(field_name="period", label=_("year"))
    period = PeriodFilter(field_name="period", label=_("period"))

    def with_participant(self, queryset: QuerySet[Any], name: str, value: Organisation) -> QuerySet[Any]:
        return queryset.filter(Exists(Participant.objects.filter(project=OuterRef("pk"), organisation=value)))


class MilestoneFilter(AsOfFilterSet, SourcedFilterSet):
    """Filters of milestones. `reached` and the slip are those of the day `as_of`."""

    partnership = of_partnership("project__partnership")
    project = RecordFilter(field_name="project", queryset=Project.objects.order_by("pk"), label=_("project"))
    area = of_area("project__area")
    year = YearOfPeriodFilter(field_name="planned", label=_("planned in the year"))
    planned = PeriodFilter(field_name="planned", label=_("planned"))
    actual = PeriodFilter(field_name="actual", label=_("actual"))
    reached = YesNoFilter(method="reached_by_day", label=_("reached"))

    def reached_by_day(self, queryset: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        """Reached: its actual period has begun by the day."""
        by_then = {"actual__overlap": Period(None, self.day)}
        return queryset.filter(**by_then) if value else queryset.exclude(actual__isnull=False, **by_then)


class DeliveryFilter(SourcedFilterSet):
    """Filters of deliveries. `hs_code` keeps the codes that begin with the given one."""

    partnership = of_partnership()
    project = RecordFilter(field_name="project", queryset=Project.objects.order_by("pk"), label=_("project"))
    from_side = ChoiceFilter(choices=Side, label=_("from"))
    supplier = of_organisation("supplier", label=_("supplier"))
    hs_code = CharFilter(
        lookup_expr="startswith",
        label=_("HS code"),
        validators=[RegexValidator(r"^[0-9]{1,10}\Z", _("Write one to ten digits."))],
    )
    year = YearOfPeriodFilter(field_name="period", label=_("year"))
    period = PeriodFilter(field_name="period", label=_("period"))


@dataclass(frozen=True)
class Portfolio:
    """The projects that a reader asked for, and all deliveries."""

    on: dt.date
    projects: list[Project]
    deliveries: list[Delivery]

    @property
    def areas(self) -> list[tuple[str, list[Project]]]:
        """The projects under the names of their areas, in the order of the areas."""
        return [(str(area), list(rows)) for area, rows in groupby(self.projects, key=lambda project: project.area)]


def portfolio(partnership: Partnership, parameters: QueryDict) -> Portfolio:
    """Return the portfolio (5 queries for any number of projects)."""
    filter_set = ProjectFilter(parameters, Project.objects.filter(partnership=partnership).for_portfolio())
    return Portfolio(
        on=timezone.localdate(),
        projects=list(chosen(filter_set)),
        deliveries=list(
            Delivery.objects.filter(partnership=partnership)
            .select_related("project", "supplier")
            .order_by("period", "pk")
        ),
    )


@dataclass(frozen=True)
class Step:
    """A milestone with its lateness as known today."""

    milestone: Milestone
    slip: Slip | None


@dataclass(frozen=True)
class ProjectPage:
    """A project with its steps, deliveries and related projects."""

    project: Project
    on: dt.date
    steps: list[Step]
    deliveries: list[Delivery]


def project_page(project: Project) -> ProjectPage:
    today = timezone.localdate()
    return ProjectPage(
        project=project,
        on=today,
        steps=[Step(milestone, milestone.slip(today)) for milestone in project.milestones.all()],
        deliveries=list(project.deliveries.select_related("supplier").order_by("period", "pk")),
    )
