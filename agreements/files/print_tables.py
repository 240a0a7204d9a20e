"""Print the tables of a workbook or text: a program of its own, so that limits of memory and time bound the parser.

    python -I print_tables.py FILE KIND MEMORY SECONDS BYTES    (KIND is xlsx or docx)

Prints JSON: `[{"name": …, "width": …, "rows": [[[text, area], …], …]}, …]`. All rows of a table have its full width,
but one that holds nothing is printed as `[]`; a merged area stands in each of its cells with the same `area`, any other
cell has an area of its own. An automatic number of a text is printed as part of the text. Exit codes: 0 done, 4 too
large, 5 cannot be read, 6 protected by a password.
"""

import datetime as dt
import json
import resource
import sys
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from xml.etree import ElementTree

TOO_LARGE, UNREADABLE, PROTECTED = 4, 5, 6
MAX_ROWS, MAX_COLUMNS, MAX_TABLES = 20_000, 60, 100
MAX_CELLS = 250_000
"""Of all tables, in rows that hold anything: a row of 60 columns may be one filled cell, and is paid for in full."""
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_HIDDEN = {f"{W}del", f"{W}moveFrom", f"{W}tbl", f"{W}instrText", f"{W}delText"}


class TooLarge(Exception):
    """The table has more rows or columns than any plan."""


# -- workbooks --------------------------------------------------------------------------------------------------------


def sheets(path: str) -> list[dict[str, object]]:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(path)
    found: list[dict[str, object]] = []
    for name in book.sheet_names[:MAX_TABLES]:
        sheet = book.get_sheet_by_name(name)
        if sheet.start is None or sheet.end is None:
            continue
        if sheet.end[0] >= MAX_ROWS or sheet.end[1] >= MAX_COLUMNS:
            raise TooLarge
        width = sheet.end[1] + 1
        # Rows are read from the first that holds anything; those above are kept, so that rows keep their numbers.
        texts = [[""] * width for __ in range(sheet.start[0])]
        lead = [""] * sheet.start[1]
        for row in sheet.to_python(skip_empty_area=True):
            texts.append(lead + [as_typed(value) for value in row])
        rows = [[[text, number * width + place] for place, text in enumerate(row)] for number, row in enumerate(texts)]
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
            if top >= len(rows) or left >= width:
                continue
            for number in range(top, min(bottom, len(rows) - 1) + 1):
                for place in range(left, min(right, width - 1) + 1):
                    rows[number][place] = rows[top][left]
        found.append({"name": name, "rows": rows})
    return found


def as_typed(value: object) -> str:
    """Return a cell as a person would type it: no exponents, days as 2025-03-01."""
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value).lower()
    if isinstance(value, float):
        # 15 digits are what a spreadsheet keeps; the rest is binary noise (0.1 + 0.2).
        return format(Decimal(f"{value:.15g}").normalize(), "f") if abs(value) < 1e18 else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    return str(value)


# -- texts ------------------------------------------------------------------------------------------------------------


def tables(path: str) -> list[dict[str, object]]:
    archive = zipfile.ZipFile(path)
    names = set(archive.namelist())

    def part(name: str) -> ElementTree.Element | None:
        return ElementTree.fromstring(archive.read(name)) if name in names else None  # noqa: S314 – entities refused

    body = part("word/document.xml")
    if body is None:
        raise KeyError("word/document.xml")
    numbering = Numbering(part("word/numbering.xml"), part("word/styles.xml"))
    found: list[dict[str, object]] = []
    for table in outermost(body, f"{W}tbl"):
        if len(found) == MAX_TABLES:
            break
        found.append({"name": "", "rows": table_rows(table, numbering)})
    return found


def outermost(element: ElementTree.Element, wanted: str) -> Iterator[ElementTree.Element]:
    """Give the wanted elements in order, none that stands in another; deleted ones are left out."""
    for child in element:
        if child.tag == wanted:
            yield child
        elif child.tag not in _HIDDEN:
            yield from outermost(child, wanted)


def table_rows(table: ElementTree.Element, numbering: "Numbering") -> list[list[list[object]]]:
    rows: list[list[list[object]]] = []
    area = 0
    for row in outermost(table, f"{W}tr"):
        if row.find(f"{W}trPr/{W}del") is not None:
            continue
        if len(rows) == MAX_ROWS:
            raise TooLarge
        cells: list[list[object]] = []
        for __ in range(int(attribute(row.find(f"{W}trPr/{W}gridBefore"), "0"))):
            area += 1
            cells.append(["", area])
        for cell in outermost(row, f"{W}tc"):
            merged = cell.find(f"{W}tcPr/{W}vMerge")
            above = rows[-1][len(cells)] if rows and len(cells) < len(rows[-1]) else None
            if merged is not None and attribute(merged, "continue") == "continue" and above is not None:
                content = above
            else:
                area += 1
                content = [cell_text(cell, numbering), area]
            span = int(attribute(cell.find(f"{W}tcPr/{W}gridSpan"), "1"))
            if span + len(cells) > MAX_COLUMNS:
                raise TooLarge
            cells += [content] * span
        rows.append(cells)
    width = max(map(len, rows), default=0)
    for cells in rows:
        while len(cells) < width:
            area += 1
            cells.append(["", area])
    return rows


def attribute(element: ElementTree.Element | None, default: str) -> str:
    return default if element is None else element.get(f"{W}val", default)


def cell_text(cell: ElementTree.Element, numbering: "Numbering") -> str:
    lines = []
    for paragraph in outermost(cell, f"{W}p"):
        text = "".join(pieces(paragraph))
        number = numbering.of(paragraph)
        lines.append(f"{number} {text}".strip() if number else text)
    return "\n".join(lines).strip()


def pieces(element: ElementTree.Element) -> Iterator[str]:
    for child in element:
        if child.tag == f"{W}t":
            yield child.text or ""
        elif child.tag == f"{W}tab":
            yield " "
        elif child.tag in {f"{W}br", f"{W}cr"}:
            yield "\n"
        elif child.tag == f"{W}noBreakHyphen":
            yield "\u2011"
        elif child.tag.startswith(W) and child.tag not in _HIDDEN and not child.tag.endswith("Pr"):
            yield from pieces(child)


class Numbering:
    """Automatic numbers of paragraphs, counted as a text program counts them."""

    def __init__(self, definitions: ElementTree.Element | None, styles: ElementTree.Element | None) -> None:
        self._levels: dict[str, dict[int, tuple[str, str, int]]] = {}  # list: {level: (form, text, first number)}
        self._counts: dict[str, dict[int, int]] = {}
        self._styles: dict[str, tuple[str, int]] = {}
        if definitions is None:
            return
        abstract = {
            one.get(f"{W}abstractNumId", ""): {
                int(level.get(f"{W}ilvl", "0")): (
                    attribute(level.find(f"{W}numFmt"), "decimal"),
                    attribute(level.find(f"{W}lvlText"), ""),
                    int(attribute(level.find(f"{W}start"), "1")),
                )
                for level in one.findall(f"{W}lvl")
            }
            for one in definitions.findall(f"{W}abstractNum")
        }
        for one in definitions.findall(f"{W}num"):
            levels = dict(abstract.get(attribute(one.find(f"{W}abstractNumId"), ""), {}))
            for override in one.findall(f"{W}lvlOverride"):
                level = int(override.get(f"{W}ilvl", "0"))
                first = override.find(f"{W}startOverride")
                if first is not None and level in levels:
                    levels[level] = (*levels[level][:2], int(attribute(first, "1")))
            self._levels[one.get(f"{W}numId", "")] = levels
        for style in styles.findall(f"{W}style") if styles is not None else []:
            number = style.find(f"{W}pPr/{W}numPr")
            if number is not None and number.find(f"{W}numId") is not None:
                level = int(attribute(number.find(f"{W}ilvl"), "0"))
                self._styles[style.get(f"{W}styleId", "")] = (attribute(number.find(f"{W}numId"), ""), level)

    def of(self, paragraph: ElementTree.Element) -> str:
        """Return the number of the paragraph, the next of its list; empty where it has none."""
        number = paragraph.find(f"{W}pPr/{W}numPr")
        if number is not None:
            chosen = attribute(number.find(f"{W}numId"), ""), int(attribute(number.find(f"{W}ilvl"), "0"))
        else:
            chosen = self._styles.get(attribute(paragraph.find(f"{W}pPr/{W}pStyle"), ""), ("", 0))
        list_id, level = chosen
        levels = self._levels.get(list_id, {})
        if level not in levels:
            return ""
        form, text, first = levels[level]
        counts = self._counts.setdefault(list_id, {})
        counts[level] = counts.get(level, first - 1) + 1
        for deeper in [one for one in counts if one > level]:
            del counts[deeper]
        if form in {"bullet", "none"}:
            return ""
        for upper in range(level + 1):
            own_form, __, own_first = levels.get(upper, ("decimal", "", 1))
            text = text.replace(f"%{upper + 1}", in_form(counts.get(upper, own_first), own_form))
        return text


def in_form(number: int, form: str) -> str:
    if form in {"upperRoman", "lowerRoman"} and 0 < number < 40:
        written, rest = "", number
        for value, letters in _ROMAN:
            written, rest = written + letters * (rest // value), rest % value
        return written.upper() if form == "upperRoman" else written
    return str(number)


def without_empty_rows(found: list[dict[str, object]]) -> list[dict[str, object]]:
    left = MAX_CELLS
    for table in found:
        rows: list[list[list[object]]] = table["rows"]  # type: ignore[assignment]
        table["width"] = len(rows[0]) if rows else 0
        for row in rows:
            if not any(text for text, __ in row):
                row.clear()
            left -= len(row)
            if left < 0:
                raise TooLarge
    return found


def main(path: str, kind: str, memory: int, seconds: int, output_bytes: int) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (output_bytes, output_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from python_calamine import CalamineError, PasswordError

    try:
        print(json.dumps(without_empty_rows(sheets(path) if kind == "xlsx" else tables(path))))
        sys.stdout.flush()
    except PasswordError:
        return PROTECTED
    except (TooLarge, MemoryError, RecursionError):
        return TOO_LARGE
    except (CalamineError, ElementTree.ParseError, zipfile.BadZipFile, KeyError, ValueError, OverflowError, OSError):
        return UNREADABLE
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6])))
