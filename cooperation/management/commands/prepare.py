"""Bring the database and the static files to the state this release needs."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, call_command


class Command(BaseCommand):
    """Run every step that must precede the web server, in one process; safe to repeat."""

    help = "Migrates the database, loads the shipped facts, collects static files and requests the yearly reports."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--demo-accounts", metavar="FILE", type=Path, help="also make the demo accounts and list them in FILE"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self._step("database schema", lambda: call_command("migrate", interactive=False, verbosity=0))
        self._step("shipped facts", lambda: call_command("load_facts", stdout=StringIO()))
        if options["demo_accounts"]:
            self._step(
                "demo accounts",
                lambda: call_command("create_demo_accounts", file=options["demo_accounts"], stdout=StringIO()),
            )
        self._step("static files", lambda: call_command("collectstatic", interactive=False, verbosity=0))
        self._step("yearly reports", lambda: call_command("request_reports", stdout=StringIO()))

    def _step(self, name: str, run: Callable[[], Any]) -> None:
        began = time.monotonic()
        run()
        self.stdout.write(f"  {name} ({time.monotonic() - began:.1f} s)")
        self.stdout.flush()
