"""Check the observations of all datasets and their sums against each other."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from trade.releases.checking import verify


class Command(BaseCommand):
    help = (
        "Adds up the lines of every dataset anew and compares the stored sums, as they stand and as of a past release; "
        "checks codes, the validity of versions and the counts of releases. Exit code 1 when something differs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", type=int, metavar="RELEASE", help="the past release to check (default: random)")

    def handle(self, *, as_of: int | None, **options: Any) -> None:
        faults = verify(vintage=as_of)
        for fault in faults:
            self.stdout.write(str(fault))
        if faults:
            raise CommandError(f"{len(faults)} checks failed.", returncode=1)
        self.stdout.write("Observations, sums and releases agree.")
