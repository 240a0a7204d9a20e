"""Delete stored files that no row names."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from parties import storage


class Command(BaseCommand):
    help = (
        "Deletes stored files that no row names and that are older than a day: a process was killed after it had "
        "stored them. Safe at any time; the beat does it every night."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only name the files")

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        names = storage.sweep(is_dry_run=dry_run)
        for name in names:
            self.stdout.write(name)
        self.stdout.write(f"{len(names)} files {'would be' if dry_run else 'were'} deleted.")
