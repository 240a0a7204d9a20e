"""Files handed in are what their names say, and harmless."""

from __future__ import annotations

import hashlib
import struct
import zipfile
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from documents.archives import MEMBERS, Harmful, members
from documents.uploads import LARGEST, check_upload


def office(*parts: tuple[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            archive.writestr(name, content)
    return out.getvalue()


WORD = office(("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w:document/>"))
HONEST = [
    ("act.pdf", b"%PDF-1.7 ...", "application/pdf"),
    ("фото.JPEG", b"\xff\xd8\xff\xe0...", "image/jpeg"),
    ("scheme.png", b"\x89PNG\r\n\x1a\n...", "image/png"),
    ("notes.txt", "Заметки".encode("cp1251"), "text/plain"),
    ("table.csv", "а;б\n1;2".encode(), "text/csv"),
    ("letter.docx", WORD, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
]


@pytest.mark.parametrize(("name", "content", "media_type"), HONEST, ids=[row[0] for row in HONEST])
def test_a_document_is_described(name, content, media_type):
    found = check_upload(SimpleUploadedFile(name, content))

    assert (found.media_type, found.size) == (media_type, len(content))
    assert found.sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("virus.exe", b"MZ", "kind"),
        ("archive.zip", WORD, "kind"),
        ("page.html", b"<script>", "kind"),
        ("no ending", b"text", "kind"),
        ("act.pdf", b"MZ...", "content"),
        ("photo.png", b"%PDF-1.7", "content"),
        ("table.xlsx", WORD, "content"),
        ("letter.docx", WORD[:-30], "content"),
        ("letter.docx", office(("word/document.xml", b"<w/>"), ("word/vbaProject.bin", b"macro")), "content"),
        ("letter.docx", office(("word/document.xml", b"0" * (64 << 20))), "content"),
        ("notes.txt", b"a\0b", "content"),
        ("notes.txt", b"", "empty"),
    ],
)
def test_what_is_no_document_is_refused(name, content, code):
    with pytest.raises(ValidationError) as refused:
        check_upload(SimpleUploadedFile(name, content))

    assert refused.value.code == code


def test_a_file_that_is_too_large_is_refused():
    file = SimpleUploadedFile("act.pdf", b"%PDF-")
    file.size = LARGEST + 1

    with pytest.raises(ValidationError) as refused:
        check_upload(file)

    assert refused.value.code == "too_large"


def test_a_name_carries_no_folder_and_no_signs_that_cannot_be_shown():
    assert check_upload(SimpleUploadedFile("C:\\acts\\ак\u202eт.PDF", b"%PDF-1")).name == "акт.pdf"


def with_more_members_than_declared(count: int, *, in_zip64: bool) -> bytes:
    """Return an archive whose last end record declares its honest members only; the directory holds `count` more."""
    end = WORD.rfind(b"PK\5\6")
    (start,) = struct.unpack_from("<I", WORD, end + 16)
    names = [b"a%d" % number for number in range(count)]
    directory = WORD[start:end] + b"".join(
        struct.pack("<4s4B4HL2L5H2L", b"PK\1\2", 20, 3, 20, 0, 0, 0, 0, 33, 0, 0, 0, len(name), 0, 0, 0, 0, 0, 0) + name
        for name in names
    )
    if not in_zip64:
        return WORD[:start] + directory + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 2, 2, len(directory), start, 0)
    total = count + 2
    second = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, total, total, len(directory), start)
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, start + len(directory), 1)
    return WORD[:start] + directory + second + locator + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 2, 2, 100, 0, 0)


@pytest.mark.parametrize(("in_zip64", "rule"), [(True, "FILE-ARCHIVE"), (False, "FILE-MEMBERS")])
def test_an_archive_with_more_members_than_its_end_record_declares_is_refused(in_zip64, rule):
    content = with_more_members_than_declared(MEMBERS, in_zip64=in_zip64)

    with pytest.raises(Harmful) as refused:
        members(BytesIO(content), len(content))

    assert refused.value.rule == rule
    with pytest.raises(ValidationError):
        check_upload(SimpleUploadedFile("letter.docx", content))
