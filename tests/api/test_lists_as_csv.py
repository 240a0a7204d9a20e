"""Every list of records as CSV: the fields of the JSON that hold one value, on all pages."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories as make
from tests.api.conftest import RESOURCES, ROWS

pytestmark = pytest.mark.django_db


def rows_of(answer) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(StringIO(answer.content.decode())))


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_list_as_csv_holds_the_records_of_the_list_in_its_order(analyst, resource):
    ROWS[resource]()
    records = analyst.get(f"/api/v1/{resource}/").json()["results"]

    rows = rows_of(analyst.get(f"/api/v1/{resource}/?format=csv"))

    assert [row["id"] for row in rows] == [str(record["id"]) for record in records]
    assert [row["url"] for row in rows] == [record["url"] for record in records]


def test_a_text_has_a_column_for_each_language_and_another_record_its_id_code_and_name(analyst):
    agreement = make.make_agreement(title_ru="Соглашение", title_en="Agreement", area=make.make_area("industry"))

    (row,) = rows_of(analyst.get("/api/v1/agreements/?format=csv&area=industry"))

    assert (row["title.ru"], row["title.en"]) == ("Соглашение", "Agreement")
    assert (row["area.id"], row["area.code"]) == (str(agreement.area_id), "industry")
    assert row["area.name.ru"] == agreement.area.name_ru
    assert row["is_example"] == "false"
    assert "parties" not in row  # several records: they have an address of their own


def test_an_empty_list_has_the_same_columns(analyst):
    empty = analyst.get("/api/v1/agreements/?format=csv").content.decode().splitlines()
    make.make_agreement()

    assert empty == analyst.get("/api/v1/agreements/?format=csv").content.decode().splitlines()[:1]


def test_codes_and_numbers_are_exact_and_texts_are_no_formulas(analyst):
    make.make_figure(precision="=", value="-0.5", indicator="growth", unit="PC", base_period="2022", note_ru="=1+1")

    (row,) = rows_of(analyst.get("/api/v1/trade/published-figures/?format=csv"))

    assert (row["precision"], row["value"]) == ("=", "-0.5")
    assert [text for text in row.values() if text.startswith("=")] == ["="]


def test_a_file_holds_all_pages(analyst):
    for _number in range(3):
        make.make_organisation()

    assert len(rows_of(analyst.get("/api/v1/organisations/?format=csv&ordering=updated_at"))) == 3


@pytest.mark.parametrize(
    ("query", "parameter"),
    [("format=xlsx", "format"), ("format=csv&page_size=10", "page_size"), ("format=csv&cursor=x", "cursor"),
     ("format=csv&wrong=1", "wrong"), ("format=csv&side=nowhere", "side")],
)  # fmt: skip
def test_what_a_file_cannot_be_asked_is_refused_in_json(analyst, query, parameter):
    answer = analyst.get(f"/api/v1/organisations/?{query}")

    assert answer.status_code == 400
    assert [error["attr"] for error in answer.json()["errors"]] == [parameter]


def test_json_can_be_asked_for_by_name(analyst):
    assert analyst.get("/api/v1/organisations/?format=json").json()["results"] == []


@pytest.mark.parametrize("resource", RESOURCES)
def test_more_records_take_no_more_queries(analyst, resource):
    ROWS[resource]()
    analyst.get(f"/api/v1/{resource}/?format=csv")
    with CaptureQueriesContext(connection) as few:
        analyst.get(f"/api/v1/{resource}/?format=csv")
    for _number in range(3):
        ROWS[resource]()
    analyst.get("/api/v1/partnerships/")
    with CaptureQueriesContext(connection) as many:
        analyst.get(f"/api/v1/{resource}/?format=csv")

    assert len(many) <= len(few) + 1  # the new data version is read anew


def test_a_reader_who_has_the_file_gets_no_other(analyst):
    first = analyst.get("/api/v1/organisations/?format=csv")

    assert analyst.get("/api/v1/organisations/?format=csv", headers={"If-None-Match": first["ETag"]}).status_code == 304
