"""Sums, places, shares, both sides' figures and indicators: right, the same in every form, and strict."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import math
from decimal import Decimal

import pyarrow as pa
import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pyarrow import parquet
from rest_framework.test import APIClient

from tests.trade.api.conftest import sheets, whole
from trade import cube
from trade.models import Dataset, Release
from trade.selection import Defaults, Selection

pytestmark = pytest.mark.django_db
ANSWERS = ["series", "ranks", "structure", "mirror", "indicators"]
WHOLE = "dataset=FCS&reporter=RU-TOM&partner=BY&from=2024-01&to=2024-01"


@pytest.fixture
def summed(facts, release):
    """Lines with their sums, beside the shipped nomenclature and partnership."""
    return release


def get(client, resource, query):
    answer = client.get(f"/api/v1/trade/{resource}/?{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_the_api_answers_what_the_cube_answers(analyst, summed):
    query = "dataset=FCS&reporter=RU-TOM&partner=all&by=partner,flow&from=2024-01&to=2024-03"
    params = dict(part.split("=") for part in query.split("&"))
    found = cube.series(Selection.parse(params, defaults=Defaults("RU-TOM", "BY")))

    data = get(analyst, "series", query)["data"]

    assert [(row["period"], row["partner"], row["flow"]) for row in data] == [
        (str(cell.period), cell.partner, cell.flow) for cell in found.cells
    ]
    assert [row["value"] and Decimal(row["value"]) for row in data] == [cell.value for cell in found.cells]
    by_place = {(row["period"], row["partner"], row["flow"]): row["value"] for row in data}
    assert Decimal(by_place["2024-01", "BY", "X"]) == Decimal("100.50")


def test_every_form_of_sums_holds_the_same_figures(analyst, summed):
    query = "dataset=FCS&reporter=RU-TOM&partner=all&by=partner,flow&from=2024-01&to=2024-03&include=names"
    data = get(analyst, "series", query)["data"]
    values = [row["value"] and Decimal(row["value"]) for row in data]
    assert any(values)

    def body(kind):
        return whole(analyst.get(f"/api/v1/trade/series/?{query}&format={kind}"))

    read = list(csv.DictReader(io.StringIO(body("csv").decode())))
    assert [(row["value"] and Decimal(row["value"])) or None for row in read] == [value or None for value in values]
    assert [row["partner"] for row in read] == [row["partner"] for row in data]
    lines = [json.loads(line) for line in body("ndjson").decode().splitlines()]
    assert [row["value"] for row in lines] == [row["value"] for row in data]
    table = parquet.read_table(io.BytesIO(body("parquet")))
    assert table["value"].to_pylist() == values
    assert pa.types.is_decimal(table.schema.field("value").type)
    head, *rows = sheets(body("xlsx"))[0]
    column = head.index("value")
    assert [row[column] for row in rows] == ["" if value is None else float(value) for value in values]


@pytest.mark.filterwarnings("ignore:Shouldn't use this function:DeprecationWarning")
def test_json_stat_is_a_full_array_in_the_order_of_its_dimensions(analyst, summed):
    query = "dataset=FCS&reporter=RU-TOM&partner=all&by=partner,flow&from=2024-01&to=2024-03"
    data = get(analyst, "series", query)["data"]

    answer = analyst.get(f"/api/v1/trade/series/?{query}&format=jsonstat")
    body = json.loads(whole(answer))

    assert math.prod(body["size"]) == len(body["value"])
    newest = Release.objects.filter(pk__in=body["extension"]["releases"]).latest("loaded_at")
    assert dt.datetime.fromisoformat(body["updated"]) == newest.loaded_at.replace(microsecond=0)
    assert [len(body["dimension"][name]["category"]["index"]) for name in body["id"]] == body["size"]
    pyjstat = pytest.importorskip("pyjstat.pyjstat")
    frame = pyjstat.Dataset.read(json.dumps(body)).write("dataframe", naming="id")
    read = {(row.partner, row.flow, row.time): row.value for row in frame.itertuples()}
    for row in data:
        value = read[row["partner"], row["flow"], row["period"]]
        assert (row["value"] is None and value != value) or float(row["value"]) == value


def test_a_cube_beyond_the_limit_is_refused_with_advice(analyst, summed, monkeypatch):
    monkeypatch.setattr("trade.exports.jsonstat.CELL_LIMIT", 2)

    query = "dataset=FCS&reporter=RU-TOM&partner=BY&by=flow&from=2024-01&to=2024-02&format=jsonstat"
    answer = analyst.get(f"/api/v1/trade/series/?{query}")

    assert answer.status_code == 413
    assert answer.json()["errors"][0]["code"] == "too_large"


def test_quantities_in_different_units_are_not_added(analyst, summed, publish):
    publish(
        [
            {"month": "2024-03", "commodity": "8471300000", "unit": "796", "quantity": "3"},
            {"month": "2024-03", "commodity": "8471410000", "unit": "166", "quantity": "5.5"},
        ]
    )
    query = "dataset=FCS&reporter=RU-TOM&partner=BY&flow=X&goods=8471&measure=quantity&from=2024-03&to=2024-03"

    answer = analyst.get(f"/api/v1/trade/series/?{query}")

    assert answer.status_code == 400, answer.content
    [error] = answer.json()["errors"]
    assert (error["attr"], error["code"]) == ("measure", "units_differ")
    assert [row["value"] for row in get(analyst, "series", f"{query}&unit=796")["data"]] == ["3"]


def test_a_share_names_what_was_divided_by_what(analyst, summed):
    body = get(analyst, "structure", f"{WHOLE}&flow=X&by=goods&level=chapter")

    [part] = [part for part in body["data"] if part["code"] == "84"]
    assert part["share"]["numerator"]["value"] == "100.5"
    assert part["share"]["denominator"]["value"] == body["whole"]["value"]
    assert part["share"]["releases"] == [summed.pk] == body["meta"]["releases"]


def test_growth_names_both_figures_or_the_reason(analyst, summed):
    query = "dataset=FCS&reporter=RU-TOM&partner=BY&flow=X&from=2025-01&to=2025-02"

    first, second = get(analyst, "indicators", query)["data"]

    assert Decimal(first["value"]).quantize(Decimal("0.01")) == Decimal("49.25")
    assert (first["numerator"]["value"], first["denominator"]["value"]) == ("150", "100.5")
    assert second["value"] is None
    assert second["reason"]


@pytest.mark.parametrize(
    "name",
    ["growth", "growth_index", "contribution_to_growth", "turnover", "balance", "coverage", "relative_balance",
     "unit_value", "rca&reference=RU&by=goods&level=chapter"],
)  # fmt: skip
def test_every_indicator_answers_with_its_parts(analyst, summed, name):
    body = get(analyst, "indicators", f"{WHOLE}&flow=X&indicator={name}")

    for row in body["data"]:
        assert (row["value"] is None) == (row["reason"] is not None)
        assert set(row) >= {"numerator", "denominator", "releases", "unit", "period"}


@pytest.mark.parametrize("asked", ["indicator=growth&whole=1", "indicator=contribution_to_growth&by=flow&flow=T"])
def test_growth_of_the_whole_range_is_by_itself_that_of_the_last_twelve_months(analyst, summed, asked):
    body = get(analyst, "indicators", f"dataset=FCS&reporter=RU-TOM&partner=BY&to=2024-03&{asked}")

    assert body["meta"]["selection"]["from"] == "2023-04"
    assert {row["period"] for row in body["data"]} == {"2023-04-01/2024-03-31"}


def test_growth_across_editions_carries_a_note(analyst, summed, publish):
    publish([{"month": "2021-01", "edition": "H5"}, {"month": "2022-01", "edition": "H6"}])
    query = "dataset=FCS&reporter=RU-TOM&partner=BY&flow=X&from=2022-01&to=2022-01"

    [heading] = get(analyst, "indicators", f"{query}&goods=8471")["data"]
    [chapter] = get(analyst, "indicators", f"{query}&goods=84")["data"]

    assert (heading["value"], heading["note"]) == ("0", "editions_differ")
    assert (chapter["value"], chapter["note"]) == ("0", None)


def test_places_tell_how_many_are_ranked(analyst, summed):
    rows = get(analyst, "ranks", "dataset=FCS&reporter=RU-TOM&partner=all&flow=X&from=2024-01&to=2024-01")["data"]

    assert {row["partner"]: (row["rank"], row["of"]) for row in rows}["BY"] == (1, 1)


def test_both_sides_stand_beside_each_other(analyst, summed, publish):
    belstat = Dataset.objects.get(code="BELSTAT")
    publish([{"reporter": "BY", "partner": "RU-TOM", "flow": "M", "value": "108.00"}], dataset=belstat)

    body = get(analyst, "mirror", f"{WHOLE}&flow=X")

    [side] = body["sides"]
    [row] = side["data"]
    assert (row["ours"]["value"], row["theirs"]["value"], row["gap"]["value"]) == ("100.5", "108", "7.5")
    assert side["explanations"]


@pytest.mark.parametrize("resource", ANSWERS)
def test_errors_have_the_shape_of_all_errors(analyst, facts, resource):
    address = f"/api/v1/trade/{resource}/"
    for query, attr in (
        ("yaer=1", "yaer"),
        ("flow=Q", "flow"),
        ("partner=", "partner"),
        ("dataset=x", "dataset"),
        ("from=x", "from"),
    ):
        answer = analyst.get(f"{address}?{query}")
        assert answer.status_code == 400, (query, answer.content)
        assert attr in {error["attr"] for error in answer.json()["errors"]}
    assert APIClient().get(address).status_code == 401
    assert analyst.post(address).status_code == 405


@pytest.mark.parametrize(
    ("resource", "query", "attr"),
    [
        ("structure", "flow=B", "flow"), ("structure", "by=partner,goods&level=group", "by"),
        ("mirror", "partner=all", "partner"),
        ("mirror", "flow=B", "flow"), ("mirror", "by=partner", "by"),
        ("ranks", "goods=8471&measure=quantity&unit=796", "measure"),
        ("ranks", "whole=2", "whole"),
        ("indicators", "indicator=x", "indicator"), ("indicators", "indicator=rca", "reference"),
        ("indicators", "indicator=rca&reference=RU&partner=all&by=goods,partner&level=chapter", "by"),
        ("indicators", "from=2022-01&to=2023-01&whole=1", "from"),
        ("indicators", "from=2022-01&to=2023-01&indicator=contribution_to_growth&by=partner", "from"),
        ("indicators", "indicator=hhi&whole=1", "whole"), ("indicators", "reference=RU", "reference"),
        ("series", "format=pdf", "format"), ("series", "excel=1", "excel"), ("series", "include=x", "include"),
    ],
)  # fmt: skip
def test_what_a_resource_cannot_answer_is_refused_by_name(analyst, facts, resource, query, attr):
    answer = analyst.get(f"/api/v1/trade/{resource}/?{query}")

    assert answer.status_code == 400, answer.content
    assert answer.json()["errors"][0]["attr"] == attr


def test_a_release_shows_each_line_before_and_after_it(analyst, release, publish):
    from tests.trade.api.test_observations import REVISED

    second = publish(REVISED)

    changes = get(analyst, f"releases/{second.pk}/diff", "page_size=1000")["results"]

    assert [(row["kind"], row["partner"], row["old_value_usd"], row["new_value_usd"]) for row in changes] == [
        ("disappeared", "BY", "20.25", None), ("changed", "BY", "100.5", "999"), ("new", "DE", None, "100"),
    ]  # fmt: skip
    assert len(get(analyst, f"releases/{second.pk}/diff", "kind=changed")["results"]) == 1


def test_a_release_shows_what_it_changed(analyst, release):
    body = get(analyst, f"releases/{release.pk}/diff", "page_size=4")

    assert [row["kind"] for row in body["results"]] == ["new"] * 4
    rest = analyst.get(body["next"]).json()
    assert len(rest["results"]) == 2
    assert rest["next"] is None
    assert get(analyst, f"releases/{release.pk}/diff", "kind=changed")["results"] == []
    for query in ("kind=x", "page_size=0", "cursor=x", "x=1"):
        assert analyst.get(f"/api/v1/trade/releases/{release.pk}/diff/?{query}").status_code == 400
    assert analyst.get("/api/v1/trade/releases/999999/diff/").status_code == 404
    assert analyst.get("/api/v1/trade/releases/x/diff/").status_code == 404


def test_codes_are_listed_by_edition_and_level(analyst, facts):
    sections = get(analyst, "codelists/goods", "level=section")["codes"]
    groups = get(analyst, "codelists/goods", "level=group")["codes"]
    chapters = get(analyst, "codelists/goods", "level=chapter")["codes"]
    assert (len(sections), len(chapters)) == (21, 96)
    assert "84" in ",".join(group["chapters"] for group in groups).split(",")
    assert get(analyst, "codelists/goods", "edition=HS2022")["codes"] == []
    assert {row["symbol"] for row in get(analyst, "codelists/editions", "")["codes"]} >= {"H4", "H5", "H6"}
    for query in ("edition=x", "level=5", "grouping=x", "level=section&edition=HS2022", "level=group&grouping=x"):
        assert analyst.get(f"/api/v1/trade/codelists/goods/?{query}").status_code == 400
    assert analyst.get("/api/v1/trade/codelists/areas/?level=4").status_code == 400


@pytest.mark.parametrize("resource", ANSWERS)
def test_the_number_of_queries_does_not_grow_with_the_data(analyst, summed, publish, resource):
    query = "dataset=FCS&reporter=RU-TOM&partner=BY&from=2024-01&to=2024-03"
    if resource == "structure":
        query += "&by=goods&level=chapter&flow=X"

    def asked():
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            get(analyst, resource, query)
        return len(queries)

    asked()
    few = asked()
    lines = [
        {"month": f"2024-{month:02}", "partner": partner, "commodity": f"{chapter}01100000", "flow": flow}
        for month in (1, 2, 3)
        for partner in ("BY", "CN", "KZ", "DE")
        for chapter in range(10, 40)
        for flow in "XM"
    ]
    publish(lines)
    assert asked() <= few <= 24
