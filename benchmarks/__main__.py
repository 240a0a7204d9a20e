"""Measure the overview page against a floor page: `python -m benchmarks`.

Floor: the same middleware, twelve times SELECT 1, a constant body. Cold: the content of the
page is built anew. Warm: the content comes from the cache. Unchanged: 304 by ETag. All signed in.
"""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.probe import Case, family, measure
from cooperation.embedded.backing import throwaway

ROUNDS, REQUESTS = 7, 250


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def sign_in() -> str:
    """Return the cookies of an official's session, made without the sign-in form."""
    import django

    django.setup()
    from django.contrib.auth.models import Group
    from django.test import Client

    from parties.models import User

    user = User.objects.create_user("bench")
    user.groups.add(Group.objects.get(name="official"))
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(user, backend="parties.authentication.CachedUserBackend")
    client.get("/")
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


def wait(port: int) -> None:
    for __ in range(200):
        try:
            server = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            server.request("GET", "/health/live")
            if server.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server does not answer")


def etag(port: int, cookies: str) -> str:
    server = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    server.request("GET", "/", headers={"Cookie": cookies})
    answer = server.getresponse()
    answer.read()
    return str(answer.headers["ETag"])


def main() -> None:
    port = free_port()
    with tempfile.TemporaryDirectory() as data, throwaway() as servers:
        os.environ |= servers | {
            "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
            "SECRET_KEY": "a key for measurements only, long enough for every check",
            "HTTPS": "0",
            "LOG_LEVEL": "WARNING",
            "DATA_DIR": data,
        }
        subprocess.run([sys.executable, "manage.py", "prepare"], check=True, stdout=subprocess.DEVNULL)
        cookies = sign_in()
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
        command += [
            "--workers",
            "1",
            "--blocking-threads",
            "1",
            "--log-level",
            "warning",
            "cooperation.wsgi:application",
        ]
        web = subprocess.Popen(command)
        try:
            wait(port)
            known = etag(port, cookies)
            for __ in range(5):  # let connections and templates warm up
                etag(port, cookies)
            signed_in = {"Cookie": cookies}
            cases = [
                Case("floor", "/floor/", {}),
                Case("overview, cold", "/cold/{n}/", signed_in),
                Case("overview, warm", "/", signed_in),
                Case("overview, unchanged", "/", {**signed_in, "If-None-Match": known}, status=304),
            ]
            processes = family({web.pid, postmaster()})
            result = measure(cases, port=port, processes=processes, rounds=ROUNDS, requests=REQUESTS)
        finally:
            web.terminate()
            web.wait()
    print(f"{'case':24}{'CPU ms':>10}{'× floor':>10}")
    for name, milliseconds in result.items():
        print(f"{name:24}{milliseconds:10.2f}{milliseconds / result['floor']:10.2f}")


def postmaster() -> int:
    """Return the process id of the database server that this program uses."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = int(cursor.fetchone()[0])
    return int(Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1])


if __name__ == "__main__":
    main()
