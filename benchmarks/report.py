"""Tables of results, printed as Markdown for RESULTS.md."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Table:
    """One table: a title, its columns, and rows of text."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]] = field(default_factory=list)

    def add(self, *cells: str) -> None:
        self.rows.append(cells)
        print("  " + " | ".join(cells), flush=True)

    def __str__(self) -> str:
        lines = [f"## {self.title}", "", _row(self.columns), _row(tuple("---" for __ in self.columns))]
        return "\n".join([*lines, *map(_row, self.rows), ""])


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"
