"""The examples of docs/api.md work as they are written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.trade.api.conftest import whole

pytestmark = pytest.mark.django_db
TEXT = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")
ADDRESSES = sorted(set(re.findall(r'curl .* "https://example\.org(/api/v1/trade/[^"]*)"', TEXT)))


def test_there_are_examples():
    assert len(ADDRESSES) > 8


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_example_answers(analyst, facts, release, address):
    assert whole(analyst.get(address))


def test_every_filter_and_column_of_lines_is_described(analyst, release):
    from trade.observations import FILTERS

    columns = analyst.get("/api/v1/trade/observations/").json()["results"][0]

    assert all(f"`{name}`" in TEXT or f"`{name}=" in TEXT for name in (*FILTERS, *columns) if name != "dataset")
