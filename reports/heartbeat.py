"""Keeps the lease of a run alive and its progress visible while the report is computed."""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass
from types import TracebackType

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models.functions import Now

from reports.models import Run

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Claim:
    """The right to carry out a run: valid while the row still has this attempt."""

    run_id: uuid.UUID
    attempt: int


class LeaseLost(Exception):
    """Another attempt holds the run; whatever this one has computed is worthless."""


class Heartbeat:
    """Context manager: a thread with its own connection extends the lease and writes the steps done.

    The computing thread is inside a read-only transaction and cannot do this itself. The lease is
    extended three times per its length, and at each step.
    """

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self.steps = 0
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._lost = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"heartbeat-{claim.run_id}", daemon=True)

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._wake.set()
        self._thread.join()

    def step_done(self) -> None:
        self.steps += 1
        self._wake.set()

    def check(self) -> None:
        """Raise `LeaseLost` once the row belongs to another attempt."""
        if self._lost.is_set():
            raise LeaseLost

    def _run(self) -> None:
        pause = settings.REPORT_LEASE.total_seconds() / 3
        try:
            while not self._stopped.is_set() and not self._lost.is_set():
                self._wake.wait(pause)
                self._wake.clear()
                self._beat()
        finally:
            connection.close()  # this thread's own

    def _beat(self) -> None:
        try:
            held = Run.objects.filter(pk=self.claim.run_id, attempt=self.claim.attempt, state=Run.State.RUNNING)
            if not held.update(lease_until=Now() + settings.REPORT_LEASE, steps_done=self.steps):
                self._lost.set()
        except DatabaseError as error:  # the next beat tries again; a lease that runs out is not a fault
            log.warning("heartbeat_failed", run_id=str(self.claim.run_id), error=str(error))
            connection.close()
