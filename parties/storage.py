"""Files handed in are stored with the rows that name them, or not at all: storage has no transactions of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.core.files.storage import FileSystemStorage, default_storage
from django.db import transaction

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
