"""What projects cost: lines of a budget, each in its own currency."""

from __future__ import annotations

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from documents.models import Sourced
from parties.models import Organisation
from parties.naming import Localised
from parties.periods import PeriodField
from projects.models.projects import Project


class Currency(models.TextChoices):
    """Currencies of budgets, by their ISO 4217 codes."""

    RUB = "RUB", pgettext_lazy("currency", "RUB")
    BYN = "BYN", pgettext_lazy("currency", "BYN")
    USD = "USD", pgettext_lazy("currency", "USD")
    EUR = "EUR", pgettext_lazy("currency", "EUR")
    CNY = "CNY", pgettext_lazy("currency", "CNY")


class Fund(models.TextChoices):
    """Where the money comes from."""

    UNION_STATE = "union_state", _("budget of the Union State")
    HOME_STATE = "home_state", _("state budget, home side")
    HOME_REGION = "home_region", _("regional budget, home side")
    PARTNER_STATE = "partner_state", _("state budget, partner side")
    PARTNER_REGION = "partner_region", _("regional budget, partner side")
    OWN = "own", _("own funds of the participants")
    CREDIT = "credit", _("loan or leasing")
    OTHER = "other", _("other")


@pghistory.track()
class BudgetLine(Sourced):
    """Money for a project from one fund in one currency: planned, and spent so far.

    Sums are never converted nor added over currencies.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="budget")
    fund = models.CharField(_("source of money"), max_length=20, choices=Fund)
    payer = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("who pays")
    )
    purpose_ru = models.CharField(_("purpose in Russian"), max_length=300, blank=True)
    purpose_en = models.CharField(_("purpose in English"), max_length=300, blank=True)
    currency = models.CharField(_("currency"), max_length=3, choices=Currency, default=Currency.RUB)
    period = PeriodField(_("period"), null=True, blank=True)
    planned = models.DecimalField(_("planned sum"), max_digits=18, decimal_places=2, null=True, blank=True)
    actual = models.DecimalField(_("actual sum"), max_digits=18, decimal_places=2, null=True, blank=True)
    actual_stated = PeriodField(_("actual sum stated as of"), null=True, blank=True)
    purpose = Localised()

    class Meta(Sourced.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(planned__isnull=False) | models.Q(actual__isnull=False),
                name="budget_line_has_a_sum",
            ),
            models.CheckConstraint(
                condition=(models.Q(planned__isnull=True) | models.Q(planned__gte=0))
                & (models.Q(actual__isnull=True) | models.Q(actual__gte=0)),
                name="budget_line_sums_are_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(actual__isnull=True) | models.Q(actual_stated__isnull=False),
                name="budget_line_actual_sum_has_a_date",
            ),
        ]

    def __str__(self) -> str:
        return " · ".join(str(part) for part in (self.get_fund_display(), self.payer, self.purpose) if part)

    def get_absolute_url(self) -> str:
        return f"{self.project.get_absolute_url()}#budget-{self.pk}"
