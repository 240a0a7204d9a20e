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
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from parties.formatting import day as in_words
from parties.formatting import number

if TYPE_CHECKING:
    from agreements.models import Agreement


class TermEnd(models.Func):
    """Last day of the term in which a day lies, or of the last term where none follows; null without an end.

    Takes `expires_on`, `prolongs`, `prolongation_months` and the day.
    """

    output_field = models.DateField(null=True)
    # Months differ in length: the end is searched among the terms around the one that whole months suggest.
    template = """(
        SELECT CASE
            WHEN NOT term.prolongs OR term.day <= term.expires_on THEN term.expires_on
            WHEN term.months IS NOT NULL THEN (
                SELECT min(ends) FROM (
                    SELECT (term.expires_on + make_interval(months => term.months * number))::date AS ends
                    FROM generate_series(
                        (extract(year FROM age(term.day, term.expires_on)) * 12
                            + extract(month FROM age(term.day, term.expires_on)))::int / term.months,
                        (extract(year FROM age(term.day, term.expires_on)) * 12
                            + extract(month FROM age(term.day, term.expires_on)))::int / term.months + 2
                    ) AS number
                ) AS terms WHERE ends >= term.day
            )
        END
        FROM (VALUES (%(expressions)s)) AS given (expires_on, prolongs, months, day),
        LATERAL (SELECT given.expires_on, given.prolongs, given.months::int, given.day::date) AS term
    )"""


class NoticeDay(models.Func):
    """Last day on which notice before the end of a term may be given.

    Takes that end, `notice_months` and `notice_days`; null without a notice period.
    """

    output_field = models.DateField(null=True)
    template = """(
        SELECT (ends_on::date - make_interval(months => coalesce(months, 0)::int, days => coalesce(days, 0)::int))::date
        FROM (VALUES (%(expressions)s)) AS given (ends_on, months, days)
        WHERE months IS NOT NULL OR days IS NOT NULL
    )"""


def term_end(day: models.F, otherwise: dt.date) -> TermEnd:
    """Return the end of the term of an agreement in which `day` lies, or the day `otherwise` where it is null."""
    moment = Coalesce(day, models.Value(otherwise), output_field=models.DateField())
    return TermEnd(models.F("expires_on"), models.F("prolongs"), models.F("prolongation_months"), moment)


def notice_day(ends_on: str) -> NoticeDay:
    """Return the last day for a notice before the end of the term that the named column holds."""
    return NoticeDay(models.F(ends_on), models.F("notice_months"), models.F("notice_days"))


def next_term_end(ends_on: str) -> TermEnd:
    """Return the end of the term after the one whose end the named column holds."""
    day_after = models.ExpressionWrapper(
        models.F(ends_on) + models.Value(dt.timedelta(days=1)), output_field=models.DateField()
    )
    return TermEnd(models.F("expires_on"), models.F("prolongs"), models.F("prolongation_months"), day_after)


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
