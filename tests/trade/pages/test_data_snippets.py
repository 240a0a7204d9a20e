"""What the data page prints works: every address answers, and its lines of code run against the running server."""

from __future__ import annotations

import io
import json
import re
import subprocess
import time
import warnings
from html import unescape
from urllib.parse import urlencode

import pandas as pd
import pytest
import requests
from django.db import connection
from knox.models import AuthToken

from trade.nomenclature.shipping import load_shipped

pytestmark = pytest.mark.django_db(transaction=True)
MONTHS = [f"2024-{month:02}" for month in range(1, 13)]


@pytest.fixture
def server(facts, cast, publish, live_server):
    """Return the running server with a year of trade; afterwards wait until its threads let go of the database."""
    load_shipped()
    publish([{"month": month, "flow": flow, "value": 100} for month in MONTHS for flow in "XM"])
    yield live_server
    for __ in range(100):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            if cursor.fetchone()[0] == 1:
                return
        time.sleep(0.05)


@pytest.fixture
def token(server, cast, monkeypatch):
    text = AuthToken.objects.create(cast.analyst)[1]
    monkeypatch.setenv("COOPERATION_TOKEN", text)
    return text


@pytest.fixture
def page(server, cast, client_for):
    """Return the data page as a reader of the running server sees it."""
    host = server.url.removeprefix("http://")
    answer = client_for(cast.analyst).get("/data/", headers={"host": host})
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def code_of(page, tool):
    [code] = re.findall(rf"<summary>{re.escape(tool)}</summary>\s*<pre[^>]*><code>(.*?)</code>", page, re.DOTALL)
    return code


def run(code):
    names = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(code, names)
    return names["data"]


def test_every_address_that_the_page_prints_answers(server, token, page):
    printed = {*re.findall(r'href="(/[^"]*)"', page), *re.findall(rf"{re.escape(server.url)}(/[^\s<\"']*)", page)}
    printed = {address for address in printed if not address.startswith(("/static/", "/language", "/theme"))}
    assert {"/sdmx", "/api/v1/trade/series/"} <= {address.partition("?")[0] for address in printed}

    for address in sorted(printed):
        path = f"{address}/dataflow" if address == "/sdmx" else address
        answer = requests.get(f"{server.url}{path}", auth=("me", token), timeout=60)
        assert answer.status_code == 200, (address, answer.status_code)


def test_the_lines_for_pandas_run(token, page):
    data = run(code_of(page, "pandas"))

    assert isinstance(data, pd.DataFrame)
    assert data["value"].sum() == 2400
    assert set(data["goods"].dropna()) >= {"G09"}


def test_the_lines_for_curl_run(token, page):
    found = subprocess.run(["bash", "-c", code_of(page, "curl")], capture_output=True, text=True, check=True)

    assert found.stdout.startswith("dataset,period,")


def test_r_and_power_query_ask_the_same_address(page):
    address = re.search(r'address = "(.*?)"', code_of(page, "pandas"))[1]
    query = code_of(page, re.search(r"<summary>(Excel[^<]*)</summary>", page)[1])
    base, path = re.search(r'Web\.Contents\("(.*?)"', query)[1], re.search(r'RelativePath = "(.*?)"', query)[1]
    options = re.search(r"Query = \[(.*?)\]", query)[1]
    given = dict(re.findall(r'(?:#")?(\w+)"? = "(.*?)"', options))

    assert f'request("{address}")' in code_of(page, "R")
    assert f"{base}/{path}?{urlencode(given, safe=',:')}" == address


def test_the_lines_for_sdmx1_run(token, page):
    data = run(code_of(page, "sdmx1"))

    assert data.sum() == 1200


def test_the_lines_for_pysdmx_run(token, page):
    data = run(code_of(page, "pysdmx"))

    assert json.loads(json.dumps(len(data))) == 12


def test_every_tool_reads_the_numbers_that_the_page_shows(token, server, publish, page, cast, client_for):
    publish([{"month": month, "value": number * 1234} for number, month in enumerate(MONTHS, 1)])
    asked = "dataset=FCS&reporter=RU-TOM&partner=BY&flow=X&frequency=M&from=2024-01&to=2024-12&measure=value&unit=USD"
    shown = unescape(client_for(cast.analyst).get(f"/trade/?{asked}").content.decode()).replace("\u00a0", "")
    table = r'<a href="/trade/lines/\?[^"]*&frequency=M&from=(2024-\d\d)&to=\1&[^"]*">(\d+)</a>'
    on_the_page = {month: float(number) for month, number in re.findall(table, shown)}
    assert on_the_page == {month: number * 1234 for number, month in enumerate(MONTHS, 1)}

    def file(kind):
        answer = requests.get(
            f"{server.url}/api/v1/trade/series/?{asked}&format={kind}", auth=("me", token), timeout=60
        )
        return io.BytesIO(answer.content)

    read = {
        "csv": pd.read_csv(file("csv")),
        "csv for Excel": pd.read_csv(file("csv&excel=1"), sep=";", decimal=",", encoding="utf-8-sig"),
        "parquet": pd.read_parquet(file("parquet")),
        "xlsx": pd.read_excel(file("xlsx"), engine="calamine"),
    }
    for form, frame in read.items():
        assert dict(zip(frame["period"], frame["value"].astype(float), strict=True)) == on_the_page, form
    sdmx1, pysdmx = run(code_of(page, "sdmx1")), run(code_of(page, "pysdmx"))
    assert dict(sdmx1.groupby("TIME_PERIOD").sum()) == on_the_page
    assert dict(pysdmx["OBS_VALUE"].astype(float).groupby("TIME_PERIOD").sum()) == on_the_page
