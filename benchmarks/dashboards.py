"""The figures of dashboards through the program's own functions, against DuckDB over Parquet.

Five questions about one partner: turnover by year and flow; half-years against the year before; the ten chapters
that lead a year; its rank among all partners in every year and flow; and the yearly turnovers that a target is
measured by. Then the explorer's page as a reader first sees it, built anew.
"""

from __future__ import annotations

import datetime as dt
import functools
import gc
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import generator, site
from benchmarks.loading import dataset, settle
from benchmarks.reading import PARTNERS
from benchmarks.report import Table

ROUNDS = 9
FIRST, LAST = dt.date(generator.FIRST_YEAR, 1, 1), dt.date(generator.FIRST_YEAR + generator.YEARS - 1, 12, 1)

IN_DUCKDB = (
    "SELECT year(period), flow, sum(value) FROM rows WHERE partner = $partner GROUP BY ALL",
    """SELECT *, total / lag(total, 2) OVER (PARTITION BY flow ORDER BY year, half) - 1 FROM (
        SELECT year(period) AS year, (month(period) + 5) // 6 AS half, flow, sum(value) AS total
        FROM rows WHERE partner = $partner GROUP BY ALL)""",
    """SELECT left(commodity, 2), sum(value) AS total FROM rows
        WHERE partner = $partner AND year(period) = 2024 GROUP BY ALL ORDER BY total DESC LIMIT 10""",
    """SELECT * FROM (SELECT year, flow, partner, rank() OVER (PARTITION BY year, flow ORDER BY total DESC) FROM (
        SELECT year(period) AS year, flow, partner, sum(value) AS total FROM rows GROUP BY ALL))
        WHERE partner = $partner""",
    "SELECT year(period), sum(value) FROM rows WHERE partner = $partner GROUP BY ALL",
)


@functools.cache
def _dataset() -> Any:
    """The dataset, which a page has read before it asks."""
    return dataset("BENCH")


def ours(partner: str) -> None:
    """Ask the five questions as the pages do."""
    from trade import cube
    from trade.selection import Selection

    whole = {"dataset": _dataset(), "reporter": "RU-TOM", "partners": (partner,), "first": FIRST, "last": LAST}
    cube.series(Selection(**whole, flow="T", by=("flow",), frequency="A"))
    cube.series(Selection(**whole, flow="T", frequency="S"))
    year = {"first": dt.date(2024, 1, 1), "last": dt.date(2024, 12, 1)}
    cube.structure(Selection(**whole | year, flow="T", by=("goods",), level="chapter"))
    cube.ranks(Selection(**whole, flow="T", frequency="A"))
    cube.series(Selection(**whole, flow="T", frequency="A"))


def duckdb_over(twin: Path, folder: Path) -> Callable[[str], None]:
    """Return a function that asks the five questions of DuckDB over a Parquet file of the same rows, warm."""
    import duckdb

    parquet = folder / f"{twin.stem}.parquet"
    columns = "period DATE, line INT, months INT, level INT, reporter TEXT, partner TEXT, flow TEXT, commodity TEXT, "
    columns += "unit TEXT, edition TEXT, status TEXT, value DECIMAL(20,2), net_kg DECIMAL(20,3), quantity DECIMAL(20,3)"
    names = (
        "{"
        + ", ".join(f"'{name}': '{kind}'" for name, __, kind in (one.partition(" ") for one in columns.split(", ")))
        + "}"
    )
    database = duckdb.connect()
    if not parquet.exists():
        database.execute(
            f"COPY (FROM read_csv('{twin}', delim='\t', header=false, nullstr='\\N', columns={names}))"
            f" TO '{parquet}' (FORMAT parquet)"
        )
    database.execute(f"CREATE VIEW rows AS FROM '{parquet}'")

    def ask(partner: str) -> None:
        for question in IN_DUCKDB:
            database.execute(question, {"partner": partner} if "$partner" in question else None).fetchall()

    return ask


def milliseconds(ask: Callable[[str], Any]) -> float:
    gc.collect()
    gc.freeze()  # what earlier measurements have left in this process is not to be looked through
    for partner in PARTNERS[:2]:
        ask(partner)
    found = []
    for number in range(ROUNDS):
        begun = time.perf_counter()
        ask(PARTNERS[number % len(PARTNERS)])
        found.append((time.perf_counter() - begun) * 1000)
    return statistics.median(found)


def page() -> float:
    """Return the milliseconds of the explorer's default view, built anew each time."""
    import http.client

    cookies = site.sign_in("official")
    found = []
    with site.web() as (port, __):
        for number in range(ROUNDS + 3):
            server = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            begun = time.perf_counter()
            server.request("GET", f"/cold-trade/{number}/", headers={"Cookie": cookies})
            answer = server.getresponse()
            answer.read()
            if answer.status != 200:
                raise SystemExit(f"the explorer answers {answer.status}")
            found.append((time.perf_counter() - begun) * 1000)
    return statistics.median(found[3:])


def run(folder: Path, size: int) -> tuple[Table, float, float]:
    """Measure at the loaded size; return the table, and the milliseconds of the figures and of the page."""
    settle()
    table = Table(f"Dashboards at {size:,} observations", ("case", "ms", "ratio", "aim"))
    own, other = milliseconds(ours), milliseconds(duckdb_over(folder / f"{size}.copy", folder))
    shown = page()
    table.add("DuckDB over Parquet, warm connection", f"{other:.1f}", "1.00", "")
    table.add("five figures through the program's functions", f"{own:.1f}", f"{own / other:.3f}", "≤ 0.10")
    table.add("explorer, default view, built anew", f"{shown:.1f}", "", "")
    return table, own, shown
