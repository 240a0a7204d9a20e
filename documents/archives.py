"""ZIP archives, and the workbooks and texts that are such archives, judged before anything of them is parsed.

An archive is judged by what it declares (members, sizes, names, methods) before a byte is unpacked. Declarations may
lie, so whoever unpacks a member of any size also watches how it grows (`check_growth`).
"""

from __future__ import annotations

import gzip
import lzma
import re
import struct
import zipfile
import zlib
from typing import Any, BinaryIO
from xml.etree import ElementTree
from xml.parsers import expat

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

_BEFORE_ROOT, _RELATIONSHIPS, _WITH_FIELDS = 8 * KB, 4 * MB, 32 * MB
_MARK = b"\xef\xbb\xbf"
_ROOT, _ENCODING = re.compile(rb"<[A-Za-z_]"), re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)")
# Charts of a text keep their numbers in an embedded workbook.
_ACTIVE = re.compile(
    r"^xl/(?:externallinks|macrosheets)/|(?:^|/)activex/|^(?!word/embeddings/[^/]+\.xlsx$)(?:.*/)?embeddings/"
)
_PRINTER = re.compile(r"/printersettings\d*\.bin$")
_FIELDS = re.compile(rb"[:<](?:del)?[iI]nstrText|:instr\s*=")
_DDE = re.compile(r"^\W*DDE(?:AUTO)?\b", re.IGNORECASE | re.MULTILINE)
_LOCAL = re.compile(r"(?:file:///)?[A-Za-z]:[\\/]", re.IGNORECASE)


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
    """Refuse an office file that does more than to show its content.

    That are macros, embedded objects (other than the workbooks of charts), fields that start programs (DDE),
    declarations of entities, and relationships to other places, other than hyperlinks, which readers follow themselves.
    """
    names = [member.filename.replace("\\", "/").lower() for member in kept]
    is_text = any(name.startswith("word/") for name in names)
    for name, member in zip(names, kept, strict=True):
        if _ACTIVE.search(name) or (name.endswith(".bin") and not _PRINTER.search(name)):
            raise Harmful("FILE-ACTIVE")
        try:
            with archive.open(member) as part:
                start = part.read(_BEFORE_ROOT)
                if not name.endswith((".xml", ".rels")) and (name.endswith(".svg") or not _is_xml(start)):
                    continue
                _check_prolog(start)
                if name.endswith(".rels"):
                    _check_relationships(start + part.read(_RELATIONSHIPS))
                elif name == "[content_types].xml":
                    _check_types(start + part.read(_RELATIONSHIPS))
            if is_text and _has_fields(archive, member):
                _check_fields(archive, member)
        except (*BROKEN, expat.ExpatError, ElementTree.ParseError) as error:
            raise Harmful("FILE-ARCHIVE") from error


def _is_xml(start: bytes) -> bool:
    return start.removeprefix(_MARK).lstrip().startswith(b"<")


def _check_prolog(start: bytes) -> None:
    """Refuse a part whose root does not stand near its beginning, after a declaration and comments alone, in UTF-8.

    Entities are declared before the root only, so nothing that follows it can declare any.
    """
    rest = start.removeprefix(_MARK).lstrip()
    declared = _ENCODING.match(rest)
    while rest.startswith((b"<?", b"<!--")):
        rest = rest.partition(b"?>" if rest.startswith(b"<?") else b"-->")[2].lstrip()
    if b"\0" in start or not _ROOT.match(rest) or (declared and declared[1].lower() != b"utf-8"):
        raise Harmful("FILE-ACTIVE")


def _check_relationships(content: bytes) -> None:
    if len(content) > _RELATIONSHIPS:
        raise Harmful("FILE-ACTIVE")
    for link in ElementTree.fromstring(content).iter():  # noqa: S314 – entities refused
        kind, target = link.get("Type", "").rpartition("/")[2], link.get("Target", "")
        is_own_template = kind == "attachedTemplate" and _LOCAL.match(target)  # a file of the writer's own disk
        if link.get("TargetMode", "").lower() == "external" and kind != "hyperlink" and not is_own_template:
            raise Harmful("FILE-ACTIVE")


def _check_types(content: bytes) -> None:
    if len(content) > _RELATIONSHIPS or any(word in content.lower() for word in (b"macroenabled", b"vbaproject")):
        raise Harmful("FILE-ACTIVE")


def _has_fields(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    before = b""
    with archive.open(member) as part:
        while chunk := part.read(MB):
            if _FIELDS.search(before + chunk):
                return True
            before = chunk[-40:]
    return False


def _check_fields(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Refuse a text with a field that makes another program do something; its code may be spread over many runs."""
    if member.file_size > _WITH_FIELDS:
        raise Harmful("FILE-ACTIVE")
    codes: list[str] = []
    is_code = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal is_code
        kind = name.rpartition(":")[2]
        is_code = kind in {"instrText", "delInstrText"}
        if kind in {"fldChar", "fldSimple"}:
            codes.extend(["\n", *(text for name, text in attributes.items() if name.endswith(":instr")), "\n"])

    def text(data: str) -> None:
        if is_code:
            codes.append(data.replace("\n", " "))

    def end(name: str) -> None:
        nonlocal is_code
        is_code = False

    reader = expat.ParserCreate()
    reader.StartElementHandler, reader.CharacterDataHandler, reader.EndElementHandler = start, text, end
    with archive.open(member) as part:
        reader.ParseFile(part)
    if _DDE.search("".join(codes)):
        raise Harmful("FILE-ACTIVE")


def names_encryption(head: bytes) -> bool:
    """Tell whether the beginning of an `OLE` file is that of a new office file under a password."""
    return "EncryptedPackage".encode("utf-16-le") in head
