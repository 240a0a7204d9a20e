"""Pages of plans by their size, and how long a plan in a file takes to come in.

Each page is built anew: the data version is counted up before every request. Pages are compared by CPU, that of the
database included, which other work on the machine changes least; queries are counted on the way.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import F
from django.test import Client

from agreements.files.plan_paper import plan_paper
from agreements.files.word import as_docx
from agreements.files.workbook import as_xlsx
from agreements.models import Agreement, Executor, Measure, Plan, Postponement, ProgressNote
from benchmarks import site
from benchmarks.report import Table
from parties.models import DataVersion, Organisation, Partnership, User
from parties.periods import Period

SMALL, LARGE, ROUNDS = 10, 1_000, 10
_HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
_PAIR = re.compile(r'(name|value)="([^"]*)"')


def run() -> list[Table]:
    client = _client()
    agreement, plan = _agreements(1)[0], None
    figures = []
    for size in (SMALL, LARGE):
        _agreements(size - Agreement.objects.count())
        plan = plan or Plan.objects.create(agreement=agreement, title_ru="Нагрузка", period=Period(*_YEARS))
        _measures(plan, size - plan.measures.count())
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        pages = {"register": "/agreements/", "plan": f"/plans/{plan.pk}/", "list of measures": "/measures/"}
        figures.append({name: _page(client, address) for name, address in pages.items()})
    columns = ("page", "queries", f"CPU ms at {SMALL}", f"CPU ms at {LARGE:,}", "ratio", "aim")
    table = Table(f"Pages of {SMALL} and of {LARGE:,} rows", columns)
    for name, (queries, small) in figures[0].items():
        queries_then, large = figures[1][name]
        counted = str(queries) if queries == queries_then else f"{queries} → {queries_then}"
        table.add(name, counted, f"{small:.0f}", f"{large:.0f}", f"{large / small:.2f}", "≤ 3, queries equal")
    return [table, _imports(client, plan)]


_YEARS = (dt.date(2025, 1, 1), dt.date(2027, 12, 31))


def _client() -> Client:
    site.sign_in("secretary")
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.get(username="bench-secretary"), backend="parties.authentication.CachedUserBackend")
    return client


def _agreements(count: int) -> list[Agreement]:
    partnership = Partnership.objects.order_by("pk")[0]
    return Agreement.objects.bulk_create(
        Agreement(
            partnership=partnership,
            level="institution",
            title_ru=f"Соглашение о сотрудничестве {n}",
            title_en=f"Cooperation agreement {n}",
            concluded=Period.year(2000 + n % 25),
        )
        for n in range(count)
    )


def _measures(plan: Plan, count: int) -> None:
    """Add measures of 30 to a section with executors of both sides, every second reported, every fifth postponed."""
    begun = plan.measures.count()
    measures = Measure.objects.bulk_create(
        Measure(
            plan=plan,
            section=f"Раздел {n // 30 + 1}",
            number=f"{n // 30 + 1}.{n % 30 + 1}",
            order=n + 1,
            text_ru=f"Провести совместное мероприятие № {n + 1} по обмену опытом и подготовить предложения сторонам",
            deadline=Period.months(2025 + n % 3, n % 12 + 1, 1),
        )
        for n in range(begun, begun + count)
    )
    sides = [list(Organisation.objects.filter(side=side).order_by("pk")[:8]) for side in ("home", "partner")]
    Executor.objects.bulk_create(
        Executor(measure=measure, organisation=found[n % len(found)], side=found[0].side)
        for n, measure in enumerate(measures)
        for found in sides
    )
    author = User.objects.get(username="bench-secretary")
    ProgressNote.objects.bulk_create(
        ProgressNote(measure=measure, author=author, dated=dt.date(2026, 1, 15), text="Работа идёт.", percent=40)
        for measure in measures[::2]
    )
    Postponement.objects.bulk_create(
        Postponement(
            measure=measure,
            moved_from=Period.months(2025, 1, 1),
            moved_to=measure.deadline,
            reason="Не согласовано финансирование",
            agreed_by="Рабочая группа",
            decided_on=dt.date(2025, 1, 20),
        )
        for measure in measures[::5]
    )


def _page(client: Client, address: str) -> tuple[int, float]:
    """Return the queries and the milliseconds of CPU of a page built anew, those of the database included."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    spent, queries = 0.0, 0
    for turn in range(ROUNDS + 1):
        DataVersion.objects.update(number=F("number") + 1)
        began = time.process_time() + _seconds(backend)
        with _counting() as counted:
            answer = client.get(address)
        if turn:  # the first one only warms up
            spent += time.process_time() + _seconds(backend) - began
        if answer.status_code != 200:
            raise SystemExit(f"{address}: {answer.status_code}")
        queries = len(counted)
    return queries, spent / ROUNDS * 1000


def _seconds(process: Path) -> float:
    """Return the seconds of CPU that a process has used."""
    user, system = process.read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _counting() -> Iterator[list[str]]:
    counted: list[str] = []

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        counted.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield counted


def _imports(client: Client, plan: Plan) -> Table:
    """Time the two steps of a person, the preview and the confirmation."""
    columns = ("file", "preview s", "confirmation s", "together", "aim")
    table = Table(f"A new plan of {LARGE:,} measures from a file", columns)
    paper = plan_paper(plan, "ru")
    for form, content in (("xlsx", as_xlsx(paper)), ("docx", as_docx(paper))):
        agreement = _agreements(1)[0]
        new = {"title_ru": "Из файла", "period": str(plan.period)}
        preview, confirmation = _import(client, f"/agreements/{agreement.pk}/plans/import/", form, content, new)
        if agreement.plans.get().measures.count() != LARGE:
            raise SystemExit("not all measures of the file are there")
        table.add(
            form.upper(), f"{preview:.2f}", f"{confirmation:.2f}", f"{preview + confirmation:.2f}", "≤ 5 together"
        )
    return table


def _import(client: Client, address: str, form: str, content: bytes, new: dict[str, str]) -> tuple[float, float]:
    began = time.perf_counter()
    shown = client.post(address, {**new, "file": SimpleUploadedFile(f"plan.{form}", content)})
    preview = time.perf_counter() - began
    inputs = (dict(_PAIR.findall(one)) for one in _HIDDEN.findall(shown.content.decode()))
    fields = {pair.get("name"): unescape(pair.get("value", "")) for pair in inputs}
    if "carried" not in fields:
        raise SystemExit(f"{address}: no preview ({shown.status_code})")
    began = time.perf_counter()
    done = client.post(address, {name: fields[name] for name in ("carried", "seen")})
    if done.status_code != 302:
        raise SystemExit(f"{address}: not imported ({done.status_code})")
    return preview, time.perf_counter() - began
