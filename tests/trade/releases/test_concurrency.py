"""Two publications at once, and a process that dies: the dataset is whole at every moment."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from tests.trade.conftest import copy_text
from trade import releases
from trade.models import Observation, PartnerTotal, Release
from trade.releases import publishing
from trade.releases.checking import verify

pytestmark = pytest.mark.django_db(transaction=True)


def staged_with(dataset, value):
    return releases.stage(dataset, copy_text([{"value": value}]), vintage=releases.reserve_vintage())


def test_of_two_publications_at_once_one_wins_and_the_other_is_stale(a_dataset, publish, monkeypatch):
    publish([{"value": 1}])
    files = [staged_with(a_dataset, value) for value in (2, 3)]
    inside, waiting, outcomes = threading.Event(), threading.Event(), {}
    own_moment = publishing.moment_of_publication

    def slowly(dataset_id):
        inside.set()
        waiting.wait(10)
        return own_moment(dataset_id)

    monkeypatch.setattr(publishing, "moment_of_publication", slowly)

    def run(number):
        try:
            outcomes[number] = releases.publish(files[number], by=None)
        except releases.StalePreview as error:
            outcomes[number] = error
        finally:
            connection.close()

    first, second = threading.Thread(target=run, args=(0,)), threading.Thread(target=run, args=(1,))
    first.start()
    assert inside.wait(10)
    second.start()
    second.join(0.5)
    assert second.is_alive()  # it waits for the lock of the dataset
    assert Observation.objects.get(closed=None).value == 1  # and readers see what was
    waiting.set()
    first.join(10)
    second.join(10)
    assert isinstance(outcomes[0], Release)
    assert isinstance(outcomes[1], releases.StalePreview)
    assert Observation.objects.get(closed=None).value == 2
    assert verify() == []


def test_a_connection_lost_in_the_middle_leaves_the_dataset_and_the_staging(a_dataset, publish, monkeypatch):
    publish([{"value": 1}])
    staged = staged_with(a_dataset, 2)

    def die(dataset_id):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    monkeypatch.setattr(publishing, "moment_of_publication", die)
    with pytest.raises(Exception, match=r"terminat|closed"):
        releases.publish(staged, by=None)
    connection.close()
    monkeypatch.undo()
    assert Observation.objects.get().value == 1
    assert PartnerTotal.objects.filter(closed=None, value=1).count() == 2
    with transaction.atomic():
        assert releases.publish(staged, by=None).changed_rows == 1
    assert verify() == []
