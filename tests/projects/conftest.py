"""The reader of these tests reads English."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def official(cast, client_for):
    """Return the browser of an official."""
    client = client_for(cast.official)
    client.cookies["language"] = "en"
    return client
