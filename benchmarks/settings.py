"""The program's own settings, with the floor page added."""

from cooperation.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.urls"
