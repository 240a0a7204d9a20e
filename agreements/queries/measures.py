"""What the page of a measure shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from agreements import wording
from agreements.charts import indicator_chart
from agreements.history import history_of
from agreements.models import (
    Article,
    DeadlineCorrection,
    Indicator,
    IndicatorValue,
    Measure,
    Postponement,
    ProgressNote,
    StatusOverride,
    YearlyItem,
)
from agreements.queries.tables import Row, for_table
from parties.changes import Change
from parties.formatting import number


@dataclass(frozen=True)
class IndicatorShown:
    """An indicator with its yearly values, oldest first."""

    indicator: Indicator
    values: Sequence[IndicatorValue]

    @cached_property
    def svg(self) -> SafeString | None:
        return indicator_chart(self.indicator, self.values)

    @property
    def finding(self) -> str:
        """The newest value that was reached, with its target."""
        reached = [value for value in self.values if value.actual is not None]
        if not reached:
            return str(self.indicator.name)
        newest = reached[-1]
        actual = newest.actual or 0
        words = {
            "name": self.indicator.name,
            "year": newest.year,
            "actual": number(actual),
            "target": "" if newest.target is None else number(newest.target),
        }
        if newest.target is None:
            return _("%(name)s: %(actual)s in %(year)s") % words
        return _("%(name)s: %(actual)s of %(target)s in %(year)s") % words

    @property
    def subtitle(self) -> str:
        unit, indicator = str(self.indicator.unit), self.indicator
        if indicator.baseline is None:
            return unit
        year = f" ({indicator.baseline_year})" if indicator.baseline_year else ""
        return _("%(unit)s; baseline %(value)s%(year)s") % {
            "unit": unit,
            "value": number(indicator.baseline),
            "year": year,
        }


@dataclass(frozen=True)
class YearShown:
    """What a yearly measure asks for in a year, as it stands on a day."""

    item: YearlyItem
    on: dt.date

    @property
    def is_late(self) -> bool:
        return self.item.done_on is None and self.item.year < self.on.year


@dataclass(frozen=True)
class CorrectionShown:
    """A corrected deadline: what stood there and what is right, in words."""

    correction: DeadlineCorrection

    @property
    def was(self) -> str:
        return wording.deadline(self.correction.was, self.correction.was_recurrence)

    @property
    def becomes(self) -> str:
        return wording.deadline(self.correction.becomes, self.correction.becomes_recurrence)


@dataclass(frozen=True)
class MeasurePage:
    """A measure with all that was reported and decided about it."""

    row: Row
    notes: Sequence[ProgressNote]
    postponements: Sequence[Postponement]
    corrections: Sequence[CorrectionShown]
    overrides: Sequence[StatusOverride]
    years: Sequence[YearShown]
    indicators: Sequence[IndicatorShown]
    articles: Sequence[Article]
    history: Sequence[Change]
    is_untouched: bool
    """Whether nothing was reported or decided about it yet, so that it can still be removed."""

    @property
    def measure(self) -> Any:
        return self.row.measure

    @property
    def number_in_words(self) -> str:
        return _("measure %(number)s") % {"number": self.measure.number}

    @property
    def plan_address(self) -> str:
        return f"{self.measure.plan.get_absolute_url()}#{self.row.anchor}"


def measures_shown(on: dt.date | None = None) -> Any:
    """Return all measures with what their page shows of them as a row."""
    return for_table(Measure.objects.all(), on or timezone.localdate())


def measure_page(measure: Measure) -> MeasurePage:
    """Return the page of a measure that comes from `measures_shown` (a constant number of queries)."""
    values = IndicatorValue.objects.order_by("year")
    indicators = measure.indicators.order_by("pk").prefetch_related(Prefetch("values", values))
    today = timezone.localdate()
    return MeasurePage(
        row=Row(measure, today),
        notes=list(
            measure.notes.select_related("author", "corrects").prefetch_related("evidence").order_by("-dated", "-pk")
        ),
        postponements=list(measure.postponements.all()),
        corrections=[CorrectionShown(one) for one in measure.corrections.select_related("author").order_by("-pk")],
        overrides=list(measure.overrides.select_related("author").order_by("-dated", "-pk")),
        years=[YearShown(item, today) for item in measure.yearly_items.order_by("year")],
        indicators=[IndicatorShown(one, list(one.values.all())) for one in indicators],
        articles=list(measure.articles.order_by("pk")),
        history=history_of(measure),
        is_untouched=not results_of(measure),
    )


def results_of(measure: Measure) -> list[str]:
    """Return in words what came of the measure, or rests on it: what would be lost with it (1 query)."""
    mine = {"measure": OuterRef("pk")}
    told = YearlyItem.objects.filter(Q(done_on__isnull=False) | ~Q(note=""), **mine)
    reached = IndicatorValue.objects.filter(indicator__measure=OuterRef("pk"), actual__isnull=False)
    kinds: list[tuple[str, Any]] = [
        (_("progress notes"), ProgressNote.objects.filter(**mine)),
        (_("moved deadlines"), Postponement.objects.filter(**mine)),
        (_("corrected deadlines"), DeadlineCorrection.objects.filter(**mine)),
        (_("statuses set by hand"), StatusOverride.objects.filter(**mine)),
        (_("years that are done or have a note"), told),
        (_("actual values of indicators"), reached),
        (_("projects or outcomes of meetings"), _named_by_others()),
    ]
    exist = {f"kind_{place}": Exists(rows) for place, (__, rows) in enumerate(kinds)}
    found = Measure.objects.filter(pk=measure.pk).values_list(*exist.values()).get()
    results = [name for (name, __), is_there in zip(kinds, found, strict=True) if is_there]
    if measure.done_on:
        results.append(_("the day on which it was done"))
    if measure.dropped_by:
        results.append(_("the decision that dropped it"))
    return results


def _named_by_others() -> Any:
    """Return measures that records of the apps above name, whatever these are: projects and outcomes."""
    links = [one for one in Measure._meta.related_objects if one.related_model._meta.app_label != "agreements"]
    named = Q(*((f"{link.name}__isnull", False) for link in links), _connector=Q.OR)
    return Measure.objects.filter(named, pk=OuterRef("pk"))
