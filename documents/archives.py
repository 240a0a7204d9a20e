"""ZIP archives, and the workbooks and texts that are such archives, judged before anything of them is parsed.

An archive is judged by what it declares (members, sizes, names, methods) before a byte is unpacked. Declarations may
lie, so whoever unpacks a member of any size also watches how it grows (`check_growth`).
"""

from __future__ import annotations

import gzip
import lzma
import struct
import zipfile
import zlib
from typing import Any, BinaryIO

KB, MB, GB = 1 << 10, 1 << 20, 1 << 30

UNPACKED_BYTES = 4 * GB
"""20 million customs lines are about 1.2 GB."""
UNPACKED_RATIO = 100
RATIO_COUNTS_FROM = 16 * MB
"""Small content may repeat itself; beyond this size no honest table shrinks more than `UNPACKED_RATIO` times."""
MEMBERS = 1000
DIRECTORY_BYTES = MB

ZIP, EMPTY_ZIP, ZIP64_LOCATOR = b"PK\x03\x04", b"PK\x05\x06", b"PK\x06\x07"
OLE = bytes.fromhex("D0CF11E0A1B11AE1")  # containers of old office files, and of encrypted new ones
BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, gzip.BadGzipFile, EOFError, NotImplementedError,
          RuntimeError, OSError, ValueError, struct.error)  # fmt: skip
"""What unpacking a damaged archive may raise."""


class Harmful(Exception):
    """The archive must not be used. `rule` says why, for example `FILE-ENCRYPTED`; `params` are figures about it."""

    def __init__(self, rule: str, **params: Any) -> None:
        super().__init__(rule, params)
        self.rule, self.params = rule, params


def members(stored: BinaryIO, size: int) -> list[zipfile.ZipInfo]:
    """Return the directory of the archive, after its declared length has been found to be harmless."""
    stored.seek(max(0, size - 66_000))
    tail = stored.read()
    end = tail.rfind(EMPTY_ZIP)
    if end < 0 or len(tail) < end + 22:
        raise Harmful("FILE-ARCHIVE")
    if tail[max(0, end - 20) : end].startswith(ZIP64_LOCATOR):
        # A second end record counts instead of this one. Nothing within the limits needs it.
        raise Harmful("FILE-ARCHIVE")
    count, length = struct.unpack_from("<HI", tail, end + 10)
    if count > MEMBERS:
        raise Harmful("FILE-MEMBERS", count=count)
    if length > DIRECTORY_BYTES:
        raise Harmful("FILE-ARCHIVE")
    try:
        declared = zipfile.ZipFile(stored).infolist()
    except BROKEN as error:
        raise Harmful("FILE-ARCHIVE") from error
    if len(declared) > MEMBERS:
        raise Harmful("FILE-MEMBERS", count=len(declared))
    kept = [member for member in declared if not member.is_dir() and not member.filename.startswith("__MACOSX/")]
    for member in kept:
        parts = member.filename.replace("\\", "/").split("/")
        if member.flag_bits & 0x1:
            raise Harmful("FILE-ENCRYPTED")
        if ".." in parts or parts[0] == "" or ":" in parts[0]:
            raise Harmful("FILE-NAME", value=member.filename)
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Harmful("FILE-METHOD")
    return kept


def check_growth(unpacked: int, packed: int, allowed: int = UNPACKED_BYTES) -> None:
    """Refuse content that is too large, by itself or for what it was packed into."""
    too_dense = unpacked > RATIO_COUNTS_FROM and unpacked > packed * UNPACKED_RATIO
    if unpacked > allowed or too_dense:
        raise Harmful("FILE-BOMB", size=unpacked // MB, allowed=allowed // MB, ratio=UNPACKED_RATIO)


def refuse_active(archive: zipfile.ZipFile, kept: list[zipfile.ZipInfo]) -> None:
    """Refuse an office file with macros, links to other files, embedded objects or declarations of entities."""
    for member in kept:
        name = member.filename.lower()
        if name.endswith(".bin") and "printersettings" not in name:
            raise Harmful("FILE-ACTIVE")
        if name.startswith(("xl/externallinks/", "xl/macrosheets/", "xl/embeddings/", "xl/activex/", "word/activex/")):
            raise Harmful("FILE-ACTIVE")
        if name.endswith((".xml", ".rels")):
            try:
                with archive.open(member) as part:
                    start = part.read(8 * KB)
            except BROKEN as error:
                raise Harmful("FILE-ARCHIVE") from error
            if b"\0" in start or b"<!DOCTYPE" in start or b"<!ENTITY" in start or b"macroEnabled" in start:
                raise Harmful("FILE-ACTIVE")


def names_encryption(head: bytes) -> bool:
    """Tell whether the beginning of an `OLE` file is that of a new office file under a password."""
    return "EncryptedPackage".encode("utf-16-le") in head
