"""Reads about agreements, their articles and parties."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter

from agreements.models import Agreement, Article, Party, Plan, StatedCount, Status
from documents.queries import SourcedFilterSet
from parties.filtering import (
    AsOfFilterSet,
    PeriodFilter,
    RecordFilter,
    YearOfPeriodFilter,
    of_area,
    of_organisation,
    of_partnership,
)
from parties.models import Organisation, Partnership
from parties.pages import chosen


class AgreementOnDay(AsOfFilterSet):
    """Agreements with their status on the day."""

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return super().filter_queryset(queryset.with_status(self.day))  # type: ignore[attr-defined]


class AgreementFilter(AgreementOnDay, SourcedFilterSet):
    """Filters of agreements. `status` is that of the day `as_of`."""

    partnership = of_partnership()
    level = ChoiceFilter(choices=Agreement.Level, label=_("level"))
    form = ChoiceFilter(choices=Agreement.Form, label=_("form"))
    status = ChoiceFilter(choices=Status, label=_("status"))
    area = of_area()
    organisation = of_organisation(method="concluded_by")
    parent = RecordFilter(field_name="parent", queryset=Agreement.objects.order_by("pk"), label=_("parent agreement"))
    year = YearOfPeriodFilter(field_name="concluded", label=_("year of conclusion"))
    concluded = PeriodFilter(field_name="concluded", label=_("signed, or reached"))

    def concluded_by(self, queryset: QuerySet[Any], name: str, value: Organisation) -> QuerySet[Any]:
        return queryset.filter(Exists(Party.objects.filter(agreement=OuterRef("pk"), organisation=value)))


class ArticleFilter(SourcedFilterSet):
    """Filters of articles."""

    partnership = of_partnership("agreement__partnership")
    agreement = RecordFilter(field_name="agreement", queryset=Agreement.objects.order_by("pk"), label=_("agreement"))
    area = of_area()


class StatedCountFilter(SourcedFilterSet):
    """Filters of numbers of agreements that a source states without listing them."""

    partnership = of_partnership()
    level = ChoiceFilter(choices=Agreement.Level, label=_("level"))
    year = YearOfPeriodFilter(field_name="as_of", label=_("year"))


@dataclass(frozen=True)
class Register:
    """The register of agreements on a day."""

    on: dt.date
    filter: AgreementFilter
    agreements: list[Agreement]
    stated: list[StatedCount]

    @property
    def levels(self) -> list[tuple[str, list[Agreement]]]:
        """The agreements under the names of their levels, levels without any left out."""
        groups = [
            (str(level.label), [row for row in self.agreements if row.level == level]) for level in Agreement.Level
        ]
        return [(label, rows) for label, rows in groups if rows]

    @property
    def in_force(self) -> int:
        return sum(row.status == Status.IN_FORCE for row in self.agreements)


def register(partnership: Partnership, parameters: QueryDict) -> Register:
    """Return the agreements that the parameters choose, with their status today, and the unlisted counts."""
    today = timezone.localdate()
    filter_set = AgreementFilter(parameters, Agreement.objects.filter(partnership=partnership).for_register(today))
    return Register(
        on=today,
        filter=filter_set,
        agreements=list(chosen(filter_set)),
        stated=list(StatedCount.objects.filter(partnership=partnership).order_by("pk")),
    )


@dataclass(frozen=True)
class AgreementPage:
    """An agreement with all that hangs on it within its own app."""

    agreement: Agreement
    articles: list[Article]
    plans: list[Plan]
    children: list[Agreement]


def agreement_page(agreement: Agreement) -> AgreementPage:
    return AgreementPage(
        agreement=agreement,
        articles=list(agreement.articles.order_by("pk")),
        plans=list(agreement.plans.annotate(measure_count=Count("measures")).order_by("period")),
        children=list(agreement.children.for_register(timezone.localdate())),
    )
