"""What a dataset holds of what is asked for: the months that are loaded, and partners unknown in them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from trade.cube.groups import GroupSum, Row, group_sums
from trade.cube.spans import Coverage
from trade.models import WORLD

if TYPE_CHECKING:
    from trade.cube.reading import Question

WHOSE = ("dataset_id", "reporter")
HAS_LINES, IS_LUMPED = "lines_value IS NOT NULL", "lines_value IS NULL AND value <> 0"
"""SQL: lines stand behind a total; only the total stands, of what was traded."""
_GROUPS = "SELECT code, 'group', 0, NULL FROM trade_tradearea WHERE code = ANY(%(partners)s) AND kind = 'group'"
"""SQL: the groups of countries among the partners named."""


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
        # To look for lines of each partner of all would take too long
        coarser = "false" if _tells_all_apart(question) else _is_coarser(question)
        lumped = f"partner <> '{WORLD}' AND value <> 0 AND (lines_value IS NULL OR {coarser})"
    elif question.level != "total":
        detail, lumped = HAS_LINES, IS_LUMPED
    columns = (*WHOSE, "flow", "period", "months", "partner", "value", "lines_value", "opened")
    question.parameters["loaded_with"] = [WORLD, *question.parameters["named"], *witnesses]
    among = "partner = ANY(%(loaded_with)s)"
    if _tells_all_apart(question) and question.level != "total":
        among = f"({among} OR lines_value IS NULL AND value <> 0)"
    total = question.visible("trade_partner_total", columns, among)
    rows = question.rows(
        f"SELECT partner, flow, months, opened, {detail} AS is_held, {lumped} AS is_lumped, array_agg(period)"
        f" FROM {total} AS line GROUP BY 1, 2, 3, 4, 5, 6"
    )
    return coverage_by(question, rows, witnesses)


def with_coarser(question: Question, coverage: Coverage, partners: tuple[str, ...]) -> Coverage:
    """Return the coverage of all partners with what some of them state in coarser lines only (1 query if any can)."""
    if question.is_rollup or not partners:
        return coverage
    question.parameters["partners"] = list(partners)
    columns = (*WHOSE, "flow", "period", "months", "partner")
    among = "partner = ANY(%(partners)s) AND value <> 0 AND lines_value IS NOT NULL"
    total = question.visible("trade_partner_total", columns, among)
    found = question.rows(
        f"SELECT partner, flow, period, months FROM {total} AS line"
        f" WHERE partner <> '{WORLD}' AND {_is_coarser(question)}"
    )
    return replace(coverage, lumped={*coverage.lumped, *found})


def _is_coarser(question: Question) -> str:
    """SQL: whether the partner of `line` has no line of its own that is as fine as the level asked for."""
    return f"NOT {question.some('own', f'partner = line.partner AND level >= {question.digits}')}"


def _tells_all_apart(question: Question) -> bool:
    return not question.selection.partners and not question.is_together


def coverage_by(question: Question, standing: Iterable[Sequence[Any]], witnesses: tuple[str, ...] = ()) -> Coverage:
    """Return what is loaded by the totals that stand (1 query where a partner named lacks some, or none is).

    Groups of countries that are named and lack some are added up by the question from now on: 3 queries more.

    The totals come as partner, flow, length in months, release, whether the detail is held, whether only a total
    stands where a detail is asked for, and first days: those of all partners together and of those named.
    """
    named = set(question.parameters["named"])
    months: dict[str, set[dt.date]] = defaultdict(set)
    stated: dict[str, set[dt.date]] = defaultdict(set)
    known: dict[str, set[dt.date]] = defaultdict(set)
    lumps: set[tuple[str, str, dt.date, int]] = set()
    brought: list[tuple[str, int, list[dt.date]]] = []
    rows: dict[str, set[Row]] = defaultdict(set)
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
    groups: set[str] = set()
    loaded = rows.pop(WORLD, set())
    if named and not (loaded and all(loaded <= rows[partner] for partner in named)):
        which = (_undivided(question), _absent(question), _not_loaded(question), _GROUPS)
        absent, groups = _add_unknown(question, lumps, " UNION ALL ".join(which))
    elif _tells_all_apart(question) and not loaded <= set().union(*rows.values()):
        _add_unknown(question, lumps, _undivided(question))
    if groups and not question.added:
        question.add_up(group_sums(groups, question.selection.reporter, rows))
        return coverage_of(question, witnesses)
    missing = _settle_groups(question.added, loaded, lumps, absent)
    return Coverage(question.spans, months, stated, known, lumps, brought, absent, question.added, missing)


def _settle_groups(
    added: Collection[GroupSum], loaded: set[Row], lumps: set[tuple[str, str, dt.date, int]], absent: set[str]
) -> dict[str, set[str]]:
    """Let a group be unknown where the sum of its members is, and there only; return the members that it lacks."""
    missing: dict[str, set[str]] = {}
    for group in added:
        absent.discard(group.code)
        lumps.difference_update([one for one in lumps if one[0] == group.code and one[1:] not in group.stated])
        for row in loaded - group.stated:
            lacking = group.missing(row, lumps, absent)
            if lacking is not None:
                lumps.add((group.code, *row))
                missing.setdefault(group.code, set()).update(lacking)
    return missing


def _add_unknown(
    question: Question, lumps: set[tuple[str, str, dt.date, int]], which: str
) -> tuple[set[str], set[str]]:
    """Add where the trade of a partner is unknown though others are; return the absent and the groups (1 query)."""
    absent: set[str] = set()
    groups: set[str] = set()
    for partner, flow, length, periods in question.rows(which):
        if periods is None:
            (groups if flow == "group" else absent).add(partner)
        else:
            lumps.update((partner, flow, period, length) for period in periods)
    return absent, groups


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
        " WHERE code = ANY(%(named)s) AND (kind IN ('region', 'group') OR NOT EXISTS (SELECT FROM trade_release"
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
    own = question.visible("trade_partner_total", ("partner", "flow", "period", "months"), "partner = ANY(%(named)s)")
    until = "" if question.vintage is None else " AND {}.id <= %(vintage)s"
    of_dataset = "FROM trade_release AS one WHERE one.dataset_id = %(dataset)s"
    return (
        "SELECT area.code, flow, months, array_agg(period)"
        f" FROM {loaded} AS held CROSS JOIN trade_tradearea AS area"
        f" WHERE area.code = ANY(%(named)s) AND EXISTS (SELECT {of_dataset} AND partners <> '{{}}')"
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
