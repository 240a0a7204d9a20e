"""A list as a file holds what the page shows, and nothing in it is taken for a formula."""

from __future__ import annotations

import csv
import datetime as dt
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from python_calamine import CalamineWorkbook

from documents import lists


@pytest.fixture(autouse=True)
def _long_cells():
    """Let this test read any cell back: reading files of trade sets a limit for the whole process."""
    former = csv.field_size_limit(1_000_000)
    yield
    csv.field_size_limit(former)


@pytest.fixture
def a_list() -> lists.ListFile:
    rows = [
        ["1.1", "Провести выставку", dt.date(2026, 3, 1), Decimal("12.5")],
        ["1.2", "=HYPERLINK(1)", None, 3],
        ["1.3", "x" * 40_000, None, Decimal("2.5E+2")],
    ]
    return lists.ListFile(
        "measures", "Мероприятия", "https://example.org/measures/", ["№", "Текст", "День", "Доля"], rows
    )


def test_csv_is_recognised_by_spreadsheets_and_has_plain_days_and_numbers(a_list):
    answer = lists.answer(a_list, "csv")

    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[:2] == [["№", "Текст", "День", "Доля"], ["1.1", "Провести выставку", "2026-03-01", "12.5"]]
    assert rows[3][3] == "250"


def test_no_text_of_a_csv_begins_like_a_formula(a_list):
    rows = list(csv.reader(StringIO(lists.answer(a_list, "csv").content.decode("utf-8-sig"))))

    assert rows[2][1] == "'=HYPERLINK(1)"


def test_a_workbook_keeps_days_and_numbers_as_such_and_texts_as_texts(a_list):
    book = CalamineWorkbook.from_filelike(BytesIO(lists.answer(a_list, "xlsx").content))
    rows = book.get_sheet_by_index(0).to_python()

    assert rows[1] == ["1.1", "Провести выставку", dt.date(2026, 3, 1), 12.5]
    assert rows[2][1] == "=HYPERLINK(1)"
    assert len(rows[3][1]) == 32_767


def test_a_workbook_says_where_it_is_from(a_list):
    book = CalamineWorkbook.from_filelike(BytesIO(lists.answer(a_list, "xlsx").content))

    about = dict(book.get_sheet_by_index(1).to_python())
    assert "https://example.org/measures/" in about.values()
    assert "Мероприятия" in about.values()


def test_a_file_is_downloaded_under_its_name_and_day(a_list):
    answer = lists.answer(a_list, "csv")

    assert answer["Content-Disposition"].startswith('attachment; filename="measures-2')
    assert answer["X-Content-Type-Options"] == "nosniff"
