"""Folders that the services need: short private ones for sockets, and locked data folders."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from cooperation.embedded.processes import CannotStart

_PREFIX = "cooperation-"
# A socket's path has at most 107 bytes, and it travels in addresses, so it stays short and plain.
_SHORT_AND_PLAIN = re.compile(r"[\w./-]{1,60}", re.ASCII)
_GRACE = 60


def locked(path: Path) -> IO[bytes] | None:
    """Open the file and lock it for this process, or return None when another process holds it."""
    file = path.open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


@contextmanager
def private_folder() -> Iterator[Path]:
    """Yield a new short folder of this process, removed afterwards.

    A process that is killed cannot remove its folder; the next one does, because the lock in it is free.
    """
    root = Path(tempfile.gettempdir())
    if not _SHORT_AND_PLAIN.fullmatch(str(root)):
        root = Path("/", "tmp")
    _sweep(root)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=root))
    # As root the database server runs under another account and must pass through to its own folder.
    folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    lock = locked(folder / "lock")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if lock:
            lock.close()


def _sweep(root: Path) -> None:
    """Remove the folders of processes that were killed."""
    for folder in root.glob(f"{_PREFIX}*"):
        try:
            state = folder.lstat()
            if state.st_uid != os.geteuid() or time.time() - state.st_mtime < _GRACE:
                continue
            lock = locked(folder / "lock") if (folder / "lock").exists() else None
        except OSError:
            continue
        if lock:
            shutil.rmtree(folder, ignore_errors=True)
            lock.close()


@contextmanager
def held(data: Path) -> Iterator[None]:
    """Hold the data folder for this process; refuse when another one has it."""
    lock = locked(data / "lock")
    if lock is None:
        raise CannotStart(f"{data} is in use by a running instance. Stop it, or set another DATA_DIR.")
    with lock:
        yield
