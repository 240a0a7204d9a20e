"""Observations as rows of a file: the columns that every format shows, and the statements that write them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from typing import Any

from django.db import connection, transaction
from django.utils.translation import get_language

from trade.catalogue import Known
from trade.exports import parquet, texts, workbooks
from trade.exports.columns import Column, Kind, Sheet, for_csv, named
from trade.exports.columns import for_json as json_row
from trade.exports.copying import limit_time, mogrified
from trade.models import Dataset
from trade.observations import Asked

# The text form of a period. Periods of other lengths than these begin with the year and are named by their days.
_PERIOD = """CASE months WHEN 1 THEN left(period::text, 7) WHEN 12 THEN left(period::text, 4)
    WHEN 3 THEN left(period::text, 4) || '-Q' || ((extract(month FROM period)::int + 2) / 3)
    WHEN 6 THEN left(period::text, 4) || '-S' || ((extract(month FROM period)::int + 5) / 6)
    ELSE period || '/' || (period + make_interval(months => months) - interval '1 day')::date END"""
_LEVEL = "CASE level WHEN 0 THEN 'total' WHEN 2 THEN 'chapter' ELSE level::text END"
_LOADED = (
    "(SELECT to_char(loaded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
    " FROM trade_release WHERE id = {})"
)


def columns(asked: Asked) -> tuple[Column, ...]:
    """Return the columns of the lines asked for."""
    language = "en" if get_language() == "en" else "ru"
    names = asked.names
    code = Kind.CODE if asked.has_plain_codes else Kind.TEXT
    found = [
        Column("dataset", code, _by_dataset(asked.datasets, lambda one: _quoted(one.code))),
        Column("period", Kind.CODE, _PERIOD),
        Column("months", Kind.INTEGER, "months"),
        Column("reporter", code, "reporter"),
        *_name(names, "reporter_name", _of_area("reporter", language)),
        Column("partner", code, "partner"),
        *_name(names, "partner_name", _of_area("partner", language)),
        Column("flow", Kind.CODE, "flow"),
        Column("goods", Kind.CODE, "commodity"),
        *_name(names, "goods_name", _of_goods(language)),
        Column("level", Kind.CODE, _LEVEL),
        Column("edition", Kind.CODE, "edition"),
        Column("value_usd", Kind.MONEY, "value", nullable=True),
        Column("net_kg", Kind.WEIGHT, "net_kg", nullable=True),
        Column("quantity", Kind.WEIGHT, "quantity", nullable=True),
        Column("unit", code, "unit"),
        *_name(names, "unit_name", _of_unit(language)),
        Column("valuation", Kind.CODE, _by_dataset(asked.datasets, _valuation)),
        Column("status", Kind.CODE, "status"),
        Column("release", Kind.INTEGER, "opened"),
        Column("line", Kind.INTEGER, "line"),
        Column("is_example", Kind.BOOLEAN, _by_dataset(asked.datasets, _example, "false")),
    ]
    if asked.history:
        found += [
            Column("valid_from", Kind.CODE, _LOADED.format("opened")),
            Column("valid_to", Kind.CODE, _LOADED.format("closed"), nullable=True),
            Column("closed_by", Kind.INTEGER, "closed", nullable=True),
        ]
    if asked.updated_after:
        found.append(Column("action", Kind.CODE, "CASE WHEN closed IS NULL THEN 'update' ELSE 'delete' END"))
    return tuple(found)


def for_json(asked: Asked) -> str:
    """SQL: each line as one JSON object."""
    return json_row(columns(asked))


def as_csv(asked: Asked, *, excel: bool) -> Generator[bytes, None, None]:
    """Return all lines as CSV, in chunks."""
    chosen = columns(asked)
    return texts.copied_csv(_filled(asked, for_csv(chosen, comma=excel)), chosen, excel=excel)


def as_lines(asked: Asked) -> Generator[bytes, None, None]:
    """Return all lines as NDJSON, in chunks."""
    return texts.copied_lines(_filled(asked, for_json(asked)))


def as_parquet(asked: Asked, about: tuple[tuple[str, str], ...]) -> Generator[bytes, None, None]:
    """Return all lines as Parquet, in chunks."""
    chosen = columns(asked)
    return parquet.copied_parquet(_filled(asked, named(chosen)), chosen, about)


def as_workbook(asked: Asked, about: tuple[tuple[str, str], ...]) -> Generator[bytes, None, None]:
    """Return all lines as XLSX, in chunks."""
    chosen = columns(asked)
    return workbooks.workbook(Sheet(chosen, _rows(asked, chosen), about))


def _rows(asked: Asked, chosen: Iterable[Column]) -> Iterator[tuple[Any, ...]]:
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        limit_time()
        cursor.execute(*asked.statement(named(chosen)))
        while rows := cursor.fetchmany(5000):
            yield from rows


def _filled(asked: Asked, selected: str) -> str:
    return mogrified(*asked.statement(selected))


def _name(wanted: bool, name: str, sql: str) -> list[Column]:
    return [Column(name, sql=sql, nullable=True)] if wanted else []


def _of_area(column: str, language: str) -> str:
    return f"(SELECT name_{language} FROM trade_tradearea WHERE code = o.{column})"  # noqa: S608


def _of_unit(language: str) -> str:
    return f"(SELECT short_name_{language} FROM trade_unit WHERE code = o.unit)"  # noqa: S608


def _of_goods(language: str) -> str:
    """SQL: the name of the code in its edition, else as the program itself names it."""
    return (
        f"coalesce((SELECT nullif(e.name_{language}, '') FROM trade_editioncode AS e"  # noqa: S608
        " WHERE e.commodity_code = o.commodity"
        " AND e.edition_id = (SELECT id FROM trade_edition WHERE symbol = o.edition)),"
        f" (SELECT name_{language} FROM trade_commodity"
        " WHERE commodity_code = o.commodity AND classification IN ('HS', 'TOTAL')))"
    )


def _by_dataset(datasets: tuple[Known, ...], sql: Callable[[Known], str], without: str = "''::text") -> str:
    """SQL: an expression that depends on the dataset of the line; there are no lines without datasets."""
    found = {one.pk: sql(one) for one in datasets}
    if len(set(found.values())) == 1:
        return next(iter(found.values()))
    cases = " ".join(f"WHEN {pk} THEN {text}" for pk, text in found.items())
    return f"CASE dataset_id {cases} END" if cases else without


def _valuation(one: Known) -> str:
    dataset: Dataset = one.dataset
    export, arriving = _quoted(dataset.export_valuation), _quoted(dataset.import_valuation)
    return export if export == arriving else f"CASE WHEN flow IN ('X', 'RX') THEN {export} ELSE {arriving} END"


def _example(one: Known) -> str:
    if one.is_example or not one.example_releases:
        return "true" if one.is_example else "false"
    return f"opened IN ({', '.join(map(str, one.example_releases))})"


def _quoted(text: str) -> str:
    quoted = text.replace("'", "''").replace("%", "%%")
    return f"'{quoted}'::text"
