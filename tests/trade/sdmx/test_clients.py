"""What analysts' tools read: the real clients sdmx1 and pysdmx against the running server."""

from __future__ import annotations

import re
import time
import warnings
from decimal import Decimal
from pathlib import Path

import pytest
import sdmx
from django.db import connection
from pysdmx.api.dc.pd import PandasConnector
from pysdmx.api.dc.rest import SdmxConnector

from trade.cube import series
from trade.selection import Defaults, Selection

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(live_server):
    """Return the running server; afterwards wait until its threads have let go of the database."""
    yield live_server
    for __ in range(100):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            if cursor.fetchone()[0] == 1:
                return
        time.sleep(0.05)


@pytest.fixture
def address(server, token, world):
    """Return the address of SDMX with the token in it, as tools that know only passwords take it."""
    return server.url.replace("http://", f"http://analyst:{token}@") + "/sdmx"


@pytest.fixture
def client(server, token, world):
    """Return sdmx1, set up for the server."""
    sdmx.add_source({"id": "TOMSK", "name": "Tomsk", "url": f"{server.url}/sdmx"}, override=True)
    client = sdmx.Client("TOMSK")
    client.session.auth = ("analyst", token)
    yield client
    client.session.close()


@pytest.fixture
def connector(address):
    """Return the connector of pysdmx, set up for the server."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return SdmxConnector(address)


def cube(**parameters: str):
    """Return what the cube answers: {(goods, flow, period): value}."""
    selection = Selection.parse({"dataset": "FCS", **parameters}, defaults=Defaults("RU-TOM", "BY"))
    return {(cell.goods, cell.flow, str(cell.period)): cell.value for cell in series(selection).cells if cell.value}


def test_sdmx1_lists_the_dataflow(client):
    flows = client.dataflow().dataflow

    assert list(flows) == ["TRADE"]
    assert flows["TRADE"].name.localizations == {"ru": "Внешняя торговля", "en": "External trade"}


def test_sdmx1_reads_the_whole_structure(client):
    message = client.dataflow("TRADE")

    dimensions = [dimension.id for dimension in message.structure["TRADE"].dimensions]
    assert dimensions == [
        "FREQ", "REF_AREA", "TRADE_FLOW", "COMMODITY_1", "COUNTERPART_AREA_1", "TRANSFORMATION", "MEASURE",
        "UNIT_MEASURE", "SOURCE", "TIME_PERIOD",
    ]  # fmt: skip
    goods = message.codelist["CL_COMMODITY"]
    assert {"TOTAL", "XVI", "G09", "84", "8471", "8471300000", "_CONF", "_C"} <= set(goods.items)
    assert goods["8471300000"].parent.id == "84713000"
    assert goods["84"].parent.id == "XVI"
    assert goods["84"].name.localizations.keys() == {"ru", "en"}


@pytest.mark.parametrize("is_described", [True, False])
def test_sdmx1_reads_the_numbers_of_the_cube(client, is_described):
    key = {"FREQ": "M", "REF_AREA": "RU-TOM", "TRADE_FLOW": "X", "COUNTERPART_AREA_1": "BY", "MEASURE": "VALUE",
           "COMMODITY_1": "TOTAL+84+8471+8471410000+XVI+G09"}  # fmt: skip
    structure = client.dataflow("TRADE").structure["TRADE"] if is_described else None

    frame = sdmx.to_pandas(client.data("TRADE", key=key, params={"startPeriod": "2024"}, dsd=structure))

    for goods, level in {"84": "chapter", "8471": "4", "8471410000": "10", "XVI": "section", "G09": "group"}.items():
        expected = cube(flow="X", level=level, goods=goods, by="goods", **{"from": "2024-01", "to": "2024-07"})
        read = frame.xs(goods, level="COMMODITY_1").groupby("TIME_PERIOD").sum()
        assert {(goods, "X", month): value for month, value in read.items()} == expected, goods


def test_sdmx1_reads_years_quarters_and_what_has_passed_of_a_year(client):
    key = {"TRADE_FLOW": "X", "COUNTERPART_AREA_1": "BY", "MEASURE": "VALUE", "COMMODITY_1": "TOTAL"}

    frame = sdmx.to_pandas(client.data("TRADE", key=key)).droplevel(
        ["REF_AREA", "TRADE_FLOW", "COMMODITY_1", "COUNTERPART_AREA_1", "MEASURE", "UNIT_MEASURE"]
    )

    assert frame["A", "N", "FCS", "2023"] == 780 + 78
    assert frame["S", "N", "FCS", "2024-S1"] == 930 + 93
    assert frame["Q", "N", "FCS", "2024-Q2"] == 510 + 51
    assert frame["M", "YTD", "FCS-TABLE", "2025-07"] == 777
    assert ("A", "N", "FCS", "2024") not in frame.index


def test_sdmx1_reads_both_sides_of_a_trade_at_once(client):
    frame = sdmx.to_pandas(client.data("TRADE", key={"COMMODITY_1": "8471300000", "MEASURE": "VALUE", "FREQ": "M"},
                                       params={"startPeriod": "2024-01", "endPeriod": "2024-01"}))  # fmt: skip

    by_source = frame.groupby("SOURCE").sum()
    assert dict(by_source) == {"FCS": 130, "BELSTAT": 111}


def test_sdmx1_previews_series_without_observations(client):
    keys = client.series_keys("TRADE")

    assert {str(key.SOURCE.value) for key in keys} == {"FCS", "FCS-TABLE", "BELSTAT"}


@pytest.mark.parametrize("accept", ["structurespecificdata", "genericdata"])
def test_sdmx1_reads_both_forms_of_xml_alike(client, accept):
    media_type = f"application/vnd.sdmx.{accept}+xml;version=2.1"
    message = client.data("TRADE", key="A..X.TOTAL.BY.N.VALUE..FCS", headers={"Accept": media_type})

    assert message.response.headers["Content-Type"] == media_type
    observation = message.data[0].obs[0]
    assert (float(observation.value), str(observation.attached_attribute["OBS_STATUS"].value)) == (858, "P")
    assert str(observation.attached_attribute["VALUATION"].value) == "UNKNOWN"


def test_sdmx1_is_told_that_nothing_answers(client):
    import requests

    with pytest.raises(requests.HTTPError) as caught:
        client.data("TRADE", key="M..X.TOTAL.KZ....")

    assert caught.value.response.status_code == 404


def test_pysdmx_lists_the_dataflow(connector):
    (flow,) = connector.dataflows()

    assert (flow.id, flow.agency, flow.version, flow.name) == ("TRADE", "TOMSK", "1.0", "Внешняя торговля")
    assert connector.dataflows("нет такого") == ()


def test_pysdmx_reads_the_structure_with_its_code_lists(connector):
    flow = connector.dataflow("TOMSK:TRADE(1.0)")

    components = {component.id: component for component in flow.components}
    assert [one.id for one in flow.components.dimensions][-1] == "TIME_PERIOD"
    assert {code.id for code in components["COMMODITY_1"].enumeration} >= {"TOTAL", "84", "8471300000"}
    assert {code.id for code in components["SOURCE"].enumeration} >= {"FCS", "BELSTAT"}
    assert components["OBS_VALUE"].role.name == "MEASURE"


def test_pysdmx_reads_the_numbers_of_the_cube(connector):
    rows = list(
        connector.data(
            "TOMSK:TRADE(1.0)",
            "FREQ='M' AND COUNTERPART_AREA_1='BY' AND COMMODITY_1 IN ('84', '8471') AND MEASURE='VALUE'"
            " AND SOURCE <> 'BELSTAT' AND TIME_PERIOD >= '2024-03' AND TIME_PERIOD <= '2024'",
        )
    )

    read = {(row["COMMODITY_1"], row["TRADE_FLOW"], row["TIME_PERIOD"]): Decimal(row["OBS_VALUE"]) for row in rows}
    months = {"from": "2024-03", "to": "2024-07", "flow": "X", "by": "goods"}
    assert read == cube(level="chapter", goods="84", **months) | cube(level="4", goods="8471", **months)
    assert {row["ACTION"] for row in rows} == {"I"}


def test_pysdmx_makes_a_data_frame(address):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame = PandasConnector(address).data(
            "TOMSK:TRADE(1.0)", "FREQ='A' AND COMMODITY_1='TOTAL' AND MEASURE='VALUE'"
        )

    assert frame.loc[("A.RU-TOM.X.TOTAL.BY.N.VALUE.USD.FCS", "2023"), "OBS_VALUE"] == 858


def test_pysdmx_is_told_what_exists_for_a_filter(connector):
    flow = connector.dataflow("TOMSK:TRADE(1.0)", "REF_AREA='BY'")

    assert flow.id == "TRADE"


def test_the_snippets_of_the_documentation_work(server, token, world):
    text = Path("docs/trade.md").read_text("utf-8").partition("## SDMX")[2].partition("\n## ")[0]
    snippets = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    host = server.url.removeprefix("http://")
    read = []

    for snippet in snippets:
        snippet = snippet.replace("https://", "http://").replace("example.org", host)
        names: dict[str, object] = {"token": token}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(snippet, names)
        frame = names["exports"]
        read.append(sorted(float(value) for value in getattr(frame, "OBS_VALUE", frame)))
        if "client" in names:
            names["client"].session.close()

    assert len(read) == 2
    assert read[0] == read[1] == sorted([*range(143, 210, 11)] * 2)
