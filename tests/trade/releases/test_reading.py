"""Observations are read as they stand, as of a release, through their history, and by what changed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection

from trade import releases
from trade.models import KEY, Observation
from trade.releases.reading import delta, history, observations_sql

pytestmark = pytest.mark.django_db


def rows(statement, parameters=None):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or {})
        return cursor.fetchall()


@pytest.fixture
def three(publish):
    """Return three releases: two partners; one of them revised and another lost; a revision of the revision."""
    return (
        publish([{"value": 5}, {"partner": "CN", "value": 7}]),
        publish([{"value": 6}, {"partner": "DE", "value": 9}]),
        publish([{"value": 8}, {"partner": "DE", "value": 9}]),
    )


def as_of(vintage=None):
    statement = observations_sql("dataset_id = %(dataset)s", vintage=vintage, columns="partner, value")
    return rows(statement, {"dataset": Observation.objects.values_list("dataset_id", flat=True)[0]})


def test_each_release_shows_what_was_known_then(three):
    assert as_of() == as_of(three[2].pk) == [("BY", Decimal(8)), ("DE", Decimal(9))]
    assert as_of(three[1].pk) == [("BY", Decimal(6)), ("DE", Decimal(9))]
    assert as_of(three[0].pk) == [("BY", Decimal(5)), ("CN", Decimal(7))]
    assert as_of(three[0].pk - 1) == []


def test_an_undo_changes_the_present_and_not_the_past(three):
    releases.undo(three[2], by=None)
    assert as_of() == as_of(three[1].pk)
    assert as_of(three[2].pk) == [("BY", Decimal(8)), ("DE", Decimal(9))]


def test_history_tells_all_versions_of_an_observation(three):
    key = Observation.objects.filter(partner="BY").values(*KEY)[0]
    assert rows(history("value, opened, closed"), key) == [
        (Decimal(5), three[0].pk, three[1].pk),
        (Decimal(6), three[1].pk, three[2].pk),
        (Decimal(8), three[2].pk, None),
    ]


def test_the_present_is_read_from_the_index_in_the_order_of_the_key(three):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
    condition = f"dataset_id = {three[0].dataset_id} AND period = '2024-01-01' AND partner = 'BY'"
    plan = "\n".join(line for (line,) in rows("EXPLAIN " + observations_sql(condition)))
    assert f"trade_observation_{three[0].dataset_id}_2024_key" in plan
    assert "Sort" not in plan


def changes(after, until=None):
    found = delta(Observation.objects.values_list("dataset_id", flat=True)[0], after=after, until=until)
    if found is None:
        return None
    return tuple(
        rows(f"SELECT partner, value FROM trade_observation WHERE {condition} ORDER BY 1, 2", found.parameters)
        for condition in (found.opened, found.closed)
    )


def test_what_changed_since_a_release_skips_what_came_and_went(three):
    lost_and_old = [("BY", Decimal(5)), ("CN", Decimal(7))]
    assert changes(three[0].pk) == ([("BY", Decimal(8)), ("DE", Decimal(9))], lost_and_old)
    assert changes(three[0].pk, three[1].pk) == ([("BY", Decimal(6)), ("DE", Decimal(9))], lost_and_old)
    assert changes(three[1].pk) == ([("BY", Decimal(8))], [("BY", Decimal(6))])
    assert changes(None) == ([("BY", Decimal(8)), ("DE", Decimal(9))], [])
    assert changes(three[2].pk) is None
