"""Forms about indicators of measures. Pages and the API write through the same ones."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from agreements import operations
from agreements.models import Indicator, IndicatorValue, Measure
from parties.forms import NumberFormField
from parties.writing import EntryForm


class IndicatorForm(EntryForm):
    """An indicator of a measure with its baseline."""

    baseline = NumberFormField(label=_("Baseline"), required=False, max_digits=20, decimal_places=3)

    class Meta:
        model = Indicator
        fields = ["name_ru", "name_en", "unit_ru", "unit_en", "baseline", "baseline_year"]

    def operate(self) -> Indicator:
        return operations.keep_indicator(by=self.by, indicator=self.instance, seen=self.cleaned_data["seen"])


class NewIndicatorForm(IndicatorForm):
    """An indicator of the measure that it names."""

    class Meta(IndicatorForm.Meta):
        fields = ["measure", *IndicatorForm.Meta.fields]


class RemoveIndicatorForm(EntryForm):
    """Takes away an indicator with its values."""

    submit_label = _("Remove the indicator")

    class Meta:
        model = Indicator
        fields: ClassVar[list[str]] = []

    def operate(self) -> Measure:
        return operations.remove_indicator(by=self.by, indicator=self.instance, seen=self.cleaned_data["seen"])


class ValueForm(EntryForm):
    """Target and actual value of an indicator in a year."""

    target = NumberFormField(label=_("Target"), required=False, max_digits=20, decimal_places=3)
    actual = NumberFormField(label=_("Actual value"), required=False, max_digits=20, decimal_places=3)

    class Meta:
        model = IndicatorValue
        fields = ["year", "target", "actual"]

    def operate(self) -> IndicatorValue:
        return operations.keep_value(by=self.by, value=self.instance, seen=self.cleaned_data["seen"])


class NewValueForm(ValueForm):
    """A year of the indicator that it names."""

    class Meta(ValueForm.Meta):
        fields = ["indicator", *ValueForm.Meta.fields]

    def _get_validation_exclusions(self) -> set[str]:
        """Leave a year that is stated twice to the operation, which names the field."""
        return {*super()._get_validation_exclusions(), "indicator", "target"}  # type: ignore[misc]
