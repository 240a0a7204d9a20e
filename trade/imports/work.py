"""What a worker does with an import: read its file into a staging and compare; once confirmed, publish the staging.

A killed worker leaves nothing half-written: a staging is one transaction, a publication another, and the state of the
import changes only while the claim holds it. The sweep then gives the import to the next worker.
"""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from parties.jobs import Claim, Heartbeat, LeaseLost, next_phase
from parties.models import User
from trade.importing import Findings, Mapping, Reading, Refused, Table, open_table, read
from trade.importing.limits import PROBLEMS_KEPT
from trade.importing.mapping import UnusableMapping, signature
from trade.imports.files import let_go
from trade.imports.given import Given
from trade.imports.queue import IMPORTS
from trade.models import Import, ImportProfile
from trade.nomenclature.lookup import codes
from trade.releases import (
    Comparison,
    NothingToPublish,
    Staged,
    StalePreview,
    compare,
    discard,
    publish,
    reserve_vintage,
    stage,
)

log = structlog.get_logger(__name__)

State = Import.State
READING_PERCENT = 80
"""Share of the time that reading and copying take; indexing, adding up and comparing have no measure of their own."""
STALE = "stale"
"""Note of an import that was read again because another release was published meanwhile."""
SAMPLE_ROWS = 5
SAMPLE_CHARACTERS = 200


def carry_out(*, import_id: uuid.UUID) -> None:
    """Do one phase of an import, from claim to end. Errors end in the state of the import, never in the caller."""
    mine = IMPORTS.claim(import_id, steps_done=0)
    if mine is None:
        log.info("import_not_taken", import_id=str(import_id))
        return
    with structlog.contextvars.bound_contextvars(import_id=str(import_id), attempt=mine.attempt):
        try:
            job = Import.objects.select_related("dataset").get(pk=import_id)
            if job.state == State.READING:
                _read(job, mine)
            else:
                _publish(job, mine)
        except LeaseLost:
            log.warning("import_lost", reason="it was cancelled, or another attempt holds it")
        except Exception as error:
            IMPORTS.fail(mine, error, steps_done=0)


def _leave(claim: Claim, state: str, **changes: Any) -> None:
    """End the phase in a state; raise `LeaseLost`, and write nothing, when the claim holds no longer."""
    is_end = state not in (State.READY, State.UNMAPPED, State.QUEUED)
    left = IMPORTS.held(claim).update(
        state=state,
        attempt=next_phase(claim.attempt),
        lease_until=None,
        nudged_at=None,
        finished_at=timezone.now() if is_end else None,
        **changes,
    )
    if not left:
        raise LeaseLost
    log.info("import_left", state=state)


# -- reading ----------------------------------------------------------------------------------------------------------


def _read(job: Import, claim: Claim) -> None:
    """Read the file into a staging and leave the import ready, unmapped, unchanged or refused."""
    vintage = _new_vintage(job, claim)
    note = job.summary.get("note", "")
    try:
        _read_into(job, claim, vintage, {"note": note} if note else {})
    except Refused as refused:
        discard(vintage)
        found = refused.problem
        columns = {name: job.summary[name] for name in ("columns", "sample") if name in job.summary}
        summary = {**columns, "counts": {found.code: 1}}
        _leave(claim, State.REFUSED, summary=summary, problems=[found.as_dict()])
    except StalePreview:
        _read_again(job, claim)
    except BaseException:
        discard(vintage)
        raise


def _new_vintage(job: Import, claim: Claim) -> int:
    """Give the import the number of a release later than all; a staging left by an earlier attempt goes."""
    if job.vintage:
        discard(job.vintage)
    vintage = reserve_vintage()
    if not IMPORTS.held(claim).update(vintage=vintage, problems=[], rows_read=0):
        raise LeaseLost
    return vintage


def _read_into(job: Import, claim: Claim, vintage: int, summary: dict[str, Any]) -> None:
    table, mapping = _opened(job)
    try:
        summary |= {"format": table.format, "header_line": table.header_line, "columns": list(table.columns)}
        summary["sample"] = [
            [_storable(cell)[:SAMPLE_CHARACTERS] for cell in row] for row in table.sample[:SAMPLE_ROWS]
        ]
        job.summary = summary
        if mapping:
            summary["mapping"] = mapping.as_dict()
        if table.needs_mapping:
            _leave(claim, State.UNMAPPED, summary=summary)
            return
        reading = read(table, codes(), _given(job).options(job.dataset, mapping))
        findings = Findings()
        with Heartbeat(IMPORTS, claim) as heartbeat:
            staged = stage(
                job.dataset,
                _followed(reading, table, heartbeat),
                vintage=vintage,
                findings=findings,
                only_its_partners=_given(job).only_its_partners,
            )
            heartbeat.show(steps_done=READING_PERCENT, rows_read=reading.rows_read)
            comparison = compare(staged, findings)
            heartbeat.check()
    finally:
        table.close()
    summary |= _summary(reading, findings, staged, comparison)
    problems = [found.as_dict() for found in (*findings.kept, *reading.problems)][:PROBLEMS_KEPT]
    state = _outcome(findings, staged, comparison)
    if state != State.READY:
        discard(vintage)
    _leave(claim, state, summary=summary, problems=problems, rows_read=reading.rows_read, steps_done=100)


def _given(job: Import) -> Given:
    return Given.from_json(job.options)


def _opened(job: Import) -> tuple[Table, Mapping | None]:
    """Open the file with the columns as named for it, else as a profile of the dataset names those of its header."""
    given, path = _given(job), Path(job.file.path)
    mapping = _mapping(job.options.get("mapping"))
    table = open_table(path, job.file_name, given.options(job.dataset, mapping))
    if not table.needs_mapping:
        return table, mapping
    profile = ImportProfile.objects.filter(dataset=job.dataset, signature=signature(table.columns)).first()
    mapping = _mapping(profile.mapping) if profile else None
    if mapping is None:
        return table, None
    table.close()
    return open_table(path, job.file_name, given.options(job.dataset, mapping)), mapping


def _mapping(stored: Any) -> Mapping | None:
    if not stored:
        return None
    try:
        return Mapping.from_dict(stored)
    except UnusableMapping as error:  # profiles can be edited by hand; a person is asked again then
        log.warning("mapping_unusable", reason=str(error))
        return None


def _followed(reading: Reading, table: Table, heartbeat: Heartbeat) -> Iterator[bytes]:
    """Pass the chunks on, and tell how far the file is read."""
    total = max(table.bytes_total, 1)
    for chunk in reading:
        heartbeat.check()
        done = min(READING_PERCENT, READING_PERCENT * table.bytes_done // total)
        heartbeat.show(steps_done=done, rows_read=reading.rows_read)
        yield chunk
        if settings.IMPORT_CHUNK_DELAY:
            time.sleep(settings.IMPORT_CHUNK_DELAY)


def _outcome(findings: Findings, staged: Staged, comparison: Comparison) -> str:
    """Return the state that the reading ends in; without a single acceptable row the file is refused."""
    if staged.within is None or findings.refuse_the_file:
        return State.REFUSED
    return State.READY if comparison.changes_anything else State.UNCHANGED


def _summary(reading: Reading, findings: Findings, staged: Staged, comparison: Comparison) -> dict[str, Any]:
    counts = Counter(reading.counts)
    counts.update(findings.counts)
    return {
        "counts": dict(counts),
        "rows": {
            "read": reading.rows_read,
            "rejected": reading.rows_rejected,
            "skipped": reading.rows_skipped,
            "staged": sum(staged.rows.values()),
        },
        "staged": staged.as_json(),
        "new": comparison.new,
        "changed": comparison.changed,
        "unchanged": comparison.unchanged,
        "disappeared": comparison.disappeared,
        "examples": [difference.as_json() for difference in comparison.examples],
    }


# -- publishing -------------------------------------------------------------------------------------------------------


def _publish(job: Import, claim: Claim) -> None:
    """Publish what was confirmed; read the file anew where the dataset has another newest release since."""
    given = _given(job)
    try:
        with transaction.atomic():
            with Heartbeat(IMPORTS, claim):
                release = publish(
                    Staged.from_json(job.summary["staged"]),
                    by=User.objects.filter(pk=job.summary.get("confirmed_by")).first(),
                    status=given.status,
                    published_on=given.published_on,
                    file_name=job.file_name,
                    sha256=job.sha256,
                )
            # The heartbeat has ended: it would wait for the row that this transaction now holds until its end.
            _leave(claim, State.PUBLISHED, release=release, steps_done=100)
    except StalePreview:
        _read_again(job, claim)
    except NothingToPublish:
        _leave(claim, State.UNCHANGED)


def _read_again(job: Import, claim: Claim) -> None:
    """Let the file be read for a new preview, because another release was published since the last one."""
    _leave(claim, State.QUEUED, summary={"note": STALE}, steps_done=0)
    IMPORTS.nudge(job.pk)


def forget(job: Import) -> None:
    """Delete an import that was only looked at, with its staging and file."""
    if job.vintage:
        discard(job.vintage)
    job.delete()
    let_go(job.file.name or "")


def _storable(cell: str) -> str:
    """Return the text as JSON in the database can hold it: without NUL and halves of characters."""
    return cell.replace("\0", " ").encode("utf-8", "replace").decode()
