"""`python -m cooperation.embedded run`: its refusals, its end, and the whole program under it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from cooperation.embedded import options
from cooperation.embedded.processes import CannotStart
from tests.embedded.running import (
    PROJECT,
    SMALL_PROGRAM,
    WHOLE_PROGRAM,
    alive,
    clean_environment,
    command_line,
    descendants,
    eventually,
    free_port,
    refusal,
    running,
    status,
)


def below(supervisor: int, words: str) -> list[int]:
    """Return the processes of a supervisor that have `words` in their command line."""
    return [pid for pid in descendants(supervisor) if words in command_line(pid)]


def replaced(supervisor: int, words: str, victim: int) -> bool:
    """Tell whether another process does the work of the victim."""
    return [pid for pid in below(supervisor, words) if pid != victim] != [] and not alive(victim)


@pytest.mark.parametrize(
    ("host", "proxy", "is_exposed"),
    [
        ("127.0.0.1", "0", False),
        ("localhost", "0", False),
        ("::1", "0", False),
        ("0.0.0.0", "0", True),
        ("::", "0", True),
        ("0.0.0.0", "1", False),
    ],
)
def test_a_server_open_to_other_machines_without_a_proxy_is_told(
    monkeypatch: pytest.MonkeyPatch, host: str, proxy: str, is_exposed: bool
) -> None:
    monkeypatch.setenv("BEHIND_PROXY", proxy)
    assert options.Options(host, 8000, Path(), {}).is_exposed == is_exposed


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({"PORT": "http"}, "PORT='http' is not a port. Write a number from 1 to 65535."),
        ({"PORT": "70000"}, "PORT='70000' is not a port."),
        ({"HOST": "203.0.113.7"}, "HOST='203.0.113.7' is not an address of this machine."),
        ({"DATA_DIR": "/proc/nowhere"}, "DATA_DIR='/proc/nowhere' cannot be written"),
        ({"DATABASE_URL": "mysql://db/x"}, "DATABASE_URL is not an address of a PostgreSQL database."),
        ({"DATABASE_URL": "postgresql://app@127.0.0.1:9/x"}, "DATABASE_URL is set, but the server does not let us in"),
        ({"REDIS_URL": "http://x"}, "REDIS_URL is not an address of a Redis or Valkey server."),
        ({"REDIS_URL": "redis://127.0.0.1:9"}, "REDIS_URL is set, but the server does not let us in"),
        ({"SMALL_PROGRAM": "setting"}, "LOG_LEVEL is not known."),
    ],
)
def test_a_wrong_setting_is_told_in_one_line(variables: dict[str, str], says: str, tmp_path: Path) -> None:
    code, errors = refusal(**({"DATA_DIR": str(tmp_path / "data"), "PORT": str(free_port())} | variables))
    assert (code, len(errors)) == (2, 1), errors
    assert says in errors[0]


def test_a_taken_port_is_told_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        code, errors = refusal(PORT=str(port), DATA_DIR=str(tmp_path))
    assert (code, len(errors)) == (2, 1)
    assert f"PORT={port} is taken by another program." in errors[0]
    assert not (tmp_path / "postgres").exists()


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = shutil.disk_usage(tmp_path)._replace(free=50 * 2**20)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: full)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    with pytest.raises(CannotStart, match="has 50 MB left; 300 MB are needed"):
        options.read()


def test_an_unknown_command_shows_the_usage() -> None:
    code, errors = refusal(("cooperation.embedded", "dance"))
    assert code == 2
    assert errors[0].startswith("usage:")


def test_only_the_standard_library_is_imported() -> None:
    listed = subprocess.run(
        [sys.executable, "-S", "-c", "import cooperation.embedded.commands, sys; print(*sys.modules)"],
        cwd=PROJECT,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert {name.partition(".")[0] for name in listed} - sys.stdlib_module_names - {"__main__", "cooperation"} == set()


def test_two_supervisors_do_not_share_a_data_folder_and_a_stop_leaves_nothing(tmp_path: Path) -> None:
    port = free_port()
    with running(SMALL_PROGRAM, environment=clean_environment(PORT=str(port), DATA_DIR=str(tmp_path))) as supervisor:
        assert eventually(lambda: status(port) == 200)
        code, errors = refusal(PORT=str(free_port()), DATA_DIR=str(tmp_path))
        assert (code, len(errors)) == (2, 1)
        assert "is in use by a running instance" in errors[0]

        assert eventually((tmp_path / "environment.json").exists)
        connection = json.loads((tmp_path / "environment.json").read_text())
        sockets = Path(connection["REDIS_URL"].removeprefix("unix://")).parent
        everything = descendants(supervisor.pid)
        supervisor.terminate()
        printed, errors_text = supervisor.communicate(timeout=30)
    assert supervisor.returncode == 0, errors_text
    assert "Ready in" in printed
    assert "Stopped in" in printed
    assert not any(map(alive, everything))
    assert not sockets.exists()
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600


def test_a_dead_child_is_started_again(tmp_path: Path) -> None:
    port = free_port()
    with running(SMALL_PROGRAM, environment=clean_environment(PORT=str(port), DATA_DIR=str(tmp_path))) as supervisor:
        assert eventually(lambda: status(port) == 200)
        for words in ("http.server", "/postgres -D"):
            [victim] = below(supervisor.pid, words)
            os.kill(victim, signal.SIGKILL)
            assert eventually(partial(replaced, supervisor.pid, words, victim))
        assert eventually(lambda: status(port) == 200)
        supervisor.send_signal(signal.SIGINT)
        _, errors = supervisor.communicate(timeout=30)
    assert supervisor.returncode == 0
    assert "web was killed by signal 9; starting it again in 0.25 s." in errors


def test_a_child_that_keeps_dying_stops_everything_with_a_reason(tmp_path: Path) -> None:
    code, errors = refusal(SMALL_PROGRAM="web", PORT=str(free_port()), DATA_DIR=str(tmp_path))
    assert code == 1
    assert "web ended with code 3 for the 5th time within a minute." in errors[-1]


def test_a_failed_preparation_shows_its_last_lines(tmp_path: Path) -> None:
    code, errors = refusal(SMALL_PROGRAM="prepare", PORT=str(free_port()), DATA_DIR=str(tmp_path))
    assert code == 1
    assert "Preparing failed: RuntimeError: the table is missing" in errors[-1]


def test_a_second_interrupt_does_not_wait_for_a_stubborn_child(tmp_path: Path) -> None:
    port = free_port()
    environment = clean_environment(SMALL_PROGRAM="stubborn", PORT=str(port), DATA_DIR=str(tmp_path))
    with running(SMALL_PROGRAM, environment=environment) as supervisor:
        assert eventually(lambda: status(port) == 200)
        everything = descendants(supervisor.pid)
        supervisor.send_signal(signal.SIGINT)
        assert eventually(lambda: status(port) is None)
        with pytest.raises(subprocess.TimeoutExpired):
            supervisor.wait(0.7)
        supervisor.send_signal(signal.SIGINT)
        supervisor.wait(5)
    assert not any(map(alive, everything))


@pytest.mark.parametrize("victim", ["parent", "supervisor"])
def test_everything_ends_when_the_parent_or_the_supervisor_is_killed(victim: str, tmp_path: Path) -> None:
    port = free_port()
    wrapper = ("sh", "-c", '"$@"; true', "sh")
    environment = clean_environment(PORT=str(port), DATA_DIR=str(tmp_path))
    with running(SMALL_PROGRAM, environment=environment, wrapper=wrapper) as parent:
        assert eventually(lambda: status(port) == 200)
        everything = descendants(parent.pid)
        assert eventually((tmp_path / "environment.json").exists)
        connection = json.loads((tmp_path / "environment.json").read_text())
        os.kill(parent.pid if victim == "parent" else everything[0], signal.SIGKILL)
        assert eventually(lambda: not any(map(alive, everything)))
    # Who is killed cannot tidy up; the next start would.
    shutil.rmtree(Path(connection["REDIS_URL"].removeprefix("unix://")).parent, ignore_errors=True)


def test_the_whole_program_starts_stops_and_keeps_its_data(tmp_path: Path) -> None:
    port = free_port()
    data = tmp_path / "data folder"
    environment = clean_environment(PORT=str(port), DATA_DIR=str(data))
    kept = []
    for _ in range(2):
        with running(WHOLE_PROGRAM, environment=environment) as supervisor:
            assert eventually(lambda: supervisor.poll() is not None or status(port) == 200, within=120)
            assert supervisor.poll() is None, supervisor.communicate()
            accounts = data / "demo-accounts.json"
            assert accounts.stat().st_mode & 0o777 == 0o600
            kept.append((accounts.read_text(), (data / "secret-key").read_text()))
            everything = descendants(supervisor.pid)
            supervisor.terminate()
            _, errors = supervisor.communicate(timeout=60)
        assert supervisor.returncode == 0, errors
        assert not any(map(alive, everything))
    assert kept[0] == kept[1]
