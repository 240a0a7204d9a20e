"""Places of partners among all: competition ranks per period and flow, through the years in one query."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from parties.periods import Period
from trade.cube.coverage import coverage_of, with_coarser
from trade.cube.reading import Question
from trade.cube.spans import Coverage, Spans
from trade.indicators.amounts import Place
from trade.indicators.answers import Reason
from trade.models import TradeArea
from trade.selection import Selection


@dataclass(frozen=True)
class Ranked:
    """The place of one partner by one flow in one period, or the reason why there is none."""

    period: Period
    flow: str
    partner: str
    value: Decimal | None
    place: Place | None
    reason: Reason | None
    releases: tuple[int, ...]


def ranks(selection: Selection, *, whole: bool = False) -> tuple[Ranked, ...]:
    """Return the places of the selected partners (of all, where none is named) among those of their kind.

    A question about turnover is answered for export, import and turnover. Only countries are ranked among
    countries and regions among regions; all partners together, groups, unknown and hidden ones have no place, nor has
    who traded nothing. Ranks are of unrounded values; equals share the better place ("1224").
    `whole` takes the range of months as one period. At most 6 queries. Quantities are ranked in the unit that the
    selection names; without one, `ValueError`.
    """
    if selection.measure == "quantity" and not selection.unit:
        raise ValueError("quantities are ranked in one unit")
    spans = Spans.whole(selection) if whole else Spans.of(selection)
    question = Question(selection.but(partners=(), by=("partner",)), spans, sifts_partners=False)
    coverage = coverage_of(question, witnesses=selection.partners)
    flows = ("X", "M", "T") if selection.flow in ("T", "B") else (selection.flow,)
    found = _places(question, coverage, selection, flows)
    coverage = with_coarser(question, coverage, selection.partners)
    answers = []
    for period in spans.periods:
        for flow in flows:
            unknown = {one for part in _parts(flow) for one in coverage.unknown(part, period)}
            reason = next((why for one in _parts(flow) if (why := coverage.reason(one, period))), None)
            if reason is None and "" in unknown:
                reason = Reason.TOO_COARSE
            here = found.get((period.starts, flow), {})
            releases = tuple(sorted({one for part in _parts(flow) for one in coverage.releases_of(part, period)}))
            for partner in selection.partners or here:
                value, place = (None, None) if partner in unknown else here.get(partner, (None, None))
                why = reason or (Reason.TOO_COARSE if partner in unknown else None if place else Reason.NOT_RANKED)
                answers.append(Ranked(period, flow, partner, value, place, why, releases))
    return tuple(answers)


def _parts(flow: str) -> tuple[str, ...]:
    return ("X", "M") if flow == "T" else (flow,)


_Loaded = dict[tuple[str, dt.date], int]
"""For each flow and first day of a period, the length of the rows that make it up."""
_Places = dict[tuple[object, str], dict[str, tuple[Decimal, Place]]]


def _places(question: Question, coverage: Coverage, selection: Selection, flows: tuple[str, ...]) -> _Places:
    """Return (value, place) of the partners by (first day, flow): 1 query."""
    loaded = {
        (flow, period.starts): rows
        for flow in question.selection.flows
        for period in coverage.spans.periods
        if (rows := coverage.rows_of(flow, period)) and "" not in coverage.unknown(flow, period)
    }
    ranked = [
        (flow, period.starts)
        for flow in flows
        for period in coverage.spans.periods
        if all((part, period.starts) in loaded for part in _parts(flow))
    ]
    if not ranked:
        return {}
    question.parameters |= {
        "ranked_flows": [flow for flow, __ in ranked],
        "ranked_starts": [starts for __, starts in ranked],
        "asked": list(selection.partners),
        "country": TradeArea.Kind.COUNTRY,
        "group": TradeArea.Kind.GROUP,
    }
    if _stand_ready(question, loaded):
        sums = _FLOWS_OF_YEARS.format(measure=selection.measure)
        places = _PLACES_OF_SOME_IN_YEARS if selection.partners else _PLACES_OF_ALL
    else:
        sums = _flows(question, coverage, loaded)
        places = _PLACES_OF_SOME if selection.partners else _PLACES_OF_ALL
    found: _Places = {}
    for starts, flow, partner, value, rank, of, tied in question.rows(
        f"WITH {sums} {places} ORDER BY starts, flow, rank, partner"
    ):
        found.setdefault((starts, flow), {})[partner] = value, Place(rank, of, tied)
    return found


def _stand_ready(question: Question, loaded: _Loaded) -> bool:
    """Tell whether the sums of the periods stand ready: those of today's years, from months."""
    selection, spans = question.selection, question.spans
    are_years = spans.count == 12 and all(first.month == 1 for first in spans.starts)
    are_of_today = question.vintage is None and set(loaded.values()) == {1}
    return are_years and are_of_today and question.level == "total" and selection.measure != "quantity"


def _flows(question: Question, coverage: Coverage, loaded: _Loaded) -> str:
    """SQL: the sum of each partner by flow and period, added up, without those that are unknown."""
    unknown = [
        (partner, flow, period.starts)
        for flow in question.selection.flows
        for period in coverage.spans.periods
        for partner in coverage.unknown(flow, period)
    ]
    question.parameters |= {
        "loaded_flows": [flow for flow, __ in loaded],
        "loaded_starts": [starts for __, starts in loaded],
        "loaded_months": list(loaded.values()),
        "unknown_partners": [one[0] for one in unknown],
        "unknown_flows": [one[1] for one in unknown],
        "unknown_starts": [one[2] for one in unknown],
    }
    return f"""known AS (
            SELECT partner, flow, starts, value
            FROM ({question.sums(bare=True)}) AS summed
            JOIN unnest(%(loaded_flows)s::text[], %(loaded_starts)s::date[], %(loaded_months)s::int[])
                AS loaded (flow, starts, months) USING (flow, starts, months)
            JOIN trade_tradearea ON code = partner
            WHERE NOT is_hidden{_IS_KNOWN if unknown else ""} AND kind = {_KIND}
        ), flows AS (
            SELECT * FROM known
            UNION ALL
            SELECT partner, 'T', starts, CASE WHEN count(value) = count(*) THEN sum(value) END
            FROM known JOIN ({_RANKED}) AS ranked USING (starts)
            WHERE ranked.flow = 'T'{_IS_KNOWN_IN_BOTH if unknown else ""} GROUP BY partner, starts
        )"""


_KIND = (
    "coalesce((SELECT kind FROM trade_tradearea WHERE code = (%(asked)s::text[])[1] AND kind <> %(group)s),"
    " %(country)s)"
)
_RANKED = "SELECT * FROM unnest(%(ranked_flows)s::text[], %(ranked_starts)s::date[]) AS ranked (flow, starts)"
_UNKNOWN = "unnest(%(unknown_partners)s::text[], %(unknown_flows)s::text[], %(unknown_starts)s::date[])"
_IS_KNOWN = f" AND (partner, flow, starts) NOT IN (SELECT * FROM {_UNKNOWN})"
_IS_KNOWN_IN_BOTH = f" AND (partner, starts) NOT IN (SELECT a, c FROM {_UNKNOWN} AS unknown (a, b, c))"

_FLOWS_OF_YEARS = f"""flows AS NOT MATERIALIZED (
        SELECT partner, flow, year AS starts, {{measure}} AS value FROM trade_partner_year
        WHERE dataset_id = %(dataset)s AND reporter = %(reporter)s
            AND partner NOT IN (SELECT code::text FROM trade_tradearea WHERE kind <> {_KIND})
    )"""
"""SQL: the same where the sums, those of turnover among them, stand ready."""

_PLACES_OF_ALL = f"""
    SELECT starts, flow, partner, value, rank() OVER by_value AS rank, count(*) OVER (PARTITION BY starts, flow) AS of,
        value IS NOT DISTINCT FROM lag(value) OVER by_value
            OR value IS NOT DISTINCT FROM lead(value) OVER by_value AS tied
    FROM flows JOIN ({_RANKED}) AS ranked USING (flow, starts) WHERE value > 0
    WINDOW by_value AS (PARTITION BY starts, flow ORDER BY value DESC)"""

_PLACE = """
        SELECT 1 + count(*) FILTER (WHERE other.value > flows.value) AS rank,
            count(*) FILTER (WHERE other.value > 0) AS of, count(*) FILTER (WHERE other.value = flows.value) > 1 AS tied
"""
_PLACES_OF_SOME_IN_YEARS = f"""
    SELECT starts, flow, partner, value, place.* FROM flows JOIN ({_RANKED}) AS ranked USING (flow, starts)
    CROSS JOIN LATERAL (
        {_PLACE} FROM flows AS other WHERE other.flow = flows.flow AND other.starts = flows.starts
    ) AS place
    WHERE partner = ANY(%(asked)s) AND value > 0"""
"""SQL: some are compared with all of their year, which an index finds; none is put into order."""

_PLACES_OF_SOME = f"""
    SELECT starts, flow, partner, value, place.* FROM flows JOIN ({_RANKED}) AS ranked USING (flow, starts)
    JOIN (SELECT starts, flow, array_agg(value) AS everyone FROM flows GROUP BY starts, flow) AS listed
        USING (starts, flow)
    CROSS JOIN LATERAL ({_PLACE} FROM unnest(everyone) AS other (value)) AS place
    WHERE partner = ANY(%(asked)s) AND value > 0"""
"""SQL: the same where the sums of all are added up first; they are listed once for each period."""
