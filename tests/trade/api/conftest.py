"""Lines in two datasets, known in several versions, and an analyst who asks for them."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

from parties.models import User
from trade import catalogue
from trade.models import Dataset, Release, TradeArea


@pytest.fixture
def analyst(cast: Any, api_for: Any) -> Any:
    """Return the API client of an analyst."""
    return api_for(cast.analyst)


@pytest.fixture
def user(cast: Any) -> User:
    return cast.analyst


LINES = [
    {"month": "2024-01", "partner": "BY", "flow": "X", "commodity": "8471300000", "value": "100.50", "unit": "796",
     "quantity": "3.000"},
    {"month": "2024-01", "partner": "BY", "flow": "M", "commodity": "0207140000", "value": "20.25"},
    {"month": "2024-01", "partner": "CN", "flow": "X", "commodity": "27_CONF", "value": None, "net_kg": None},
    {"month": "2024-02", "partner": "BY", "flow": "X", "commodity": "8471300000", "value": "110.00"},
    {"month": "2025-01", "partner": "BY", "flow": "X", "commodity": "8471300000", "value": "150.00"},
    {"month": "2025-01", "partner": "CN", "flow": "M", "commodity": "0207140000", "value": "7.00"},
]  # fmt: skip


@pytest.fixture
def publish(publish: Any) -> Any:
    """Return what publishes lines and lets the next request see them: tests commit nothing."""

    def publish_and_forget(lines: Any, *, is_example: bool = False, **given: Any) -> Release:
        release: Release = publish(lines, **given)
        if is_example:
            Release.objects.filter(pk=release.pk).update(is_example=True)
        catalogue.forget()
        return release

    return publish_and_forget


@pytest.fixture
def release(publish: Any) -> Release:
    """Publish six lines of customs."""
    return publish(LINES)


@pytest.fixture
def examples(areas: None) -> Dataset:
    """Return a dataset of examples, without lines."""
    return Dataset.objects.create(code="EXAMPLE", name_ru="Пример", name_en="Example", is_example=True)


@pytest.fixture
def hostile_name(areas: None) -> str:
    """Name Belarus in a way that a spreadsheet would compute."""
    text = '=HYPERLINK("http://x")\x01 😀\u202e"quoted"'
    TradeArea.objects.filter(code="BY").update(name_ru=text)
    return text


def whole(answer: Any) -> bytes:
    """Return the body of an answer, streamed or not."""
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def sheets(body: bytes) -> list[list[list[Any]]]:
    """Return data and metadata of an XLSX file as a foreign reader sees them."""
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(BytesIO(body))
    return [book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names]
