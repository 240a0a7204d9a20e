"""The data of an answer, read by the rules of the cube and streamed row by row.

An answer is read in parts – total, chapters, sections and groups, lines – so that the first rows are there at once
and no part is larger than it must be. Each part is one query over a cursor of the server: memory stays flat.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from trade.exports.copying import limit_time
from trade.models import WORLD, Dataset, Release
from trade.sdmx.errors import TooLarge
from trade.sdmx.questions import Filter, Question
from trade.sdmx.statements import LENGTHS, Statements

LINES_LIMIT = 2_000_000
"""Lines that one answer may read; a larger question is refused, never cut off."""
_AT_ONCE = 2000
_PARTNER = "COUNTERPART_AREA_1"

Row = tuple[int, str, str, str, str, str, str, int, dt.date, str, str, int]
"""Dataset id, reporter, flow, goods, partner, measure, unit, months, first day, value, status, release.
Without observations, months is 0 for "January to …" and what follows is empty."""


Part = tuple[str, dt.datetime | None, Statements]
"""What is read for one data set: its action, when the release of a version was loaded, and the queries."""


@dataclass(frozen=True)
class DataSet:
    """Rows under one action: `Information` for an ordinary answer, `Replace` and `Delete` for changes.

    since    when the release of a version of history was loaded
    """

    action: str
    since: dt.datetime | None
    rows: Iterator[Row]


def data_sets(question: Question) -> Iterator[DataSet]:
    """Yield what answers the question, all of it seen in one state of the database.

    The rows of each must be taken before the next. Raises `TooLarge`.
    """
    with transaction.atomic():
        _keep_one_state()
        limit_time()
        datasets = [row for row in Dataset.objects.order_by("pk") if question.of("SOURCE").holds(str(row.code))]
        ids = [row.pk for row in datasets]
        parts = list(_parts(question, ids))
        _refuse_too_much([statements for action, __, statements in parts if action != "Delete"])  # reads the same lines
        for action, since, statements in parts:
            yield DataSet(action, since, _rows(statements))


def span(question: Question) -> tuple[dict[str, list[str]], str, str] | tuple[()]:
    """Return the codes in use by dimension, the first and the last day of the totals asked for (at most 5 queries).

    Empty where there are none. Where no partner is named, the totals of all partners together tell all but the
    partners: each flow and period of a reporter has one, and the many totals of single partners need not be added up.
    """
    datasets = {row.pk: str(row.code) for row in Dataset.objects.order_by("pk")}
    ids = [pk for pk, code in datasets.items() if question.of("SOURCE").holds(code)]
    is_of_all = _PARTNER not in question.filters and _every_total_is_known(ids)
    asked = question
    if is_of_all:
        asked = replace(question, filters={**question.filters, _PARTNER: Filter(frozenset({WORLD}))})
    statements = Statements(asked, ids, None)
    if not statements:
        return ()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(DISTINCT dataset_id), array_agg(DISTINCT reporter), array_agg(DISTINCT flow),"
            " array_agg(DISTINCT partner), array_agg(DISTINCT months), min(period),"
            f" max((period + make_interval(months => months))::date - 1) FROM ({statements.totals()}) AS observation",
            statements.parameters,
        )
        found = cursor.fetchone()
    if found[0] is None:
        return ()
    dataset_ids, reporters, flows, partners, lengths, first, last = found
    if is_of_all:
        partners = _partners(dataset_ids, reporters, flows, first, last)
    names = {months: name for name, months in LENGTHS.items()}
    codes = {
        "FREQ": [name for name in LENGTHS if any(names.get(months, "M") == name for months in lengths)],
        "REF_AREA": reporters,
        "TRADE_FLOW": flows,
        "COUNTERPART_AREA_1": partners,
        "TRANSFORMATION": sorted({"N" if months in names else "YTD" for months in lengths}),
        "SOURCE": [datasets[pk] for pk in dataset_ids],
    }
    return codes, first.isoformat(), last.isoformat()


def _every_total_is_known(ids: Sequence[int]) -> bool:
    """Tell whether all flows and periods have a value for all partners together (1 query)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT NOT EXISTS (SELECT FROM trade_partner_total WHERE dataset_id = ANY(%s) AND partner = %s"
            " AND closed IS NULL AND value IS NULL)",
            [list(ids), WORLD],
        )
        return bool(cursor.fetchone()[0])


def _partners(ids: Sequence[int], reporters: Sequence[str], flows: Sequence[str], first: Any, last: Any) -> list[str]:
    """Return the partners that have any total there, all together among them (1 query)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT partner FROM trade_partner_total WHERE dataset_id = ANY(%s) AND reporter = ANY(%s)"
            " AND flow = ANY(%s) AND period BETWEEN %s AND %s AND closed IS NULL AND value IS NOT NULL"
            " ORDER BY partner",
            [list(ids), list(reporters), list(flows), first, last],
        )
        return [partner for (partner,) in cursor.fetchall()]


def _keep_one_state() -> None:
    """Let all queries of the transaction see the same; not possible where it has begun already (in tests)."""
    if connection.in_atomic_block and len(connection.savepoint_ids) == 0:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def _parts(question: Question, ids: Sequence[int]) -> Iterator[Part]:
    """Yield what the answer is made of."""
    if question.history:
        yield from _history(question, ids)
        return
    known = _vintages(ids, question.as_of) if question.as_of else None
    if question.updated_after is None:
        yield "Information", None, Statements(question, ids, known)
        return
    after = _vintages(ids, question.updated_after)
    yield "Replace", None, Statements(question, ids, known, after)
    yield "Delete", None, Statements(question, ids, known, after, deleted=True)


def _history(question: Question, ids: Sequence[int]) -> Iterator[Part]:
    """Yield what each release changed, oldest first."""
    before = _vintages(ids, question.updated_after) if question.updated_after else dict.fromkeys(ids, 0)
    releases = Release.objects.filter(dataset__in=ids).order_by("pk")
    if question.as_of:
        releases = releases.filter(loaded_at__lte=question.as_of)
    for release in releases:
        dataset_id = release.dataset_id
        if release.pk <= before[dataset_id]:
            continue
        known, after = {dataset_id: release.pk}, {dataset_id: before[dataset_id]}
        yield "Replace", release.loaded_at, Statements(question, [dataset_id], known, after)
        yield "Delete", release.loaded_at, Statements(question, [dataset_id], known, after, deleted=True)
        before[dataset_id] = release.pk


def _vintages(ids: Sequence[int], moment: dt.datetime) -> dict[int, int]:
    """Return the newest release of each dataset known at the moment, 0 where there was none (1 query)."""
    found = dict.fromkeys(ids, 0)
    known = Release.objects.filter(dataset__in=ids, loaded_at__lte=moment).order_by("pk")
    return found | dict(known.values_list("dataset_id", "pk"))


def _rows(statements: Statements) -> Iterator[Row]:
    """Yield the rows, series by series and in the order of time."""
    if not statements:
        return
    question = statements.question
    number, until = 0, None
    if question.limit is not None:
        until = question.offset + question.limit
    for query in statements.parts():
        for row in _streamed(query, statements.parameters):
            if number >= question.offset:
                yield row
            number += 1
            if until is not None and number >= until:
                return


def _refuse_too_much(parts: Sequence[Statements]) -> None:
    """Raise `TooLarge` where the parts together read too many lines (for each 1 to 3 queries)."""
    lines = 0
    for statements in parts:
        if not statements:
            continue
        for query in statements.sizes(LINES_LIMIT + 1):
            with connection.cursor() as cursor:
                cursor.execute(query, statements.parameters)
                lines += cursor.fetchone()[0]
            if lines > LINES_LIMIT:
                raise TooLarge(
                    _(
                        "More than %(limit)s lines are behind this: name a source, commodities, partners or fewer"
                        " periods, or take the whole dataset as a file from the data page."
                    )
                    % {"limit": LINES_LIMIT}
                )


def _streamed(query: str, parameters: Mapping[str, Any]) -> Iterator[Row]:
    """Yield the rows of a query from a cursor of the server."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(query, parameters)
        while rows := cursor.fetchmany(_AT_ONCE):
            yield from rows
