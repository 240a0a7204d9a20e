"""Files that no row names are swept up; all others stay."""

from __future__ import annotations

import os
import time
from contextlib import nullcontext
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command

from parties import storage, tasks
from parties.storage import atomic_with_files
from tests import factories as make
from trade.models import Dataset, Import

pytestmark = pytest.mark.django_db

DAY = 24 * 3600


@pytest.fixture(autouse=True)
def media(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def stored(name: str, *, age: float = 2 * DAY) -> str:
    kept = default_storage.save(name, ContentFile(b"text"))
    made_old(kept, age)
    return kept


def made_old(name: str, age: float = 2 * DAY) -> None:
    then = time.time() - age
    os.utime(default_storage.path(name), (then, then))


def test_a_file_of_a_row_that_was_never_committed_is_deleted_a_day_later():
    left, fresh = stored("evidence/2026/left.pdf"), stored("imports/2026/fresh", age=0.9 * DAY)

    tasks.sweep_files()

    assert not default_storage.exists(left)
    assert default_storage.exists(fresh)


def test_what_a_killed_process_leaves_is_swept(media):
    """A process that is killed undoes nothing: its transaction ends, its file stays."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        storage.transaction.atomic = nullcontext  # the connection is that of the tests
        with atomic_with_files():
            default_storage.save("agreements/2026/text.pdf", ContentFile(b"text"))
            os.write(write, b"stored")
            time.sleep(60)
        os._exit(0)
    assert os.read(read, 6) == b"stored"
    os.kill(child, 9)
    os.waitpid(child, 0)
    assert default_storage.exists("agreements/2026/text.pdf")
    assert storage.sweep() == []
    made_old("agreements/2026/text.pdf")

    assert storage.sweep() == ["agreements/2026/text.pdf"]
    assert [one for one in media.rglob("*") if one.is_file()] == []


@pytest.mark.parametrize("state", sorted(set(Import.State.values) - {Import.State.PUBLISHED}))
def test_the_file_of_an_import_stays_whatever_the_import_does(state):
    dataset = Dataset.objects.create(code="D", name_ru="Данные", name_en="Data")
    job = Import(dataset=dataset, file_name="figures.csv", size=4, sha256="0" * 64, state=state)
    job.file.save(str(job.pk), ContentFile(b"text"))
    made_old(job.file.name)

    assert storage.sweep() == []
    assert job.file.storage.exists(job.file.name)


def test_the_file_of_a_record_stays_also_after_the_record_was_removed():
    row = make.make_project_document(file=ContentFile(b"text", "text.pdf"), file_name="text.pdf", sha256="0" * 64)
    made_old(row.file.name)
    assert storage.sweep() == []
    row.delete()

    assert storage.sweep() == []
    assert default_storage.exists(row.file.name)


def test_other_folders_are_left_alone(media):
    other = media / "lost+found"
    other.mkdir()
    (other / "something").write_bytes(b"text")
    made_old("lost+found/something")

    assert storage.sweep() == []


def test_a_dry_run_names_the_files_and_deletes_none():
    left, said = stored("projects/2026/left.pdf"), StringIO()

    call_command("sweep_files", "--dry-run", stdout=said)

    assert said.getvalue() == f"{left}\n1 files would be deleted.\n"
    assert default_storage.exists(left)


def test_the_command_deletes_them():
    left, said = stored("projects/2026/left.pdf"), StringIO()

    call_command("sweep_files", stdout=said)

    assert said.getvalue() == f"{left}\n1 files were deleted.\n"
    assert not default_storage.exists(left)
