"""Jobs: rows that workers claim, keep alive, and complete or fail; a sweep finds what was lost.

The row is the job and PostgreSQL the truth; the broker only carries nudges, which may be lost,
late or doubled. Each nudge leads to a compare-and-swap on the row (`Queue.claim`), so any number of
them is harmless, and a sweep sends again what was lost. A worker holds a row by the number of its
attempt, which never comes back, and only as long as it extends its lease (`Heartbeat`). It must
write its result in one transaction with the state that ends the job, after `Queue.held` has shown
in that transaction that the row is still its own.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import TracebackType
from typing import Any, Generic, TypeVar

import structlog
from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection, models, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 3
SECONDS_BETWEEN_BEATS = 0.5


class Job(models.Model):
    """What the row of a job has besides its `state` and what it is about."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    requested_at = models.DateTimeField(_("requested"), auto_now_add=True)
    nudged_at = models.DateTimeField(_("last sent to the broker"), null=True, blank=True)
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=0)
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    error = models.CharField(_("error number"), max_length=32, blank=True)

    class Meta:
        abstract = True


AnyJob = TypeVar("AnyJob", bound=Job)


@dataclass(frozen=True)
class Claim:
    """The right to carry out a job: valid while the row still has this attempt."""

    job_id: uuid.UUID
    attempt: int


@dataclass(frozen=True)
class Swept:
    """What a sweep did: jobs sent to the broker again, jobs given up."""

    nudged: int
    failed: int


class LeaseLost(Exception):
    """Another attempt holds the job; whatever this one has made is worthless."""


class Queue(Generic[AnyJob]):
    """All jobs of one kind.

    task       name of the Celery task; it is sent the job's id as `argument`
    phases     each state in which a job waits for a worker, and the state in which one works on it
    failed     the state of a job that is given up
    lease      how long a job is left to a worker that gives no sign of life
    patience   how long a job waits before a sweep sends it to the broker again
    """

    def __init__(
        self,
        model: type[AnyJob],
        *,
        task: str,
        argument: str,
        phases: Mapping[str, str],
        failed: str,
        lease: Callable[[], timedelta],
        patience: Callable[[], timedelta],
    ) -> None:
        self.model, self.task, self.argument = model, task, argument
        self.phases, self.failed = phases, failed
        self._lease, self._patience = lease, patience

    @property
    def lease(self) -> timedelta:
        return self._lease()

    @property
    def _rows(self) -> QuerySet[Any]:
        """All jobs; `turn` is the attempt within its phase, 0 for the last (see `next_phase`)."""
        return self.model._default_manager.alias(turn=F("attempt") % MAX_ATTEMPTS)

    @property
    def _abandoned(self) -> Q:
        return Q(state__in=self.phases.values(), lease_until__lt=Now())

    def nudge(self, job_id: uuid.UUID) -> bool:
        """Tell the workers about a job; return False where the broker cannot be reached (a sweep will try again)."""
        try:
            current_app.send_task(self.task, kwargs={self.argument: str(job_id)}, retry=False)
        except (OperationalError, RedisError, OSError) as error:
            log.warning("broker_unreachable", job_id=str(job_id), error=str(error))
            return False
        self._rows.filter(pk=job_id).update(nudged_at=Now())
        return True

    @transaction.atomic
    def claim(self, job_id: uuid.UUID, **changes: Any) -> Claim | None:
        """Take a job that waits, or whose lease ran out; None where there is nothing to take.

        `changes` are written with the claim: what the columns of progress begin with.
        """
        free = Q(state__in=self.phases) | self._abandoned & Q(turn__gt=0)
        job = self._rows.select_for_update(skip_locked=True).filter(free, pk=job_id).first()
        if job is None:
            return None
        self._rows.filter(pk=job_id).update(
            state=self.phases.get(job.state, job.state),
            attempt=job.attempt + 1,
            lease_until=Now() + self.lease,
            started_at=Now(),
            **changes,
        )
        return Claim(job_id, job.attempt + 1)

    def held(self, claim: Claim) -> QuerySet[AnyJob]:
        """Return the job as long as the claim still holds it."""
        return self._rows.filter(pk=claim.job_id, attempt=claim.attempt, state__in=self.phases.values())

    def fail(self, claim: Claim, error: BaseException, **changes: Any) -> None:
        """End an attempt that raised: back to where it waited, or failed with an error number after the last one.

        A job that waits again is sent by the sweep, so that a passing fault has time to pass.
        """
        number = uuid.uuid4().hex[:12]
        log.error("job_attempt_failed", error_number=number, exc_info=error)
        if claim.attempt % MAX_ATTEMPTS == 0:
            self.held(claim).update(state=self.failed, lease_until=None, finished_at=Now(), error=number)
            return
        for waiting, working in self.phases.items():
            held = self.held(claim).filter(state=working)
            held.update(state=waiting, lease_until=None, nudged_at=Now(), **changes)

    def sweep(self) -> Swept:
        """Send again jobs whose nudge or worker was lost; give up those whose attempts are used up.

        Harmless at any time and in any number. Stops sending at the first sign of a missing broker.
        """
        failed = self._give_up()
        waited_since = Coalesce("nudged_at", "requested_at")
        waiting = self._rows.alias(since=waited_since).filter(
            Q(state__in=self.phases, since__lt=Now() - self._patience()) | self._abandoned
        )
        nudged = 0
        for job_id in list(waiting.order_by("requested_at").values_list("pk", flat=True)):
            if not self.nudge(job_id):
                break
            nudged += 1
        return Swept(nudged, failed)

    def _give_up(self) -> int:
        """Fail the jobs whose worker was lost in the last attempt."""
        lost = self._rows.filter(self._abandoned, turn=0)
        failed = 0
        for job_id in list(lost.values_list("pk", flat=True)):
            number = uuid.uuid4().hex[:12]
            ended = lost.filter(pk=job_id).update(state=self.failed, lease_until=None, finished_at=Now(), error=number)
            if ended:
                log.error("job_given_up", job_id=str(job_id), error_number=number, attempts=MAX_ATTEMPTS)
            failed += ended
        return failed


def next_phase(attempt: int) -> int:
    """Return the attempt that a job continues from in its next phase, in which it has all attempts again.

    Numbers of attempts never come back, so a worker lost in an earlier phase holds nothing; the last attempt of
    a phase has a number that `MAX_ATTEMPTS` divides.
    """
    return -(-attempt // MAX_ATTEMPTS) * MAX_ATTEMPTS


class Heartbeat:
    """Context manager: a thread with its own connection extends the lease and writes how far the job is.

    The working thread is inside a transaction of its own, whose writes nobody else would see. The lease is
    extended three times per its length, and soon after each `show`.
    """

    def __init__(self, queue: Queue[Any], claim: Claim) -> None:
        self.queue, self.claim = queue, claim
        self._progress: dict[str, Any] = {}
        self._pause = queue.lease.total_seconds() / 3
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._lost = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"heartbeat-{claim.job_id}", daemon=True)

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._wake.set()
        self._thread.join()

    def show(self, **progress: Any) -> None:
        """Write these columns soon; of several calls in short succession only the last."""
        self._progress = progress
        self._wake.set()

    def check(self) -> None:
        """Raise `LeaseLost` once the row belongs to another attempt."""
        if self._lost.is_set():
            raise LeaseLost

    def _run(self) -> None:
        try:
            while not self._stopped.is_set() and not self._lost.is_set():
                self._wake.wait(self._pause)
                self._wake.clear()
                self._beat()
                self._stopped.wait(min(SECONDS_BETWEEN_BEATS, self._pause))
        finally:
            connection.close()  # this thread's own

    def _beat(self) -> None:
        try:
            held = self.queue.held(self.claim)
            if not held.update(lease_until=Now() + self.queue.lease, **self._progress):
                self._lost.set()
        except DatabaseError as error:  # the next beat tries again; a lease that runs out is not a fault
            log.warning("heartbeat_failed", job_id=str(self.claim.job_id), error=str(error))
            connection.close()
