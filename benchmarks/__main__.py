"""Measure the program: `python -m benchmarks [overview] [search] [plans] [trade]`.

Trade is measured at `--rows` observations; what must not grow with them also at `--small` and `--large`.

Every figure is a ratio to a reference taken in the same run, turn by turn, on the same data. The tables are
printed as Markdown; those of record stand in RESULTS.md.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks import site
from benchmarks.report import Table


def trade(folder: Path, size: int, small: int, large: int) -> list[Table]:
    """Everything about trade at the size, and what must not depend on it also at a small and a large size."""
    from benchmarks import dashboards, generator, loading, reading  # these need the settings

    tables = [loading.run(folder, small, rounds=3)]
    __, figures_small, page_small = dashboards.run(folder, small)
    tables += [loading.run(folder, size, rounds=2), loading.one_month(folder, size, rounds=5)]
    tables.append(loading.memory_by_size(folder, (small, size)))
    table, figures, page = dashboards.run(folder, size)
    tables += [table, reading.pages(), reading.beside_datasette(folder, size), reading.exports()]
    growth = Table(f"Growth from {small:,} observations", ("case", "ratio", "aim"))
    sizes = [(size, figures, page)]
    if large > size:
        generator.write(folder / f"{large}.tsv", large)
        loading.forget("BENCH")
        loading.import_file(folder / f"{large}.tsv", "BENCH")
        sizes.append((large, dashboards.milliseconds(dashboards.ours), dashboards.page()))
    for rows, figures_then, page_then in sizes:
        growth.add(f"five figures of dashboards at {rows:,}", f"{figures_then / figures_small:.2f}", "≤ 1.3")
        growth.add(f"explorer, default view at {rows:,}", f"{page_then / page_small:.2f}", "≤ 1.3")
    return [*tables, growth]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("suites", nargs="*", default=["overview", "search", "plans", "trade"], help="all by default")
    arguments.add_argument("--rows", type=int, default=5_000_000)
    arguments.add_argument("--small", type=int, default=1_000_000)
    arguments.add_argument("--large", type=int, default=20_000_000, help="0 leaves it out")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, site.servers():
        from benchmarks import overview, plans, search  # these need the settings

        tables = [overview.run()] if "overview" in given.suites else []
        tables += plans.run() if "plans" in given.suites else []
        if "trade" in given.suites:
            tables += trade(Path(folder), given.rows, given.small, given.large)
        if "search" in given.suites:  # last: its hundred thousand objects stand in the lists of others
            tables += [search.run()]
    print()
    print("\n".join(map(str, tables)))


if __name__ == "__main__":
    main()
