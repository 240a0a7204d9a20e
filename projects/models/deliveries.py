"""Goods and services that went from one side to the other."""

from __future__ import annotations

import pghistory
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from documents.models import Sourced
from parties.models import Organisation, Partnership, Side
from parties.naming import Localised
from parties.periods import PeriodField
from parties.precision import Precision
from projects.models.projects import Project


@pghistory.track()
class Delivery(Sourced):
    """Goods or services delivered from one side to the other.

    A source may state a sum over years (“over 250 machines since 2016”): what is known of a single
    delivery of that sum is its part, and not added to it once more.
    """

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="deliveries")
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="deliveries")
    part_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=_("part of the delivery")
    )
    what_ru = models.CharField(_("what, in Russian"), max_length=300)
    what_en = models.CharField(_("what, in English"), max_length=300, blank=True)
    from_side = models.CharField(_("from"), max_length=10, choices=Side)
    supplier = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="deliveries", verbose_name=_("supplier")
    )
    receiver_ru = models.CharField(_("receiver in Russian"), max_length=300, blank=True)
    receiver_en = models.CharField(_("receiver in English"), max_length=300, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=20, decimal_places=3, null=True, blank=True)
    unit_ru = models.CharField(_("unit in Russian"), max_length=50, blank=True)
    unit_en = models.CharField(_("unit in English"), max_length=50, blank=True)
    precision = models.CharField(_("precision"), max_length=1, choices=Precision, default=Precision.EXACT)
    hs_code = models.CharField(_("HS code"), max_length=10, blank=True)
    period = PeriodField(_("period"))
    what = Localised()
    receiver = Localised()
    unit = Localised()

    class Meta(Sourced.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quantity__isnull=True) | models.Q(quantity__gt=0),
                name="delivery_quantity_is_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(part_of__isnull=True) | ~models.Q(part_of=models.F("id")),
                name="delivery_is_not_part_of_itself",
            ),
        ]

    def __str__(self) -> str:
        return str(self.what)

    def get_absolute_url(self) -> str:
        return f"{reverse('projects:deliveries')}#delivery-{self.pk}"
