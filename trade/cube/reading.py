"""The SQL of the cube. Each source gives the same columns, grouped by partner, flow, class of goods and period.

Rows are visible as of vintage n where `opened <= n` and not `closed <= n`; both halves of that (rows that still
stand, rows that are past) have their own partial index, so each is asked for by itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from trade.cube.cells import CELL_LIMIT, PLACES_LIMIT, TooManyCells
from trade.cube.coverage import WHOSE, coverage_of
from trade.cube.groups import GroupSum
from trade.cube.spans import Spans, vintage
from trade.goods import HIDDEN_CHAPTER, Classes, groups, level_of, sections
from trade.models import HIDDEN, TOTAL, WORLD
from trade.selection import Selection

ROLLUP_LEVELS = ("total", "section", "group", "chapter")
WORLD_OR_ITS_PARTS = (
    "partner = ANY(ARRAY(SELECT code::text FROM trade_tradearea WHERE kind IN ('world', 'country', 'unknown')))"
)
"""SQL: all partners together, or the partners that are added up to them: no groups, and no regions of countries."""
_PLACE = "partner, flow, goods, unit, is_hidden, starts, months"
_FILE = "period, partner, flow, months"
LINE_KEY = "period, partner, flow, commodity, unit, months"
"""The order of lines and of cursors: that of the index, for one dataset and reporter."""
_NEITHER = "NULL::numeric AS hidden, NULL::numeric AS detail"
_NO_EDITIONS = "NULL::text AS first_edition, NULL::text AS last_edition"
_NO_PARTNERS_TO_ADD = "ARRAY(SELECT code::text FROM trade_tradearea WHERE kind IN ('world', 'group', 'region'))"
"""SQL: partners whose trade stands in that of others: they are shown where they are named only."""


_Parts = tuple[str, tuple[str, ...], str]


class Group(NamedTuple):
    """Lines added up: one partner, flow, class of goods and period, from rows of one length.

    `months` is 1 for a sum of months, else the length of the period that the dataset itself states.
    `unstated` counts rows without the measure; `is_hidden` marks hidden goods. The editions of the classification are
    the first and the last of those that its lines are coded by; None for sums.
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
    first_edition: str | None
    last_edition: str | None
    releases: list[int]


class Question:
    """A selection made ready for SQL: conditions, parameters, classes of goods, vintage."""

    def __init__(
        self,
        selection: Selection,
        spans: Spans,
        *,
        sifts_partners: bool = True,
        in_unit: str | None = None,
        known_at: int | None = None,
    ) -> None:
        """Prepare (at most 3 queries: vintage, sections, groups).

        `known_at` is the vintage where it is known already.

        `in_unit` keeps to lines in one supplementary unit, as a selection of quantities does that names its unit.

        Without `sifts_partners`, groups, regions and all partners together stand among the partners; the caller leaves
        them out.
        """
        self.selection, self.spans, self.sifts_partners = selection, spans, sifts_partners
        self.vintage = known_at or vintage(selection)
        self.level = selection.level
        self.by_goods = "goods" in selection.by
        self.classes = self._classes()
        self.added: tuple[GroupSum, ...] = ()
        self._of_members: list[str] = []
        self.parameters: dict[str, Any] = {
            "dataset": selection.dataset.pk,
            "reporter": selection.reporter,
            "flows": list(selection.flows),
            "first": selection.first,
            "last": selection.last,
            "count": spans.count,
            "starts": spans.starts,
            "partners": list(selection.partners),
            "named": list(selection.partners),
            "together": ",".join(selection.partners) or WORLD,
            "vintage": self.vintage,
            "limit": CELL_LIMIT + 1,
            "places": PLACES_LIMIT + 1,
        }
        if selection.measure == "quantity" and selection.unit:
            in_unit = selection.unit
        self.in_unit = ""
        if in_unit is not None:
            self.parameters["unit"] = in_unit
            self.in_unit = " AND unit = %(unit)s"

    def add_up(self, groups: tuple[GroupSum, ...]) -> None:
        """Let these groups of countries among the partners named be the sums of their members."""
        self.added, self._of_members = groups, []
        members = {one.code for group in groups for one in group.members}
        named = [*self.selection.partners, *sorted(members - {*self.selection.partners})]
        self.parameters["named"] = named
        for number, group in enumerate(groups):
            condition, parameters = group.condition(number, self.selection.first, self.selection.last)
            self._of_members.append(condition)
            self.parameters |= {f"group_{number}": group.code, **parameters}

    @property
    def is_rollup(self) -> bool:
        return self.level in ROLLUP_LEVELS

    @property
    def is_together(self) -> bool:
        """Whether all partners together are asked for."""
        return not self.selection.partners and "partner" not in self.selection.by

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

    def groups(self, *, limited: bool = True) -> list[Group]:
        """Return what the selection adds up (1 query); raise `TooManyCells` where that is too much."""
        limit = " LIMIT %(limit)s" if limited else ""
        found = [Group(*row) for row in self.rows(f"{self.sums()}{limit}")]
        if limited and len(found) > CELL_LIMIT:
            raise TooManyCells
        return found

    def places(self) -> list[tuple[str, str, str, bool]]:
        """Return partner, flow and goods of all sums, and whether the goods are hidden (1 query)."""
        found = self.rows(
            f"SELECT DISTINCT partner, flow, goods, is_hidden FROM ({self.sums(bare=True)}) AS sums LIMIT %(places)s"
        )
        if len(found) > PLACES_LIMIT:
            raise TooManyCells
        return found

    def sums(self, *, bare: bool = False) -> str:
        """SQL: the columns of `Group`, from the sums or the lines, as the level asks; `bare`: up to the value."""
        grouped = self._totals() if self.level == "total" else self._chapters() if self.is_rollup else self._lines()
        place, figures, source = grouped
        if bare:
            value, unstated, *__ = (figure.rpartition(" AS ")[0] for figure in figures)
            known = f"CASE WHEN {unstated} = 0 THEN {value} END AS value"
            return f"SELECT {place}, {known} FROM {source} GROUP BY 1, 2, 3, 4, 5, 6, 7"
        # By release first: a DISTINCT within the aggregate would sort all rows
        return (
            f"SELECT {_PLACE}, sum(value) AS value, sum(unstated) AS unstated, sum(lines) AS lines,"
            f" sum(hidden) AS hidden, sum(detail) AS detail, min(first_edition) AS first_edition,"
            f" max(last_edition) AS last_edition, array_agg(opened) AS releases"
            f" FROM (SELECT {place}, opened, {', '.join(figures)} FROM {source}"
            f" GROUP BY 1, 2, 3, 4, 5, 6, 7, 8) AS by_release GROUP BY {_PLACE}"
        )

    def units(self) -> list[str]:
        """Return the units in which lines of the goods asked for state a quantity.

        1 query, 3 where there are none; for groups of countries 6.
        """
        condition = f"{self.partner_condition} AND unit <> '' AND {self._restriction(with_hidden=False)}"
        lines = self.visible("trade_observation", ("unit",), condition)
        found = [unit for (unit,) in self.rows(f"SELECT DISTINCT unit FROM {lines} AS line ORDER BY unit")]
        if not found and not self.added and coverage_of(self).added:  # a group has lines by its members only
            return self.units()
        return found

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(query, self.parameters)
            return cursor.fetchall()

    # Parts ------------------------------------------------------------------------------------------------------

    def visible(self, table: str, columns: Iterable[str], condition: str) -> str:
        """SQL: the rows of a table that are about the reporter, flows and months and are known at the vintage."""
        base = (
            f"SELECT {', '.join(columns)} FROM {table} WHERE dataset_id = %(dataset)s AND reporter = %(reporter)s"
            f" AND flow = ANY(%(flows)s) AND period BETWEEN %(first)s AND %(last)s"
            f" AND (months = 1 OR months = %(count)s AND period = ANY(%(starts)s)) AND {condition}"
        )
        if self.spans.is_broken:  # January to a month of each year
            base += " AND extract(month FROM period) <= %(count)s"
        standing, past = (f"{base} AND {known}" for known in self.halves())
        return f"({standing})" if self.vintage is None else f"({standing} UNION ALL {past})"

    @property
    def span_start(self) -> str:
        """SQL: the first day of the period that holds the month; a search among the first days is the cheapest way."""
        starts = "%(starts)s::date[]"
        if len(self.spans.periods) == 1:
            return f"({starts})[1]"
        return "period" if self.spans.count == 1 else f"({starts})[width_bucket(period, {starts})]"

    @property
    def partner_column(self) -> str:
        if "partner" not in self.selection.by:
            return "%(together)s"
        return "asked" if self.added else "partner"

    @property
    def partner_condition(self) -> str:
        if self.selection.partners:
            named = "partner = ANY(%(partners)s)"
            if not self.added:
                return named
            return f"partner = ANY(%(named)s) AND ({' OR '.join([named, *self._of_members])})"
        if "partner" in self.selection.by:
            return f"partner <> ALL({_NO_PARTNERS_TO_ADD})" if self.sifts_partners else "true"
        return f"partner = '{WORLD}'"

    def _of_partners(self, table: str, columns: Sequence[str], more: str = "true") -> str:
        """SQL: the visible rows of the partners; where groups stand beside others, `asked` is for whom a row counts.

        A row counts once for each: for a country, and for the groups that it is a member of.
        """
        if not self.added or "partner" not in self.selection.by:
            return self.visible(table, columns, f"{self.partner_condition} AND {more}")
        asked = [("partner", "partner = ANY(%(partners)s)")]
        asked += [(f"%(group_{number})s::text", condition) for number, condition in enumerate(self._of_members)]
        parts = (self.visible(table, [*columns, f"{code} AS asked"], f"{one} AND {more}") for code, one in asked)
        return f"({' UNION ALL '.join(f'SELECT * FROM {part} AS part' for part in parts)})"

    def _grouped(
        self, goods: str, unit: str, hidden: str, amount: str, more: str, source: str, condition: str = ""
    ) -> _Parts:
        """SQL in parts: the place of a group, its figures (the value first), and where they come from."""
        return (
            f"{self.partner_column} AS partner, flow, {goods} AS goods, {unit} AS unit, {hidden} AS is_hidden,"
            f" {self.span_start} AS starts, months",
            (f"sum({amount}) AS value", f"count(*) - count({amount}) AS unstated", more),
            f"{source}{condition}",
        )

    def _totals(self) -> _Parts:
        amount = self.selection.measure
        columns = ("partner", "flow", "period", "months", amount, "lines", "hidden_value", "lines_value", "opened")
        more = f"sum(lines) AS lines, sum(hidden_value) AS hidden, sum(lines_value) AS detail, {_NO_EDITIONS}"
        if amount != "value":  # hidden goods and the sum of the lines are kept in money only
            more = f"sum(lines) AS lines, {_NEITHER}, {_NO_EDITIONS}"
        source = self._of_partners("trade_partner_total", list(dict.fromkeys(columns)))
        return self._grouped(f"'{TOTAL}'", "''", "false", amount, more, f"{source} AS total")

    def _chapters(self) -> _Parts:
        amount = self.selection.measure
        condition = "true"
        if self.selection.goods:
            self.parameters["chapters"] = [*self.chapters, HIDDEN_CHAPTER]
            condition = "chapter = ANY(%(chapters)s)"
        columns = ("partner", "flow", "period", "months", "chapter", amount, "lines", "opened")
        source = f"{self._of_partners('trade_chapter_total', columns, condition)} AS total"
        goods = "chapter"
        if not self.by_goods:
            goods = f"'{TOTAL}'"
        elif self.level != "chapter":
            class_of = self.classes[self.level].of_chapter
            self.parameters |= {"from_chapters": list(class_of), "to_classes": list(class_of.values())}
            source += " LEFT JOIN unnest(%(from_chapters)s::text[], %(to_classes)s::text[])"
            source += " AS class(of_chapter, code) ON of_chapter = chapter"
            goods = "coalesce(code, chapter)"
        more = f"sum(lines) AS lines, {_NEITHER}, {_NO_EDITIONS}"
        return self._grouped(goods, "''", f"chapter = '{HIDDEN_CHAPTER}'", amount, more, source)

    def _lines(self) -> _Parts:
        """SQL: sums of lines of exactly the level, or of the next finer level that a partner's file holds."""
        selection, digits = self.selection, self.digits
        condition = f"level >= {digits} AND {self._restriction()}{self.in_unit}"
        columns = (
            "partner", "flow", "period", "months", "commodity", "level", "unit", "edition", selection.measure, "opened",
        )  # fmt: skip
        if self.is_together:
            source = self.visible("trade_observation", columns, f"{WORLD_OR_ITS_PARTS} AND {condition}")
        else:
            source = self._of_partners("trade_observation", columns, condition)
        source += " AS line"
        counted = " WHERE level = coarsest"
        if self.is_together:  # the file's own lines of all partners, where it has any, else the lines of each
            loaded = self.visible("trade_partner_total", (*WHOSE, "flow", "period", "months"), f"partner = '{WORLD}'")
            own = self.some("other", f"partner = '{WORLD}' AND level >= {digits}")
            source += f" JOIN (SELECT flow, period, months, {own} AS has_world FROM {loaded} AS line) AS world"
            source += " USING (flow, period, months)"
            counted += f" AND (partner = '{WORLD}') = has_world"
        source = f"(SELECT *, min(level) OVER (PARTITION BY partner, flow, period, months) AS coarsest FROM {source})"
        source += " AS line"
        is_hidden = f"commodity LIKE '%%\\_{HIDDEN[1:]}'"
        goods = f"CASE WHEN {is_hidden} THEN commodity ELSE left(commodity, {digits}) END"
        if not self.by_goods:
            goods = f"CASE WHEN {is_hidden} THEN commodity ELSE '{TOTAL}' END"
        unit = "unit" if selection.measure == "quantity" else "''"
        more = f"count(*) AS lines, {_NEITHER}, min(edition) AS first_edition, max(edition) AS last_edition"
        return self._grouped(goods, unit, is_hidden, selection.measure, more, source, counted)

    def lines(self, columns: Iterable[str], after: str) -> list[tuple[Any, ...]]:
        """Return a page of the lines that the sums add up (2 queries, 3 where files mix levels).

        `after` is the condition for the place where the page begins. Lines are read in the order of the index, so that
        the work is that of a page however long the list. Only where the page meets a file that states the same
        trade at several levels, the levels of all files in the selection are compared before.
        """
        names = [name if name != "release_id" else "opened" for name in columns]
        condition, level = self._behind()
        cells = ", ".join(names)
        page = f" AND {after} ORDER BY {LINE_KEY} LIMIT %(size)s"
        coarsest = self._each(
            "other", "min(level)", f"other.partner = line.partner AND level >= {level}", "least({}, {})"
        )
        found = self.rows(
            f"WITH page AS MATERIALIZED (SELECT * FROM {self._known(cells, condition + page)} AS line"
            f" ORDER BY {LINE_KEY} LIMIT %(size)s), held AS MATERIALIZED (SELECT {_FILE}, {coarsest} AS coarsest"
            f" FROM (SELECT DISTINCT {_FILE} FROM page) AS line)"
            f" SELECT {cells}, level = coarsest FROM page JOIN held USING ({_FILE}) ORDER BY {LINE_KEY}"
        )
        if not all(row[-1] for row in found):
            found = self.rows(f"SELECT {cells}, true FROM {self.all_lines(cells)}{page}")
        return [row[:-1] for row in found]

    def all_lines(self, cells: str) -> str:
        """SQL: all lines that the sums add up, as a table with a condition; its values are `parameters` (1 query)."""
        condition, __ = self._behind()
        return (
            f"(SELECT *, min(level) OVER (PARTITION BY {_FILE}) AS coarsest"
            f" FROM {self._known(cells, condition)} AS line) AS line WHERE level = coarsest"
        )

    def _behind(self) -> tuple[str, int]:
        """SQL: the condition of the lines of every level that may count, and the coarsest such level."""
        level = 0 if self.level == "total" else max(self.digits, 2)
        selection = self.selection
        counted = self._counted()  # finds the groups that the partners' condition adds up
        partners = self.partner_condition
        # A total counts where it states the measure, else the lines beside it do
        is_stated = f"(commodity <> '{TOTAL}' OR {selection.measure} IS NOT NULL)" if level == 0 else "true"
        if not selection.partners:  # the file's own line of all partners, or the lines of each
            world = self.some("other", f"partner = '{WORLD}' AND level >= {level} AND {is_stated}")
            partners = f"{WORLD_OR_ITS_PARTS} AND (partner = '{WORLD}') = {world}"
        condition = (
            "dataset_id = %(dataset)s AND reporter = %(reporter)s AND flow = ANY(%(flows)s)"
            f" AND period BETWEEN %(first)s AND %(last)s AND {partners} AND level >= {level} AND {is_stated}"
            f" AND {self._restriction(with_hidden=False)} AND {counted}"
        )
        return condition + self.in_unit, level

    def _known(self, cells: str, condition: str) -> str:
        """SQL: lines that meet a condition and are known at the vintage; each half in the order of its own index."""
        standing, past = (
            f"(SELECT {cells} FROM trade_observation AS line WHERE {known} AND {condition})" for known in self.halves()
        )
        return standing if self.vintage is None else f"({standing} UNION ALL {past})"

    def halves(self) -> tuple[str, str]:
        """SQL: the conditions for rows that still stand, and for rows that are past, to be known at the vintage."""
        if self.vintage is None:
            return "closed IS NULL", "false"
        return "closed IS NULL AND opened <= %(vintage)s", "closed > %(vintage)s AND opened <= %(vintage)s"

    def _counted(self) -> str:
        """SQL: the line is of the months, or else the longer period, that its figure is made of."""
        coverage = coverage_of(self)
        counted = [
            (flow, month, 1 if coverage.rows_of(flow, period) in (1, None) else self.spans.count)
            for flow in self.selection.flows
            for period in self.spans.periods
            for month in sorted(self.spans.months[period])
        ]
        flows, months, lengths = zip(*counted, strict=True)
        self.parameters |= {
            "counted_flows": list(flows),
            "counted_months": list(months),
            "counted_lengths": list(lengths),
        }
        # IS TRUE keeps it a filter: as a join it would cost the order of the index
        return (
            "((flow, period, months) IN (SELECT * FROM"
            " unnest(%(counted_flows)s::text[], %(counted_months)s::date[], %(counted_lengths)s::int[]))) IS TRUE"
        )

    def _each(self, alias: str, what: str, condition: str, both: str) -> str:
        """SQL: something asked of the rows of the same reporter, flow and period as `line` that the vintage knows.

        Rows that still stand and rows that are past are asked for by themselves, as each has its own index.
        """
        same = " AND ".join(
            [
                f"{alias}.dataset_id = %(dataset)s AND {alias}.reporter = %(reporter)s",
                f"{alias}.period BETWEEN %(first)s AND %(last)s",  # lets the planner leave other partitions out
                *(f"{alias}.{name} = line.{name}" for name in ("period", "flow", "months")),
            ]
        )
        standing, past = (
            f"(SELECT {what} FROM trade_observation AS {alias} WHERE {same} AND {known} AND {condition})"
            for known in self.halves()
        )
        return standing if self.vintage is None else both.format(standing, past)

    def some(self, alias: str, condition: str) -> str:
        """SQL: whether there is such a row of the same reporter, flow and period as `line`.

        Not EXISTS, which forgets the order: with it one step in the index finds the first such row.
        """
        first = f"{condition} ORDER BY {alias}.partner, {alias}.flow, {alias}.commodity LIMIT 1"
        return f"coalesce({self._each(alias, 'true', first, 'coalesce({}, {})')}, false)"

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

    def _restriction(self, *, with_hidden: bool = True) -> str:
        """SQL: the goods asked for, and hidden goods, which may be among them."""
        if not self.selection.goods:
            return "true" if self.level == "total" else f"commodity <> '{TOTAL}'"
        finer = [code for code in self.selection.goods if level_of(code) not in (None, "chapter")]
        parts = []
        if with_hidden:  # it may be of any code, or of any code of its chapter
            self.parameters["hidden"] = [HIDDEN, *{f"{code[:2]}{HIDDEN}" for code in finer if code.isdigit()}]
            parts.append("commodity = ANY(%(hidden)s)")
        for number, code in enumerate((*self.chapters, *finer)):
            self.parameters |= {f"from_{number}": code, f"below_{number}": _after(code)}
            parts.append(f"commodity >= %(from_{number})s AND commodity < %(below_{number})s")
        return f"({' OR '.join(parts) or 'false'})"


def _after(code: str) -> str:
    """Return the least text that is greater than all that begin with the code, in the order of characters."""
    return code[:-1] + chr(ord(code[-1]) + 1)


def restricted(question: Question) -> Sequence[str]:
    """Return the codes named by the selection that stand at its level, so that they appear even without lines."""
    selection = question.selection
    if not question.by_goods:
        return (",".join(selection.goods) or TOTAL,)
    if question.level in ("section", "group"):
        classes = question.classes[question.level].chapters
        return [code for code in selection.goods if code in classes]
    return [code for code in selection.goods if level_of(code) == question.level]
