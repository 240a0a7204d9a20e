"""Each rule of the documentation has a file that breaks it; problems name line, column, value and what to do."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from string import Formatter

import pytest
from django.utils import translation

from tests.trade.importing import files
from tests.trade.importing.files import ROW, SECOND, outcome, row
from trade.importing import Problem, Refused, problem
from trade.importing.catalogue import RULES
from trade.importing.limits import PROBLEMS_KEPT, WARNINGS_KEPT
from trade.importing.problems import Findings

YEAR_5 = "05/2018"  # in the edition whose codes the tests load


@pytest.mark.parametrize(
    ("changed", "code", "severity", "column"),
    [
        ({"napr": "ТР"}, "FLOW", "E", "NAPR"),
        ({"napr": ""}, "FLOW", "E", "NAPR"),
        ({"period": "13/2024"}, "PER", "E", "PERIOD"),
        ({"period": "31.02.2024"}, "PER", "E", "PERIOD"),
        ({"period": "15.03.2024"}, "PER", "E", "PERIOD"),
        ({"period": "2024-02/2024-04"}, "PER", "E", "PERIOD"),
        ({"period": "12/2026"}, "PER", "E", "PERIOD"),
        ({"period": "01/1889"}, "PER", "E", "PERIOD"),
        ({"period": ""}, "PER", "E", "PERIOD"),
        ({"strana": "ZZ"}, "CTRY", "E", "STRANA"),
        ({"strana": ""}, "CTRY", "E", "STRANA"),
        ({"region": "99999 - НЕТ ТАКОЙ"}, "REG", "E", "REGION"),
        ({"region": "Нигде"}, "REG", "E", "REGION"),
        ({"region": "69000 - ТУЛЬСКАЯ ОБЛАСТЬ"}, "REG", "W", "REGION"),
        ({"tnved": "84713"}, "HS-LEN", "E", "TNVED"),
        ({"tnved": "847130000012"}, "HS-LEN", "E", "TNVED"),
        ({"tnved": "8.47E+09"}, "HS-LEN", "E", "TNVED"),
        ({"tnved": "компьютер"}, "HS-LEN", "E", "TNVED"),
        ({"tnved": "101210000", "period": YEAR_5}, "HS-LEN", "W", "TNVED"),
        ({"tnved": "8471999999", "period": YEAR_5}, "HS-UNK", "W", "TNVED"),
        ({"tnved": "7701000000"}, "HS-UNK", "W", "TNVED"),
        ({"tnved": "XXXXXXXXXX"}, "HS-HID", "W", "TNVED"),
        ({"tnved": "27ХХХХХХХХ"}, "HS-HID", "W", "TNVED"),
        ({"stoim": "много"}, "NUM", "E", "STOIM"),
        ({"stoim": "-5"}, "NUM", "E", "STOIM"),
        ({"stoim": "−5"}, "NUM", "E", "STOIM"),
        ({"netto": "nan"}, "NUM", "E", "NETTO"),
        ({"netto": "inf"}, "NUM", "E", "NETTO"),
        ({"netto": "1e400"}, "NUM", "E", "NETTO"),
        ({"netto": "1_000"}, "NUM", "E", "NETTO"),
        ({"netto": "٣"}, "NUM", "E", "NETTO"),
        ({"kol": "9" * 30}, "NUM", "E", "KOL"),
        ({"kol": "0." + "1" * 500}, "NUM", "E", "KOL"),
        ({"stoim": "12.5.6"}, "NUM", "E", "STOIM"),
        ({"stoim": "", "netto": "", "kol": "", "edizm": ""}, "NUM", "E", "STOIM"),
        ({"edizm": "", "kol": "54"}, "QTY", "W", "KOL"),
        ({"edizm": "796", "kol": ""}, "QTY", "W", "EDIZM"),
        ({"edizm": "ПУД"}, "QTY", "W", "EDIZM"),
    ],
)
def test_a_row_that_breaks_a_rule_is_named(
    tmp_path: Path, changed: dict[str, str], code: str, severity: str, column: str
) -> None:
    found = outcome(tmp_path, files.variant_c([ROW, row(**changed), ROW]))
    assert [(p.code, p.severity, p.line, p.column) for p in found.reading.problems] == [(code, severity, 3, column)]
    assert found.reading.counts == {code: 1}
    assert found.reading.rows_accepted == (3 if severity == "W" else 2)
    assert found.reading.rows_read == 3
    assert len(found.lines) == found.reading.rows_accepted
    shown = found.reading.problems[0]
    assert shown.message
    assert shown.advice
    assert "{" not in shown.message + shown.advice


def test_every_problem_of_a_row_is_named_but_it_is_rejected_once(tmp_path: Path) -> None:
    found = outcome(tmp_path, files.variant_c([row(napr="?", strana="?", netto="?"), ROW]))
    assert {p.code for p in found.reading.problems} == {"FLOW", "CTRY", "NUM"}
    assert found.reading.rows_rejected == 1


def test_hidden_goods_keep_their_chapter_and_the_level_of_their_file(tmp_path: Path) -> None:
    hidden = [row(tnved=code) for code in ("XXXXXXXXXX", "SSSSSSSSSS", "27XXXXXXXX")]
    found = outcome(tmp_path, files.variant_c([ROW, *hidden]))
    assert [(e["commodity"], e["level"]) for e in found.lines[1:]] == [
        ("_CONF", "10"),
        ("_CONF", "10"),
        ("27_CONF", "10"),
    ]


@pytest.mark.parametrize("masks_first", [True, False])
def test_hidden_goods_have_the_level_of_the_other_codes_however_long_their_mask(
    tmp_path: Path, masks_first: bool
) -> None:
    masks, others = [row(tnved="SS"), row(tnved="27XX", netto="7")], [ROW, row(tnved="2709009001")]
    found = outcome(tmp_path, files.variant_c([*masks, *others] if masks_first else [*others, *masks]))
    assert {e["level"] for e in found.lines} == {"10"}
    assert {e["commodity"] for e in found.lines} >= {"_CONF", "27_CONF"}
    assert sorted(int(e["line"]) for e in found.lines) == [2, 3, 4, 5]
    assert (found.reading.rows_accepted, found.reading.rows_rejected) == (4, 0)


def test_a_file_of_hidden_goods_alone_is_read(tmp_path: Path) -> None:
    found = outcome(tmp_path, files.variant_c([row(tnved="SSSS"), row(tnved="27XX", netto="7")]))
    assert [(e["commodity"], e["level"]) for e in found.lines] == [("_CONF", "4"), ("27_CONF", "4")]
    assert found.reading.rows_accepted == 2


def test_a_lost_leading_zero_is_put_back(tmp_path: Path) -> None:
    found = outcome(tmp_path, files.variant_c([row(tnved="101210000", period=YEAR_5)]))
    assert found.lines[0]["commodity"] == "0101210000"
    assert "0101210000" in found.reading.problems[0].message


def test_quantities_without_a_known_unit_are_left_out(tmp_path: Path) -> None:
    found = outcome(tmp_path, files.variant_c([row(edizm="", kol="5"), row(edizm="ПУД")]))
    assert [(line["unit"], line["quantity"]) for line in found.lines] == [("", r"\N"), ("", r"\N")]


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1\u00a0234,50", "1234.50"),
        ("1\u202f234\u2009567,8", "1234567.8"),
        ("1.234.567,89", "1234567.89"),
        ("12'345,6", "12345.6"),
        ("7,50", "7.50"),
        (" 5 ", "5"),
        ("-0", "0"),
    ],
)
def test_numbers_may_be_parted_into_groups(tmp_path: Path, cell: str, number: str) -> None:
    content = files.text(files.A_HEADER, [[*ROW[:5], cell, "9,5", *ROW[7:]]] * 3, "\t")
    found = outcome(tmp_path, content.encode(), accept_unit_suspicion=True)
    assert [line["value"] for line in found.lines] == [number] * 3


def test_a_decimal_mark_other_than_that_of_the_file_is_not_guessed(tmp_path: Path) -> None:
    rows = [[*ROW[:5], value, "9,5", *ROW[7:]] for value in ("1,5", "2,5", "1.234")]
    found = outcome(tmp_path, files.text(files.A_HEADER, rows, "\t").encode())
    assert [(p.code, p.line, p.column, p.value) for p in found.reading.problems] == [("NUM", 4, "Stoim", "1.234")]


@pytest.mark.parametrize(("factor", "column"), [(0.001, "STOIM"), (1000, "NETTO")])
def test_a_file_of_thousand_dollars_or_tonnes_is_refused_unless_confirmed(
    tmp_path: Path, factor: float, column: str
) -> None:
    rows = [row(stoim=f"{number * 20 * factor:.3f}", netto=str(number)) for number in range(1, 20)]
    with pytest.raises(Refused) as refused:
        outcome(tmp_path, files.variant_c(rows))
    assert (refused.value.problem.code, refused.value.problem.column) == ("UNIT", column)
    accepted = outcome(tmp_path, files.variant_c(rows), accept_unit_suspicion=True)
    assert accepted.reading.counts == {"UNIT": 19}


def test_a_few_strange_prices_are_only_flagged(tmp_path: Path) -> None:
    rows = [row(stoim="0.02", netto="20"), *[row(stoim="300", netto="20")] * 3]
    found = outcome(tmp_path, files.variant_c(rows))
    assert [(p.code, p.severity, p.line) for p in found.reading.problems] == [("UNIT", "W", 2)]
    assert len(found.lines) == 4


def test_mixed_levels_without_a_marker_refuse_the_file(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        outcome(tmp_path, files.variant_c([row(tnved="84"), row(tnved="8471")]))
    assert (refused.value.problem.code, refused.value.problem.line) == ("LVL", 3)
    assert "2" in refused.value.problem.message


@pytest.mark.parametrize("lost", ["PERIOD", "STRANA", "EDIZM", "NETTO", "KOL"])
def test_a_missing_column_refuses_the_file(tmp_path: Path, lost: str) -> None:
    place = files.C_HEADER.index(lost)
    cells = [[*one[:place], *one[place + 1 :]] for one in (files.C_HEADER, ROW)]
    with pytest.raises(Refused) as refused:
        outcome(tmp_path, files.text(cells[0], cells[1:]).encode())
    problem = refused.value.problem
    assert (problem.code, problem.line, problem.column) == ("HDR", 1, lost)


def test_a_repeated_column_refuses_the_file(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        outcome(tmp_path, files.text([*files.C_HEADER, "STOIM"], [[*ROW, "7"]]).encode())
    assert (refused.value.problem.code, refused.value.problem.column) == ("HDR", "STOIM")


def test_a_row_with_too_many_or_too_few_fields_is_never_shifted(tmp_path: Path) -> None:
    content = files.text(files.C_HEADER, [ROW, [*ROW, "x"], ROW[:7], [*ROW, "", ""]])
    found = outcome(tmp_path, content.encode())
    assert [line["line"] for line in found.lines] == ["2", "5"]
    assert [(p.code, p.line) for p in found.reading.problems] == [("ROW", 3), ("ROW", 4)]


@pytest.mark.parametrize("read_as", ["cp1251", "cp1252", "cp866"])
def test_garbled_text_refuses_the_file(tmp_path: Path, read_as: str) -> None:
    garbled = files.variant_c([SECOND] * 5).decode(read_as, "ignore").encode()
    with pytest.raises(Refused) as refused:
        outcome(tmp_path, garbled)
    assert refused.value.problem.code == "ENC"


def test_a_damaged_byte_refuses_the_file_and_names_its_line(tmp_path: Path) -> None:
    content = files.variant_c([ROW] * 5 + [SECOND] + [ROW] * 5)
    damaged = content.replace("ИМ".encode(), b"\xff\xfeM", 1)
    with pytest.raises(Refused) as refused:
        outcome(tmp_path, damaged)
    assert (refused.value.problem.code, refused.value.problem.line) == ("ENC", 7)


def test_damage_far_into_the_file_is_found_while_reading(tmp_path: Path) -> None:
    content = files.variant_c([ROW] * 5000)
    lines = content.split(b"\n")
    lines[4000] = b"\xff\xff" + lines[4000]
    with pytest.raises(Refused) as refused:
        outcome(tmp_path, b"\n".join(lines))
    assert (refused.value.problem.code, refused.value.problem.line) == ("ENC", 4001)


def test_letters_outside_ascii_may_come_late(tmp_path: Path) -> None:
    plain = [["EX", "01/2015", "CN", "0571351000", "", "55.24", "28.818", "0.000", "46000", ""]] * 8000
    content = files.text(files.C_HEADER, [*plain, SECOND]).encode("cp1251")
    found = outcome(tmp_path, content)
    assert found.table.encoding == "cp1251"
    assert found.lines[-1]["flow"] == "M"


def test_an_encoding_and_a_separator_may_be_named(tmp_path: Path) -> None:
    content = files.text(files.C_HEADER, [ROW], "|").encode("cp866")
    assert len(outcome(tmp_path, content, encoding="cp866", separator="|").lines) == 1
    with pytest.raises(Refused) as refused:
        outcome(tmp_path, content, encoding="koi9")
    assert refused.value.problem.code == "ENC"


def test_an_unknown_reporter_in_the_options_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        outcome(tmp_path, files.variant_d([row(period="2021")]), reporter="RU-XXX", month=dt.date(2021, 1, 1))
    assert refused.value.problem.code == "REG"


def test_a_header_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        outcome(tmp_path, files.variant_c([]))
    assert refused.value.problem.rule == "FILE-EMPTY"


def test_warnings_never_crowd_out_errors(tmp_path: Path) -> None:
    rows = [ROW] + [row(tnved="XXXXXXXXXX")] * 2000 + [row(napr="?")] * 2000
    found = outcome(tmp_path, files.variant_c(rows))
    severities = [p.severity for p in found.reading.problems]
    assert (severities.count("W"), severities.count("E")) == (WARNINGS_KEPT, PROBLEMS_KEPT - WARNINGS_KEPT)
    assert found.reading.counts == {"HS-HID": 2000, "FLOW": 2000}


def test_every_rule_has_texts_that_can_be_filled_in_both_languages() -> None:
    params = {
        field: "7"
        for rule in RULES.values()
        for __, field, *___ in [*Formatter().parse(str(rule.message)), *Formatter().parse(str(rule.advice))]
        if field and field != "value"
    }
    for name, rule in RULES.items():
        for language in ("ru", "en"):
            with translation.override(language):
                found = problem(name, line=3, column="STOIM", value="5", **params)
                assert "{" not in found.message + found.advice
        assert rule.severity in "FEW"
        assert name.startswith((rule.code, "HS-", "SUM", "DUP", "REV", "TOT"))


def test_problems_survive_storing_whatever_they_quote() -> None:
    found = problem("NUM", line=2, column="a\0b", value="x\ud800\0" + "y" * 500, mark=",")
    assert Problem.from_dict(found.as_dict()) == found
    found.value.encode()
    assert "\0" not in found.value + found.column
    assert len(found.value) <= 80


def test_findings_count_all_and_keep_the_first() -> None:
    findings = Findings()
    for line in range(2, 5000):
        findings.add("FLOW", line=line, value="?")
    assert findings.counts == {"FLOW": 4998}
    assert [p.line for p in findings.kept] == list(range(2, 2 + PROBLEMS_KEPT))


def test_what_refuses_a_file_is_kept_and_told_first_however_much_was_found_before() -> None:
    findings = Findings()
    for line in range(2, 5000):
        findings.add("FLOW", line=line, value="?")
    assert not findings.refuse_the_file
    findings.add("SUM-MORE", value="2024-01", lines=2, total=1)
    assert findings.refuse_the_file
    assert len(findings.kept) == PROBLEMS_KEPT
    assert findings.kept[0].rule == "SUM-MORE"


@pytest.mark.parametrize(
    ("period", "codes"), [("10/2026", []), ("11/2026", ["PER"]), ("12/2026", ["PER"]), ("2026", ["PER"])]
)
def test_a_period_that_has_not_ended_is_refused(tmp_path: Path, period: str, codes: list[str]) -> None:
    found = outcome(tmp_path, files.variant_c([row(period="01/2026"), row(period=period)]), yearly=True)
    assert [problem.code for problem in found.reading.problems] == codes
