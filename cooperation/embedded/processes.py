"""Child processes that cannot outlive the program that started them."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

Process = subprocess.Popen[bytes]
Pause = Callable[[float], None]

_PR_SET_PDEATHSIG = 1
_STEP = 0.02


class CannotStart(Exception):
    """Something stops the program; the text is one line that says what to do."""


class Failed(Exception):
    """The program started, or was about to, and broke; the text is one line that says where to look."""


@dataclass(frozen=True)
class Account:
    """A Unix account that a process runs as."""

    uid: int
    gid: int


def spawn(
    arguments: Sequence[str | Path],
    *,
    cwd: Path,
    environment: Mapping[str, str],
    output: IO[bytes] | int | None,
    errors: IO[bytes] | int | None = subprocess.STDOUT,
    death_signal: signal.Signals = signal.SIGTERM,
    account: Account | None = None,
) -> Process:
    """Start a process in a session of its own that gets `death_signal` when we die, even by SIGKILL.

    Its own session keeps a Ctrl-C of the terminal from it: the parent decides the order of the end.
    """
    # The kernel sends the signal at the end of the *thread* that called, so only the main one may.
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("Processes must be started from the main thread.")
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def bind_to_parent() -> None:
        prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:  # it died before the line above took effect
            os._exit(1)
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a shell's `&` leaves it ignored
        signal.pthread_sigmask(signal.SIG_SETMASK, ())

    return subprocess.Popen(
        arguments,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=errors,
        start_new_session=True,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        preexec_fn=bind_to_parent,
    )


def stop(
    process: Process,
    *,
    how: signal.Signals = signal.SIGTERM,
    patience: float = 10,
    pause: Pause = time.sleep,
) -> bool:
    """Ask the process to end and wait; kill it after `patience` seconds. True when it ended by itself."""
    if process.poll() is not None:
        return True
    process.send_signal(how)
    deadline = time.monotonic() + patience
    while process.poll() is None:
        if time.monotonic() > deadline:
            kill(process)
            return False
        pause(_STEP)
    kill(process)  # helpers that did not follow their leader
    return True


def kill(process: Process) -> None:
    """Kill the process and everything else in its session's process group."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until(ready: Callable[[], bool], process: Process, *, patience: float, pause: Pause) -> bool:
    """Wait until `ready` answers yes; False when the process ends or the time runs out before."""
    deadline = time.monotonic() + patience
    while process.poll() is None and time.monotonic() < deadline:
        if ready():
            return True
        pause(_STEP)
    return False


def last_lines(log: Path, count: int = 10) -> list[str]:
    """Return the last lines of a log that are not blank."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 16_384))
            lines = file.read().decode(errors="replace").splitlines()
    except OSError:
        return []
    return [line.rstrip() for line in lines if line.strip()][-count:]
