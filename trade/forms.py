"""The form of a published figure."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from itertools import groupby
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from documents.models import Source
from parties.forms import NOT_CHOSEN, NumberFormField, PeriodFormField, choices_of
from parties.models import Partnership, Territory
from trade.indicators.consistency import Doubt
from trade.models import Commodity, PublishedFigure

Indicator, Unit = PublishedFigure.Indicator, PublishedFigure.Unit
Classification = Commodity.Classification
UNITS = {
    Indicator.VALUE: {Unit.USD_MILLION, Unit.USD_THOUSAND, Unit.USD, Unit.TONNE},
    Indicator.GROWTH: {Unit.PERCENT},
    Indicator.SHARE: {Unit.PERCENT},
    Indicator.RANK: {Unit.PLACE},
}


def _by_classification(goods: Iterable[Commodity]) -> list[Any]:
    """Return the choices of goods: all goods first, then groups, sections, chapters and headings under headlines."""
    order = [Classification.TOTAL, Classification.GROUP, Classification.SECTION, Classification.HS]
    ordered = sorted(goods, key=lambda one: (order.index(Classification(one.classification)), one.commodity_code))
    choices: list[Any] = [NOT_CHOSEN]
    for classification, members in groupby(ordered, key=lambda one: one.classification):
        named = [(one.pk, _choice(one)) for one in members]
        choices += named if classification == Classification.TOTAL else [(Classification(classification).label, named)]
    return choices


def _choice(one: Commodity) -> str:
    return str(one) if one.classification == Classification.TOTAL else f"{one.commodity_code} {one}"


class PublishedFigureForm(forms.ModelForm[PublishedFigure]):
    """A figure as a source states it."""

    period = PeriodFormField(
        label=_("Period"),
        help_text=_("For example 2025, 2025-S1 (half-year), or from the beginning of the year: 2025-01/2025-07."),
    )
    base_period = PeriodFormField(
        label=_("Compared with"), required=False, help_text=_("For a growth only; the same months of the year before.")
    )
    value = NumberFormField(
        label=_("Value"),
        max_digits=20,
        decimal_places=4,
        error_messages={
            "invalid": _(
                "Write the number alone, such as 31.5. “About”, “almost” and “over” are chosen under Precision."
            )
        },
        help_text=_(
            "A growth as what was added: 47 for a rise by 47 per cent, and for 147 per cent of the year before."
        ),
    )
    sources = forms.ModelMultipleChoiceField(
        label=_("Sources"),
        queryset=Source.objects.all(),
        to_field_name="code",
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Where the figure stands. A figure without a source is not kept."),
    )
    entry_key = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)

    class Meta:
        model = PublishedFigure
        fields = ["indicator", "flow", "reporter", "commodity", "period", "base_period", "value", "unit", "precision"]
        fields += ["stated_by", "note_ru", "note_en"]
        labels = {
            "indicator": _("What is stated"),
            "flow": _("Flow"),
            "reporter": _("As seen by"),
            "commodity": _("Goods"),
            "unit": _("Unit"),
            "precision": _("Precision"),
            "stated_by": _("Stated by"),
            "note_ru": _("Note in Russian"),
            "note_en": _("Note in English"),
        }

    def __init__(self, *args: Any, partnership: Partnership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.partnership = partnership
        self.territories = {partnership.home_id: partnership.partner, partnership.partner_id: partnership.home}
        choices_of(self, "reporter", Territory.objects.filter(pk__in=self.territories))
        self.fields["reporter"].initial = partnership.home_id
        goods = list(Commodity.objects.order_by("classification", "commodity_code"))
        choices_of(self, "commodity", Commodity.objects.all())
        self.fields["commodity"].widget.choices = _by_classification(goods)
        self.fields["commodity"].initial = next(
            (one for one in goods if one.classification == Classification.TOTAL), None
        )
        self.initial.setdefault("entry_key", uuid.uuid4())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        indicator, unit, base = cleaned.get("indicator"), cleaned.get("unit"), cleaned.get("base_period")
        if indicator in UNITS and unit and unit not in UNITS[indicator]:
            allowed = ", ".join(str(known.label) for known in Unit if known in UNITS[indicator])
            self.add_error("unit", _("This kind of figure is given in: %(units)s.") % {"units": allowed})
        if indicator == Indicator.GROWTH and not base and "base_period" not in self.errors:
            self.add_error("base_period", _("Say which period the growth is counted from."))
        if indicator and indicator != Indicator.GROWTH and base:
            self.add_error("base_period", _("Only a growth is compared with a base period. Leave this empty."))
        self._clean_value(indicator, cleaned.get("value"))
        for name in ("period", "base_period"):
            period = cleaned.get(name)
            if period and (period.first is None or period.last is None):
                self.add_error(name, _("A figure needs a period with a beginning and an end."))
        return cleaned

    def _clean_value(self, indicator: str | None, value: Any) -> None:
        if value is None:
            return
        if indicator == Indicator.SHARE and not 0 <= value <= 100:
            self.add_error("value", _("A share lies between 0 and 100 per cent."))
        if indicator == Indicator.RANK and (value < 1 or value != value.to_integral_value()):
            self.add_error("value", _("A rank is a whole number from 1 on."))
        if indicator == Indicator.VALUE and value < 0:
            self.add_error("value", _("A value of trade is not negative."))

    def unseen(self, doubts: Iterable[Doubt]) -> bool:
        """Tell whether some doubt was not shown to the reader yet; from now on the form holds them as shown."""
        codes = sorted(doubt.code for doubt in doubts)
        new = not set(codes) <= set(self.cleaned_data["seen"].split(","))
        data = cast("QueryDict", self.data).copy()
        data["seen"] = ",".join(codes)
        self.data = data
        return new

    def figure(self) -> PublishedFigure:
        """Return the valid figure, not yet kept."""
        figure = self.save(commit=False)
        figure.partner = self.territories[figure.reporter_id]
        figure.source_codes = [source.code for source in self.cleaned_data["sources"]]
        figure.entry_key = self.cleaned_data["entry_key"]
        return figure
