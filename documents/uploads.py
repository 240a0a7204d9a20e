"""Files that people hand in as documents: judged by what they hold, not by their names.

Pages and the API take the same kinds. A file that passes is described by its type, size and checksum; it is given
back as a download only (`download`), never to be shown inside the browser.
"""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse
from django.utils.translation import gettext_lazy as _

from documents.archives import BROKEN, MB, ZIP, Harmful, check_growth, members, refuse_active

LARGEST = 20 * MB
_UNPACKED = 200 * MB
_OFFICE = "application/vnd.openxmlformats-officedocument."
TYPES = {
    "pdf": "application/pdf",
    "docx": f"{_OFFICE}wordprocessingml.document",
    "xlsx": f"{_OFFICE}spreadsheetml.sheet",
    "jpg": "image/jpeg",
    "png": "image/png",
    "txt": "text/plain",
    "csv": "text/csv",
}
"""The endings of files that are taken, each with its media type."""
_BEGINNINGS = {"pdf": b"%PDF-", "jpg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n"}
_MAIN_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
_LONGEST_NAME = 150


@dataclass(frozen=True)
class Upload:
    """A file that was found to be what its name says."""

    name: str
    media_type: str
    size: int
    sha256: str


def check_upload(file: UploadedFile[Any]) -> Upload:
    """Return what the file is; raise `ValidationError` saying what to hand in instead."""
    name = PurePath(str(file.name).replace("\\", "/")).name
    ending = name.rpartition(".")[2].lower().replace("jpeg", "jpg")
    size = file.size or 0
    if ending not in TYPES:
        text = _("Files of this kind are not kept. Choose one of: %(kinds)s.")
        raise ValidationError(text, code="kind", params={"kinds": ", ".join(TYPES)})
    if size > LARGEST:
        raise ValidationError(_("The file is larger than 20 MB. Choose a smaller one."), code="too_large")
    if not size:
        raise ValidationError(_("The file is empty."), code="empty")
    if not _holds(file, ending, size):
        text = _(
            "The content of the file is not that of a %(kind)s file, or it is damaged, encrypted, or has macros,"
            " embedded objects or links to other files."
        )
        raise ValidationError(text, code="content", params={"kind": ending.upper()})
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    return Upload(_short(name, ending), TYPES[ending], size, digest)


def download(file: Any, *, name: str, media_type: str) -> FileResponse:
    """Return a kept file as a download that no browser opens or takes for another type."""
    answer = FileResponse(file.open("rb"), as_attachment=True, filename=name, content_type=media_type)
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _short(name: str, ending: str) -> str:
    stem = "".join(sign for sign in name[: -len(name.rpartition(".")[2]) - 1] if sign.isprintable())
    return f"{stem[:_LONGEST_NAME] or 'file'}.{ending}"


def _holds(file: UploadedFile[Any], ending: str, size: int) -> bool:
    file.seek(0)
    head = file.read(16)
    if ending in _BEGINNINGS:
        return head.startswith(_BEGINNINGS[ending])
    if ending in _MAIN_PARTS:
        return head.startswith(ZIP) and _is_office(file, _MAIN_PARTS[ending], size)
    file.seek(0)
    return _is_text(file.read())


def _is_office(file: Any, main_part: str, size: int) -> bool:
    try:
        kept = members(file, size)
        check_growth(sum(member.file_size for member in kept), size, _UNPACKED)
        if main_part not in {member.filename for member in kept}:
            return False
        with zipfile.ZipFile(file) as archive:
            refuse_active(archive, kept)
    except (Harmful, *BROKEN):
        return False
    return True


def _is_text(content: bytes) -> bool:
    """Tell whether the bytes are a text in UTF-8 or in the Windows encoding of Russian."""
    if any(sign in content for sign in (b"\0", b"\x1b")):
        return False
    for encoding in ("utf-8", "cp1251"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False
