"""Files leave threads for pages, and readers who stall are cut off."""

from __future__ import annotations

import csv
import io
import re
import socket
import tempfile
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction

from trade.api import observations
from trade.exports import downloads, texts
from trade.exports.columns import Column, Sheet
from trade.exports.copying import copied
from trade.exports.downloads import Busy, Download, TookTooLong
from trade.exports.workbooks import workbook
from trade.sdmx.reading import _streamed

LONG = "SELECT repeat('x', 1000) AS text FROM generate_series(1, 300000)"
ADDRESS = "/api/v1/trade/observations/?format=csv"


@pytest.fixture
def hurried(monkeypatch):
    """Let readers be cut off after a moment."""
    monkeypatch.setattr(downloads, "IDLE", 0.2)
    monkeypatch.setattr(downloads, "_TICK", 0.05)


def rest_of(download: Download) -> bytes:
    """Return what still comes; it must end by being cut off."""
    body = bytearray()

    def read() -> None:
        for chunk in download:
            body.extend(chunk)

    with pytest.raises(TookTooLong):
        read()
    return bytes(body)


def busy_backends() -> int:
    """Return how many other connections hold a query or a transaction open."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND state <> 'idle'"
            )
            return int(cursor.fetchone()[0])
    finally:
        other.close()


def wait_for_none_busy() -> None:
    deadline = time.monotonic() + 10
    while busy_backends():
        assert time.monotonic() < deadline, "the transaction is still open"
        time.sleep(0.05)


@pytest.mark.django_db
def test_downloads_at_once_are_few_and_one_more_is_told_when_to_ask_again(api_for, cast):
    analyst = api_for(cast.analyst)
    sent = [Download(lambda: (chunk for chunk in [b"x"])) for __ in range(settings.DOWNLOADS_AT_ONCE)]

    refused = analyst.get(ADDRESS, headers={"Accept-Language": "en"})
    in_sdmx = analyst.get("/sdmx/data/TRADE", HTTP_ACCEPT="application/xml")
    page = analyst.get("/api/v1/trade/observations/")
    for download in sent:
        download.close()
    accepted = analyst.get(ADDRESS)

    assert (refused.status_code, refused["Retry-After"]) == (429, "30")
    assert refused.json()["errors"][0]["code"] == "too_many_downloads"
    assert (in_sdmx.status_code, in_sdmx["Retry-After"]) == (429, "30")
    assert page.status_code == 200
    assert accepted.status_code == 200
    assert b"".join(accepted.streaming_content).startswith(b"dataset,")


@pytest.mark.django_db
def test_a_place_is_free_again_however_a_download_ends(api_for, cast):
    def failing():
        yield b"first"
        raise ValueError("midway")

    for __ in range(settings.DOWNLOADS_AT_ONCE + 1):
        with pytest.raises(ZeroDivisionError):
            Download(lambda: (1 // 0 for __ in "x"))
        with pytest.raises(ValueError, match="midway"):
            list(Download(failing))
        assert list(Download(lambda: (chunk for chunk in [b"1", b"2"]))) == [b"1", b"2"]
        assert list(Download(lambda: (chunk for chunk in list[bytes]()))) == [b""]
    held = [Download(failing) for __ in range(settings.DOWNLOADS_AT_ONCE)]
    with pytest.raises(Busy):
        Download(failing)
    for download in held:
        download.close()
        download.close()


def test_threads_are_left_for_pages():
    dockerfile = Path(settings.BASE_DIR, "Dockerfile").read_text()
    threads = int(re.search(r"GRANIAN_BLOCKING_THREADS=(\d+)", dockerfile)[1])

    assert "--blocking-threads" not in dockerfile  # the program would not know of it
    assert 1 <= settings.DOWNLOADS_AT_ONCE < threads


@pytest.mark.django_db(transaction=True)
def test_a_reader_who_stalls_loses_the_copy_and_has_a_file_that_no_reader_accepts(hurried):
    columns = (Column("text"),)
    download = Download(lambda: texts.copied_csv(LONG, columns, excel=False))
    begun = next(download)
    assert busy_backends() == 1

    wait_for_none_busy()
    body = begun + rest_of(download)

    assert body.endswith(texts.BROKEN)
    with pytest.raises(csv.Error):
        list(csv.reader(io.StringIO(body.decode()), strict=True))
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db(transaction=True)
def test_a_reader_who_stalls_loses_the_transaction_of_a_cursor(hurried):
    def rows():
        with transaction.atomic():
            for (text,) in _streamed(LONG, {}):
                yield text.encode()

    download = Download(lambda: texts.unbroken(rows()))
    next(download)
    assert busy_backends() == 1

    wait_for_none_busy()

    assert rest_of(download) == texts.BROKEN
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db(transaction=True)
def test_a_slow_reader_who_goes_on_gets_the_whole_file(hurried, monkeypatch):
    monkeypatch.setattr(downloads, "IDLE", 5)
    download = Download(lambda: texts.copied_csv(f"{LONG} LIMIT 500", (Column("text"),), excel=False))
    body = b""
    for chunk in download:
        time.sleep(0.02)
        body += chunk

    assert len(list(csv.reader(io.StringIO(body.decode()), strict=True))) == 501
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)


@pytest.mark.django_db(transaction=True)
def test_a_query_that_takes_too_long_is_ended_and_refused_with_advice(api_for, cast, monkeypatch):
    monkeypatch.setattr(downloads, "LONGEST", 0.3)
    monkeypatch.setattr(
        observations.exported,
        "as_csv",
        lambda asked, excel: texts.unbroken(copied("COPY (SELECT pg_sleep(9)) TO STDOUT")),
    )

    answer = api_for(cast.analyst).get(ADDRESS)

    assert answer.status_code == 413
    assert answer.json()["errors"][0]["code"] == "too_large"


def test_the_kernel_ends_connections_of_the_server_whose_readers_stall_and_no_others():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_server(("127.0.0.1", 0)) as other:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)), server.accept()[0] as accepted:
            downloads.end_stalled_connections(str(port))

            limits = [one.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) for one in (accepted, other)]
    assert limits == [downloads.IDLE * 1000, 0]


def test_a_workbook_that_fails_leaves_no_files(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def rows():
        yield ("text",)
        raise ValueError("no more rows")

    with pytest.raises(ValueError, match="no more rows"):
        list(workbook(Sheet((Column("text"),), rows())))

    assert list(tmp_path.iterdir()) == []
