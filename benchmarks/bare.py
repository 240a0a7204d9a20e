"""What pages of observations are measured against: a bare application without any check, and without Django."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

import psycopg2

PAGE = 1000
# The columns of our own answer, as the database writes them itself.
BARE = f"""
    SELECT coalesce(json_agg(page), '[]')::text FROM (
        SELECT period, months, reporter, partner, flow, commodity, level, unit, edition, status,
               value::text, net_kg::text, quantity::text, opened, line
        FROM trade_observation
        WHERE dataset_id = %s AND partner = %s AND period >= %s AND period < %s AND closed IS NULL
        ORDER BY dataset_id, period, partner, flow, commodity, unit, months, reporter
        LIMIT {PAGE}
    ) AS page
"""

_connection: Any = None


def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """A WSGI application that passes on PostgreSQL's own JSON."""
    global _connection
    if environ["PATH_INFO"] == "/health/live":
        start("200 OK", [])
        return [b""]
    if _connection is None:
        _connection = psycopg2.connect(os.environ["DATABASE_URL"])
        _connection.autocommit = True
    asked = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
    year = int(asked["year"])
    with _connection.cursor() as cursor:
        cursor.execute(BARE, [asked["dataset"], asked["partner"], f"{year}-01-01", f"{year + 1}-01-01"])
        body = cursor.fetchone()[0].encode()
    start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
