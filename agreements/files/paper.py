"""What a plan or a report on it says on paper, before it becomes a text or a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class PaperColumn:
    """A column of a table; widths are shares of the line."""

    heading: str
    width: int
    centred: bool = False


@dataclass(frozen=True)
class SectionRow:
    """A row that is one merged cell: the heading of a section."""

    text: str


@dataclass(frozen=True)
class PaperTable:
    """A table with one row of headings. Cells are texts; a line break begins a paragraph."""

    columns: Sequence[PaperColumn]
    rows: Sequence[SectionRow | Sequence[str]]
    heading: str = ""


@dataclass(frozen=True)
class Paper:
    """A landscape sheet: title, lines, a paragraph in words, tables. `name` is that of the sheet of a workbook."""

    name: str
    title: str
    lines: Sequence[str]
    lead: str
    tables: Sequence[PaperTable]
    language: str
