"""Undoing a release as a job: asked for on a page, carried out by a worker, because a large release takes minutes.

`trade.releases.undo` does it, in one transaction with the end of the job; a killed worker leaves nothing.
"""

from __future__ import annotations

import uuid

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from parties.jobs import Claim, Heartbeat, LeaseLost, Queue, Swept
from parties.models import User
from trade.models import Release, Undo
from trade.releases import AlreadyUndone, LaterReleaseExists, undo
from trade.releases.undoing import check_undoable

log = structlog.get_logger(__name__)

State = Undo.State
TASK = "trade.tasks.carry_out_undo"
UNDOS = Queue(
    Undo,
    task=TASK,
    argument="undo_id",
    phases={State.QUEUED: State.RUNNING},
    failed=State.FAILED,
    lease=lambda: settings.IMPORT_LEASE,
    patience=lambda: settings.IMPORT_SWEEP,
)
WORKED_ON = frozenset({State.QUEUED, State.RUNNING})
"""A worker has it or will have it: the page asks again how far it is."""


@transaction.atomic
def request(*, release: Release, by: User | None, note: str = "") -> Undo:
    """Queue the undo of a release; one that is on its way is returned as it is.

    Raises `AlreadyUndone` or `LaterReleaseExists` where that is known already.
    """
    Release.objects.select_for_update(no_key=True).get(pk=release.pk)
    active = Undo.objects.filter(release=release, state__in=WORKED_ON).first()
    if active:
        return active
    check_undoable(release)
    job = Undo.objects.create(release=release, requested_by=by, note=note)
    transaction.on_commit(lambda: UNDOS.nudge(job.pk), robust=True)
    return job


def latest(release: Release) -> Undo | None:
    """Return the last undo of the release that was asked for."""
    return Undo.objects.filter(release=release).first()


def hindrance(release: Release) -> str:
    """Return why the release cannot be undone as things stand, in the reader's language; empty where it can."""
    try:
        check_undoable(release)
    except (AlreadyUndone, LaterReleaseExists) as error:
        return str(error)
    return ""


def carry_out(*, undo_id: uuid.UUID) -> None:
    """Undo a release, from claim to end. Errors end in the state of the job, never in the caller."""
    mine = UNDOS.claim(undo_id)
    if mine is None:
        log.info("undo_not_taken", undo_id=str(undo_id))
        return
    with structlog.contextvars.bound_contextvars(undo_id=str(undo_id), attempt=mine.attempt):
        try:
            _undo(mine)
        except LeaseLost:
            log.warning("undo_lost", reason="another attempt holds it")
        except Exception as error:
            UNDOS.fail(mine, error)


def _undo(claim: Claim) -> None:
    job = Undo.objects.select_related("release", "requested_by").get(pk=claim.job_id)
    try:
        with transaction.atomic():
            with Heartbeat(UNDOS, claim):
                undo(job.release, by=job.requested_by, note=job.note)
            # The heartbeat has ended: it would wait for the row that this transaction now holds until its end.
            _leave(claim, State.DONE)
    except (AlreadyUndone, LaterReleaseExists) as error:
        log.info("undo_refused", reason=type(error).__name__)
        _leave(claim, State.REFUSED)


def _leave(claim: Claim, state: str) -> None:
    """End the job; raise `LeaseLost`, which takes the undo back, when the claim holds no longer."""
    if not UNDOS.held(claim).update(state=state, lease_until=None, finished_at=timezone.now()):
        raise LeaseLost


def sweep() -> Swept:
    """Send again undos whose nudge or worker was lost; give up those whose attempts are used up."""
    return UNDOS.sweep()
