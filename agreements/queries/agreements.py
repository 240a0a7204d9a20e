"""Filters of agreements and of what belongs to them."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter

from agreements.models import Act, Agreement, AgreementFile, Amendment, Article, Party, Status
from agreements.queries.concerns import Concern, raising, with_concerns
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
from parties.models import Organisation, Side


class AgreementOnDay(AsOfFilterSet):
    """Agreements with their status and what raises concern on the day."""

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        on_day = with_concerns(queryset.with_status(self.day), self.day)  # type: ignore[attr-defined]
        return super().filter_queryset(on_day)


class AgreementFilter(AgreementOnDay, SourcedFilterSet):
    """Filters of agreements. `status` and `warning` are those of the day `as_of`."""

    partnership = of_partnership()
    q = CharFilter(method="with_words", label=_("words of the title, or number"), max_length=200)
    level = ChoiceFilter(choices=Agreement.Level, label=_("level"))
    form = ChoiceFilter(choices=Agreement.Form, label=_("type"))
    status = ChoiceFilter(choices=Status, label=_("state"))
    warning = ChoiceFilter(choices=Concern, method="of_concern", label=_("warning"))
    area = of_area()
    organisation = of_organisation(method="concluded_by", label=_("party"))
    responsible = of_organisation("responsible", label=_("responsible organisation"))
    parent = RecordFilter(field_name="parent", queryset=Agreement.objects.order_by("pk"), label=_("parent agreement"))
    year = YearOfPeriodFilter(field_name="concluded", label=_("year of conclusion"))
    concluded = PeriodFilter(field_name="concluded", label=_("signed, or reached"))

    def concluded_by(self, queryset: QuerySet[Any], name: str, value: Organisation) -> QuerySet[Any]:
        return queryset.filter(Exists(Party.objects.filter(agreement=OuterRef("pk"), organisation=value)))

    def of_concern(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(raising(Concern(value)))

    def with_words(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep agreements whose title or number has every one of the words."""
        for word in value.split():
            somewhere = Q(title_ru__icontains=word) | Q(title_en__icontains=word) | Q(number__icontains=word)
            queryset = queryset.filter(somewhere)
        return queryset


def _of_agreement() -> RecordFilter:
    return RecordFilter(field_name="agreement", queryset=Agreement.objects.order_by("pk"), label=_("agreement"))


class ArticleFilter(SourcedFilterSet):
    """Filters of articles."""

    partnership = of_partnership("agreement__partnership")
    agreement = _of_agreement()
    area = of_area()


class PartyFilter(SourcedFilterSet):
    """Filters of parties to agreements."""

    partnership = of_partnership("agreement__partnership")
    agreement = _of_agreement()
    organisation = of_organisation()
    side = ChoiceFilter(choices=Side, label=_("side"))


class ActFilter(SourcedFilterSet):
    """Filters of acts about agreements."""

    partnership = of_partnership("agreement__partnership")
    agreement = _of_agreement()
    kind = ChoiceFilter(choices=Act.Kind, label=_("kind"))
    year = YearOfPeriodFilter(field_name="dated", label=_("year"))


class AmendmentFilter(SourcedFilterSet):
    """Filters of amendments."""

    partnership = of_partnership("agreement__partnership")
    agreement = _of_agreement()
    article = RecordFilter(field_name="articles", queryset=Article.objects.order_by("pk"), label=_("article"))
    year = YearOfPeriodFilter(field_name="signed", label=_("year"))


class AgreementFileFilter(SourcedFilterSet):
    """Filters of files of agreements."""

    partnership = of_partnership("agreement__partnership")
    agreement = _of_agreement()
    amendment = RecordFilter(field_name="amendment", queryset=Amendment.objects.order_by("pk"), label=_("amendment"))
    kind = ChoiceFilter(choices=AgreementFile.Kind, label=_("kind"))


class StatedCountFilter(SourcedFilterSet):
    """Filters of numbers of agreements that a source states without listing them."""

    partnership = of_partnership()
    level = ChoiceFilter(choices=Agreement.Level, label=_("level"))
    year = YearOfPeriodFilter(field_name="as_of", label=_("year"))
