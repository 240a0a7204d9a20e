"""Entry point of `python -m cooperation.embedded`."""

import sys

if sys.hexversion < 0x030B0000:  # said before anything that an older Python cannot read
    sys.stderr.write(f"cooperation: Python 3.11 or newer is needed, this is {sys.version.split()[0]}.\n")
    sys.exit(2)

from cooperation.embedded.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
