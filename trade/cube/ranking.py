"""Places of partners among all: competition ranks per period and flow, through the years in one query."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from parties.periods import Period
from trade.cube.coverage import coverage_of
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
    `whole` takes the range of months as one period. At most 5 queries. Quantities are ranked in the unit that the
    selection names; without one, `ValueError`.
    """
    if selection.measure == "quantity" and not selection.unit:
        raise ValueError("quantities are ranked in one unit")
    spans = Spans.whole(selection) if whole else Spans.of(selection)
    question = Question(selection.but(partners=(), by=("partner",)), spans, sifts_partners=False)
    coverage = coverage_of(question)
    flows = ("X", "M", "T") if selection.flow in ("T", "B") else (selection.flow,)
    found = _places(question, coverage, selection, flows)
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
                value, place = here.get(partner, (None, None))
                why = reason or (Reason.TOO_COARSE if partner in unknown else None if place else Reason.NOT_RANKED)
                answers.append(Ranked(period, flow, partner, value, place, why, releases))
    return tuple(answers)


def _parts(flow: str) -> tuple[str, ...]:
    return ("X", "M") if flow == "T" else (flow,)


def _sums(question: Question, lengths: set[int]) -> str:
    """SQL: the sum of each partner, flow and period; today's years of months stand ready, the rest is added up."""
    selection, spans = question.selection, question.spans
    are_years = spans.count == 12 and all(first.month == 1 for first in spans.starts)
    stand_ready = are_years and question.vintage is None and lengths == {1}
    if not stand_ready or question.level != "total" or selection.measure == "quantity":
        return question.sums(bare=True)
    return (
        f"SELECT partner, flow, year AS starts, 1 AS months, {selection.measure} AS value, false AS is_hidden"
        " FROM trade_partner_year WHERE dataset_id = %(dataset)s AND reporter = %(reporter)s AND flow = ANY(%(flows)s)"
        " AND year = ANY(%(starts)s)"
    )


_Places = dict[tuple[object, str], dict[str, tuple[Decimal, Place]]]


_PLACES_OF_SOME = """
    SELECT starts, flow, partner, value, place.*
    FROM flows JOIN (SELECT starts, flow, array_agg(value) AS everyone FROM flows GROUP BY starts, flow) AS listed
        USING (starts, flow)
    CROSS JOIN LATERAL (
        SELECT 1 + count(*) FILTER (WHERE other > value) AS rank, count(*) FILTER (WHERE other > 0) AS of,
            count(*) FILTER (WHERE other = value) > 1 AS tied
        FROM unnest(everyone) AS other
    ) AS place
    WHERE partner = ANY(%(asked)s) AND value > 0 AND flow = ANY(%(ranked_flows)s)"""
"""SQL: some are compared with all, which is less work than putting all into their order."""
_PLACES_OF_ALL = """
    SELECT starts, flow, partner, value, rank() OVER by_value AS rank, count(*) OVER (PARTITION BY starts, flow) AS of,
        value IS NOT DISTINCT FROM lag(value) OVER by_value
            OR value IS NOT DISTINCT FROM lead(value) OVER by_value AS tied
    FROM flows WHERE value > 0 AND flow = ANY(%(ranked_flows)s)
    WINDOW by_value AS (PARTITION BY starts, flow ORDER BY value DESC)"""


_UNKNOWN = "unnest(%(unknown_partners)s::text[], %(unknown_flows)s::text[], %(unknown_starts)s::date[])"
_IS_KNOWN = f" AND (partner, flow, starts) NOT IN (SELECT * FROM {_UNKNOWN})"
_IS_KNOWN_IN_BOTH = f" AND (partner, starts) NOT IN (SELECT a, c FROM {_UNKNOWN} AS unknown (a, b, c))"


def _places(question: Question, coverage: Coverage, selection: Selection, flows: tuple[str, ...]) -> _Places:
    """Return (value, place) of the partners by (first day, flow): 1 query."""
    loaded = [
        (flow, period.starts, rows)
        for flow in question.selection.flows
        for period in coverage.spans.periods
        if (rows := coverage.rows_of(flow, period)) and "" not in coverage.unknown(flow, period)
    ]
    unknown = [
        (partner, flow, period.starts)
        for flow in question.selection.flows
        for period in coverage.spans.periods
        for partner in coverage.unknown(flow, period)
    ]
    if not loaded:
        return {}
    loaded_flows, loaded_starts, loaded_months = zip(*loaded, strict=True)
    question.parameters |= {
        "loaded_flows": list(loaded_flows),
        "loaded_starts": list(loaded_starts),
        "loaded_months": list(loaded_months),
        "ranked_flows": list(flows),
        "turnover_starts": [starts for starts in set(loaded_starts) if loaded_starts.count(starts) == 2],
        "unknown_partners": [one[0] for one in unknown],
        "unknown_flows": [one[1] for one in unknown],
        "unknown_starts": [one[2] for one in unknown],
        "asked": list(selection.partners),
        "country": TradeArea.Kind.COUNTRY,
    }
    query = f"""
        WITH known AS (
            SELECT partner, flow, starts, value
            FROM ({_sums(question, set(loaded_months))}) AS summed
            JOIN unnest(%(loaded_flows)s::text[], %(loaded_starts)s::date[], %(loaded_months)s::int[])
                AS loaded (flow, starts, months) USING (flow, starts, months)
            JOIN trade_tradearea ON code = partner
            WHERE NOT is_hidden{_IS_KNOWN if unknown else ""}
              AND kind = coalesce((SELECT kind FROM trade_tradearea WHERE code = (%(asked)s::text[])[1]), %(country)s)
        ), flows AS (
            SELECT * FROM known
            UNION ALL
            SELECT partner, 'T', starts, CASE WHEN count(value) = count(*) THEN sum(value) END FROM known
            WHERE starts = ANY(%(turnover_starts)s){_IS_KNOWN_IN_BOTH if unknown else ""}
            GROUP BY partner, starts
        )
        {_PLACES_OF_SOME if selection.partners else _PLACES_OF_ALL}
        ORDER BY starts, flow, rank, partner
    """
    found: _Places = {}
    for starts, flow, partner, value, rank, of, tied in question.rows(query):
        found.setdefault((starts, flow), {})[partner] = value, Place(rank, of, tied)
    return found
