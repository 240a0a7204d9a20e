"""How cells are understood: each function returns what a cell means or raises `Unfit` with the rule that it breaks."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal

from parties.periods import DAY, Period, UnreadablePeriod
from trade.importing import limits, prices
from trade.importing.formats import Unfit
from trade.importing.options import Codes, Options

SPACES = dict.fromkeys(
    map(
        ord,
        " \t\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\ufeff\u200b'’",
    )
)
"""What stands between digits or round them: all kinds of spaces, and the apostrophe by which text is marked."""

_FLOWS = {
    "X": "X ЭК EX E EXP EXPORT ЭКСПОРТ ВЫВОЗ Х Е",
    "M": "M ИМ IM I IMP IMPORT ИМПОРТ ВВОЗ М И",
    "RX": "RX RE-EXPORT REEXPORT РЕЭКСПОРТ",
    "RM": "RM RE-IMPORT REIMPORT РЕИМПОРТ",
}
FLOWS = {spelling: code for code, spellings in _FLOWS.items() for spelling in spellings.split()}
"""Capital spellings of directions. Х, Е, М are Cyrillic letters typed for the Latin ones."""

STATUSES = frozenset("AEPMQ")
"""SDMX observation statuses that are kept: normal, estimated, provisional, missing, suppressed."""

_SHAPES = (
    (re.compile(r"(\d)[/.\-](\d{4})"), r"\2-0\1"),
    (re.compile(r"(\d\d)[/.\-](\d{4})"), r"\2-\1"),
    (re.compile(r"(\d{4})(0[1-9]|1[0-2])"), r"\1-\2"),
    (re.compile(r"(\d{4})[/.](\d)"), r"\1-0\2"),
    (re.compile(r"(\d{4})[/.](\d\d)"), r"\1-\2"),
    (re.compile(r"(\d{4})[ -]?([QSHqsh])([1-4])"), r"\1-\2\3"),
    (
        re.compile(r"(?:январь|january|jan)\s*[-–—]\s*([а-яёa-z]+)\.?\s+(\d{4}).*", re.IGNORECASE),
        r"\2-01/\1 \2",
    ),
)
"""Ways to write a period that `Period.parse` does not read, and how it does."""
_YEAR = re.compile(r"\d{4}")
_FIRST_OF_MONTH = re.compile(r"\d{4}-\d{2}-01")


@dataclass(frozen=True)
class When:
    """A period of an observation."""

    first: dt.date
    months: int


def flow_of(cell: str) -> str:
    code = FLOWS.get(cell.translate(SPACES).upper())
    if code is None:
        raise Unfit("FLOW", value=cell)
    return code


def when_of(cell: str, options: Options, *, years_are_whole: bool, suggested: dt.date | None) -> When:
    """Return the period; a year alone needs the month or a word that it is whole, otherwise the file is refused."""
    text = " ".join(cell.split())
    if _YEAR.fullmatch(text):
        return _year(int(text), options, years_are_whole=years_are_whole, suggested=suggested)
    for pattern, form in _SHAPES:
        if pattern.fullmatch(text):
            text = pattern.sub(form, text)
            break
    try:
        # A spreadsheet keeps a month as its first day.
        period = Period.parse(text[:7] if _FIRST_OF_MONTH.fullmatch(text) else text)
    except UnreadablePeriod as error:
        raise Unfit("PER", value=cell) from error
    if period.first is None or period.last is None or period.first.day != 1 or (period.last + DAY).day != 1:
        raise Unfit("PER-SPAN", value=cell)
    months = (period.last.year - period.first.year) * 12 + period.last.month - period.first.month + 1
    whole = months in (1, 3, 6, 12) and (period.first.month - 1) % months == 0
    if not whole and not (period.first.month == 1 and months < 12):
        raise Unfit("PER-SPAN", value=cell)
    if months == 12 and not (years_are_whole or options.yearly):
        return _year(period.first.year, options, years_are_whole=years_are_whole, suggested=suggested)
    return _possible(When(period.first, months), cell, options)


def _year(year: int, options: Options, *, years_are_whole: bool, suggested: dt.date | None) -> When:
    if options.month is not None:
        if options.month.year != year:
            raise Unfit("PER-OTHER-YEAR", value=str(year), month=f"{options.month:%Y-%m}")
        return _possible(When(options.month.replace(day=1), 1), str(year), options)
    if not (years_are_whole or options.yearly):
        raise Unfit("PER-YEAR", value=str(year), suggested=f"{suggested:%Y-%m}" if suggested else "–")
    if not limits.FIRST_YEAR <= year <= options.today.year:
        raise Unfit("PER-EARLY" if year < limits.FIRST_YEAR else "PER-FUTURE", value=str(year), first=limits.FIRST_YEAR)
    return _possible(When(dt.date(year, 1, 1), 12), str(year), options)


def _possible(when: When, cell: str, options: Options) -> When:
    if when.first.year < limits.FIRST_YEAR:
        raise Unfit("PER-EARLY", value=cell, first=limits.FIRST_YEAR)
    last = (when.first.year - options.today.year) * 12 + when.first.month + when.months - 1 - options.today.month
    if last >= 0:  # the month of today has not ended
        raise Unfit("PER-FUTURE", value=cell)
    return when


def area_of(cell: str, codes: Codes) -> str:
    code = codes.areas.get(" ".join(cell.split()).upper())
    if code is None:
        raise Unfit("CTRY", value=cell)
    return code


def reporter_of(cell: str, codes: Codes) -> tuple[str, str]:
    """Return the code, and the official name where the cell states another one.

    `69000 - ТОМСКАЯ ОБЛАСТЬ` is split once: names hold hyphens too.
    """
    text = " ".join(cell.split())
    number, __, name = text.partition("-")
    number, name = number.strip(), name.strip()
    if re.fullmatch("[0-9]{5}|N{5}", number):
        code = codes.regions.get(number)
        if code is None:
            raise Unfit("REG", value=cell)
        # Customs write NNNNN with words of their own where they do not state the region.
        official = codes.region_names.get(number, "") if number.isdigit() else ""
        return code, official if name and official and not _same_name(name, official) else ""
    known = text.upper()
    code = codes.areas.get(known)
    if code is None:
        code = next((codes.regions[okato] for okato, name in codes.region_names.items() if name == known), None)
    if code is None:
        raise Unfit("REG", value=cell)
    return code, ""


_KINDS_OF_REGIONS = frozenset(
    {
        *("ОБЛАСТЬ", "КРАЙ", "РЕСПУБЛИКА", "АВТОНОМНЫЙ", "АВТОНОМНАЯ", "ОКРУГ", "ГОРОД", "СТОЛИЦА"),
        *("РОССИЙСКОЙ", "ФЕДЕРАЦИИ", "ФЕДЕРАЛЬНОГО", "ЗНАЧЕНИЯ"),
    }
)


def _same_name(stated: str, official: str) -> bool:
    """Return whether two names of a region have a word in common that is not "oblast", "republic" or the like."""
    one, other = (
        set(re.findall(r"\w+", name.upper().replace("Ё", "Е"))) - _KINDS_OF_REGIONS for name in (stated, official)
    )
    return bool(one & other)


def unit_of(cell: str, codes: Codes) -> str | None:
    """Return the OKEI code, empty where the cell is empty, None where nobody knows the unit."""
    text = " ".join(cell.split()).upper()
    if text in ("", "-", "0", "N/A"):
        return ""
    return codes.units.get(text)


def status_of(cell: str) -> str:
    code = cell.strip().upper()
    if code not in STATUSES:
        raise Unfit("STATUS", value=cell)
    return code


# -- goods ------------------------------------------------------------------------------------------------------------

LEVELS = (2, 4, 6, 8, 10)
_TOTALS = frozenset({"TOTAL", "ИТОГО", "ВСЕГО"})
_HIDDEN = re.compile(r"([0-9]{2})?[XSХС]+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?E\+?\d+|\d+[.,]\d+")


@dataclass(frozen=True)
class Goods:
    """A class of goods as it is stored; `note` is the rule of a flag on the row, with its parameters.

    The level of hidden goods is that of the file's other codes; until it is known, the length of what stands in place.
    """

    code: str
    level: int
    band: tuple[float, float]
    hidden: bool = False
    note: str = ""
    params: tuple[tuple[str, str], ...] = ()


def goods_of(cell: str, edition: str, codes: Codes) -> Goods:
    text = cell.translate(SPACES).upper()
    if text in _TOTALS:
        return Goods("TOTAL", 0, prices.ANY_PRICE)
    hidden = _HIDDEN.fullmatch(text)
    if hidden:
        chapter = hidden[1] or ""
        level = len(text) if len(text) in LEVELS else LEVELS[-1]
        code = f"{chapter}_CONF" if chapter else "_CONF"
        return Goods(code, level, prices.ANY_PRICE, hidden=True, note="HS-HID")
    if not (text.isascii() and text.isdigit()):
        raise Unfit("HS-NUMBER" if _NUMBER.fullmatch(text) else "HS-LEN", value=cell)
    if len(text) in LEVELS:
        note = "HS-UNK" if text[:2] not in codes.chapters or codes.known_code(edition, text) is False else ""
        return Goods(
            text, len(text), prices.BANDS.get(text[:2], prices.ANY_PRICE), False, note, (("edition", edition),)
        )
    padded = "0" + text
    if len(padded) in LEVELS and padded[:2] in codes.chapters and codes.known_code(edition, padded) is not False:
        band = prices.BANDS.get(padded[:2], prices.ANY_PRICE)
        return Goods(padded, len(padded), band, False, "HS-ZERO", (("read", padded),))
    raise Unfit("HS-LEN", value=cell)


# -- numbers ----------------------------------------------------------------------------------------------------------

_MISSING = frozenset({"", "-", "–", "—", "…", "...", "Н/Д", "N/A", "NA"})
_GROUPS = {",": re.compile(r"\d{1,3}(?:\.\d{3})+"), ".": re.compile(r"\d{1,3}(?:,\d{3})+")}
_PLAIN = {mark: re.compile(rf"-?(?:[0-9]+[{mark}]?[0-9]*|[{mark}][0-9]+)") for mark in ".,"}
_ZERO = Decimal(0)
_DIGITS_AND = {mark: f"0123456789{mark}" for mark in ".,"}


def number_of(cell: str, mark: str, factor: Decimal) -> Decimal | None:
    """Return the number, None where the cell says that there is none. Exponents, NaN and infinity are no numbers.

    Groups of three digits may be parted by spaces of any width, or by the other mark where the decimal mark
    follows or the groups are several: `1.234.567,89`. A single `1.234` in a file of decimal commas could be either.
    """
    if cell.strip(_DIGITS_AND[mark]) or cell.count(mark) > 1 or cell in _MISSING or cell == mark:
        text = _regrouped(cell, mark)
    else:
        text = cell
    if text is None:
        return None
    if len(text) > limits.VALUE_CHARACTERS:
        raise Unfit("NUM-LARGE", value=cell)
    number = Decimal(text.replace(mark, ".")) * factor
    if number < 0:
        raise Unfit("NUM-NEGATIVE", value=cell)
    if number >= limits.LARGEST_NUMBER:
        raise Unfit("NUM-LARGE", value=cell)
    return number or _ZERO  # Decimal knows a negative zero


def _regrouped(cell: str, mark: str) -> str | None:
    """Return the number as digits and at most one decimal mark, None where nothing is stated."""
    text = cell.translate(SPACES).replace("\N{MINUS SIGN}", "-")
    if text.upper() in _MISSING:
        return None
    whole, found, fraction = text.partition(mark)
    other = "." if mark == "," else ","
    if other in whole and _GROUPS[mark].fullmatch(whole) and (found or whole.count(other) > 1):
        whole = whole.replace(other, "")
    text = f"{whole}{found}{fraction}"
    if not _PLAIN[mark].fullmatch(text):
        raise Unfit("NUM", value=cell, mark=mark)
    return text
