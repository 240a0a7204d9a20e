"""How the columns of an unknown table are understood: named by a person once, saved, found again by the header.

A role says what a column holds. A role without a column may have a constant, one value for the whole file.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ROLES: dict[str, str | Promise] = {
    "period": _("period (month and year in one column)"),
    "year": pgettext_lazy("column", "year"),
    "month": pgettext_lazy("column", "month"),
    "flow": _("direction: import or export"),
    "reporter": _("reporter: region or country whose trade it is"),
    "partner": _("partner country"),
    "commodity": _("code of goods"),
    "value": _("value"),
    "net_kg": _("net weight"),
    "quantity": _("quantity in another unit"),
    "unit": _("unit of quantity"),
    "export_value": _("value of export"),
    "import_value": _("value of import"),
    "export_net_kg": _("net weight of export"),
    "import_net_kg": _("net weight of import"),
    "turnover": _("value of turnover, to compare with export and import"),
    "export_growth": _("growth of export, per cent, to compare"),
    "import_growth": _("growth of import, per cent, to compare"),
    "turnover_growth": _("growth of turnover, per cent, to compare"),
    "level": _("level of the code: number of digits, 0 for all goods"),
    "status": _("status of the figure (SDMX: A, E, P)"),
}
CONSTANT_ROLES = frozenset({"period", "year", "month", "flow", "reporter", "partner", "commodity", "unit", "status"})
BY_FLOW = {"X": ("export_value", "export_net_kg"), "M": ("import_value", "import_net_kg")}
"""Tables that state export and import side by side make two observations of one row."""
COMPARED = (("turnover", "export_value", "import_value"), ("turnover_growth", "export_growth", "import_growth"))
"""Figures that are no observations: what both flows together are said to be, and the flows that it must fit."""

MONEY = {"USD": Decimal(1), "USD_TH": Decimal(1000), "USD_MN": Decimal(1_000_000)}
WEIGHT = {"kg": Decimal(1), "t": Decimal(1000), "kt": Decimal(1_000_000)}


class UnusableMapping(ValueError):
    """A mapping that cannot be read, contradicts itself or does not fit the columns; its text says why."""


@dataclass(frozen=True)
class Mapping:
    """columns: role → name of the column; constants: role → value; units of the figures; line of the header.

    `header_line` counts from 1; None: the first line with at least two filled cells.
    """

    columns: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    money: str = "USD"
    weight: str = "kg"
    header_line: int | None = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "columns": dict(self.columns),
            "constants": dict(self.constants),
            "money": self.money,
            "weight": self.weight,
            "header_line": self.header_line,
        }

    @classmethod
    def from_dict(cls, stored: Any) -> Mapping:
        """Return the stored mapping; raise `UnusableMapping` where its shape is wrong."""
        if not isinstance(stored, dict):
            raise UnusableMapping(_("it is not an object"))
        unknown = set(stored) - {"columns", "constants", "money", "weight", "header_line"}
        if unknown:
            raise UnusableMapping(_("unknown: {names}").format(names=", ".join(sorted(map(str, unknown)))))
        for part in ("columns", "constants"):
            given = stored.get(part, {})
            if not isinstance(given, dict) or not all(isinstance(text, str) for text in (*given, *given.values())):
                raise UnusableMapping(_("{name} is not an object of texts").format(name=part))
        header_line = stored.get("header_line")
        if header_line is not None and (type(header_line) is not int or header_line < 1):
            raise UnusableMapping(_("{name} is not a whole number from 1").format(name="header_line"))
        mapping = cls(
            columns={role: name for role, name in stored.get("columns", {}).items() if name},
            constants={role: value for role, value in stored.get("constants", {}).items() if value},
            money=stored.get("money", "USD"),
            weight=stored.get("weight", "kg"),
            header_line=header_line,
        )
        mapping.check_roles()
        return mapping

    def check_roles(self) -> None:
        """Raise `UnusableMapping` for unknown roles, contradictions and missing figures."""
        for role in (*self.columns, *self.constants):
            if role not in ROLES:
                raise UnusableMapping(_("there is no role “{name}”").format(name=role))
        for role in self.constants:
            if role not in CONSTANT_ROLES:
                raise UnusableMapping(_("“{name}” cannot be one value for the whole file").format(name=role))
            if role in self.columns:
                raise UnusableMapping(_("“{name}” has both a column and a fixed value").format(name=role))
        if self.money not in MONEY:
            raise UnusableMapping(_("the unit of money is one of {allowed}").format(allowed=", ".join(MONEY)))
        if self.weight not in WEIGHT:
            raise UnusableMapping(_("the unit of weight is one of {allowed}").format(allowed=", ".join(WEIGHT)))
        figures = {"value", "net_kg", "quantity"} & set(self.columns)
        by_flow = {role for roles in BY_FLOW.values() for role in roles} & set(self.columns)
        if not figures and not by_flow:
            raise UnusableMapping(_("no column of a value, weight or quantity is named"))
        if by_flow and (figures or self.has("flow")):
            raise UnusableMapping(_("export and import have columns of their own, so direction and value have none"))
        for whole, *parts in COMPARED:
            if whole in self.columns and not set(parts) <= set(self.columns):
                raise UnusableMapping(_("turnover is compared with export and import: both need columns"))
        if self.has("period") and (self.has("year") or self.has("month")):
            raise UnusableMapping(_("the period is named twice"))
        if self.has("month") and not self.has("year"):
            raise UnusableMapping(_("there is a month without a year"))

    def check_columns(self, columns: Sequence[str]) -> None:
        """Raise `UnusableMapping` where a named column is not in the file."""
        missing = [name for name in self.columns.values() if name not in columns]
        if missing:
            raise UnusableMapping(_("the file has no column {names}").format(names=", ".join(sorted(set(missing)))))

    def has(self, role: str) -> bool:
        return role in self.columns or role in self.constants


def key_of(name: str) -> str:
    """Return the name of a column as it is compared: lower case, only letters and digits."""
    return re.sub(r"[\W_]+", "", name).lower()


def signature(columns: Iterable[str]) -> str:
    """Return the SHA-256 of the names of the columns, by which a saved mapping is found again."""
    return hashlib.sha256("\x1f".join(key_of(name) for name in columns).encode()).hexdigest()


_WORDS: dict[str, tuple[str, ...]] = {
    "turnover_growth": (r"(темп|рост|growth).*(оборот|turnover)|(оборот|turnover).*(темп|рост|growth)",),
    "export_growth": (r"(темп|рост|growth).*(экспорт|export)|(экспорт|export).*(темп|рост|growth)",),
    "import_growth": (r"(темп|рост|growth).*(импорт|import)|(импорт|import).*(темп|рост|growth)",),
    "turnover": (r"товарооборот|turnover",),
    "export_value": (
        r"экспорт.*(долл|usd|стоим)|(стоим|value).*(экспорт|export)|export.*(value|usd)|^(экспорт|export)$",
    ),
    "import_value": (r"импорт.*(долл|usd|стоим)|(стоим|value).*(импорт|import)|import.*(value|usd)|^(импорт|import)$",),
    "export_net_kg": (r"(экспорт|export).*(вес|нетто|масс|weight|тонн|кг)|(вес|нетто|масс|weight).*(экспорт|export)",),
    "import_net_kg": (r"(импорт|import).*(вес|нетто|масс|weight|тонн|кг)|(вес|нетто|масс|weight).*(импорт|import)",),
    "period": (r"^(period|период|дата|date|timeperiod|времяпериод)$", r"период|period"),
    "year": (r"^(year|год|refyear)$", r"^(отчётный|отчетный)?год"),
    "month": (r"^(month|месяц|refmonth)$", r"месяц"),
    "flow": (r"^(napr|flow|direction|направление|flowcode|поток)", r"направлен|экспортимпорт"),
    "reporter": (r"^(reporter|region|регион|субъект|okato|окато)", r"субъект|регион"),
    "partner": (r"^(partner|strana|nastranapr|страна|country|контрагент)", r"стран|партн[её]р|partner"),
    "commodity": (r"^(tnved|тнвэд|hs|commodity|cmdcode|кодтнвэд|кодтовара)", r"тнвэд|кодтовар|hscode"),
    "unit": (r"^(edizm|unit|едизм|единицаизмерения|qtyunit)", r"единиц|едизм|дополнительнаяединица"),
    "net_kg": (r"^(netto|netwgt|netkg|нетто|вес|масса)", r"нетто|вес|масса|weight|тонн"),
    "value": (r"^(stoim|value|стоимость|primaryvalue|tradevalue)", r"стоим|value|долл|usd"),
    "quantity": (r"^(kol|qty|quantity|количество|колво)", r"колич|quantity|колво"),
    "level": (r"^(level|уровень|aggrlevel)$",),
    "status": (r"^(status|obsstatus|статус)$",),
}


def suggest_mapping(columns: Sequence[str]) -> Mapping:
    """Return a first guess from the names of the columns, for a person to correct. It may lack roles."""
    free = {name: (key_of(name), name.lower()) for name in columns if key_of(name)}
    chosen: dict[str, str] = {}
    for rank in range(2):
        for role, patterns in _WORDS.items():
            if role in chosen or rank >= len(patterns):
                continue
            for name, (key, __) in free.items():
                if re.search(patterns[rank], key):
                    chosen[role] = name
                    del free[name]
                    break
    for compared in COMPARED:
        if not set(compared) <= set(chosen):
            for role in {*compared} - {"export_value", "import_value"}:
                chosen.pop(role, None)
    if any(role in chosen for roles in BY_FLOW.values() for role in roles):
        for role in ("flow", "value", "net_kg", "quantity", "unit"):
            chosen.pop(role, None)
    if "period" in chosen:
        chosen.pop("year", None)
        chosen.pop("month", None)
    elif "month" in chosen and "year" not in chosen:  # of some year: its column names both
        chosen["period"] = chosen.pop("month")
    money = " ".join(chosen[role] for role in ("value", "export_value", "import_value") if role in chosen).lower()
    weight = " ".join(chosen[role] for role in ("net_kg", "export_net_kg", "import_net_kg") if role in chosen).lower()
    return Mapping(
        columns=chosen,
        money="USD_MN"
        if re.search(r"млн|million|\bmn\b", money)
        else "USD_TH"
        if re.search(r"тыс|thous", money)
        else "USD",
        weight="kt"
        if re.search(r"тыс.*тонн|\bkt\b", weight)
        else "t"
        if re.search(r"тонн|\bт\b|tonne", weight)
        else "kg",
    )
