"""Accepted spellings of codes, in memory, for readers of files; and the names of goods for display."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import F
from django.utils.translation import gettext as _

from parties.naming import interface_language
from trade.models import HIDDEN, WORLD, Commodity, Edition, EditionCode, TradeArea, Unit
from trade.nomenclature.shipping import table

Classification = Commodity.Classification


@dataclass(frozen=True)
class Codes:
    """All codes that files may use. Keys of areas, names and units are in capitals.

    areas         spelling (ISO 3166 alpha-2 or alpha-3, UN M49 or Comtrade's number with or without leading zeros,
                  `W00`, special code) → code of the territory
    kinds         code of a territory → its kind
    regions       five digits of OKATO → code of the region
    region_names  five digits of OKATO → name in capitals, as far as it was in the file of regions
    units         spelling (OKEI code, short names, `COMTRADE 6`) → OKEI code. A bare `6` is none: OKEI's 006 is the
                  metre, Comtrade's 6 the pair
    chapters      the chapters there are, with 98 and 99 for goods of no chapter
    editions      (first day, last day, symbol), oldest first
    known         symbol of an edition → its codes; empty where no file of the edition was loaded
    """

    areas: Mapping[str, str]
    kinds: Mapping[str, str]
    regions: Mapping[str, str]
    region_names: Mapping[str, str]
    units: Mapping[str, str]
    chapters: Collection[str]
    editions: tuple[tuple[dt.date, dt.date, str], ...]
    known: Mapping[str, Collection[str]]

    def edition_at(self, day: dt.date) -> str:
        """Return the symbol of the edition valid on the day; the first or last one beyond them all."""
        for first, last, symbol in self.editions:
            if first <= day <= last:
                return symbol
        return self.editions[0 if day < self.editions[0][0] else -1][2]

    def known_code(self, symbol: str, commodity_code: str) -> bool | None:
        """Tell whether the edition has the code; None where its codes were never loaded."""
        known = self.known.get(symbol)
        return commodity_code in known if known else None


def codes() -> Codes:
    """Return the accepted codes (5 queries)."""
    areas: dict[str, str] = {}
    kinds, regions, names = {}, {}, {}
    for area in TradeArea.objects.all():
        code = str(area.code)
        kinds[code] = area.kind
        areas[code.upper()] = code
        if area.iso3:
            areas.setdefault(area.iso3, code)
        if area.m49:
            areas.setdefault(area.m49, code)
            areas.setdefault(area.m49.lstrip("0"), code)
        if area.okato:
            regions[area.okato] = code
            names[area.okato] = area.name_ru.upper()
    areas["W00"] = WORLD
    for row in table("comtrade_areas"):
        for number in (row["number"], row["number"].zfill(3)):
            areas.setdefault(number, row["area"])
    units: dict[str, str] = {}
    for unit in Unit.objects.all():
        code = str(unit.code)
        for spelling in (code, unit.short_name_ru.upper(), unit.short_name_en.upper(), *unit.aliases):
            units.setdefault(spelling, code)
    chapters = Commodity.objects.filter(classification=Classification.HS, commodity_code__regex=r"^\d\d$")
    editions = [
        (edition.valid_from, edition.valid_to or dt.date.max, edition.symbol) for edition in Edition.objects.all()
    ]
    known: dict[str, set[str]] = {}
    for symbol, commodity_code in EditionCode.objects.order_by().values_list("edition__symbol", "commodity_code"):
        known.setdefault(symbol, set()).add(commodity_code)
    return Codes(
        areas=areas,
        kinds=kinds,
        regions=regions,
        region_names=names,
        units=units,
        chapters=frozenset(chapters.values_list("commodity_code", flat=True)) | {"98", "99"},
        editions=tuple(editions),
        known=known,
    )


def names(asked: Iterable[str], language: str | None = None, edition: str = "") -> dict[str, str]:
    """Return the names of codes of any level for display (at most 2 queries).

    The program's own names come first, then those of the edition with this symbol, or of the newest
    edition that knows the code. A code that nobody knows is left out; hidden goods and those of no chapter
    (98, 99) have names of their own.
    """
    wanted = set(asked)
    language = language or interface_language()
    field, other = (f"name_{language}", "name_en" if language == "ru" else "name_ru")
    found = {code: text for code in wanted if (text := _outside_chapters(code))}
    own = Commodity.objects.filter(commodity_code__in=wanted - set(found))
    for code, text, fallback in own.values_list("commodity_code", field, other):
        found[code] = text or fallback
    missing = wanted - set(found)
    if missing:
        rows = EditionCode.objects.filter(commodity_code__in=missing).order_by(F("edition__valid_from").asc())
        if edition:
            rows = rows.filter(edition__symbol=edition)
        for code, text, fallback in rows.values_list("commodity_code", field, other):
            found[code] = text or fallback
    return found


def _outside_chapters(code: str) -> str:
    if code in (HIDDEN, "_C"):
        return _("Hidden goods")
    if code.endswith(HIDDEN):
        return _("Hidden goods of chapter %(chapter)s") % {"chapter": code[:2]}
    if code and not code.strip("9"):
        return _("Goods not specified")
    if code == "98":
        return _("Special goods of national statistics")
    return ""
