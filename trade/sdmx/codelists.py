"""The code lists that follow the data: territories, goods, units, datasets. Only what the data use is listed."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from trade.goods import HIDDEN_CHAPTER, groups, sections
from trade.models import HIDDEN, TOTAL, Commodity, Dataset, EditionCode, TradeArea, Unit
from trade.sdmx.concepts import FIXED_LISTS, UNSTATED_UNIT, Code, CodeList, Name
from trade.sdmx.kept import kept


def code_lists() -> tuple[CodeList, ...]:
    """Return all code lists of the structure (11 queries, however many observations there are)."""
    return (*FIXED_LISTS, areas(), commodities(), units(), sources())


def areas() -> CodeList:
    """Return the territories, special codes included (1 query)."""
    rows = TradeArea.objects.order_by("code").values_list("code", "name_ru", "name_en")
    codes = tuple(Code(str(code), Name(ru, en)) for code, ru, en in rows)
    return CodeList("CL_AREA", Name("Территории", "Territories"), codes)


def sources() -> CodeList:
    """Return the datasets (1 query)."""
    rows = Dataset.objects.order_by("pk").values_list("code", "name_ru", "name_en")
    codes = tuple(Code(str(code), Name(ru, en)) for code, ru, en in rows)
    return CodeList("CL_SOURCE", Name("Наборы данных", "Datasets"), codes)


def units() -> CodeList:
    """Return the units: of value and weight, and the supplementary ones by their OKEI codes (1 query)."""
    codes = [
        Code("USD", Name("Доллар США", "US dollar")),
        Code("KG", Name("Килограмм", "Kilogram")),
        Code(UNSTATED_UNIT, Name("Единица не указана", "Unit not stated")),
    ]
    rows = Unit.objects.order_by("code").values_list("code", "name_ru", "name_en")
    codes += [Code(str(code), Name(ru, en)) for code, ru, en in rows]
    return CodeList("CL_UNIT_MEASURE", Name("Единицы измерения", "Units of measure"), tuple(codes))


def commodities() -> CodeList:
    """Return the total, sections, groups, chapters, and the codes of the lines with the headings above (8 queries)."""
    named = _Names()
    by_section, by_group = sections(), groups()
    codes = [Code(TOTAL, named.of(TOTAL))]
    codes += [Code(code, named.of(code), TOTAL) for classes in (by_section, by_group) for code in classes.chapters]
    section_of = by_section.of_chapter
    used = kept("goods", _used_codes)
    digits = {code[:length] for code in used if code.isdigit() for length in (2, 4, 6, 8, 10) if length <= len(code)}
    hidden = {code for code in used if not code.isdigit()}
    listed = digits | set(section_of) | hidden | {HIDDEN_CHAPTER}
    for code in sorted(listed):
        codes.append(Code(code, named.of(code), _parent(code, listed, section_of)))
    return CodeList("CL_COMMODITY", Name("Товары", "Commodities"), tuple(codes))


def _parent(code: str, listed: set[str], section_of: dict[str, str]) -> str:
    """Return the code above: the next shorter one, the section of a chapter, else the total."""
    if code.endswith(HIDDEN) and code[:2] in listed:
        return code[:2]
    if code.isdigit():
        above = next((code[:length] for length in (8, 6, 4, 2) if length < len(code) and code[:length] in listed), "")
        return above or section_of.get(code[:2], TOTAL)
    return TOTAL


def _used_codes() -> list[str]:
    """Return the codes of today's lines, by leaping from each to the next in the index (1 query).

    `SELECT DISTINCT` would read all lines; the leaps cost as much as there are codes.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE used(code) AS ("
            " (SELECT commodity FROM trade_observation WHERE closed IS NULL ORDER BY commodity LIMIT 1)"
            " UNION ALL SELECT (SELECT commodity FROM trade_observation WHERE closed IS NULL AND commodity > code"
            " ORDER BY commodity LIMIT 1) FROM used WHERE code IS NOT NULL"
            ") SELECT code FROM used WHERE code IS NOT NULL AND code <> %s",
            [TOTAL],
        )
        return [code for (code,) in cursor.fetchall()]


class _Names:
    """Names of goods in both languages: those of the program, else those of the newest edition that has the code."""

    def __init__(self) -> None:
        """Read all names (2 queries)."""
        self.names: dict[str, Name] = {
            HIDDEN: Name("Скрытые товары", "Hidden goods"),
            HIDDEN_CHAPTER: Name("Скрытые товары неизвестной группы", "Hidden goods of unknown chapter"),
        }
        editions = EditionCode.objects.order_by("edition__valid_from")
        for code, ru, en in editions.values_list("commodity_code", "name_ru", "name_en").iterator(10_000):
            self.names[code] = Name(ru or en, en or ru)
        rows = Commodity.objects.values_list("commodity_code", "name_ru", "name_en")
        self.names |= {code: Name(ru, en) for code, ru, en in rows}

    def of(self, code: str) -> Name:
        """Return the name of the code, or that of the nearest code above it with the code itself."""
        if code in self.names:
            return self.names[code]
        if code.endswith(HIDDEN):
            chapter = code.removesuffix(HIDDEN)
            return Name(f"Скрытые товары группы {chapter}", f"Hidden goods of chapter {chapter}")
        for above in _shorter(code):
            if above in self.names:
                name = self.names[above]
                return Name(f"{name.ru} ({code})", f"{name.en} ({code})")
        return Name(code, code)


def _shorter(code: str) -> Iterator[str]:
    yield from (code[:length] for length in range(len(code) - 1, 1, -1))
