"""What is traded in the goods that a chain ends in: product groups, each with the turnover of its newest year."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import ngettext

from parties.formatting import one_or_several
from parties.models import Partnership
from trade.cube.cells import Cell
from trade.cube.series import series
from trade.explorer.wording import with_unit
from trade.models import GroupedChapter
from trade.selection import Defaults, Selection, SelectionErrors

_CODE = re.compile(r"\d{2,10}")


@dataclass(frozen=True)
class Traded:
    """A product group of the chain, and its turnover with the partner; without `cell` no figure is known."""

    code: str
    name: str
    chapters: tuple[str, ...]
    selection: Selection | None
    cell: Cell | None

    @property
    def page(self) -> str:
        return f"{reverse('trade:explorer')}?{urlencode({'goods': self.code})}"

    @property
    def amount(self) -> str:
        """The turnover in words, empty without a figure."""
        if self.selection is None or self.cell is None or self.cell.value is None:
            return ""
        return with_unit(self.cell.value, self.selection)


def chapters_in(texts: Iterable[str]) -> set[str]:
    """Return the chapters of all HS codes that stand in the texts."""
    return {code[:2] for text in texts for code in _CODE.findall(text)}


def in_words(chapters: Sequence[str]) -> str:
    """Return chapters as the nomenclature calls them, more than two in a row as a span: «группы ТН ВЭД 72, 84–90»."""
    rows: list[list[str]] = []
    for chapter in chapters:
        if rows and int(chapter) == int(rows[-1][-1]) + 1:
            rows[-1].append(chapter)
        else:
            rows.append([chapter])
    codes = ", ".join(f"{row[0]}–{row[-1]}" if len(row) > 2 else ", ".join(row) for row in rows)
    return ngettext("HS chapter %(codes)s", "HS chapters %(codes)s", one_or_several(chapters)) % {"codes": codes}


def groups_of(chapters: set[str]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return name and chapters of each product group that holds any of the chapters (1 query).

    A chapter of no group stands for itself.
    """
    rows = GroupedChapter.objects.filter(grouping__is_default=True, chapter__in=chapters).select_related("group")
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for row in rows.order_by("chapter"):
        __, known = found.get(row.group.commodity_code, ("", ()))
        found[row.group.commodity_code] = (str(row.group), (*known, row.chapter))
    alone = chapters.difference(*(members for __, members in found.values()))
    return found | {chapter: (in_words((chapter,)), (chapter,)) for chapter in alone}


def traded(partnership: Partnership, chapters: set[str]) -> list[Traded]:
    """Return the product groups of the chapters with their figures (at most 12 queries)."""
    groups = groups_of(chapters)
    asked = _asked(partnership, sorted(groups))
    return [Traded(code, *groups[code], *asked.get(code, (None, None))) for code in sorted(groups)]


def _asked(partnership: Partnership, codes: list[str]) -> dict[str, tuple[Selection, Cell]]:
    """Return the figure of the newest whole year of each code that has one."""
    found: dict[str, tuple[Selection, Cell]] = {}
    for level, is_chapter in (("group", False), ("chapter", True)):
        goods = ",".join(code for code in codes if code.isdigit() == is_chapter)
        if not goods:
            continue
        parameters = {"goods": goods, "by": "goods", "level": level, "frequency": "A", "unit": "USD_MN"}
        try:
            selection = Selection.parse(parameters, defaults=Defaults.of(partnership))
        except SelectionErrors:  # nothing is loaded to ask for
            continue
        # Oldest first; years that are not loaded in full have no value.
        found |= {cell.goods: (selection, cell) for cell in series(selection).cells if cell.value is not None}
    return found
