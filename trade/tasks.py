"""Celery tasks of trade. Each calls one operation; all may run twice or late without harm."""

from __future__ import annotations

import uuid

from celery import shared_task

from trade import undos
from trade.imports import operations, work
from trade.imports.queue import TASK

# Five million rows take minutes; the limits end only what hangs. Further messages about an import that is worked
# on, which the broker sends after its visibility timeout, find nothing to take.
SOFT_LIMIT, HARD_LIMIT = 4 * 3600, 4 * 3600 + 60


@shared_task(name=TASK, soft_time_limit=SOFT_LIMIT, time_limit=HARD_LIMIT)
def carry_out_import(*, import_id: str) -> None:
    work.carry_out(import_id=uuid.UUID(import_id))


@shared_task(name=undos.TASK, soft_time_limit=SOFT_LIMIT, time_limit=HARD_LIMIT)
def carry_out_undo(*, undo_id: str) -> None:
    undos.carry_out(undo_id=uuid.UUID(undo_id))


@shared_task(name="trade.tasks.sweep_imports", expires=60)
def sweep_imports() -> None:
    operations.sweep()
    undos.sweep()
