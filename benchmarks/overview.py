"""CPU of the overview page against a floor page.

Floor: the same middleware, twelve times SELECT 1, a constant body. Cold: the content of the
page is built anew. Warm: the content comes from the cache. Unchanged: 304 by ETag. All signed in.
"""

from __future__ import annotations

import http.client

from benchmarks import site
from benchmarks.probe import Case, family, measure
from benchmarks.report import Table

ROUNDS, REQUESTS = 7, 250


def etag(port: int, cookies: str) -> str:
    server = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    server.request("GET", "/", headers={"Cookie": cookies})
    answer = server.getresponse()
    answer.read()
    return str(answer.headers["ETag"])


def run() -> Table:
    cookies = site.sign_in("official")
    with site.web() as (port, process):
        known = etag(port, cookies)
        for __ in range(5):  # let connections and templates warm up
            etag(port, cookies)
        signed_in = {"Cookie": cookies}
        cases = [
            Case("floor", lambda __: "/floor/", {}),
            Case("overview, cold", lambda number: f"/cold/{number}/", signed_in),
            Case("overview, warm", lambda __: "/", signed_in),
            Case("overview, unchanged", lambda __: "/", {**signed_in, "If-None-Match": known}, status=304),
        ]
        result = measure(
            cases,
            port=port,
            processes=lambda: family({process, site.postmaster()}),
            rounds=ROUNDS,
            requests=REQUESTS,
        )
    table = Table("Overview page, CPU per request", ("case", "CPU ms", "× floor"))
    for name, milliseconds in result.items():
        table.add(name, f"{milliseconds:.2f}", f"{milliseconds / result['floor']:.2f}")
    return table
