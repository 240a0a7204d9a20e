"""Load the shipped facts and nomenclature, or compare the database with the facts."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from cooperation.facts import comparing
from cooperation.facts.loading import Loaded, load_facts
from cooperation.facts.nouns import flat
from cooperation.facts.reading import DATA, FactsError, Row, of_noun, read_facts
from trade.nomenclature.shipping import load_shipped


class Command(BaseCommand):
    help = (
        "Loads the shipped facts: adds missing rows, updates rows that differ from the files, keeps rows changed by "
        "people, deletes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        task = parser.add_mutually_exclusive_group()
        task.add_argument("--check", action="store_true", help="write nothing; exit 1 if the database differs")
        task.add_argument("--restore", action="store_true", help="also overwrite shipped rows changed by people")
        parser.add_argument("--data", type=Path, default=DATA, help="folder with the files")

    def handle(self, *, check: bool, restore: bool, data: Path, **options: Any) -> None:
        try:
            with translation.override("en"):  # the messages of a command are English
                rows = read_facts(data)
                if check:
                    self.check_database(rows)
                else:
                    self.report(load_facts(rows, restore=restore))
                    load_shipped()
        except FactsError as error:
            raise CommandError(str(error)) from error

    def report(self, loaded: Loaded) -> None:
        for noun, counter in loaded.counts.items():
            self.stdout.write(
                f"{noun}: {counter['rows']} rows, {counter['added']} added, {counter['changed']} changed"
                + (f", {counter['kept']} kept as changed by people" if counter["kept"] else "")
            )
        for line in [*loaded.kept, *loaded.vanished]:
            self.stderr.write(f"Kept: {line}")

    def check_database(self, rows: list[Row]) -> None:
        found = {noun.key: comparing.differences(rows, noun) for noun in flat()}
        for noun in flat():
            self.stdout.write(f"{noun.key}: {len(of_noun(rows, noun))} rows, {len(found[noun.key])} different")
        lines = [*(str(each) for several in found.values() for each in several), *comparing.vanished(rows)]
        for line in lines:
            self.stderr.write(line)
        self.stdout.write(f"SHA-256 of the files:    {comparing.checksum_of_files(rows)}")
        self.stdout.write(f"SHA-256 of the database: {comparing.checksum_of_database(rows)}")
        if lines:
            raise CommandError(f"The database differs from the facts in {len(lines)} places.", returncode=1)
