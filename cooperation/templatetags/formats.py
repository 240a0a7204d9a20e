"""Template filters for dates, numbers, figures and sources. Built in: no template has to load them.

period, day        a `Period` or date in words
number, signed     a number with the reader's separators
figure_text        a published figure; `figure_number` and `figure_unit` are its two parts
derived_text       a computed number; `derived_name` says what it is, `subject` what a figure is about
span               a period of whole months in words, January to September included
percent, rate      a rate of the trade data, with or without its sign
with_unit, shown   a sum in the unit of a selection, with or without the unit
lines_behind       the address of the lines that make an amount: `{{ row.ours|lines_behind:selection }}`
in_own_unit        an amount that may be of another measure than the selection, with its precision and unit
sources            the sources behind codes: `{% sources record.source_codes as cited %}`
facts              the facts behind ids, likewise
money              a sum of a budget with its currency: `{{ line.planned|money:line.currency }}`
outcomes_about     what meetings said of a project: `{% outcomes_about project as outcomes %}`
in_other_language  the language of a text not in the reader's, for `lang`: `{{ one|in_other_language:"title" }}`
lateness           by how much the deadline of an outcome is past
chain              what hangs together with a record, in numbers: `{% chain record as found %}`
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone

from dashboards import chain as chains
from documents.models import Fact, Source
from documents.queries import facts_by_code, sources_by_code
from parties import formatting
from parties.naming import other_language_of
from parties.periods import Period
from projects.models import Project
from projects.wording import money
from trade import wording
from trade.explorer import addresses
from trade.explorer import wording as trade_words
from trade.explorer.names import Names
from trade.indicators import Amount, Answer, Derived
from trade.selection import Selection
from workgroup import queries
from workgroup import wording as overdue
from workgroup.models import Outcome

register = template.Library()
register.filter("money", money)
register.filter("in_other_language", other_language_of)
register.filter("figure_text", wording.figure_text)
register.filter("figure_number", wording.figure_number)
register.filter("figure_unit", wording.figure_unit)
register.filter("derived_text", wording.derived_text)
register.filter("subject", wording.subject)
register.filter("span", trade_words.span)
register.filter("percent", trade_words.percent)
register.filter("rate", trade_words.rate)
register.filter("flow_name", trade_words.flow_name)
register.filter("place", trade_words.place)


@register.filter
def derived_name(one: Derived) -> str:
    flow = trade_words.flow_name(one.flow).capitalize()
    return wording.derived_name(one.formula, flow, period(one.period))


@register.filter
def with_unit(value: Decimal | None, selection: Selection) -> str:
    return trade_words.with_unit(value, selection)


@register.filter
def in_own_unit(one: Amount | Answer, selection: Selection) -> str:
    return trade_words.in_own_unit(one, selection)


@register.filter
def lines_behind(one: Amount, selection: Selection) -> str:
    return addresses.lines_behind(one, selection)


@register.filter
def shown(value: Decimal | None, selection: Selection) -> str:
    return trade_words.shown(value, selection)


@register.filter
def area(code: str, names: Names) -> str:
    return names.area(code)


@register.filter
def goods(code: str, names: Names) -> str:
    return names.good(code)


@register.filter
def moment(value: dt.datetime | None) -> str:
    return f"{timezone.localtime(value):%d.%m.%Y, %H:%M}" if value else ""


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


@register.simple_tag
def outcomes_about(project: Project) -> list[Outcome]:
    return queries.outcomes_about(project)


@register.filter
def lateness(outcome: Outcome) -> str:
    return overdue.lateness(outcome, timezone.localdate())


@register.simple_tag
def chain(record: Any) -> chains.Brief:
    return chains.brief(record, timezone.localdate())
