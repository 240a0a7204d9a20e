"""Helpers of these tests: run the supervisor in a process of its own and look at what it leaves."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
SMALL_PROGRAM = ("tests.embedded.small_program",)
WHOLE_PROGRAM = ("cooperation.embedded", "run")
_SET_BY_THE_TEST_RUN = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DATA_DIR", "PORT", "HOST", "DJANGO_SETTINGS_MODULE"}


def clean_environment(**variables: str) -> dict[str, str]:
    """Return the environment of an ordinary shell, with `variables`."""
    return {name: value for name, value in os.environ.items() if name not in _SET_BY_THE_TEST_RUN} | variables


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    command: Sequence[str], *, environment: dict[str, str], wrapper: Sequence[str] = ()
) -> Iterator[subprocess.Popen[str]]:
    """Run a supervisor; kill whatever is left of it at the end."""
    process = subprocess.Popen(
        [*wrapper, sys.executable, "-m", *command],
        cwd=PROJECT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def refusal(command: Sequence[str] = SMALL_PROGRAM, **variables: str) -> tuple[int, list[str]]:
    """Run a supervisor that must refuse; return its exit code and the lines of its error stream."""
    with running(command, environment=clean_environment(**variables)) as process:
        _, errors = process.communicate(timeout=60)
        return process.returncode, errors.splitlines()


def status(port: int, path: str = "/health/ready") -> int | None:
    """Return the HTTP status of a page, or None when nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def eventually(condition: Callable[[], bool], *, within: float = 15) -> bool:
    """Wait until the condition holds."""
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def alive(pid: int) -> bool:
    """Tell whether a process exists and is not merely waiting to be reaped."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def descendants(pid: int) -> list[int]:
    """Return the processes below a process."""
    try:
        children = [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []
    return children + [below for child in children for below in descendants(child)]


def command_line(pid: int) -> str:
    """Return the command line of a process."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except (FileNotFoundError, ProcessLookupError):
        return ""
