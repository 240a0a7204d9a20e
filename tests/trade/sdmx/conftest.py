"""A small world published for SDMX clients, and a token to ask with."""

from __future__ import annotations

import pytest
from knox.models import AuthToken

from trade.models import Dataset, TradeArea
from trade.nomenclature.shipping import load_shipped

MONTHS = [f"2023-{month:02}" for month in range(1, 13)] + [f"2024-{month:02}" for month in range(1, 8)]


@pytest.fixture
def nomenclature(db):
    """Load the shipped nomenclature: sections, groups, chapters, units, datasets."""
    load_shipped()


@pytest.fixture
def world(nomenclature, publish):
    """Publish 19 months of Tomsk, a cumulative table and a mirror file; return the datasets by code."""
    fcs = Dataset.objects.get(code="FCS")
    lines = []
    for number, month in enumerate(MONTHS, 1):
        lines += [
            {"month": month, "value": number * 10, "unit": "796", "quantity": number},
            {"month": month, "commodity": "8471410000", "value": number, "net_kg": None},
            {"month": month, "commodity": "2709009000", "partner": "CN", "value": 1000, "status": "E"},
            {"month": month, "commodity": "_CONF", "partner": "CN", "value": 7},
            {"month": month, "flow": "M", "commodity": "1107100000", "value": 3},
        ]
    publish(lines, dataset=fcs)
    table, belstat = Dataset.objects.get(code="FCS-TABLE"), Dataset.objects.get(code="BELSTAT")
    publish([{"commodity": "TOTAL", "month": "2025-01", "months": 7, "value": 777, "net_kg": None}], dataset=table)
    publish([{"reporter": "BY", "partner": "RU-TOM", "flow": "M", "month": "2024-01", "value": 111}], dataset=belstat)
    assert TradeArea.objects.filter(code="RU-TOM").exists()
    return {"FCS": fcs, "FCS-TABLE": table, "BELSTAT": belstat}


@pytest.fixture
def token(cast) -> str:
    """Return a token of the analyst."""
    return AuthToken.objects.create(cast.analyst)[1]
