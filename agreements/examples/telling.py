"""The shape in which an example plan is told: its days count from the day of loading, so that it never looks old."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

Both = tuple[str, str]
"""A text in Russian and in English."""


class Story(Enum):
    """What became of a measure."""

    DONE = "done before its last day"
    LATE = "done after its last day"
    REPORTED = "under way, with a new note"
    SILENT = "nothing was heard for more than half a year"
    UNHEARD = "nothing was ever heard"
    MOVED = "postponed twice, with a new note"
    JUDGED = "a person set another status than the rule would"
    DROPPED = "dropped by a decision"
    MISSED = "a yearly measure of which a year was missed"


@dataclass(frozen=True)
class Counted:
    """An indicator: target and actual value of each year of the plan, and the value of the year before it."""

    name: Both
    unit: Both
    baseline: int
    values: tuple[tuple[int, int | None], ...]


@dataclass(frozen=True)
class ExampleMeasure:
    """A measure with what became of it.

    `when` is `yearly`, `permanent`, or a kind of period with an offset in such periods from now: `day+45`, `month-2`,
    `quarter+1`, `half-1`, `year+0`; `span-6+9` is from six months ago to in nine months. `who` are codes of
    organisations; the first of each side leads.
    """

    text: Both
    when: str
    who: str
    story: Story
    area: str = ""
    articles: str = ""
    note: str = ""
    percent: int | None = None
    evidence: str = ""
    indicator: Counted | None = None


@dataclass(frozen=True)
class ExamplePlan:
    """A plan: years from this one to its first and last, articles (number, text), sections with their measures."""

    agreement: str
    title: Both
    years: tuple[int, int]
    articles: tuple[tuple[str, str, str], ...]
    sections: tuple[tuple[str, tuple[ExampleMeasure, ...]], ...]
