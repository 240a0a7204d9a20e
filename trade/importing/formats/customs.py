"""Files of the Federal Customs Service of Russia, variants A–D and DBF: known by their header in any case and order.

| variant | header | told by |
|---|---|---|
| A | napr period nastranapr tnved edizm Stoim Netto Kol Region Region_s | the country stands in `nastranapr` |
| B | the same as DBF | the container |
| C | NAPR PERIOD STRANA TNVED EDIZM STOIM NETTO KOL REGION [REGION_S] | `STRANA` and `REGION` |
| D | NAPR PERIOD STRANA TNVED EDIZM STOIM NETTO KOL | no region; the month stands in the name of the file only |

STOIM is US dollars, NETTO kilograms, KOL is in EDIZM. REGION_S, the federal district, follows from the region.

The country `EU` stands on declarations that name the Union instead of one of its countries. Such a row is no sum of
the rows of these countries but stands beside them, so it is read as X492, "European Union, not elsewhere specified".
"""

from __future__ import annotations

from collections.abc import Sequence

from trade.importing.formats.layouts import Layout
from trade.importing.mapping import key_of
from trade.importing.problems import refuse

_ROLES = {
    "napr": "flow",
    "period": "period",
    "strana": "partner",
    "nastranapr": "partner",
    "tnved": "commodity",
    "edizm": "unit",
    "stoim": "value",
    "netto": "net_kg",
    "kol": "quantity",
    "region": "reporter",
}
_SIGNATURE = frozenset({"napr", "tnved", "stoim"})
"""Columns that no other kind of file has together."""
_NOT_TOLD_APART = {"EU": "X492"}
_REQUIRED = ("NAPR", "PERIOD", "TNVED", "EDIZM", "STOIM", "NETTO", "KOL")


def recognise(columns: Sequence[str], header_line: int) -> tuple[str, Layout] | None:
    """Return the variant and the layout; None for another kind of file. Raise `Refused` for a broken header."""
    keys = [key_of(name) for name in columns]
    if not set(keys) >= _SIGNATURE:
        return None
    places: dict[str, int] = {}
    names: dict[str, str] = {}
    for place, key in enumerate(keys):
        role = _ROLES.get(key)
        if role is None:
            continue
        if role in places:
            raise refuse("HDR-TWICE", line=header_line, column=columns[place], value=columns[place])
        places[role], names[role] = place, columns[place]
    missing = [name for name in _REQUIRED if name.lower() not in keys]
    if "partner" not in places:
        missing.append("STRANA")
    if missing:
        raise refuse("HDR-MISSING", line=header_line, column=missing[0], missing=", ".join(missing))
    variant = "fcs-a" if "nastranapr" in keys else "fcs-c" if "region" in keys else "fcs-d"
    numbers = (places["value"], places["net_kg"], places["quantity"])
    return variant, Layout(
        width=len(columns), places=places, names=names, number_places=numbers, not_told_apart=_NOT_TOLD_APART
    )


def is_header(row: Sequence[str]) -> bool:
    return {key_of(name) for name in row} >= _SIGNATURE
