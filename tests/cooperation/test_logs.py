"""What the log writes of an error: where it happened, and no data."""

import os
import subprocess
import sys

FAILING = """
import logging.config
from cooperation import settings
logging.config.dictConfig(settings.LOGGING)
typed_by_somebody = "secret" * 3
try:
    1 / 0
except ZeroDivisionError:
    logging.getLogger("some").exception("failed")
"""


def test_a_traceback_on_the_console_is_plain_and_shows_no_variables():
    environment = {**os.environ, "LOG_FORMAT": "console"}
    ran = subprocess.run([sys.executable, "-c", FAILING], env=environment, capture_output=True, text=True, check=True)

    assert "ZeroDivisionError" in ran.stderr
    assert "secretsecret" not in ran.stderr
    assert "Traceback (most recent call last):\n" in ran.stderr
