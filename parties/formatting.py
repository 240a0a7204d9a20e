"""Numbers and periods in words, in Russian and English.

Numbers: no-break space between thousands, decimal comma in Russian and point in English, the
true minus sign. Periods: «15 августа 2023 г.», «I полугодие 2024 г.», “H1 2024”. Texts in CSV.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sized
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from parties.naming import interface_language
from parties.periods import Period, Shape
from parties.precision import Precision

NBSP = "\u00a0"
MINUS = "\u2212"
SUSPICIOUS = "=+-@\t\r\n＝＋－＠"
"""A text that begins so is read as a formula by some spreadsheet."""
_GENITIVE = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
]
_NOMINATIVE = [
    "январь",
    "февраль",
    "март",
    "апрель",
    "май",
    "июнь",
    "июль",
    "август",
    "сентябрь",
    "октябрь",
    "ноябрь",
    "декабрь",
]
_ENGLISH = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_ROMAN = ("I", "II", "III", "IV")


def neutralised(text: str) -> str:
    """Return the text with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{text}" if text[:1] and text[0] in SUSPICIOUS else text


def one_or_several(things: Sized) -> int:
    """Return the number for `ngettext` of a text that lists the things without their number.

    Russian says «21 строка», but «строки 1, 2, 3…» of as many.
    """
    return min(len(things), 2)


def number(value: Decimal | float | int, places: int | None = None) -> str:
    """Return the number for display; `places` rounds half up, without it trailing zeros are dropped."""
    exact = Decimal(str(value))
    if places is None:
        exact = exact.normalize()
        if exact == exact.to_integral():
            exact = exact.quantize(Decimal(1))
    else:
        exact = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    whole, __, fraction = f"{abs(exact):f}".partition(".")
    grouped = f"{int(whole):,}".replace(",", NBSP)
    point = "," if interface_language() == "ru" else "."
    return (MINUS if exact < 0 else "") + grouped + (point + fraction if fraction else "")


def significant(value: Decimal, places: int) -> str:
    """Return the number rounded to `places`, with as many more as its first digit needs; exactly nothing is «0».

    So a sum that is not zero never reads as zero, and one that is zero does not read as a rounded one.
    """
    if not value:
        return number(0)
    is_lost = not value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return number(value, -value.adjusted() if is_lost else places)


def signed(value: Decimal | float | int, places: int | None = None) -> str:
    """Return the number with its sign, `+` included."""
    return ("+" if value > 0 else "") + number(value, places)


def with_precision(text: str, precision: str) -> str:
    """Return the text of a number with the mark of its precision before it."""
    mark = Precision(precision).mark
    return f"{mark}{NBSP}{text}" if mark else text


def day(value: dt.date) -> str:
    """Return a day in words: «15 августа 2023 г.» or “15 August 2023”."""
    if interface_language() == "ru":
        return f"{value.day}{NBSP}{_GENITIVE[value.month - 1]} {value.year}{NBSP}г."
    return f"{value.day}{NBSP}{_ENGLISH[value.month - 1]} {value.year}"


def period(value: Period) -> str:
    """Return a period in words, as exactly as it is known."""
    russian = interface_language() == "ru"
    first = value.starts
    year = f"{first.year}{NBSP}г." if russian else str(first.year)
    match value.shape:
        case Shape.DAY:
            return day(first)
        case Shape.MONTH:
            return f"{(_NOMINATIVE if russian else _ENGLISH)[first.month - 1]} {year}"
        case Shape.QUARTER:
            numeral = _ROMAN[(first.month - 1) // 3]
            return f"{numeral}{NBSP}квартал {year}" if russian else f"Q{_ROMAN.index(numeral) + 1} {year}"
        case Shape.HALF_YEAR:
            if russian:
                return f"{'I' if first.month == 1 else 'II'}{NBSP}полугодие {year}"
            return f"{'H1' if first.month == 1 else 'H2'} {year}"
        case Shape.YEAR:
            return year
        case Shape.SINCE:
            return _("since %(start)s") % {"start": _edge(first, is_start=True)}
        case Shape.UNTIL:
            return _("until %(end)s") % {"end": _edge(value.ends, is_start=False)}
        case _ if value.is_whole_years:
            return f"{first.year}–{value.ends.year}" + (f"{NBSP}гг." if russian else "")
        case _:
            return pgettext("period", "%(start)s to %(end)s") % {
                "start": _edge(first, is_start=True),
                "end": _edge(value.ends, is_start=False),
            }


def _edge(value: dt.date, *, is_start: bool) -> str:
    """Return a year alone where the edge is that of a year, else the day in figures."""
    if (is_start and (value.month, value.day) == (1, 1)) or (not is_start and (value.month, value.day) == (12, 31)):
        return f"{value.year}{NBSP}г." if interface_language() == "ru" else str(value.year)
    return f"{value:%d.%m.%Y}" if interface_language() == "ru" else day(value)


def period_in_numbers(value: Period) -> str:
    """Return a period as a form field shows it and reads it back."""
    if value.shape is Shape.DAY:
        return f"{value.starts:%d.%m.%Y}"
    if value.shape is Shape.RANGE:
        first, last = value.starts, value.ends
        return f"{first.year}–{last.year}" if value.is_whole_years else f"{first:%d.%m.%Y}–{last:%d.%m.%Y}"
    return str(value)
