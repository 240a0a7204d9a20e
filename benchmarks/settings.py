"""The program's own settings, with the floor page added."""

from cooperation.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.urls"
IMPORT_MAX_BYTES = 4 << 30  # twenty million lines come in one file
