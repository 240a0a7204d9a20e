"""The command line of the package."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence

from cooperation.embedded import options as settings
from cooperation.embedded.backing import Backing, throwaway
from cooperation.embedded.folders import locked, private_folder
from cooperation.embedded.options import PROJECT, Options
from cooperation.embedded.processes import CannotStart, Failed
from cooperation.embedded.supervisor import Program, complain, cooperation, run
from cooperation.environment import InvalidSetting

_USAGE = """usage: python -m cooperation.embedded run
           everything on this machine, until Ctrl-C
       python -m cooperation.embedded manage COMMAND …
           one manage.py command on the data of `run`, whether that runs or not
       python -m cooperation.embedded throwaway PROGRAM …
           one program with empty servers, removed afterwards"""


def main(arguments: Sequence[str], program: Callable[[Options], Program] = cooperation) -> int:
    """Run one command and return its exit code: 2 means that something must be set right first."""
    try:
        match arguments:
            case ["run"]:
                run(program)
                return 0
            case ["manage", *command] if command:
                return manage(command)
            case ["throwaway", *command] if command:
                with throwaway() as servers:
                    return _call(command, {"SECRET_KEY": secrets.token_urlsafe(64), **servers})
            case _:
                print(_USAGE, file=sys.stderr)
                return 2
    except (CannotStart, InvalidSetting) as error:
        complain(f"cooperation: {error}")
        return 2
    except Failed as error:
        complain(f"cooperation: {error}")
        return 1
    except KeyboardInterrupt:
        return 130


def manage(command: Sequence[str]) -> int:
    """Run a `manage.py` command with the servers of the data folder, starting them if they do not run."""
    options = settings.read()
    command = [sys.executable, str(PROJECT / "manage.py"), *command]
    lock = locked(options.data / "lock")
    if lock is None:
        try:
            return _call(command, json.loads((options.data / "environment.json").read_text()))
        except FileNotFoundError:
            raise CannotStart("The running instance is still starting or stopping. Try again in a moment.") from None
    with lock, private_folder() as runtime:
        backing = Backing.over(options.data, runtime=runtime, logs=options.logs, given=options.given)
        with backing.running() as addresses:
            return _call(command, options.variables(addresses))


def _call(command: Sequence[str], variables: Mapping[str, str]) -> int:
    try:
        return subprocess.run(command, env={**os.environ, **variables}, check=False).returncode
    except FileNotFoundError:
        raise CannotStart(f"There is no program {command[0]!r}.") from None
