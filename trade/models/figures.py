"""What was traded, as published: figures with their precision, base and source; notes on structure; targets."""

from __future__ import annotations

import uuid

import pghistory
from django.db import models
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from documents.models import Sourced
from parties.formatting import number, period
from parties.models import Partnership, Side, Territory
from parties.naming import Localised
from parties.periods import PeriodField
from parties.precision import Precision
from trade.models.nomenclature import Commodity


class Flow(models.TextChoices):
    """Direction of trade as the reporter sees it."""

    TURNOVER = "T", _("turnover")
    EXPORT = "X", _("export")
    IMPORT = "M", _("import")


class PublishedFigureQuerySet(models.QuerySet["PublishedFigure"]):
    """Questions about many published figures."""

    def for_display(self) -> PublishedFigureQuerySet:
        """Newest period first, with what is shown of each figure (1 query)."""
        return self.select_related("reporter", "partner", "commodity", "partnership").order_by(
            "-period", "indicator", "flow", "pk"
        )


@pghistory.track()
class PublishedFigure(Sourced):
    """One number as a source states it: value, unit, precision and what it is compared with.

    A growth of 47 % is kept as 47 (per cent over the base period), never as 147. A figure
    belongs to the flow as its reporter sees it: an import of the home side is an export of
    the partner side.
    """

    class Indicator(models.TextChoices):
        VALUE = "value", _("value")
        GROWTH = "growth", _("growth")
        RANK = "rank", _("rank of the partner")
        SHARE = "share", _("share")

    class Unit(models.TextChoices):
        USD_MILLION = "USD_MN", _("million US dollars")
        USD_THOUSAND = "USD_TH", _("thousand US dollars")
        USD = "USD", _("US dollars")
        TONNE = "TNE", _("tonnes")
        PERCENT = "PC", _("per cent")
        PLACE = "PLACE", _("place")

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="figures")
    indicator = models.CharField(_("indicator"), max_length=10, choices=Indicator)
    flow = models.CharField(_("flow"), max_length=1, choices=Flow)
    reporter = models.ForeignKey(Territory, models.PROTECT, related_name="+", verbose_name=_("reporter"))
    partner = models.ForeignKey(Territory, models.PROTECT, related_name="+", verbose_name=_("partner"))
    commodity = models.ForeignKey(Commodity, models.PROTECT, related_name="figures", verbose_name=_("goods"))
    period = PeriodField(_("period"))
    base_period = PeriodField(_("base period"), null=True, blank=True)
    value = models.DecimalField(_("value"), max_digits=20, decimal_places=4)
    unit = models.CharField(_("unit"), max_length=10, choices=Unit)
    precision = models.CharField(_("precision"), max_length=1, choices=Precision, default=Precision.EXACT)
    stated_by = models.CharField(
        _("stated by"), max_length=10, choices=Side, help_text=_("The side whose text states the figure.")
    )
    entry_key = models.UUIDField(
        _("entry key"),
        unique=True,
        default=uuid.uuid4,
        editable=False,
        help_text=_("Makes a repeated submit harmless."),
    )
    note_ru = models.CharField(_("note in Russian"), max_length=500, blank=True)
    note_en = models.CharField(_("note in English"), max_length=500, blank=True)
    note = Localised()

    objects = PublishedFigureQuerySet.as_manager()

    class Meta(Sourced.Meta):
        constraints = [
            models.CheckConstraint(condition=~models.Q(source_codes=[]), name="figure_has_a_source"),
            models.CheckConstraint(
                condition=models.Q(indicator="growth", base_period__isnull=False, unit="PC")
                | models.Q(indicator="share", unit="PC", value__gte=0, value__lte=100)
                | models.Q(indicator="rank", unit="PLACE", value__gte=1)
                | models.Q(indicator="value", unit__in=["USD_MN", "USD_TH", "USD", "TNE"], value__gte=0),
                name="figure_fits_its_indicator",
            ),
            models.CheckConstraint(
                condition=models.Q(base_period__isnull=True) | models.Q(indicator="growth"),
                name="only_growth_has_a_base_period",
            ),
            models.CheckConstraint(
                condition=~models.Q(reporter=models.F("partner")), name="figure_joins_two_territories"
            ),
        ]

    def __str__(self) -> str:
        words = (str(self.get_flow_display()), str(self.get_indicator_display()), period(self.period))
        return capfirst(", ".join(words))

    def get_absolute_url(self) -> str:
        return reverse("trade:figure", args=[self.pk])


@pghistory.track()
class StructureNote(Sourced):
    """What a source says of the structure of a flow in words, without a number."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="structure_notes")
    flow = models.CharField(_("flow"), max_length=1, choices=Flow)
    period = PeriodField(_("period"))
    text_ru = models.TextField(_("text in Russian"))
    text_en = models.TextField(_("text in English"))
    text = Localised()

    def __str__(self) -> str:
        return str(self.text)

    def get_absolute_url(self) -> str:
        return f"{reverse('trade:figures')}#note-{self.pk}"


@pghistory.track()
class Target(Sourced):
    """An aim for trade: the base figure's value times a low to a high factor, by a horizon."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="targets")
    flow = models.CharField(_("flow"), max_length=1, choices=Flow)
    base = models.ForeignKey(PublishedFigure, models.PROTECT, related_name="targets", verbose_name=_("base figure"))
    low_factor = models.DecimalField(_("low factor"), max_digits=6, decimal_places=2)
    high_factor = models.DecimalField(_("high factor"), max_digits=6, decimal_places=2)
    set_on = PeriodField(_("set"))
    due = PeriodField(_("horizon"), null=True, blank=True, help_text=_("Empty where no date was named."))
    horizon_ru = models.CharField(_("horizon in words, Russian"), max_length=200, blank=True)
    horizon_en = models.CharField(_("horizon in words, English"), max_length=200, blank=True)
    horizon = Localised()

    class Meta(Sourced.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(low_factor__gt=0, high_factor__gte=models.F("low_factor")),
                name="target_factors_are_ordered",
            ),
        ]

    def __str__(self) -> str:
        return f"×{number(self.low_factor)}–{number(self.high_factor)}"

    def get_absolute_url(self) -> str:
        return f"{reverse('trade:figures')}#target-{self.pk}"
