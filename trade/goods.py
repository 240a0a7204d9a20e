"""How goods are classed above the chapter, and what a code of goods is by its form.

Sections come with the nomenclature; product groups belong to a version of the grouping. Hidden goods of
unknown chapter (`_C`) stay a class of their own where a grouping does not place them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q

from trade.models import HIDDEN, TOTAL, Commodity, GroupedChapter
from trade.nomenclature.shipping import chapters_of

LEVELS = ("total", "section", "group", "chapter", "4", "6", "8", "10")
"""Levels of goods from coarse to fine. A breakdown stands at one of them, so that nothing is added twice."""
HIDDEN_CHAPTER = "_C"
"""The chapter of hidden goods whose chapter nobody knows: the first two characters of `_CONF`."""


@dataclass(frozen=True)
class Classes:
    """Sections, or the groups of one grouping: which chapters each holds."""

    level: str
    chapters: Mapping[str, tuple[str, ...]]

    @property
    def of_chapter(self) -> dict[str, str]:
        """The class of each chapter."""
        return {chapter: code for code, chapters in self.chapters.items() for chapter in chapters}


NO_CLASSES = Classes("chapter", {})


def sections() -> Classes:
    """Return the sections of HS / TN VED (1 query)."""
    rows = Commodity.objects.filter(classification=Commodity.Classification.SECTION)
    return Classes("section", {row.commodity_code: tuple(chapters_of(row.chapters)) for row in rows})


def groups(grouping: str = "") -> Classes:
    """Return the product groups of the grouping with this code, or of the default one (1 query)."""
    chosen = Q(grouping__code=grouping) if grouping else Q(grouping__is_default=True)
    found: dict[str, tuple[str, ...]] = {}
    rows = GroupedChapter.objects.filter(chosen).order_by("chapter")
    for code, chapter in rows.values_list("group__commodity_code", "chapter"):
        found[code] = (*found.get(code, ()), chapter)
    return Classes("group", found)


def level_of(code: str) -> str | None:
    """Return the level of a chapter, a finer code, hidden goods or `TOTAL` by its form; None for any other text."""
    if code == TOTAL:
        return "total"
    if code == HIDDEN_CHAPTER or (len(code) == 2 and code.isdigit()):
        return "chapter"
    if code == HIDDEN or (code[2:] == HIDDEN and code[:2].isdigit()):
        return "4"
    return str(len(code)) if code.isdigit() and code.isascii() and str(len(code)) in LEVELS else None


def finest(codes: Iterable[str]) -> str:
    """Return the finest level among the codes, `total` where there are none; sections and groups count as groups."""
    return max((level_of(code) or "group" for code in codes), key=LEVELS.index, default="total")
