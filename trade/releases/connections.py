"""A second connection to the database, for work that goes on beside that of the first."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager

from django.db import connection


@contextmanager
def second_connection() -> Iterator[Executor]:
    """Give a thread with a database connection of its own, which does one thing after another.

    It sees what the first one has committed; within a transaction of that it is of no use.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="beside") as beside:
        try:
            yield beside
        finally:
            beside.submit(lambda: connection.close())  # the proxy is to be asked in that thread
