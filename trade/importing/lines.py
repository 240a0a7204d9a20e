"""Rows of a text table with the numbers of their lines, read in blocks, bounded in every direction."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from typing import Protocol

from trade.importing import limits
from trade.importing.containers import Stream
from trade.importing.problems import Refused, refuse

BLOCK = 256 * limits.KB


class Rows(Protocol):
    """Rows of cells; `line_num` is the line of the row that was read last."""

    @property
    def line_num(self) -> int: ...
    def __iter__(self) -> Iterator[list[str]]: ...


def text_lines(stream: Stream, encoding: str) -> Iterator[str]:
    """Yield the lines of a text without their ends; raise `Refused` for bytes that are no text and endless lines."""
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)("strict"), translate=True)
    rest, count, final = "", 0, False
    while not final:
        block = stream.read(BLOCK)
        final = not block
        try:
            text = decoder.decode(block, final=final)
        except UnicodeDecodeError as error:
            line = count + rest.count("\n") + error.object[: error.start].count(b"\n") + 1
            raise refuse("ENC", line=line, encoding=encoding) from error
        except UnicodeError as error:  # UTF-16 without its mark
            raise refuse("ENC", line=count + 1, encoding=encoding) from error
        lines = (rest + text).split("\n")
        rest = lines.pop()
        # A line within the block is bounded by it; only the first and the unfinished one can be longer.
        for before, text in ((0, lines[0] if lines else ""), (len(lines), rest)):
            if len(text) > limits.LINE_CHARACTERS:
                raise refuse("FILE-LINE", line=count + before + 1, allowed=limits.LINE_CHARACTERS)
        count += len(lines)
        yield from lines
    if rest.strip("\x1a"):  # the end of file of DOS
        yield rest


def text_rows(stream: Stream, encoding: str, separator: str) -> Rows:
    """Return the rows of CSV: the reader of the standard library itself, so that a row costs no step of Python more.

    Its error `csv.Error` is for callers to turn into `endless_cell`.
    """
    # The limit belongs to the whole process; nothing in this program reads longer cells.
    csv.field_size_limit(limits.CELL_CHARACTERS)
    return csv.reader(text_lines(stream, encoding), delimiter=separator)


def endless_cell(rows: Rows) -> Refused:
    """Return the refusal for a cell that the reader of CSV gave up on."""
    return refuse("FILE-CELL", line=rows.line_num, allowed=limits.CELL_CHARACTERS)
