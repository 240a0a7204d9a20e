"""What a file is, found out before anything of it is parsed: plain, packed, a workbook, or no table at all.

Archives are judged by what they declare (members, sizes, names, methods) before a byte is unpacked, and watched while
they are unpacked, because declarations may lie.
"""

from __future__ import annotations

import gzip
import io
import json
import struct
import subprocess
import sys
import tempfile
import weakref
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, Protocol

from documents import archives
from documents.archives import BROKEN, EMPTY_ZIP, OLE, ZIP
from trade.importing import limits, sheet_to_csv
from trade.importing.problems import refuse

HEAD = 256 * limits.KB
_GZIP = b"\x1f\x8b"
_FOREIGN = (
    (b"\x7fELF", "EXE"),
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"RIFF", "RIFF"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!", "RAR"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"{\\rtf", "RTF"),
    (b"PAR1", "Parquet"),
    (b"SQLite format 3", "SQLite"),
    (b"\xca\xfe\xba\xbe", "EXE"),
    (b"\xcf\xfa\xed\xfe", "EXE"),
)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Stream(Protocol):
    """Bytes of the table itself, unpacked. `position` is how far the stored file has been read."""

    def read(self, size: int, /) -> bytes: ...
    def close(self) -> None: ...
    @property
    def position(self) -> int: ...


class _Plain:
    def __init__(self, stored: BinaryIO | IO[bytes]) -> None:
        self._stored = stored

    def read(self, size: int, /) -> bytes:
        return self._stored.read(size)

    def close(self) -> None:
        self._stored.close()

    @property
    def position(self) -> int:
        return self._stored.tell()


class _Unpacked:
    """The content of an archive, refused as soon as it grows beyond the limits."""

    def __init__(self, stored: BinaryIO, content: IO[bytes] | gzip.GzipFile, size: int) -> None:
        self._stored, self._content, self._size, self._seen = stored, content, size, 0

    def read(self, size: int, /) -> bytes:
        try:
            block = self._content.read(size)
        except BROKEN as error:
            raise refuse("FILE-ARCHIVE") from error
        self._seen += len(block)
        check_growth(self._seen, self._size)
        return block

    def close(self) -> None:
        self._content.close()
        self._stored.close()

    @property
    def position(self) -> int:
        return min(self._stored.tell(), self._size)


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn what is found about an archive into a refusal of the catalogue."""
    try:
        yield
    except archives.Harmful as found:
        raise refuse(found.rule, **found.params) from found


def check_growth(unpacked: int, packed: int, allowed: int = archives.UNPACKED_BYTES) -> None:
    """Refuse content that is too large, by itself or for what it was packed into."""
    with _refusing():
        archives.check_growth(unpacked, packed, allowed)


@dataclass(frozen=True)
class Content:
    """The table of a file: its kind (`text`, `json`, `dbf`), and how to read it from the beginning, again and again."""

    kind: str
    bytes_total: int
    open: Callable[[], Stream]
    is_workbook: bool = False
    sheets: tuple[str, ...] = ()


def open_content(path: Path, sheet: str = "") -> Content:
    """Return what the file holds; raise `Refused` where it is no table or could do harm."""
    size = path.stat().st_size
    if size == 0:
        raise refuse("FILE-EMPTY")
    with path.open("rb") as stored:
        head = stored.read(HEAD)
    if head.startswith(OLE):
        raise refuse("FILE-ENCRYPTED" if _names_encryption(path) else "FILE-OLD-EXCEL")
    if head.startswith((ZIP, EMPTY_ZIP)):
        with path.open("rb") as stored:
            members = _members(stored, size)
            if any(member.filename == "xl/workbook.xml" for member in members):
                return _workbook(path, stored, members, size, sheet)
            name = _only_member(members, size)

        def unpack() -> Stream:
            stored = path.open("rb")
            try:
                return _Unpacked(stored, zipfile.ZipFile(stored).open(name), size)
            except BROKEN as error:
                stored.close()
                raise refuse("FILE-ARCHIVE") from error

        return _inside(unpack, size)
    if head.startswith(_GZIP):

        def gunzip() -> Stream:
            stored = path.open("rb")
            return _Unpacked(stored, gzip.GzipFile(fileobj=stored), size)

        return _inside(gunzip, size)
    return Content(kind_of(head), size, lambda: _Plain(path.open("rb")))


def kind_of(head: bytes) -> str:
    """Return `text`, `json` or `dbf` by the first bytes; raise `Refused` for anything that is no table."""
    for magic, kind in _FOREIGN:
        if head.startswith(magic):
            raise refuse("FILE-KIND", kind=kind)
    if head.startswith((ZIP, _GZIP, OLE)):
        raise refuse("FILE-NESTED")
    if _looks_like_dbf(head):
        return "dbf"
    if head.startswith(_UTF16):
        return "text"
    if head.startswith(b"MZ") and b"\0" in head[:512]:
        raise refuse("FILE-KIND", kind="EXE")
    controls = sum(head.count(byte) for byte in range(32) if byte not in b"\t\n\r\x0c\x1a")
    if controls * 100 > len(head):
        raise refuse("FILE-KIND", kind="BIN")
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:64].lower()
    if start.startswith((b"<?xml", b"<!", b"<html", b"<table", b"<workbook", b"<svg")):
        raise refuse("FILE-KIND", kind="XML / HTML")
    return "json" if start.startswith((b"{", b"[")) else "text"


def _looks_like_dbf(head: bytes) -> bool:
    if len(head) < 33 or head[0] not in (0x02, 0x03, 0x04, 0x05, 0x30, 0x31, 0x83, 0x8B, 0x8E, 0xF5):
        return False
    header, record = struct.unpack_from("<HH", head, 8)
    return 1 <= head[2] <= 12 and 1 <= head[3] <= 31 and header >= 65 and record >= 2


def _names_encryption(path: Path) -> bool:
    with path.open("rb") as stored:
        return archives.names_encryption(stored.read(4 * limits.MB))


def _inside(unpack: Callable[[], Stream], size: int) -> Content:
    stream = unpack()
    try:
        head = stream.read(HEAD)
    finally:
        stream.close()
    if not head:
        raise refuse("FILE-EMPTY")
    return Content(kind_of(head), size, unpack)


def _members(stored: BinaryIO, size: int) -> list[zipfile.ZipInfo]:
    with _refusing():
        return archives.members(stored, size)


def _only_member(members: list[zipfile.ZipInfo], size: int) -> str:
    if len(members) != 1:
        raise refuse("FILE-MEMBERS", count=len(members))
    check_growth(members[0].file_size, size)
    return members[0].filename


# -- workbooks --------------------------------------------------------------------------------------------------------


def _workbook(path: Path, stored: BinaryIO, members: list[zipfile.ZipInfo], size: int, sheet: str) -> Content:
    check_growth(sum(member.file_size for member in members), size, limits.WORKBOOK_UNPACKED_BYTES)
    with _refusing():
        archives.refuse_active(zipfile.ZipFile(stored), members)
    return _converted(path, size, sheet)


def _converted(path: Path, size: int, sheet: str) -> Content:
    """Let a child process with limits print the sheet as CSV into a file that vanishes when it is closed.

    A sheet with one cell in A1 and one in the last corner is small as a file and 400 GB in the parser: only the
    limit of the process can bound that.
    """
    printed = tempfile.TemporaryFile()  # noqa: SIM115 – it is read later, and closed with the content
    try:
        sheets = _print_sheet(path, sheet, printed)
        length = printed.seek(0, io.SEEK_END)
        if length == 0:
            raise refuse("FILE-EMPTY")
    except BaseException:
        printed.close()
        raise
    content = Content("text", length, lambda: _Rewound(printed), is_workbook=True, sheets=sheets)
    weakref.finalize(content, printed.close)
    return content


def _print_sheet(path: Path, sheet: str, printed: IO[bytes]) -> tuple[str, ...]:
    """Print the sheet and return the names of all sheets; what the child reports becomes a refusal."""
    allowed = (limits.WORKBOOK_MEMORY, limits.WORKBOOK_SECONDS, limits.WORKBOOK_TEXT_BYTES)
    try:
        child = subprocess.run(  # noqa: S603
            [sys.executable, "-I", sheet_to_csv.__file__, str(path), sheet, *map(str, allowed)],
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.PIPE,
            timeout=2 * limits.WORKBOOK_SECONDS,
            check=False,
            env={},
        )
    except subprocess.TimeoutExpired as error:
        raise refuse("FILE-LARGE-SHEET") from error
    sheets = _names(child.stderr)
    if child.returncode == sheet_to_csv.NO_SHEET:
        raise refuse("FILE-SHEET", value=sheet, sheets=", ".join(sheets))
    if child.returncode == sheet_to_csv.PROTECTED:
        raise refuse("FILE-ENCRYPTED")
    if child.returncode == sheet_to_csv.TOO_LONG:
        raise refuse("FILE-LONG-SHEET", allowed=limits.WORKBOOK_TEXT_BYTES // limits.MB)
    # The parser is ended by a signal where it asks for more memory or time than it may have.
    if child.returncode == sheet_to_csv.TOO_LARGE or child.returncode < 0:
        raise refuse("FILE-LARGE-SHEET")
    if child.returncode != 0:
        raise refuse("FILE-WORKBOOK")
    return sheets


class _Rewound:
    """A temporary file read from its beginning; it stays open for the next reading."""

    def __init__(self, printed: IO[bytes]) -> None:
        self._printed = printed
        printed.seek(0)

    def read(self, size: int, /) -> bytes:
        return self._printed.read(size)

    def close(self) -> None:
        """Leave the file: closing would delete it."""

    @property
    def position(self) -> int:
        return self._printed.tell()


def _names(printed: bytes) -> tuple[str, ...]:
    try:
        return tuple(json.loads(printed.split(b"\n", 1)[0]))
    except ValueError:
        return ()
