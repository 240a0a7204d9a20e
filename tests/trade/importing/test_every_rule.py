"""Every entry of the catalogue of rules has a file that breaks it; a new rule without one fails here."""

from __future__ import annotations

import datetime as dt
import io
import json
import struct
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.trade.conftest import copy_text
from tests.trade.importing import files
from tests.trade.importing.files import C_HEADER, ROW, row
from tests.trade.importing.test_hostile_files import bomb, workbook_with
from trade import releases
from trade.importing import Mapping, Refused
from trade.importing.catalogue import RULES
from trade.importing.limits import MB
from trade.importing.problems import Findings

IN_2018 = {"period": "05/2018"}  # in the edition whose codes the tests load
HUGE_CELL = (",".join(C_HEADER) + "\n").encode() + b"x" * 40_000 + b",1\n"
FAR_CELLS = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    b"</sheetData></worksheet>"
)


@dataclass(frozen=True)
class File:
    """A file with the name and the options under which it is read."""

    content: bytes
    name: str = "file.csv"
    options: dict[str, Any] = field(default_factory=dict)


def rows(*changed: dict[str, str]) -> File:
    return File(files.variant_c([ROW, *(row(**one) for one in changed)]))


def of_thousands(factor: float) -> File:
    return File(files.variant_c([row(stoim=f"{n * 20 * factor:.3f}", netto=str(n)) for n in range(1, 20)]))


def archive(method: int = zipfile.ZIP_DEFLATED, **members: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as made:
        for name, data in members.items():
            made.writestr(name.replace("__", "."), data)
    return content.getvalue()


def encrypted() -> bytes:
    content = bytearray(files.zipped({"a.csv": files.variant_c([ROW])}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        struct.pack_into("<H", content, content.index(mark) + offset, 1)
    return bytes(content)


def nonsense_dbf() -> bytes:
    content = bytearray(files.variant_b([ROW]))
    struct.pack_into("<H", content, 10, 2)
    return bytes(content)


def without(name: str) -> bytes:
    place = C_HEADER.index(name)
    head, line = ([*one[:place], *one[place + 1 :]] for one in (C_HEADER, ROW))
    return files.text(head, [line]).encode()


def comtrade(**changed: str) -> File:
    from tests.trade.importing.test_comtrade_files import page_csv, record

    return File(page_csv(record(), record(**changed)))


TABLE = Mapping(
    columns={
        "period": "Период", "export_value": "Экспорт", "import_value": "Импорт", "turnover": "Товарооборот",
        "export_growth": "Рост экспорта", "import_growth": "Рост импорта", "turnover_growth": "Рост товарооборота",
    },
    constants={"reporter": "RU-TOM", "partner": "BY", "commodity": "TOTAL"},
    money="USD_MN",
)  # fmt: skip


def table(*cells: str, mapping: Mapping = TABLE, name: str = "table.csv") -> File:
    head = [*mapping.columns.values()]
    return File(files.text(head, [["2024", *cells]], ";").encode(), name, {"mapping": mapping, "yearly": True})


def mapped(columns: dict[str, str], *cells: str) -> File:
    """Return a table of all goods exported to Belarus, with these columns and one row."""
    said = {"commodity": "84", "flow": "X", "partner": "BY", "reporter": "RU-TOM"}
    content = files.text([*columns.values()], [[*cells]]).encode()
    return File(content, options={"mapping": Mapping(columns, said)})


MIXED = [{"month": f"{year}-{month:02}", "value": 100 + month} for year in (2022, 2023) for month in range(1, 13)]
FILES: dict[str, Callable[[], File]] = {
    "FILE-EMPTY": lambda: File(b""),
    "FILE-KIND": lambda: File(b"%PDF-1.7\n%\xe2\xe3\n1 0 obj"),
    "FILE-OLD-EXCEL": lambda: File(bytes.fromhex("D0CF11E0A1B11AE1") + bytes(1000), "a.xls"),
    "FILE-ENCRYPTED": lambda: File(encrypted(), "a.zip"),
    "FILE-MEMBERS": lambda: File(archive(a__csv=b"a", b__csv=b"b"), "a.zip"),
    "FILE-ARCHIVE": lambda: File(files.zipped({"a.csv": files.variant_c([ROW] * 100)})[:150], "a.zip"),
    "FILE-NESTED": lambda: File(files.zipped({"a.zip": archive(a__csv=b"a")}), "a.zip"),
    "FILE-NAME": lambda: File(files.zipped({"../a.csv": files.variant_c([ROW])}), "a.zip"),
    "FILE-METHOD": lambda: File(archive(zipfile.ZIP_LZMA, a__csv=b"x"), "a.zip"),
    "FILE-BOMB": lambda: File(bomb({"a.csv": 200 * MB}), "a.zip"),
    "FILE-ACTIVE": lambda: File(workbook_with(xl__vbaProject__bin=b"x", **{"xl/vbaProject.bin": b"x"}), "a.xlsx"),
    "FILE-WORKBOOK": lambda: File(workbook_with(**{"xl/workbook.xml": b"<a><b></a>"}), "a.xlsx"),
    "FILE-SHEET": lambda: File(files.workbook([C_HEADER, ROW]), "a.xlsx", {"sheet": "Нет такого"}),
    "FILE-LARGE-SHEET": lambda: File(workbook_with(**{"xl/worksheets/sheet1.xml": FAR_CELLS}), "a.xlsx"),
    "FILE-LONG-SHEET": lambda: File(files.workbook([[f"{n:08d}" * 20] for n in range(10_000)]), "a.xlsx"),
    "FILE-JSON": lambda: File(b'{"data": 7}', "a.json"),
    "FILE-DBF": lambda: File(nonsense_dbf(), "a.dbf"),
    "FILE-LINE": lambda: File(b"x" * (3 * MB)),
    "FILE-CELL": lambda: File(HUGE_CELL),
    "FILE-COLUMNS": lambda: File(b",".join(b"c%d" % n for n in range(2000)) + b"\n1,2\n"),
    "ENC": lambda: File(files.variant_c([ROW] * 5).replace("ЭК".encode(), b"\xff\xfeM", 1)),
    "ENC-UNKNOWN": lambda: File((",".join(C_HEADER) + "\n").encode() + bytes([0x90, 0xC1, 0x9E, 0xFE, 0x2C] * 200)),
    "ENC-NAME": lambda: File(files.variant_c([ROW]), options={"encoding": "koi9"}),
    "ENC-MOJIBAKE": lambda: File(files.variant_c([ROW] * 5).decode("cp1251", "ignore").encode()),
    "HDR": lambda: File("Год;Товар\n2024;x\n".encode()),
    "HDR-MISSING": lambda: File(without("PERIOD")),
    "HDR-TWICE": lambda: File(files.text([*C_HEADER, "STOIM"], [[*ROW, "7"]]).encode()),
    "HDR-MAPPING": lambda: File(b"a;b\n1;2\n", options={"mapping": TABLE}),
    "LVL": lambda: rows({"tnved": "8471"}),
    "UNIT-FILE-MONEY": lambda: of_thousands(0.001),
    "UNIT-FILE-WEIGHT": lambda: of_thousands(1000),
    "PER-YEAR": lambda: rows({"period": "2024"}),
    "PER-NONE": lambda: mapped({"value": "V", "net_kg": "N"}, "1", "2"),
    "REG-NONE": lambda: File(files.variant_d([row(period="2021")]), options={"month": dt.date(2021, 1, 1)}),
    "REG-OPTION": lambda: File(files.variant_d([ROW]), options={"reporter": "RU-XXX"}),
    "ROW": lambda: File(files.text(C_HEADER, [ROW, ROW[:7]]).encode()),
    "FLOW": lambda: rows({"napr": "ТР"}),
    "PER": lambda: rows({"period": "13/2024"}),
    "PER-SPAN": lambda: rows({"period": "2024-02/2024-04"}),
    "PER-FUTURE": lambda: rows({"period": "12/2026"}),
    "PER-EARLY": lambda: rows({"period": "01/1980"}),
    "PER-OTHER-YEAR": lambda: File(
        files.variant_d([row(period="2021"), row(period="2022")]),
        options={"month": dt.date(2021, 1, 1), "reporter": "RU-TOM"},
    ),
    "CTRY-GROUP": lambda: rows({"strana": "EU"}),
    "CTRY": lambda: rows({"strana": "ZZ"}),
    "REG": lambda: rows({"region": "99999 - НЕТ ТАКОЙ"}),
    "REG-NAME": lambda: rows({"region": "69000 - ТУЛЬСКАЯ ОБЛАСТЬ"}),
    "HS-LEN": lambda: rows({"tnved": "84713"}),
    "HS-NUMBER": lambda: rows({"tnved": "8.47E+09"}),
    "HS-ZERO": lambda: rows({"tnved": "101210000", **IN_2018}),
    "HS-UNK": lambda: rows({"tnved": "8471999999", **IN_2018}),
    "HS-CLASS": lambda: comtrade(classificationCode="S4"),
    "HS-HID": lambda: rows({"tnved": "XXXXXXXXXX"}),
    "HS-LEVEL": lambda: mapped({"period": "P", "value": "V", "level": "L"}, "2024-01", "1", "4"),
    "NUM": lambda: rows({"stoim": "много"}),
    "NUM-NEGATIVE": lambda: rows({"stoim": "-5"}),
    "NUM-LARGE": lambda: rows({"kol": "9" * 30}),
    "NUM-NONE": lambda: rows({"stoim": "", "netto": "", "kol": "", "edizm": ""}),
    "STATUS": lambda: mapped({"period": "P", "value": "V", "status": "S"}, "2024-01", "1", "?"),
    "UNIT-MONEY": lambda: File(files.variant_c([row(stoim="0.02", netto="20"), *[row(stoim="300", netto="20")] * 3])),
    "UNIT-WEIGHT": lambda: File(files.variant_c([row(stoim="900000", netto="1"), *[row(stoim="300", netto="20")] * 3])),
    "QTY-NO-UNIT": lambda: rows({"edizm": "", "kol": "54"}),
    "QTY-NO-NUMBER": lambda: rows({"edizm": "796", "kol": ""}),
    "QTY-UNIT": lambda: rows({"edizm": "ПУД"}),
    "SKIP-DETAIL": lambda: comtrade(motCode="1000"),
    "SKIP-EMPTY": lambda: table("", "", "", "", "", ""),
    "TOT-SUM": lambda: table("13,9", "9,0", "25,0", "", "", ""),
    "TOT-G": lambda: table("13,9", "9,0", "22,9", "30", "50", "60 %"),
}
LINES: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {
    "DUP-SAME": ([], [{}, {}]),
    "DUP": ([], [{"value": 1}, {"value": 2}]),
    "SUM-LESS": ([], [{"commodity": "TOTAL", "value": 100}, {"commodity": "84", "value": 60}]),
    "SUM-MORE": ([], [{"commodity": "TOTAL", "value": 100}, {"commodity": "84", "value": 150}]),
    "REV": ([{"value": 100}, {"partner": "CN", "value": 900}], [{"value": 130}, {"partner": "CN", "value": 900}]),
    "REV-SIGN": (
        [{"month": "2023-01", "value": 100}, {"month": "2024-01", "value": 105}], [{"month": "2024-01", "value": 95}],
    ),
    "GAP": ([], [{"month": "2023-11"}, {"month": "2024-02"}]),
    "GONE": ([{}, {"partner": "CN"}], [{"value": 5}]),
    "OUT": (MIXED, [{"month": "2024-01", "value": 110}, {"month": "2024-02", "value": 110_000}]),
}  # fmt: skip
"""Rules that compare: what is published before, and the file."""


def rules_of_a_file(folder: Path, file: File) -> set[str]:
    """Return the rules that reading the file breaks."""
    try:
        found = files.outcome(folder, file.content, file.name, **file.options)
    except Refused as refused:
        return {refused.problem.rule}
    return {one.rule for one in found.reading.problems}


def rules_of_lines(publish: Any, dataset: Any, before: Iterable[Any], lines: Iterable[Any]) -> set[str]:
    """Return the rules that comparing the lines with what is published breaks."""
    findings = Findings()
    if before:
        publish(before)
    text = copy_text(lines)
    staged = releases.stage(dataset, text, vintage=releases.reserve_vintage(), findings=findings)
    releases.compare(staged, findings)
    return {one.rule for one in findings.kept}


@pytest.mark.django_db
@pytest.mark.parametrize("rule", RULES)
def test_a_file_breaks_the_rule(rule: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: Any) -> None:
    assert rule in FILES or rule in LINES, f"no file breaks {rule}"
    if rule in LINES:
        found = rules_of_lines(request.getfixturevalue("publish"), request.getfixturevalue("a_dataset"), *LINES[rule])
    else:
        if rule == "FILE-LONG-SHEET":
            monkeypatch.setattr("trade.importing.limits.WORKBOOK_TEXT_BYTES", MB)
        found = rules_of_a_file(tmp_path, FILES[rule]())
    assert rule in found


def test_the_documentation_and_the_pages_know_every_code() -> None:
    from trade.imports.preview import MEANINGS as IN_WORDS

    text = (Path(__file__).parents[3] / "docs" / "trade.md").read_text(encoding="utf-8")
    for code in {rule.code for rule in RULES.values()}:
        assert code in IN_WORDS, code
        assert any(code in line.split("|")[1].split() for line in text.splitlines() if line.count("|") > 3), code


def test_a_turnover_that_fits_is_no_problem(tmp_path: Path) -> None:
    assert rules_of_a_file(tmp_path, table("13,9", "9,0", "22,9", "30", "100", "60,0 %")) == set()
    assert rules_of_a_file(tmp_path, table("13,90", "9,032", "23", "-5", "−10", "−7 %")) == set()
    found = files.outcome(tmp_path, table("13,9", "9,0", "25,0", "x", "", "60").content, **table().options)
    assert [(line["flow"], line["value"]) for line in found.lines] == [("X", "13900000.0"), ("M", "9000000.0")]
    assert [(one.code, one.line, one.column) for one in found.reading.problems] == [("TOT-G", 2, "Товарооборот")]


def test_json_of_a_problem_names_its_rule() -> None:
    found = Findings()
    found.add("TOT-SUM", line=2, column="T", value="25", turnover="25", exports="1", imports="2", sum="3")
    assert "25" in json.dumps(found.kept[0].as_dict(), ensure_ascii=False)
