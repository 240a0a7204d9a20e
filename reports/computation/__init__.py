"""The content of a yearly report, computed from the data and the year alone.

The report of a year states what the sources say of that year, and no more. Everything is as of
31 December of the year, and the day of computation has no part in it: the same data give the same
content, to the byte. A text that was published later but speaks of the year counts. Example rows
never enter a report, because its versions are kept for ever and examples are not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from documents.models import Source
from parties.models import Partnership
from reports.computation.agreements import agreements, measures
from reports.computation.encoding import Json, both, canonical, collected, content_hash, period_text
from reports.computation.meetings import meetings
from reports.computation.missing import missing
from reports.computation.projects import projects
from reports.computation.trade import trade

__all__ = ["SECTIONS", "canonical", "compute", "content_hash"]

SECTIONS = ("agreements", "measures", "meetings", "trade", "projects", "missing", "sources")
FORMAT = 1


def _nothing_to_do(section: str) -> None:
    """Stand in for a listener who does not care."""


def compute(partnership: Partnership, year: int, done: Callable[[str], None] = _nothing_to_do) -> Json:
    """Return the content of the report as JSON data; call `done` with each section's name as it is ready.

    Reads only, with the same number of queries for any number of rows. To read one state of the
    data, call it within `snapshots.snapshot()`.
    """
    known = {source.code or "": source for source in Source.objects.filter(is_example=False).order_by("code")}
    sections: Json = {}
    steps: dict[str, Callable[[], object]] = {
        "agreements": lambda: agreements(partnership, year, known),
        "measures": lambda: measures(partnership, year),
        "meetings": lambda: meetings(partnership, year),
        "trade": lambda: trade(partnership, year),
        "projects": lambda: projects(partnership, year, known),
        "missing": lambda: missing(partnership, year, sections),
        "sources": lambda: _sources(sections, known),
    }
    for name in SECTIONS:
        sections[name] = steps[name]()
        done(name)
    return {
        "format": FORMAT,
        "partnership": {
            "code": partnership.code,
            "name": both(partnership, "name"),
            "home_side": both(partnership, "home_side"),
            "partner_side": both(partnership, "partner_side"),
        },
        "year": year,
        "as_of": dt.date(year, 12, 31).isoformat(),
        "fact_ids": sorted(collected(sections, "fact_ids")),
        **sections,
    }


def _sources(sections: Json, known: dict[str, Source]) -> list[Json]:
    return [
        {
            "code": code,
            "page": known[code].get_absolute_url(),
            "title": both(known[code], "title"),
            "publisher": both(known[code], "publisher"),
            "published": period_text(known[code].published),
        }
        for code in sorted(collected(sections, "source_codes"))
        if code in known
    ]
