"""How much of a file is read at most. A file beyond a limit is refused before it can do harm."""

from __future__ import annotations

KB, MB, GB = 1 << 10, 1 << 20, 1 << 30

CELL_CHARACTERS = 32 * KB
LINE_CHARACTERS = MB
COLUMNS = 500
HEADER_WITHIN_LINES = 60
"""The header stands within these first lines; above it there may be titles or the dots of SQL*Plus."""

WORKBOOK_UNPACKED_BYTES = 200 * MB
WORKBOOK_MEMORY = GB
WORKBOOK_SECONDS = 120
WORKBOOK_TEXT_BYTES = 512 * MB

JSON_RECORD_CHARACTERS = 64 * KB
DBF_FIELDS = 255

LARGEST_NUMBER = 10**15
"""Dollars, kilograms or units in one line; the trade of the whole world is about 3 * 10**13 dollars a year."""
FIRST_YEAR = 1990

PROBLEMS_KEPT = 1000
WARNINGS_KEPT = 500
"""Warnings take at most this many of `PROBLEMS_KEPT`, so that they never crowd out errors."""
VALUE_CHARACTERS = 80
"""A refused value is quoted up to this length."""
SPELLINGS_REMEMBERED = 200_000
"""Distinct codes whose reading is remembered; a hostile file cannot make the memory grow beyond it."""
