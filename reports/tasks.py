"""Celery tasks of reports. Each calls one operation; all may run twice or late without harm."""

from __future__ import annotations

import uuid
from typing import Any

from celery import shared_task
from celery.signals import heartbeat_sent
from django.core.cache import cache

from parties.models import Partnership
from reports import operations

WORKER_ALIVE = "worker-alive"
WORKER_ALIVE_SECONDS = 15


@heartbeat_sent.connect
def tell_that_a_worker_is_alive(**kwargs: Any) -> None:
    """Leave a sign of life for the readiness page; a worker's main process beats every two seconds."""
    cache.set(WORKER_ALIVE, True, WORKER_ALIVE_SECONDS)


@shared_task(name=operations.COMPUTE_TASK)
def compute(*, run_id: str) -> None:
    operations.carry_out(run_id=uuid.UUID(run_id))


@shared_task(name="reports.tasks.sweep", expires=60)
def sweep() -> None:
    operations.sweep()


@shared_task(name="reports.tasks.request_known_years")
def request_known_years() -> None:
    for partnership in Partnership.objects.filter(is_example=False):
        operations.request_known_years(partnership=partnership)
