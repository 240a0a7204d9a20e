"""Load made-up plans, projects and customs data, labelled as examples everywhere."""

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
    help = "Loads example plans, projects, a meeting and trade; they contradict no fact. remove_examples removes them."

    def handle(self, **options: Any) -> None:
        with transaction.atomic(), pghistory.context(job="load_examples"):
            measures = agreements.examples.load_examples()
            joint = projects.examples.load_examples()  # after the measures, which they carry out
            decided = workgroup.examples.load_examples()  # and which the meeting speaks of
            trade = trade_examples.load_examples()
        if not (measures or joint or decided or trade.releases):
            self.stdout.write("The examples are loaded already.")
            return
        self.stdout.write(
            f"{measures} measures, {joint} projects, {decided} outcomes of a meeting and {trade.releases} releases "
            f"with {trade.lines} lines of trade loaded, labelled as examples."
        )
