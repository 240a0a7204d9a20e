"""Files of Russian customs in all variants become the same observations."""

from __future__ import annotations

import datetime as dt
import gzip
from pathlib import Path

import pytest

from tests.trade.importing import files
from tests.trade.importing.files import ROW, SECOND, outcome, row, variant_c
from trade.importing import Refused
from trade.importing.formats import NAMES

EXPECTED = [
    {"period": "2024-01-01", "line": "2", "months": "1", "level": "10", "reporter": "RU-TOM", "partner": "BY",
     "flow": "X", "commodity": "8471300000", "unit": "796", "edition": "H6", "status": "A", "value": "1026.90",
     "net_kg": "95.886", "quantity": "54"},
    {"period": "2024-02-01", "line": "3", "months": "1", "level": "10", "reporter": "RU-TOM", "partner": "CN",
     "flow": "M", "commodity": "2207100000", "unit": "831", "edition": "H6", "status": "A", "value": "500.00",
     "net_kg": "400.000", "quantity": "300"},
]  # fmt: skip


@pytest.mark.parametrize(
    ("variant", "form"),
    [(files.variant_a, "fcs-a"), (files.variant_b, "fcs-dbf"), (files.variant_c, "fcs-c")],
)
def test_variants_with_a_region_say_the_same(tmp_path: Path, variant, form: str) -> None:
    found = outcome(tmp_path, variant([ROW, SECOND]))
    assert found.table.format == form
    assert form in NAMES
    assert found.lines == EXPECTED
    assert found.reading.problems == []
    assert found.reading.rows_read == found.reading.rows_accepted == 2
    assert found.reading.reporters == {"RU-TOM"}
    assert found.reading.flows == {"X", "M"}
    assert found.reading.months == {(dt.date(2024, 1, 1), 1), (dt.date(2024, 2, 1), 1)}
    assert found.reading.levels == {10}
    assert found.reading.bytes_done == found.table.bytes_total


def test_variant_d_takes_month_and_region_from_the_options(tmp_path: Path) -> None:
    content = files.variant_d([row(period="2021")])
    found = outcome(tmp_path, content, "2021-01.csv", month=dt.date(2021, 1, 1), reporter="RU-TOM")
    assert found.table.format == "fcs-d"
    assert (found.lines[0]["period"], found.lines[0]["months"], found.lines[0]["reporter"]) == (
        "2021-01-01",
        "1",
        "RU-TOM",
    )


def test_a_year_without_a_month_is_asked_about_and_the_name_of_the_file_is_only_suggested(tmp_path: Path) -> None:
    content = files.variant_d([row(period="2021")])
    with pytest.raises(Refused) as refused:
        outcome(tmp_path, content, "2021-01.csv", reporter="RU-TOM")
    problem = refused.value.problem
    assert (problem.code, problem.severity, problem.line, problem.column) == ("PER", "F", 2, "PERIOD")
    assert "2021-01" in problem.advice


def test_a_year_may_be_said_to_be_whole(tmp_path: Path) -> None:
    found = outcome(tmp_path, files.variant_c([row(period="2015")]), yearly=True)
    assert (found.lines[0]["period"], found.lines[0]["months"]) == ("2015-01-01", "12")


def test_a_month_of_another_year_than_the_row_is_an_error_of_the_row(tmp_path: Path) -> None:
    found = outcome(tmp_path, files.variant_c([row(period="2015")]), month=dt.date(2016, 3, 1))
    assert [(p.code, p.line, p.column) for p in found.reading.problems] == [("PER", 2, "PERIOD")]


def test_variant_d_without_a_reporter_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        outcome(tmp_path, files.variant_d([row()]))
    assert refused.value.problem.code == "REG"


def test_other_regions_stay_reporters_of_their_own(tmp_path: Path) -> None:
    found = outcome(tmp_path, files.variant_c([ROW, row(region="45000 - ГОРОД МОСКВА СТОЛИЦА")]))
    assert [line["reporter"] for line in found.lines] == ["RU-TOM", "RU-MOW"]


def test_names_of_regions_with_hyphens_are_split_once(tmp_path: Path) -> None:
    found = outcome(tmp_path, files.variant_c([row(region="67000 - СЕВАСТОПОЛЬ - ГОРОД ФЕДЕРАЛЬНОГО ЗНАЧЕНИЯ")]))
    assert found.lines[0]["reporter"] == "RU-SEV"
    assert found.reading.problems == []


def test_short_spellings_with_semicolons_are_read(tmp_path: Path) -> None:
    content = (
        "NAPR;PERIOD;STRANA;TNVED;EDIZM;STOIM;NETTO;KOL;REGION\nEX;01/2015;CN;0571351000;;55,24;28,818;0,000;46000\n"
        "IM;1/2015;CN;0571351000;ШТ;55;28,8;3;69000\n"
    )
    found = outcome(tmp_path, content.encode())
    assert [(line["flow"], line["reporter"], line["value"], line["quantity"]) for line in found.lines] == [
        ("X", "RU-MOS", "55.24", r"\N"),
        ("M", "RU-TOM", "55", "3"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251", "cp866"])
@pytest.mark.parametrize("separator", ["\t", ";", "|"])
def test_encodings_and_separators_are_recognised(tmp_path: Path, encoding: str, separator: str) -> None:
    content = files.text(files.C_HEADER, [ROW, SECOND], separator).encode(encoding)
    found = outcome(tmp_path, content)
    assert found.lines == EXPECTED
    assert found.table.encoding == encoding
    assert found.table.separator == separator


def test_the_row_of_dots_of_sqlplus_counts_as_a_line(tmp_path: Path) -> None:
    content = b"....................\n" + files.variant_c([ROW])
    found = outcome(tmp_path, content)
    assert [line["line"] for line in found.lines] == ["3"]


def test_lines_end_as_they_like(tmp_path: Path) -> None:
    for end in (b"\r\n", b"\r"):
        found = outcome(tmp_path, files.variant_c([ROW, SECOND]).replace(b"\n", end))
        assert found.lines == EXPECTED


def test_blank_lines_are_no_rows_but_count_as_lines(tmp_path: Path) -> None:
    content = files.variant_c([ROW, SECOND]).replace(b"\n", b"\n\n")
    found = outcome(tmp_path, content)
    assert [line["line"] for line in found.lines] == ["3", "5"]
    assert found.reading.rows_read == 2


def test_a_zip_or_gzip_of_one_file_is_opened(tmp_path: Path) -> None:
    content = files.variant_a([ROW, SECOND])
    for packed in (
        files.zipped({"DATTSVT.csv": content}),
        gzip.compress(content),
        files.zipped({"a.dbf": files.variant_b([ROW, SECOND])}),
    ):
        assert outcome(tmp_path, packed, "DATTSVT.zip").lines == EXPECTED


def test_deleted_records_of_dbf_are_left_out_and_counted_as_lines(tmp_path: Path) -> None:
    content = files.dbf(files.C_HEADER, [ROW, SECOND, ROW], deleted=frozenset({0}))
    found = outcome(tmp_path, content)
    assert [line["line"] for line in found.lines] == ["3", "4"]


def test_zero_and_missing_differ(tmp_path: Path) -> None:
    found = outcome(tmp_path, files.variant_c([row(stoim="0", netto="", kol="1172643429")]))
    assert [found.lines[0][name] for name in ("value", "net_kg", "quantity")] == ["0", r"\N", "1172643429"]


def test_thousands_of_dollars_and_tonnes_are_multiplied(tmp_path: Path) -> None:
    content = files.variant_c([row(stoim="1026.905", netto="5")])
    found = outcome(tmp_path, content, money_factor=1000, weight_factor=1000)
    assert (found.lines[0]["value"], found.lines[0]["net_kg"]) == ("1026905.000", "5000")


def test_the_real_extract_of_customs_is_read_without_an_error(tmp_path: Path) -> None:
    sample = files.SAMPLES / "opencustoms" / "bermudi.csv"
    if not sample.exists():
        pytest.skip("the samples are not here")
    codes_of_regions = {line.split(",")[8][:5] for line in sample.read_text("utf-8").splitlines()[1:]}
    files.CODES.regions.update({code: f"RU-{code}" for code in codes_of_regions - set(files.CODES.regions)})
    found = outcome(tmp_path, sample.read_bytes(), yearly=True)
    assert found.table.format == "fcs-c"
    assert found.reading.rows_read == found.reading.rows_accepted == 91
    assert [p for p in found.reading.problems if p.severity != "W"] == []


def test_the_short_and_the_long_way_write_the_same(tmp_path: Path) -> None:
    rows = [row(stoim=f"{number}.50", netto=f"{number}.125", kol=str(number)) for number in range(1, 50)]
    short = outcome(tmp_path, files.variant_c(rows)).lines
    # A number of the file with a space takes the long way.
    spaced = [[*cells[:5], cells[5] + "\u202f", *cells[6:]] for cells in rows]
    assert outcome(tmp_path, files.variant_c(spaced)).lines == short


def test_a_region_that_customs_do_not_state_is_the_unknown_region_without_a_warning(tmp_path: Path) -> None:
    found = outcome(tmp_path, variant_c([row(region="NNNNN - НЕИЗВЕСТНАЯ ОБЛАСТЬ")]))
    assert [line["reporter"] for line in found.lines] == ["RU-NNN"]
    assert found.reading.problems == []


def test_a_declaration_that_names_the_union_is_trade_of_its_own_beside_its_countries(tmp_path: Path) -> None:
    found = outcome(tmp_path, variant_c([row(strana="EU"), row(strana="DE"), row(strana="EU", tnved="8471410000")]))
    assert [line["partner"] for line in found.lines] == ["X492", "DE", "X492"]
    assert [(one.rule, one.line, one.severity) for one in found.reading.problems] == [
        ("CTRY-GROUP", 2, "W"),
        ("CTRY-GROUP", 4, "W"),
    ]
