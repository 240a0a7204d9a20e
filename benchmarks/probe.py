"""CPU per request of a server and its database, measured turn by turn so that a noisy machine harms all cases alike."""

from __future__ import annotations

import http.client
import itertools
import os
import statistics
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def family(roots: Iterable[int]) -> set[int]:
    """Return the processes and all their descendants."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    known = set(roots)
    while True:
        more = {child for child, parent in parents.items() if parent in known} - known
        if not more:
            return known
        known |= more


def cpu_seconds(processes: Iterable[int]) -> float:
    total = 0
    for process in processes:
        try:
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def memory_pss(processes: Iterable[int]) -> float:
    """Return the proportional set size in MB."""
    total = 0
    for process in processes:
        try:
            rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
        except OSError:
            continue
        total += next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0)
    return total / 1024


@dataclass(frozen=True)
class Case:
    """One kind of request: the path of the n-th one. `port` where another server answers."""

    name: str
    path: Callable[[int], str]
    headers: Mapping[str, str]
    status: int = 200
    port: int | None = None


def measure(
    cases: list[Case], *, port: int, processes: Callable[[], set[int]], rounds: int, requests: int
) -> dict[str, float]:
    """Return the median CPU milliseconds per request of each case.

    `processes` are asked for anew each time: database servers start a process for each connection.
    """
    found: dict[str, list[float]] = {case.name: [] for case in cases}
    numbers = itertools.count()
    for __ in range(rounds):
        for case in cases:
            server = http.client.HTTPConnection("127.0.0.1", case.port or port, timeout=60)
            server.request("GET", case.path(next(numbers)), headers=dict(case.headers))
            server.getresponse().read()  # connections are made before the count begins
            counted = processes()
            before = cpu_seconds(counted)
            for __ in range(requests):
                server.request("GET", case.path(next(numbers)), headers=dict(case.headers))
                answer = server.getresponse()
                answer.read()
                if answer.status != case.status:
                    raise SystemExit(f"{case.name}: {answer.status} instead of {case.status}")
            time.sleep(0.05)  # the kernel books ticks late
            found[case.name].append((cpu_seconds(counted) - before) / requests * 1000)
            server.close()
    return {name: statistics.median(values) for name, values in found.items()}
