"""Forms about plans. Pages and the API write through the same ones."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from agreements import operations
from agreements.models import Agreement, Plan
from parties.forms import PeriodFormField, choices_of
from parties.writing import EntryForm

PLAN_PERIODS = _("For example 2025, 2024–2026 or 01.03.2024–31.12.2026.")


class PlanForm(EntryForm):
    """A plan of actions: of which agreement, for which period."""

    period = PeriodFormField(label=_("Period"), help_text=PLAN_PERIODS)

    class Meta:
        model = Plan
        fields = ["agreement", "title_ru", "title_en", "period"]
        labels = {"agreement": _("Agreement")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = Agreement.objects.order_by("level", "concluded", "pk")
        if self.instance.pk:  # a plan does not change its agreement: its measures stand under the articles of that one
            known = known.filter(pk=self.instance.agreement_id)
        choices_of(self, "agreement", known)

    def _get_validation_exclusions(self) -> set[str]:
        """Leave overlapping to the operation, which names the other plan."""
        return {*super()._get_validation_exclusions(), "agreement"}  # type: ignore[misc]

    def operate(self) -> Plan:
        return operations.keep_plan(by=self.by, plan=self.instance, seen=self.cleaned_data["seen"])


class RemovePlanForm(EntryForm):
    """Takes away a plan without measures."""

    submit_label = _("Remove the plan")

    class Meta:
        model = Plan
        fields: ClassVar[list[str]] = []

    def operate(self) -> Agreement:
        agreement: Agreement = self.instance.agreement
        operations.remove_plan(by=self.by, plan=self.instance, seen=self.cleaned_data["seen"])
        return agreement
