"""Periods: dates known only as exactly as their source states them.

A source says "in 2016", "in the first half of 2024" or "on 15 August 2023". All three are a
`Period`: a first and a last day. What cannot be said more exactly is never made more exact.

Text form (API, files): `2016`, `2024-S1` (half-year), `2024-Q3`, `2024-05`, `2024-05-17`,
`2016/2020-03` (from … to …), `2016/..` (since 2016, open), `../2030` (until).
People may also write `15.08.2023`, `15 августа 2023`, `август 2023`, `1 полугодие 2024`, `III кв. 2024`.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import total_ordering
from typing import Any

from django.contrib.postgres.fields import DateRangeField
from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

DAY = dt.timedelta(days=1)
FIRST_YEAR, LAST_YEAR = 1900, 2100
LONGEST_TEXT = 60  # two dates in words, with room


class Shape(StrEnum):
    """How exactly a period is known."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half-year"
    YEAR = "year"
    RANGE = "range"
    SINCE = "since"
    UNTIL = "until"


class UnreadablePeriod(ValueError):
    """The text is not a period this program can read."""


class NoSuchDate(UnreadablePeriod):
    """The text has the form of a date that no calendar has, such as 31 February."""


@total_ordering
@dataclass(frozen=True)
class Period:
    """A first and a last day, both included; None where the period is open."""

    first: dt.date | None
    last: dt.date | None

    def __post_init__(self) -> None:
        if self.first is None and self.last is None:
            raise UnreadablePeriod("a period needs a first or a last day")
        if self.first and self.last and self.first > self.last:
            raise UnreadablePeriod("a period ends before it begins")

    def __lt__(self, other: Period) -> bool:
        return (self.starts, self.ends) < (other.starts, other.ends)

    @classmethod
    def day(cls, day: dt.date) -> Period:
        return cls(day, day)

    @classmethod
    def months(cls, year: int, month: int, count: int) -> Period:
        """Return `count` whole months that begin with the given one."""
        beyond = month + count - 1
        return cls(dt.date(year, month, 1), dt.date(year + beyond // 12, beyond % 12 + 1, 1) - DAY)

    @classmethod
    def year(cls, year: int) -> Period:
        return cls.months(year, 1, 12)

    @classmethod
    def parse(cls, text: str) -> Period:
        """Return the period that the text names; raise `UnreadablePeriod` otherwise."""
        if len(text) > LONGEST_TEXT or text.count("/") > 1:
            raise UnreadablePeriod(f"not a period: {text[:LONGEST_TEXT]!r}")
        words = " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").lower().split())
        words = _DASHED.sub(r"\1/\2", words)
        if "/" in words:
            head, __, tail = words.partition("/")
            first = None if head == ".." else cls.parse(head).first
            last = None if tail == ".." else cls.parse(tail).last
            return cls(first, last)
        for pattern, build in _FORMS:
            match = pattern.fullmatch(words)
            if match:
                try:
                    period = build(match)
                except KeyError as error:
                    raise UnreadablePeriod(f"not a period: {text!r}") from error
                except ValueError as error:
                    raise NoSuchDate(f"no such date: {text!r}") from error
                _check_years(period)
                return period
        raise UnreadablePeriod(f"not a period: {text!r}")

    @property
    def shape(self) -> Shape:
        if self.first is None:
            return Shape.UNTIL
        if self.last is None:
            return Shape.SINCE
        if self.first == self.last:
            return Shape.DAY
        for shape, count in _WHOLE_MONTHS.items():
            if (self.first.month - 1) % count == 0 and self == Period.months(self.first.year, self.first.month, count):
                return shape
        return Shape.RANGE

    @property
    def starts(self) -> dt.date:
        """First day; for open beginnings the earliest day the program knows."""
        return self.first or dt.date(FIRST_YEAR, 1, 1)

    @property
    def ends(self) -> dt.date:
        """Last day; for open ends the latest day the program knows."""
        return self.last or dt.date(LAST_YEAR, 12, 31)

    @property
    def is_whole_years(self) -> bool:
        """Whether it runs from the first day of a year to the last day of the same or a later one."""
        edges = (self.starts.month, self.starts.day, self.ends.month, self.ends.day)
        return self.first is not None and self.last is not None and edges == (1, 1, 12, 31)

    def overlaps(self, other: Period) -> bool:
        return self.starts <= other.ends and other.starts <= self.ends

    def a_year_before(self) -> Period | None:
        """Return the same months one year earlier; None unless the period is whole months."""
        if self.first is None or self.last is None or self.first.day != 1 or (self.last + DAY).day != 1:
            return None
        count = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        return Period.months(self.first.year - 1, self.first.month, count)

    def __str__(self) -> str:
        first, last = self.first, self.last
        match self.shape:
            case Shape.DAY:
                return f"{first:%Y-%m-%d}"
            case Shape.MONTH:
                return f"{first:%Y-%m}"
            case Shape.QUARTER:
                return f"{first:%Y}-Q{(self.starts.month + 2) // 3}"
            case Shape.HALF_YEAR:
                return f"{first:%Y}-S{1 if self.starts.month == 1 else 2}"
            case Shape.YEAR:
                return f"{first:%Y}"
            case _:
                return f"{first or '..'}/{last or '..'}"


_WHOLE_MONTHS = {Shape.MONTH: 1, Shape.QUARTER: 3, Shape.HALF_YEAR: 6, Shape.YEAR: 12}
_MONTH_STEMS = ("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
_MONTHS_EN = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_YEAR_TAIL = r"(?: ?(?:гг?\.?|годы|годов|года|год|году))?"
_DASHED = re.compile(r"^(\d{4}|\d{1,2}\.\d{1,2}\.\d{4}) ?[-–—] ?(\d{4}|\d{1,2}\.\d{1,2}\.\d{4})(?=" + _YEAR_TAIL + "$)")
"""A span as people write it: 2025–2027 гг., 01.03.2025–31.12.2026."""


def _month(word: str) -> int:
    for names in (_MONTH_STEMS, _MONTHS_EN):
        for number, stem in enumerate(names, start=1):
            if word.startswith(stem):
                return number
    raise KeyError(word)


def _check_years(period: Period) -> None:
    for day in (period.first, period.last):
        if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise UnreadablePeriod(f"the year must lie between {FIRST_YEAR} and {LAST_YEAR}")


_FORMS: tuple[tuple[re.Pattern[str], Any], ...] = (
    (re.compile(r"(\d{4})" + _YEAR_TAIL), lambda m: Period.year(int(m[1]))),
    (re.compile(r"(\d{4})-(\d{2})"), lambda m: Period.months(int(m[1]), int(m[2]), 1)),
    (re.compile(r"(\d{4})-(\d{2})-(\d{2})"), lambda m: Period.day(dt.date(int(m[1]), int(m[2]), int(m[3])))),
    (re.compile(r"(\d{4})-q([1-4])"), lambda m: Period.months(int(m[1]), int(m[2]) * 3 - 2, 3)),
    (re.compile(r"(\d{4})-[sh]([12])"), lambda m: Period.months(int(m[1]), int(m[2]) * 6 - 5, 6)),
    (
        re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})" + _YEAR_TAIL),
        lambda m: Period.day(dt.date(int(m[3]), int(m[2]), int(m[1]))),
    ),
    (
        re.compile(r"([1-4]|i{1,3}|iv)(?:-й)? кв(?:артал)?\.? (\d{4})" + _YEAR_TAIL),
        lambda m: Period.months(int(m[2]), _ROMAN[m[1]] * 3 - 2, 3),
    ),
    (
        re.compile(r"([12]|i{1,2})(?:-е)? полугодие (\d{4})" + _YEAR_TAIL),
        lambda m: Period.months(int(m[2]), _ROMAN[m[1]] * 6 - 5, 6),
    ),
    (
        re.compile(r"(\d{1,2}) ([а-яёa-z]+)\.? (\d{4})" + _YEAR_TAIL),
        lambda m: Period.day(dt.date(int(m[3]), _month(m[2]), int(m[1]))),
    ),
    (
        re.compile(r"([а-яё]{3,}|[a-z]{3,})\.? (\d{4})" + _YEAR_TAIL),
        lambda m: Period.months(int(m[2]), _month(m[1]), 1),
    ),
)


class PeriodField(DateRangeField):
    """A `Period` stored as one PostgreSQL `daterange`."""

    description = _("A day, month, quarter, half-year, year or other span of days")

    def from_db_value(self, value: DateRange | None, *args: object) -> Period | None:
        if value is None:
            return None
        return Period(value.lower, value.upper - DAY if value.upper else None)

    def to_python(self, value: Any) -> Period | None:
        if value is None or value == "":
            return None
        if isinstance(value, Period):
            return value
        try:
            return Period.parse(str(value))
        except UnreadablePeriod as error:
            raise ValidationError(
                _("Cannot read “%(value)s” as a date or period. Write for example 15.08.2023, 2024-S1 or 2024."),
                code="invalid",
                params={"value": value},
            ) from error

    def get_prep_value(self, value: Any) -> DateRange | None:
        if isinstance(value, DateRange):  # used by range look-ups
            return value
        if isinstance(value, dt.date):
            return value
        period = self.to_python(value)
        if period is None:
            return None
        return DateRange(period.first, period.last + DAY if period.last else None)

    def value_to_string(self, obj: Any) -> str:
        return str(self.value_from_object(obj) or "")

    def formfield(self, **kwargs: Any) -> Any:
        from parties.forms import PeriodFormField

        return super(DateRangeField, self).formfield(**{"form_class": PeriodFormField, **kwargs})
