"""The tables of an uploaded workbook or text. A child process with limits parses it (`print_tables`)."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from typing import Any

from django.core.files.base import File
from django.utils.translation import gettext_lazy as _

from agreements.files import print_tables
from agreements.files.problems import UnusableFile
from documents import archives
from documents.archives import MB
from documents.uploads import LARGEST

_UNPACKED = 100 * MB
_MEMORY, _SECONDS, _OUTPUT = 768 * MB, 20, 64 * MB
_SAVE_AS = _("Save it as DOCX or XLSX and choose that file.")
_REFUSALS: dict[str, tuple[Any, Any]] = {
    "FILE-ENCRYPTED": (_("The file is protected by a password."), _("Remove the password and choose the file again.")),
    "FILE-BOMB": (
        _("The file is much too large once it is unpacked."),
        _("Leave pictures and everything but the table out of it."),
    ),
    "FILE-ACTIVE": (
        _("The file holds macros, embedded objects or links to other files."),
        _("Copy the table alone into a new file and choose that."),
    ),
}
_DAMAGED = (_("The file is damaged or no DOCX or XLSX."), _SAVE_AS)
_TOO_LARGE = (
    _("The table spans too many rows or columns."),
    _("A plan has at most 20,000 rows, 60 columns and 250,000 cells: delete empty ones beyond the table."),
)


@dataclass(frozen=True)
class Cell:
    """A cell of a table; all cells of a merged area have the same `area`."""

    text: str
    area: int


@dataclass(frozen=True)
class Table:
    """A sheet of a workbook or a table of a text. `rows` all have its width; row 1 is `rows[0]`."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]


def open_file(file: File[bytes]) -> tuple[Table, ...]:
    """Return the tables of a DOCX or XLSX file; raise `UnusableFile` for anything else."""
    if not file.size:
        raise UnusableFile(_("The file is empty."), _("Choose the file with the plan."))
    if file.size > LARGEST:
        raise UnusableFile(
            _("The file is larger than 20 MB."), _("Leave pictures and everything but the table out of it.")
        )
    with tempfile.NamedTemporaryFile(suffix=".plan") as copy:
        for chunk in file.chunks():
            copy.write(chunk)
        copy.flush()
        kind = _kind_of(copy, file.size)
        printed = _printed(copy.name, kind)
    tables = [
        Table(
            name=one["name"] or str(number),
            rows=tuple(_cells(row, one["width"]) for row in one["rows"]),
        )
        for number, one in enumerate(printed, start=1)
    ]
    if not any(table.rows for table in tables):
        raise UnusableFile(
            _("The file holds no table."),
            _("Put the plan into a table with the columns “№ п/п”, “Мероприятие”, “Срок” and “Исполнители”."),
        )
    return tuple(tables)


def _cells(row: list[tuple[str, int]], width: int) -> tuple[Cell, ...]:
    """Return a row that was printed; an empty one is the same cell throughout, so that far cells cost nothing."""
    return tuple(Cell(storable(text), area) for text, area in row) or (Cell("", 0),) * width


def _kind_of(copy: Any, size: int) -> str:
    """Return `docx` or `xlsx` by what the file is, not by its name; refuse what could do harm before it is parsed."""
    copy.seek(0)
    head = copy.read(4 * MB)
    if head.startswith(archives.OLE):
        if archives.names_encryption(head):
            raise UnusableFile(*_REFUSALS["FILE-ENCRYPTED"])
        raise UnusableFile(_("This is a file of an old format (DOC or XLS)."), _SAVE_AS)
    if not head.startswith(archives.ZIP):
        raise UnusableFile(_("This is neither DOCX nor XLSX."), _SAVE_AS)
    try:
        members = archives.members(copy, size)
        archives.check_growth(sum(member.file_size for member in members), size, _UNPACKED)
        archives.refuse_active(zipfile.ZipFile(copy), members)
    except archives.Harmful as found:
        raise UnusableFile(*_REFUSALS.get(found.rule, _DAMAGED)) from found
    names = {member.filename for member in members}
    for kind, part in (("docx", "word/document.xml"), ("xlsx", "xl/workbook.xml")):
        if part in names:
            return kind
    raise UnusableFile(_("This is neither DOCX nor XLSX."), _SAVE_AS)


def _printed(path: str, kind: str) -> list[dict[str, Any]]:
    allowed = map(str, (_MEMORY, _SECONDS, _OUTPUT))
    with tempfile.TemporaryFile() as out:
        try:
            child = subprocess.run(  # noqa: S603
                [sys.executable, "-I", print_tables.__file__, path, kind, *allowed],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.DEVNULL,
                timeout=2 * _SECONDS,
                check=False,
                env={},
            )
        except subprocess.TimeoutExpired as error:
            raise UnusableFile(*_TOO_LARGE) from error
        if child.returncode == print_tables.PROTECTED:
            raise UnusableFile(*_REFUSALS["FILE-ENCRYPTED"])
        # The parser is ended by a signal where it asks for more memory or time than it may have.
        if child.returncode == print_tables.TOO_LARGE or child.returncode < 0:
            raise UnusableFile(*_TOO_LARGE)
        if child.returncode != 0:
            raise UnusableFile(*_DAMAGED)
        out.seek(0)
        printed: list[dict[str, Any]] = json.loads(out.read())
        return printed


def storable(text: str) -> str:
    """Return the text without what a database, a page or a file cannot hold: controls, halves of characters."""
    if text.isprintable():
        return text
    return "".join(
        " " if character.isspace() and character not in "\n\u00a0\u202f" else character
        for character in text
        if (character.isprintable() or character.isspace()) and not "\ud800" <= character <= "\udfff"
    )
