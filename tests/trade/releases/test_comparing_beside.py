"""Outside a transaction a second connection looks for what is odd: what is found, and what fails, is the same."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.db.backends.signals import connection_created

from tests.trade.conftest import copy_text
from trade import releases
from trade.importing.problems import Findings
from trade.releases import comparing

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = [{"value": 100}, {"partner": "CN", "value": 1000}]
AFTER = [{"value": 130}, {"partner": "CN", "value": 1000}, {"month": "2024-03", "value": 1}]


@pytest.fixture
def staged(a_dataset, publish):
    publish(BEFORE)
    return releases.stage(a_dataset, copy_text(AFTER), vintage=releases.reserve_vintage())


@pytest.fixture
def opened():
    """Return the connections that are opened during the test."""
    found = []

    def note(connection, **given):
        found.append(connection)

    connection_created.connect(note)
    yield found
    connection_created.disconnect(note)


def test_two_connections_find_what_one_finds(staged):
    alone, beside = Findings(), Findings()
    with transaction.atomic():
        expected = releases.compare(staged, alone)
    assert releases.compare(staged, beside) == expected
    assert alone.kept == beside.kept
    assert {"REV", "GAP"} <= {one.rule for one in beside.kept}


@pytest.mark.parametrize("part", ["_find_suspicions", "_compared"])
def test_an_error_of_either_comes_through_and_leaves_no_connection(staged, opened, monkeypatch, part):
    own = getattr(comparing, part)

    def broken(*given):
        own(*given)
        raise ZeroDivisionError

    monkeypatch.setattr(comparing, part, broken)
    with pytest.raises(ZeroDivisionError):
        releases.compare(staged, Findings())
    assert [one.connection for one in opened] == [None]
