"""What projects and their parts can be filtered by, on pages and in the API."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.validators import RegexValidator
from django.db.models import Exists, OuterRef, QuerySet
from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, FilterSet

from agreements.models import Agreement, Measure
from documents.queries import SourcedFilterSet
from parties.filtering import (
    AsOfFilterSet,
    DayFilter,
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
from projects.models import Confidence, Currency, Delivery, Fund, Participant, Project


def _of_project() -> RecordFilter:
    return RecordFilter(field_name="project", queryset=Project.objects.order_by("pk"), label=_("project"))


class ProjectOnDay(AsOfFilterSet):
    """Projects with the confidence of the day."""

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return super().filter_queryset(queryset.with_confidence(self.day))  # type: ignore[attr-defined]


class ProjectFilter(ProjectOnDay, SourcedFilterSet):
    """Filters of projects. Confidence and the slip of milestones are those of the day `as_of`."""

    partnership = of_partnership()
    area = of_area()
    stage = ChoiceFilter(choices=Project.Stage, label=_("stage"))
    confidence = ChoiceFilter(choices=Confidence, label=_("confidence"))
    agreement = RecordFilter(field_name="agreement", queryset=Agreement.objects.order_by("pk"), label=_("agreement"))
    measure = RecordFilter(method="carrying_out", queryset=Measure.objects.order_by("pk"), label=_("measure"))
    organisation = of_organisation(method="with_participant", label=_("participant"))
    side = ChoiceFilter(method="with_side", choices=Side, label=_("side of a participant"))
    year = YearOfPeriodFilter(field_name="period", label=_("year"))
    period = PeriodFilter(field_name="period", label=_("period"))

    def with_side(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(Exists(Participant.objects.filter(project=OuterRef("pk"), side=value)))

    def with_participant(self, queryset: QuerySet[Any], name: str, value: Organisation) -> QuerySet[Any]:
        return queryset.filter(Exists(Participant.objects.filter(project=OuterRef("pk"), organisation=value)))

    def carrying_out(self, queryset: QuerySet[Any], name: str, value: Measure) -> QuerySet[Any]:
        links = Project.measures.through.objects.filter(project=OuterRef("pk"), measure=value)
        return queryset.filter(Exists(links))


class ParticipantFilter(SourcedFilterSet):
    """Filters of participants."""

    partnership = of_partnership("project__partnership")
    project = _of_project()
    organisation = of_organisation()
    side = ChoiceFilter(choices=Side, label=_("side"))


class MilestoneFilter(AsOfFilterSet, SourcedFilterSet):
    """Filters of milestones. `reached` and the slip are those of the day `as_of`."""

    partnership = of_partnership("project__partnership")
    project = _of_project()
    area = of_area("project__area")
    year = YearOfPeriodFilter(field_name="planned", label=_("planned in the year"))
    planned = PeriodFilter(field_name="planned", label=_("planned"))
    expected = PeriodFilter(field_name="expected", label=_("now expected"))
    actual = PeriodFilter(field_name="actual", label=_("actual"))
    reached = YesNoFilter(method="reached_by_day", label=_("reached"))

    def reached_by_day(self, queryset: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        """Reached: its actual period has begun by the day."""
        by_then = {"actual__overlap": Period(None, self.day)}
        return queryset.filter(**by_then) if value else queryset.exclude(actual__isnull=False, **by_then)


class BudgetLineFilter(SourcedFilterSet):
    """Filters of lines of budgets."""

    partnership = of_partnership("project__partnership")
    project = _of_project()
    area = of_area("project__area")
    fund = ChoiceFilter(choices=Fund, label=_("source of money"))
    currency = ChoiceFilter(choices=Currency, label=_("currency"))
    payer = of_organisation("payer", label=_("who pays"))
    year = YearOfPeriodFilter(field_name="period", label=_("year"))


class AssessmentFilter(SourcedFilterSet):
    """Filters of judgements about projects."""

    partnership = of_partnership("project__partnership")
    project = _of_project()
    confidence = ChoiceFilter(choices=Confidence, label=_("confidence"))
    since = DayFilter(field_name="dated", lookup_expr="gte", label=_("dated since"))


class ProjectDocumentFilter(SourcedFilterSet):
    """Filters of documents of projects."""

    partnership = of_partnership("project__partnership")
    project = _of_project()
    year = YearOfPeriodFilter(field_name="dated", label=_("year"))


class DeliveryFilter(SourcedFilterSet):
    """Filters of deliveries. `hs_code` keeps the codes that begin with the given one."""

    partnership = of_partnership()
    project = _of_project()
    from_side = ChoiceFilter(choices=Side, label=_("from"))
    supplier = of_organisation("supplier", label=_("supplier"))
    part_of = RecordFilter(
        field_name="part_of", queryset=Delivery.objects.order_by("pk"), label=_("part of the delivery")
    )
    hs_code = CharFilter(
        lookup_expr="startswith",
        label=_("HS code"),
        validators=[RegexValidator(r"^[0-9]{1,10}\Z", _("Write one to ten digits."))],
    )
    year = YearOfPeriodFilter(field_name="period", label=_("year"))
    period = PeriodFilter(field_name="period", label=_("period"))


def controls_of(filter_set: FilterSet, names: Iterable[str]) -> list[BoundField]:
    """Return the fields by which a reader filters a list."""
    return [filter_set.form[name] for name in names]


def query_of(parameters: QueryDict) -> str:
    """Return the part of an address that asks for the same rows, without what says nothing."""
    asked = QueryDict(mutable=True)
    for name, values in parameters.lists():
        if values[-1]:
            asked[name] = values[-1]
    return asked.urlencode()
