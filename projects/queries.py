"""Reads about joint projects, their milestones and deliveries."""

from __future__ import annotations

from typing import Any

from django.core.validators import RegexValidator
from django.db.models import Exists, OuterRef, QuerySet
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
from parties.models import Organisation, Side
from parties.periods import Period
from projects.models import Participant, Project


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
