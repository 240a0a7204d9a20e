"""Reads about plans, measures and progress notes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, Filter

from agreements.models import (
    NEWS_DAYS,
    Agreement,
    Article,
    Executor,
    Indicator,
    Measure,
    MeasureStatus,
    Plan,
    ProgressNote,
    Recurrence,
)
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


class PlanFilter(SourcedFilterSet):
    """Filters of plans of actions."""

    partnership = of_partnership("agreement__partnership")
    agreement = RecordFilter(field_name="agreement", queryset=Agreement.objects.order_by("pk"), label=_("agreement"))
    year = YearOfPeriodFilter(field_name="period", label=_("year"))
    period = PeriodFilter(field_name="period", label=_("period"))


class NewsDaysField(forms.IntegerField):
    """A number of days without news."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 1, "max_value": 3650, **kwargs})


class NewsDaysFilter(Filter):
    """Reads after how many days a measure is without news."""

    field_class = NewsDaysField


class MeasureOnDay(AsOfFilterSet):
    """Measures with their status on the day."""

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return super().filter_queryset(queryset.with_status(self.day))  # type: ignore[attr-defined]


class MeasureFilter(MeasureOnDay, SourcedFilterSet):
    """Filters of measures. All look at the day `as_of`.

    `year` and `deadline` look at the deadline that held then; `no_news_days` keeps undone measures without news for
    more days.
    """

    STATES = [
        ("done", _("done")),
        ("undone", _("not done yet")),
        ("overdue", _("overdue")),
        ("dropped", _("dropped by a decision")),
        ("without_news", _("without news")),
    ]

    partnership = of_partnership("plan__agreement__partnership")
    q = CharFilter(method="with_words", label=_("words of the measure, or number"), max_length=200)
    agreement = RecordFilter(
        field_name="plan__agreement", queryset=Agreement.objects.order_by("pk"), label=_("agreement")
    )
    plan = RecordFilter(field_name="plan", queryset=Plan.objects.order_by("pk"), label=_("plan"))
    article = RecordFilter(
        method="under_article", queryset=Article.objects.select_related("agreement").order_by("pk"), label=_("article")
    )
    area = of_area()
    organisation = of_organisation(method="carried_out_by", label=_("executor"))
    side = ChoiceFilter(choices=Side, method="carried_out_on_side", label=_("side of an executor"))
    assigned = YesNoFilter(method="carried_out_at_all", label=_("with an executor"))
    status = ChoiceFilter(choices=MeasureStatus, method="in_status", label=_("status"))
    state = ChoiceFilter(choices=STATES, method="in_state", label=_("state"))
    no_news_days = NewsDaysFilter(method="without_news_for", label=_("no news for more than, days"))
    recurrence = ChoiceFilter(choices=Recurrence, label=_("recurrence"))
    year = YearOfPeriodFilter(field_name="due", label=_("year"))
    deadline = PeriodFilter(field_name="due", label=_("deadline"))

    @property
    def news_days(self) -> int:
        """After how many days a measure is without news; the filters must be valid."""
        return self.form.cleaned_data["no_news_days"] or NEWS_DAYS

    def with_words(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep measures whose text, section or number has every one of the words."""
        for word in value.split():
            somewhere = Q(text_ru__icontains=word) | Q(text_en__icontains=word)
            queryset = queryset.filter(somewhere | Q(section__icontains=word) | Q(number__istartswith=word))
        return queryset

    def without_news_for(self, queryset: Any, name: str, value: int) -> QuerySet[Any]:
        silent: QuerySet[Any] = queryset.without_news(self.day, value)
        return silent

    def under_article(self, queryset: QuerySet[Any], name: str, value: Article) -> QuerySet[Any]:
        joined = Measure.articles.through.objects.filter(measure=OuterRef("pk"), article=value)
        return queryset.filter(Exists(joined))

    def carried_out_by(self, queryset: QuerySet[Any], name: str, value: Organisation) -> QuerySet[Any]:
        return queryset.filter(Exists(Executor.objects.filter(measure=OuterRef("pk"), organisation=value)))

    def carried_out_on_side(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(Exists(Executor.objects.filter(measure=OuterRef("pk"), side=value)))

    def carried_out_at_all(self, queryset: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        found = Exists(Executor.objects.filter(measure=OuterRef("pk")))
        return queryset.filter(found if value else ~found)

    def in_status(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        having: QuerySet[Any] = queryset.filter(status=value)
        return having

    def in_state(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        chosen: QuerySet[Any] = getattr(queryset, value)(self.day)
        return chosen


class ProgressNoteFilter(SourcedFilterSet):
    """Filters of progress notes, by the day they are dated."""

    partnership = of_partnership("measure__plan__agreement__partnership")
    measure = RecordFilter(
        field_name="measure",
        queryset=Measure.objects.order_by("pk"),
        label=_("measure"),
    )
    since = DayFilter(field_name="dated", lookup_expr="gte", label=_("since"))
    until = DayFilter(field_name="dated", lookup_expr="lte", label=_("until"))


class EvidenceFilter(SourcedFilterSet):
    """Filters of files that prove progress notes."""

    partnership = of_partnership("note__measure__plan__agreement__partnership")
    measure = RecordFilter(field_name="note__measure", queryset=Measure.objects.order_by("pk"), label=_("measure"))
    note = RecordFilter(field_name="note", queryset=ProgressNote.objects.order_by("pk"), label=_("progress note"))


class YearlyItemFilter(SourcedFilterSet):
    """Filters of items of yearly measures."""

    partnership = of_partnership("measure__plan__agreement__partnership")
    measure = RecordFilter(field_name="measure", queryset=Measure.objects.order_by("pk"), label=_("measure"))


class IndicatorFilter(SourcedFilterSet):
    """Filters of indicators of measures."""

    partnership = of_partnership("measure__plan__agreement__partnership")
    measure = RecordFilter(field_name="measure", queryset=Measure.objects.order_by("pk"), label=_("measure"))


class IndicatorValueFilter(SourcedFilterSet):
    """Filters of the yearly values of indicators."""

    partnership = of_partnership("indicator__measure__plan__agreement__partnership")
    indicator = RecordFilter(field_name="indicator", queryset=Indicator.objects.order_by("pk"), label=_("indicator"))
