"""Writes about trade."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from parties.models import User
from trade.models import PublishedFigure


def enter_figure(*, by: User, figure: PublishedFigure) -> PublishedFigure:
    """Keep a published figure. Submitted twice under one entry key it is kept once."""
    try:
        with transaction.atomic():
            figure.save()
    except IntegrityError:
        repeated = PublishedFigure.objects.filter(entry_key=figure.entry_key).first()
        if repeated is None:
            raise
        return repeated
    return figure
