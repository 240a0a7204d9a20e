"""What stands where in the table of a plan: columns by their headings, sections, and one row for each measure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from agreements.files.problems import Place, UnusableFile
from agreements.files.tables import Cell, Table
from parties.models import Partnership, Side, Territory

_HEADER_WITHIN = 60


class Column(StrEnum):
    """What a column of a plan holds."""

    NUMBER = "number"
    TEXT = "text"
    TEXT_EN = "text_en"
    DEADLINE = "deadline"
    HOME = "home"
    PARTNER = "partner"
    EXECUTORS = "executors"
    CO_EXECUTORS = "co_executors"
    ARTICLES = "articles"
    SECTION = "section"


HEADINGS: dict[Column, tuple[str, str]] = {
    Column.NUMBER: ("№ п/п", "No."),
    Column.TEXT: ("Мероприятие", "Measure"),
    Column.TEXT_EN: ("Мероприятие на английском языке", "Measure in English"),
    Column.DEADLINE: ("Срок исполнения", "Deadline"),
    Column.EXECUTORS: ("Исполнители", "Executors"),
    Column.CO_EXECUTORS: ("Соисполнители", "Co-executors"),
    Column.ARTICLES: ("Статьи соглашения", "Articles of the agreement"),
    Column.SECTION: ("Раздел", "Section"),
}
NO_SECTION = ("Без раздела", "Without a section")
"""Stands as a section over measures of none that follow a section."""

_TOLD_ELSEWHERE = re.compile(
    r"ход |отметк|результат|информаци|примечан|фактич|статус|progress|status|result|note|actual"
)
_RULES: tuple[tuple[re.Pattern[str], Column], ...] = (
    (re.compile(r"срок|период (?:вы|ис)полн|дата|deadline|due|timing|time frame"), Column.DEADLINE),
    (re.compile(r"соисполнител|co-?executor|co-?performer"), Column.CO_EXECUTORS),
    (re.compile(r"исполнител|ответствен|executor|responsible|performer"), Column.EXECUTORS),
    (re.compile(r"(?:мероприяти|measure|activit|action).*(?:англ|english)"), Column.TEXT_EN),
    (re.compile(r"мероприяти|содержание|measure|activit|action"), Column.TEXT),
    (re.compile(r"стать|article"), Column.ARTICLES),
    (re.compile(r"раздел|направлени|section"), Column.SECTION),
    (re.compile(r"^(?:№|#|n(?![a-z])|no(?![a-z])|п ?/? ?п|номер|пункт|number)"), Column.NUMBER),
    (re.compile(r"наименование|название|title"), Column.TEXT),
)
_COMMON_WORDS = {"республика", "область", "край", "федерация", "republic", "oblast", "region", "federation", "side"}
_ROMAN_NUMERAL = re.compile(r"(?:раздел |section )?[ivx]+\.?", re.IGNORECASE)
_BARE_NUMBER = re.compile(r"[\d.\s]+")


@dataclass(frozen=True)
class SideWords:
    """Beginnings of words by which a heading or an entry names a side («с российской стороны»)."""

    stems: dict[Side, frozenset[str]]

    @classmethod
    def of(cls, partnership: Partnership) -> SideWords:
        """Take them from the names of the sides, of their territories and countries, and of regions in these."""
        both = {
            Side.HOME: cls._stems(partnership.home, partnership.home_side_ru, partnership.home_side_en),
            Side.PARTNER: cls._stems(partnership.partner, partnership.partner_side_ru, partnership.partner_side_en),
        }
        shared = both[Side.HOME] & both[Side.PARTNER]
        return cls({side: frozenset(stems - shared) for side, stems in both.items()})

    @staticmethod
    def _stems(territory: Territory, *names: str) -> set[str]:
        texts = [*names, territory.name_ru, territory.name_en]
        if territory.parent:
            texts += [territory.parent.name_ru, territory.parent.name_en]
        regions = [name for region in territory.children.all() for name in (region.name_ru, region.name_en)]
        # Three letters are what «Беларусь» and «белорусская» have in common, but also «Минск» and «министерство».
        return _beginnings(texts, 3) | _beginnings(regions, 5)

    def side_in(self, text: str) -> Side | None:
        """Return the side that the text names; None if it names none or both."""
        words = re.findall(r"[а-яёa-z]+", text.lower())
        named = [side for side, stems in self.stems.items() if any(word.startswith(tuple(stems)) for word in words)]
        return named[0] if len(named) == 1 else None


def _beginnings(texts: list[str], length: int) -> set[str]:
    words = re.findall(r"[а-яёa-z]{4,}", " ".join(texts).lower())
    return {word[:length] for word in words if word not in _COMMON_WORDS}


@dataclass(frozen=True)
class Columns:
    """Places of the columns that are read, headings of those that are not, and where the rows begin."""

    places: dict[Column, tuple[int, ...]]
    headings: dict[Column, str]
    unread: tuple[str, ...]
    first_row: int
    header: tuple[tuple[Cell, ...], ...]


@dataclass
class PlanRow:
    """What a file states about one measure, as it is written there. A column that the file lacks is absent."""

    place: Place
    section: str | None
    cells: dict[Column, str] = field(default_factory=dict)

    def get(self, column: Column) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True)
class PlanTable:
    """The rows of a plan, and what was left unread."""

    rows: tuple[PlanRow, ...]
    headings: dict[Column, str]
    unread: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return what `from_json` reads."""
        return {
            "rows": [[row.place.table, row.place.row, row.section, row.cells] for row in self.rows],
            "headings": self.headings,
            "unread": self.unread,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> PlanTable:
        return cls(
            rows=tuple(
                PlanRow(Place(table, number), section, {Column(name): text for name, text in cells.items()})
                for table, number, section, cells in stored["rows"]
            ),
            headings={Column(name): text for name, text in stored["headings"].items()},
            unread=tuple(stored["unread"]),
        )


def plan_rows(tables: Sequence[Table], sides: SideWords) -> PlanTable:
    """Return the measures that the tables state; raise `UnusableFile` where none has the headings of a plan."""
    rows: list[PlanRow] = []
    headings: dict[Column, str] = {}
    unread: list[str] = []
    for table in tables:
        columns = _columns(table, sides)
        if columns is None:
            continue
        headings |= columns.headings
        unread += [heading for heading in columns.unread if heading not in unread]
        rows += _rows(table, columns)
    if not headings:
        raise UnusableFile(
            _("No table has the headings of a plan."),
            _("Name the columns “№ п/п”, “Мероприятие”, “Срок” and “Исполнители” in the row above the measures."),
        )
    if not rows:
        raise UnusableFile(_("The table has no measure below its headings."), _("Fill in a row for each measure."))
    return PlanTable(tuple(rows), headings, tuple(unread))


def _columns(table: Table, sides: SideWords) -> Columns | None:
    for number, row in enumerate(table.rows[:_HEADER_WITHIN]):
        kinds = [_kind(cell.text, sides) for cell in row]
        if {Column.TEXT, Column.NUMBER, Column.DEADLINE} <= set(kinds):
            return _with_subheadings(table, number, sides)
    return None


def _with_subheadings(table: Table, number: int, sides: SideWords) -> Columns:
    """Read the header with the rows below that only divide its columns («Исполнители»: with sides below)."""
    header = [table.rows[number]]
    texts = [cell.text for cell in header[0]]
    kinds = [_kind(text, sides) for text in texts]
    fixed = [place for place, kind in enumerate(kinds) if kind in (Column.NUMBER, Column.TEXT)]
    for row in table.rows[number + 1 : number + 3]:
        above = header[-1]
        if not all(row[place].area == above[place].area or not row[place].text.strip() for place in fixed):
            break
        if not any(cell.text.strip() and cell.area != top.area for cell, top in zip(row, above, strict=True)):
            break
        texts = [
            text if cell.area == top.area else f"{text} {cell.text}"
            for text, cell, top in zip(texts, row, above, strict=True)
        ]
        header.append(row)
    places: dict[Column, tuple[int, ...]] = {}
    headings: dict[Column, str] = {}
    unread = []
    for place, text in enumerate(texts):
        kind = _kind(text, sides)
        shown = " ".join(text.split())
        if kind is not None:
            places[kind] = (*places.get(kind, ()), place)
            headings.setdefault(kind, shown)
        elif shown and shown not in unread:
            unread.append(shown)
    return Columns(places, headings, tuple(unread), number + len(header), tuple(header))


def _kind(heading: str, sides: SideWords) -> Column | None:
    words = " ".join(heading.lower().replace("ё", "е").split())
    if not words or len(words) > 200 or _TOLD_ELSEWHERE.search(words):
        return None
    side = sides.side_in(words)
    by_side = {Side.HOME: Column.HOME, Side.PARTNER: Column.PARTNER}
    for pattern, column in _RULES:
        if pattern.search(words):
            return by_side[side] if column is Column.EXECUTORS and side else column
    return by_side[side] if side and re.search(r"сторон|side", words) else None


def _rows(table: Table, columns: Columns) -> Iterator[PlanRow]:
    section: str | None = "" if Column.SECTION not in columns.places else None
    current: PlanRow | None = None
    current_areas: set[int] = set()
    header_texts = {tuple(cell.text for cell in row) for row in columns.header}
    number_at = columns.places[Column.NUMBER][0]
    for index, row in enumerate(table.rows[columns.first_row :], start=columns.first_row + 1):
        filled = {cell.area: cell.text for cell in row if cell.text.strip()}
        texts = [" ".join(text.split()) for text in filled.values()]
        if not filled or tuple(cell.text for cell in row) in header_texts or _counts_columns(texts):
            continue
        cells = {column: _joined(row, places) for column, places in columns.places.items()}
        if current is not None and _goes_on(row[number_at], cells, current_areas):
            _append(current, row, columns, current_areas)
            continue
        heading = _section_heading(texts, cells, row, columns)
        if heading is not None:
            section = "" if heading in NO_SECTION else heading
            continue
        if current is not None:
            yield current
        own = " ".join(cells[Column.SECTION].split()) if Column.SECTION in cells else section
        current = PlanRow(Place(table.name, index), own, cells)
        current_areas = set(filled)
    if current is not None:
        yield current


def _joined(row: Sequence[Cell], places: Sequence[int]) -> str:
    """Return the texts of the places, a merged area once."""
    return "\n".join({row[place].area: row[place].text for place in places if row[place].text}.values())


def _counts_columns(texts: Sequence[str]) -> bool:
    """Tell whether the row only numbers the columns (1 | 2 | 3 | …), as forms do below the headings."""
    return len(texts) >= 3 and texts == [str(number) for number in range(1, len(texts) + 1)]


def _goes_on(number: Cell, cells: dict[Column, str], areas: set[int]) -> bool:
    """Tell whether the row belongs to the measure above: merged with its number, or nothing but executors."""
    if number.area in areas:
        return True
    executing = {Column.HOME, Column.PARTNER, Column.EXECUTORS, Column.CO_EXECUTORS}
    said = {column for column, text in cells.items() if text.strip()}
    return bool(said) and said <= executing


def _append(measure: PlanRow, row: Sequence[Cell], columns: Columns, areas: set[int]) -> None:
    for column, places in columns.places.items():
        more = _joined(row, [place for place in places if row[place].area not in areas])
        if more.strip():
            measure.cells[column] = f"{measure.cells[column]}\n{more}".strip()
    areas |= {cell.area for cell in row}


def _section_heading(
    texts: Sequence[str], cells: dict[Column, str], row: Sequence[Cell], columns: Columns
) -> str | None:
    """Return the words of a section where the row is its heading.

    That is a row with one text only, which is no bare number; or a Roman numeral and a text.
    """
    if len(texts) == 1:
        return None if _BARE_NUMBER.fullmatch(texts[0]) else texts[0]
    if len(texts) == 2 and _ROMAN_NUMERAL.fullmatch(texts[0]) and cells[Column.NUMBER].strip():
        return f"{texts[0].rstrip('.')}. {texts[1]}"
    return None
