"""The jobs of imports: a file is read in one phase, and published in another once a person has confirmed it."""

from __future__ import annotations

from django.conf import settings

from parties.jobs import Queue
from trade.models import Import

State = Import.State

TASK = "trade.tasks.carry_out_import"
IMPORTS = Queue(
    Import,
    task=TASK,
    argument="import_id",
    phases={State.QUEUED: State.READING, State.CONFIRMED: State.PUBLISHING},
    failed=State.FAILED,
    lease=lambda: settings.IMPORT_LEASE,
    patience=lambda: settings.IMPORT_SWEEP,
)

WORKED_ON = frozenset({State.QUEUED, State.READING, State.CONFIRMED, State.PUBLISHING})
"""A worker has it or will have it: the page asks again how far it is."""
WAITING_FOR_A_PERSON = frozenset({State.UNMAPPED, State.READY})
OPEN = WORKED_ON | WAITING_FOR_A_PERSON
ENDED_WITHOUT_RELEASE = frozenset({State.UNCHANGED, State.REFUSED, State.EXPIRED, State.FAILED})
"""Nothing came of it, but the file is kept for a while to be read again."""
MAY_BE_CANCELLED = OPEN - {State.PUBLISHING}
MAY_BE_MAPPED = WAITING_FOR_A_PERSON | {State.REFUSED}
"""States in which columns can be named, or named otherwise."""
