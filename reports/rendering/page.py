"""What a report's page consists of: sections, groups and lines, each line with its sources."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from parties import formatting
from parties.naming import interface_language, other_language
from parties.periods import Period

Json = dict[str, Any]


@dataclass(frozen=True)
class Citation:
    """A source, shown by its code and read out by its title."""

    code: str
    address: str
    title: str


@dataclass(frozen=True)
class Line:
    """One statement: a text that links to its row, a value or state set apart, and details below."""

    text: str
    address: str = ""
    value: str = ""
    details: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()
    fact_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """Lines of one kind under a title of their own."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Section:
    """A part of the report. `headline` is a sentence that says what is found; `name` says what it is about."""

    anchor: str
    name: str
    headline: str
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class ReportPage:
    """A whole report, ready to be shown."""

    year: int
    title: str
    headline: str
    as_of: dt.date
    sections: tuple[Section, ...]
    sources: tuple[Line, ...]


class Citations:
    """The sources of one report, by code."""

    def __init__(self, sources: Iterable[Json]) -> None:
        self.by_code = {
            source["code"]: Citation(source["code"], source["page"], in_language(source["title"])) for source in sources
        }

    def line(self, row: Json, text: str, value: str = "", details: Iterable[str] = ()) -> Line:
        """Return a line about a row, with the row's page, sources and facts."""
        cited = tuple(self.by_code[code] for code in row.get("source_codes", ()) if code in self.by_code)
        kept = tuple(detail for detail in details if detail)
        return Line(text, row.get("page", ""), value, kept, cited, tuple(row.get("fact_ids", ())))


def in_language(names: dict[str, str]) -> str:
    """Return the name in the reader's language, or the other one where it is missing."""
    language = interface_language()
    return names[language] or names[other_language(language)]


def short_name(organisation: Json) -> str:
    return in_language(organisation["short_name"]) or in_language(organisation["name"])


def period_words(text: str | None) -> str:
    return formatting.period(Period.parse(text)) if text else ""


def groups(*parts: tuple[str, Iterable[Line]]) -> tuple[Group, ...]:
    """Return the groups that have lines."""
    made = (Group(title, tuple(lines)) for title, lines in parts)
    return tuple(group for group in made if group.lines)
