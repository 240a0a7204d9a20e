"""Template filters for dates, numbers, figures and sources. Built in: no template has to load them.

period, day        a `Period` or date in words
number, signed     a number with the reader's separators
figure_text        a published figure; `figure_number` and `figure_unit` are its two parts
derived_text       a computed number; `subject` says what a figure is about
sources            the sources behind codes: `{% sources record.source_codes as cited %}`
facts              the facts behind ids, likewise
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django import template

from documents.models import Fact, Source
from documents.queries import facts_by_code, sources_by_code
from parties import formatting
from parties.periods import Period
from trade import wording

register = template.Library()
register.filter("figure_text", wording.figure_text)
register.filter("figure_number", wording.figure_number)
register.filter("figure_unit", wording.figure_unit)
register.filter("derived_text", wording.derived_text)
register.filter("subject", wording.subject)


@register.filter
def period(value: Period | None) -> str:
    return formatting.period(value) if value else ""


@register.filter
def day(value: dt.date | None) -> str:
    return formatting.day(value) if value else ""


@register.filter
def number(value: Decimal | int | None, places: int | None = None) -> str:
    return "" if value is None else formatting.number(value, places)


@register.filter
def signed(value: Decimal | int | None, places: int | None = None) -> str:
    return "" if value is None else formatting.signed(value, places)


@register.filter
def with_precision(text: str, precision: str) -> str:
    return formatting.with_precision(text, precision)


@register.simple_tag
def sources(codes: Sequence[str] | None) -> list[Source]:
    known = sources_by_code() if codes else {}
    return [known[code] for code in codes or () if code in known]


@register.simple_tag
def facts(codes: Sequence[str] | None) -> list[Fact]:
    known = facts_by_code() if codes else {}
    return [known[code] for code in codes or () if code in known]
