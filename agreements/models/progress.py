"""What became of measures: notes with evidence, moved deadlines, yearly items, indicators, statuses set by hand."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agreements.models.plans import Measure, MeasureStatus, Recurrence
from documents.models import Sourced
from parties.naming import Localised
from parties.periods import FIRST_YEAR, LAST_YEAR, PeriodField

_YEAR = [MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)]
_APPEND_ONLY = [
    pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update),
    # Examples are removed by command; what a person reported or decided stays.
    pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete, condition=pgtrigger.Q(old__is_example=False)),
]


@pghistory.track()
class ProgressNote(Sourced):
    """What was reported about a measure. Notes are added, never changed; a wrong one is corrected by another."""

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="notes")
    dated = models.DateField(_("date"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField(_("text"))
    percent = models.PositiveSmallIntegerField(
        _("done, %"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(100, _("%(show_value)s is not between 0 and 100."))],
    )
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="corrections")

    class Meta(Sourced.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(percent__isnull=True) | models.Q(percent__lte=100), name="note_percent_up_to_100"
            ),
        ]
        triggers = [*Sourced.Meta.triggers, *_APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.dated:%d.%m.%Y}: {self.text}"

    def get_absolute_url(self) -> str:
        return f"{self.measure.get_absolute_url()}#note-{self.pk}"


@pghistory.track()
class Evidence(Sourced):
    """A file that proves a progress note. It is never replaced."""

    note = models.ForeignKey(ProgressNote, models.PROTECT, related_name="evidence")
    file = models.FileField(_("file"), upload_to="evidence/%Y/")
    name = models.CharField(_("name of the file"), max_length=200)
    media_type = models.CharField(_("type of the file"), max_length=100)
    size = models.PositiveIntegerField(_("size of the file in bytes"))
    sha256 = models.CharField(_("SHA-256 of the file"), max_length=64, validators=[RegexValidator(r"^[0-9a-f]{64}$")])

    class Meta(Sourced.Meta):
        triggers = [*Sourced.Meta.triggers, *_APPEND_ONLY]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("agreements:evidence", args=[self.pk])


@pghistory.track()
class Postponement(Sourced):
    """A moved deadline: the old date stays, the new one, why, and who agreed."""

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="postponements")
    moved_from = PeriodField(_("old deadline"))
    moved_to = PeriodField(_("new deadline"))
    reason = models.TextField(_("reason"))
    agreed_by = models.CharField(_("agreed by"), max_length=300)
    decided_on = models.DateField(_("decided on"))

    class Meta(Sourced.Meta):
        triggers = [*Sourced.Meta.triggers, *_APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.moved_from} → {self.moved_to}"


@pghistory.track()
class DeadlineCorrection(Sourced):
    """A deadline that had been entered wrongly: what stood there, what is right, and why. Nothing was moved by it."""

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="corrections")
    was = PeriodField(_("wrong deadline"), null=True)
    was_recurrence = models.CharField(_("wrong recurrence"), max_length=10, choices=Recurrence)
    becomes = PeriodField(_("right deadline"), null=True)
    becomes_recurrence = models.CharField(_("right recurrence"), max_length=10, choices=Recurrence)
    reason = models.TextField(_("reason"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta(Sourced.Meta):
        triggers = [*Sourced.Meta.triggers, *_APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.was} → {self.becomes}"


@pghistory.track()
class StatusOverride(Sourced):
    """A status that a person set, and why; an empty status gives the measure back to the rule."""

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="overrides")
    status = models.CharField(
        _("status"),
        max_length=20,
        blank=True,
        choices=[
            (one.value, one.label)
            for one in MeasureStatus
            if one not in {MeasureStatus.DONE, MeasureStatus.NOT_RELEVANT}
        ],
    )
    reason = models.TextField(_("reason"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    dated = models.DateField(_("date"))

    class Meta(Sourced.Meta):
        triggers = [*Sourced.Meta.triggers, *_APPEND_ONLY]

    def __str__(self) -> str:
        return self.get_status_display() or str(_("by the rule"))


@pghistory.track()
class YearlyItem(Sourced):
    """What a yearly measure asks for in one year of its plan."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="yearly_items")
    year = models.PositiveSmallIntegerField(_("year"), validators=_YEAR)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)

    class Meta(Sourced.Meta):
        constraints = [
            models.UniqueConstraint(fields=["measure", "year"], name="yearly_item_once_per_year"),
        ]

    def __str__(self) -> str:
        return str(self.year)

    def get_absolute_url(self) -> str:
        return f"{self.measure.get_absolute_url()}#years"


@pghistory.track()
class Indicator(Sourced):
    """A number by which the success of a measure is seen."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="indicators")
    name_ru = models.CharField(_("name in Russian"), max_length=300)
    name_en = models.CharField(_("name in English"), max_length=300, blank=True)
    unit_ru = models.CharField(_("unit in Russian"), max_length=50)
    unit_en = models.CharField(_("unit in English"), max_length=50, blank=True)
    baseline = models.DecimalField(_("baseline"), max_digits=20, decimal_places=3, null=True, blank=True)
    baseline_year = models.PositiveSmallIntegerField(_("year of the baseline"), null=True, blank=True, validators=_YEAR)
    name = Localised()
    unit = Localised()

    def __str__(self) -> str:
        return str(self.name)

    def get_absolute_url(self) -> str:
        return f"{self.measure.get_absolute_url()}#indicators"


@pghistory.track()
class IndicatorValue(Sourced):
    """Target and actual value of an indicator in a year."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="values")
    year = models.PositiveSmallIntegerField(_("year"), validators=_YEAR)
    target = models.DecimalField(_("target"), max_digits=20, decimal_places=3, null=True, blank=True)
    actual = models.DecimalField(_("actual"), max_digits=20, decimal_places=3, null=True, blank=True)

    class Meta(Sourced.Meta):
        constraints = [
            models.UniqueConstraint(fields=["indicator", "year"], name="indicator_value_once_per_year"),
            models.CheckConstraint(
                condition=models.Q(target__isnull=False) | models.Q(actual__isnull=False),
                name="indicator_value_states_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}: {self.actual}"

    def get_absolute_url(self) -> str:
        return self.indicator.get_absolute_url()
