"""The way of a file to its release: nothing half-written, nothing twice, nothing without being confirmed."""

from __future__ import annotations

import threading
import uuid
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models.functions import Now

from parties.jobs import MAX_ATTEMPTS
from parties.models import DataVersion, User
from tests.trade.imports.conftest import (
    TABLE,
    TABLE_MAPPING,
    carried_out,
    customs_file,
    line,
    load,
    published,
    ready,
    sha256,
)
from trade.importing import Mapping, UnusableMapping
from trade.imports import operations, work
from trade.imports.given import Given
from trade.imports.queue import IMPORTS
from trade.models import Dataset, Import, ImportProfile, Observation, Release

State = Import.State
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("sent")]


def staging_tables() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relname LIKE 'trade\\_staging\\_%'")
        return int(cursor.fetchone()[0])


def data_version() -> int:
    return DataVersion.objects.get().number


def standing(dataset: Dataset) -> dict[tuple[str, str], Decimal | None]:
    rows = Observation.objects.filter(dataset_id=dataset.pk, closed=None)
    return {(row.partner, row.flow): row.value for row in rows}


def test_a_file_becomes_a_release_after_it_was_confirmed(customs: Dataset, sent: list[uuid.UUID]) -> None:
    statistician = User.objects.create(username="statistician")
    content = customs_file(line(), line("ИМ", value="77,5"))
    job = load(customs, content, by=statistician)
    assert sent == [job.pk]
    assert (job.state, job.sha256, job.size) == (State.QUEUED, sha256(content), len(content))
    job = carried_out(job)
    assert (job.state, job.summary["new"], job.summary["changed"], job.rows_read) == (State.READY, 2, 0, 2)
    assert standing(customs) == {}
    operations.confirm(job=job, by=statistician)
    job = carried_out(job)
    assert job.state == State.PUBLISHED
    assert job.release is not None
    assert (job.release.loaded_by, job.release.file_name, job.release.sha256) == (
        statistician,
        "DATTSVT.csv",
        sha256(content),
    )
    assert standing(customs) == {("BY", "X"): Decimal("153002.28"), ("BY", "M"): Decimal("77.50")}
    assert staging_tables() == 0


def test_reading_a_file_changes_no_data(customs: Dataset) -> None:
    before = data_version()
    ready(customs, customs_file())
    assert data_version() == before
    assert not Release.objects.exists()


def test_the_same_file_twice_is_already_loaded_and_writes_nothing(customs: Dataset) -> None:
    first = published(customs, customs_file())
    before = data_version(), Import.objects.count()
    with pytest.raises(operations.AlreadyLoaded, match=f"FCS/{first.release_id}"):
        load(customs, customs_file(), name="another-name.csv")
    assert (data_version(), Import.objects.count()) == before


def test_a_file_whose_figures_were_replaced_can_be_loaded_again(customs: Dataset) -> None:
    published(customs, customs_file(line(value="1,5")))
    published(customs, customs_file(line(value="2,5")))
    job = ready(customs, customs_file(line(value="1,5")))
    assert (job.summary["new"], job.summary["changed"]) == (0, 1)


def test_the_same_rows_in_another_file_are_nothing_new(customs: Dataset) -> None:
    published(customs, customs_file(line(), line("ИМ")))
    before = data_version()
    job = carried_out(load(customs, customs_file(line("ИМ"), line())))
    assert (job.state, job.summary["unchanged"]) == (State.UNCHANGED, 2)
    assert job.finished_at is not None
    assert (data_version(), staging_tables(), Release.objects.count()) == (before, 0, 1)


def test_a_request_submitted_twice_is_one_import(customs: Dataset, sent: list[uuid.UUID]) -> None:
    assert load(customs, customs_file()) == load(customs, customs_file())
    assert len(sent) == 1
    assert load(customs, customs_file(), status="final") not in Import.objects.filter(pk=sent[0])


def test_a_file_beyond_the_limit_is_refused_before_it_is_kept(customs: Dataset, settings: Any) -> None:
    settings.IMPORT_MAX_BYTES = 10
    with pytest.raises(operations.TooLarge):
        load(customs, customs_file())
    assert not Import.objects.exists()


def test_a_file_whose_import_cannot_be_kept_does_not_stay_in_storage(customs: Dataset, settings: Any) -> None:
    with pytest.raises(ValueError, match="NUL"):
        load(customs, customs_file(), name="a\0.csv")

    assert not [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_a_revision_shows_old_and_new_figures_and_what_disappears(customs: Dataset) -> None:
    published(customs, customs_file(line(value="100"), line(partner="KZ", value="50"), line(partner="CN", value="7")))
    job = ready(customs, customs_file(line(value="125"), line(partner="KZ", value="50")))
    counts = {name: job.summary[name] for name in ("new", "changed", "unchanged", "disappeared")}
    assert counts == {"new": 0, "changed": 1, "unchanged": 1, "disappeared": 1}
    changed = next(one for one in job.summary["examples"] if one["kind"] == "changed")
    assert (changed["partner"], changed["old_value"], changed["new_value"]) == ("BY", "100.00", "125.00")


def test_rows_with_errors_are_left_out_and_named(customs: Dataset) -> None:
    job = ready(customs, customs_file(line(), line(partner="??"), line(value="минус")))
    assert job.summary["rows"] == {"read": 3, "rejected": 2, "skipped": 0, "staged": 1}
    found = {(one["line"], one["rule"], one["value"]) for one in job.problems}
    assert {(3, "CTRY", "??"), (4, "NUM", "минус")} <= found


def test_a_file_without_an_acceptable_row_is_refused(customs: Dataset) -> None:
    job = carried_out(load(customs, customs_file(line(partner="??"))))
    assert job.state == State.REFUSED
    assert [one["rule"] for one in job.problems] == ["CTRY"]
    assert staging_tables() == 0


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "FILE-EMPTY"),
        (b"MZ\x90\x00\x03" + bytes(600), "FILE-KIND"),
        (b"PK\x03\x04" + bytes(400), "FILE-ARCHIVE"),
        (b"%PDF-1.7\n", "FILE-KIND"),
        (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>', "FILE-KIND"),
        ((";".join(f"c{n}" for n in range(100_000)) + "\n").encode(), "FILE-COLUMNS"),
        (customs_file(line(code="84"), line(code="8471")), "LVL"),
    ],
)
def test_a_hostile_or_contradictory_file_is_refused_with_its_reason(
    customs: Dataset, content: bytes, rule: str
) -> None:
    job = carried_out(load(customs, content))
    assert job.state == State.REFUSED, (job.state, job.error)
    assert [one["rule"] for one in job.problems] == [rule]
    assert staging_tables() == 0
    assert not Release.objects.exists()


def test_unknown_columns_are_named_once_and_known_the_next_time(customs: Dataset) -> None:
    job = carried_out(load(customs, TABLE, name="январь.csv"))
    assert (job.state, job.summary["columns"][0]) == (State.UNMAPPED, "Страна")
    operations.name_columns(job=job, mapping=TABLE_MAPPING, by=None, name="Таблица министерства")
    job = carried_out(job)
    assert (job.state, job.summary["new"]) == (State.READY, 3)
    assert ImportProfile.objects.get().name == "Таблица министерства"
    operations.confirm(job=job, by=None)
    carried_out(job)
    assert standing(customs)["BY", "X"] == Decimal("1530500.00")
    again = ready(customs, TABLE.replace(b"99,9", b"88,8"))
    assert (again.summary["changed"], again.summary["mapping"]) == (1, TABLE_MAPPING.as_dict())


def test_columns_named_otherwise_replace_the_profile_and_the_preview(customs: Dataset) -> None:
    job = carried_out(load(customs, TABLE))
    operations.name_columns(job=job, mapping=TABLE_MAPPING, by=None)
    job = carried_out(job)
    in_dollars = Mapping.from_dict({**TABLE_MAPPING.as_dict(), "money": "USD"})
    operations.name_columns(job=job, mapping=in_dollars, by=None)
    job = carried_out(job)
    assert job.summary["examples"][0]["new_value"] == "1530.50"
    assert ImportProfile.objects.get().mapping["money"] == "USD"


def test_a_mapping_that_contradicts_itself_or_the_file_is_refused(customs: Dataset) -> None:
    job = carried_out(load(customs, TABLE))
    for mapping in (Mapping(columns={"value": "Nowhere"}), Mapping(columns={"partner": "Страна"})):
        with pytest.raises(UnusableMapping):
            operations.name_columns(job=job, mapping=mapping, by=None)
    job.refresh_from_db()
    assert job.state == State.UNMAPPED
    assert not ImportProfile.objects.exists()


def test_a_profile_spoiled_by_hand_makes_the_program_ask_again(customs: Dataset) -> None:
    job = carried_out(load(customs, TABLE))
    operations.name_columns(job=job, mapping=TABLE_MAPPING, by=None)
    ImportProfile.objects.update(mapping={"columns": "nonsense"})
    assert carried_out(load(customs, TABLE + b"CN;8471;1;2\n")).state == State.UNMAPPED


def test_a_cancelled_import_leaves_no_staging_and_no_file(customs: Dataset) -> None:
    job = ready(customs, customs_file())
    assert staging_tables() > 0
    name = job.file.name
    operations.cancel(job=job, by=None)
    operations.cancel(job=job, by=None)
    job.refresh_from_db()
    assert (job.state, job.file.name) == (State.CANCELLED, "")
    assert not default_storage.exists(name)
    assert staging_tables() == 0
    with pytest.raises(operations.NotPossibleNow):
        operations.confirm(job=job, by=None)


def test_an_import_cancelled_while_it_is_read_stays_cancelled(
    customs: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = load(customs, customs_file())
    compare = work.compare

    def cancel_meanwhile(*args: Any) -> Any:
        operations.cancel(job=job, by=None)
        return compare(*args)

    monkeypatch.setattr(work, "compare", cancel_meanwhile)
    assert carried_out(job).state == State.CANCELLED
    assert staging_tables() == 0


def test_other_options_read_the_same_file_anew(customs: Dataset) -> None:
    job = ready(customs, customs_file(line(value="1,5")))
    again = operations.repeat(job=job, dataset=customs, given=Given(money="USD_TH", prices_are_right=True), by=None)
    job.refresh_from_db()
    assert job.state == State.CANCELLED
    again = carried_out(again)
    assert (again.state, again.summary["examples"][0]["new_value"]) == (State.READY, "1500.00")


def test_a_confirmed_import_is_published_once_however_often_it_is_confirmed(customs: Dataset) -> None:
    job = ready(customs, customs_file())
    for __ in range(3):
        operations.confirm(job=job, by=None)
        carried_out(job)
    assert Release.objects.count() == 1


def test_a_release_published_meanwhile_makes_the_file_be_compared_anew(customs: Dataset, sent: list[uuid.UUID]) -> None:
    job = ready(customs, customs_file(line(value="5")))
    published(customs, customs_file(line(value="4")))
    operations.confirm(job=job, by=None)
    job = carried_out(job)
    assert (job.state, job.summary["note"], sent[-1]) == (State.QUEUED, work.STALE, job.pk)
    job = carried_out(job)
    assert (job.state, job.summary["new"], job.summary["changed"]) == (State.READY, 0, 1)
    operations.confirm(job=job, by=None)
    assert carried_out(job).state == State.PUBLISHED
    assert standing(customs) == {("BY", "X"): Decimal("5.00")}
    assert staging_tables() == 0


def test_two_jobs_of_one_import_never_run_at_once(customs: Dataset) -> None:
    job = load(customs, customs_file())
    assert IMPORTS.claim(job.pk) is not None
    assert carried_out(job).state == State.READING
    Import.objects.filter(pk=job.pk).update(lease_until=Now() - timedelta(seconds=1))
    assert carried_out(job).state == State.READY


def test_a_worker_lost_in_one_phase_holds_nothing_in_the_next(customs: Dataset) -> None:
    job = load(customs, customs_file())
    zombie = IMPORTS.claim(job.pk)
    assert zombie is not None
    Import.objects.filter(pk=job.pk).update(lease_until=Now() - timedelta(seconds=1))
    job = carried_out(job)
    operations.confirm(job=job, by=None)
    living = IMPORTS.claim(job.pk)
    assert living is not None
    assert not IMPORTS.held(zombie).exists()
    assert IMPORTS.held(living).exists()


def test_an_import_that_always_raises_fails_with_a_number_and_leaves_nothing(
    customs: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    def poison(*args: Any) -> None:
        raise RuntimeError("poison")

    monkeypatch.setattr(work, "compare", poison)
    job = load(customs, customs_file())
    for attempt in range(1, MAX_ATTEMPTS + 1):
        job = carried_out(job)
        assert job.state == (State.QUEUED if attempt < MAX_ATTEMPTS else State.FAILED)
    assert len(job.error) == 12
    assert staging_tables() == 0


def test_the_sweep_drops_stagings_that_nobody_waits_for(customs: Dataset) -> None:
    ready(customs, customs_file())
    forgotten = ready(customs, customs_file(line("ИМ")))
    Import.objects.filter(pk=forgotten.pk).update(state=State.FAILED)
    before = staging_tables()
    operations.sweep()
    assert 0 < staging_tables() < before


def test_progress_is_seen_while_the_file_is_being_read(
    customs: Dataset, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.IMPORT_CHUNK_DELAY = 0.8
    seen: list[tuple[int, int]] = []
    compare = work.compare

    def look(*args: Any) -> Any:
        job = Import.objects.using("default").get()
        seen.append((job.steps_done, job.rows_read))
        return compare(*args)

    monkeypatch.setattr(work, "compare", look)
    carried_out(load(customs, customs_file(*(line(partner=partner) for partner in ("BY", "KZ", "CN")))))
    assert seen[0][0] > 0
    assert seen[0][1] == 3


def test_only_the_preview_that_was_looked_at_can_be_confirmed(customs: Dataset) -> None:
    job = ready(customs, customs_file())
    assert job.vintage is not None

    with pytest.raises(operations.NotPossibleNow):
        operations.confirm(job=job, by=None, seen=job.vintage + 1)

    job.refresh_from_db()
    assert job.state == State.READY
    assert operations.confirm(job=job, by=None, seen=job.vintage).state == State.CONFIRMED


def test_characters_that_the_database_cannot_hold_do_not_stop_a_file(customs: Dataset) -> None:
    job = carried_out(load(customs, "имя\x00;число\nа\x00б;1\n".encode(), name="odd.csv"))

    assert job.state in {State.UNMAPPED, State.REFUSED}


def test_cancelling_an_import_never_takes_the_file_from_another_that_is_being_made_of_it(customs: Dataset) -> None:
    job = ready(customs, customs_file())
    again_is_made, cancelled = threading.Event(), threading.Event()

    def repeat() -> None:
        try:
            with suppress(operations.NotPossibleNow), transaction.atomic():
                operations.repeat(job=job, dataset=customs, given=Given(money="USD_TH"), by=None)
                again_is_made.set()
                cancelled.wait(1)
        finally:
            again_is_made.set()
            connection.close()

    other = threading.Thread(target=repeat)

    def let_the_other_begin() -> None:
        other.start()
        assert again_is_made.wait(5)

    with transaction.atomic():
        transaction.on_commit(let_the_other_begin)  # between the end of the import and that of its file
        operations.cancel(job=job, by=None)
    cancelled.set()
    other.join()
    kept = Import.objects.exclude(file="")
    assert [one.file_name for one in kept if not default_storage.exists(one.file.name)] == []


def test_a_file_that_has_had_its_time_stays_while_another_import_is_being_made_of_it(
    customs: Dataset, settings: Any
) -> None:
    job = published(customs, customs_file())
    job = carried_out(load(customs, customs_file() + b"\n"))
    assert job.state == State.UNCHANGED
    Import.objects.filter(pk=job.pk).update(finished_at=Now() - settings.IMPORT_FILE_LIFE)
    again_is_made, go_on = threading.Event(), threading.Event()

    def repeat() -> None:
        try:
            with transaction.atomic():
                operations.repeat(job=job, dataset=customs, given=Given(money="USD_TH"), by=None)
                again_is_made.set()
                go_on.wait(5)
        finally:
            again_is_made.set()
            connection.close()

    def sweep() -> None:
        try:
            operations.sweep()
        finally:
            connection.close()

    repeating, sweeping = threading.Thread(target=repeat), threading.Thread(target=sweep)
    repeating.start()
    assert again_is_made.wait(5)
    sweeping.start()
    sweeping.join(0.5)
    go_on.set()
    repeating.join()
    sweeping.join()
    again = Import.objects.get(state=State.QUEUED)
    assert default_storage.exists(again.file.name)


def test_a_preview_that_nobody_decides_on_expires_and_can_be_read_again_while_its_file_is_kept(
    customs: Dataset, settings: Any
) -> None:
    forgotten, fresh = ready(customs, customs_file()), ready(customs, customs_file(line("ИМ")))
    Import.objects.filter(pk=forgotten.pk).update(started_at=Now() - settings.IMPORT_PREVIEW_LIFE)
    before = staging_tables()

    operations.sweep()

    assert 0 < staging_tables() < before
    assert set(Import.objects.values_list("pk", "state")) == {(forgotten.pk, State.EXPIRED), (fresh.pk, State.READY)}
    with pytest.raises(operations.NotPossibleNow):
        operations.confirm(job=forgotten, by=None)
    again = operations.repeat(job=forgotten, dataset=customs, given=Given(), by=None)
    assert carried_out(again).state == State.READY


def test_the_file_of_an_import_that_came_to_nothing_is_deleted_after_its_time(customs: Dataset, settings: Any) -> None:
    refused, kept = (carried_out(load(customs, customs_file(line(partner=code)))) for code in ("??", "!!"))
    loaded = published(customs, customs_file())
    Import.objects.filter(pk__in=[refused.pk, loaded.pk]).update(finished_at=Now() - settings.IMPORT_FILE_LIFE)

    operations.sweep()

    there = [default_storage.exists(one.file.name) for one in (refused, kept, loaded)]
    assert there == [False, True, True]
    assert Import.objects.get(pk=refused.pk).file.name == ""
    with pytest.raises(operations.NotPossibleNow):
        operations.repeat(job=refused, dataset=customs, given=Given(), by=None)


def test_a_file_about_its_own_partners_leaves_those_of_others_and_is_advised_to(customs: Dataset) -> None:
    published(customs, customs_file(line(), line(partner="KZ", value="5")))
    content = customs_file(line(value="200"))
    job = ready(customs, content)
    assert job.summary["disappeared"] == 1
    assert job.summary["counts"]["GONE"] == 1
    operations.cancel(job=job, by=None)
    release = published(customs, content, only_its_partners=True).release
    assert release is not None
    assert release.partners == ["BY"]
    assert standing(customs) == {("BY", "X"): Decimal(200), ("KZ", "X"): Decimal(5)}
