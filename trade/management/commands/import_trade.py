"""`manage.py import_trade`: read a file of trade statistics, show what it would change, and publish it."""

from __future__ import annotations

import argparse
import datetime as dt
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import translation

from parties.periods import Period, Shape, UnreadablePeriod
from trade.importing.mapping import MONEY, WEIGHT, Mapping
from trade.importing.problems import Problem
from trade.imports import operations, work
from trade.imports.given import Given
from trade.imports.preview import MEANINGS
from trade.imports.queue import OPEN, WORKED_ON
from trade.models import Dataset, Import, ImportProfile, Release

State = Import.State
EXIT_CODES = {State.UNMAPPED: 3, State.REFUSED: 4, State.FAILED: 5, State.CANCELLED: 6}
SHOWN = 20
SECONDS_BETWEEN_LINES = 2.0


class Command(BaseCommand):
    help = (
        "Read a file, show what it would change, ask, and publish it as a release. Needs no broker and no worker."
        " Exit codes: 0 published, nothing new or already loaded; 1 wrong arguments; 2 wrong usage; 3 the columns are"
        " to be named (on the page, once; or --profile); 4 refused; 5 failed; 6 not confirmed."
    )
    requires_system_checks = ()  # they load every page of the program, which would be a fifth of the memory

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dataset", required=True, help="code of the dataset, such as FCS")
        parser.add_argument("--month", help="month of a file that states its year only: 2024-01")
        parser.add_argument("--yearly", action="store_true", help="a year without a month is a whole year")
        parser.add_argument("--reporter", default="", help="where the file does not say whose trade it is: RU-TOM")
        parser.add_argument("--profile", default="", help="name of a saved mapping of columns")
        parser.add_argument("--status", choices=Release.Status.values, default=Release.Status.PROVISIONAL.value)
        parser.add_argument("--published-on", type=dt.date.fromisoformat, metavar="2024-02-15")
        parser.add_argument("--money", choices=list(MONEY), default="USD", help="unit of values")
        parser.add_argument("--weight", choices=list(WEIGHT), default="kg", help="unit of weights")
        parser.add_argument("--prices-are-right", action="store_true", help="although they look 1000 times off")
        parser.add_argument("--only-its-partners", action="store_true", help="leave figures of other partners alone")
        parser.add_argument("--dry-run", action="store_true", help="show what would change and leave nothing behind")
        parser.add_argument("--yes", action="store_true", help="publish without asking")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):  # the messages of a command are English
            self._import(options)

    def _import(self, options: dict[str, Any]) -> None:
        dataset = _dataset(options["dataset"])
        earlier = set(Import.objects.filter(dataset=dataset, state__in=OPEN).values_list("pk", flat=True))
        job = self._requested(dataset, options)
        if job is None:
            return
        try:
            job = self._carried_out(job)
            self._show(job)
            if job.state == State.READY and not options["dry_run"]:
                job = self._decide(job, is_agreed=options["yes"])
        except KeyboardInterrupt:
            with suppress(operations.NotPossibleNow):
                job = operations.cancel(job=job, by=None)
        finally:
            if options["dry_run"] and job.pk not in earlier:
                work.forget(job)
        code = EXIT_CODES.get(State(job.state), 0)
        if code:
            raise CommandError(f"{str(job.get_state_display()).capitalize()}. Nothing was changed.", returncode=code)

    def _requested(self, dataset: Dataset, options: dict[str, Any]) -> Import | None:
        path: Path = options["file"]
        given, mapping = self._given(options), _mapping(dataset, options["profile"])
        try:
            with path.open("rb") as opened:
                return operations.request(
                    file=File(opened),
                    name=path.name,
                    dataset=dataset,
                    given=given,
                    by=None,
                    mapping=mapping,
                    is_sent=False,
                )
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}.") from error
        except operations.TooLarge as error:
            raise CommandError(str(error)) from error
        except operations.AlreadyLoaded as known:
            self.stdout.write(str(known))
            return None

    def _given(self, options: dict[str, Any]) -> Given:
        names = (
            "yearly", "reporter", "status", "published_on", "money", "weight", "prices_are_right", "only_its_partners",
        )  # fmt: skip
        return Given(month=_month(options["month"]), **{name: options[name] for name in names})

    def _carried_out(self, job: Import) -> Import:
        """Do here what a worker would do, until a person is to decide or it has ended; print how far it is."""
        ended = threading.Event()
        teller = threading.Thread(target=self._tell, args=(job, ended), daemon=True)
        teller.start()
        try:
            while job.state in WORKED_ON:
                work.carry_out(import_id=job.pk)
                job.refresh_from_db()
                if job.state in WORKED_ON and job.lease_until:
                    time.sleep(SECONDS_BETWEEN_LINES)  # a worker has taken it
        finally:
            ended.set()
            teller.join()
        return job

    def _tell(self, job: Import, ended: threading.Event) -> None:
        try:
            while not ended.wait(SECONDS_BETWEEN_LINES):
                done, rows = Import.objects.values_list("steps_done", "rows_read").get(pk=job.pk)
                self.stdout.write(f"{done} %, {rows} rows")
        finally:
            connection.close()  # this thread's own

    def _show(self, job: Import) -> None:
        summary = job.summary
        for code, count in sorted(summary.get("counts", {}).items(), key=lambda item: -item[1]):
            self.stdout.write(f"{code:8} {count:>9}  {MEANINGS.get(code, '')}")
        for stored in job.problems[:SHOWN]:
            found = Problem.from_dict(stored)
            place = f"line {found.line}" if found.line else "file"
            column = f", {found.column}" if found.column else ""
            self.stderr.write(f"{place}{column}: {found.code}: {found.message} {found.advice}")
        if len(job.problems) > SHOWN:
            self.stderr.write(f"… and {sum(summary['counts'].values()) - SHOWN} more")
        if "new" in summary:
            counts = ", ".join(f"{summary[name]} {name}" for name in ("new", "changed", "unchanged", "disappeared"))
            self.stdout.write(f"Rows: {counts}, {summary['rows']['rejected']} rejected")
        if job.state == State.UNMAPPED:
            self.stdout.write("Columns: " + " | ".join(summary["columns"]))

    def _decide(self, job: Import, *, is_agreed: bool) -> Import:
        """Publish the import if that is wanted, and again look at the changes where they turned out to be stale."""
        while job.state == State.READY:
            if not is_agreed and not _says_yes("Publish? [y/N] "):
                return operations.cancel(job=job, by=None)
            job = self._carried_out(operations.confirm(job=job, by=None, is_sent=False))
            if job.state == State.READY:
                self.stdout.write("Another release was published meanwhile; the file was compared anew.")
                self._show(job)
        if job.release:
            self.stdout.write(self.style.SUCCESS(f"Published as release {job.release}."))
        return job


def _says_yes(question: str) -> bool:
    try:
        return input(question).strip().lower() in {"y", "yes", "д", "да"}
    except EOFError:
        return False


def _dataset(code: str) -> Dataset:
    dataset = Dataset.objects.filter(code=code).first()
    if dataset is None:
        known = ", ".join(str(code) for code in Dataset.objects.order_by("pk").values_list("code", flat=True))
        raise CommandError(f"There is no dataset {code!r}. Known: {known or 'none'}.")
    return dataset


def _mapping(dataset: Dataset, name: str) -> Mapping | None:
    if not name:
        return None
    profiles = ImportProfile.objects.filter(dataset=dataset)
    profile = profiles.filter(name=name).first()
    if profile is None:
        known = ", ".join(profiles.order_by("name").values_list("name", flat=True))
        raise CommandError(f"{dataset.code} has no profile {name!r}. Known: {known or 'none'}.")
    return Mapping.from_dict(profile.mapping)


def _month(text: str | None) -> dt.date | None:
    if not text:
        return None
    try:
        period = Period.parse(text)
    except UnreadablePeriod as error:
        raise CommandError(f"--month: cannot read {text!r}. Write 2024-01.") from error
    if period.shape is not Shape.MONTH:
        raise CommandError(f"--month: {text!r} is not one month. Write 2024-01.")
    return period.starts
