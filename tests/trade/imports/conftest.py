"""Customs files of a few lines, and imports of them with real transactions."""

from __future__ import annotations

import hashlib
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile

from parties.models import DataVersion, User
from trade.importing import Mapping
from trade.imports import operations, work
from trade.imports.given import Given
from trade.imports.queue import IMPORTS
from trade.models import Dataset, Import
from trade.nomenclature.shipping import load_shipped

HEADER = "napr\tperiod\tnastranapr\ttnved\tedizm\tStoim\tNetto\tKol\tRegion\tRegion_s"
TOMSK = "69000 - ТОМСКАЯ ОБЛАСТЬ\t06-СИБИРСКИЙ ФЕДЕРАЛЬНЫЙ ОКРУГ"


def line(
    flow: str = "ЭК",
    month: str = "01/2024",
    partner: str = "BY",
    code: str = "8471300000",
    value: str = "153002,28",
) -> str:
    """Return one line of a customs file: Tomsk's export of computers to Belarus unless said otherwise.

    A kilogram costs 100 dollars, which is no reason for suspicion.
    """
    number = value.replace(",", ".")
    net = f"{float(number) / 100:.3f}".replace(".", ",") if number.replace(".", "").isdigit() else "1"
    return f"{flow}\t{month}\t{partner}\t{code}\t\t{value}\t{net}\t0\t{TOMSK}"


def customs_file(*lines: str) -> bytes:
    return ("\n".join([HEADER, *(lines or (line(),))]) + "\n").encode()


TABLE = (
    "Страна;Код товара;Экспорт, тыс. долл.;Импорт, тыс. долл.\n"
    "BY;8471;1530,5;210\n"
    "KZ;8471;99,9;\n"
).encode()  # fmt: skip
"""A table of a ministry: its columns have to be named by a person."""
TABLE_MAPPING = Mapping(
    columns={
        "partner": "Страна",
        "commodity": "Код товара",
        "export_value": "Экспорт, тыс. долл.",
        "import_value": "Импорт, тыс. долл.",
    },
    constants={"period": "2024-01"},
    money="USD_TH",
)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[uuid.UUID]:
    """Collect nudges in a list instead of sending them."""
    nudges: list[uuid.UUID] = []
    monkeypatch.setattr(IMPORTS, "nudge", lambda job_id: bool(nudges.append(job_id)) or True)
    return nudges


@pytest.fixture
def customs(transactional_db: None, bulk_tables: None, settings: Any, tmp_path: Path) -> Dataset:
    """Return the dataset of Russian customs, with the shipped nomenclature and a folder for files of its own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    DataVersion.objects.get_or_create(pk=1)
    load_shipped()
    return Dataset.objects.get(code="FCS")


def load(
    dataset: Dataset, content: bytes, *, name: str = "DATTSVT.csv", by: User | None = None, **given: Any
) -> Import:
    return operations.request(file=ContentFile(content), name=name, dataset=dataset, given=Given(**given), by=by)


def carried_out(job: Import) -> Import:
    """Let a worker do the next phase, here and now; return the import as it is afterwards."""
    work.carry_out(import_id=job.pk)
    return Import.objects.select_related("dataset", "release").get(pk=job.pk)


def ready(dataset: Dataset, content: bytes, **given: Any) -> Import:
    """Load a file and read it: the import with its preview."""
    job = carried_out(load(dataset, content, **given))
    assert job.state == Import.State.READY, (job.state, job.problems, job.error)
    return job


def published(dataset: Dataset, content: bytes, **given: Any) -> Import:
    job = carried_out(operations.confirm(job=ready(dataset, content, **given), by=None))
    assert job.state == Import.State.PUBLISHED, (job.state, job.error)
    return job


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
