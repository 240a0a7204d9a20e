"""The SQL of the data: rows that are known, added up by the rules of the cube, as observations.

A row is visible as of vintage n where `opened <= n` and not `closed <= n`. For what changed after vintage a, rows
that were visible then and are not any more ride along as *gone*: they add nothing, but mark their sum as changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from trade.cube.reading import WORLD_OR_ITS_PARTS
from trade.goods import HIDDEN_CHAPTER, groups, level_of, sections
from trade.models import HIDDEN, TOTAL, WORLD, Release
from trade.sdmx.concepts import UNSTATED_UNIT
from trade.sdmx.questions import Question

LENGTHS = {"M": 1, "Q": 3, "S": 6, "A": 12}
"""Months of the periods that have a frequency of their own; all other lengths are "January to …"."""
_WHOLE = "(1, 3, 6, 12)"
_SERIES = "dataset_id, reporter, flow, commodity, partner, measure, unit"
_ALONG = "reporter, flow, partner, period, months, opened"
_OF_SUMS = "'A' AS status, '' AS unit, value, net_kg, NULL::numeric AS quantity"
_PARTNER = "COUNTERPART_AREA_1"


class Statements:
    """The queries that read one data set, and their parameters."""

    def __init__(
        self,
        question: Question,
        ids: Sequence[int],
        known: Mapping[int, int] | None,
        after: Mapping[int, int] | None = None,
        *,
        deleted: bool = False,
    ) -> None:
        """Prepare (1 query).

        `known`: vintages, None for today; `after`: only what changed after these; `deleted`: what went since.
        """
        self.question, self.ids, self.known, self.after, self.deleted = question, list(ids), known, after, deleted
        lengths = [length for name, length in LENGTHS.items() if question.of("FREQ").holds(name)]
        transformation = question.of("TRANSFORMATION")
        self.lengths = lengths if transformation.holds("N") else []
        self.added_up = [length for length in self.lengths if length > 1]
        self.has_year_to_date = transformation.holds("YTD") and question.of("FREQ").holds("M")
        self.measures = [name for name in ("VALUE", "NET_WEIGHT", "QUANTITY") if question.of("MEASURE").holds(name)]
        provisional = Release.objects.filter(dataset__in=self.ids, status=Release.Status.PROVISIONAL)
        self.parameters: dict[str, Any] = {
            "ids": self.ids,
            "provisional": list(provisional.values_list("pk", flat=True)),  # their normal values are provisional ones
        }

    def __bool__(self) -> bool:
        """Tell whether anything can be found."""
        return bool(self.ids and self.measures and (self.lengths or self.has_year_to_date))

    def parts(self) -> Iterator[str]:
        """Yield the queries of an answer, coarse goods first (2 queries for the classes of goods)."""
        goods = self.question.of("COMMODITY_1")
        if goods.holds(TOTAL):
            yield self.totals()
        if goods.only is None or any(level_of(code) == "chapter" for code in goods.only):
            yield self._query(self._chapters(goods.only), (2,))
        classes = {**sections().chapters, **groups().chapters}
        wanted = {code: chapters for code, chapters in classes.items() if goods.holds(code)}
        if wanted:
            yield self._query(self._classes(wanted), (2,))
        finer = None if goods.only is None else [code for code in sorted(goods.only) if _is_line(code)]
        if finer is None or finer:
            digits = (4, 6, 8, 10)
            partners = self.question.of(_PARTNER)
            is_together = partners.only is not None and partners.holds(WORLD)
            if partners.only != frozenset({WORLD}):
                yield self._query(self._lines(finer, is_together=False), digits)
            if is_together:
                yield self._query(self._lines(finer, is_together=True), digits)

    def totals(self) -> str:
        """SQL: the observations of all goods."""
        return self._query(self._totals(), (0,))

    def sizes(self, at_most: int) -> Iterator[str]:
        """Yield the queries of how many rows an answer reads; each counts no further than `at_most`.

        Where all goods are asked for, the lines behind their totals are known without counting.
        """
        goods, partner = self.question.of("COMMODITY_1"), self._wanted("partner", _PARTNER)
        if goods.only is None:
            if self.question.of(_PARTNER).only is None:
                partner = f"partner = '{WORLD}'"
            lines = self._visible("trade_partner_total", "lines", partner)
            yield f"SELECT coalesce(sum(lines), 0) FROM {lines} AS total"
            return
        sources = []
        if goods.holds(TOTAL):
            sources.append(self._visible("trade_partner_total", "period", partner))
        finer = [code for code in sorted(goods.only) if _is_line(code)]
        if len(finer) + goods.holds(TOTAL) < len(goods.only):  # chapters, and classes, which read all of them
            sources.append(self._visible("trade_chapter_total", "period", partner))
        if finer:
            ranges = self._ranges(finer)
            of_all = self.question.of(_PARTNER).holds(WORLD)
            sources.append(
                self._visible("trade_observation", "period", f"{'true' if of_all else partner} AND {ranges}")
            )
        for source in sources:
            yield f"SELECT count(*) FROM (SELECT FROM {source} AS line LIMIT {int(at_most)}) AS counted"

    # Sources of rows ----------------------------------------------------------------------------------------------

    def _totals(self) -> str:
        columns = f"{_ALONG}, '{TOTAL}' AS commodity, {_OF_SUMS}, 0 AS detail"
        return self._visible("trade_partner_total", columns, self._wanted("partner", _PARTNER))

    def _chapters(self, codes: frozenset[str] | None) -> str:
        condition = self._wanted("partner", _PARTNER)
        if codes is not None:
            self.parameters["chapters"] = [code for code in codes if level_of(code) == "chapter"]
            condition += " AND chapter = ANY(%(chapters)s)"
        columns = f"{_ALONG}, chapter AS commodity, {_OF_SUMS}, 2 AS detail"
        return self._visible("trade_chapter_total", columns, condition)

    def _classes(self, wanted: Mapping[str, Sequence[str]]) -> str:
        pairs = [(chapter, code) for code, chapters in wanted.items() for chapter in chapters]
        self.parameters |= {
            "class_chapters": [chapter for chapter, __ in pairs],
            "class_codes": [code for __, code in pairs],
        }
        class_of = "unnest(%(class_chapters)s::text[], %(class_codes)s::text[]) AS class(of_chapter, class_code)"
        return (
            "(SELECT dataset_id, reporter, flow, partner, period, months, opened, class_code AS commodity, status,"
            f" unit, value, net_kg, quantity, detail, gone, changed FROM {self._chapters(None)} AS chapter"
            f" JOIN {class_of} ON of_chapter = commodity)"
        )

    def _lines(self, codes: Sequence[str] | None, *, is_together: bool) -> str:
        """SQL: lines as published, or those of each code named, at the coarsest level that a partner's file holds."""
        columns = f"{_ALONG}, commodity, level, status, unit, value, net_kg, quantity"
        partners = self._wanted("partner", _PARTNER)
        if is_together:
            partners = WORLD_OR_ITS_PARTS
        elif self.question.of(_PARTNER).only is not None:
            partners += f" AND partner <> '{WORLD}'"
        detail = f"CASE WHEN commodity LIKE '%%{HIDDEN}' THEN 4 ELSE length(commodity) END"
        if codes is None:
            condition = f"{partners} AND commodity <> '{TOTAL}' AND length(commodity) <> 2"
            lines = self._visible("trade_observation", columns, condition)
            source, is_coarsest = f"(SELECT *, commodity AS code FROM {lines} AS line)", "true"
        else:
            self.parameters |= {
                "codes": list(codes),
                "below": [_below(code) for code in codes],
                "digits": [len(code) if code.isdigit() else 0 for code in codes],
                "of_level": [int(level_of(code) or 0) for code in codes],
            }
            lines = self._visible("trade_observation", columns, f"{partners} AND {self._ranges(codes)}")
            source = (
                "(SELECT line.*, code, of_level, min(level) OVER"
                " (PARTITION BY code, dataset_id, reporter, partner, flow, period, months, gone) AS coarsest"
                f" FROM {lines} AS line"
                " JOIN unnest(%(codes)s::text[], %(below)s::text[], %(digits)s::int[], %(of_level)s::int[])"
                " AS asked(code, below, digits, of_level)"
                ' ON commodity COLLATE "C" >= code AND commodity COLLATE "C" < below AND level >= digits)'
            )
            is_coarsest = "level = coarsest"
            detail = f"CASE WHEN code LIKE '%%{HIDDEN}' THEN 4 ELSE length(code) END"
        partner = "partner"
        if is_together:  # the file's own total of partners, or their sum
            same = "dataset_id, reporter, flow, period, months"
            if codes is None:
                source = (
                    f"(SELECT *, bool_or(partner = '{WORLD}') OVER (PARTITION BY {same}) AS has_world"
                    f" FROM {source} AS line)"
                )
            else:
                source = (
                    f"(SELECT line.*, coalesce(has_world, false) AS has_world FROM {source} AS line"
                    f" LEFT JOIN {self._own_lines_of_all()} AS world USING ({same}, of_level))"
                )
            is_coarsest += f" AND ((partner = '{WORLD}') = has_world OR gone AND partner = '{WORLD}')"
            partner = f"'{WORLD}'"
        return (
            f"(SELECT dataset_id, reporter, flow, {partner} AS partner, period, months, opened, code AS commodity,"
            f" status, unit, value, net_kg, quantity, {detail} AS detail, gone, changed"
            f" FROM {source} AS line WHERE {is_coarsest})"
        )

    def _own_lines_of_all(self) -> str:
        """SQL: whether a file has lines of all partners together at a level or finer, whatever goods they are of."""
        same = " AND ".join(
            f"other.{name} = total.{name}" for name in ("dataset_id", "reporter", "flow", "period", "months")
        )
        seen = " OR ".join(self._seen("other."))
        totals = self._visible("trade_partner_total", "reporter, flow, period, months", f"partner = '{WORLD}'")
        return (
            "(SELECT dataset_id, reporter, flow, period, months, of_level,"
            f" EXISTS (SELECT FROM trade_observation AS other WHERE {same} AND other.partner = '{WORLD}'"
            f" AND other.level >= of_level AND ({seen})) AS has_world"
            f" FROM {totals} AS total CROSS JOIN (SELECT DISTINCT unnest(%(of_level)s::int[]) AS of_level) AS asked"
            " WHERE NOT gone)"
        )

    def _ranges(self, codes: Sequence[str]) -> str:
        """SQL: the lines of these codes and of all below them."""
        ranges = []
        for number, code in enumerate(codes):
            self.parameters |= {f"from_{number}": code, f"below_{number}": _below(code)}
            ranges.append(f"commodity >= %(from_{number})s AND commodity < %(below_{number})s")
        return f"({' OR '.join(ranges)})"

    # Rows that are known ------------------------------------------------------------------------------------------

    def _visible(self, table: str, columns: str, condition: str) -> str:
        """SQL: the rows of a table that the question is about, with `gone` and `changed`."""
        where = [
            "dataset_id = ANY(%(ids)s)",
            self._wanted("reporter", "REF_AREA"),
            self._wanted("flow", "TRADE_FLOW"),
            self._lengths(),
            *self._dates(),
            condition,
        ]
        base = f"FROM {table} WHERE {' AND '.join(where)}"
        changed = self._each("opened > {after}") if self.after is not None else "false"
        parts = [
            f"SELECT dataset_id, {columns}, false AS gone, {changed} AS changed {base} AND {seen}"
            for seen in self._seen()
        ]
        if self.after is not None:
            went = "opened <= {after} AND closed > {after}" + (
                " AND closed <= {known}" if self.known is not None else ""
            )
            gone = f"closed IS NOT NULL AND {self._each(went)}"
            parts.append(f"SELECT dataset_id, {columns}, true AS gone, true AS changed {base} AND {gone}")
        return f"({' UNION ALL '.join(parts)})"

    def _seen(self, prefix: str = "") -> list[str]:
        """SQL: the halves of what is known, each with a partial index of its own."""
        if self.known is None:
            return [f"{prefix}closed IS NULL"]
        return [
            f"{prefix}closed IS NULL AND {self._each('opened <= {known}', prefix)}",
            f"{prefix}closed IS NOT NULL AND {self._each('opened <= {known} AND closed > {known}', prefix)}",
        ]

    def _each(self, condition: str, prefix: str = "") -> str:
        """SQL: a condition on vintages, for each dataset with its own."""
        parts = []
        for dataset_id in self.ids:
            known = self.known[dataset_id] if self.known is not None else 0
            after = self.after[dataset_id] if self.after is not None else 0
            text = condition.format(known=known, after=after)
            text = text.replace("opened", f"{prefix}opened").replace("closed", f"{prefix}closed")
            parts.append(f"{prefix}dataset_id = {dataset_id} AND {text}")
        return f"({' OR '.join(parts)})"

    def _wanted(self, column: str, dimension: str) -> str:
        """SQL: the codes of a dimension that are asked for; `true` for all."""
        wanted, parts = self.question.of(dimension), []
        if wanted.only is not None:
            self.parameters[f"only_{dimension}"] = sorted(wanted.only)
            parts.append(f"{column} = ANY(%(only_{dimension})s)")
        if wanted.without:
            self.parameters[f"without_{dimension}"] = sorted(wanted.without)
            parts.append(f"{column} <> ALL(%(without_{dimension})s)")
        return " AND ".join(parts) or "true"

    def _lengths(self) -> str:
        self.parameters["lengths"] = sorted({*self.lengths, *((1,) if self.added_up else ())})
        year_to_date = f" OR months NOT IN {_WHOLE}" if self.has_year_to_date else ""
        return f"(months = ANY(%(lengths)s){year_to_date})"

    def _dates(self) -> Iterator[str]:
        """SQL: periods within the first and the last day; "January to …" counts as the month that it ends in."""
        if self.question.first:
            self.parameters |= {"first": self.question.first, "first_year": self.question.first.replace(month=1, day=1)}
            yield "period >= %(first_year)s"
            yield (
                f"CASE WHEN months IN {_WHOLE} THEN period"
                " ELSE (period + make_interval(months => months - 1))::date END >= %(first)s"
            )
        if self.question.last:
            self.parameters["last"] = self.question.last
            yield "period <= %(last)s"
            yield "(period + make_interval(months => months))::date - 1 <= %(last)s"

    # Observations -------------------------------------------------------------------------------------------------

    def _query(self, source: str, details: Sequence[int]) -> str:
        """SQL: the observations made of a source of rows, `details` being the levels that its rows may have."""
        ctes = [f"sums AS ({self._sums(source)})"]
        published, parts = ["true"], []
        if self.added_up:
            ctes.insert(0, f"loaded AS ({self._loaded(details)})")
            ctes.insert(1, f"lumped AS ({self._lumped()})")
            published.append(
                "NOT EXISTS (SELECT FROM loaded WHERE loaded.dataset_id = sums.dataset_id"
                " AND loaded.reporter = sums.reporter AND loaded.flow = sums.flow AND loaded.detail = sums.detail"
                " AND loaded.months = sums.months AND loaded.starts = sums.period)"
            )
            if 1 not in self.lengths:
                published.append("months <> 1")
            parts.append(self._added_up())
        columns = f"{_SERIES}, months, period, amount, status, opened, changed, had"
        parts.append(f"SELECT {columns} FROM sums WHERE {' AND '.join(published)}")
        found = f"({' UNION ALL '.join(parts)}) AS observation"
        return f"WITH {', '.join(ctes)} {self._ordered(found)}"

    def _sums(self, source: str) -> str:
        """SQL: rows of one key added up, measure by measure; a sum with a part that is not stated is not stated."""
        values = {
            "VALUE": "('VALUE', 'USD', value)",
            "NET_WEIGHT": "('NET_WEIGHT', 'KG', net_kg)",
            "QUANTITY": f"('QUANTITY', coalesce(nullif(line.unit, ''), '{UNSTATED_UNIT}'), quantity)",
        }
        measured = f"(VALUES {', '.join(values[name] for name in self.measures)}) AS measured(measure, unit, amount)"
        condition = self._wanted("measured.unit", "UNIT_MEASURE")
        status = "CASE WHEN status = 'A' AND opened = ANY(%(provisional)s::int[]) THEN 'P' ELSE status END"
        amount, had, absent = "count(amount) = count(*) THEN sum(amount)", "false", "false"
        if self.after is not None:
            amount = "count(amount) FILTER (WHERE NOT gone) = count(*) FILTER (WHERE NOT gone)"
            amount += " THEN sum(amount) FILTER (WHERE NOT gone)"
            had, absent = "bool_or(gone AND amount IS NOT NULL)", "bool_and(gone)"
        return (
            f"SELECT dataset_id, reporter, flow, commodity, partner, measure, measured.unit, months, period, detail,"
            f" CASE WHEN {amount} END AS amount, {_worst(status)} AS status, max(opened) AS opened,"
            f" bool_or(changed) AS changed, {had} AS had, {absent} AS absent"
            f" FROM {source} AS line CROSS JOIN LATERAL {measured} WHERE {condition}"
            " GROUP BY dataset_id, reporter, flow, commodity, partner, measure, measured.unit, months, period, detail"
        )

    def _loaded(self, details: Sequence[int]) -> str:
        """SQL: the quarters, half-years and years of which all months are loaded in the detail that is needed."""
        self.parameters |= {"added_up": self.added_up, "details": list(details)}
        months = self._visible(
            "trade_partner_total", "reporter, flow, period, months", f"partner = '{WORLD}' AND months = 1"
        )
        seen = " OR ".join(self._seen("line."))
        has_lines = (
            "EXISTS (SELECT FROM trade_observation AS line WHERE line.dataset_id = total.dataset_id"
            " AND line.period = total.period AND line.flow = total.flow AND line.months = 1"
            f" AND line.reporter = total.reporter AND line.level >= detail AND ({seen}))"
        )
        return (
            f"SELECT dataset_id, reporter, flow, length.months, {_starts('length.months')} AS starts, detail,"
            f" bool_or(changed) AS changed FROM {months} AS total"
            " CROSS JOIN unnest(%(added_up)s::int[]) AS length(months)"
            " CROSS JOIN unnest(%(details)s::int[]) AS needed(detail)"
            f" WHERE NOT gone AND CASE detail WHEN 0 THEN true ELSE {has_lines} END"
            " GROUP BY 1, 2, 3, 4, 5, 6 HAVING count(*) = length.months"
        )

    def _lumped(self) -> str:
        """SQL: the periods in which a month has no detail of a partner: no goods, or (partner `''`) no partners."""
        same = " AND ".join(
            f"other.{name} = total.{name}" for name in ("dataset_id", "reporter", "flow", "period", "months")
        )
        seen = " OR ".join(self._seen("other."))
        has_partners = (
            f"EXISTS (SELECT FROM trade_partner_total AS other WHERE {same} AND other.partner <> '{WORLD}'"
            f" AND ({seen}))"
        )
        has_no_goods = "lines_value IS NULL AND value <> 0"
        totals = self._visible(
            "trade_partner_total",
            "reporter, flow, partner, period, months, value, lines_value",
            f"months = 1 AND (partner = '{WORLD}' OR {has_no_goods})",
        )
        places = f"dataset_id, reporter, flow, length.months, {_starts('length.months')} AS starts"
        source = f"FROM {totals} AS total CROSS JOIN unnest(%(added_up)s::int[]) AS length(months) WHERE NOT gone"
        return (
            f"SELECT {places}, partner {source} AND {has_no_goods}"
            f" UNION ALL SELECT {places}, '' {source} AND partner = '{WORLD}' AND NOT {has_partners}"
        )

    def _added_up(self) -> str:
        """SQL: sums of months that make up a whole period and that have the detail in each.

        Each month is first placed in its periods, so that the join is one of equal columns. `OFFSET 0` keeps the
        planner from trying each month against all periods instead, which took most of the time of such a query.
        """
        parts = (
            f"(SELECT sums.*, length.months AS whole, {_starts('length.months')} AS starts"
            " FROM sums CROSS JOIN unnest(%(added_up)s::int[]) AS length(months) WHERE sums.months = 1 OFFSET 0)"
        )
        lumped = (
            "EXISTS (SELECT FROM lumped WHERE lumped.dataset_id = part.dataset_id AND lumped.reporter = part.reporter"
            " AND lumped.flow = part.flow AND lumped.months = part.whole AND lumped.starts = part.starts"
            " AND lumped.partner = {partner})"
        )
        return (
            "SELECT part.dataset_id, part.reporter, part.flow, commodity, partner, measure, unit, whole AS months,"
            " part.starts AS period,"
            " CASE WHEN NOT bool_or(amount IS NULL AND NOT absent) THEN sum(amount) END AS amount,"
            f" {_worst('status')} AS status, max(opened) AS opened,"
            " bool_or(part.changed) OR bool_or(loaded.changed) AS changed, bool_or(had) AS had"
            f" FROM {parts} AS part JOIN loaded ON loaded.dataset_id = part.dataset_id"
            " AND loaded.reporter = part.reporter AND loaded.flow = part.flow AND loaded.detail = part.detail"
            " AND loaded.months = part.whole AND loaded.starts = part.starts"
            f" WHERE NOT ({lumped.format(partner='part.partner')} AND part.detail > 0)"
            f" AND NOT ({lumped.format(partner=chr(39) * 2)} AND part.partner <> '{WORLD}')"
            " GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9"
        )

    def _ordered(self, found: str) -> str:
        """SQL: the observations asked for, in the order of series and time."""
        question = self.question
        conditions = ["amount IS NULL AND had" if self.deleted else "amount IS NOT NULL"]
        if self.after is not None and not self.deleted:
            conditions.append("changed")
        if question.of("COMMODITY_1").without:
            self.parameters["without_goods"] = sorted(question.of("COMMODITY_1").without)
            conditions.append("commodity <> ALL(%(without_goods)s)")
        where = " AND ".join(conditions)
        kind = f"CASE WHEN months IN {_WHOLE} THEN months ELSE 0 END"
        if not question.has_observations:
            return (
                f"SELECT DISTINCT {_SERIES}, {kind}::int AS kind, NULL, '', '', 0 FROM {found}"
                f" WHERE {where} ORDER BY {_SERIES}, kind"
            )
        columns = f"{_SERIES}, months, period, coalesce(amount::text, ''), status, opened"
        order = f"{_SERIES}, {kind}, period, months"
        bounds = {"first_observations": "", "last_observations": " DESC"}
        numbered, kept = "", []
        for name, direction in bounds.items():
            count = getattr(question, name)
            if count is not None:
                self.parameters[name] = count
                over = f"PARTITION BY {_SERIES}, {kind} ORDER BY period{direction}, months{direction}"
                numbered += f", row_number() OVER ({over}) AS number_{name}"
                kept.append(f"number_{name} <= %({name})s")
        if kept:
            found = f"(SELECT *{numbered} FROM {found} WHERE {where}) AS observation"
            where = " OR ".join(kept)
        is_ordered = not question.is_flat or question.limit is not None or question.offset
        return f"SELECT {columns} FROM {found} WHERE {where}" + (f" ORDER BY {order}" if is_ordered else "")


def _is_line(code: str) -> bool:
    """Tell whether the code is one of lines: 4 to 10 digits, or hidden goods."""
    return code != HIDDEN_CHAPTER and level_of(code) in ("4", "6", "8", "10")


def _below(code: str) -> str:
    """Return the first text after all that begin with the code."""
    return code[:-1] + chr(ord(code[-1]) + 1)


def _worst(status: str) -> str:
    """SQL: the status of a sum: estimated or provisional where a part is."""
    return f"CASE WHEN bool_or({status} = 'E') THEN 'E' WHEN bool_or({status} = 'P') THEN 'P' ELSE min({status}) END"


def _starts(months: str) -> str:
    """SQL: the first day of the period of so many months that holds the month `period`."""
    return (
        f"make_date(extract(year FROM period)::int, (extract(month FROM period)::int - 1) / {months} * {months} + 1, 1)"
    )
