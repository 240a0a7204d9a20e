"""`manage.py import_trade`: the same way to a release, in one process, without a broker."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tests.trade.imports.conftest import TABLE, TABLE_MAPPING, carried_out, customs_file, line, load, published
from trade.imports import operations
from trade.models import Dataset, Import, Release

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "DATTSVT.csv"
    path.write_bytes(customs_file(line(), line(partner="??")))
    return path


def run(path: Path, *options: str, dataset: str = "FCS") -> tuple[str, str]:
    out, errors = StringIO(), StringIO()
    call_command("import_trade", str(path), "--dataset", dataset, *options, stdout=out, stderr=errors)
    return out.getvalue(), errors.getvalue()


def code_of(path: Path, *options: str, dataset: str = "FCS") -> int:
    with pytest.raises(CommandError) as raised:
        run(path, *options, dataset=dataset)
    return raised.value.returncode


def test_a_file_is_shown_and_published_when_that_is_agreed(customs: Dataset, sent: list[Any], file: Path) -> None:
    out, errors = run(file, "--yes", "--status", "final", "--published-on", "2024-02-20")
    release = Release.objects.get()
    assert "Rows: 1 new, 0 changed, 0 unchanged, 0 disappeared, 1 rejected" in out
    assert f"Published as release FCS/{release.pk}." in out
    assert "line 3, nastranapr: CTRY" in errors
    assert (release.status, str(release.published_on)) == ("final", "2024-02-20")
    assert sent == []


def test_a_dry_run_leaves_nothing(customs: Dataset, file: Path, settings: Any) -> None:
    out, __ = run(file, "--dry-run", "--yes")
    assert "1 new" in out
    assert not Release.objects.exists()
    assert not Import.objects.exists()
    assert not [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relname LIKE 'trade\\_staging\\_%'")
        assert cursor.fetchone()[0] == 0


def test_a_dry_run_leaves_the_import_of_somebody_else_alone(customs: Dataset, sent: list[Any], file: Path) -> None:
    job = carried_out(load(customs, file.read_bytes()))
    run(file, "--dry-run")
    assert Import.objects.get() == job


@pytest.mark.parametrize(("answer", "releases"), [("y", 1), ("да", 1), ("n", 0), ("", 0)])
def test_a_person_is_asked(
    customs: Dataset, file: Path, monkeypatch: pytest.MonkeyPatch, answer: str, releases: int
) -> None:
    monkeypatch.setattr("builtins.input", lambda question: answer)
    if releases:
        run(file)
    else:
        assert code_of(file) == 6
    assert Release.objects.count() == releases


def test_the_same_file_is_already_loaded(customs: Dataset, sent: list[Any], file: Path) -> None:
    published(customs, file.read_bytes())
    out, __ = run(file, "--yes")
    assert "already loaded" in out


def test_unknown_columns_need_a_profile_which_is_named(customs: Dataset, sent: list[Any], tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(TABLE)
    assert code_of(path, "--yes") == 3
    job = Import.objects.get()
    operations.name_columns(job=job, mapping=TABLE_MAPPING, by=None, name="Ministry")
    operations.cancel(job=job, by=None)
    assert code_of(path, "--yes", "--profile", "Nobody's") == 1
    out, __ = run(path, "--yes", "--profile", "Ministry")
    assert "3 new" in out


def test_a_refused_file_has_a_code_of_its_own(customs: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "program.csv"
    path.write_bytes(b"\x7fELF" + bytes(100))
    assert code_of(path, "--yes") == 4


@pytest.mark.parametrize(
    ("options", "dataset"), [(["--month", "2024"], "FCS"), (["--month", "soon"], "FCS"), ([], "NONE")]
)
def test_wrong_arguments_are_named(customs: Dataset, file: Path, options: list[str], dataset: str) -> None:
    assert code_of(file, *options, dataset=dataset) == 1
    assert not Import.objects.exists()


def test_a_missing_file_is_named(customs: Dataset, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        run(tmp_path / "nowhere.csv")
