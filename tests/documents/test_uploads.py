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


def relationship(kind: str, target: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><Relationships><Relationship Id="r1" '
        f'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" '
        f'Target="{target}" TargetMode="External"/></Relationships>'
    ).encode()


def runs(*codes: str) -> bytes:
    written = "".join(f"<w:r><w:instrText>{code}</w:instrText></w:r>" for code in codes)
    return f'<w:document xmlns:w="w"><w:r><w:fldChar w:fldCharType="begin"/></w:r>{written}</w:document>'.encode()


ACTIVE = {
    "remote template": ("word/_rels/settings.xml.rels", relationship("attachedTemplate", "http://x.example/a.dotm")),
    "template of a share": ("word/_rels/settings.xml.rels", relationship("attachedTemplate", "file:///\\\\x\\a.dotm")),
    "remote object": ("word/_rels/document.xml.rels", relationship("oleObject", "mhtml:http://x.example/a!x")),
    "remote picture": ("word/_rels/document.xml.rels", relationship("image", "http://x.example/a.png")),
    "embedded object": ("word/embeddings/a.docx", b"PK"),
    "workbook embedded in another": ("xl/embeddings/a.xlsx", b"PK"),
    "control named like a workbook": ("word/activeX/a.xlsx", b"PK"),
    "name with backslashes": ("word\\embeddings\\a.docx", b"PK"),
    "spread field": ("word/header1.xml", runs(" DD", "EAU", "TO c:\\\\x.exe")),
    "field with references": ("word/header1.xml", runs("&#68;DE x")),
    "simple field": ("word/a.xml", b'<w:p xmlns:w="w"><w:fldSimple w:instr=" dde x "/></w:p>'),
    "late doctype": ("word/a.xml", b"<!--" + b" " * 9000 + b"--><!DOCTYPE a><a/>"),
    "doctype after a comment": ("word/a.xml", b"<!-- <a> --><!DOCTYPE a><a/>"),
    "part of another ending": ("word/a.settings", b"<!DOCTYPE a><a/>"),
    "other encoding": ("word/a.xml", b'<?xml version="1.0" encoding="cp037"?><a/>'),
    "late macro type": (
        "[Content_Types].xml",
        b"<Types>" + b" " * 9000 + b"application/vnd.ms-word.macroEnabled</Types>",
    ),
    "macros as settings of a printer": ("word/printerSettings/vba.bin", b"macro"),
}


@pytest.mark.parametrize("part", ACTIVE.values(), ids=ACTIVE)
def test_an_office_file_that_does_more_than_show_its_content_is_refused(part):
    content = office(("word/document.xml", b"<w:document/>"), part)

    with pytest.raises(ValidationError) as refused:
        check_upload(SimpleUploadedFile("letter.docx", content))

    assert refused.value.code == "content"


HARMLESS = {
    "hyperlink": ("word/_rels/document.xml.rels", relationship("hyperlink", "https://tomsk.gov.ru/")),
    "own template": ("word/_rels/settings.xml.rels", relationship("attachedTemplate", "file:///C:\\Forms\\act.dotx")),
    "number of the page": ("word/footer1.xml", runs(" PAGE ", "hidden DDE")),
    "numbers of a chart": ("word/embeddings/Microsoft_Excel_Sheet1.xlsx", b"PK"),
    "drawing": ("word/media/image1.svg", b"<!DOCTYPE svg><svg/>"),
}


@pytest.mark.parametrize("part", HARMLESS.values(), ids=HARMLESS)
def test_an_office_file_with_what_honest_ones_have_is_taken(part):
    content = office(("word/document.xml", b"<w:document/>"), part)

    assert check_upload(SimpleUploadedFile("letter.docx", content)).name == "letter.docx"
