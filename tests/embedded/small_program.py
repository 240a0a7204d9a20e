"""The supervisor over the real servers and a program of a few lines instead of the whole one.

`SMALL_PROGRAM` in the environment chooses what goes wrong: `prepare`, `setting`, `web` or `stubborn`.
"""

import os
import sys

from cooperation.embedded import commands
from cooperation.embedded.options import Options
from cooperation.embedded.supervisor import Program

_WEB = """
import http.server, os, pathlib, sys
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/health/ready" else 404)
        self.end_headers()
http.server.HTTPServer((sys.argv[1], int(sys.argv[2])), Page).serve_forever()
"""
_SLEEP = "import time; time.sleep(3600)"
_STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(3600)"
_FAULTS = {
    "prepare": "raise RuntimeError('the table is missing')",
    "setting": "class InvalidSetting(Exception): pass\nraise InvalidSetting('LOG_LEVEL is not known.')",
}


def program(options: Options) -> Program:
    """Return commands that take no time to start."""
    fault = os.environ.get("SMALL_PROGRAM", "")
    python = (sys.executable, "-c")
    return Program(
        prepare=(*python, _FAULTS.get(fault, "")),
        children={
            "worker": (*python, _STUBBORN if fault == "stubborn" else _SLEEP),
            "web": (*python, "raise SystemExit(3)" if fault == "web" else _WEB, options.host, str(options.port)),
        },
    )


if __name__ == "__main__":
    sys.exit(commands.main(["run"], program))
