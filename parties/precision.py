"""Precision of a stated number: exact, about, less than (almost) or more than (over)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Precision(models.TextChoices):
    """How a source states a number. The value is the mark that stands before it."""

    EXACT = "=", _("exact")
    ABOUT = "≈", _("about")
    BELOW = "<", _("almost, less than")
    ABOVE = ">", _("over, more than")

    @property
    def mark(self) -> str:
        """Return the mark shown before a number; nothing for an exact one."""
        return "" if self is Precision.EXACT else str(self.value)
