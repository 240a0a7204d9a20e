"""Periods are read, written and compared as exactly as they are known, and never more."""

import contextlib
import datetime as dt
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from parties.formatting import number, period, period_in_numbers, significant
from parties.periods import NoSuchDate, Period, Shape, UnreadablePeriod


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2016", "2016-01-01", "2016-12-31"),
        ("2016 г.", "2016-01-01", "2016-12-31"),
        ("2024-S1", "2024-01-01", "2024-06-30"),
        ("2024-H2", "2024-07-01", "2024-12-31"),
        ("2024-Q4", "2024-10-01", "2024-12-31"),
        ("IV кв. 2024", "2024-10-01", "2024-12-31"),
        ("1 полугодие 2024 г.", "2024-01-01", "2024-06-30"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("август 2023", "2023-08-01", "2023-08-31"),
        ("August 2023", "2023-08-01", "2023-08-31"),
        ("15 августа 2023 г.", "2023-08-15", "2023-08-15"),
        ("15\u00a0мая 2023\u202fг.", "2023-05-15", "2023-05-15"),
        ("15.08.2023", "2023-08-15", "2023-08-15"),
        ("2023-08-15", "2023-08-15", "2023-08-15"),
        ("2025-01/2025-07", "2025-01-01", "2025-07-31"),
        ("2025–2027", "2025-01-01", "2027-12-31"),
        ("2025 - 2027 гг.", "2025-01-01", "2027-12-31"),
        ("01.03.2025–31.12.2026", "2025-03-01", "2026-12-31"),
    ],
)
def test_a_period_is_read_as_people_write_it(text, first, last):
    assert Period.parse(text) == Period(dt.date.fromisoformat(first), dt.date.fromisoformat(last))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "31.02.2024",
        "2024-13",
        "0",
        "0000",
        "99999",
        "1899",
        "2101",
        "2024/2020",
        "2024–2020",
        "01.03.2025–31.02.2026",
        "../..",
        "2024-Q5",
        "a\x00b",
        "2024/2024/2024",
        "2024/" * 1200 + "2024",
        "2024" + " " * 70,
    ],
)
def test_what_is_no_period_is_refused(text):
    with pytest.raises(UnreadablePeriod):
        Period.parse(text)


@pytest.mark.parametrize(
    ("text", "is_date"), [("31.02.2024", True), ("31 февраля 2024 г.", True), ("31 нонабря 2024", False)]
)
def test_a_date_that_no_calendar_has_is_told_from_what_is_no_date(text, is_date):
    with pytest.raises(UnreadablePeriod) as refused:
        Period.parse(text)
    assert isinstance(refused.value, NoSuchDate) is is_date


days = st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31))


@given(days, days)
def test_the_text_of_a_period_reads_back_as_the_same_period(one, other):
    known = Period(min(one, other), max(one, other))

    assert Period.parse(str(known)) == known
    assert Period.parse(period_in_numbers(known)) == known


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(UnreadablePeriod):
        Period.parse(text)


def test_an_open_period_knows_its_shape():
    assert Period.parse("2016/..").shape is Shape.SINCE
    assert Period.parse("../2030").shape is Shape.UNTIL
    assert str(Period.parse("2016/..")) == "2016-01-01/.."


def test_the_same_months_a_year_before_exist_only_for_whole_months():
    assert Period.parse("2025-01/2025-07").a_year_before() == Period.parse("2024-01/2024-07")
    assert Period.parse("2024-02").a_year_before() == Period.parse("2023-02")
    assert Period.parse("2023-08-15").a_year_before() is None


@pytest.mark.parametrize(
    ("text", "russian", "english"),
    [
        ("2023-08-15", "15 августа 2023 г.", "15 August 2023"),
        ("2023-08", "август 2023 г.", "August 2023"),
        ("2024-S1", "I полугодие 2024 г.", "H1 2024"),
        ("2024-Q3", "III квартал 2024 г.", "Q3 2024"),
        ("2016", "2016 г.", "2016"),
        ("2024/2027", "2024–2027 гг.", "2024–2027"),
        ("2024-03-01/2027", "01.03.2024 – 2027 г.", "1 March 2024 to 2027"),
    ],
)
def test_a_period_is_written_in_the_language_of_the_reader(text, russian, english):
    known = Period.parse(text)

    with translation.override("ru"):
        assert period(known).replace("\u00a0", " ") == russian
    with translation.override("en"):
        assert period(known).replace("\u00a0", " ") == english


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("2.345", "2.35"),
        ("0.005", "0.01"),
        ("0.0049", "0.005"),
        ("-0.000012", "\u22120.00001"),
        ("0", "0"),
        ("0.00", "0"),
    ],
)
def test_a_sum_that_is_not_zero_never_reads_as_zero(value, shown):
    with translation.override("en"):
        assert significant(Decimal(value), 2) == shown


def test_numbers_are_written_in_the_language_of_the_reader():
    with translation.override("ru"):
        assert number(1234567.891, 2) == "1\u00a0234\u00a0567,89"
        assert number(-5) == "\u22125"
        assert number("0.5", 0) == "1"
    with translation.override("en"):
        assert number("2.350") == "2.35"
