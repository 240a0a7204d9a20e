"""Growth of one code of goods across editions of the classification: noted, or none where one lacks the code.

A code may go on with another sense, be split or be dropped (IMTS 2010, 27.29–27.36): long series hold at chapters and
groups only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from trade.indicators import amounts
from trade.indicators.answers import Amount, Answer, Note, Reason
from trade.models import Edition, EditionCode

Place = TypeVar("Place")


def growths(pairs: Mapping[Place, tuple[Amount, Amount]]) -> dict[Place, Answer]:
    """Return the growth of each pair (value, base).

    At most 3 queries, and none where all goods are coded by one edition.
    """
    found = {place: amounts.growth(*pair) for place, pair in _with_editions(pairs).items()}
    noted = {place: answer for place, answer in found.items() if answer.note is Note.EDITIONS_DIFFER}
    lacking = _lacking(noted) if noted else set()
    return found | {
        place: replace(noted[place], value=None, note=None, reason=Reason.NOT_IN_BOTH_EDITIONS) for place in lacking
    }


def _with_editions(pairs: Mapping[Place, tuple[Amount, Amount]]) -> dict[Place, tuple[Amount, Amount]]:
    """Give an amount without lines the editions valid in its period, where the other one has any."""
    halves = [place for place, (one, other) in pairs.items() if bool(one.editions) != bool(other.editions)]
    if not halves:
        return dict(pairs)
    editions = list(Edition.objects.order_by("valid_from"))

    def completed(one: Amount) -> Amount:
        if one.editions or one.period is None:
            return one
        first, last = one.period.starts, one.period.ends
        valid = (e.symbol for e in editions if e.valid_from <= last and (e.valid_to is None or e.valid_to >= first))
        return replace(one, editions=frozenset(valid))

    return dict(pairs) | {place: (completed(pairs[place][0]), completed(pairs[place][1])) for place in halves}


def _lacking(noted: Mapping[Place, Answer]) -> set[Place]:
    """Return the places whose goods one of their editions is known not to have (2 queries)."""
    asked = {
        place: [(symbol, code) for symbol in _editions(answer) for code in _codes(answer)]
        for place, answer in noted.items()
    }
    symbols = {symbol for pairs in asked.values() for symbol, __ in pairs}
    codes = {code for pairs in asked.values() for __, code in pairs}
    rows = EditionCode.objects.filter(edition__symbol__in=symbols).order_by()
    loaded = set(rows.values_list("edition__symbol", "level").distinct())
    held = set(rows.filter(commodity_code__in=codes).values_list("edition__symbol", "commodity_code"))
    return {
        place
        for place, pairs in asked.items()
        if any((symbol, len(code)) in loaded and (symbol, code) not in held for symbol, code in pairs)
    }


def _editions(answer: Answer) -> set[str]:
    return {symbol for one in (answer.numerator, answer.denominator) if one for symbol in one.editions}


def _codes(answer: Answer) -> list[str]:
    return [code for code in answer.numerator.about[-1].split(",") if code.isdigit()] if answer.numerator else []
