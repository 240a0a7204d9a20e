"""Groups of countries: where a dataset has no line of a group itself, the group is the sum of its members then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass
from typing import Any

from trade.models import Membership, TradeArea
from trade.selection import shifted

Row = tuple[str, dt.date, int]
"""Flow, first day and length in months of a row of a dataset."""


@dataclass(frozen=True, slots=True)
class Member:
    """A territory in a group, from one month to another, both included (`date.max` while it is a member).

    `is_country` is not set for trade that states the group only: it is added where it stands, and never missing.
    """

    code: str
    first: dt.date
    last: dt.date
    is_country: bool = True
    note: str = ""

    def is_in(self, first: dt.date, last: dt.date) -> bool:
        """Tell whether it is a member in any of the months."""
        return self.first <= last and first <= self.last

    def is_in_all(self, first: dt.date, last: dt.date) -> bool:
        """Tell whether it is a member in all of the months."""
        return self.first <= first and last <= self.last


@dataclass(frozen=True, slots=True)
class GroupSum:
    """A group that is added up from its members, but for the rows that the dataset states of the group itself.

    `left_out` are members that are no partners of the reporter: itself, or the country that it is a region of.
    """

    code: str
    members: tuple[Member, ...] = ()
    left_out: tuple[str, ...] = ()
    stated: frozenset[Row] = frozenset()

    def condition(self, number: int, first: dt.date, last: dt.date) -> tuple[str, dict[str, Any]]:
        """SQL: a row between the months is that of a member then; with its parameters, named by the number."""
        then = [one for one in self.members if one.is_in(first, last)]
        parameters: dict[str, Any] = {f"members_{number}": sorted({one.code for one in then})}
        conditions = [f"partner = ANY(%(members_{number})s)"]
        changing = sorted({one.code for one in then if not one.is_in_all(first, last)})
        for place, code in enumerate(changing):
            name = f"{number}_{place}"
            parameters[f"member_{name}"] = code
            within = [f"partner <> %(member_{name})s"]
            for turn, one in enumerate(one for one in then if one.code == code):
                parameters |= {f"from_{name}_{turn}": one.first, f"until_{name}_{turn}": one.last}
                within.append(f"period BETWEEN %(from_{name}_{turn})s AND %(until_{name}_{turn})s")
            conditions.append(f"({' OR '.join(within)})")
        if self.stated:
            names = [f"{name}_{number}" for name in ("stated_flows", "stated_periods", "stated_lengths")]
            parameters |= dict(zip(names, map(list, zip(*sorted(self.stated), strict=True)), strict=True))
            rows = "unnest(%({})s::text[], %({})s::date[], %({})s::int[])".format(*names)
            conditions.append(f"(flow, period, months) NOT IN (SELECT * FROM {rows})")  # noqa: S608
        return f"({' AND '.join(conditions)})", parameters

    def missing(self, row: Row, lumped: Set[tuple[str, str, dt.date, int]], absent: Set[str]) -> set[str] | None:
        """Return the members whose figures a row lacks; None where the group is complete.

        Nothing adds up either where no members are known, or one came or left within a row of several months.
        """
        __, first, months = row
        last = shifted(first, months - 1)
        then = [one for one in self.members if one.is_in(first, last)]
        lacking = {one.code for one in then if one.is_country and (one.code in absent or (one.code, *row) in lumped)}
        if lacking or not then or not all(one.is_in_all(first, last) for one in then):
            return lacking
        return None

    def composition(self, flows: Collection[str], months: Collection[dt.date]) -> frozenset[tuple[str, int]]:
        """Return which members are added in which months of the year."""
        summed = [month for month in months if any((flow, month, 1) not in self.stated for flow in flows)]
        return frozenset((one.code, month.month) for month in summed for one in self.members if one.is_in(month, month))


def group_sums(codes: Collection[str], reporter: str, stated: Mapping[str, Collection[Row]]) -> tuple[GroupSum, ...]:
    """Return the groups with their members as partners of the reporter (1 query)."""
    own = {reporter, reporter.partition("-")[0]}
    members: dict[str, list[Member]] = {code: [] for code in codes}
    left_out: dict[str, set[str]] = {code: set() for code in codes}
    for row in Membership.objects.filter(group__code__in=codes).select_related("group", "member"):
        group, code = str(row.group.code), str(row.member.code)
        if code in own:
            left_out[group].add(code)
            continue
        is_country = row.member.kind == TradeArea.Kind.COUNTRY
        last = row.last_month or dt.date.max
        members[group].append(Member(code, row.first_month, last, is_country, str(row.note)))
    return tuple(
        GroupSum(code, tuple(members[code]), tuple(sorted(left_out[code])), frozenset(stated.get(code, ())))
        for code in sorted(codes)
    )
