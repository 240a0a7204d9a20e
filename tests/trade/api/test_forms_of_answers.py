"""Every answer comes in every form, and in each with the same figures; long series have no limit in files."""

from __future__ import annotations

import csv
import io
import json
import sys
import zipfile
from decimal import Decimal

import pytest
from pyarrow import parquet

from tests.trade.api.conftest import sheets, whole
from trade.exports import workbooks
from trade.exports.columns import Column, Kind, Sheet

pytestmark = pytest.mark.django_db
MONTH = "dataset=FCS&reporter=RU-TOM&partner=BY&from=2024-01&to=2024-01"
QUESTIONS = {
    "ranks": f"{MONTH}&flow=X".replace("partner=BY", "partner=all"),
    "structure": f"{MONTH}&flow=X&by=goods&level=chapter",
    "mirror": f"{MONTH}&flow=X",
    "indicators": f"{MONTH}&flow=X&by=goods&level=chapter&indicator=share",
}


@pytest.fixture
def summed(facts, release):
    """Lines with their sums, beside the shipped nomenclature and partnership."""
    return release


@pytest.fixture
def both_sides(summed, publish):
    from trade.models import Dataset

    belstat = Dataset.objects.get(code="BELSTAT")
    return publish([{"reporter": "BY", "partner": "RU-TOM", "flow": "M", "value": "108.00"}], dataset=belstat)


def answer(client, resource, query, kind):
    return whole(client.get(f"/api/v1/trade/{resource}/?{query}&format={kind}"))


@pytest.mark.parametrize(("resource", "query"), QUESTIONS.items())
def test_an_answer_is_the_same_table_in_every_form(analyst, both_sides, resource, query):
    as_csv = list(csv.DictReader(io.StringIO(answer(analyst, resource, query, "csv").decode())))
    as_lines = [json.loads(line) for line in answer(analyst, resource, query, "ndjson").decode().splitlines()]
    as_parquet = parquet.read_table(io.BytesIO(answer(analyst, resource, query, "parquet"))).to_pylist()
    head, *rows = sheets(answer(analyst, resource, query, "xlsx"))[0]

    assert as_csv
    assert list(as_csv[0]) == list(as_lines[0]) == list(as_parquet[0]) == head
    assert len(as_csv) == len(as_lines) == len(as_parquet) == len(rows)
    assert as_csv[0]["dataset"] == "FCS"
    for name in head:
        if isinstance(as_parquet[0][name], Decimal):
            assert round(Decimal(as_lines[0][name]), 10) == as_parquet[0][name] == round(Decimal(as_csv[0][name]), 10)
            assert rows[0][head.index(name)] == pytest.approx(float(as_parquet[0][name]))


def test_the_tables_hold_the_figures_of_the_json(analyst, both_sides):
    def json_of(resource):
        return json.loads(answer(analyst, resource, QUESTIONS[resource], "json"))

    def table_of(resource):
        return list(csv.DictReader(io.StringIO(answer(analyst, resource, QUESTIONS[resource], "csv").decode())))

    [side] = json_of("mirror")["sides"]
    [row] = side["data"]
    [line] = [line for line in table_of("mirror") if line["other_dataset"]]
    assert (line["ours"], line["theirs"], line["gap"]) == (
        row["ours"]["value"], row["theirs"]["value"], row["gap"]["value"],
    )  # fmt: skip
    assert line["other_dataset"] == "BELSTAT"
    assert [part["share"] for part in table_of("structure")] == [
        part["share"]["value"] or "" for part in json_of("structure")["data"]
    ]
    assert [line["rank"] for line in table_of("ranks")] == [
        "" if one["rank"] is None else str(one["rank"]) for one in json_of("ranks")["data"]
    ]
    assert [(line["value"], line["numerator"], line["denominator"]) for line in table_of("indicators")] == [
        tuple((part and part["value"]) or "" for part in (one, one["numerator"], one["denominator"]))
        for one in json_of("indicators")["data"]
    ]


@pytest.mark.parametrize("kind", ["csv", "ndjson", "parquet", "xlsx"])
def test_a_series_beyond_the_limit_is_a_whole_file_all_the_same(analyst, summed, monkeypatch, kind):
    query = "dataset=FCS&reporter=RU-TOM&partner=all&by=partner,goods&level=10&from=2024-01&to=2025-03&include=names"
    short = list(csv.DictReader(io.StringIO(answer(analyst, "series", query, "csv").decode())))
    for name in ("trade.cube.series", "trade.cube.reading"):
        monkeypatch.setattr(sys.modules[name], "CELL_LIMIT", 10)

    refused = analyst.get(f"/api/v1/trade/series/?{query}&format=json")
    body = answer(analyst, "series", query, kind)

    assert refused.status_code == 413
    assert "parquet" in refused.json()["errors"][0]["detail"]
    place = ("period", "partner", "goods")
    known = {tuple(row[name] for name in place): row["value"] for row in short}
    assert len(known) > 40
    if kind == "csv":
        found = list(csv.DictReader(io.StringIO(body.decode())))
    elif kind == "ndjson":
        found = [json.loads(line) for line in body.decode().splitlines()]
    elif kind == "parquet":
        found = parquet.read_table(io.BytesIO(body)).to_pylist()
    else:
        head, *rows = sheets(body)[0]
        found = [dict(zip(head, row, strict=True)) for row in rows]
    values = {tuple(row[name] for name in place): row["value"] for row in found}
    assert set(values) == set(known)
    for key, value in known.items():
        assert Decimal(str(values[key] or 0)) == Decimal(value or 0), key


def test_a_workbook_is_sent_while_its_rows_are_read():
    read = []

    def rows():
        for number in range(10_000):
            read.append(number)
            yield f"{number:05}", number, number % 2 == 0

    columns = (Column("code"), Column("money", Kind.MONEY), Column("even", Kind.BOOLEAN))
    chunks = workbooks.workbook(Sheet(columns, rows(), (("dataset", "FCS"),)))

    first = next(chunks)
    begun = len(read)
    body = first + b"".join(chunks)

    assert first.startswith(b"PK")
    assert begun < 10
    data, about = sheets(body)
    assert data[0] == ["code", "money", "even"]
    assert data[1:] == [[f"{number:05}", float(number), number % 2 == 0] for number in range(10_000)]
    assert about == [["dataset", "FCS"]]
    assert zipfile.ZipFile(io.BytesIO(body)).testzip() is None


def test_a_workbook_that_breaks_midway_is_no_workbook():
    def rows():
        for number in range(5000):
            yield (str(number),)
        raise RuntimeError

    body = bytearray()

    def read():
        for chunk in workbooks.workbook(Sheet((Column("text"),), rows())):
            body.extend(chunk)

    with pytest.raises(RuntimeError):
        read()

    assert body
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(bytes(body)))
