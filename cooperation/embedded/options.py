"""What the supervisor reads from the environment, checked before anything starts."""

from __future__ import annotations

import errno
import ipaddress
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cooperation import environment
from cooperation.embedded.processes import CannotStart

PROJECT = Path(__file__).resolve().parents[2]
_NEEDED_SPACE = 300 * 2**20
_OWN_HOSTS = ("localhost", "127.0.0.1", "[::1]")

# Asked the way the program itself will ask, so that passwords, names and TLS count too.
_QUESTIONS = {
    "DATABASE_URL": "import psycopg2; psycopg2.connect(sys.argv[1], connect_timeout=5).close()",
    "REDIS_URL": "import redis; redis.Redis.from_url(sys.argv[1], socket_connect_timeout=5).ping()",
}
_QUESTIONS["CACHE_URL"] = _QUESTIONS["REDIS_URL"]


@dataclass(frozen=True)
class Options:
    """Where the program listens and keeps its data, and the servers it is given."""

    host: str
    port: int
    data: Path
    given: Mapping[str, str]

    @property
    def reachable_host(self) -> str:
        """The host to connect to from this machine: a server on all addresses answers on the loopback."""
        try:
            address = ipaddress.ip_address(self.host)
        except ValueError:
            return self.host
        if not address.is_unspecified:
            return self.host
        return "127.0.0.1" if address.version == 4 else "::1"

    @property
    def is_exposed(self) -> bool:
        """Whether other machines reach the web server without a proxy that takes in slow requests."""
        try:
            is_own = ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            is_own = self.host == "localhost"
        return not is_own and not environment.boolean("BEHIND_PROXY", default=False)

    @property
    def address(self) -> str:
        """The address to open in a browser."""
        host = f"[{self.reachable_host}]" if ":" in self.reachable_host else self.reachable_host
        return f"http://{host}:{self.port}/"

    @property
    def logs(self) -> Path:
        """The folder of the logs of everything that runs."""
        return self.data / "logs"

    @property
    def demo_accounts(self) -> Path:
        """The file with the accounts made for a first look."""
        return self.data / "demo-accounts.json"

    def variables(self, addresses: Mapping[str, str]) -> dict[str, str]:
        """Return the environment of the program's processes; what the user set stays."""
        hosts = [*environment.words("ALLOWED_HOSTS"), *_OWN_HOSTS, f"[{self.host}]" if ":" in self.host else self.host]
        if self.host != self.reachable_host:
            hosts.append(socket.gethostname())
        defaults = {
            "DEBUG": "0",
            "HTTPS": "0",
            "LOG_FORMAT": "console",
            "PYTHONUNBUFFERED": "1",
            # One slow request must not keep a worker from answering the next.
            "GRANIAN_WORKERS": "2",
            "GRANIAN_BLOCKING_THREADS": "4",
        }
        return {
            **defaults,
            **{name: value for name, value in os.environ.items() if value.strip() or name not in defaults},
            **addresses,
            "DATA_DIR": str(self.data),
            "SECRET_KEY": environment.text("SECRET_KEY", "") or _kept_secret(self.data / "secret-key"),
            "ALLOWED_HOSTS": ",".join(dict.fromkeys(hosts)),
        }


def read() -> Options:
    """Read and check the environment. Raise `CannotStart` or `InvalidSetting` with what to do."""
    if sys.platform != "linux":
        raise CannotStart("This command runs on Linux only. Elsewhere use docker-compose.yml.")
    given = {}
    if environment.text("DATABASE_URL", ""):
        environment.postgres("DATABASE_URL")
        given["DATABASE_URL"] = environment.text("DATABASE_URL")
    if environment.text("REDIS_URL", ""):
        given["REDIS_URL"] = environment.redis("REDIS_URL")
    if environment.text("CACHE_URL", ""):
        given["CACHE_URL"] = environment.redis("CACHE_URL")
    return Options(
        host=environment.text("HOST", "127.0.0.1"),
        port=_port(environment.text("PORT", "8000")),
        data=_data_folder(environment.text("DATA_DIR", ".data")),
        given=given,
    )


def refuse_taken_port(options: Options) -> None:
    """Raise `CannotStart` when the web server could not listen."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            options.host, options.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror:
        raise CannotStart(f"HOST={options.host!r} is not an address of this machine. Set HOST=127.0.0.1.") from None
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            probe.listen()
        except PermissionError:
            raise CannotStart(f"PORT={options.port} needs root. Set a PORT above 1023.") from None
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CannotStart(
                    f"PORT={options.port} is taken by another program. Stop it, or set another PORT: PORT=8001 make run"
                ) from None
            raise CannotStart(f"HOST={options.host!r} is not an address of this machine. Set HOST=127.0.0.1.") from None


def refuse_silent_servers(options: Options) -> None:
    """Raise `CannotStart` when a server named in the environment does not answer."""
    for name, address in options.given.items():
        asked = subprocess.run(
            [sys.executable, "-c", f"import sys; {_QUESTIONS[name]}", address],
            capture_output=True,
            text=True,
            check=False,
        )
        if asked.returncode != 0:
            reason = asked.stderr.strip().splitlines()[-1] if asked.stderr.strip() else "no answer"
            raise CannotStart(
                f"{name} is set, but the server does not let us in: {reason.partition(': ')[2] or reason}."
                f" Correct {name}, or unset it to use the embedded server."
            )


def _port(value: str) -> int:
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= 65535):
        raise CannotStart(f"PORT={value!r} is not a port. Write a number from 1 to 65535.")
    return int(value)


def _data_folder(value: str) -> Path:
    """Return the data folder, made if needed, writable and with room for the database."""
    data = Path(value).expanduser().resolve()
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=data).close()
        (data / "logs").mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise CannotStart(
            f"DATA_DIR={value!r} cannot be written ({error.strerror}). Set DATA_DIR to a folder of yours."
        ) from None
    free = shutil.disk_usage(data).free
    if free < _NEEDED_SPACE:
        raise CannotStart(
            f"The disk of DATA_DIR={value!r} has {free // 2**20} MB left; {_NEEDED_SPACE // 2**20} MB are needed."
            " Free some space, or set DATA_DIR to another disk."
        )
    return data


def _kept_secret(path: Path) -> str:
    """Return the secret key of this data folder, made at the first start."""
    with_key = path.read_text().strip() if path.exists() else ""
    if with_key:
        return with_key
    write_private(path, key := secrets.token_urlsafe(64))
    return key


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)
