"""Load the shipped nomenclature, or the codes of an edition from a file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from trade.models import Edition
from trade.nomenclature.editions import BadNomenclature, load_edition
from trade.nomenclature.shipping import load_shipped


class Command(BaseCommand):
    help = (
        "Adds what is missing of the shipped nomenclature. With FILE: makes the headings and finer codes of an edition "
        "those of the file (CSV, or ZIP of one CSV, with a code and a name)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, metavar="FILE")
        parser.add_argument("--edition", default="HS2012", help="edition that the file holds (default: HS2012)")

    def handle(self, *, file: Path | None, edition: str, **options: Any) -> None:
        with translation.override("en"):
            added = load_shipped()
            if file is None:
                self.stdout.write(", ".join(f"{noun}: {count} added" for noun, count in added.items()))
                return
            chosen = Edition.objects.filter(code=edition).first()
            if chosen is None:
                known = ", ".join(str(one.code) for one in Edition.objects.all())
                raise CommandError(f"There is no edition {edition}. Known: {known}.")
            try:
                done = load_edition(chosen, file)
            except BadNomenclature as error:
                raise CommandError(f"{file.name}: {error}") from error
            except OSError as error:
                raise CommandError(f"{file}: {error.strerror}") from error
            self.stdout.write(
                f"{edition}: {done.added} added, {done.changed} changed, {done.removed} removed, "
                f"{done.unchanged} unchanged, {done.skipped} codes for hidden goods skipped"
            )
