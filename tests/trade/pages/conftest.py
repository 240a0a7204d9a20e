"""What tests of the pages of trade share: two years of trade with Belarus and others, and readers of each role."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.trade.conftest import Publish
from trade.models import Release

COMPUTERS, MALT, CARS = "8471300000", "1107100000", "8703231981"


def two_years() -> Iterator[dict[str, Any]]:
    """Yield lines of 2023 and 2024: computers to and malt from Belarus, and the same with larger partners."""
    for year, factor in ((2023, 1), (2024, 2)):
        for month in range(1, 13):
            for partner, size in (("BY", 1_000_000), ("CN", 3_000_000), ("KZ", 400_000)):
                common = {"month": f"{year}-{month:02}", "partner": partner}
                yield {**common, "flow": "X", "commodity": COMPUTERS, "value": size * factor + month}
                yield {**common, "flow": "X", "commodity": CARS, "value": size // 4 * factor}
                yield {**common, "flow": "M", "commodity": MALT, "value": size // 2 * factor - month}


@pytest.fixture
def loaded(facts: None, publish: Publish) -> Release:
    """Publish two years."""
    return publish(two_years(), file_name="two-years.csv")


@pytest.fixture
def official(facts: None, cast: Any, client_for: Callable[..., Client]) -> Client:
    return client_for(cast.official)


@pytest.fixture
def statistician(facts: None, cast: Any, client_for: Callable[..., Client]) -> Client:
    return client_for(cast.statistician)


def text_of(client: Client, path: str) -> str:
    """Return a page as a reader sees it: markup kept, spaces ordinary."""
    answer = client.get(path)
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    return unescape(answer.content.decode()).replace("\u00a0", " ")


def links(page: str, begins: str) -> list[str]:
    """Return the addresses in a page that begin so, each once."""
    return list(dict.fromkeys(found for found in re.findall(r'href="([^"]+)"', page) if found.startswith(begins)))


def queries(client: Client, path: str) -> int:
    """Return how many queries a page takes that nobody has seen yet; the session and the names of codes are known."""
    cache.clear()
    client.get("/trade/?from=2020&to=2020")
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)
