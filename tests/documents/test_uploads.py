"""Files handed in are what their names say, and harmless."""

from __future__ import annotations

import hashlib
import zipfile
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

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
