"""Importing: a raw customs file to a published release with all sums, against COPY, bulk_create and import-export."""

from __future__ import annotations

import itertools
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction

from benchmarks import generator, rows
from benchmarks.report import Table

BULK, IMPORT_EXPORT = 100_000, 20_000


def dataset(code: str) -> Any:
    from trade.models import Dataset

    made_up = {"name_ru": code, "name_en": code, "reporter": "RU-TOM", "is_example": True}
    return Dataset.objects.get_or_create(code=code, defaults=made_up)[0]


def forget(code: str) -> None:
    """Remove all observations and sums of a dataset, to measure again."""
    from trade.releases.forgetting import forget as remove

    remove(dataset(code))


def settle() -> None:
    """Do what autovacuum does in the minute after an import, so that it does not do it while something is measured."""
    with connection.cursor() as cursor:
        cursor.execute(
            "VACUUM (ANALYZE) trade_observation, trade_chapter_total, trade_partner_total, trade_partner_year"
        )


def import_file(path: Path, code: str) -> float:
    """Import and publish a file by the command, as a running worker does; return the seconds."""
    dataset(code)
    begun = time.perf_counter()
    call_command("import_trade", str(path), dataset=code, yes=True, stdout=StringIO(), stderr=StringIO())
    return time.perf_counter() - begun


def memory_of_import(path: Path, code: str) -> float:
    """Import and publish a file in a process of its own; return its largest memory in MB."""
    dataset(code)
    command = [sys.executable, "manage.py", "import_trade", str(path), "--dataset", code, "--yes"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, _peak(process.pid))
        time.sleep(0.05)
    if process.returncode:
        raise SystemExit(f"import_trade ended with {process.returncode}")
    return peak


def _peak(pid: int) -> float:
    """Return the largest memory of a process so far in MB; what wait4 tells would include this process before exec."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found.group(1)) / 1024 if found else 0.0


def run(folder: Path, size: int, rounds: int) -> Table:
    table = Table(f"Import of {size:,} lines", ("way", "lines a second", "ratio", "aim"))
    raw, twin = folder / f"{size}.tsv", folder / f"{size}.copy"
    generator.write(raw, size, twin)
    reference, ours = [], []
    for __ in range(rounds):
        reference.append(rows.seconds_to_copy_and_index(twin))
        forget("BENCH")
        ours.append(import_file(raw, "BENCH"))
    base, own = size / statistics.median(reference), size / statistics.median(ours)
    table.add("COPY of the normalised lines + the same indexes", f"{base:,.0f}", "1.00", "")
    table.add("raw file to published release with sums", f"{own:,.0f}", f"{own / base:.2f}", "≥ 0.50 of COPY")
    bulk = bulk_create(twin)
    table.add(f"bulk_create, batches of 5,000 ({BULK:,} lines)", f"{bulk:,.0f}", f"ours {own / bulk:.1f}×", "≥ 6×")
    for checks, is_checked in (("codes checked", True), ("nothing checked", False)):
        plain = import_export(raw, is_checked=is_checked)
        way = f"django-import-export, tuned, {checks} ({IMPORT_EXPORT:,} lines)"
        table.add(way, f"{plain:,.0f}", f"ours {own / plain:.0f}×", "≥ 60×" if is_checked else "")
    return table


def memory_by_size(folder: Path, sizes: tuple[int, ...]) -> Table:
    table = Table("Memory of an import by size", ("lines", "MB", "aim"))
    for size in sizes:
        raw = folder / f"{size}.tsv"
        if not raw.exists():
            generator.write(raw, size)
        forget("BENCH-MEMORY")
        table.add(f"{size:,}", f"{memory_of_import(raw, 'BENCH-MEMORY'):.0f}", "≤ 150, the same at every size")
    forget("BENCH-MEMORY")
    return table


def _first(path: Path, count: int) -> Iterator[list[str]]:
    with path.open(encoding="utf-8") as file:
        for line in itertools.islice(file, count):
            yield line.rstrip("\n").split("\t")


def bulk_create(twin: Path) -> float:
    """Return the lines a second of bulk_create into the reference table with its indexes there."""
    rows.create()
    rows.index()
    names = [name.strip() for name in rows.COPIED.split(",")]
    begun = time.perf_counter()
    with transaction.atomic():
        lines = _first(twin, BULK)
        while batch := list(itertools.islice(lines, 5000)):
            rows.Row.objects.bulk_create(
                rows.Row(**{name: None if cell == "\\N" else cell for name, cell in zip(names, cells, strict=True)})
                for cells in batch
            )
    return BULK / (time.perf_counter() - begun)


def import_export(raw: Path, *, is_checked: bool) -> float:
    """Return the lines a second of django-import-export as it is usually tuned: in bulk, without diffs and look-ups.

    The raw cells are translated where its documentation says, before each row; the fields have their own widgets.
    Where codes are checked – partner, unit and chapter, as ours are – its own widget for keys looks them up.
    """
    import tablib
    from import_export import fields, resources, widgets

    from trade.models import Commodity, TradeArea, Unit

    class Known(widgets.ForeignKeyWidget):  # type: ignore[misc]
        """Return the text of a code that is known; the library reports the row of one that is not."""

        digits: int | None = None

        def clean(self, value: str, row: Any = None, **kwargs: Any) -> str:
            if value:
                super().clean(value[: self.digits], row, **kwargs)
            return value

    class Chapter(Known):
        digits = 2

        def get_queryset(self, value: Any, row: Any, *args: Any, **kwargs: Any) -> Any:
            return Commodity.objects.filter(classification=Commodity.Classification.HS)

    class RowResource(resources.ModelResource):  # type: ignore[misc]
        if is_checked:
            partner = fields.Field("partner", "partner", Known(TradeArea, "code"))
            unit = fields.Field("unit", "unit", Known(Unit, "code"))
            commodity = fields.Field("commodity", "commodity", Chapter(Commodity, "commodity_code"))

        class Meta:
            model = rows.Row
            use_bulk = skip_diff = force_init_instance = True
            import_id_fields = ()
            exclude = ("id", "dataset_id", "opened", "closed")

        def before_import_row(self, row: Any, **kwargs: Any) -> None:
            month, year = row["period"].split("/")
            row |= {
                "period": f"{year}-{month}-01",
                "line": kwargs["row_number"],
                "months": 1,
                "level": 10,
                "reporter": "RU-TOM",
                "partner": row["nastranapr"],
                "flow": "M" if row["napr"] == "ИМ" else "X",
                "commodity": row["tnved"],
                "unit": row["edizm"],
                "edition": "H6",
                "status": "A",
            }
            for name, column in (("value", "Stoim"), ("net_kg", "Netto"), ("quantity", "Kol")):
                row[name] = row[column].replace(",", ".")

    rows.create()
    with connection.cursor() as cursor:  # its lines come without a check of duplicates
        cursor.execute(f"CREATE INDEX ON {rows.TABLE} (period, partner)")
    header, *lines = _first(raw, IMPORT_EXPORT + 1)
    begun = time.perf_counter()
    result = RowResource().import_data(tablib.Dataset(*lines, headers=header), raise_errors=True)
    assert result.total_rows == IMPORT_EXPORT
    return IMPORT_EXPORT / (time.perf_counter() - begun)


def one_month(folder: Path, size: int, rounds: int) -> Table:
    """Replace one month in the loaded dataset, all its values changed, against raw DELETE and COPY."""
    month = "2021-06-01"
    count = size // (generator.YEARS * 12)
    raw_lines, twin_lines = _month_of(folder / f"{size}.tsv", folder / f"{size}.copy", month)
    rows.create()
    rows.copy(folder / f"{size}.copy")
    rows.index()
    settle()
    raw_seconds, own_seconds = [], []
    for turn in range(1, rounds + 1):
        changed_twin, changed_raw = folder / "month.copy", folder / f"month-{turn}.tsv"
        changed_twin.write_text("".join(twin_lines), encoding="utf-8")
        changed_raw.write_text(_changed(raw_lines, turn), encoding="utf-8")
        begun = time.perf_counter()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {rows.TABLE} WHERE period = %s", [month])
            rows.copy(changed_twin)
        raw_seconds.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        call_command("import_trade", str(changed_raw), dataset="BENCH", yes=True, stdout=StringIO(), stderr=StringIO())
        own_seconds.append(time.perf_counter() - begun)
    base, own = statistics.median(raw_seconds), statistics.median(own_seconds)
    table = Table(
        f"One month of {count:,} lines replaced in {size:,}, every value changed", ("way", "seconds", "ratio", "aim")
    )
    table.add("DELETE + COPY of normalised lines", f"{base:.2f}", "1.00", "")
    table.add("file read, checked, compared, published with sums", f"{own:.2f}", f"{own / base:.2f}", "≤ 2.5")
    return table


def _month_of(raw: Path, twin: Path, month: str) -> tuple[list[str], list[str]]:
    year, number, __ = month.split("-")
    with raw.open(encoding="utf-8") as file:
        raw_lines = [next(file), *(line for line in file if line.startswith(f"{number}/{year}\t", 3))]
    with twin.open(encoding="utf-8") as file:
        return raw_lines, [line for line in file if line.startswith(month)]


def _changed(lines: list[str], turn: int) -> str:
    """Return the file with a few dollars more in every value."""
    changed = [lines[0]]
    for line in lines[1:]:
        cells = line.split("\t")
        dollars, __, cents = cells[5].partition(",")
        cells[5] = f"{int(dollars) + turn},{cents}"
        changed.append("\t".join(cells))
    return "".join(changed)
