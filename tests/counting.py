"""Counting the queries of a page that nobody has seen yet."""

from __future__ import annotations

from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import documents.queries


def queries(client: Client, path: str) -> int:
    """Return how many queries the content of a page takes; the session and the user are known."""
    cache.clear()
    documents.queries.forget()
    client.get("/accessibility/")
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)
