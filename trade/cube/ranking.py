"""Places of partners among all: competition ranks per period and flow, through the years in one query."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from parties.periods import Period
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
    coverage = question.coverage()
    flows = ("X", "M", "T") if selection.flow in ("T", "B") else (selection.flow,)
    found = _places(question, coverage, selection, flows)
    answers = []
    for period in spans.periods:
        for flow in flows:
            reason = next((why for one in _parts(flow) if (why := coverage.reason(one, period))), None)
            here = found.get((period.starts, flow), {})
            releases = tuple(sorted({one for part in _parts(flow) for one in coverage.releases_of(part, period)}))
            for partner in selection.partners or here:
                value, place = here.get(partner, (None, None))
                why = reason or (None if place else Reason.NOT_RANKED)
                answers.append(Ranked(period, flow, partner, value, place, why, releases))
    return tuple(answers)


def _parts(flow: str) -> tuple[str, ...]:
    return ("X", "M") if flow == "T" else (flow,)


_Places = dict[tuple[object, str], dict[str, tuple[Decimal, Place]]]


_PLACES_OF_SOME = """
    SELECT starts, flow, partner, value, place.*
    FROM ranked JOIN (SELECT starts, flow, array_agg(value) AS everyone FROM ranked GROUP BY starts, flow) AS listed
        USING (starts, flow)
    CROSS JOIN LATERAL (
        SELECT 1 + count(*) FILTER (WHERE other > value) AS rank, count(*) AS of,
            count(*) FILTER (WHERE other = value) > 1 AS tied
        FROM unnest(everyone) AS other
    ) AS place
    WHERE partner = ANY(%(asked)s)"""
"""SQL: some are compared with all, which is less work than putting all into their order."""
_PLACES_OF_ALL = """
    SELECT starts, flow, partner, value, rank() OVER by_value AS rank, count(*) OVER (PARTITION BY starts, flow) AS of,
        value IS NOT DISTINCT FROM lag(value) OVER by_value
            OR value IS NOT DISTINCT FROM lead(value) OVER by_value AS tied
    FROM ranked WINDOW by_value AS (PARTITION BY starts, flow ORDER BY value DESC)"""


def _places(question: Question, coverage: Coverage, selection: Selection, flows: tuple[str, ...]) -> _Places:
    """Return (value, place) of the partners by (first day, flow): 1 query."""
    loaded = [
        (flow, period.starts, rows)
        for flow in question.selection.flows
        for period in coverage.spans.periods
        if (rows := coverage.rows_of(flow, period))
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
        "asked": list(selection.partners),
        "country": TradeArea.Kind.COUNTRY,
    }
    query = f"""
        WITH known AS (
            SELECT partner, flow, starts, value
            FROM ({question.sums(bare=True)}) AS summed
            JOIN unnest(%(loaded_flows)s::text[], %(loaded_starts)s::date[], %(loaded_months)s::int[])
                AS loaded (flow, starts, months) USING (flow, starts, months)
            WHERE NOT is_hidden
        ), flows AS (
            SELECT * FROM known
            UNION ALL
            SELECT partner, 'T', starts, sum(value) FROM known
            WHERE starts = ANY(%(turnover_starts)s)
            GROUP BY partner, starts
        ), ranked AS MATERIALIZED (
            SELECT starts, flow, partner, value
            FROM flows JOIN trade_tradearea ON code = partner
            WHERE value > 0 AND flow = ANY(%(ranked_flows)s)
              AND kind = coalesce((SELECT kind FROM trade_tradearea WHERE code = (%(asked)s::text[])[1]), %(country)s)
        )
        {_PLACES_OF_SOME if selection.partners else _PLACES_OF_ALL}
        ORDER BY starts, flow, rank, partner
    """
    found: _Places = {}
    for starts, flow, partner, value, rank, of, tied in question.rows(query):
        found.setdefault((starts, flow), {})[partner] = value, Place(rank, of, tied)
    return found
