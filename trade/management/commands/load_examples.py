"""Load made-up customs data, labelled as examples everywhere."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from trade.examples.loading import load_examples


class Command(BaseCommand):
    help = "Loads example trade data of 2015–2025; they contradict no fact. remove_examples removes them."

    def handle(self, **options: Any) -> None:
        loaded = load_examples()
        if not loaded.releases:
            self.stdout.write("The examples are loaded already.")
            return
        self.stdout.write(f"{loaded.releases} releases with {loaded.lines} lines loaded, labelled as examples.")
