"""Undo a release of a dataset."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from trade.models import Release
from trade.releases import AlreadyUndone, LaterReleaseExists, undo


class Command(BaseCommand):
    help = "Publishes what stood before a release, as a new release. An undo can be undone in the same way."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "release", type=int, metavar="ID", help="number of the release, as the page of releases shows it"
        )
        parser.add_argument("--note", default="", help="why, shown with the release")

    def handle(self, *, release: int, note: str, **options: Any) -> None:
        undone = Release.objects.select_related("dataset").filter(pk=release).first()
        if undone is None:
            raise CommandError(f"There is no release {release}.")
        try:
            made = undo(undone, by=None, note=note)
        except LaterReleaseExists as error:
            raise CommandError(f"{error} ({error.later})") from error
        except AlreadyUndone as error:
            raise CommandError(f"{error} ({error.undo})") from error
        self.stdout.write(f"Release {undone} is undone by release {made}: {made.opened_rows} rows restored.")
