"""How long an agreement holds: terms that prolong themselves, and until when one may give notice.

Computed in the database, so that the register is filtered and sorted by it.

The first term ends on `expires_on`. An agreement that prolongs itself goes on for terms of `prolongation_months`
each; without that number it goes on without an end. Notice may be given until the notice period before the end of a
term. A notice that it will not be prolonged ends it with the term in which the notice was given, a notice that came
too late for that term with the next one; where no further term is known it then goes on without an end, until an act
terminates it.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from parties.formatting import day as in_words
from parties.formatting import number

if TYPE_CHECKING:
    from agreements.models import Agreement


def _term_end(day: str) -> str:
    """SQL: the last day of the term in which a day lies, or of the last term where none follows; null without an end.

    Months differ in length: the end is searched among the terms around the one that whole months suggest.
    """
    months = f"(extract(year FROM age({day}, expires_on)) * 12 + extract(month FROM age({day}, expires_on)))::int"
    return f"""CASE
        WHEN NOT prolongs OR {day} <= expires_on THEN expires_on
        WHEN term_months IS NOT NULL THEN (
            SELECT min(ends) FROM (
                SELECT (expires_on + make_interval(months => term_months * number))::date AS ends
                FROM generate_series({months} / term_months, {months} / term_months + 2) AS number
            ) AS terms WHERE ends >= {day}
        )
    END"""


def _notice_day(ends_on: str) -> str:
    """SQL: the last day for a notice before the end of a term; null without a notice period."""
    return f"""CASE WHEN notice_months IS NOT NULL OR notice_days IS NOT NULL THEN
        ({ends_on} - make_interval(months => coalesce(notice_months, 0), days => coalesce(notice_days, 0)))::date
    END"""


class LastDay(models.Func):
    """Last day of the term in force on a day: that in which notice was given, or the next where it came too late.

    Takes `expires_on`, `prolongs`, `prolongation_months`, `notice_months`, `notice_days`, since when notice is given
    (null without) and the day.
    """

    output_field = models.DateField(null=True)
    # OFFSET keeps PostgreSQL from writing each step out wherever the next one names it.
    template = f"""(
        SELECT CASE WHEN notice_on > {_notice_day("ends_on")} THEN {_term_end("(ends_on + 1)")} ELSE ends_on END
        FROM (
            SELECT *, {_term_end("day")} AS ends_on FROM (
                SELECT expires_on::date, prolongs, term_months::int, notice_months::int, notice_days::int,
                    notice_on::date, coalesce(notice_on, today)::date AS day
                FROM (VALUES (%(expressions)s) OFFSET 0) AS given (
                    expires_on, prolongs, term_months, notice_months, notice_days, notice_on, today
                )
            ) AS given OFFSET 0
        ) AS term
    )"""


class NoticeDay(models.Func):
    """Last day on which notice before the end of a term may be given.

    Takes that end, `notice_months` and `notice_days`; null without a notice period.
    """

    output_field = models.DateField(null=True)
    template = f"""(
        SELECT {_notice_day("ends_on")} FROM (
            SELECT ends_on::date, notice_months::int, notice_days::int
            FROM (VALUES (%(expressions)s) OFFSET 0) AS given (ends_on, notice_months, notice_days)
        ) AS given
    )"""


class NextTermEnd(models.Func):
    """Last day of the term after another one. Takes `expires_on`, `prolongs`, `prolongation_months`, that one's end."""

    output_field = models.DateField(null=True)
    template = f"""(
        SELECT {_term_end("(ends_on + 1)")} FROM (
            SELECT expires_on::date, prolongs, term_months::int, ends_on::date
            FROM (VALUES (%(expressions)s) OFFSET 0) AS given (expires_on, prolongs, term_months, ends_on)
        ) AS given
    )"""


def last_day(on: dt.date) -> LastDay:
    """Return the last day of the term in force on the day; `notice_on` must have been added before."""
    names = ("expires_on", "prolongs", "prolongation_months", "notice_months", "notice_days", "notice_on")
    return LastDay(*map(models.F, names), models.Value(on))


def notice_day(ends_on: str) -> NoticeDay:
    """Return the last day for a notice before the end of the term that the named column holds."""
    return NoticeDay(models.F(ends_on), models.F("notice_months"), models.F("notice_days"))


def next_term_end(ends_on: str) -> NextTermEnd:
    """Return the end of the term after the one whose end the named column holds."""
    return NextTermEnd(*map(models.F, ("expires_on", "prolongs", "prolongation_months", ends_on)))


def length(months: int) -> str:
    """Return a number of months in words, whole years as years."""
    if months % 12:
        return ngettext("%(n)s month", "%(n)s months", months) % {"n": number(months)}
    return ngettext("%(n)s year", "%(n)s years", months // 12) % {"n": number(months // 12)}


def until(agreement: Agreement) -> str:
    """Return until when the agreement holds; empty where it is not known. The row must come from `with_status`."""
    if agreement.ends_on is not None:
        return in_words(agreement.ends_on)
    if agreement.unlimited or agreement.expires_on:
        return _("without an end")
    return _("prolongs itself, the term is not known") if agreement.prolongs else ""


def beside(agreement: Agreement) -> str:
    """Return what is to be known beside the end: that it prolongs itself, or will not; empty where neither."""
    if agreement.notice_on is not None and agreement.ends_on is None:
        return _("notice of %(day)s came too late for its term") % {"day": in_words(agreement.notice_on)}
    if agreement.notice_on is not None:
        return _("will not be prolonged: notice of %(day)s") % {"day": in_words(agreement.notice_on)}
    if agreement.ends_on is None or not agreement.prolongs:
        return ""
    if agreement.prolongation_months:
        return _("then prolongs itself by %(length)s") % {"length": length(agreement.prolongation_months)}
    return _("then prolongs itself without an end")


def notice_period(agreement: Agreement) -> str:
    """Return the notice period in words; empty where it is not known."""
    if agreement.notice_months is not None:
        return length(agreement.notice_months)
    days = agreement.notice_days
    return "" if days is None else ngettext("%(n)s day", "%(n)s days", days) % {"n": number(days)}
