"""Files on their way to a reader: few at once, so that threads are left for pages, and none for ever.

The web server writes a file from one of its threads, which waits for the reader: a slow one holds the thread, a
connection and a transaction of the database. So each process sends only `DOWNLOADS_AT_ONCE` files at a time, and a
reader who takes nothing for `IDLE` seconds, or the whole file not in `LONGEST`, is cut off.
"""

from __future__ import annotations

import os
import socket
import stat
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from threading import BoundedSemaphore, Event, Lock, Thread

import psycopg2
import structlog
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from psycopg2.errors import QueryCanceled

IDLE = 60.0
"""Seconds that a reader may leave a chunk untaken."""
LONGEST = 1800.0
"""Seconds that a file may take from its question to its last byte; its queries may take as long."""
RETRY_AFTER = 30
"""Seconds after which to ask again for a file that could not be sent."""
_TICK = 1.0

_places = BoundedSemaphore(settings.DOWNLOADS_AT_ONCE)
log = structlog.get_logger(__name__)


class Busy(Exception):
    """As many files are being sent as this process may send at once."""


class TookTooLong(Exception):
    """The file was not ready, or not taken, in time."""


class Download:
    """Chunks of a file, the first of which is already there: what fails before it is an error like any other.

    It must be closed. Who cuts it off is a thread of its own, since that of the reader waits inside the server: it
    ends the transaction at once, and the chunks end by `TookTooLong` as soon as the reader's thread comes back.
    """

    def __init__(self, begin: Callable[[], Generator[bytes, None, None]], *, port: str = "") -> None:
        """Begin; raise `Busy`, `TookTooLong`, or what `begin` or the first chunk raises.

        port    of the web server, whose connections the kernel is to end when their readers stall
        """
        if not _places.acquire(blocking=False):
            raise Busy
        self._chunks: Generator[bytes, None, None] | None = None
        self._began = time.monotonic()
        self._handed_over: float | None = None
        self._lock, self._closed = Lock(), Event()
        self._is_late = self._has_told = False
        try:
            connection.ensure_connection()
            self._raw = connection.connection
            Thread(target=self._watch, name="download", daemon=True).start()
            end_stalled_connections(port)
            self._chunks = begin()
            self._first: bytes | None = next(self._chunks, b"")
        except BaseException as error:
            self.close()
            if self._is_late:
                raise TookTooLong from error
            raise
        self._handed_over = time.monotonic()

    def __iter__(self) -> Download:
        return self

    def __next__(self) -> bytes:
        if self._chunks is None or self._closed.is_set():
            raise StopIteration
        self._handed_over = None
        try:
            if self._is_late and not self._has_told:
                self._has_told = True
                chunk: bytes = self._chunks.throw(TookTooLong())
            elif self._first is not None:
                chunk, self._first = self._first, None
            else:
                chunk = next(self._chunks)
        except BaseException:
            self.close()
            raise
        self._handed_over = time.monotonic()
        return chunk

    def close(self) -> None:
        """End the reading and leave the place to the next; closing again does nothing."""
        with self._lock:
            if self._closed.is_set():
                return
            self._closed.set()
        try:
            if self._chunks is not None:
                self._chunks.close()
        finally:
            if self._is_late and not connection.in_atomic_block:
                connection.close()  # it was broken off
            _places.release()

    def _watch(self) -> None:
        while not self._closed.wait(_TICK):
            now, since = time.monotonic(), self._handed_over
            if now - self._began > LONGEST or (since is not None and now - since > IDLE):
                self._cut_off()
                return

    def _cut_off(self) -> None:
        """Break the connection to the database: nothing less ends a query that waits for its reader."""
        with self._lock:
            if self._closed.is_set():  # the connection serves another request now
                return
            self._is_late = True
            log.warning("download_cut_off", seconds=round(time.monotonic() - self._began))
            with suppress(psycopg2.Error, OSError), socket.socket(fileno=os.dup(self._raw.fileno())) as to_database:
                to_database.shutdown(socket.SHUT_RDWR)


def took_too_long(error: BaseException) -> bool:
    """Tell whether an answer failed because it took too long."""
    return isinstance(error, (TookTooLong, QueryCanceled)) or isinstance(error.__cause__, QueryCanceled)


def too_many_in_words() -> str:
    return _("As many files are being sent now as may be at once. Ask again in %(seconds)d seconds.") % {
        "seconds": RETRY_AFTER
    }


def too_long_in_words() -> str:
    return _("This took longer than %(minutes)d minutes. Ask for fewer months, partners or goods.") % {
        "minutes": round(LONGEST / 60)
    }


def end_stalled_connections(port: str) -> None:
    """Have the kernel end connections to this port of ours whose peer takes nothing for `IDLE` seconds.

    The server has no such limit, gives no hand on its sockets, and opens them after the program is loaded.
    """
    for name in os.listdir("/proc/self/fd") if port else ():
        with suppress(OSError):
            if not stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                continue
            with socket.socket(fileno=os.dup(int(name))) as one:
                is_tcp = one.family in (socket.AF_INET, socket.AF_INET6) and one.type == socket.SOCK_STREAM
                if is_tcp and str(one.getsockname()[1]) == port:
                    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(IDLE * 1000))
