"""Hostile files are refused quickly and with little memory, before anything of them is opened."""

from __future__ import annotations

import gzip
import io
import resource
import struct
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from tests.trade.importing import files
from tests.trade.importing.files import outcome
from trade.importing import Refused, limits, open_table
from trade.importing.limits import MB

SECONDS = 1.0


def refusal(folder: Path, content: bytes, name: str = "file.csv", seconds: float = SECONDS) -> str:
    """Return the rule by which the file is refused, in time."""
    started = time.process_time()
    with pytest.raises(Refused) as refused:
        outcome(folder, content, name, reporter="RU-TOM", yearly=True)
    assert time.process_time() - started < seconds
    assert refused.value.problem.message
    return refused.value.problem.rule


def bomb(members: dict[str, int]) -> bytes:
    """Return an archive whose members are that many zero bytes."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, size in members.items():
            with archive.open(name, "w", force_zip64=True) as member:
                for __ in range(size // MB):
                    member.write(bytes(MB))
    return content.getvalue()


def workbook_with(**parts: bytes) -> bytes:
    """Return a workbook with parts put in or replaced; `__` in a name is a slash."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(files.workbook([files.C_HEADER, files.ROW]))) as plain:
        members = {name: plain.read(name) for name in plain.namelist()}
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (members | {name.replace("__", "/"): data for name, data in parts.items()}).items():
            archive.writestr(name, data)
    return content.getvalue()


def test_renamed_files_of_other_kinds_are_recognised(tmp_path: Path) -> None:
    binaries = {
        "exe": b"MZ\x90\0\x03\0\0\0" + bytes(200),
        "elf": b"\x7fELF\x02\x01\x01" + bytes(200),
        "pdf": b"%PDF-1.7\n%\xe2\xe3\n1 0 obj",
        "png": b"\x89PNG\r\n\x1a\n" + bytes(200),
        "jpeg": b"\xff\xd8\xff\xe0" + bytes(200),
        "noise": bytes(range(256)) * 20,
        "sqlite": b"SQLite format 3\0" + bytes(200),
        "7z": b"7z\xbc\xaf\x27\x1c" + bytes(100),
    }
    for content in binaries.values():
        assert refusal(tmp_path, content) == "FILE-KIND"


def test_markup_is_no_table(tmp_path: Path) -> None:
    xxe = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
    assert refusal(tmp_path, xxe, "table.xml") == "FILE-KIND"
    assert refusal(tmp_path, b"  <html><table><tr><td>1</td></tr></table></html>", "table.xls") == "FILE-KIND"


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, b"") == "FILE-EMPTY"
    assert refusal(tmp_path, b"\n\n\n") == "FILE-EMPTY"
    assert refusal(tmp_path, files.zipped({"a.csv": b""})) == "FILE-EMPTY"


def test_zip_bombs_are_refused_by_what_they_declare(tmp_path: Path) -> None:
    assert refusal(tmp_path, bomb({"a.csv": 200 * MB}), "a.zip", 2 * SECONDS) == "FILE-BOMB"


def test_a_bomb_that_lies_about_its_size_gives_nothing_more(tmp_path: Path) -> None:
    content = bytearray(bomb({"a.csv": 64 * MB}))
    entry = content.rfind(b"PK\x01\x02")
    struct.pack_into("<I", content, entry + 24, 1000)
    assert refusal(tmp_path, bytes(content), "a.zip") in ("FILE-ARCHIVE", "FILE-KIND")


def test_gzip_bombs_are_refused_while_they_are_unpacked(tmp_path: Path) -> None:
    header = files.variant_c([files.ROW])
    content = gzip.compress(header + (",".join(files.ROW) + "\n").encode() * 250_000, 6)
    assert len(content) * 100 < 30 * MB
    assert refusal(tmp_path, content, "a.gz", 2 * SECONDS) == "FILE-BOMB"


def test_an_archive_holds_exactly_one_table(tmp_path: Path) -> None:
    table = files.variant_c([files.ROW])
    assert refusal(tmp_path, files.zipped({"a.csv": table, "b.csv": table})) == "FILE-MEMBERS"
    assert refusal(tmp_path, files.zipped({})) == "FILE-MEMBERS"
    assert refusal(tmp_path, files.zipped({"a.zip": files.zipped({"a.csv": table})})) == "FILE-NESTED"
    assert refusal(tmp_path, files.zipped({"../a.csv": table})) == "FILE-NAME"
    assert refusal(tmp_path, files.zipped({"/etc/a.csv": table})) == "FILE-NAME"
    assert refusal(tmp_path, files.zipped({"C:\\a.csv": table})) == "FILE-NAME"
    assert refusal(tmp_path, files.zipped({"a.exe": b"MZ" + bytes(600)})) == "FILE-KIND"


def test_ten_thousand_members_are_refused_unread(tmp_path: Path) -> None:
    content = files.zipped({f"{number}.csv": b"" for number in range(10_000)})
    assert refusal(tmp_path, content) == "FILE-MEMBERS"


def test_encrypted_archives_are_refused(tmp_path: Path) -> None:
    content = bytearray(files.zipped({"a.csv": files.variant_c([files.ROW])}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        struct.pack_into("<H", content, content.index(mark) + offset, 1)
    assert refusal(tmp_path, bytes(content)) == "FILE-ENCRYPTED"


def test_damaged_archives_are_refused(tmp_path: Path) -> None:
    content = files.zipped({"a.csv": files.variant_c([files.ROW] * 100)})
    assert refusal(tmp_path, content[: len(content) // 2]) == "FILE-ARCHIVE"
    flipped = bytearray(content)
    flipped[60] ^= 0xFF
    assert refusal(tmp_path, bytes(flipped)) == "FILE-ARCHIVE"
    packed = gzip.compress(files.variant_c([files.ROW] * 100))
    assert refusal(tmp_path, packed[:-20]) == "FILE-ARCHIVE"


def test_a_method_that_needs_gigabytes_is_refused(tmp_path: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.csv", b"x")
    assert refusal(tmp_path, content.getvalue()) == "FILE-METHOD"


def test_old_and_encrypted_workbooks_are_told_apart(tmp_path: Path) -> None:
    ole = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(1000)
    assert refusal(tmp_path, ole, "a.xls") == "FILE-OLD-EXCEL"
    assert refusal(tmp_path, ole + "EncryptedPackage".encode("utf-16-le"), "a.xlsx") == "FILE-ENCRYPTED"


@pytest.mark.parametrize(
    "parts",
    [
        {"xl__vbaProject.bin": b"x"},
        {"xl__externalLinks__externalLink1.xml": b"<externalLink/>"},
        {"xl__embeddings__oleObject1.bin": b"x"},
        {"xl__worksheets__sheet1.xml": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "http://x/">]><a>&b;</a>'},
        {"[Content_Types].xml": b'<Types><Override ContentType="x.macroEnabled"/></Types>'},
        {"xl__sharedStrings.xml": "<!DOCTYPE a><a/>".encode("utf-16")},
    ],
)
def test_workbooks_with_macros_links_or_entities_are_refused(tmp_path: Path, parts: dict[str, bytes]) -> None:
    assert refusal(tmp_path, workbook_with(**parts), "a.xlsx") == "FILE-ACTIVE"


def test_a_workbook_that_unpacks_into_gigabytes_is_refused(tmp_path: Path) -> None:
    content = bomb({"xl/workbook.xml": MB, "xl/worksheets/sheet1.xml": 300 * MB})
    assert refusal(tmp_path, content, "a.xlsx", 3 * SECONDS) == "FILE-BOMB"


def test_a_sheet_of_two_cells_in_opposite_corners_takes_no_memory_here(tmp_path: Path) -> None:
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
        b"</sheetData></worksheet>"
    )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert refusal(
        tmp_path, workbook_with(xl__worksheets__sheet1__xml=b"", **{"xl__worksheets__sheet1.xml": sheet}), "a.xlsx"
    ) == ("FILE-LARGE-SHEET")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert children < 1200 * 1024


def test_a_sheet_that_is_no_sheet_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, workbook_with(**{"xl__worksheets__sheet1.xml": b"<a><b></a>"}), "a.xlsx") in (
        "FILE-WORKBOOK",
        "FILE-EMPTY",
    )


def test_huge_cells_lines_and_headers_are_refused(tmp_path: Path) -> None:
    header = (",".join(files.C_HEADER) + "\n").encode()
    assert refusal(tmp_path, b"x" * (50 * MB)) == "FILE-LINE"
    assert refusal(tmp_path, header + b'"' + b"x\n" * 100_000) == "FILE-CELL"
    assert refusal(tmp_path, header + b"x" * 40_000 + b",1\n") == "FILE-CELL"
    assert refusal(tmp_path, b",".join(b"c%d" % number for number in range(100_000)) + b"\n1,2\n") == "FILE-COLUMNS"


def test_a_cell_of_300_megabytes_is_refused_in_a_second_with_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "cell.csv"
    with path.open("wb") as out:
        out.write((",".join(files.C_HEADER) + '\nЭК,01/2024,"').encode())
        for __ in range(300):
            out.write(b"x" * MB)
    program = (
        "import resource, sys, time, pathlib\n"
        "from django.conf import settings\n"
        "settings.configure(USE_I18N=False)\n"
        "from trade.importing import *\n"
        "before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()\n"
        "try:\n    open_table(pathlib.Path(sys.argv[1]), 'a.csv', Options())\n"
        "except Refused as refused:\n    print(refused.problem.rule, time.process_time() - started,"
        " resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True, cwd=Path.cwd()
    ).stdout.split()
    assert told[0] == "FILE-LINE"
    assert float(told[1]) < SECONDS
    assert int(told[2]) < 40 * 1024


def test_what_is_remembered_is_bounded_whatever_a_file_repeats(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SPELLINGS_REMEMBERED", 50)
    rows = [files.row(tnved=f"{8_400_000_000 + number}", strana="BY" + " " * number) for number in range(1000)]
    found = outcome(tmp_path, files.variant_c(rows), accept_unit_suspicion=True)
    assert [line["commodity"] for line in found.lines] == [str(8_400_000_000 + number) for number in range(1000)]
    assert {line["partner"] for line in found.lines} == {"BY"}
    kept = [len(known) for known in vars(found.reading).values() if isinstance(known, dict)]
    assert max(kept) <= 50


@pytest.mark.parametrize("cut", [1, 8, 31, 40, 100, 300])
def test_damaged_dbf_is_refused(tmp_path: Path, cut: int) -> None:
    with pytest.raises(Refused):
        outcome(tmp_path, files.variant_b([files.ROW])[:cut])


def test_a_dbf_that_declares_nonsense_is_refused(tmp_path: Path) -> None:
    content = bytearray(files.variant_b([files.ROW]))
    struct.pack_into("<H", content, 10, 2)
    assert refusal(tmp_path, bytes(content)) == "FILE-DBF"


def test_nothing_but_refused_leaves_open_table(tmp_path: Path) -> None:
    for content in (
        b"\0",
        b"\xff\xfe",
        b"\xff\xfea",
        b"\xef\xbb\xbf",
        b"{",
        b"[",
        b"PK\x03\x04",
        b"\x1f\x8b",
        b'"',
        b";",
    ):
        path = tmp_path / "x"
        path.write_bytes(content)
        with pytest.raises(Refused):
            open_table(path, "x", files.options())


def test_a_sheet_with_more_text_than_may_be_written_is_called_too_long_and_not_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "WORKBOOK_TEXT_BYTES", MB)
    rows = [[f"{number:08d}" * 20] for number in range(10_000)]
    assert refusal(tmp_path, files.workbook(rows), "a.xlsx") == "FILE-LONG-SHEET"
