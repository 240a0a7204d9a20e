"""Measure the program: `python -m benchmarks [overview] [search] [plans] [trade] [--rows 5000000] [--small 1000000]`.

Every figure is a ratio to a reference taken in the same run, turn by turn, on the same data. The tables are
printed as Markdown; those of record stand in RESULTS.md.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks import site
from benchmarks.report import Table


def trade(folder: Path, size: int, small: int) -> list[Table]:
    """Everything about trade at the size, and what must not depend on it also at a small size."""
    from benchmarks import dashboards, loading, reading  # these need the settings

    tables = [loading.run(folder, small, rounds=3)]
    __, figures_small, page_small = dashboards.run(folder, small)
    tables += [loading.run(folder, size, rounds=2), loading.one_month(folder, size, rounds=5)]
    tables.append(loading.memory_by_size(folder, (small, size)))
    table, figures, page = dashboards.run(folder, size)
    growth = Table(f"From {small:,} to {size:,} observations", ("case", "ratio", "aim"))
    growth.add("five figures of dashboards", f"{figures / figures_small:.2f}", "≤ 1.3")
    growth.add("explorer, default view", f"{page / page_small:.2f}", "≤ 1.3")
    tables += [table, growth, reading.pages(), reading.beside_datasette(folder, size), reading.exports()]
    return tables


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("suites", nargs="*", default=["overview", "search", "plans", "trade"], help="all by default")
    arguments.add_argument("--rows", type=int, default=5_000_000)
    arguments.add_argument("--small", type=int, default=1_000_000)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, site.servers():
        from benchmarks import overview, search  # these need the settings

        tables = [overview.run()] if "overview" in given.suites else []
        tables += [search.run()] if "search" in given.suites else []
        if "plans" in given.suites:
            from benchmarks import plans

            tables += plans.run()
        if "trade" in given.suites:
            tables += trade(Path(folder), given.rows, given.small)
    print()
    print("\n".join(map(str, tables)))


if __name__ == "__main__":
    main()
