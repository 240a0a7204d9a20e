"""Celery tasks of all apps."""

from __future__ import annotations

from celery import shared_task

from parties import storage


@shared_task(name="parties.tasks.sweep_files", expires=3600)
def sweep_files() -> None:
    storage.sweep()
