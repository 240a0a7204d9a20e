"""Sums of the trade data: what is added, what is loaded, what is hidden, and as of when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from tests.trade.conftest import Publish
from trade.cube import Cell, Cube, UnitsDiffer, series, totals
from trade.indicators import Reason
from trade.models import Dataset, Release
from trade.selection import Selection

pytestmark = pytest.mark.django_db


ADD_UP = """
    WITH line AS (
        SELECT *, min(level) FILTER (WHERE level > 0) OVER (PARTITION BY dataset_id, reporter, partner, flow, period, months)
            AS coarsest
        FROM trade_observation WHERE closed IS NULL
    )
"""


@pytest.fixture
def load(publish: Publish) -> Publish:
    """Publish lines and add them up."""

    def load(*args: Any, **kwargs: Any) -> Release:
        release = publish(*args, **kwargs)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM trade_partner_total")
            cursor.execute("DELETE FROM trade_chapter_total")
            for partner in ("partner", "'W'"):
                cursor.execute(
                    f"""{ADD_UP}
                    INSERT INTO trade_partner_total (dataset_id, period, months, reporter, partner, flow, value, net_kg,
                        opened, lines_value, hidden_value, lines)
                    SELECT dataset_id, period, months, reporter, {partner}, flow,
                        coalesce(sum(value) FILTER (WHERE level = 0), sum(value) FILTER (WHERE level = coarsest)),
                        coalesce(sum(net_kg) FILTER (WHERE level = 0), sum(net_kg) FILTER (WHERE level = coarsest)),
                        max(opened), sum(value) FILTER (WHERE level = coarsest),
                        coalesce(sum(value) FILTER (WHERE level = coarsest AND commodity LIKE '%CONF'), 0),
                        count(*) FILTER (WHERE level = coarsest)
                    FROM line GROUP BY 1, 2, 3, 4, 5, 6"""
                )
                cursor.execute(
                    f"""{ADD_UP}
                    INSERT INTO trade_chapter_total (dataset_id, period, months, reporter, partner, flow, chapter, value,
                        net_kg, opened, lines)
                    SELECT dataset_id, period, months, reporter, {partner}, flow, left(commodity, 2), sum(value), sum(net_kg),
                        max(opened), count(*)
                    FROM line WHERE level = coarsest GROUP BY 1, 2, 3, 4, 5, 6, 7"""
                )
        return release

    return load


def question(dataset: Dataset, **given: Any) -> Selection:
    plain: dict[str, Any] = {
        "dataset": dataset,
        "reporter": "RU-TOM",
        "partners": ("BY",),
        "flow": "X",
        "first": dt.date(2024, 1, 1),
        "last": dt.date(2024, 3, 1),
    }
    return Selection(**(plain | given)).but()


def values(cube: Cube) -> list[Decimal | None]:
    return [cell.value for cell in cube.cells]


def test_a_month_is_the_sum_of_its_lines(load: Publish, a_dataset: Dataset) -> None:
    load(
        [
            {"value": "1.10"},
            {"commodity": "1107100000", "value": "2.20"},
            {"month": "2024-03", "value": "4"},
            {"month": "2024-02", "partner": "CN", "value": "5"},
        ]
    )
    cube = series(question(a_dataset))
    assert values(cube) == [Decimal("3.30"), Decimal(0), Decimal(4)]
    assert [cell.lines for cell in cube.cells] == [2, 0, 1]
