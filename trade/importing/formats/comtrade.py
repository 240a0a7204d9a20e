"""Exports of UN Comtrade version 1: CSV of the web page (47 names, 48 fields), CSV and JSON of the API, tariff lines.

The figures are dollars and kilograms. `W00` is the world. Rows of aggregates stay, because the level of each code is
stated; rows by second partner, means of transport, customs procedure or way of supply are parts of another row.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from trade.importing.formats.layouts import ROLES, Layout, Unfit
from trade.importing.mapping import key_of
from trade.importing.problems import refuse

_REQUIRED = (
    "freqCode",
    "period",
    "reporterCode",
    "flowCode",
    "partnerCode",
    "classificationCode",
    "cmdCode",
    "primaryValue",
)
_SIGNATURE = frozenset({"reportercode", "cmdcode", "primaryvalue"})
_DETAILS = (("partner2Code", ("", "0")), ("motCode", ("", "0")), ("customsCode", ("", "C00")), ("mosCode", ("", "0")))
"""Columns whose rows multiply, and the values that mean "all together"."""
_MAIN_FLOWS = frozenset({"X", "M", "RX", "RM"})
_EDITION = re.compile(r"H[0-9]{1,2}")
_ZERO = re.compile(r"0*[.,]?0*")
NAMES = {
    "flow": "flowCode",
    "period": "period",
    "reporter": "reporterCode",
    "partner": "partnerCode",
    "commodity": "cmdCode",
    "unit": "qtyUnitAbbr",
    "value": "primaryValue",
    "net_kg": "netWgt",
    "quantity": "qty",
    "edition": "classificationCode",
    "status": "isReported",
}


def recognise(columns: Sequence[str], header_line: int) -> Layout | None:
    """Return the layout; None for another kind of file. Raise `Refused` where columns are missing or stand twice."""
    keys = [key_of(name) for name in columns]
    if not set(keys) >= _SIGNATURE:
        return None
    place_of: dict[str, int] = {}
    for place, key in enumerate(keys):
        if key in place_of:
            raise refuse("HDR-TWICE", line=header_line, column=columns[place], value=columns[place])
        place_of[key] = place
    missing = [name for name in _REQUIRED if name.lower() not in place_of]
    if missing:
        raise refuse("HDR-MISSING", line=header_line, column=missing[0], missing=", ".join(missing))
    arranger = _Arranger(place_of)
    return Layout(
        width=len(columns),
        places={role: place for place, role in enumerate(ROLES)},
        names=NAMES,
        arrange=arranger.arrange,
        levels_stated=True,
        years_are_whole=True,
        number_places=tuple(place_of[key] for key in ("primaryvalue", "netwgt", "qty") if key in place_of),
    )


class _Arranger:
    def __init__(self, place_of: dict[str, int]) -> None:
        self._place_of = place_of
        self._details = [
            (name, place_of[name.lower()], allowed) for name, allowed in _DETAILS if name.lower() in place_of
        ]

    def _cell(self, row: list[str], name: str) -> str:
        place = self._place_of.get(name)
        return "" if place is None else row[place].strip()

    def arrange(self, row: list[str]) -> list[list[str]]:
        for name, place, allowed in self._details:
            if row[place].strip() not in allowed:
                raise Unfit("SKIP-DETAIL", name, f"{name}={row[place]}")
        flow = self._cell(row, "flowcode").upper()
        if flow not in _MAIN_FLOWS and re.fullmatch(r"[A-Z]{2,3}", flow):
            # Parts of M and X by purpose: MIP, XIP, MOP, XOP, FM, DX.
            raise Unfit("SKIP-DETAIL", "flowCode", f"flowCode={flow}")
        edition = self._cell(row, "classificationcode").upper()
        if not _EDITION.fullmatch(edition):
            raise Unfit("HS-CLASS", "classificationCode", edition)
        value, weight = self._cell(row, "primaryvalue"), self._cell(row, "netwgt")
        if _ZERO.fullmatch(weight) and not _ZERO.fullmatch(value):
            weight = ""  # goods of some value weigh something: 0 stands for "not known" here
        unit, quantity = self._unit(row)
        return [
            [
                flow,
                self._cell(row, "period"),
                self._area(row, "reporter"),
                self._area(row, "partner"),
                self._cell(row, "cmdcode"),
                unit,
                value,
                weight,
                quantity,
                edition,
                self._status(row),
                "",
            ]
        ]

    def _area(self, row: list[str], role: str) -> str:
        """Return the number, which the nomenclature knows; the ISO code only where there is none.

        Comtrade's number is what it counts by. Its ISO codes change with its editions, and for territories that are
        no country they name whom the figures are mostly about: 490 is "Other Asia, nes" and not Taiwan.
        """
        number, iso = self._cell(row, f"{role}code"), self._cell(row, f"{role}iso")
        return number or iso

    def _unit(self, row: list[str]) -> tuple[str, str]:
        """Return the unit and quantity; the number of a unit is marked as Comtrade's, for OKEI counts otherwise."""
        code = self._cell(row, "qtyunitcode")
        if code in ("", "-1"):
            return "", ""
        return self._cell(row, "qtyunitabbr") or f"COMTRADE {code}", self._cell(row, "qty")

    def _status(self, row: list[str]) -> str:
        """Return E for what Comtrade estimated: neither reported nor added up from what was reported."""
        reported, added = self._cell(row, "isreported").lower(), self._cell(row, "isaggregate").lower()
        return "E" if (reported, added) == ("false", "false") else ""


def is_header(row: Sequence[str]) -> bool:
    return {key_of(name) for name in row} >= _SIGNATURE
