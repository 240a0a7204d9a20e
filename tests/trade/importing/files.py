"""Files for the tests of reading, made from rows: variants of customs files, Comtrade, DBF, workbooks; and codes."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import xlsxwriter

from trade.importing import COPY_COLUMNS, Options, Reading, Table, open_table, read

TODAY = dt.date(2026, 11, 23)
SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples"


@dataclass(frozen=True)
class SmallCodes:
    """A few codes of each kind. The edition H5 is loaded with its codes, the others are not."""

    areas: dict[str, str] = field(
        default_factory=lambda: {
            **{code: code for code in ("BY", "KZ", "CN", "DE", "US", "RU", "BM", "NNN", "AB", "W", "RU-TOM", "RU-MOW")},
            **{"BLR": "BY", "CHN": "CN", "DEU": "DE", "USA": "US", "RUS": "RU", "KAZ": "KZ", "CIV": "CI", "W00": "W"},
            **{"0": "W", "112": "BY", "156": "CN", "276": "DE", "384": "CI"},
            **{"398": "KZ", "643": "RU", "842": "US", "490": "S19", "TWN": "TW", "EU": "EU"},
        }
    )
    kinds: dict[str, str] = field(default_factory=dict)
    regions: dict[str, str] = field(
        default_factory=lambda: {
            "69000": "RU-TOM",
            "45000": "RU-MOW",
            "46000": "RU-MOS",
            "67000": "RU-SEV",
            "NNNNN": "RU-NNN",
        }
    )
    region_names: dict[str, str] = field(
        default_factory=lambda: {
            "69000": "ТОМСКАЯ ОБЛАСТЬ",
            "45000": "МОСКВА",
            "67000": "СЕВАСТОПОЛЬ",
            "NNNNN": "РЕГИОН НЕ УКАЗАН",
        }
    )
    units: dict[str, str] = field(
        default_factory=lambda: {
            **{"796": "796", "ШТ": "796", "U": "796", "112": "112", "Л": "112", "055": "055", "М2": "055"},
            **{"831": "831", "Л 100% СПИРТА": "831", "KG": "166", "COMTRADE 8": "166"},
        }
    )
    chapters: frozenset[str] = frozenset(f"{chapter:02d}" for chapter in range(1, 98) if chapter != 77)

    def edition_at(self, day: dt.date) -> str:
        return "H6" if day.year >= 2022 else "H5" if day.year >= 2017 else "H4"

    def known_code(self, symbol: str, commodity_code: str) -> bool | None:
        return commodity_code in {"0101210000", "8471300000", "8471"} if symbol == "H5" else None


CODES = SmallCodes()
A_HEADER = ["napr", "period", "nastranapr", "tnved", "edizm", "Stoim", "Netto", "Kol", "Region", "Region_s"]
C_HEADER = ["NAPR", "PERIOD", "STRANA", "TNVED", "EDIZM", "STOIM", "NETTO", "KOL", "REGION", "REGION_S"]
D_HEADER = C_HEADER[:8]
ROW = ["ЭК", "01/2024", "BY", "8471300000", "796", "1026.90", "95.886", "54", "69000 - ТОМСКАЯ ОБЛАСТЬ",
       "06-СИБИРСКИЙ ФЕДЕРАЛЬНЫЙ ОКРУГ"]  # fmt: skip
SECOND = ["ИМ", "02/2024", "CN", "2207100000", "831", "500.00", "400.000", "300", *ROW[8:]]


def row(**changed: str) -> list[str]:
    """Return a row of variant C with cells changed by the name of their column in lower case."""
    made = list(ROW)
    for name, value in changed.items():
        made[C_HEADER.index(name.upper())] = value
    return made


def text(header: list[str], rows: list[list[str]], separator: str = ",") -> str:
    return "".join(separator.join(cells) + "\n" for cells in (header, *rows))


def variant_a(rows: list[list[str]]) -> bytes:
    """Return the web export: tabulators, decimal comma, UTF-8."""
    return text(
        A_HEADER, [cells[:5] + [c.replace(".", ",") for c in cells[5:8]] + cells[8:] for cells in rows], "\t"
    ).encode()


def variant_b(rows: list[list[str]]) -> bytes:
    """Return the DBF: characters only, CP866, decimal comma."""
    return dbf(A_HEADER, [cells[:5] + [c.replace(".", ",") for c in cells[5:8]] + cells[8:] for cells in rows])


def variant_c(rows: list[list[str]]) -> bytes:
    return text(C_HEADER, rows).encode()


def variant_d(rows: list[list[str]]) -> bytes:
    return text(D_HEADER, [cells[:8] for cells in rows]).encode()


def dbf(header: list[str], rows: list[list[str]], deleted: frozenset[int] = frozenset()) -> bytes:
    widths = [max([1, *(len(cells[place]) for cells in rows)]) for place in range(len(header))]
    fields = b"".join(
        name[:10].upper().encode("cp866").ljust(11, b"\0") + b"C" + bytes(4) + bytes([width, 0]) + bytes(14)
        for name, width in zip(header, widths, strict=True)
    )
    head = struct.pack("<BBBBIHH20x", 3, 126, 11, 23, len(rows), 32 + len(fields) + 1, 1 + sum(widths))
    records = b"".join(
        (b"*" if number in deleted else b" ")
        + b"".join(cell.encode("cp866").ljust(width) for cell, width in zip(cells, widths, strict=True))
        for number, cells in enumerate(rows)
    )
    return head + fields + b"\r" + records + b"\x1a"


def workbook(rows: list[list[Any]], sheet: str = "Лист1", *, above: int = 0, left: int = 0) -> bytes:
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "default_date_format": "dd.mm.yyyy"})
    book.set_properties({"created": dt.datetime(2026, 1, 1)})  # noqa: DTZ001 – the library knows no time zones
    page = book.add_worksheet(sheet)
    for number, cells in enumerate(rows, above):
        page.write_row(number, left, cells)
    book.close()
    return content.getvalue()


def zipped(members: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def options(**given: Any) -> Options:
    return Options(**{"today": TODAY, **given})


@dataclass
class Outcome:
    """A file read to its end: the lines of COPY as dictionaries, and the table and reading themselves."""

    table: Table
    reading: Reading
    lines: list[dict[str, str]]
    text: str


def outcome(folder: Path, content: bytes, name: str = "file.csv", **given: Any) -> Outcome:
    """Read the content as a file of that name, with these options."""
    path = folder / "uploaded"
    path.write_bytes(content)
    chosen = options(**given)
    table = open_table(path, name, chosen)
    reading = read(table, CODES, chosen)
    text = b"".join(reading).decode()
    lines = [dict(zip(COPY_COLUMNS, line.split("\t"), strict=True)) for line in text.splitlines()]
    return Outcome(table, reading, lines, text)
