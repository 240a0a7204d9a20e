"""The life of a report run: requested, claimed by a worker, kept alive, completed or failed, swept up.

The row is the job and PostgreSQL the truth; the broker only carries nudges, which may be lost,
late or doubled. Each nudge leads to a compare-and-swap on the row, so any number of them is
harmless, and a sweep sends again what was lost. A result is accepted only from the attempt that
holds the row, in the same transaction that makes the version.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass

import structlog
from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce, Now
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from parties.models import Partnership, User
from reports.computation import SECTIONS, compute, content_hash
from reports.computation.encoding import Json
from reports.heartbeat import Claim, Heartbeat, LeaseLost
from reports.models import Report, Run, Version
from reports.queries import known_years
from reports.snapshots import Snapshot, snapshot

log = structlog.get_logger(__name__)

FIRST_YEAR = 1991
MAX_ATTEMPTS = 3
COMPUTE_TASK = "reports.tasks.compute"


class YearOutOfRange(ValueError):
    """A report can be asked for on years from 1991 to the current one."""

    def __init__(self, year: int, last: int) -> None:
        super().__init__(f"year {year} is not between {FIRST_YEAR} and {last}")
        self.first, self.last = FIRST_YEAR, last


@dataclass(frozen=True)
class Swept:
    """What a sweep did: runs sent to the broker again, runs given up."""

    nudged: int
    failed: int


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
    try:
        current_app.send_task(COMPUTE_TASK, kwargs={"run_id": str(run_id)}, retry=False)
    except (OperationalError, RedisError, OSError) as error:
        log.warning("broker_unreachable", run_id=str(run_id), error=str(error))
        return False
    Run.objects.filter(pk=run_id).update(nudged_at=Now())
    return True


@transaction.atomic
def claim(*, run_id: uuid.UUID) -> Claim | None:
    """Take a run that waits, or whose lease ran out; None where there is nothing to take."""
    waiting = Q(state=Run.State.QUEUED) | Q(state=Run.State.RUNNING, lease_until__lt=Now())
    run = Run.objects.select_for_update(skip_locked=True).filter(waiting, pk=run_id, attempt__lt=MAX_ATTEMPTS).first()
    if run is None:
        return None
    Run.objects.filter(pk=run_id).update(
        state=Run.State.RUNNING,
        attempt=run.attempt + 1,
        lease_until=Now() + settings.REPORT_LEASE,
        started_at=Now(),
        steps_done=0,
        steps_total=len(SECTIONS),
    )
    return Claim(run_id, run.attempt + 1)


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
    report = Report.objects.select_related("partnership").get(runs=mine.run_id)

    def done(section: str) -> None:
        heartbeat.step_done()
        if settings.REPORT_SECTION_DELAY:
            time.sleep(settings.REPORT_SECTION_DELAY)
        heartbeat.check()

    with Heartbeat(mine) as heartbeat, snapshot() as taken:
        return compute(report.partnership, report.year, done), taken


@transaction.atomic
def complete(*, claim: Claim, content: Json, taken: Snapshot) -> Run | None:
    """Store the result and end the run in one transaction; None, and nothing written, for a stale claim.

    Content equal to the latest version makes no new version: the run then points to that one.
    """
    report = Report.objects.select_for_update().get(runs=claim.run_id)
    run = _held(claim).select_for_update(of=("self",)).first()
    if run is None:
        log.warning("stale_result_refused", run_id=str(claim.run_id), attempt=claim.attempt)
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
    """End an attempt that raised: back to the queue, or failed with an error number after the last one.

    A run back in the queue is sent again by the sweep, so that a passing fault has time to pass.
    """
    number = uuid.uuid4().hex[:12]
    log.error("run_attempt_failed", error_number=number, exc_info=error)
    if claim.attempt < MAX_ATTEMPTS:
        _held(claim).update(state=Run.State.QUEUED, lease_until=None, nudged_at=Now(), steps_done=0)
    else:
        _held(claim).update(state=Run.State.FAILED, lease_until=None, finished_at=Now(), error=number)


def _held(claim: Claim) -> QuerySet[Run]:
    """Return the run as long as the claim still holds it."""
    return Run.objects.filter(pk=claim.run_id, attempt=claim.attempt, state=Run.State.RUNNING)


def sweep() -> Swept:
    """Send again runs whose nudge or worker was lost; give up those whose attempts are used up.

    Harmless at any time and in any number. Stops sending at the first sign of a missing broker.
    """
    failed = _give_up()
    waited_since = Coalesce("nudged_at", "requested_at")
    waiting = Run.objects.alias(since=waited_since).filter(
        Q(state=Run.State.QUEUED, since__lt=Now() - settings.REPORT_SWEEP)
        | Q(state=Run.State.RUNNING, lease_until__lt=Now())
    )
    nudged = 0
    for run_id in list(waiting.order_by("requested_at").values_list("pk", flat=True)):
        if not nudge(run_id):
            break
        nudged += 1
    return Swept(nudged, failed)


def _give_up() -> int:
    """Fail the runs whose worker was lost in the last attempt."""
    lost = Run.objects.filter(state=Run.State.RUNNING, lease_until__lt=Now(), attempt__gte=MAX_ATTEMPTS)
    failed = 0
    for run_id in list(lost.values_list("pk", flat=True)):
        number = uuid.uuid4().hex[:12]
        ended = lost.filter(pk=run_id).update(state=Run.State.FAILED, lease_until=None, finished_at=Now(), error=number)
        if ended:
            log.error("run_given_up", run_id=str(run_id), error_number=number, attempts=MAX_ATTEMPTS)
        failed += ended
    return failed
