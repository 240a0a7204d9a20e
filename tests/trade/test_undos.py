"""Undoing a release as a job: once, whoever asks how often; nothing half-done when a worker is lost."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.utils import translation

from parties.jobs import MAX_ATTEMPTS
from parties.models import User
from trade import undos
from trade.models import Dataset, Observation, Release, Undo
from trade.releases import AlreadyUndone, LaterReleaseExists
from trade.releases.forgetting import forget

State = Undo.State
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("bulk_tables")]


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[uuid.UUID]:
    """Collect nudges in a list instead of sending them."""
    nudges: list[uuid.UUID] = []
    monkeypatch.setattr(undos.UNDOS, "nudge", lambda job_id: bool(nudges.append(job_id)) or True)
    return nudges


@pytest.fixture
def release(publish: Any) -> Release:
    return publish([{"value": 5}])


def carried_out(job: Undo) -> Undo:
    undos.carry_out(undo_id=job.pk)
    return Undo.objects.get(pk=job.pk)


def standing() -> int:
    return Observation.objects.filter(closed=None).count()


def test_a_worker_undoes_what_was_asked_for(release: Release, sent: list[uuid.UUID]) -> None:
    statistician = User.objects.create(username="statistician")
    job = undos.request(release=release, by=statistician, note="the wrong file")
    assert (sent, standing(), Release.objects.count()) == ([job.pk], 1, 1)

    job = carried_out(job)

    made = Release.objects.get(undoes=release)
    assert (job.state, standing()) == (State.DONE, 0)
    assert (made.loaded_by, made.note) == (statistician, "the wrong file")
    assert job.finished_at is not None


def test_an_undo_asked_for_and_sent_twice_is_done_once(release: Release, sent: list[uuid.UUID]) -> None:
    job = undos.request(release=release, by=None)
    assert undos.request(release=release, by=None) == job
    assert sent == [job.pk]
    for __ in range(2):
        assert carried_out(job).state == State.DONE
    assert Release.objects.count() == 2
    with pytest.raises(AlreadyUndone):
        undos.request(release=release, by=None)


def test_what_cannot_be_undone_is_refused_before_it_is_queued(release: Release, publish: Any) -> None:
    publish([{"value": 6}])
    with pytest.raises(LaterReleaseExists):
        undos.request(release=release, by=None)
    assert not Undo.objects.exists()


def test_a_release_that_came_meanwhile_makes_the_undo_be_refused_and_changes_nothing(
    release: Release, publish: Any
) -> None:
    job = undos.request(release=release, by=None)
    publish([{"value": 6}])

    assert carried_out(job).state == State.REFUSED

    assert Release.objects.filter(kind=Release.Kind.UNDO).count() == 0
    with translation.override("en"):
        assert "later release" in undos.hindrance(release)


def test_the_sweep_sends_an_undo_again_whose_worker_was_lost(release: Release, sent: list[uuid.UUID]) -> None:
    job = undos.request(release=release, by=None)
    lost = undos.UNDOS.claim(job.pk)
    assert lost is not None
    assert carried_out(job).state == State.RUNNING
    Undo.objects.filter(pk=job.pk).update(lease_until=Now() - timedelta(seconds=1))
    sent.clear()

    undos.sweep()

    assert sent == [job.pk]
    assert carried_out(job).state == State.DONE
    assert not undos.UNDOS.held(lost).exists()


def test_a_worker_that_lost_the_job_leaves_nothing_behind(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    job, undo = undos.request(release=release, by=None), undos.undo

    def take_over() -> None:
        Undo.objects.filter(pk=job.pk).update(attempt=2)
        connection.close()

    def taken_over_meanwhile(*args: Any, **given: Any) -> Release:
        other = threading.Thread(target=take_over)
        other.start()
        other.join()
        return undo(*args, **given)

    monkeypatch.setattr(undos, "undo", taken_over_meanwhile)
    assert carried_out(job).state == State.RUNNING
    assert (Release.objects.count(), standing()) == (1, 1)


def test_an_undo_that_always_raises_fails_with_a_number(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    def poison(*args: Any, **given: Any) -> None:
        raise RuntimeError("poison")

    monkeypatch.setattr(undos, "undo", poison)
    job = undos.request(release=release, by=None)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        job = carried_out(job)
        assert job.state == (State.QUEUED if attempt < MAX_ATTEMPTS else State.FAILED)
    assert len(job.error) == 12
    assert standing() == 1


def test_examples_are_removed_with_the_undos_of_their_releases(release: Release) -> None:
    Dataset.objects.filter(pk=release.dataset_id).update(is_example=True)
    carried_out(undos.request(release=release, by=None))

    assert forget(Dataset.objects.get(pk=release.dataset_id)) == 2
    assert not Undo.objects.exists()
