"""The program as it runs for its users – real servers, ordinary durability – for the length of a measurement."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cooperation.embedded.backing import Backing
from cooperation.embedded.folders import private_folder


@contextmanager
def servers() -> Iterator[None]:
    """Run PostgreSQL and Valkey with the settings of `make run` over an empty folder, and prepare the database."""
    with private_folder() as runtime, tempfile.TemporaryDirectory(prefix="bench-") as media:
        data = runtime / "data"
        data.mkdir(mode=0o700)
        backing = Backing.over(data, runtime=runtime, logs=runtime, given={})
        with backing.running() as addresses:
            os.environ |= addresses | {
                "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
                "SECRET_KEY": "a key for measurements only, long enough for every check",
                "HTTPS": "0",
                "LOG_LEVEL": "WARNING",
                "DATA_DIR": media,
            }
            manage("prepare")
            import django

            django.setup()
            yield


def manage(*arguments: str) -> None:
    subprocess.run([sys.executable, "manage.py", *arguments], check=True, stdout=subprocess.DEVNULL)


def sign_in(role: str = "analyst") -> str:
    """Return the cookies of a session, made without the sign-in form."""
    from django.contrib.auth.models import Group
    from django.test import Client

    from parties.models import User

    user, __ = User.objects.get_or_create(username=f"bench-{role}")
    user.groups.add(Group.objects.get(name=role))
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(user, backend="parties.authentication.CachedUserBackend")
    client.get("/accessibility/")
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


@contextmanager
def web(
    application: str = "cooperation.wsgi:application", *, health: str = "/health/live", one_by_one: bool = True
) -> Iterator[tuple[int, int]]:
    """Serve a WSGI application by one worker; yield its port and process id.

    It answers one request after the other, for CPU to be counted; else by as many threads as it has in production.
    """
    port = free_port()
    options = ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    if one_by_one:
        options += ["--blocking-threads", "1"]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", *options, "--log-level", "warning", application]
    process = subprocess.Popen(command)
    try:
        wait(port, health)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait(port: int, path: str) -> None:
    for __ in range(400):
        try:
            server = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            server.request("GET", path)
            if server.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server does not answer")


def postmaster() -> int:
    """Return the process id of the database server that this program uses."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = int(cursor.fetchone()[0])
    return int(Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1])
