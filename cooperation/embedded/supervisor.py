"""Starts everything in order, keeps it running and stops it in the opposite order."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from cooperation.embedded import options as settings
from cooperation.embedded.backing import Backing
from cooperation.embedded.folders import held, private_folder
from cooperation.embedded.options import PROJECT, Options
from cooperation.embedded.processes import CannotStart, Failed, Process, kill, last_lines, spawn, stop

_MOST_DEATHS = 5
_WINDOW = 60
_LARGEST_LOG = 10 * 2**20
_READY_WITHIN = 120
EXPOSED = (
    "Warning: HOST is open to other machines and BEHIND_PROXY is off. A slow client then holds a thread of the web"
    " server. Put a buffering proxy in front (docs/operations.md)."
)


@dataclass(frozen=True)
class Program:
    """The commands of the program itself: one that prepares, then those that stay, in starting order."""

    prepare: Sequence[str]
    children: Mapping[str, Sequence[str]]


def cooperation(options: Options) -> Program:
    """Return the commands of this project."""
    celery = (sys.executable, "-m", "celery", "-A", "cooperation")
    return Program(
        prepare=(sys.executable, "manage.py", "prepare", "--demo-accounts", str(options.demo_accounts)),
        children={
            "worker": (*celery, "worker", "-l", "INFO"),
            "beat": (*celery, "beat", "-l", "INFO", "--pidfile="),
            "web": (
                *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--respawn-failed-workers"),
                *("--http1-header-read-timeout", "10000"),
                *("--host", options.host, "--port", str(options.port), "cooperation.wsgi:application"),
            ),
        },
    )


class StopRequested(Exception):
    """A signal asked us to stop, or our parent is gone."""


class Attention:
    """The only place where signals are noticed, so that none cuts a step in half."""

    _SECOND_THOUGHT = 0.5  # a terminal and a wrapper may deliver the same Ctrl-C twice

    def __init__(self) -> None:
        self._parent = os.getppid()
        self._stopping_since: float | None = None
        self._watched = {signal.SIGINT, signal.SIGTERM, signal.SIGCHLD}
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup leaves it ignored
            self._watched.add(signal.SIGHUP)
        signal.pthread_sigmask(signal.SIG_BLOCK, self._watched)

    def pause(self, seconds: float) -> None:
        """Sleep, at most until a child ends; raise `StopRequested` when we must stop.

        Once stopping, only a second Ctrl-C raises again.
        """
        received = signal.sigtimedwait(self._watched, seconds)
        number = received.si_signo if received else None
        if self._stopping_since is None:
            if number in self._watched - {signal.SIGCHLD} or os.getppid() != self._parent:
                self._stopping_since = time.monotonic()
                raise StopRequested
        elif number == signal.SIGINT and time.monotonic() - self._stopping_since > self._SECOND_THOUGHT:
            raise StopRequested

    def stop_listening(self) -> None:
        """From now on only a second Ctrl-C interrupts a pause."""
        self._stopping_since = self._stopping_since or time.monotonic()


@dataclass
class Child:
    """A process that is started again when it dies."""

    name: str
    log: Path
    launch: Callable[[], Process]
    stop_signal: signal.Signals = signal.SIGTERM
    last_resort: signal.Signals = signal.SIGKILL
    patience: float = 15
    process: Process | None = None
    _deaths: deque[float] = field(default_factory=deque)
    _again_at: float = 0

    def start(self) -> Process:
        """Start it for the first time or again."""
        self.process = self.launch()
        return self.process

    def look_after(self) -> None:
        """Start the process again, later each time, if it has died; give up when that does not help."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            self._mourn(self.process.returncode, now)
        elif self.process is None and now >= self._again_at:
            self.start()

    def _mourn(self, code: int, now: float) -> None:
        self.process = None
        self._deaths.append(now)
        while now - self._deaths[0] > _WINDOW:
            self._deaths.popleft()
        deaths = len(self._deaths)
        how = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
        if deaths >= _MOST_DEATHS:
            raise Failed(f"{self.name} {how} for the {deaths}th time within a minute. Its log: {self.log}")
        delay = 0.25 * 2 ** (deaths - 1)
        self._again_at = now + delay
        complain(f"{self.name} {how}; starting it again in {delay:g} s. The end of {self.log}:")
        for line in last_lines(self.log):
            complain(f"    {line}")

    def stop(self, attention: Attention) -> None:
        """Stop the process for good."""
        if self.process is None:
            return
        if not stop(self.process, how=self.stop_signal, patience=self.patience, pause=attention.pause):
            complain(f"{self.name} did not stop within {self.patience:g} s and was killed.")
        self.process = None

    def end_now(self) -> None:
        """End the process without waiting for its work."""
        if self.process is None:
            return
        if self.last_resort is not signal.SIGKILL and self.process.poll() is None:
            self.process.send_signal(self.last_resort)
            with suppress(TimeoutError):
                _wait_briefly(self.process)
        kill(self.process)


def run(program: Callable[[Options], Program]) -> None:
    """Run the program until a signal asks to stop. Raise when it cannot start or go on."""
    options = settings.read()
    settings.refuse_taken_port(options)
    attention = Attention()
    with held(options.data):
        settings.refuse_silent_servers(options)
        rotate(options.logs)
        with private_folder() as runtime:
            _Supervisor(options, program(options), runtime, attention).run()


class _Supervisor:
    def __init__(self, options: Options, program: Program, runtime: Path, attention: Attention) -> None:
        self.options = options
        self.program = program
        self.attention = attention
        self.backing = Backing.over(options.data, runtime=runtime, logs=options.logs, given=options.given)
        self.environment = options.variables(self.backing.addresses)
        self.children: list[Child] = []

    def run(self) -> None:
        begun = time.monotonic()
        connection = self.options.data / "environment.json"
        try:
            with step("PostgreSQL and Valkey"):
                self._start_backing()
            changed = {name: value for name, value in self.environment.items() if os.environ.get(name) != value}
            settings.write_private(connection, json.dumps(changed, indent=1))
            say("Preparing the database and files:")
            with step("Prepared"):
                self._prepare()
            with step("Web server, worker and beat"):
                self._start_program()
                self._wait_until_ready()
            say(f"\nReady in {time.monotonic() - begun:.1f} s: {self.options.address}")
            say(introduction(self.options.demo_accounts))
            if self.options.is_exposed:
                complain(EXPOSED)
            say("Ctrl-C stops everything.")
            while True:
                self.attention.pause(0.5)
                self._look_after()
        except StopRequested:
            pass
        finally:
            connection.unlink(missing_ok=True)
            self._stop()

    def _start_backing(self) -> None:
        if cluster := self.backing.cluster:
            cluster.prepare()
            child = Child(
                *("PostgreSQL", cluster.log, cluster.start, cluster.stop_signal),
                last_resort=signal.SIGQUIT,  # "immediate shutdown": takes its own helpers along
                patience=30,
            )
            self.children.append(child)
            cluster.wait(child.start(), self.attention.pause)
        if messenger := self.backing.messenger:
            child = Child("Valkey", messenger.log, messenger.start, messenger.stop_signal)
            self.children.append(child)
            messenger.wait(child.start(), self.attention.pause)

    def _prepare(self) -> None:
        log = self.options.logs / "prepare.log"
        with log.open("ab") as errors:
            process = spawn(self.program.prepare, cwd=PROJECT, environment=self.environment, output=None, errors=errors)
        child = Child("prepare", log, lambda: process, process=process)
        self.children.append(child)
        while process.poll() is None:
            self.attention.pause(0.5)
        self.children.remove(child)
        if process.returncode != 0:
            reason = (last_lines(log) or ["no reason given"])[-1]
            # A setting that only the program reads: its own words are the best message.
            if "InvalidSetting: " in reason:
                raise CannotStart(reason.partition("InvalidSetting: ")[2])
            for line in last_lines(log):
                complain(f"    {line}")
            raise Failed(f"Preparing failed: {reason} (the whole log: {log})")

    def _start_program(self) -> None:
        for name, arguments in self.program.children.items():
            log = self.options.logs / f"{name}.log"
            child = Child(name, log, self._launcher(arguments, log))
            self.children.append(child)
            child.start()

    def _launcher(self, arguments: Sequence[str], log: Path) -> Callable[[], Process]:
        def launch() -> Process:
            with log.open("ab") as output:
                return spawn(arguments, cwd=PROJECT, environment=self.environment, output=output)

        return launch

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _READY_WITHIN
        while not is_ready(self.options):
            if time.monotonic() > deadline:
                raise Failed(f"{self.options.address}health/ready did not answer 200. See {self.options.logs}")
            self.attention.pause(0.1)
            self._look_after()

    def _look_after(self) -> None:
        for child in self.children:
            child.look_after()
            if child.log.stat().st_size > _LARGEST_LOG:
                # The process keeps its open file, which it only appends to: copy and start over.
                shutil.copyfile(child.log, previous(child.log))
                os.truncate(child.log, 0)

    def _stop(self) -> None:
        self.attention.stop_listening()
        begun = time.monotonic()
        try:
            for child in reversed(self.children):
                child.stop(self.attention)
        except StopRequested:
            for child in reversed(self.children):
                child.end_now()
            say("Killed.")
        else:
            say(f"Stopped in {time.monotonic() - begun:.1f} s.")


def is_ready(options: Options) -> bool:
    """Ask the web server whether it and everything behind it work."""
    connection = http.client.HTTPConnection(options.reachable_host, options.port, timeout=5)
    try:
        connection.request("GET", "/health/ready", headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def introduction(demo_accounts: Path) -> str:
    """Return the demo accounts as lines to print."""
    try:
        accounts = json.loads(demo_accounts.read_text())
        rows = [(a["username"], a["password"], f"{a['role']}, {a['side']}", a["token"]) for a in accounts]
    except (OSError, ValueError, KeyError, TypeError):
        return f"Demo accounts: {demo_accounts}"
    widths = [max((len(str(row[column])) for row in rows), default=0) for column in range(3)]
    lines = [
        "  " + "  ".join(str(cell).ljust(width) for cell, width in zip(row, widths, strict=False)) + f"  token {row[3]}"
        for row in rows
    ]
    return "\n".join([f"Demo accounts (also in {demo_accounts}): name, password, role, API token", *lines])


def rotate(logs: Path) -> None:
    """Put the logs of the last run aside, one generation."""
    for log in logs.glob("*.log"):
        log.replace(previous(log))


def previous(log: Path) -> Path:
    """Return the name of the older generation of a log."""
    return log.with_name(f"{log.name}.1")


@contextmanager
def step(name: str) -> Iterator[None]:
    """Say that a step is done and how long it took."""
    begun = time.monotonic()
    yield
    say(f"{name:<30}{time.monotonic() - begun:6.1f} s")


def say(text: str) -> None:
    """Print; nobody may be reading any more."""
    with suppress(OSError):
        print(text, flush=True)


def complain(text: str) -> None:
    """Print to the error stream."""
    with suppress(OSError):
        print(text, file=sys.stderr, flush=True)


def _wait_briefly(process: Process) -> None:
    deadline = time.monotonic() + 2
    while process.poll() is None:
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.02)
