"""`manage.py request_reports`: ask for the report of every known year."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from parties.models import Partnership
from reports import operations


class Command(BaseCommand):
    help = (
        "Queue the report of every known year of every partnership. "
        "Safe at any time: unchanged data make no new version, and an active run is not doubled."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for partnership in Partnership.objects.filter(is_example=False).order_by("code"):
            runs = operations.request_known_years(partnership=partnership)
            years = ", ".join(str(run.report.year) for run in runs) or "none"
            self.stdout.write(f"{partnership.code}: {years}")
