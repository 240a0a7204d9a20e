"""The SQL of the cube. Each source gives the same columns, grouped by partner, flow, class of goods and period.

Rows are visible as of vintage n where `opened <= n` and not `closed <= n`; both halves of that (rows that still
stand, rows that are past) have their own partial index, so each is asked for by itself.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from parties.periods import Period
from trade.cube.cells import CELL_LIMIT, TooManyCells
from trade.goods import HIDDEN_CHAPTER, Classes, groups, level_of, sections
from trade.models import HIDDEN, TOTAL, WORLD, Release
from trade.selection import FREQUENCIES, Selection, months_between

ROLLUP_LEVELS = ("total", "section", "group", "chapter")
_NO_PARTNERS_TO_ADD = "ARRAY(SELECT code::text FROM trade_tradearea WHERE kind IN ('world', 'group'))"


class Group(NamedTuple):
    """Lines added up: one partner, flow, class of goods and period, from rows of one length.

    `months` is 1 for a sum of months, else the length of the period that the dataset itself states.
    `unstated` counts rows without the measure; `is_hidden` marks hidden goods.
    """

    partner: str
    flow: str
    goods: str
    unit: str
    is_hidden: bool
    starts: dt.date
    months: int
    value: Decimal | None
    unstated: int
    lines: int
    hidden: Decimal | None
    detail: Decimal | None
    releases: list[int]


@dataclass(frozen=True)
class Spans:
    """The periods that answers are about: equal ones of the frequency, or the whole range as one."""

    periods: tuple[Period, ...]
    count: int

    @classmethod
    def of(cls, selection: Selection) -> Spans:
        return cls(selection.periods, FREQUENCIES[selection.frequency])

    @classmethod
    def whole(cls, selection: Selection) -> Spans:
        count = len(months_between(selection.first, selection.last))
        return cls((Period.months(selection.first.year, selection.first.month, count),), count)

    @property
    def starts(self) -> list[dt.date]:
        return [period.starts for period in self.periods]

    @property
    def start_of(self) -> str:
        """SQL: the first day of the period that holds the month `period`."""
        if len(self.periods) == 1:
            return "%(first)s::date"
        if self.count == 1:
            return "period"
        return (
            "make_date(extract(year FROM period)::int, (extract(month FROM period)::int - 1)"
            " / %(count)s * %(count)s + 1, 1)"
        )


@dataclass(frozen=True)
class Coverage:
    """What is loaded: for each flow the months, and the longer periods that the dataset itself states.

    `known` counts also months that are loaded, but not in the detail asked for.
    """

    months: Mapping[str, set[dt.date]]
    stated: Mapping[str, set[dt.date]]
    known: Mapping[str, set[dt.date]]


class Question:
    """A selection made ready for SQL: conditions, parameters, classes of goods, vintage."""

    def __init__(self, selection: Selection, spans: Spans) -> None:
        """Prepare (at most 3 queries: vintage, sections, groups)."""
        self.selection, self.spans = selection, spans
        self.vintage = vintage(selection)
        self.level = selection.level
        self.by_goods = "goods" in selection.by
        self.classes = self._classes()
        self.parameters: dict[str, Any] = {
            "dataset": selection.dataset.pk,
            "reporter": selection.reporter,
            "flows": list(selection.flows),
            "first": selection.first,
            "last": selection.last,
            "count": spans.count,
            "starts": spans.starts,
            "partners": list(selection.partners),
            "together": ",".join(selection.partners) or WORLD,
            "vintage": self.vintage,
            "limit": CELL_LIMIT + 1,
        }

    @property
    def is_rollup(self) -> bool:
        return self.level in ROLLUP_LEVELS

    @property
    def digits(self) -> int:
        """Digits of the codes of the level; 0 for levels above the chapter."""
        return int(self.level) if self.level.isdigit() else 0

    def _classes(self) -> dict[str, Classes]:
        """Return the classes that the level or a restriction needs."""
        named = any(level_of(code) is None for code in self.selection.goods)
        found = {}
        if self.level == "section" or named:
            found["section"] = sections()
        if self.level == "group" or named:
            found["group"] = groups(self.selection.grouping)
        return found

    def coverage(self) -> Coverage:
        """Return what is loaded of the reporter (1 query)."""
        detail = "true"
        if not self.is_rollup:
            detail = (
                "EXISTS (SELECT FROM trade_observation AS line WHERE line.dataset_id = %(dataset)s"
                " AND line.period = total.period AND line.flow = total.flow AND line.months = total.months"
                f" AND line.reporter = %(reporter)s AND line.level >= {self.digits} AND {self._seen('line.')})"
            )
        elif self.level != "total":
            detail = "lines_value IS NOT NULL"
        columns = ("flow", "period", "months", "lines_value")
        total = self._visible("trade_partner_total", columns, f"partner = '{WORLD}'")
        months: dict[str, set[dt.date]] = defaultdict(set)
        stated: dict[str, set[dt.date]] = defaultdict(set)
        known: dict[str, set[dt.date]] = defaultdict(set)
        for flow, period, length, is_held in self._rows(f"SELECT flow, period, months, {detail} FROM {total} AS total"):
            if length == 1:
                known[flow].add(period)
            if is_held and length == 1:
                months[flow].add(period)
            if is_held and length == self.spans.count:
                stated[flow].add(period)
        return Coverage(months, stated, known)

    def groups(self) -> list[Group]:
        """Return what the selection adds up (1 query); raise `TooManyCells` where that is too much."""
        if self.level == "total":
            query = self._totals()
        elif self.is_rollup:
            query = self._chapters()
        else:
            query = self._lines()
        found = [Group(*row) for row in self._rows(f"{query} LIMIT %(limit)s")]
        if len(found) > CELL_LIMIT:
            raise TooManyCells
        return found

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(query, self.parameters)
            return cursor.fetchall()

    # Parts ------------------------------------------------------------------------------------------------------

    def _seen(self, prefix: str = "") -> str:
        """SQL: the row is known at the vintage."""
        if self.vintage is None:
            return f"{prefix}closed IS NULL"
        return f"{prefix}opened <= %(vintage)s AND ({prefix}closed IS NULL OR {prefix}closed > %(vintage)s)"

    def _visible(self, table: str, columns: Iterable[str], condition: str) -> str:
        """SQL: the rows of a table that are about the reporter, flows and months and are known at the vintage."""
        base = (
            f"SELECT {', '.join(columns)} FROM {table} WHERE dataset_id = %(dataset)s AND reporter = %(reporter)s"
            f" AND flow = ANY(%(flows)s) AND period BETWEEN %(first)s AND %(last)s"
            f" AND (months = 1 OR months = %(count)s AND period = ANY(%(starts)s)) AND {condition}"
        )
        if self.vintage is None:
            return f"({base} AND closed IS NULL)"
        return (
            f"({base} AND closed IS NULL AND opened <= %(vintage)s"
            f" UNION ALL {base} AND closed > %(vintage)s AND opened <= %(vintage)s)"
        )

    @property
    def partner_column(self) -> str:
        return "partner" if "partner" in self.selection.by else "%(together)s"

    @property
    def partner_condition(self) -> str:
        if self.selection.partners:
            return "partner = ANY(%(partners)s)"
        if "partner" in self.selection.by:
            return f"partner <> ALL({_NO_PARTNERS_TO_ADD})"
        return f"partner = '{WORLD}'"

    def _grouped(self, goods: str, unit: str, hidden: str, amount: str, more: str, source: str) -> str:
        return (
            f"SELECT {self.partner_column}, flow, {goods}, {unit}, {hidden},"
            f" CASE WHEN months = 1 THEN {self.spans.start_of} ELSE period END, months,"
            f" sum({amount}), count(*) - count({amount}), {more}, array_agg(DISTINCT opened)"
            f" FROM {source} GROUP BY 1, 2, 3, 4, 5, 6, 7"
        )

    def _totals(self) -> str:
        amount = self.selection.measure
        columns = ("partner", "flow", "period", "months", amount, "lines", "hidden_value", "lines_value", "opened")
        more = "sum(lines), sum(hidden_value), sum(lines_value)"
        if amount != "value":  # hidden goods and the sum of the lines are kept in money only
            more = "sum(lines), NULL::numeric, NULL::numeric"
        source = self._visible("trade_partner_total", dict.fromkeys(columns), self.partner_condition)
        return self._grouped(f"'{TOTAL}'", "''", "false", amount, more, f"{source} AS total")

    def _chapters(self) -> str:
        amount = self.selection.measure
        condition = self.partner_condition
        if self.selection.goods:
            self.parameters["chapters"] = [*self.chapters, HIDDEN_CHAPTER]
            condition += " AND chapter = ANY(%(chapters)s)"
        columns = ("partner", "flow", "period", "months", "chapter", amount, "lines", "opened")
        source = f"{self._visible('trade_chapter_total', columns, condition)} AS total"
        goods = "chapter"
        if not self.by_goods:
            goods = f"'{TOTAL}'"
        elif self.level != "chapter":
            class_of = self.classes[self.level].of_chapter
            self.parameters |= {"from_chapters": list(class_of), "to_classes": list(class_of.values())}
            source += " LEFT JOIN unnest(%(from_chapters)s::text[], %(to_classes)s::text[])"
            source += " AS class(of_chapter, code) ON of_chapter = chapter"
            goods = "coalesce(code, chapter)"
        more = "sum(lines), NULL::numeric, NULL::numeric"
        return self._grouped(goods, "''", f"chapter = '{HIDDEN_CHAPTER}'", amount, more, source)

    def _lines(self) -> str:
        """SQL: sums of lines of exactly the level, or of the next finer level that a partner's file holds."""
        selection, digits = self.selection, self.digits
        partners = self.partner_condition
        if not selection.partners and "partner" not in selection.by:
            partners = "partner <> ALL(ARRAY(SELECT code::text FROM trade_tradearea WHERE kind = 'group'))"
        condition = f"{partners} AND level >= {digits} AND {self._restriction()}"
        if selection.measure == "quantity" and selection.unit:
            self.parameters["unit"] = selection.unit
            condition += " AND unit = %(unit)s"
        columns = ("partner", "flow", "period", "months", "commodity", "level", "unit", selection.measure, "opened")
        visible = self._visible("trade_observation", columns, condition)
        source = (
            "(SELECT *, min(level) OVER (PARTITION BY partner, flow, period, months) AS coarsest,"
            f" bool_or(partner = '{WORLD}') OVER (PARTITION BY flow, period, months) AS has_world"
            f" FROM {visible} AS line) AS line WHERE level = coarsest"
        )
        if not selection.partners and "partner" not in selection.by:  # the file's own total of partners, or their sum
            source += f" AND (partner = '{WORLD}') = has_world"
        is_hidden = f"commodity LIKE '%%\\_{HIDDEN[1:]}'"
        goods = f"CASE WHEN {is_hidden} THEN commodity ELSE left(commodity, {digits}) END"
        if not self.by_goods:
            goods = f"CASE WHEN {is_hidden} THEN commodity ELSE '{TOTAL}' END"
        unit = "unit" if selection.measure == "quantity" else "''"
        more = "count(*), NULL::numeric, NULL::numeric"
        return self._grouped(goods, unit, is_hidden, selection.measure, more, source)

    @property
    def chapters(self) -> tuple[str, ...]:
        """The chapters of the codes that restrict, where these are chapters or above."""
        found: dict[str, None] = {}
        for code in self.selection.goods:
            level = level_of(code)
            if level == "chapter":
                found[code] = None
            elif level is None:
                for classes in self.classes.values():
                    found |= dict.fromkeys(classes.chapters.get(code, ()))
        return tuple(found)

    def _restriction(self) -> str:
        """SQL: the goods asked for, and hidden goods, which may be among them; `true` for all."""
        if not self.selection.goods:
            return f"commodity <> '{TOTAL}'"
        parts = [f"commodity = '{HIDDEN}'"]
        finer = [code for code in self.selection.goods if level_of(code) not in (None, "chapter")]
        for number, code in enumerate((*self.chapters, *finer)):
            self.parameters |= {f"from_{number}": code, f"below_{number}": _after(code)}
            parts.append(f"commodity >= %(from_{number})s AND commodity < %(below_{number})s")
        return f"({' OR '.join(parts)})"


def _after(code: str) -> str:
    """Return the least text that is greater than all that begin with the code, in the order of characters."""
    return code[:-1] + chr(ord(code[-1]) + 1)


def vintage(selection: Selection) -> int | None:
    """Return the newest release known at `as_of` (0 where there was none yet), None for today (at most 1 query)."""
    if selection.as_of is None:
        return None
    known = Release.objects.filter(dataset=selection.dataset, loaded_at__lte=selection.as_of)
    return known.order_by("-pk").values_list("pk", flat=True).first() or 0


def restricted(question: Question) -> Sequence[str]:
    """Return the codes named by the selection that stand at its level, so that they appear even without lines."""
    selection = question.selection
    if not question.by_goods:
        return (",".join(selection.goods) or TOTAL,)
    if question.level in ("section", "group"):
        classes = question.classes[question.level].chapters
        return [code for code in selection.goods if code in classes]
    return [code for code in selection.goods if level_of(code) == question.level]
