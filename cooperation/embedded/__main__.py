"""Entry point of `python -m cooperation.embedded`."""

import sys

if sys.version_info < (3, 11):  # said before anything that an older Python cannot read
    sys.stderr.write("cooperation: Python 3.11 or newer is needed, this is %d.%d.\n" % sys.version_info[:2])
    sys.exit(2)

from cooperation.embedded.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
