"""Writes about trade."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from parties.models import User
from trade.models import PublishedFigure


class AlreadyKept(Exception):
    """The same form was kept before with other content; `saved` is what it was kept as."""

    message = _("This form was already kept with other content. Open it, or begin a new one.")

    def __init__(self, saved: PublishedFigure) -> None:
        super().__init__(str(self.message))
        self.saved = saved


_CONTENT = ("indicator", "flow", "reporter_id", "commodity_id", "period", "base_period", "value", "unit", "precision")


def enter_figure(*, by: User, figure: PublishedFigure) -> PublishedFigure:
    """Keep a published figure. Submitted twice under one entry key it is kept once.

    Raises `AlreadyKept` when the key was used before for a figure with other content.
    """
    try:
        with transaction.atomic():
            figure.save()
    except IntegrityError:
        repeated = PublishedFigure.objects.filter(entry_key=figure.entry_key).first()
        if repeated is None:
            raise
        if any(getattr(repeated, name) != getattr(figure, name) for name in _CONTENT):
            raise AlreadyKept(repeated) from None
        return repeated
    return figure
