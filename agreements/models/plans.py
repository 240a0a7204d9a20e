"""What was planned: plans of actions under agreements, their measures and who carries these out."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models.functions import Coalesce, Greatest, Least
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agreements.models.agreements import Agreement, Article
from documents.models import Sourced
from parties.models import Area, Organisation, Partnership, Side
from parties.naming import Localised
from parties.periods import Period, PeriodField
from parties.records import Record, bumps_data_version, counts_row_version

NEWS_DAYS = 90
"""An open measure without news for more days than this has no data, once its plan has run longer, too."""
RISK_DAYS = 30
"""An open measure whose last day is at most this near is at risk."""
RISK_MOVES = 2
"""An open measure postponed at least this often is at risk."""


class PlanQuerySet(models.QuerySet["Plan"]):
    """Questions about many plans."""

    def current(self, on: dt.date) -> PlanQuerySet:
        """Plans whose period holds the day."""
        return self.filter(period__contains=on)


@pghistory.track()
class Plan(Sourced):
    """A plan of actions under an agreement for a period. The plans of one agreement do not overlap."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="plans")
    title_ru = models.CharField(_("title in Russian"), max_length=500)
    title_en = models.CharField(_("title in English"), max_length=500, blank=True)
    period = PeriodField(_("period"))
    title = Localised()

    objects = PlanQuerySet.as_manager()

    class Meta(Sourced.Meta):
        constraints = [
            ExclusionConstraint(
                name="plans_of_an_agreement_do_not_overlap",
                expressions=[("agreement", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
            ),
        ]

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return reverse("agreements:plan", args=[self.pk])


class Recurrence(models.TextChoices):
    """Whether a duty ends with its deadline."""

    ONCE = "once", _("by the deadline")
    YEARLY = "yearly", _("every year")
    PERMANENT = "permanent", _("permanently")


class MeasureStatus(models.TextChoices):
    """How a measure stands on a day (`MeasureQuerySet.with_status`)."""

    DONE = "done", _("done")
    ON_SCHEDULE = "on_schedule", _("on schedule")
    AT_RISK = "at_risk", _("at risk")
    OVERDUE = "overdue", _("overdue")
    NO_DATA = "no_data", _("no data")
    NOT_RELEVANT = "not_relevant", _("not relevant")


CLOSED = (MeasureStatus.DONE, MeasureStatus.NOT_RELEVANT)
"""How measures stand about which nobody expects news."""


def _dropped(on: dt.date) -> models.Q:
    return ~models.Q(dropped_by="") & (models.Q(dropped_on__isnull=True) | models.Q(dropped_on__lte=on))


def _news_on(on: dt.date) -> Greatest:
    """Return the day of the newest news up to the day; a year that is done is news until it is over."""
    from agreements.models.progress import ProgressNote, YearlyItem

    mine = {"measure": models.OuterRef("pk")}
    notes = ProgressNote.objects.filter(**mine, dated__lte=on).order_by("-dated").values("dated")[:1]
    year_ends = models.Func(
        models.F("year"), models.Value(12), models.Value(31), function="make_date", output_field=models.DateField()
    )
    until = Greatest("done_on", Least(year_ends, models.Value(on)))
    years = YearlyItem.objects.filter(**mine, done_on__lte=on).annotate(until=until).order_by("-until")
    return Greatest(models.Subquery(notes), models.Subquery(years.values("until")[:1]))


def _silent(on: dt.date, days: int) -> models.Q:
    """Return what holds for measures with `news_on` that are without news: none in the last `days` days, up to the day.

    The days count from the beginning of the plan at the earliest: a plan that has just begun has no news to tell.
    """
    since = on - dt.timedelta(days=days)
    has_run = models.Q(plan__period__startswith__lt=since) | models.Q(plan__period__lower_inf=True)
    return has_run & (models.Q(news_on__lt=since) | models.Q(news_on__isnull=True))


class MeasureQuerySet(models.QuerySet["Measure"]):
    """Questions about many measures."""

    def of(self, partnership: Partnership) -> MeasureQuerySet:
        return self.filter(plan__agreement__partnership=partnership)

    def with_status(self, on: dt.date) -> MeasureQuerySet:
        """Add `status` as it was on the day, `status_by_hand`: whether a person set it, `due` and `news_on`.

        In this order: a decision not to do it makes it not relevant; done is done, and so is a yearly measure whose
        years are all done; a status set by hand holds until it is taken back; a deadline that is over, or an item of a
        past year that was not done, makes it overdue; without news for more than `NEWS_DAYS` days (`without_news`)
        there is no data; a last day within `RISK_DAYS` days, or `RISK_MOVES` postponements, put it at risk; else it is
        on schedule. A permanent measure is never overdue.

        `due` is the deadline that held on the day: postponements decided later had not moved it yet. `news_on` is
        the day of the newest progress note; a year that is done is news until it is over. Null without any.
        """
        from agreements.models.progress import Postponement, StatusOverride, YearlyItem

        tomorrow = on + dt.timedelta(days=1)
        mine = {"measure": models.OuterRef("pk")}
        by_hand = StatusOverride.objects.filter(**mine, dated__lte=on).order_by("-dated", "-pk").values("status")[:1]
        items = YearlyItem.objects.filter(**mine)
        open_items = items.exclude(done_on__lte=on)
        postponements = Postponement.objects.filter(**mine)
        moves = postponements.filter(decided_on__lte=on).order_by().values("measure")
        moved_later = postponements.filter(decided_on__gt=on).order_by("decided_on", "pk").values("moved_from")[:1]
        is_once, is_yearly = models.Q(recurrence=Recurrence.ONCE), models.Q(recurrence=Recurrence.YEARLY)
        is_done = models.Q(done_on__lte=on) | is_yearly & models.Exists(items) & ~models.Exists(open_items)
        ends_soon: models.Q | Any = is_once & models.Q(due__endswith__lte=tomorrow + dt.timedelta(days=RISK_DAYS))
        if dt.date(on.year, 12, 31) - on <= dt.timedelta(days=RISK_DAYS):
            ends_soon |= is_yearly & models.Exists(open_items.filter(year=on.year))
        rule = models.Case(
            models.When(is_once & models.Q(due__endswith__lte=on), then=models.Value(MeasureStatus.OVERDUE)),
            models.When(
                is_yearly & models.Exists(open_items.filter(year__lt=on.year)), then=models.Value(MeasureStatus.OVERDUE)
            ),
            models.When(_silent(on, NEWS_DAYS), then=models.Value(MeasureStatus.NO_DATA)),
            models.When(ends_soon | models.Q(moves__gte=RISK_MOVES), then=models.Value(MeasureStatus.AT_RISK)),
            default=models.Value(MeasureStatus.ON_SCHEDULE),
        )
        is_set = ~models.Q(by_hand="") & models.Q(by_hand__isnull=False)
        on_day = self.annotate(  # type: ignore[no-redef]
            due=Coalesce(models.Subquery(moved_later), models.F("deadline")), news_on=_news_on(on)
        ).alias(
            by_hand=models.Subquery(by_hand),
            moves=models.Subquery(moves.annotate(n=models.Count("pk")).values("n")),
        )
        return on_day.annotate(  # type: ignore[no-redef]
            status=models.Case(
                models.When(_dropped(on), then=models.Value(MeasureStatus.NOT_RELEVANT)),
                models.When(is_done, then=models.Value(MeasureStatus.DONE)),
                models.When(is_set, then=models.F("by_hand")),
                default=rule,
                output_field=models.CharField(choices=MeasureStatus.choices),
            ),
            status_by_hand=models.Case(
                models.When(_dropped(on) | is_done, then=models.Value(False)),
                models.When(is_set, then=models.Value(True)),
                default=models.Value(False),
                output_field=models.BooleanField(),
            ),
        )

    def done(self, on: dt.date) -> MeasureQuerySet:
        return self.with_status(on).filter(status=MeasureStatus.DONE)  # type: ignore[misc]

    def undone(self, on: dt.date) -> MeasureQuerySet:
        """Neither done on the day nor dropped by a decision."""
        return self.with_status(on).exclude(status__in=CLOSED)  # type: ignore[misc]

    def dropped(self, on: dt.date) -> MeasureQuerySet:
        return self.with_status(on).filter(status=MeasureStatus.NOT_RELEVANT)  # type: ignore[misc]

    def overdue(self, on: dt.date) -> MeasureQuerySet:
        return self.with_status(on).filter(status=MeasureStatus.OVERDUE)  # type: ignore[misc]

    def without_news(self, on: dt.date, days: int = NEWS_DAYS) -> MeasureQuerySet:
        """Undone measures whose last news are more than `days` days old, and so is their plan."""
        return self.undone(on).filter(_silent(on, days))

    def serving(self, on: dt.date) -> MeasureQuerySet:
        """Measures by which their articles are covered: not dropped by the day, of a plan that is not over on it."""
        goes_on = models.Q(plan__period__endswith__gt=on) | models.Q(plan__period__upper_inf=True)
        return self.filter(~_dropped(on), goes_on)


@pghistory.track()
class Measure(Sourced):
    """A numbered measure of a plan.

    The deadline is a period; its last day is the last day on time. A measure is overdue from
    the day after, unless it is done or dropped. A permanent measure is never overdue.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="measures")
    articles = models.ManyToManyField(Article, blank=True, related_name="measures")
    section = models.CharField(_("section"), max_length=300, blank=True)
    number = models.CharField(_("number"), max_length=20)
    order = models.PositiveIntegerField(default=0)
    text_ru = models.TextField(_("text in Russian"))
    text_en = models.TextField(_("text in English"), blank=True)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="measures")
    deadline = PeriodField(_("deadline"), null=True, blank=True)
    recurrence = models.CharField(_("recurrence"), max_length=10, choices=Recurrence, default=Recurrence.ONCE)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    dropped_by = models.CharField(_("dropped by decision"), max_length=200, blank=True)
    dropped_on = models.DateField(_("dropped on"), null=True, blank=True)
    text = Localised()

    # Added by `with_status`:
    status: str
    status_by_hand: bool
    due: Period | None
    news_on: dt.date | None

    objects = MeasureQuerySet.as_manager()

    class Meta(Sourced.Meta):
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="measure_number_once_per_plan"),
            models.CheckConstraint(
                condition=models.Q(deadline__isnull=False) | models.Q(recurrence=Recurrence.PERMANENT),
                name="measure_has_a_deadline_or_is_permanent",
            ),
            models.CheckConstraint(
                condition=models.Q(dropped_on__isnull=True) | ~models.Q(dropped_by=""),
                name="measure_dropped_on_a_day_by_a_decision",
            ),
        ]
        triggers = [
            counts_row_version(places_count=False) if trigger.name == "count_row_version" else trigger
            for trigger in Sourced.Meta.triggers
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.text}"

    def get_absolute_url(self) -> str:
        return reverse("agreements:measure", args=[self.pk])

    @property
    def last_day(self) -> dt.date | None:
        """Last day on time, on the day of `with_status`; None for a permanent measure."""
        return self.due.ends if self.due else None


_MeasureArticle: Any = Measure.articles.through  # the table that Django makes for the articles of measures


@pghistory.track()
class ArticleLink(_MeasureArticle):
    """An article that a measure carries out, audited, and part of the data version because pages show it."""

    class Meta:
        proxy = True
        triggers = [bumps_data_version()]


@pghistory.track()
class Executor(Sourced):
    """An organisation that carries out a measure, as the lead or together with it."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="executors")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="measures")
    side = models.CharField(_("side"), max_length=10, choices=Side)
    leads = models.BooleanField(_("leads"), default=True)

    class Meta(Sourced.Meta):
        constraints = [
            models.UniqueConstraint(fields=["measure", "organisation"], name="executor_once_per_measure"),
        ]

    def __str__(self) -> str:
        return str(self.organisation)


@pghistory.track()
class ExecutorName(Record):
    """A name in the files of plans that no organisation has, and which one it was last said to mean."""

    key = models.CharField(max_length=12, unique=True, help_text=_("Stands for the name and the side of its column."))
    name = models.CharField(_("name"), max_length=300)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return self.name
