"""Tables of any other layout, read through a mapping of their columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from trade.importing.formats.layouts import ROLES, Layout, Unfit
from trade.importing.mapping import BY_FLOW, COMPARED, MONEY, WEIGHT, Mapping, UnusableMapping
from trade.importing.problems import refuse
from trade.indicators.consistency import doubtful_growth, doubtful_turnover

_STATED = {mark: re.compile(rf"[-+]?[0-9]{{1,15}}(?:[{mark}][0-9]{{1,6}})?") for mark in ".,"}
_MONTH = re.compile(r"0?([1-9])|(1[0-2])")


def layout_for(columns: Sequence[str], mapping: Mapping, header_line: int) -> Layout:
    """Return the layout of a mapped table; raise `Refused` where the mapping does not fit its columns."""
    try:
        mapping.check_roles()
        mapping.check_columns(columns)
    except UnusableMapping as error:
        raise refuse("HDR-MAPPING", line=header_line, reason=error) from error
    arranger = _Arranger(columns, mapping)
    names = dict(mapping.columns)
    if "year" in names:
        names["period"] = names["year"]
    for roles in BY_FLOW.values():
        for role, split in zip(("value", "net_kg"), roles, strict=True):
            names.setdefault(role, names.get(split, ""))
    numbers = ("value", "net_kg", "quantity", *(role for roles in BY_FLOW.values() for role in roles))
    numbers += tuple(role for roles in COMPARED for role in roles if role not in numbers)
    stated = [role for role in ROLES if arranger.states(role)]
    return Layout(
        width=len(columns),
        places={role: ROLES.index(role) for role in stated},
        names={role: name for role, name in names.items() if name},
        arrange=arranger.arrange,
        doubts=arranger.doubts if arranger.compares else None,
        levels_stated=mapping.has("level"),
        money=MONEY[mapping.money],
        weight=WEIGHT[mapping.weight],
        blanks_are_skipped=True,
        number_places=tuple(columns.index(mapping.columns[role]) for role in numbers if role in mapping.columns),
    )


def number_stated(cell: str, mark: str) -> Decimal | None:
    """Return a figure that is only compared, with its sign; None for what is no plain number."""
    text = "".join(cell.split()).removesuffix("%").replace("\N{MINUS SIGN}", "-")
    return Decimal(text.replace(mark, ".")) if _STATED[mark].fullmatch(text) else None


class _Arranger:
    def __init__(self, columns: Sequence[str], mapping: Mapping) -> None:
        self._columns = columns
        self._place = {role: columns.index(name) for role, name in mapping.columns.items()}
        self._constants = mapping.constants
        self._by_flow = [
            (flow, value, weight)
            for flow, (value, weight) in BY_FLOW.items()
            if value in self._place or weight in self._place
        ]

    @property
    def compares(self) -> bool:
        """Return whether rows state what both flows together are."""
        return any(whole in self._place for whole, *__ in COMPARED)

    def doubts(self, row: list[str], mark: str) -> list[Unfit]:
        """Return where the stated turnover, or its growth, cannot be that of the export and import beside it."""
        found = []
        for rule, roles in zip(("TOT-SUM", "TOT-G"), COMPARED, strict=True):
            if not all(role in self._place for role in roles):
                continue
            turnover, export, imports = (number_stated(self._cell(row, role), mark) for role in roles)
            if turnover is None or export is None or imports is None:
                continue
            doubt = (doubtful_turnover if rule == "TOT-SUM" else doubtful_growth)(turnover, export, imports)
            if doubt:
                column, value = self._columns[self._place[roles[0]]], self._cell(row, roles[0])
                told = {"turnover": turnover, "exports": export, "imports": imports, "sum": export + imports}
                found.append(Unfit(rule, column, value, **told))
        return found

    def states(self, role: str) -> bool:
        """Return whether rows say it; roles that they do not say come from the options."""
        if role == "period" and ("year" in self._place or "year" in self._constants):
            return True
        if role in ("flow", "value", "net_kg") and self._by_flow:
            return True
        return role in self._place or role in self._constants or role in ("value", "net_kg", "quantity", "unit")

    def _cell(self, row: list[str], role: str) -> str:
        place = self._place.get(role)
        return self._constants.get(role, "") if place is None else row[place].strip()

    def arrange(self, row: list[str]) -> list[list[str]]:
        common = [self._cell(row, role) for role in ROLES]
        common[1] = common[1] or self._period(row)
        if not self._by_flow:
            return [common]
        made = []
        for flow, value, weight in self._by_flow:
            one = list(common)
            one[0], one[6], one[7] = flow, self._cell(row, value), self._cell(row, weight)
            if one[6] or one[7]:
                made.append(one)
        return made or [common]

    def _period(self, row: list[str]) -> str:
        year, month = self._cell(row, "year").removesuffix(".0"), self._cell(row, "month").removesuffix(".0")
        found = _MONTH.fullmatch(month)
        if found:
            return f"{year}-{int(month):02d}"
        return f"{month} {year}" if month else year
