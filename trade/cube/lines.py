"""The lines behind a figure: each with its release and its line in the release's file, page by page."""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
from binascii import Error as NotBase64
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from parties.periods import Period
from trade.cube.cells import Cell
from trade.cube.reading import LINE_KEY, Question
from trade.cube.spans import Spans
from trade.models import Release
from trade.selection import FREQUENCIES, YEAR_TO_DATE, Selection

LINES_LIMIT = 1000


class BadCursor(ValueError):
    """The text is not a place where a page of lines ended."""


class Line(NamedTuple):
    """One observation: `release_id` brought it, as line number `line` of its file."""

    period: dt.date
    partner: str
    flow: str
    commodity: str
    unit: str
    months: int
    level: int
    value: Decimal | None
    net_kg: Decimal | None
    quantity: Decimal | None
    edition: str
    status: str
    line: int
    release_id: int


@dataclass(frozen=True)
class Lines:
    """A page of lines, their releases with dataset and file, and where the next page begins (None at the end)."""

    selection: Selection
    rows: tuple[Line, ...]
    releases: Mapping[int, Release]
    next: str | None


def selection_of(cell: Cell, selection: Selection) -> Selection:
    """Return the question whose one answer is the cell: for its lines, and to look closer."""
    partners = selection.partners if "partner" not in selection.by else (cell.partner,)
    goods = selection.goods if "goods" not in selection.by else (cell.goods,)
    unit = cell.unit if selection.measure == "quantity" else selection.unit
    return selection.but(
        partners=partners,
        goods=goods,
        flow=cell.flow,
        by=(),
        frequency=frequency_of(cell.period),
        first=cell.period.starts,
        last=cell.period.ends.replace(day=1),
        unit=unit,
    )


def frequency_of(period: Period) -> str:
    """Return the frequency whose period it is; months where it is a span of no frequency."""
    first, last = period.starts, period.ends
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    for name, count in FREQUENCIES.items():
        if months == count and (first.month - 1) % count == 0:
            return name
    return YEAR_TO_DATE if first.month == 1 and months < 12 else "M"


def lines(selection: Selection, *, after: str | None = None, limit: int = 100) -> Lines:
    """Return the lines that the selection adds up, in the order of their key (at most 8 queries).

    As in the sums, a partner's file counts at the coarsest level that serves, so that no goods stand twice; a total
    stated by the file is its own line. `after` is the `next` of the page before; raises `BadCursor`.
    """
    if not 1 <= limit <= LINES_LIMIT:
        raise ValueError(f"a page holds 1 to {LINES_LIMIT} lines")
    question = Question(selection, Spans.of(selection))
    question.parameters |= {"size": limit + 1}
    after_key = "true"
    if after is not None:
        names = [f"after_{number}" for number in range(6)]
        question.parameters |= dict(zip(names, _key_of(after), strict=True))
        places = ", ".join(f"%({name})s" for name in names)
        after_key = f"({LINE_KEY}) > ({places})"
    found = [Line(*row) for row in question.lines(Line._fields, after_key)]
    rows = tuple(found[:limit])
    releases = Release.objects.select_related("dataset").in_bulk({row.release_id for row in rows})
    return Lines(selection, rows, releases, _cursor(rows[-1]) if len(found) > limit else None)


def statement(selection: Selection) -> tuple[str, dict[str, object]]:
    """Return the SQL of all these lines, with every column of an observation, and its values (at most 7 queries)."""
    question = Question(selection, Spans.of(selection))
    return f"SELECT * FROM {question.all_lines('line.*')}", question.parameters  # noqa: S608


def units(selection: Selection) -> list[str]:
    """Return the OKEI codes in which lines of the goods asked for state quantities (at most 4 queries)."""
    return Question(selection, Spans.of(selection)).units()


_CODE = re.compile(r"[A-Za-z0-9_.:-]{0,20}", re.ASCII)


def _cursor(line: Line) -> str:
    text = json.dumps([line.period.isoformat(), *line[1:6]], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _key_of(cursor: str) -> list[object]:
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        period, partner, flow, commodity, unit, months = key
        if not all(isinstance(one, str) and _CODE.fullmatch(one) for one in (partner, flow, commodity, unit)):
            raise BadCursor(cursor)
        if type(months) is not int or not 1 <= months <= 12:
            raise BadCursor(cursor)
        return [dt.date.fromisoformat(period), partner, flow, commodity, unit, months]
    except (NotBase64, ValueError, TypeError, RecursionError) as error:
        raise BadCursor(cursor) from error
