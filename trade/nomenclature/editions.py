"""The codes of an edition from a file: CSV with a code and a name, as the customs dictionary `KOD,SIMPLE_NAM`."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction
from django.utils.translation import gettext as _

from trade.models import Edition

LARGEST_FILE = 64 * 1024 * 1024
LONGEST_NAME = 4000
LEVELS = (2, 4, 6, 8, 10)
_HEADERS = {"KOD": "code", "CODE": "code", "SIMPLE_NAM": "name_ru", "NAME": "name_ru", "NAME_RU": "name_ru"}
_HEADERS |= {"NAME_EN": "name_en"}


class BadNomenclature(Exception):
    """The file cannot be read as an edition's codes. Says the line, the column and what is allowed."""


@dataclass(frozen=True)
class LoadedEdition:
    """What a load did. `skipped` are codes for hidden goods, which belong to no edition."""

    added: int
    changed: int
    removed: int
    unchanged: int
    skipped: int


def load_edition(edition: Edition, path: Path) -> LoadedEdition:
    """Make the edition's codes those of the file, in one transaction; the same file twice changes nothing.

    Raises `BadNomenclature`.
    """
    rows, skipped = _rows(_content(path))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE loaded_code (commodity_code text PRIMARY KEY, level smallint, name_ru text,"
            " name_en text) ON COMMIT DROP"
        )
        text = io.StringIO()
        csv.writer(text, quoting=csv.QUOTE_ALL).writerows((code, len(code), ru, en) for code, (ru, en) in rows.items())
        text.seek(0)
        cursor.copy_expert("COPY loaded_code FROM STDIN (FORMAT csv)", text)
        cursor.execute(
            "DELETE FROM trade_editioncode AS kept WHERE edition_id = %s"
            " AND NOT EXISTS (SELECT FROM loaded_code AS new WHERE new.commodity_code = kept.commodity_code)",
            [edition.pk],
        )
        removed = cursor.rowcount
        cursor.execute(
            "UPDATE trade_editioncode AS kept SET name_ru = new.name_ru, name_en = new.name_en FROM loaded_code AS new"
            " WHERE edition_id = %s AND new.commodity_code = kept.commodity_code"
            " AND (new.name_ru, new.name_en) IS DISTINCT FROM (kept.name_ru, kept.name_en)",
            [edition.pk],
        )
        changed = cursor.rowcount
        cursor.execute(
            "INSERT INTO trade_editioncode (edition_id, commodity_code, level, name_ru, name_en)"
            " SELECT %s, * FROM loaded_code ON CONFLICT DO NOTHING",
            [edition.pk],
        )
        added = cursor.rowcount
        cursor.execute("DROP TABLE loaded_code")
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if edition.sha256 != digest:
            edition.file_name, edition.sha256 = path.name[:200], digest
            edition.save(update_fields=["file_name", "sha256"])
    return LoadedEdition(added, changed, removed, len(rows) - added - changed, skipped)


def _content(path: Path) -> bytes:
    """Return the bytes of the CSV, out of a ZIP of one file where it is one; refuse what is too large to be it."""
    too_large = _("The file is larger than %(limit)d MB: no nomenclature is.") % {"limit": LARGEST_FILE // 1024 // 1024}
    if path.stat().st_size > LARGEST_FILE:
        raise BadNomenclature(too_large)
    if not zipfile.is_zipfile(path):
        return path.read_bytes()
    try:
        return _only_member(path, too_large)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
        raise BadNomenclature(_("The archive is damaged: %(reason)s.") % {"reason": error}) from error


def _only_member(path: Path, too_large: str) -> bytes:
    with zipfile.ZipFile(path) as archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        if len(members) != 1:
            raise BadNomenclature(
                _("The archive holds %(count)d files; one CSV is expected.") % {"count": len(members)}
            )
        if members[0].flag_bits & 1:
            raise BadNomenclature(_("The archive is encrypted. Give the file without a password."))
        if members[0].file_size > LARGEST_FILE:
            raise BadNomenclature(too_large)
        with archive.open(members[0]) as file:
            content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise BadNomenclature(too_large)
    return content


def _rows(content: bytes) -> tuple[dict[str, tuple[str, str]], int]:
    """Return code → names in Russian and English, and the number of codes for hidden goods."""
    lines = csv.reader(io.StringIO(_text(content), newline=""))
    columns: _Columns | None = None
    found: dict[str, tuple[str, str]] = {}
    skipped = 0
    for cells in _read(lines):
        if not "".join(cells).strip("."):
            continue  # an empty line, or the line of dots that exports of the customs begin with
        if columns is None:
            columns = _Columns.of(cells, lines.line_num)
            continue
        code, names = columns.row(cells, lines.line_num)
        if not code:
            skipped += 1
        elif found.setdefault(code, names) != names:
            raise BadNomenclature(
                _("Line %(line)d, column %(column)s: code %(value)s stands twice with different names.")
                % {"line": lines.line_num, "column": columns.header, "value": code}
            )
    if not found:
        raise BadNomenclature(_("The file holds no codes."))
    return found, skipped


@dataclass(frozen=True)
class _Columns:
    """Where the code and the names stand (None: the file has no such names), and what the column of codes is called."""

    header: str
    code: int
    name_ru: int | None
    name_en: int | None
    width: int

    @classmethod
    def of(cls, cells: list[str], line: int) -> _Columns:
        places = {
            _HEADERS[name]: place for place, cell in enumerate(cells) if (name := cell.strip().upper()) in _HEADERS
        }
        if "code" not in places or not {"name_ru", "name_en"} & places.keys():
            raise BadNomenclature(
                _("Line %(line)d: the header must name the columns KOD and SIMPLE_NAM (or CODE and NAME).")
                % {"line": line}
            )
        code = places["code"]
        return cls(cells[code].strip(), code, places.get("name_ru"), places.get("name_en"), max(places.values()) + 1)

    def row(self, cells: list[str], line: int) -> tuple[str, tuple[str, str]]:
        """Return the code and its names; an empty code for hidden goods."""
        if len(cells) < self.width:
            raise BadNomenclature(
                _("Line %(line)d: %(count)d columns instead of %(expected)d.")
                % {"line": line, "count": len(cells), "expected": self.width}
            )
        code = cells[self.code].strip()
        if code and not code.strip("SsXxСсХх"):
            code = ""
        elif not (code.isascii() and code.isdigit() and len(code) in LEVELS):
            raise BadNomenclature(
                _("Line %(line)d, column %(column)s: “%(value)s” is no code of 2, 4, 6, 8 or 10 digits.")
                % {"line": line, "column": self.header, "value": code[:40]}
            )
        return code, (_cell(cells, self.name_ru), _cell(cells, self.name_en))


def _cell(cells: list[str], place: int | None) -> str:
    return "" if place is None else cells[place].strip()[:LONGEST_NAME]


def _text(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1251", "replace")
    if "\0" in text or "\ufffd" in text:
        raise BadNomenclature(_("The file is no text in UTF-8 or Windows-1251."))
    return text


def _read(lines: Iterator[list[str]]) -> Iterator[list[str]]:
    try:
        yield from lines
    except csv.Error as error:
        raise BadNomenclature(_("The file is no CSV: %(reason)s.") % {"reason": error}) from error
