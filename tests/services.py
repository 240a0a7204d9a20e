"""pytest plugin: real PostgreSQL and Valkey servers for one test run, removed afterwards.

Loaded by `-p tests.services`, so that they run before pytest-django reads the settings.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from cooperation.embedded.backing import throwaway

# What a developer's shell may set must not change what the tests see.
_CLEARED = ("ALLOWED_HOSTS", "BEHIND_PROXY", "CSRF_TRUSTED_ORIGINS", "HOST", "LOG_FORMAT", "LOG_LEVEL", "PORT")
_CLEARED_PREFIXES = ("GRANIAN_", "IMPORT_", "REPORT_", "WORKER_")
_SETTINGS = {
    "DEBUG": "0",
    "DJANGO_SETTINGS_MODULE": "cooperation.settings",
    "HTTPS": "0",
    "SECRET_KEY": "a key for tests only, long enough for every check of the framework",
}


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Start the servers before any other plugin looks at the environment."""
    stack = ExitStack()
    early_config.add_cleanup(stack.close)
    servers = stack.enter_context(throwaway())
    for name in [name for name in os.environ if name in _CLEARED or name.startswith(_CLEARED_PREFIXES)]:
        del os.environ[name]
    os.environ.update(_SETTINGS | servers)
    return (yield)
