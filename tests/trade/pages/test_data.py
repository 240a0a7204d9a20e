"""The analysts' page tells of the fields that files really have, and of addresses that exist."""

from __future__ import annotations

import pytest
from django.urls import Resolver404, resolve

from tests.trade.pages.conftest import text_of
from trade.explorer import dictionary
from trade.exports.observations import columns
from trade.observations.asked import Asked

pytestmark = pytest.mark.django_db


def test_the_fields_are_those_of_the_files():
    told = [field.name for field in dictionary.fields()]

    assert sorted(told) == sorted(column.name for column in columns(Asked(())))


def test_the_page_names_datasets_formats_and_a_way_to_begin(loaded, official):
    page = text_of(official, "/data/")

    for word in ("FCS", "COOPERATION_TOKEN", "pandas", "format=parquet", "value_usd", "http://testserver/sdmx<"):
        assert word in page


def test_each_host_is_shown_its_own_address(loaded, official, settings):
    settings.ALLOWED_HOSTS = ["one.example", "two.example"]
    for host in ("one.example", "two.example"):
        page = official.get("/data/", headers={"host": host}).content.decode()
        assert f"http://{host}/sdmx<" in page


@pytest.mark.parametrize("term", [*dictionary.resources(), *dictionary.code_lists()], ids=lambda term: term.name)
def test_every_address_that_is_named_exists(term):
    try:
        found = resolve(term.address)
    except Resolver404:
        pytest.fail(f"{term.address} is no address")
    assert found.url_name, term.address
