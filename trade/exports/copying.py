"""Bytes from `COPY … TO STDOUT`, while they come: one statement, one snapshot, and as much memory for any size."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Generator, Mapping, Sequence
from contextlib import suppress
from threading import Thread
from typing import Any

import psycopg2
from django.db import connection

from trade.exports import downloads

CHUNK = 1 << 16
_PIPE = 1 << 20
_TIMEOUT, _TIMEOUT_HERE = "SET statement_timeout = %s", "SET LOCAL statement_timeout = %s"


def copied(statement: str) -> Generator[bytes, None, None]:
    """Return what the statement writes, in chunks; they raise what the database raised.

    The driver writes from a thread of its own into a pipe. A reader who leaves early closes the connection:
    one whose copy was broken off cannot be used further.
    """
    connection.ensure_connection()
    return _chunks(connection.connection, statement)  # that of this thread: others may read the chunks


def _chunks(raw: Any, statement: str) -> Generator[bytes, None, None]:
    read_end, write_end = os.pipe()
    with suppress(OSError):  # larger pipes mean fewer changes between the threads; not everywhere allowed
        fcntl.fcntl(write_end, fcntl.F_SETPIPE_SZ, _PIPE)
    failures: list[BaseException] = []

    def write() -> None:
        try:
            with os.fdopen(write_end, "wb", buffering=CHUNK) as pipe, raw.cursor() as cursor:
                cursor.execute(_TIMEOUT, [_milliseconds()])
                cursor.copy_expert(statement, pipe)
        except BaseException as failure:  # handed to the reader
            failures.append(failure)

    writer = Thread(target=write, name="copy", daemon=True)
    writer.start()
    finished = False
    try:
        with os.fdopen(read_end, "rb", buffering=0) as pipe:
            while chunk := pipe.read(CHUNK):
                yield chunk
            finished = True
    finally:
        if not finished and writer.is_alive():
            with suppress(psycopg2.Error):
                raw.cancel()
        writer.join()
        if not finished and failures:
            raw.close()
            if connection.connection is raw:
                connection.close()
        else:
            with suppress(psycopg2.Error), raw.cursor() as cursor:  # a transaction that failed takes it back itself
                cursor.execute("RESET statement_timeout")
    if failures:
        raise failures[0]


def limit_time() -> None:
    """Let the queries of the transaction take as long as a download may (1 query)."""
    with connection.cursor() as cursor:
        cursor.execute(_TIMEOUT_HERE, [_milliseconds()])


def _milliseconds() -> str:
    return f"{round(downloads.LONGEST * 1000)}ms"


def mogrified(statement: str, values: Sequence[object] | Mapping[str, object]) -> str:
    """Return the statement with its values in it: COPY takes none."""
    with connection.cursor() as cursor:
        text: bytes = cursor.cursor.mogrify(statement, values)
    return text.decode()
