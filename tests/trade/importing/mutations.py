"""Files as people and attackers make them: good files of every format, changed in structure, cells and bytes.

`mutated_files()` gives files with any number of changes; `files_with_one_bad_cell()` gives otherwise good files of
which it is known where they are wrong.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from tests.trade.importing import files
from trade.importing import Mapping

HEADERS = {
    "a": files.A_HEADER,
    "c": files.C_HEADER,
    "d": files.D_HEADER,
    "comtrade": ["freqCode", "period", "reporterCode", "reporterISO", "flowCode", "partnerCode", "partnerISO",
                 "partner2Code", "classificationCode", "cmdCode", "customsCode", "mosCode", "motCode", "qtyUnitCode",
                 "qtyUnitAbbr", "qty", "netWgt", "primaryValue", "isReported", "isAggregate"],
    "table": ["Год", "Месяц", "Экспорт", "Импорт", "Код", "Страна"],
}  # fmt: skip
COMTRADE_ROW = ["A", "2022", "156", "CHN", "M", "112", "BLR", "0", "H6", "8471", "C00", "0", "0", "5", "u", "12", "40",
                "1804.186", "true", "true"]  # fmt: skip
ROWS = {
    "a": [files.ROW, files.SECOND],
    "c": [files.ROW, files.SECOND],
    "d": [files.ROW[:8], files.SECOND[:8]],
    "comtrade": [COMTRADE_ROW, ["M", "202203", *COMTRADE_ROW[2:9], "TOTAL", *COMTRADE_ROW[10:]]],
    "table": [["2024", "1", "1234,5", "17", "8471", "BY"], ["2024", "март", "", "5", "8471", "CN"]],
}
MAPPING = Mapping(
    columns={"year": "Год", "month": "Месяц", "export_value": "Экспорт", "import_value": "Импорт", "commodity": "Код",
             "partner": "Страна"},
    money="USD_TH",
)  # fmt: skip

NASTY = [
    "", " ", "\0", "a\0b", "1e400", "-1e400", "NaN", "inf", "-0", "1_000", "１２", "٣", "0x10", "1\u00a0234,5",
    "1\u202f234", "1.234.567,89", "31.02", "31.02.2024", "00/2024", "13/2024", "2024-13", "01/0000", "99/9999", "2024",
    "202413", "=1+1", "@SUM(A1)", "\t=", "'", '"', '"unclosed', "\ud800", "\ufffd", "\u200b", "💣", "\u202eROM", "\\N",
    "\\.", "a\\tb", "NULL", "None", "TOTAL", "XXXXXXXXXX", "27XXXXXXXX", "ZZ", "69000", "69000 - ТУЛА", "0" * 400,
    "9" * 400, "0." + "3" * 40, "x" * 5000, "-5", "−5", "+5", "5%", "1/3", "ИТОГО", "8,47E+09", "2024-01-01", "true",
    "января 2024", "I кв. 2024", "2024Q9", "2024-W01", "..", "2024/..", "/", "-", "—", "…", "\x1a", "\r", "a\nb",
]  # fmt: skip
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1251", "cp866", "latin-1", "koi8-r", "utf-32")
SEPARATORS = ("\t", ";", ",", "|", ":", " ")


@dataclass
class Mutated:
    """A file with the options to read it by; `bad_line` and `bad_column` where it is known what is wrong."""

    content: bytes
    given: dict[str, Any] = field(default_factory=dict)
    name: str = "2021-01.csv"
    bad_line: int | None = None
    bad_column: str = ""


def _options(kind: str) -> dict[str, Any]:
    return {"reporter": "RU-TOM", "accept_unit_suspicion": True} | ({"mapping": MAPPING} if kind == "table" else {})


def written(rows: list[list[str]], separator: str, quoting: int, encoding: str) -> bytes:
    out = io.StringIO()
    plain = "".join(separator.join(cells) + "\n" for cells in rows)
    if quoting >= 0:
        csv.writer(out, delimiter=separator, quoting=quoting, escapechar="\\", lineterminator="\n").writerows(rows)
        plain = out.getvalue()
    return plain.encode(encoding, "surrogatepass" if encoding.startswith("utf") else "replace")


def _change_header(draw: st.DrawFn, header: list[str]) -> list[str]:
    place = draw(st.integers(0, len(header) - 1))
    match draw(st.integers(0, 8)):
        case 0:
            return header[:place] + header[place + 1 :]
        case 1:
            return [*header, header[place]]
        case 2:
            return [*header[:place], draw(st.sampled_from(NASTY)), *header[place + 1 :]]
        case 3:  # a merged cell: one name over several columns
            return [*header[:place], *[""] * (len(header) - place)]
        case 4:
            return [name.swapcase() for name in header]
        case 5:
            return draw(st.permutations(header))
        case 6:
            return [f" {name}\u00a0" for name in header]
        case 7:
            return [*header, "", ""]
        case _:
            return [*header, *[f"c{number}" for number in range(draw(st.sampled_from([1, 500, 100_000])))]]


def _change_row(draw: st.DrawFn, cells: list[str]) -> list[str]:
    place = draw(st.integers(0, len(cells) - 1)) if cells else 0
    match draw(st.integers(0, 5)):
        case 0:
            return [*cells, *draw(st.lists(st.sampled_from(["", "x"]), max_size=3))]
        case 1:
            return cells[:place]
        case 2:
            return []
        case 3:
            return [*cells[:place], draw(st.text(max_size=20)), *cells[place + 1 :]]
        case _:
            return [*cells[:place], draw(st.sampled_from(NASTY)), *cells[place + 1 :]]


def _change_bytes(draw: st.DrawFn, content: bytes) -> bytes:
    place = len(content) * draw(st.integers(0, 1000)) // 1001  # independent of the length: packers are not repeatable
    match draw(st.integers(0, 4)):
        case 0:
            return content[:place]
        case 1:
            return content[:place] + b"\0" + content[place:]
        case 2:
            return content[:place] + draw(st.binary(max_size=8)) + content[place + 1 :]
        case 3:
            return b"....................\n" + content
        case _:
            return content + content


@st.composite
def mutated_files(draw: st.DrawFn) -> Mutated:
    """Return a file of any format with several changes."""
    kind = draw(st.sampled_from(sorted(HEADERS)))
    header, rows = list(HEADERS[kind]), [list(cells) for cells in ROWS[kind]] * draw(st.integers(1, 3))
    for __ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(rows) - 1))
        rows[place] = _change_row(draw, rows[place])
    if draw(st.integers(0, 3)) == 0:
        header = _change_header(draw, header)
    given = _options(kind)
    if draw(st.booleans()):
        given["yearly"] = True
    match draw(st.integers(0, 19)):
        case 0:
            content = files.workbook([[_written_by_excel(cell) for cell in cells[:600]] for cells in (header, *rows)])
        case 1 if header:
            content = _dbf(header, rows)
        case 2 if kind == "comtrade":
            content = json.dumps({"data": [dict(zip(header, cells, strict=False)) for cells in rows]}).encode()
        case _:
            quoting = draw(st.sampled_from([-1, csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
            separator, encoding = draw(st.sampled_from(SEPARATORS)), draw(st.sampled_from(ENCODINGS))
            content = written([header, *rows], separator, quoting, encoding)
    if draw(st.integers(0, 3)) == 0:
        content = _change_bytes(draw, content)
    match draw(st.integers(0, 9)):
        case 0:
            content = files.zipped({"a.csv": content})
        case 1:
            content = gzip.compress(content, mtime=0)
        case 2:
            content = _change_bytes(draw, files.zipped({"a.csv": content}))
    return Mutated(content, given)


def _written_by_excel(cell: str) -> str:
    return cell[:3000].encode("utf-8", "replace").decode()


def _dbf(header: list[str], rows: list[list[str]]) -> bytes:
    fitted = [[cell.encode("cp866", "replace").decode("cp866")[:250] for cell in cells] for cells in rows]
    width = min(len(header), 200)
    fitted = [(cells + [""] * width)[:width] for cells in fitted]
    names = [name.encode("cp866", "replace").decode("cp866")[:9] for name in header[:width]]
    return files.dbf(names, fitted)


BAD_CELLS = {
    "NAPR": ["", "?", "ТР", "\0", "=1+1", "EXX"],
    "PERIOD": ["", "31.02.2024", "13/2024", "2024-00", "15.01.2024", "x", "12/2099", "1\u00a02024"],
    "STRANA": ["", "ZZ", "Беларуссия", "\0", "BYY"],
    "TNVED": ["", "847", "84713000001", "8471.3", "8.47E+09", "abc", "８４７１３０００００"],
    "STOIM": ["-5", "1e400", "NaN", "inf", "x", "1.2.3", "1_0", "9" * 40, "5%"],
    "NETTO": ["-5", "1e400", "nan", "x", "٣", "0x1F"],
    "KOL": ["-5", "1e400", "x", "½"],
    "REGION": ["", "00000 - НЕТ", "Нарния", "6900 - ТОМСКАЯ ОБЛАСТЬ"],
}


@st.composite
def files_with_one_bad_cell(draw: st.DrawFn) -> Mutated:
    """Return a good customs file, in any encoding and with any separator, but for one cell."""
    header = list(files.C_HEADER)
    column = draw(st.sampled_from(sorted(BAD_CELLS)))
    rows = [list(files.ROW) for __ in range(draw(st.integers(3, 30)))]
    place = draw(st.integers(1, len(rows) - 1))
    rows[place][header.index(column)] = draw(st.sampled_from(BAD_CELLS[column]))
    dots = draw(st.booleans())
    content = written(
        [["." * 20], header, *rows] if dots else [header, *rows],
        draw(st.sampled_from(["\t", ";", ",", "|"])),
        csv.QUOTE_MINIMAL,
        draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])),
    )
    return Mutated(content, {}, bad_line=place + 2 + dots, bad_column=column)
