"""Remove all example trade data."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from trade.examples.loading import remove_examples


class Command(BaseCommand):
    help = "Removes the example datasets with their releases and observations."

    def handle(self, **options: Any) -> None:
        self.stdout.write(f"{remove_examples()} example datasets removed.")
