"""Lines and sums as files: read back by foreign readers, the same everywhere, harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal

import pyarrow as pa
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg2 import Error
from pyarrow import parquet

from tests.trade.api.conftest import LINES, sheets, whole
from trade.api import observations as view
from trade.exports import texts
from trade.exports.columns import SUSPICIOUS, Column, Kind, Sheet
from trade.exports.copying import copied
from trade.exports.parquet import parquet_of
from trade.exports.workbooks import workbook
from trade.models import TradeArea

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/trade/observations/"


def page(client, query=""):
    return client.get(f"{ADDRESS}?page_size=1000{query}").json()["results"]


def file(client, kind, query=""):
    return whole(client.get(f"{ADDRESS}?format={kind}{query}"))


def test_every_form_holds_the_same_lines(analyst, release):
    lines = page(analyst)
    assert len(lines) == len(LINES)

    as_csv = list(csv.DictReader(io.StringIO(file(analyst, "csv").decode())))
    as_lines = [json.loads(line) for line in file(analyst, "ndjson").decode().splitlines()]
    as_parquet = parquet.read_table(io.BytesIO(file(analyst, "parquet"))).to_pylist()
    head, *rows = sheets(file(analyst, "xlsx"))[0]

    assert as_lines == lines
    assert [{name: _text(value) for name, value in line.items()} for line in lines] == as_csv
    assert [
        {name: f"{value}" if isinstance(value, Decimal) else value for name, value in row.items()} for row in as_parquet
    ] == lines
    assert head == list(lines[0])
    for line, row in zip(lines, rows, strict=True):
        for name, cell in zip(head, row, strict=True):
            expected = line[name]
            if name in ("value_usd", "net_kg", "quantity"):
                assert cell == ("" if expected is None else float(expected))
            else:
                assert cell == expected


def _text(value):
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def test_codes_keep_their_leading_zeros_and_types(analyst, release):
    table = parquet.read_table(io.BytesIO(file(analyst, "parquet", "&goods=02")))

    assert table["goods"].to_pylist() == ["0207140000"] * 2
    assert table.schema.field("goods").type == pa.string()
    assert table.schema.field("value_usd").type == pa.decimal128(20, 2)
    assert b'"0207140000"' in file(analyst, "csv")
    assert [row[6] for row in sheets(file(analyst, "xlsx", "&goods=02"))[0][1:]] == ["0207140000"] * 2


def test_csv_for_excel_has_a_mark_semicolons_and_decimal_commas(analyst, release):
    body = file(analyst, "csv", "&excel=1&goods=8471&to=2024-01")

    assert body.startswith(b"\xef\xbb\xbfdataset;period;")
    [row] = csv.DictReader(io.StringIO(body.decode("utf-8-sig")), delimiter=";")
    assert (row["value_usd"], row["quantity"], row["goods"]) == ("100,50", "3,000", "8471300000")


def test_a_workbook_tells_what_its_data_are(analyst, publish, release, examples):
    publish([{}], dataset=examples, is_example=True)

    about = dict(row[:2] for row in sheets(file(analyst, "xlsx", "&dataset=EXAMPLE"))[1])

    assert f"EXAMPLE: {examples.name}" in about.values()
    assert gettext("Examples, not facts.") in about.values()
    assert any("dataset=EXAMPLE" in value for value in about.values())


def test_a_file_has_a_name_with_dataset_and_release(analyst, release):
    answer = analyst.get(f"{ADDRESS}?dataset=FCS&format=csv")

    assert answer["Content-Disposition"] == f'attachment; filename="trade-observations-FCS-v{release.pk}.csv"'
    whole(answer)


def test_a_sheet_that_cannot_hold_all_rows_is_refused_with_advice(analyst, release, monkeypatch):
    monkeypatch.setattr(view, "LARGEST", 5)

    answer = analyst.get(f"{ADDRESS}?format=xlsx")

    assert answer.status_code == 413
    assert "parquet" in answer.json()["errors"][0]["detail"]
    assert whole(analyst.get(f"{ADDRESS}?format=xlsx&flow=X"))


def test_an_empty_result_is_a_file_with_its_header(analyst, release):
    assert file(analyst, "csv", "&partner=DE").decode().startswith("dataset,period,")
    assert file(analyst, "ndjson", "&partner=DE") == b""
    assert len(sheets(file(analyst, "xlsx", "&partner=DE"))[0]) == 1
    assert parquet.read_table(io.BytesIO(file(analyst, "parquet", "&partner=DE"))).num_rows == 0


@pytest.mark.parametrize("kind", ["csv", "ndjson", "xlsx", "parquet"])
def test_a_name_that_looks_like_a_formula_stays_a_text(analyst, release, hostile_name, kind):
    body = file(analyst, kind, "&include=names&partner=BY")

    if kind == "csv":
        names = {row["partner_name"] for row in csv.DictReader(io.StringIO(body.decode(), newline=""))}
        assert names == {f"'{hostile_name}"}
    elif kind == "xlsx":
        assert b"<f>" not in body
        assert all("HYPERLINK" in str(row[6]) for row in sheets(body)[0][1:])
    elif kind == "ndjson":
        assert {json.loads(line)["partner_name"] for line in body.decode().splitlines()} == {hostile_name}
    else:
        assert set(parquet.read_table(io.BytesIO(body))["partner_name"].to_pylist()) == {hostile_name}


def test_a_code_that_looks_like_a_formula_is_made_harmless_too(analyst, publish, release):
    TradeArea.objects.create(code='=1+"1', kind="country", name_ru="x", name_en="x")
    publish([{"partner": '=1+"1'}])

    partners = {row["partner"] for row in csv.DictReader(io.StringIO(file(analyst, "csv").decode()))}
    assert partners == {"BY", "CN", "'=1+\"1"}
    assert '=1+"1' in {line["partner"] for line in page(analyst)}


def test_a_copy_that_breaks_midway_ends_in_what_no_reader_accepts():
    statement = "SELECT CASE WHEN n < 400000 THEN 1 ELSE 1 / (n - n) END AS number FROM generate_series(1, 400001) AS n"
    chunks = texts.unbroken(copied(f"COPY ({statement}) TO STDOUT (FORMAT csv)"))
    body = bytearray()

    def read() -> None:
        with transaction.atomic():
            for chunk in chunks:
                body.extend(chunk)

    with pytest.raises((Error, DatabaseError)):
        read()

    assert bytes(body).endswith(texts.BROKEN)
    with pytest.raises(csv.Error):
        list(csv.reader(io.StringIO(body.decode()), strict=True))
    with pytest.raises(json.JSONDecodeError):
        json.loads(body.decode().splitlines()[-1])


@pytest.mark.django_db(transaction=True)
def test_a_reader_who_leaves_early_leaves_a_connection_that_works():
    chunks = copied("COPY (SELECT repeat('x', 1000) FROM generate_series(1, 1000000)) TO STDOUT")
    next(chunks)

    chunks.close()

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


cells = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30),
    st.builds(lambda mark, rest: mark + rest, st.sampled_from(SUSPICIOUS), st.text(max_size=5)),
    st.just("x" * 40000),
)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(cells, st.decimals(-(10**12), 10**12, places=2)), min_size=1, max_size=4))
def test_no_text_becomes_a_formula_and_no_number_becomes_a_text(rows):
    table = Sheet((Column("text"), Column("number", Kind.MONEY)), rows)

    body = b"".join(texts.csv_of(table, excel=False)).decode("utf-8")
    read = list(csv.reader(io.StringIO(body, newline="")))[1:]
    book = b"".join(workbook(table))
    columns = parquet.read_table(io.BytesIO(b"".join(parquet_of(table)))).to_pydict()

    assert len(read) == len(rows)
    for (text, number), cell in zip(rows, read, strict=True):
        assert cell[0][:1] not in SUSPICIOUS or not cell[0]
        assert cell[0] in (text, f"'{text}")
        assert Decimal(cell[1]) == number
    assert columns["number"] == [number for __, number in rows]
    data = sheets(book)[0][1:]
    assert [float(row[1]) for row in data] == [float(number) for __, number in rows]
