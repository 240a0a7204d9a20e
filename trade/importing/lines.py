"""Rows of a text table with the numbers of their lines, read in blocks, bounded in every direction."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from typing import Protocol

from trade.importing import limits
from trade.importing.containers import Stream
from trade.importing.problems import refuse

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
        for before, line in ((0, lines[0] if lines else ""), (len(lines), rest)):
            if len(line) > limits.LINE_CHARACTERS:
                raise refuse("FILE-LINE", line=count + before + 1, allowed=limits.LINE_CHARACTERS)
        count += len(lines)
        yield from lines
    if rest.strip("\x1a"):  # the end of file of DOS
        yield rest


class TextRows:
    """Rows of CSV. The reader of the standard library does the work; its errors become refusals."""

    def __init__(self, stream: Stream, encoding: str, separator: str) -> None:
        # The limit belongs to the whole process; nothing in this program reads longer cells.
        csv.field_size_limit(limits.CELL_CHARACTERS)
        self._reader = csv.reader(text_lines(stream, encoding), delimiter=separator)

    @property
    def line_num(self) -> int:
        return self._reader.line_num

    def __iter__(self) -> Iterator[list[str]]:
        # `yield from` hands the rows over without a step of Python for each.
        try:
            yield from self._reader
        except csv.Error as error:
            raise refuse("FILE-CELL", line=self.line_num, allowed=limits.CELL_CHARACTERS) from error
