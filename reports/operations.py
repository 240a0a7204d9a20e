"""The life of a report run: requested, claimed by a worker, kept alive, completed or failed, swept up.

A run is a job of `parties.jobs`. A result is accepted only from the attempt that holds the row, in
the same transaction that makes the version.
"""

from __future__ import annotations

import time
import uuid

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from parties.jobs import Claim, Heartbeat, LeaseLost, Queue, Swept
from parties.models import Partnership, User
from reports.computation import SECTIONS, compute, content_hash
from reports.computation.encoding import Json
from reports.models import Report, Run, Version
from reports.queries import known_years
from reports.snapshots import Snapshot, snapshot

log = structlog.get_logger(__name__)

FIRST_YEAR = 1991
COMPUTE_TASK = "reports.tasks.compute"
RUNS = Queue(
    Run,
    task=COMPUTE_TASK,
    argument="run_id",
    phases={Run.State.QUEUED: Run.State.RUNNING},
    failed=Run.State.FAILED,
    lease=lambda: settings.REPORT_LEASE,
    patience=lambda: settings.REPORT_SWEEP,
)


class YearOutOfRange(ValueError):
    """A report can be asked for on years from 1991 to the current one."""

    def __init__(self, year: int, last: int) -> None:
        super().__init__(f"year {year} is not between {FIRST_YEAR} and {last}")
        self.first, self.last = FIRST_YEAR, last


def last_year() -> int:
    """Return the last year that can be reported on: the current one."""
    return timezone.localdate().year


def may_be_requested(year: int) -> bool:
    return FIRST_YEAR <= year <= last_year()


@transaction.atomic
def request(*, partnership: Partnership, year: int, by: User | None) -> Run:
    """Ask for the report of a year and return its run; an active run of that report is returned as it is.

    Raises `YearOutOfRange`. The run is safe once the transaction commits, with or without a broker.
    """
    if not may_be_requested(year):
        raise YearOutOfRange(year, last_year())
    Report.objects.get_or_create(partnership=partnership, year=year)
    report = Report.objects.select_for_update().get(partnership=partnership, year=year)
    active = _active(report.runs.all()).first()
    if active:
        return active
    run = Run.objects.create(report=report, requested_by=by, steps_total=len(SECTIONS))
    transaction.on_commit(lambda: nudge(run.pk), robust=True)
    return run


def request_known_years(*, partnership: Partnership, by: User | None = None) -> list[Run]:
    """Ask for the report of every known year. Unchanged data make no new version."""
    return [request(partnership=partnership, year=year, by=by) for year in known_years(partnership)]


def _active(runs: QuerySet[Run]) -> QuerySet[Run]:
    return runs.filter(state__in=[Run.State.QUEUED, Run.State.RUNNING])


def nudge(run_id: uuid.UUID) -> bool:
    """Tell the workers about a run; return False where the broker cannot be reached (a sweep will try again)."""
    return RUNS.nudge(run_id)


def claim(*, run_id: uuid.UUID) -> Claim | None:
    """Take a run that waits, or whose lease ran out; None where there is nothing to take."""
    return RUNS.claim(run_id, steps_done=0, steps_total=len(SECTIONS))


def carry_out(*, run_id: uuid.UUID) -> None:
    """Do a run from claim to end. Errors of the computation end in `fail`, never in the caller."""
    mine = claim(run_id=run_id)
    if mine is None:
        log.info("run_not_taken", run_id=str(run_id))
        return
    with structlog.contextvars.bound_contextvars(run_id=str(run_id), attempt=mine.attempt):
        try:
            content, taken = _computed(mine)
            complete(claim=mine, content=content, taken=taken)
        except LeaseLost:
            log.warning("run_lost", steps="another attempt holds the run")
        except Exception as error:
            fail(claim=mine, error=error)


def _computed(mine: Claim) -> tuple[Json, Snapshot]:
    report = Report.objects.select_related("partnership").get(runs=mine.job_id)
    steps = iter(range(1, len(SECTIONS) + 1))

    def done(section: str) -> None:
        heartbeat.show(steps_done=next(steps))
        if settings.REPORT_SECTION_DELAY:
            time.sleep(settings.REPORT_SECTION_DELAY)
        heartbeat.check()

    with Heartbeat(RUNS, mine) as heartbeat, snapshot() as taken:
        return compute(report.partnership, report.year, done), taken


@transaction.atomic
def complete(*, claim: Claim, content: Json, taken: Snapshot) -> Run | None:
    """Store the result and end the run in one transaction; None, and nothing written, for a stale claim.

    Content equal to the latest version makes no new version: the run then points to that one.
    """
    report = Report.objects.select_for_update().get(runs=claim.job_id)
    run = RUNS.held(claim).select_for_update(of=("self",)).first()
    if run is None:
        log.warning("stale_result_refused", run_id=str(claim.job_id), attempt=claim.attempt)
        return None
    digest = content_hash(content)
    latest = report.versions.only("number", "content_hash", "report_id").first()
    is_new = latest is None or latest.content_hash != digest
    if latest is None or is_new:
        latest = Version.objects.create(
            report=report,
            number=latest.number + 1 if latest else 1,
            content=content,
            content_hash=digest,
            data_version=taken.data_version,
            snapshot_at=taken.taken_at,
        )
    run.state, run.version, run.made_new_version = Run.State.DONE, latest, is_new
    run.finished_at, run.lease_until, run.steps_done = timezone.now(), None, run.steps_total
    run.save()
    log.info("run_done", year=report.year, version=latest.number, made_new_version=is_new)
    return run


def fail(*, claim: Claim, error: BaseException) -> None:
    """End an attempt that raised: back to the queue, or failed with an error number after the last one."""
    RUNS.fail(claim, error, steps_done=0)


def sweep() -> Swept:
    """Send again runs whose nudge or worker was lost; give up those whose attempts are used up."""
    return RUNS.sweep()
