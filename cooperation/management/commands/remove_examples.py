"""Remove all examples."""

from __future__ import annotations

from typing import Any

import pghistory
from django.core.management.base import BaseCommand
from django.db import transaction

import agreements.examples
import projects.examples
import workgroup.examples
from trade.examples import loading as trade_examples


class Command(BaseCommand):
    help = "Removes the example plans, projects, meetings and trade data with all that was written about them."

    def handle(self, **options: Any) -> None:
        with transaction.atomic(), pghistory.context(job="remove_examples"):
            workgroup.examples.remove_examples()
            joint = projects.examples.remove_examples()
            measures = agreements.examples.remove_examples()
            datasets = trade_examples.remove_examples()
        self.stdout.write(f"{measures} example measures, {joint} projects and {datasets} datasets removed.")
