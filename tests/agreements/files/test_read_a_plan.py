"""Tables of Word and Excel as people make them, and files that are none."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from django.utils.translation import override
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from agreements.files.layout import Column
from agreements.files.problems import UnusableFile
from agreements.files.tables import open_file
from agreements.models import Plan
from parties.models import Organisation
from tests.agreements.files.conftest import HEADINGS, as_text, as_workbook, compared, read, upload
from tests.factories import make_executor, make_measure, make_territory

pytestmark = pytest.mark.django_db


def test_sections_are_merged_rows_and_measures_the_others(plan: Plan) -> None:
    rows = [
        HEADINGS,
        ["I. Промышленность"],
        ["1.1", "Выставка", "2025 г.", "", ""],
        ["2.", "Визит", "постоянно", "", ""],
    ]
    for content in (as_text(rows), as_workbook(rows)):
        found = read(content, plan).rows
        assert [(row.section, row.get(Column.NUMBER)) for row in found] == [
            ("I. Промышленность", "1.1"),
            ("I. Промышленность", "2."),
        ]


def test_a_header_of_two_rows_gives_each_side_its_column(plan: Plan) -> None:
    rows = [
        ["", "", "", "", ""],
        ["", "", "", "с томской стороны", "с белорусской стороны"],
        ["1", "2", "3", "4", "5"],
        ["1", "Выставка", "2025 г.", "А", "Б"],
    ]
    merged = [(0, 0, 1, 0, "№"), (0, 1, 1, 1, "Мероприятие"), (0, 2, 1, 2, "Сроки"), (0, 3, 0, 4, "Исполнители")]
    table = read(as_workbook(rows, merged), plan)
    assert {Column.HOME, Column.PARTNER} <= set(table.headings)
    assert [(row.get(Column.HOME), row.get(Column.PARTNER)) for row in table.rows] == [("А", "Б")]


def test_a_measure_merged_over_several_rows_is_one_measure(plan: Plan) -> None:
    rows = [HEADINGS, ["", "", "", "А", "Б"], ["", "", "", "В", ""]]
    merged = [(1, 0, 2, 0, "1"), (1, 1, 2, 1, "Выставка"), (1, 2, 2, 2, "2025 г.")]
    (row,) = read(as_workbook(rows, merged), plan).rows
    assert (row.get(Column.TEXT), row.get(Column.HOME), row.get(Column.PARTNER)) == ("Выставка", "А\nВ", "Б")


def test_automatic_numbers_of_word_are_read(plan: Plan) -> None:
    document = Document()
    numbering = document.part.numbering_part.element
    numbering.append(
        parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
            '<w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl></w:abstractNum>'
        )
    )
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    table = document.add_table(3, 3)
    for place, heading in enumerate(HEADINGS[:3]):
        table.cell(0, place).text = heading
    for row in (1, 2):
        properties = table.cell(row, 0).paragraphs[0]._p.get_or_add_pPr()
        properties.append(parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="0"/><w:numId w:val="77"/></w:numPr>'))
        table.cell(row, 1).text, table.cell(row, 2).text = f"Мероприятие {row}", "2025 г."
    out = BytesIO()
    document.save(out)
    assert [wanted.number for wanted in compared(out.getvalue(), plan).new] == ["1", "2"]


def test_text_that_was_struck_out_in_word_is_not_read(plan: Plan) -> None:
    document = Document()
    table = document.add_table(2, 3)
    for place, heading in enumerate(HEADINGS[:3]):
        table.cell(0, place).text = heading
    for place, text in enumerate(["1", "Выставка", "2025 г."]):
        table.cell(1, place).text = text
    table.cell(1, 1).paragraphs[0]._p.append(
        parse_xml(f'<w:del {nsdecls("w")} w:id="1" w:author="a"><w:r><w:delText>в 2019 году</w:delText></w:r></w:del>')
    )
    out = BytesIO()
    document.save(out)
    assert read(out.getvalue(), plan).rows[0].get(Column.TEXT) == "Выставка"


def test_several_tables_of_a_text_are_read_one_after_the_other(plan: Plan) -> None:
    document = Document(BytesIO(as_text([HEADINGS, ["1", "Визит", "2025", "", ""]])))
    for rows in ([["Фамилия", "Имя"], ["Иванов", "Пётр"]], [HEADINGS, ["2", "Выставка", "2026", "", ""]]):
        document.add_paragraph("")
        table = document.add_table(len(rows), len(rows[0]))
        for number, row in enumerate(rows):
            for place, text in enumerate(row):
                table.cell(number, place).text = text
    out = BytesIO()
    document.save(out)
    found = compared(out.getvalue(), plan).new
    assert [(wanted.place.table, wanted.number) for wanted in found] == [("1", "1"), ("3", "2")]


def test_columns_about_progress_are_left_unread_and_named(plan: Plan) -> None:
    table = read(as_text([["№", "Мероприятие", "Срок", "Ход исполнения"], ["1", "Визит", "2025", "идёт"]]), plan)
    assert table.unread == ("Ход исполнения",)


def test_each_problem_names_its_row_and_column(plan: Plan) -> None:
    with override("en"):
        found = compared(
            as_workbook(
                [
                    HEADINGS,
                    ["1", "Визит", "по отдельному плану", "", ""],
                    ["", "Без номера", "2025", "", ""],
                    ["3", "", "2025", "", ""],
                    ["4", "Раз", "2025", "", ""],
                    ["4", "Два", "2025", "", ""],
                ]
            ),
            plan,
        )
    assert [(one.place.table, one.place.row, one.column) for one in found.problems] == [
        ("План", 2, "Срок"),
        ("План", 3, "№ п/п"),
        ("План", 4, "Мероприятие"),
        ("План", 6, "№ п/п"),
    ]
    assert found.problems[0].value == "по отдельному плану"
    assert "Number 4 stands in row 5 already." in found.problems[3].message
    assert [wanted.number for wanted in found.new] == ["4"]


@pytest.mark.parametrize("deadline", ["31 февраля 2026 г.", "до 31.04.2026", "с 1 по 31 июня 2026 г.", "30.02.2026"])
def test_a_date_that_no_calendar_has_is_called_so(plan: Plan, deadline: str) -> None:
    with override("ru"):
        (problem,) = compared(as_text([HEADINGS, ["1", "Визит", deadline, "", ""]]), plan).problems
    assert (problem.column, problem.value) == ("Срок", deadline)
    assert problem.message == "Такой даты в календаре нет."
    assert "до 1 марта 2025" in problem.advice


@pytest.mark.parametrize("region", ["от Гродненской области", "Гродненская сторона", "Grodno side"])
def test_a_region_of_a_side_names_the_side_of_its_column(plan: Plan, committee: Organisation, region: str) -> None:
    belarus = plan.agreement.partnership.partner
    make_territory("BY-HR", parent=belarus, name_ru="Гродненская область", name_en="Grodno Oblast")
    make_territory("BY-MI", parent=belarus, name_ru="Минская область", name_en="Minsk Oblast")
    headings = [*HEADINGS[:3], "Исполнители: министерства Томской области", f"Исполнители {region}"]
    found = compared(as_text([headings, ["1", "Визит", "2025", "Комитет науки", committee.name_ru]]), plan)
    assert [name.side for name in found.unknown] == ["home"]
    (wanted,) = found.new
    assert [(one.organisation, one.side) for one in wanted.executors or []] == [(committee.pk, "partner")]


def test_executors_are_found_by_any_of_their_names(
    plan: Plan, administration: Organisation, committee: Organisation
) -> None:
    cells = "«Администрация  Томской области»", "Комитет экономики, труда и занятости"
    (wanted,) = compared(as_text([HEADINGS, ["1", "Визит", "2025", *cells]]), plan).new
    assert [(one.organisation, one.side, one.leads) for one in wanted.executors or []] == [
        (administration.pk, "home", True),
        (committee.pk, "partner", True),
    ]


def test_those_after_the_word_for_co_executors_do_not_lead(plan: Plan, administration: Organisation) -> None:
    text = f"Соисполнители: {administration.name_ru}"
    (wanted,) = compared(as_text([HEADINGS, ["1", "Визит", "2025", text, ""]]), plan).new
    assert [one.leads for one in wanted.executors or []] == [False]


def test_an_unknown_executor_is_asked_about_and_not_made(plan: Plan, administration: Organisation) -> None:
    found = compared(as_text([HEADINGS, ["1", "Визит", "2025", "Администрация Томской обл.", ""]]), plan)
    assert [(name.name, name.side) for name in found.unknown] == [("Администрация Томской обл", "home")]
    assert Organisation.objects.count() == 1


def test_an_executor_who_is_not_decided_is_shown_beside_those_that_are_known(
    plan: Plan, administration: Organisation
) -> None:
    measure = make_measure(plan=plan, number="1", text_ru="Визит", deadline="2025")
    make_executor(measure=measure, organisation=administration)
    named = f"{administration.name_ru}; Комитет связей"
    with override("ru"):
        (changed,) = compared(as_text([HEADINGS, ["1", "Визит", "2025", named, ""]]), plan).changed
    known = changed.changes[0].was
    assert changed.changes[0].now == f"{known}\nКомитет связей (нужно решение)"


def test_a_day_of_every_year_is_refused_because_it_would_be_lost(plan: Plan) -> None:
    with override("en"):
        found = compared(as_text([HEADINGS, ["1", "Визит", "ежегодно до 1 декабря", "", ""]]), plan)
    assert [one.message for one in found.problems] == [
        "A yearly or permanent duty is kept by whole years, so this day or month would be lost."
    ]


def test_an_executor_in_the_column_of_the_other_side_is_a_problem(plan: Plan, administration: Organisation) -> None:
    found = compared(as_text([HEADINGS, ["1", "Визит", "2025", "", "АТО"]]), plan)
    assert [one.column for one in found.problems] == [HEADINGS[4]]


def test_what_changes_is_told_in_words(plan: Plan) -> None:
    make_measure(plan=plan, number="1", text_ru="Визит", deadline="2025")
    with override("ru"):
        (changed,) = compared(as_text([HEADINGS, ["1", "Визит", "II квартал 2026 г.", "", ""]]), plan).changed
    assert [(change.was, change.now) for change in changed.changes] == [
        ("2025\u00a0г.", "II\u00a0квартал 2026\u00a0г.")
    ]


def test_a_measure_that_the_file_lacks_is_named_and_stays(plan: Plan) -> None:
    lacking = make_measure(plan=plan, number="7")
    assert compared(as_text([HEADINGS, ["1", "Визит", "2025", "", ""]]), plan).missing == [lacking]


LONG_LISTS = [
    ("Срок", {2: "a 2025-" * 4000}, "longer than 200 characters"),
    ("Исполнители (Томская область)", {3: "слово, " * 4000}, "more than 2,000 characters or 50 names"),
    ("Исполнители (Томская область)", {3: "а; " * 50}, "more than 2,000 characters or 50 names"),
    ("Исполнители (Томская область)", {3: "Завод " * 60}, "longer than 300 characters"),
]


@pytest.mark.parametrize(("column", "cells", "said"), LONG_LISTS, ids=["deadline", "long", "many", "name"])
def test_a_cell_that_no_plan_has_is_a_problem_of_its_row(
    plan: Plan, column: str, cells: dict[int, str], said: str
) -> None:
    row = ["1", "Визит", "2025", "", ""]
    for place, text in cells.items():
        row[place] = text
    with override("en"):
        found = compared(as_text([HEADINGS, row]), plan)
    (problem,) = found.problems
    assert problem.column == column
    assert said in problem.message
    assert not found.unknown


def test_a_name_with_commas_is_found_among_names_that_are_divided_by_commas(
    plan: Plan, administration: Organisation, committee: Organisation
) -> None:
    cell = "АТО, Комитет экономики, труда и занятости, Завод"
    rows = [["№", "Мероприятие", "Срок", "Исполнители"], ["1", "Визит", "2025", cell]]
    found = compared(as_workbook(rows), plan)
    assert [name.name for name in found.unknown] == ["Завод"]


def test_a_file_asks_about_so_many_unknown_executors_at_most(plan: Plan) -> None:
    rows = [[f"{number}", "Визит", "2025", "; ".join(f"Завод {number}-{i}" for i in range(30)), ""]
            for number in range(1, 9)]  # fmt: skip
    with override("en"):
        found = compared(as_workbook([HEADINGS, *rows]), plan)
    assert len(found.unknown) == 200
    assert {problem.message for problem in found.problems} == {"More than 200 executors of the file are unknown."}


def test_rows_between_two_far_cells_cost_nothing() -> None:
    (table,) = open_file(upload(as_workbook([["№"], *[[""]] * 19_998, [*[""] * 59, "x"]])))
    assert (len(table.rows), {len(row) for row in table.rows}, table.rows[-1][59].text) == (20_000, {60}, "x")
    assert all(row[0] is row[59] for row in table.rows[1:-1])


def test_a_table_whose_rows_are_all_filled_has_a_limit_of_cells() -> None:
    rows = [[*[""] * 59, "x"]] * 4_200
    with override("en"), pytest.raises(UnusableFile, match="too many rows or columns"):
        open_file(upload(as_workbook(rows)))


def test_a_text_without_a_table_says_so(plan: Plan) -> None:
    with override("en"), pytest.raises(UnusableFile, match="The file holds no table"):
        read(as_text([]), plan)


def test_a_table_without_the_headings_says_which_ones_are_needed(plan: Plan) -> None:
    with pytest.raises(UnusableFile) as refused:
        read(as_text([["Фамилия", "Имя"], ["Иванов", "Пётр"]]), plan)
    assert "№ п/п" in refused.value.advice


def _bomb() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<w/>" * 40_000_000)
    return out.getvalue()


def _declaring_entities() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", '<!DOCTYPE a [<!ENTITY b "c">]><w>&b;</w>')
    return out.getvalue()


ENCRYPTED = bytes.fromhex("D0CF11E0A1B11AE1") + "EncryptedPackage".encode("utf-16-le")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 ...", "neither DOCX nor XLSX"),
        (b"PK\x03\x04 cut off", "damaged"),
        (bytes.fromhex("D0CF11E0A1B11AE1") + b"old", "old format"),
        (ENCRYPTED, "password"),
        (_bomb(), "much too large"),
        (_declaring_entities(), "macros"),
    ],
    ids=["empty", "pdf", "cut", "doc", "encrypted", "bomb", "entities"],
)
def test_a_hostile_or_foreign_file_is_refused_with_a_reason(content: bytes, said: str) -> None:
    with override("en"), pytest.raises(UnusableFile, match=said):
        open_file(upload(content))
