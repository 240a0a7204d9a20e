"""Print one sheet of a workbook as CSV: a program of its own, so that limits of memory and time bound the parser.

    python -I sheet_to_csv.py WORKBOOK SHEET    (an empty SHEET is the first that holds anything)

A line of the output is a row of the sheet, from row 1 on. The names of the sheets go to standard error as JSON. Exit
codes: 0 done, 3 no such sheet, 4 too large, 5 cannot be read, 6 protected by a password, 7 more text than
may be written.
"""

import csv
import datetime as dt
import errno
import io
import json
import resource
import sys
from decimal import Decimal

NO_SHEET, TOO_LARGE, UNREADABLE, PROTECTED, TOO_LONG = 3, 4, 5, 6, 7
MAX_ROWS, MAX_COLUMNS = 1 << 20, 500


def text(value: object) -> str:
    """Return a cell as a person would type it: no exponents, dates as 2024-01-31, one line."""
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value).lower()
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e18:
            return str(int(value))
        # 15 digits are what a spreadsheet keeps; the rest is binary noise (0.1 + 0.2).
        return format(Decimal(f"{value:.15g}"), "f") if abs(value) < 1e18 else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    if isinstance(value, str):
        return " ".join(value.split()) if "\n" in value or "\r" in value else value
    return str(value)


def main(path: str, wanted: str, memory: int, seconds: int, output_bytes: int) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (output_bytes, output_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        book = CalamineWorkbook.from_path(path)
        names = book.sheet_names
        print(json.dumps(names[:100]), file=sys.stderr, flush=True)
        if wanted and wanted not in names:
            return NO_SHEET
        sheet = None
        for name in [wanted] if wanted else names:
            sheet = book.get_sheet_by_name(name)
            if sheet.end is not None:
                break
        if sheet is None or sheet.end is None:
            return 0
        if sheet.end[0] >= MAX_ROWS or sheet.end[1] >= MAX_COLUMNS:
            return TOO_LARGE
        lead = [""] * (sheet.start or (0, 0))[1]
        with io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", errors="replace", newline="") as out:
            rows = csv.writer(out, lineterminator="\n")
            for row in sheet.iter_rows():
                cells = lead + [text(value) for value in row]
                if any(cells):
                    rows.writerow(cells)
                else:
                    out.write("\n")  # keeps the numbers of the lines those of the sheet
    except PasswordError:
        return PROTECTED
    except MemoryError:
        return TOO_LARGE
    except OSError as error:
        # Python ignores SIGXFSZ, so the limit of the output comes as an error of writing.
        return TOO_LONG if error.errno == errno.EFBIG else UNREADABLE
    except (CalamineError, ValueError, OverflowError):
        return UNREADABLE
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6])))
