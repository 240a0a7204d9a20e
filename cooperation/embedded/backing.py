"""The two servers behind the program, together: for `make run`, for one command and for tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cooperation.embedded.folders import private_folder
from cooperation.embedded.postgres import Cluster
from cooperation.embedded.processes import stop
from cooperation.embedded.valkey import Messenger


@dataclass(frozen=True)
class Backing:
    """The embedded servers; None for one that the environment replaces by another."""

    cluster: Cluster | None
    messenger: Messenger | None

    @classmethod
    def over(cls, data: Path, *, runtime: Path, logs: Path, given: Mapping[str, str], lasting: bool = True) -> Backing:
        """Return the servers over a data folder, not yet started."""
        return cls(
            cluster=None
            if given.get("DATABASE_URL")
            else Cluster(data / "postgres", runtime=runtime, log=logs / "postgres.log", lasting=lasting),
            messenger=None
            if given.get("REDIS_URL")
            else Messenger(data / "valkey", runtime=runtime, log=logs / "valkey.log", lasting=lasting),
        )

    @property
    def addresses(self) -> dict[str, str]:
        """The environment variables that name the embedded servers."""
        addresses = {}
        if self.cluster:
            addresses["DATABASE_URL"] = self.cluster.url
        if self.messenger:
            addresses["REDIS_URL"] = self.messenger.url
        return addresses

    @contextmanager
    def running(self) -> Iterator[dict[str, str]]:
        """Run the servers for the length of a `with` block; yield their addresses."""
        with ExitStack() as stack:
            if cluster := self.cluster:
                cluster.prepare()
                process = cluster.start()
                stack.callback(stop, process, how=cluster.stop_signal, patience=30)
                cluster.wait(process)
            if messenger := self.messenger:
                process = messenger.start()
                stack.callback(stop, process, how=messenger.stop_signal)
                messenger.wait(process)
            yield self.addresses


@contextmanager
def throwaway() -> Iterator[dict[str, str]]:
    """Run servers that forget everything; yield the environment variables that name them and a data folder.

    They end with this process, even when it is killed.
    """
    with private_folder() as runtime:
        data = runtime / "data"
        data.mkdir(mode=0o700)
        with Backing.over(data, runtime=runtime, logs=runtime, given={}, lasting=False).running() as addresses:
            yield {**addresses, "DATA_DIR": str(data)}
