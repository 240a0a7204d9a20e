"""Parquet with types: codes as strings, decimals exact, compressed by snappy, one row group after another."""

from __future__ import annotations

import io
import itertools
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

from trade.exports.columns import Column, Kind, Sheet
from trade.exports.copying import copied
from trade.exports.sinks import Sink

if TYPE_CHECKING:
    import pyarrow as pa

ROWS_IN_A_GROUP = 100_000


def copied_parquet(
    statement: str, columns: tuple[Column, ...], about: tuple[tuple[str, str], ...]
) -> Generator[bytes, None, None]:
    """Yield Parquet of a statement. A file that was broken off has no footer, and no reader takes it."""
    from pyarrow import csv  # 40 MB of memory, only where it is needed

    schema = _schema(columns, about)
    texts = ", ".join(f'"{column.name}"' for column in columns if column.kind.is_text)
    copy = copied(f"COPY ({statement}) TO STDOUT (FORMAT csv, FORCE_QUOTE ({texts}), ENCODING 'UTF8')")
    first = next(copy, b"")
    if not first:  # the reader holds a text without lines for an error
        yield from _written(schema, iter(()))
        return
    batches = csv.open_csv(
        io.BufferedReader(_Chunks(itertools.chain([first], copy))),
        read_options=csv.ReadOptions(column_names=schema.names, block_size=1 << 22, use_threads=False),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types=dict(zip(schema.names, schema.types, strict=True)),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["t"],
            false_values=["f"],
        ),
    )
    yield from _written(schema, batches)


def parquet_of(sheet: Sheet) -> Generator[bytes, None, None]:
    """Yield Parquet of a table, while its rows come. Rates have ten decimals there; nothing else is rounded."""
    import pyarrow as pa

    schema = _schema(sheet.columns, sheet.about)
    rates = [place for place, column in enumerate(sheet.columns) if column.kind is Kind.RATE]

    def batches() -> Iterator[pa.RecordBatch]:
        rows = iter(sheet.rows)
        while block := list(itertools.islice(rows, ROWS_IN_A_GROUP // 10)):
            values = [list(column) for column in zip(*block, strict=True)]
            for place in rates:
                values[place] = [None if value is None else round(value, 10) for value in values[place]]
            arrays = [pa.array(one, kind) for one, kind in zip(values, schema.types, strict=True)]
            yield pa.record_batch(arrays, schema=schema)

    yield from _written(schema, batches())


def _schema(columns: tuple[Column, ...], about: tuple[tuple[str, str], ...]) -> pa.Schema:
    import pyarrow as pa

    types = {
        Kind.CODE: pa.string(),
        Kind.TEXT: pa.string(),
        Kind.INTEGER: pa.int32(),
        Kind.MONEY: pa.decimal128(20, 2),
        Kind.WEIGHT: pa.decimal128(20, 3),
        Kind.RATE: pa.decimal128(38, 10),
        Kind.BOOLEAN: pa.bool_(),
    }
    fields = [pa.field(column.name, types[column.kind]) for column in columns]
    return pa.schema(fields, metadata=dict(about))


def _written(schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> Iterator[bytes]:
    import pyarrow as pa
    from pyarrow import parquet

    sink = Sink()
    with parquet.ParquetWriter(sink, schema, compression="snappy") as writer:
        waiting: list[Any] = []
        for batch in batches:
            waiting.append(batch)
            if sum(one.num_rows for one in waiting) >= ROWS_IN_A_GROUP:
                writer.write_table(pa.Table.from_batches(waiting, schema))
                waiting = []
                yield sink.taken()
        if waiting:
            writer.write_table(pa.Table.from_batches(waiting, schema))
    yield sink.taken()


class _Chunks(io.RawIOBase):
    """A file over chunks that come one by one."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._rest:
            self._rest = next(self._chunks, b"")
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count
