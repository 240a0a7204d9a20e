"""Tables of any layout, workbooks among them: a person names the columns, the reading follows."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import xlsxwriter

from tests.trade.importing import files
from tests.trade.importing.files import outcome
from trade.importing import Mapping, Refused, UnusableMapping, open_table, read, signature, suggest_mapping

COLUMNS = ["Год", "Месяц", "Направление", "Страна", "Код ТН ВЭД", "Стоимость, тыс. долл. США", "Вес, тонн"]
ROWS = [
    ["2024", "1", "Экспорт", "BY", "8471", "1 234,5", "12,7"],
    ["2024", "февраль", "Импорт", "CN", "8471", "…", "3"],
]
MAPPING = Mapping(
    columns=dict(zip(("year", "month", "flow", "partner", "commodity", "value", "net_kg"), COLUMNS, strict=True)),
    constants={"reporter": "RU-TOM"},
    money="USD_TH",
    weight="t",
)

ONE_COLUMN = Mapping(
    columns={"period": "P", "value": "V"}, constants={"commodity": "TOTAL", "flow": "X", "partner": "BY"}
)


def csv_of(rows: list[list[str]]) -> bytes:
    return files.text(COLUMNS, rows, ";").encode("utf-8-sig")


def test_an_unknown_table_waits_for_its_mapping(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(csv_of(ROWS))
    table = open_table(path, "table.csv", files.options())
    assert table.needs_mapping
    assert table.format == "csv"
    assert list(table.columns) == COLUMNS
    assert table.sample == ROWS
    with pytest.raises(Refused) as refused:
        read(table, files.CODES, files.options())
    assert refused.value.problem.code == "HDR"


def test_a_mapped_table_is_read_with_its_units(tmp_path: Path) -> None:
    found = outcome(tmp_path, csv_of(ROWS), mapping=MAPPING)
    shown = [
        (e["period"], e["flow"], e["partner"], e["reporter"], e["value"], e["net_kg"], e["level"]) for e in found.lines
    ]
    assert shown == [
        ("2024-01-01", "X", "BY", "RU-TOM", "1234500.0", "12700.0", "4"),
        ("2024-02-01", "M", "CN", "RU-TOM", r"\N", "3000", "4"),
    ]


def test_the_columns_suggest_their_roles() -> None:
    suggested = suggest_mapping(COLUMNS)
    assert suggested.columns == MAPPING.columns
    assert (suggested.money, suggested.weight) == ("USD_TH", "t")
    assert suggest_mapping(files.C_HEADER).columns == {
        **{"flow": "NAPR", "period": "PERIOD", "partner": "STRANA", "commodity": "TNVED", "unit": "EDIZM"},
        **{"value": "STOIM", "net_kg": "NETTO", "quantity": "KOL", "reporter": "REGION"},
    }
    wide = suggest_mapping(["Период", "Страна", "Код ТН ВЭД", "Экспорт, млн долл.", "Импорт, млн долл."])
    assert wide.columns["export_value"] == "Экспорт, млн долл."
    assert wide.columns["import_value"] == "Импорт, млн долл."
    assert wide.money == "USD_MN"
    assert suggest_mapping([]).columns == {}
    assert suggest_mapping(["Месяц", "Стоимость"]).columns == {"period": "Месяц", "value": "Стоимость"}
    assert suggest_mapping(["Год", "Месяц"]).columns == {"year": "Год", "month": "Месяц"}


def test_columns_of_export_and_import_make_two_observations(tmp_path: Path) -> None:
    mapping = Mapping(
        columns={"period": "Период", "commodity": "Код", "export_value": "Экспорт", "import_value": "Импорт"},
        constants={"reporter": "RU-TOM", "partner": "BY"},
        money="USD_MN",
    )
    content = files.text(
        ["Период", "Код", "Экспорт", "Импорт"], [["01.2024", "TOTAL", "1,5", "2"], ["02.2024", "TOTAL", "", "3"]], ";"
    )
    found = outcome(tmp_path, content.encode(), mapping=mapping)
    assert [(e["line"], e["flow"], e["value"], e["level"]) for e in found.lines] == [
        ("2", "X", "1500000.0", "0"),
        ("2", "M", "2000000", "0"),
        ("3", "M", "3000000", "0"),
    ]


@pytest.mark.parametrize(
    ("cell", "period", "months"),
    [
        ("2024-S1", "2024-01-01", "6"),
        ("III кв. 2024", "2024-07-01", "3"),
        ("январь 2024", "2024-01-01", "1"),
        ("январь-июль 2024", "2024-01-01", "7"),
        ("2024Q2", "2024-04-01", "3"),
        ("2024-05-01", "2024-05-01", "1"),
        ("202405", "2024-05-01", "1"),
    ],
)
def test_periods_may_be_written_in_many_ways(tmp_path: Path, cell: str, period: str, months: str) -> None:
    found = outcome(tmp_path, f"P;V\n{cell};5\n".encode(), mapping=ONE_COLUMN, reporter="RU-TOM")
    assert (found.lines[0]["period"], found.lines[0]["months"]) == (period, months)


def test_headings_without_figures_are_skipped_and_counted(tmp_path: Path) -> None:
    found = outcome(tmp_path, csv_of([["Машины", "", "", "", "", "", ""], *ROWS]), mapping=MAPPING)
    assert len(found.lines) == 2
    assert found.reading.counts == {"SKIP": 1}


def test_a_stated_level_lets_levels_stand_side_by_side(tmp_path: Path) -> None:
    mapping = Mapping(
        columns={"commodity": "C", "level": "L", "value": "V"},
        constants={"flow": "X", "partner": "BY", "period": "2024-01", "reporter": "RU-TOM"},
    )
    found = outcome(tmp_path, b"C;L;V\n84;2;5\n8471;4;4\n8471;6;4\n", mapping=mapping)
    assert [line["level"] for line in found.lines] == ["2", "4"]
    assert [(p.code, p.line) for p in found.reading.problems] == [("LVL", 4)]


def test_a_sheet_is_read_with_its_own_line_numbers(tmp_path: Path) -> None:
    cells = [["Внешняя торговля"], [], COLUMNS, [2024, 1, "Экспорт", "BY", 8471, 1234.5, 12.7], [],
             ["2024", "2", "Импорт", "CN", "8471", 0.1 + 0.2, 3]]  # fmt: skip
    found = outcome(tmp_path, files.workbook(cells, above=1, left=2), "table.xlsx", mapping=MAPPING)
    assert found.table.format == "xlsx"
    assert [(e["line"], e["value"], e["net_kg"]) for e in found.lines] == [
        ("5", "1234500.0", "12700.0"),
        ("7", "300.0", "3000"),
    ]


def test_a_sheet_with_the_header_of_customs_needs_no_mapping(tmp_path: Path) -> None:
    found = outcome(tmp_path, files.workbook([files.C_HEADER, files.ROW]), "a.xlsx")
    assert not found.table.needs_mapping
    assert found.lines[0]["value"] == "1026.90"


def test_a_sheet_may_be_named(tmp_path: Path) -> None:
    content = files.workbook([files.C_HEADER, files.ROW], "Данные")
    assert outcome(tmp_path, content, sheet="Данные").table.sheets == ("Данные",)
    with pytest.raises(Refused) as refused:
        outcome(tmp_path, content, sheet="Лист7")
    assert "Данные" in refused.value.problem.advice


def test_dates_of_cells_are_months(tmp_path: Path) -> None:
    path = tmp_path / "dates.xlsx"
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet()
    page.write_row(0, 0, ["P", "V"])
    page.write_datetime(1, 0, dt.datetime(2024, 3, 1), book.add_format({"num_format": "mmm yy"}))  # noqa: DTZ001
    page.write(1, 1, 1e9)
    book.close()
    found = outcome(tmp_path, path.read_bytes(), mapping=ONE_COLUMN, reporter="RU-TOM")
    assert (found.lines[0]["period"], found.lines[0]["value"]) == ("2024-03-01", "1000000000")


def test_repeated_names_of_columns_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("Страна;Вес;Вес;\nBY;1;2;\n".encode())
    assert open_table(path, "t.csv", files.options()).columns == ("Страна", "Вес", "Вес (2)")


def test_a_mapping_survives_storing_and_its_signature_ignores_case_and_signs() -> None:
    assert Mapping.from_dict(MAPPING.as_dict()) == MAPPING
    assert signature(["Код ТН ВЭД", "Вес"]) == signature(["код  тн-вэд", "ВЕС"])
    assert signature(["a", "b"]) != signature(["b", "a"])


@pytest.mark.parametrize(
    "stored",
    [
        None,
        {"columns": {"value": 1}},
        {"columns": {"colour": "x"}},
        {"columns": {}},
        {"columns": {"value": "V"}, "constants": {"value": "5"}},
        {"columns": {"value": "V", "flow": "F"}, "constants": {"flow": "X"}},
        {"columns": {"value": "V"}, "money": "RUB"},
        {"columns": {"value": "V"}, "weight": "pood"},
        {"columns": {"value": "V"}, "header_line": 0},
        {"columns": {"value": "V"}, "header_line": True},
        {"columns": {"export_value": "E", "value": "V"}},
        {"columns": {"value": "V", "period": "P", "year": "Y"}},
        {"columns": {"value": "V", "month": "M"}},
        {"columns": {"value": "V"}, "colour": "red"},
    ],
)
def test_unusable_mappings_are_refused_with_a_reason(stored: object) -> None:
    with pytest.raises(UnusableMapping) as refused:
        Mapping.from_dict(stored)
    assert str(refused.value)


def test_a_mapping_that_does_not_fit_the_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        outcome(tmp_path, b"A;B\n1;2\n", mapping=MAPPING)
    assert refused.value.problem.code == "HDR"


def test_roles_that_nobody_states_are_named(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        outcome(
            tmp_path,
            b"A;B\n1;2\n",
            mapping=Mapping(columns={"value": "A"}),
            reporter="RU-TOM",
            month=dt.date(2024, 1, 1),
        )
    problem = refused.value.problem
    assert problem.code == "HDR"
    assert "flow" in problem.message
    assert "partner" in problem.message
    assert "commodity" in problem.message
