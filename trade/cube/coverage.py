"""What a dataset holds of what is asked for: the months that are loaded, and partners unknown in them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from trade.cube.spans import Coverage
from trade.models import WORLD

if TYPE_CHECKING:
    from trade.cube.reading import Question

WHOSE = ("dataset_id", "reporter")


def coverage_of(question: Question, witnesses: tuple[str, ...] = ()) -> Coverage:
    """Return what is loaded of the reporter (1 query, 2 where a partner named lacks rows or none is).

    Where the answer tells partners apart, all partners together may stand alone in a month. Rows of `witnesses` show
    that they do not; others are only looked for where these have none.
    """
    detail, lumped = "true", "false"
    if not question.is_rollup:
        detail = question.some("held", f"level >= {question.digits}")
        if question.is_together:  # lines of groups and regions alone add up to nothing
            detail = f"lines_value IS NOT NULL AND {detail}"
        own = question.some("own", f"partner = line.partner AND level >= {question.digits}")
        lumped = f"partner <> '{WORLD}' AND value <> 0 AND (lines_value IS NULL OR NOT {own})"
    elif question.level != "total":
        detail = "lines_value IS NOT NULL"
        lumped = "lines_value IS NULL AND value <> 0"
    columns = (*WHOSE, "flow", "period", "months", "partner", "value", "lines_value", "opened")
    question.parameters["loaded_with"] = [WORLD, *question.selection.partners, *witnesses]
    among = "partner = ANY(%(loaded_with)s)"
    if _tells_all_apart(question) and question.level != "total":
        among = f"({among} OR lines_value IS NULL AND value <> 0)"
    total = question.visible("trade_partner_total", columns, among)
    rows = question.rows(
        f"SELECT partner, flow, months, opened, {detail} AS is_held, {lumped} AS is_lumped, array_agg(period)"
        f" FROM {total} AS line GROUP BY 1, 2, 3, 4, 5, 6"
    )
    return coverage_by(question, rows, witnesses)


def _tells_all_apart(question: Question) -> bool:
    return not question.selection.partners and not question.is_together


def coverage_by(question: Question, standing: Iterable[Sequence[Any]], witnesses: tuple[str, ...] = ()) -> Coverage:
    """Return what is loaded by the totals that stand (1 query where a partner named lacks some, or none is).

    The totals come as partner, flow, length in months, release, whether the detail is held, whether only a total
    stands where a detail is asked for, and first days: those of all partners together and of those named.
    """
    named = set(question.selection.partners)
    months: dict[str, set[dt.date]] = defaultdict(set)
    stated: dict[str, set[dt.date]] = defaultdict(set)
    known: dict[str, set[dt.date]] = defaultdict(set)
    lumps: set[tuple[str, str, dt.date, int]] = set()
    brought: list[tuple[str, int, list[dt.date]]] = []
    rows: dict[str, set[tuple[str, dt.date, int]]] = defaultdict(set)
    for partner, flow, length, opened, is_held, is_lumped, periods in standing:
        if is_lumped:
            lumps.update((partner, flow, period, length) for period in periods)
        if partner == WORLD or partner in named or partner in witnesses:
            rows[partner].update((flow, period, length) for period in periods)
        if partner != WORLD and partner not in named:
            continue
        if length == 1:
            known[flow].update(periods)
        if is_held and length == 1:
            months[flow].update(periods)
        if is_held and length == question.spans.count:
            stated[flow].update(periods)
        brought.append((flow, opened, periods))
    absent: set[str] = set()
    loaded = rows.pop(WORLD, set())
    if named and not (loaded and all(loaded <= rows[partner] for partner in named)):
        absent = _add_unknown(
            question, lumps, f"{_undivided(question)} UNION ALL {_absent(question)} UNION ALL {_not_loaded(question)}"
        )
    elif _tells_all_apart(question) and not loaded <= set().union(*rows.values()):
        _add_unknown(question, lumps, _undivided(question))
    return Coverage(question.spans, months, stated, known, lumps, brought, absent)


def _add_unknown(question: Question, lumps: set[tuple[str, str, dt.date, int]], which: str) -> set[str]:
    """Add where the trade of a partner is unknown though others are loaded; return the absent ones (1 query)."""
    absent = set()
    for partner, flow, length, periods in question.rows(which):
        if periods is None:
            absent.add(partner)
        else:
            lumps.update((partner, flow, period, length) for period in periods)
    return absent


def _undivided(question: Question) -> str:
    """SQL: where all partners together stand alone."""
    loaded = question.visible("trade_partner_total", (*WHOSE, "flow", "period", "months"), f"partner = '{WORLD}'")
    return (
        f"SELECT '' AS partner, flow, months, array_agg(period) FROM {loaded} AS line"
        f" WHERE NOT {_has_partners(question)} GROUP BY 1, 2, 3"
    )


def _absent(question: Question) -> str:
    """SQL: the partners named of which the dataset has no row at all, and nothing says that it would have.

    Countries are told apart wherever a file speaks for all partners; regions and groups only where they stand.
    """
    known = " OR ".join(f"({half})" for half in question.halves())
    return (
        "SELECT code, '', 0, NULL FROM trade_tradearea AS area"
        " WHERE code = ANY(%(partners)s) AND (kind IN ('region', 'group') OR NOT EXISTS (SELECT FROM trade_release"
        " WHERE dataset_id = %(dataset)s AND %(reporter)s = ANY(reporters) AND partners = '{}'))"
        " AND NOT EXISTS (SELECT FROM"
        " trade_partner_total AS total WHERE dataset_id = %(dataset)s AND reporter = %(reporter)s"
        f" AND partner = area.code AND ({known}))"
    )


def _not_loaded(question: Question) -> str:
    """SQL: where others of the partners named were loaded and these were not, in a dataset loaded by partner.

    No release that stands speaks for the partner there, and a partner without a row has not traded nothing.
    """
    loaded = question.visible("trade_partner_total", ("flow", "period", "months"), f"partner = '{WORLD}'")
    own = question.visible(
        "trade_partner_total", ("partner", "flow", "period", "months"), "partner = ANY(%(partners)s)"
    )
    until = "" if question.vintage is None else " AND {}.id <= %(vintage)s"
    of_dataset = "FROM trade_release AS one WHERE one.dataset_id = %(dataset)s"
    return (
        "SELECT area.code, flow, months, array_agg(period)"
        f" FROM {loaded} AS held CROSS JOIN trade_tradearea AS area"
        f" WHERE area.code = ANY(%(partners)s) AND EXISTS (SELECT {of_dataset} AND partners <> '{{}}')"
        f" AND NOT EXISTS (SELECT FROM {own} AS own WHERE partner = area.code AND own.flow = held.flow"
        " AND own.period = held.period AND own.months = held.months)"
        f" AND NOT EXISTS (SELECT {of_dataset} AND kind = 'load' AND %(reporter)s = ANY(reporters)"
        " AND held.flow = ANY(flows) AND held.period BETWEEN first_month AND last_month"
        f" AND (partners = '{{}}' OR area.code = ANY(partners)){until.format('one')}"
        f" AND NOT EXISTS (SELECT FROM trade_release AS undo WHERE undo.undoes_id = one.id{until.format('undo')}"
        f" AND NOT EXISTS (SELECT FROM trade_release AS back WHERE back.undoes_id = undo.id{until.format('back')})"
        ")) GROUP BY 1, 2, 3"
    )


def _has_partners(question: Question) -> str:
    """SQL: whether the dataset states any partner beside all of them together for the flow and period of `line`."""
    same = " AND ".join(
        f"other.{name} = line.{name}" for name in ("dataset_id", "reporter", "flow", "period", "months")
    )
    # Not EXISTS, for which all totals would be read: one step in the index of periods finds the first such row.
    parts = (
        f"(SELECT true FROM trade_partner_total AS other WHERE {same} AND other.partner <> '{WORLD}' AND {known}"
        " ORDER BY other.period LIMIT 1)"
        for known in question.halves()
    )
    return f"coalesce({', '.join(parts)}, false)"
