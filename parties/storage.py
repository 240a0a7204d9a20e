"""Files handed in are stored with the rows that name them, or not at all: storage has no transactions of its own.

What a process that was killed between the file and its row leaves behind is swept up a day later.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import Any

import structlog
from django.apps import apps
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import models, transaction
from django.utils import timezone

log = structlog.get_logger(__name__)

# Longer than any transaction that stores a file and has not committed the row yet, with the upload before it.
UNNAMED_LIFE = timedelta(days=1)

_stored: ContextVar[list[str] | None] = ContextVar("stored", default=None)


class Storage(FileSystemStorage):
    """The storage of all files of records. It tells the transaction around it which files it has stored."""

    def _save(self, name: str, content: Any) -> str:
        kept: str = super()._save(name, content)  # type: ignore[misc]
        stored = _stored.get()
        if stored is not None:
            stored.append(kept)
        return kept


@contextmanager
def atomic_with_files() -> Iterator[None]:
    """Make one transaction of the block, as `transaction.atomic`; what it stored as files goes when it is undone."""
    stored: list[str] = []
    outer = _stored.get()
    token = _stored.set(stored)
    try:
        with transaction.atomic():
            yield
    except BaseException:
        for name in stored:
            default_storage.delete(name)
        raise
    finally:
        _stored.reset(token)
    if outer is not None:
        outer += stored


def sweep(*, is_dry_run: bool = False) -> list[str]:
    """Delete the files of records that no row names and that are older than a day; return their names.

    A row of the history names a file, too: what was removed from a record stays readable there. Only folders in which
    records keep their files are looked through.
    """
    fields = [
        field for model in apps.get_models() for field in model._meta.fields if isinstance(field, models.FileField)
    ]
    folders = {str(field.upload_to).partition("/")[0] for field in fields}
    old = {name for folder in sorted(folders) for name in _stored_before(folder, timezone.now() - UNNAMED_LIFE)}
    for field in fields:
        old.difference_update(field.model._base_manager.order_by().values_list(field.name, flat=True).iterator())
    for name in sorted(old):
        if not is_dry_run:
            default_storage.delete(name)
            log.info("unnamed_file_deleted", name=name)
    return sorted(old)


def _stored_before(folder: str, moment: Any) -> Iterator[str]:
    if not default_storage.exists(folder):
        return
    inner, files = default_storage.listdir(folder)
    for one in inner:
        yield from _stored_before(f"{folder}/{one}", moment)
    for one in files:
        if default_storage.get_modified_time(f"{folder}/{one}") < moment:
            yield f"{folder}/{one}"
