"""Deadlines as plans write them: «до 1 марта 2025 г.», «II–III кварталы 2025 г.», «ежегодно», “2025 to 2027”.

A text is read into a period and whether the duty recurs, and written back from them: `deadline_of(written(x)) == x`.
What the program cannot keep exactly is refused with what to write instead, never made to fit.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agreements.models import Recurrence
from parties import formatting
from parties.naming import interface_language
from parties.periods import NoSuchDate, Period, Shape, UnreadablePeriod


class UnreadableDeadline(Exception):
    """The text is no deadline that can be kept. `advice` says what to write."""

    def __init__(self, message: str | Promise, advice: str | Promise) -> None:
        super().__init__(message)
        self.message, self.advice = message, advice


@dataclass(frozen=True)
class Deadline:
    """What a plan's column of deadlines says of one measure."""

    period: Period | None
    recurrence: str = Recurrence.ONCE


_LONGEST = 200
_EXAMPLES = _(
    "Write for example “до 1 марта 2025 г.”, “II квартал 2025 г.”, “2025–2027 гг.”, “ежегодно” or “постоянно”."
)
_BY_YEARS = _(
    "Write “ежегодно” or “постоянно”, with years where they are not those of the plan,"
    " and name the day or month in the text of the measure."
)
_NOT_WHOLE_YEARS = _("A yearly or permanent duty is kept by whole years, so this day or month would be lost.")
_YEARLY = re.compile(r"ежегодно|каждый год|раз в год|yearly|every year|annually|each year")
_PERMANENT = re.compile(
    r"постоянно|на постоянной основе|бессрочно|permanent(?:ly)?|continuous(?:ly)?|ongoing|on a permanent basis"
)
_OTHER_RHYTHM = re.compile(
    r"\b(?:ежекварт|ежемес|еженед|ежедн|раз в (?!год)|два раза|quarterly|monthly|weekly|daily|every (?!year))"
)
_NO_DATE = re.compile(
    r"по отдельн|по согласован|по мере|по плану|по графику|при наличии|согласно|to be agreed|by agreement|as needed|tbd"
)
_WHOLE_PLAN = re.compile(
    r"(?:в течение|на|за)? ?(?:всего )?(?:срока?|периода?|весь период)(?: действия| реализации| выполнения)?(?: плана)?"
    r"|(?:for )?the (?:whole )?(?:period|term) of the plan"
)
_LEADING = re.compile(
    r"(?:не позднее|до конца|к концу|в течение|в срок до|срок до|до|к|в|во|на|by the end of|not later than|during"
    r"|until|by|in|on|the|within) "
)
_YEAR = r"(\d{4})"
_YEAR_MARK = r"(?: ?(?:гг?\.?|года|годы|годов|год|году))?"
_DASH = "[-/]"
_ORDINALS = {
    "первый": "i", "первого": "i", "первом": "i", "первое": "i", "второй": "ii", "второго": "ii", "втором": "ii",
    "второе": "ii", "третий": "iii", "третьего": "iii", "третьем": "iii", "четвертый": "iv", "четвертого": "iv",
    "четвертом": "iv", "first": "i", "second": "ii", "third": "iii", "fourth": "iv",
}  # fmt: skip
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_QUARTER = r"кв(?:артал(?:а|е|ы|ов|ах)?)?\.?"
_HALF = r"полугоди(?:е|я|и)"


def deadline_of(text: str, *, plan: Period | None = None) -> Deadline:
    """Return the deadline that the text states; `plan` is the period of its plan, for texts that refer to it.

    Raise `UnreadableDeadline` where the text states none, or one that cannot be kept exactly.
    """
    if len(text) > _LONGEST:
        raise UnreadableDeadline(_("The deadline is longer than 200 characters."), _EXAMPLES)
    words = _normal(text)
    if not words:
        raise UnreadableDeadline(_("The deadline is missing."), _EXAMPLES)
    for pattern, recurrence in ((_YEARLY, Recurrence.YEARLY), (_PERMANENT, Recurrence.PERMANENT)):
        found = pattern.search(words)
        if found:
            rest = (words[: found.start()] + words[found.end() :]).strip(" ,;()")
            return _recurring(recurrence, rest, plan)
    if _OTHER_RHYTHM.search(words):
        raise UnreadableDeadline(
            _("A duty can recur every year, not more often."),
            _("Write “ежегодно” or “постоянно”, and name the months in the text of the measure."),
        )
    if _NO_DATE.search(words):
        raise UnreadableDeadline(_("This states no date."), _EXAMPLES)
    return Deadline(_period(words, plan))


def _normal(text: str) -> str:
    words = text.translate(str.maketrans("–—‑−\u00a0\u202fё", "----  е")).lower()
    words = re.sub(r" ?- ?", "-", " ".join(words.split())).strip(" .,;")
    return re.sub(r"[а-яa-z]+", lambda word: _ORDINALS.get(word[0], word[0]), words)


def _recurring(recurrence: Recurrence, rest: str, plan: Period | None) -> Deadline:
    if rest:
        return Deadline(_years(rest, plan), recurrence)
    if recurrence == Recurrence.PERMANENT:
        return Deadline(None, recurrence)
    if plan is None:
        raise UnreadableDeadline(
            _("The years are missing."), _("Write them after the word, for example “ежегодно, 2025–2027 гг.”.")
        )
    return Deadline(plan, recurrence)


def _years(words: str, plan: Period | None) -> Period:
    """Return the span in which a duty recurs: whole years, because it is due by the end of each."""
    try:
        period = _period(words, plan)
    except UnreadableDeadline as error:
        names_no_year = not re.search(r"\d{4}", words) and re.search(r"\d|[а-яa-z]{3,}", words)
        raise UnreadableDeadline(_NOT_WHOLE_YEARS if names_no_year else error.message, _BY_YEARS) from error
    if (period.starts.month, period.starts.day) != (1, 1) or (period.ends.month, period.ends.day) != (12, 31):
        raise UnreadableDeadline(_NOT_WHOLE_YEARS, _BY_YEARS)
    return period


def _period(words: str, plan: Period | None) -> Period:
    if plan is not None and _WHOLE_PLAN.fullmatch(words):
        return plan
    shorter, previous = words, ""
    while shorter != previous:
        previous, shorter = shorter, _LEADING.sub("", shorter, count=1) if _LEADING.match(shorter) else shorter
    for candidate in (words, shorter):
        try:
            period = _span(candidate) or Period.parse(candidate)
            if period.first and period.last:
                return period
        except NoSuchDate as error:
            raise UnreadableDeadline(_("The calendar has no such date."), _EXAMPLES) from error
        except (UnreadablePeriod, KeyError, ValueError):
            continue
    if plan is not None and plan.shape is Shape.YEAR and not re.search(r"\d{4}", shorter):
        year = f"{plan.starts.year}"
        if shorter in {"года", "год", "year"}:
            return plan
        return _period(f"{shorter} {year}", None)
    if not re.search(r"\d{4}", words):
        raise UnreadableDeadline(_("The year is missing."), _EXAMPLES)
    raise UnreadableDeadline(_("This cannot be read as a deadline."), _EXAMPLES)


def _span(words: str) -> Period | None:
    """Return a period of several parts («II–III кварталы 2025 г.»), or one that `Period.parse` cannot read."""
    for pattern, build in _SPANS:
        match = pattern.fullmatch(words)
        if match:
            return build(match)
    return None


def _parts(first: str, last: str, year: str, months: int) -> Period:
    start, end = _ROMAN[first], _ROMAN[last or first]
    if start > end or end * months > 12:
        raise UnreadablePeriod(f"no such part of a year: {first} to {last}")
    return Period.months(int(year), (start - 1) * months + 1, (end - start + 1) * months)


def _months(first: str, last: str, year: str) -> Period:
    start, end = Period.parse(f"{first} {year}"), Period.parse(f"{last} {year}")
    return Period(start.first, end.last)


def _days(first: str, last: str) -> Period:
    """Return the span between two days, of which the first may leave out what the second states."""
    end = Period.parse(last)
    tail = last
    for __ in range(3):
        try:
            return Period(Period.parse(first).first, end.last)
        except UnreadablePeriod:
            # “с 1 по 15 марта 2025 г.”: the first day takes over the month and the year, or the year alone.
            tail = re.sub(r"^[^ .]+[ .]", "", tail, count=1)
            first, joined = first.strip(" ."), "." if re.fullmatch(r"[\d.]+", last) else " "
            candidate = f"{first}{joined}{tail}"
            try:
                return Period(Period.parse(candidate).first, end.last)
            except UnreadablePeriod:
                continue
    raise UnreadablePeriod(first)


_NUMERAL = r"(i{1,3}|iv|[1-4])(?:-?(?:й|го|м|е|я|ый|ой|ий))?"
_ROMANS = rf"{_NUMERAL}(?:(?:{_DASH}| и |, ?| to | and ){_NUMERAL})?"
_SPANS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Period]], ...] = (
    (re.compile(rf"{_YEAR}{_YEAR_MARK}(?:{_DASH}| и |, ?| to | по | and ){_YEAR}{_YEAR_MARK}"),
     lambda m: Period(Period.year(int(m[1])).first, Period.year(int(m[2])).last)),
    (re.compile(rf"(?:с|from) {_YEAR}{_YEAR_MARK} (?:по|to|до) {_YEAR}{_YEAR_MARK}"),
     lambda m: Period(Period.year(int(m[1])).first, Period.year(int(m[2])).last)),
    (re.compile(rf"{_YEAR}{_YEAR_MARK}"), lambda m: Period.year(int(m[1]))),
    (re.compile(rf"{_ROMANS} {_QUARTER} {_YEAR}{_YEAR_MARK}"), lambda m: _parts(m[1], m[2], m[3], 3)),
    (re.compile(rf"q([1-4])(?:{_DASH}q?([1-4]))? {_YEAR}"), lambda m: _parts(m[1], m[2], m[3], 3)),
    (re.compile(rf"{_NUMERAL} quarter(?: of)? {_YEAR}"), lambda m: _parts(m[1], "", m[2], 3)),
    (re.compile(rf"{_NUMERAL} {_HALF} {_YEAR}{_YEAR_MARK}"), lambda m: _parts(m[1], "", m[2], 6)),
    (re.compile(rf"h([12]) {_YEAR}"), lambda m: _parts(m[1], "", m[2], 6)),
    (re.compile(rf"{_NUMERAL} half(?:-year)?(?: of)? {_YEAR}"), lambda m: _parts(m[1], "", m[2], 6)),
    (re.compile(rf"([а-я]{{3,}}|[a-z]{{3,}})(?:{_DASH}| и | to | по )([а-я]{{3,}}|[a-z]{{3,}}) {_YEAR}{_YEAR_MARK}"),
     lambda m: _months(m[1], m[2], m[3])),
    (re.compile(r"(?:с|from) (.+?) (?:по|to|до) (.+)"), lambda m: _days(m[1], m[2])),
    (re.compile(rf"(\d{{1,2}})-(\d{{1,2}} [а-яa-z]+ {_YEAR}{_YEAR_MARK})"), lambda m: _days(m[1], m[2])),
    (re.compile(rf"(\d{{1,2}}\.\d{{1,2}}\.\d{{4}})-(\d{{1,2}}\.\d{{1,2}}\.\d{{4}}){_YEAR_MARK}"),
     lambda m: _days(m[1], m[2])),
    (re.compile(rf"(\d{{1,2}} [а-яa-z]+ {_YEAR}){_YEAR_MARK} (?:to|по) (\d{{1,2}} [а-яa-z]+ {_YEAR}){_YEAR_MARK}"),
     lambda m: _days(m[1], m[3])),
    (re.compile(rf"(.+ {_YEAR}{_YEAR_MARK})-(.+ {_YEAR}{_YEAR_MARK})"),
     lambda m: Period(Period.parse(m[1]).first, Period.parse(m[3]).last)),
)  # fmt: skip


def written(deadline: Deadline, *, plan: Period | None = None) -> str:
    """Return the deadline as a plan writes it, in the interface language; `deadline_of` reads it back."""
    period = deadline.period
    if deadline.recurrence == Recurrence.ONCE:
        return _written(period) if period else ""
    russian = interface_language() == "ru"
    if deadline.recurrence == Recurrence.YEARLY:
        every = "ежегодно" if russian else "every year"
        return every if period in (None, plan) else f"{every}, {_written(period)}"
    always = "постоянно" if russian else "permanently"
    return always if period is None else f"{always}, {_written(period)}"


def _written(period: Period) -> str:
    first, last = period.starts, period.ends
    russian = interface_language() == "ru"
    if period.shape is not Shape.RANGE or period.is_whole_years:
        return formatting.period(period)
    return (
        f"с {first:%d.%m.%Y} по {last:%d.%m.%Y}"
        if russian
        else f"from {formatting.day(first)} to {formatting.day(last)}"
    )
