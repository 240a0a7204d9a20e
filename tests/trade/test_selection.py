"""What is asked of the trade data, read from an address: strict, with sensible defaults, spelled in one way."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.http import QueryDict

from tests.trade.test_cube import load  # noqa: F401
from trade.models import Dataset
from trade.selection import Defaults, Selection, SelectionErrors

pytestmark = pytest.mark.django_db
HERE = Defaults("RU-TOM", "BY")


def read(query: str = "", **given: Any) -> Selection:
    return Selection.parse(QueryDict(query), defaults=HERE)


def test_without_parameters_the_newest_two_years_of_turnover_with_the_partner_are_meant(
    load: Any, a_dataset: Dataset
) -> None:
    load([{"month": "2015-01"}, {"month": "2024-05"}])
    selection = read()
    assert (selection.dataset, selection.reporter, selection.partners) == (a_dataset, "RU-TOM", ("BY",))
    assert (selection.flow, selection.by, selection.level, selection.frequency) == ("T", (), "total", "M")
    assert (selection.first, selection.last) == (dt.date(2022, 6, 1), dt.date(2024, 5, 1))
    assert selection.query() == (
        "dataset=FCS&reporter=RU-TOM&partner=BY&flow=T&frequency=M&from=2022-06&to=2024-05&measure=value&unit=USD"
    )
