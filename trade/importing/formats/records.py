"""Rows out of containers that are no text tables: JSON of UN Comtrade, and DBF."""

from __future__ import annotations

import codecs
import json
import struct
from collections.abc import Iterator
from typing import Any

from trade.importing import limits
from trade.importing.containers import Stream
from trade.importing.lines import BLOCK
from trade.importing.problems import refuse


class JsonRows:
    """The records of a JSON answer, one at a time. The first row is the header; record *n* is line *n* + 1.

    Numbers stay text, as they are written. The list stands under `data`, or is the whole document.
    """

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._decode = codecs.getincrementaldecoder("utf-8-sig")("strict").decode
        self._json = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)
        self._text, self._ended = "", False
        self.line_num = 0

    def __iter__(self) -> Iterator[list[str]]:
        place = self._list_begins()
        names: list[str] | None = None
        while True:
            record, place = self._next_record(place)
            if record is None:
                return
            if not isinstance(record, dict):
                raise refuse("FILE-JSON", line=self.line_num + 1)
            if names is None:
                names = list(record)
                if len(names) > limits.COLUMNS:
                    raise refuse("FILE-COLUMNS", line=1, count=len(names), allowed=limits.COLUMNS)
                self.line_num = 1
                yield names
            self.line_num += 1
            yield [_text(record.get(name)) for name in names]

    def _more(self, keep_from: int) -> None:
        block = self._stream.read(BLOCK)
        self._ended = not block
        try:
            self._text = self._text[keep_from:] + self._decode(block, final=self._ended)
        except UnicodeDecodeError as error:
            raise refuse("ENC", line=self.line_num + 1, encoding="UTF-8") from error

    def _list_begins(self) -> int:
        self._more(0)
        while not self._ended and len(self._text) < BLOCK:
            self._more(0)
        start = self._text.lstrip()
        if start.startswith("["):
            return self._text.index("[") + 1
        place = self._text.find('"data"')
        if place < 0:
            raise refuse("FILE-JSON", line=1)
        place = self._skip(place + 6, ":")
        if self._text[place : place + 1] != "[":
            raise refuse("FILE-JSON", line=1)
        return place + 1

    def _skip(self, place: int, also: str) -> int:
        while place < len(self._text) and (self._text[place].isspace() or self._text[place] in also):
            place += 1
        return place

    def _next_record(self, place: int) -> tuple[Any, int]:
        while True:
            place = self._skip(place, ",")
            if self._text[place : place + 1] == "]":
                return None, place
            if place < len(self._text):
                try:
                    record, end = self._json.raw_decode(self._text, place)
                except RecursionError as error:
                    raise refuse("FILE-JSON", line=self.line_num + 1) from error
                except ValueError as error:
                    # A record cut by the end of the block; one that never ends is an attack.
                    if self._ended or len(self._text) - place > limits.JSON_RECORD_CHARACTERS + BLOCK:
                        raise refuse("FILE-JSON", line=self.line_num + 1) from error
                else:
                    if end - place > limits.JSON_RECORD_CHARACTERS:
                        raise refuse("FILE-JSON", line=self.line_num + 1)
                    if end < len(self._text) or self._ended:
                        return record, end
            elif self._ended:
                raise refuse("FILE-JSON", line=self.line_num + 1)
            self._more(place)
            place = 0


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value)[: limits.CELL_CHARACTERS]


class DbfRows:
    """The records of a dBase file. The first row is the header; record *n* is line *n* + 1, deleted ones included.

    A dBase file is a fixed-width text: names, types and lengths of the fields, then the records. Customs write
    numbers as characters, with a decimal comma, so every field is read as the text that it is.
    """

    def __init__(self, stream: Stream, encoding: str) -> None:
        self._stream, self._encoding = stream, encoding
        self.line_num = 0

    def __iter__(self) -> Iterator[list[str]]:
        head = self._exactly(32)
        length, record_length = struct.unpack_from("<HH", head, 8)
        fields = self._exactly(length - 32)
        names: list[str] = []
        spans: list[tuple[int, int]] = []
        begin = 1
        for place in range(0, len(fields) - 31, 32):
            if fields[place] in (0x0D, 0x00):
                break
            name = fields[place : place + 11].split(b"\0")[0].decode(self._encoding, "replace").strip()
            names.append(name)
            spans.append((begin, begin + fields[place + 16]))
            begin += fields[place + 16]
        if not names or begin > record_length:
            raise refuse("FILE-DBF", line=1)
        if len(names) > limits.DBF_FIELDS:
            raise refuse("FILE-COLUMNS", line=1, count=len(names), allowed=limits.DBF_FIELDS)
        self.line_num = 1
        yield names
        for record in self._records(record_length):
            self.line_num += 1
            if record[:1] == b"*":  # deleted
                continue
            try:
                yield [record[start:end].decode(self._encoding).strip(" \0") for start, end in spans]
            except UnicodeDecodeError as error:
                raise refuse("ENC", line=self.line_num, encoding=self._encoding) from error

    def _exactly(self, size: int) -> bytes:
        block = self._stream.read(max(0, size))
        if len(block) < size:
            raise refuse("FILE-DBF", line=1)
        return block

    def _records(self, length: int) -> Iterator[bytes]:
        at_once = max(1, BLOCK // length)
        rest = b""
        while block := self._stream.read(at_once * length):
            block = rest + block
            whole = len(block) - len(block) % length
            for place in range(0, whole, length):
                if block[place] == 0x1A:  # end of file
                    return
                yield block[place : place + length]
            rest = block[whole:]
        if rest.strip(b"\x1a\0 \r\n"):
            raise refuse("FILE-DBF", line=self.line_num + 1)
