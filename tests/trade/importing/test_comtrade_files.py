"""Exports of UN Comtrade: the page's CSV with a field too many, the API's CSV and JSON, tariff lines."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.trade.importing import files
from tests.trade.importing.files import outcome
from trade.importing import Refused

HEADER = [
    "typeCode", "freqCode", "refPeriodId", "refYear", "refMonth", "period", "reporterCode", "reporterISO",
    "reporterDesc", "flowCode", "flowDesc", "partnerCode", "partnerISO", "partnerDesc", "partner2Code",
    "partner2ISO", "partner2Desc", "classificationCode", "classificationSearchCode", "isOriginalClassification",
    "cmdCode", "cmdDesc", "aggrLevel", "isLeaf", "customsCode", "customsDesc", "mosCode", "motCode", "motDesc",
    "qtyUnitCode", "qtyUnitAbbr", "qty", "isQtyEstimated", "altQtyUnitCode", "altQtyUnitAbbr", "altQty",
    "isAltQtyEstimated", "netWgt", "isNetWgtEstimated", "grossWgt", "isGrossWgtEstimated", "cifvalue",
    "fobvalue", "primaryValue", "legacyEstimationFlag", "isReported", "isAggregate",
]  # fmt: skip
PLAIN = dict.fromkeys(HEADER, "") | {
    "typeCode": "C", "freqCode": "A", "refPeriodId": "20220101", "refYear": "2022", "refMonth": "52", "period": "2022",
    "reporterCode": "156", "reporterISO": "CHN", "reporterDesc": "China", "flowCode": "M", "partnerCode": "112",
    "partnerISO": "BLR", "partner2Code": "0", "classificationCode": "H6", "cmdCode": "8471", "aggrLevel": "4",
    "customsCode": "C00", "mosCode": "0", "motCode": "0", "qtyUnitCode": "5", "qtyUnitAbbr": "u", "qty": "12",
    "netWgt": "40", "primaryValue": "1804.186", "isReported": "true", "isAggregate": "true",
}  # fmt: skip


def record(**changed: str) -> dict[str, str]:
    return PLAIN | changed


def page_csv(*records: dict[str, str], header: list[str] = HEADER) -> bytes:
    """Return CSV as the web page writes it: Latin-1, CRLF, all quoted, an empty field beyond the header."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(header)
    rows = csv.writer(text, lineterminator=",\r\n", quoting=csv.QUOTE_ALL)
    rows.writerows([one[name] for name in header] for one in records)
    return text.getvalue().encode("latin-1")


def envelope(*records: dict[str, Any]) -> bytes:
    return json.dumps({"elapsedTime": "0.1 secs", "count": len(records), "data": records, "error": ""}).encode()


def test_the_field_beyond_the_header_is_dropped_and_nothing_shifts(tmp_path: Path) -> None:
    found = outcome(tmp_path, page_csv(record(partnerDesc="Côte d'Ivoire", partnerISO="CIV", partnerCode="384")))
    assert found.table.format == "comtrade-csv"
    assert found.table.encoding == "latin-1"
    assert found.lines == [
        {"period": "2022-01-01", "line": "2", "months": "12", "level": "4", "reporter": "CN", "partner": "CI",
         "flow": "M", "commodity": "8471", "unit": "796", "edition": "H6", "status": "A", "value": "1804.186",
         "net_kg": "40", "quantity": "12"}
    ]  # fmt: skip


def test_a_filled_field_beyond_the_header_is_an_error_of_the_row(tmp_path: Path) -> None:
    content = page_csv(record()).replace(b'"true",\r\n', b'"true","1"\r\n')
    found = outcome(tmp_path, content)
    assert found.lines == []
    assert [(p.code, p.line) for p in found.reading.problems] == [("ROW", 2)]


def test_rows_that_repeat_a_part_of_others_are_skipped_and_counted(tmp_path: Path) -> None:
    details = [
        {"partner2Code": "276"},
        {"motCode": "2100"},
        {"customsCode": "C01"},
        {"mosCode": "1"},
        {"flowCode": "MIP"},
    ]
    found = outcome(tmp_path, page_csv(record(), *(record(**one) for one in details)))
    assert [line["line"] for line in found.lines] == ["2"]
    assert (found.reading.rows_read, found.reading.rows_skipped) == (6, 5)
    assert found.reading.counts == {"SKIP": 5}
    assert found.reading.problems[0].value == "partner2Code=276"


def test_levels_totals_and_the_world_stay_side_by_side(tmp_path: Path) -> None:
    rows = [record(cmdCode="TOTAL", aggrLevel="0", partnerISO="W00", partnerCode="0"), record(cmdCode="84"), record()]
    found = outcome(tmp_path, page_csv(*rows))
    assert [(line["commodity"], line["level"], line["partner"]) for line in found.lines] == [
        ("TOTAL", "0", "W"),
        ("84", "2", "BY"),
        ("8471", "4", "BY"),
    ]


def test_a_weight_of_zero_beside_a_value_means_not_known(tmp_path: Path) -> None:
    found = outcome(tmp_path, page_csv(record(netWgt="0", qtyUnitCode="-1", qtyUnitAbbr="N/A", qty="0")))
    assert [found.lines[0][name] for name in ("net_kg", "unit", "quantity")] == [r"\N", "", r"\N"]


def test_months_and_estimates_are_told(tmp_path: Path) -> None:
    rows = [record(freqCode="M", period="202203", refMonth="3", isReported="false", isAggregate="false")]
    found = outcome(tmp_path, page_csv(*rows))
    assert [found.lines[0][name] for name in ("period", "months", "status")] == ["2022-03-01", "1", "E"]


def test_json_of_the_api_is_read_record_by_record(tmp_path: Path) -> None:
    typed = record() | {"primaryValue": 1804.186, "netWgt": 40.0, "qty": None, "partner2Code": 0, "motCode": 0,
                        "isReported": True, "isAggregate": False, "reporterISO": None, "reporterCode": 156}  # fmt: skip
    found = outcome(tmp_path, envelope(typed, *[typed] * 3000), "answer.json")
    assert found.table.format == "comtrade-json"
    assert len(found.lines) == 3001
    assert [found.lines[0][name] for name in ("line", "reporter", "value", "net_kg")] == ["2", "CN", "1804.186", "40.0"]
    assert {p.code for p in found.reading.problems} == {"QTY"}


def test_tariff_lines_lack_some_columns(tmp_path: Path) -> None:
    absent = {"refYear", "refMonth", "isReported", "isAggregate", "aggrLevel", "isLeaf", "legacyEstimationFlag"}
    header = [name for name in HEADER if name not in absent]
    found = outcome(tmp_path, page_csv(record(cmdCode="8471300000"), header=header))
    assert found.lines[0]["level"] == "10"


def test_goods_of_another_classification_are_errors(tmp_path: Path) -> None:
    found = outcome(tmp_path, page_csv(record(classificationCode="S4")))
    assert [(p.code, p.severity, p.column) for p in found.reading.problems] == [("HS-UNK", "E", "classificationCode")]


@pytest.mark.parametrize(
    "content",
    [
        b'{"data": [{"cmdCode": "01"}]}',
        b'{"data": 7}',
        b'{"count": 0}',
        b"[1, 2]",
        b'{"data": [{"cmdCode": "01", ',
        b'{"data": ' + b"[" * 100_000,
        b'{"data": [{"a": ' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"}]}",
        b'{"data": [{"cmdCode": "' + b"x" * 3_000_000 + b'"}]}',
    ],
)
def test_other_json_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(Refused) as refused:
        outcome(tmp_path, content, "x.json")
    assert refused.value.problem.code in ("FILE", "HDR")


def test_the_real_export_is_read_whole(tmp_path: Path) -> None:
    sample = files.SAMPLES / "comtrade" / "comtrade_v1_export_excerpt.csv"
    if not sample.exists():
        pytest.skip("the samples are not here")
    found = outcome(tmp_path, sample.read_bytes())
    assert found.reading.rows_accepted == 30
    assert found.reading.problems == []
    assert {line["months"] for line in found.lines} == {"12"}
    assert ("RU", "114148970877") in {(line["partner"], line["value"]) for line in found.lines}
    assert ("CI", "970219283") in {(line["partner"], line["value"]) for line in found.lines}


def test_other_asia_is_not_taken_for_the_country_that_its_iso_code_names(tmp_path: Path) -> None:
    found = outcome(
        tmp_path,
        page_csv(record(partnerCode="490", partnerISO="TWN"), record(reporterCode="490", reporterISO="TWN")),
    )
    assert [(line["reporter"], line["partner"]) for line in found.lines] == [("CN", "S19"), ("S19", "BY")]


def test_a_bare_number_of_a_unit_is_read_as_comtrades_and_never_as_okei(tmp_path: Path) -> None:
    found = outcome(
        tmp_path,
        page_csv(record(qtyUnitCode="8", qtyUnitAbbr=""), record(qtyUnitCode="112", qtyUnitAbbr="", cmdCode="8472")),
    )
    assert [line["unit"] for line in found.lines] == ["166", ""]
    assert [(one.code, one.value) for one in found.reading.problems] == [("QTY", "COMTRADE 112")]
