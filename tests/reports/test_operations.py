"""The life of a report run: exactly one result, whatever happens to workers, broker and messages."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from django.core.cache import cache
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from parties import jobs
from parties.jobs import MAX_ATTEMPTS, Claim, Heartbeat, LeaseLost
from parties.models import DataVersion, User
from reports import operations, queries
from reports.computation import SECTIONS, content_hash
from reports.models import Run, Version
from reports.operations import RUNS, YearOutOfRange
from reports.snapshots import Snapshot, snapshot
from reports.tasks import WORKER_ALIVE
from tests.reports.conftest import World, build_world, fill

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db: None, settings: Any) -> World:
    settings.REPORT_SWEEP = timedelta(0)
    DataVersion.objects.get_or_create(pk=1)
    return fill(build_world())


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect nudges in a list instead of sending them."""
    nudges: list[str] = []

    class Broker:
        def send_task(self, name: str, kwargs: dict[str, str], retry: bool) -> None:
            nudges.append(kwargs["run_id"])

    monkeypatch.setattr(jobs, "current_app", Broker())
    return nudges


def requested(world: World, year: int = 2024) -> Run:
    return operations.request(partnership=world.partnership, year=year, by=None)


def expire_lease(run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(lease_until=Now() - timedelta(seconds=1))


def taken() -> Snapshot:
    return Snapshot(1, timezone.now())


def test_a_request_queues_a_run_and_nudges_the_workers_once_committed(world: World, sent: list[str]) -> None:
    user = User.objects.create(username="secretary")
    with transaction.atomic():
        run = operations.request(partnership=world.partnership, year=2024, by=user)
        assert sent == []
    assert sent == [str(run.pk)]
    run.refresh_from_db()
    assert (run.state, run.requested_by, run.steps_total) == (Run.State.QUEUED, user, len(SECTIONS))
    assert run.nudged_at is not None


def test_a_second_request_returns_the_active_run(world: World, sent: list[str]) -> None:
    assert requested(world) == requested(world)
    assert Run.objects.count() == 1


def test_requests_at_the_same_moment_share_one_run(world: World, sent: list[str]) -> None:
    def ask(__: int) -> Run:
        try:
            return requested(world)
        finally:
            connection.close()  # this thread's own

    with ThreadPoolExecutor(8) as threads:
        runs = list(threads.map(ask, range(16)))
    assert len(set(runs)) == 1
    assert sent == [str(runs[0].pk)]


def test_the_database_itself_allows_one_active_run_per_report(world: World, sent: list[str]) -> None:
    run = requested(world)
    with pytest.raises(IntegrityError, match="one_active_run_per_report"):
        Run.objects.create(report=run.report)


@pytest.mark.parametrize("year", [1990, 2101, -1])
def test_a_year_outside_of_the_range_is_refused(world: World, year: int) -> None:
    with pytest.raises(YearOutOfRange, match="1991"):
        requested(world, year)


def test_the_coming_year_cannot_be_reported_on_yet(world: World) -> None:
    with pytest.raises(YearOutOfRange):
        requested(world, timezone.localdate().year + 1)


def test_a_run_makes_a_version_that_carries_its_hash_and_snapshot(world: World, sent: list[str]) -> None:
    run = requested(world)
    number = DataVersion.objects.get().number
    operations.carry_out(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, run.made_new_version, run.steps_done) == (Run.State.DONE, True, len(SECTIONS))
    assert run.lease_until is None
    assert run.version is not None
    assert run.version.content_hash == content_hash(run.version.content)
    assert run.version.data_version == number
    assert run.version.content["year"] == 2024


def test_unchanged_data_make_no_second_version(world: World, sent: list[str]) -> None:
    for __ in range(2):
        operations.carry_out(run_id=requested(world).pk)
    first, second = Run.objects.order_by("requested_at")
    assert (second.state, second.made_new_version) == (Run.State.DONE, False)
    assert first.version == second.version
    assert Version.objects.count() == 1


def test_changed_data_make_the_next_version_and_leave_the_first_as_it_was(world: World, sent: list[str]) -> None:
    operations.carry_out(run_id=requested(world).pk)
    before = Version.objects.get()
    world.meeting("New", "2024-06-01")
    operations.carry_out(run_id=requested(world).pk)
    assert list(Version.objects.values_list("number", flat=True)) == [2, 1]
    assert Version.objects.get(number=1).content == before.content


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE reports_version SET content = '{}'",
        "UPDATE reports_version SET number = 7",
        "DELETE FROM reports_version",
    ],
)
def test_versions_cannot_be_changed_even_by_sql(world: World, sent: list[str], sql: str) -> None:
    operations.carry_out(run_id=requested(world).pk)
    with pytest.raises(DatabaseError, match="Cannot"), connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_run_that_is_taken_cannot_be_taken_again_before_its_lease_ends(world: World, sent: list[str]) -> None:
    run = requested(world)
    assert operations.claim(run_id=run.pk) == Claim(run.pk, 1)
    assert operations.claim(run_id=run.pk) is None
    expire_lease(run)
    assert operations.claim(run_id=run.pk) == Claim(run.pk, 2)


def test_a_zombie_worker_writes_nothing(world: World, sent: list[str]) -> None:
    run = requested(world)
    zombie = operations.claim(run_id=run.pk)
    expire_lease(run)
    living = operations.claim(run_id=run.pk)
    assert zombie is not None
    assert living is not None
    assert operations.complete(claim=zombie, content={"of": "zombie"}, taken=taken()) is None
    operations.fail(claim=zombie, error=RuntimeError("late"))
    assert Version.objects.count() == 0
    assert operations.complete(claim=living, content={"of": "living"}, taken=taken()) is not None
    assert operations.complete(claim=zombie, content={"of": "zombie"}, taken=taken()) is None
    assert Version.objects.get().content == {"of": "living"}


def test_heartbeat_extends_the_lease_and_shows_progress(world: World, sent: list[str], settings: Any) -> None:
    settings.REPORT_LEASE = timedelta(seconds=1)
    run = requested(world)
    claim = operations.claim(run_id=run.pk)
    assert claim is not None
    with Heartbeat(RUNS, claim) as heartbeat:
        heartbeat.show(steps_done=1)
        heartbeat.show(steps_done=2)
        time.sleep(1.5)
        run.refresh_from_db()
        heartbeat.check()
        assert run.lease_until is not None
        assert run.lease_until > timezone.now()
    assert run.steps_done == 2


def test_heartbeat_stops_a_worker_that_lost_its_run(world: World, sent: list[str], settings: Any) -> None:
    run = requested(world)
    claim = operations.claim(run_id=run.pk)
    assert claim is not None
    Run.objects.filter(pk=run.pk).update(attempt=2)
    with Heartbeat(RUNS, claim) as heartbeat:
        heartbeat.show(steps_done=1)
        wait_until(lambda: not heartbeat._thread.is_alive())
        with pytest.raises(LeaseLost):
            heartbeat.check()


def test_a_report_that_always_raises_fails_after_three_attempts_with_a_number(
    world: World, sent: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def poison(*args: Any) -> None:
        raise RuntimeError("poison")

    monkeypatch.setattr(operations, "compute", poison)
    run = requested(world)
    for attempt in range(1, MAX_ATTEMPTS + 2):
        operations.carry_out(run_id=run.pk)
        run.refresh_from_db()
        assert run.state == (Run.State.QUEUED if attempt < MAX_ATTEMPTS else Run.State.FAILED)
    assert run.attempt == MAX_ATTEMPTS
    assert len(run.error) == 12
    assert run.error in caplog.text
    assert operations.sweep() == operations.Swept(0, 0)
    assert requested(world) != run


def test_a_run_whose_worker_dies_every_time_is_given_up_by_the_sweep(world: World, sent: list[str]) -> None:
    run = requested(world)
    for __ in range(MAX_ATTEMPTS):
        assert operations.claim(run_id=run.pk) is not None
        expire_lease(run)
    assert operations.sweep().failed == 1
    run.refresh_from_db()
    assert run.state == Run.State.FAILED
    assert run.error


def test_sweep_sends_again_what_waits_or_lost_its_worker_and_nothing_else(world: World, sent: list[str]) -> None:
    waiting, lost, working = (requested(world, year) for year in (2021, 2022, 2023))
    for run in (lost, working):
        assert operations.claim(run_id=run.pk) is not None
    expire_lease(lost)
    operations.carry_out(run_id=requested(world, 2024).pk)
    sent.clear()
    assert operations.sweep() == operations.Swept(nudged=2, failed=0)
    assert set(sent) == {str(waiting.pk), str(lost.pk)}


def test_without_a_broker_a_request_still_leaves_a_run_that_a_later_sweep_sends(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = Celery(broker="redis+socket:///nonexistent/broker.sock?virtual_host=0", set_as_current=False)
    nowhere.conf.broker_transport_options = {"max_retries": 0}
    with monkeypatch.context() as patched:
        patched.setattr(jobs, "current_app", nowhere)
        started = time.monotonic()
        run = requested(world)
        assert operations.sweep() == operations.Swept(nudged=0, failed=0)
        assert time.monotonic() - started < 5
    run.refresh_from_db()
    assert (run.state, run.nudged_at) == (Run.State.QUEUED, None)
    assert operations.sweep() == operations.Swept(nudged=1, failed=0)
    operations.carry_out(run_id=run.pk)
    run.refresh_from_db()
    assert run.state == Run.State.DONE


def test_one_command_requests_every_known_year(world: World, sent: list[str], capsys: Any) -> None:
    call_command("request_reports")
    assert "2023, 2024, 2025" in capsys.readouterr().out
    assert queries.known_years(world.partnership) == [2023, 2024, 2025]
    for run in Run.objects.all():
        operations.carry_out(run_id=run.pk)
    call_command("request_reports")
    for run in Run.objects.filter(state=Run.State.QUEUED):
        operations.carry_out(run_id=run.pk)
    assert Run.objects.filter(state=Run.State.DONE).count() == 6
    assert Version.objects.count() == 3


def test_a_snapshot_does_not_see_what_is_committed_meanwhile_and_refuses_writing(world: World) -> None:
    with pytest.raises(DatabaseError, match="read-only"), snapshot():
        world.meeting("New", "2024-06-01")


# --- With real workers ------------------------------------------------------------------


@contextmanager
def worker(database_address: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A real worker process on the test database and broker, in a process group of its own."""
    command = [sys.executable, "-m", "celery", "-A", "cooperation", "worker", "-c", "1", "--pool", "prefork"]
    process = subprocess.Popen(
        [*command, "--loglevel", "WARNING"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": database_address, "REPORT_LEASE_SECONDS": "2"} | environment,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill the worker and its children at once, as a power cut would."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_until(happened: Callable[[], bool], seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


def in_state(run: Run, state: str) -> bool:
    run.refresh_from_db()
    return run.state == state


def test_a_worker_killed_midway_leaves_exactly_one_version_in_the_end(world: World, database_address: str) -> None:
    run = requested(world)
    with worker(database_address, REPORT_SECTION_DELAY="1") as doomed:
        wait_until(lambda: Run.objects.get(pk=run.pk).steps_done >= 2)
        kill(doomed)
    assert in_state(run, Run.State.RUNNING)
    assert Version.objects.count() == 0
    with worker(database_address):

        def swept_to_the_end() -> bool:
            operations.sweep()
            return in_state(run, Run.State.DONE)

        wait_until(swept_to_the_end)
    assert Version.objects.count() == 1
    assert (run.attempt, run.steps_done) == (2, len(SECTIONS))


def test_messages_delivered_five_times_make_one_version(world: World, database_address: str) -> None:
    run = requested(world)
    for __ in range(4):
        assert operations.nudge(run.pk)
    with worker(database_address):
        wait_until(lambda: in_state(run, Run.State.DONE))
        assert cache.get(WORKER_ALIVE)
        other = requested(world, 2025)  # queued behind the doubled messages
        wait_until(lambda: in_state(other, Run.State.DONE))
    run.refresh_from_db()
    assert (run.attempt, Version.objects.filter(report=run.report).count()) == (1, 1)
