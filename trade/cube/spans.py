"""Periods that answers are about, and which of their months a dataset holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property

from parties.periods import DAY, Period
from trade.cube.groups import GroupSum
from trade.indicators.answers import Composition, Reason
from trade.releases.vintages import as_vintage
from trade.selection import Selection, months_between


@dataclass(frozen=True)
class Spans:
    """The periods that answers are about: equal ones of the frequency, or the whole range as one.

    Periods from January to a month leave the rest of each year out.
    """

    periods: tuple[Period, ...]
    count: int

    @classmethod
    def of(cls, selection: Selection) -> Spans:
        return cls(selection.periods, selection.months)

    @classmethod
    def whole(cls, selection: Selection) -> Spans:
        count = len(months_between(selection.first, selection.last))
        return cls((Period.months(selection.first.year, selection.first.month, count),), count)

    @cached_property
    def months(self) -> dict[Period, frozenset[dt.date]]:
        """The months of each period."""
        return {period: frozenset(months_between(period.starts, period.ends.replace(day=1))) for period in self.periods}

    @property
    def is_broken(self) -> bool:
        """Whether there are months between the periods."""
        pairs = zip(self.periods, self.periods[1:], strict=False)
        return any(one.ends + DAY < other.starts for one, other in pairs)

    @property
    def starts(self) -> list[dt.date]:
        return [period.starts for period in self.periods]


@dataclass(frozen=True)
class Coverage:
    """What is loaded: for each flow the months, and the longer periods that the dataset itself states.

    `known` counts also months that are loaded, but not in the detail asked for. `lumped` are the (partner, flow, first
    day, months) of which only a total stands where a detail is asked for; partner `""` where the dataset tells no
    partners apart. `absent` are named partners of which the dataset holds nothing and need not: regions and groups
    that it does not tell apart, and any where it was loaded partner by partner; their trade is unknown. `brought` are
    (flow, release, months) of the totals: whatever changes a partner's total changes these. `added` are the groups
    that are added up; `missing` names the members that the sum of a group lacks in any of the months.
    """

    spans: Spans
    months: Mapping[str, set[dt.date]]
    stated: Mapping[str, set[dt.date]]
    known: Mapping[str, set[dt.date]]
    lumped: Set[tuple[str, str, dt.date, int]]
    brought: Sequence[tuple[str, int, Collection[dt.date]]]
    absent: Set[str] = frozenset()
    added: tuple[GroupSum, ...] = ()
    missing: Mapping[str, Set[str]] = field(default_factory=dict)

    def present(self, flow: str, period: Period) -> int:
        """Return how many months of the period are loaded."""
        return len(self.spans.months[period] & self.months.get(flow, set()))

    def rows_of(self, flow: str, period: Period) -> int | None:
        """Return which rows make up the period: those of 1 month, those of its own length, or none."""
        return self._rows.get((flow, period))

    @cached_property
    def _rows(self) -> Mapping[tuple[str, Period], int]:
        by_months = {
            (flow, period): 1
            for flow in self.months
            for period in self.spans.periods
            if self.present(flow, period) == self.spans.count
        }
        stated = {
            (flow, period): self.spans.count
            for flow, starts in self.stated.items()
            for period in self.spans.periods
            if period.starts in starts
        }
        return stated | by_months

    def lacking(self, partners: Collection[str], flow: str, period: Period, rows: int) -> int:
        """Return for how many months of a loaded period the detail of one of these partners is not held.

        There, a partner without lines has not traded nothing: what it traded is unknown. `rows` are those that
        make up the period.
        """
        if not self.absent.isdisjoint(partners):
            return self.spans.count
        if not self.lumped:
            return 0
        named = ["", *partners]
        if rows == self.spans.count > 1:
            return rows if any((one, flow, period.starts, rows) in self.lumped for one in named) else 0
        return sum(any((one, flow, month, 1) in self.lumped for one in named) for month in self.spans.months[period])

    def why_lacking(self, partners: Collection[str]) -> Reason:
        """Return why the detail of these partners is not held where some is lacking."""
        return Reason.TOO_COARSE if self.missing.keys().isdisjoint(partners) else Reason.GROUP_INCOMPLETE

    def composition(self, partners: Collection[str], flows: Collection[str], period: Period) -> Composition:
        """Return the members of groups that are added for these partners, with the months of the year."""
        months = self.spans.months[period]
        return frozenset(
            one for group in self.added if group.code in partners for one in group.composition(flows, months)
        )

    def releases_of(self, flow: str, period: Period) -> set[int]:
        """Return the ids of the releases that brought the totals of the period."""
        return {release for month in self.spans.months[period] for release in self._releases.get((flow, month), ())}

    @cached_property
    def _releases(self) -> Mapping[tuple[str, dt.date], set[int]]:
        found: dict[tuple[str, dt.date], set[int]] = {}
        for flow, release, months in self.brought:
            for month in months:
                found.setdefault((flow, month), set()).add(release)
        return found

    def unknown(self, flow: str, period: Period) -> set[str]:
        """Return the partners whose detail is not held for the whole of a loaded period; `""` for all of them."""
        rows = self.rows_of(flow, period)
        if not rows or not self.lumped:
            return set()
        partners = {partner for partner, of_flow, *__ in self.lumped if of_flow == flow}
        return {partner for partner in partners if self.lacking((partner,), flow, period, rows)}

    def reason(self, flow: str, period: Period) -> Reason | None:
        """Return why there is no figure for the period, None where there is one."""
        if self.rows_of(flow, period):
            return None
        if len(self.spans.months[period] & self.known.get(flow, set())) == self.spans.count:
            return Reason.TOO_COARSE
        return Reason.MONTHS_MISSING if self.present(flow, period) else Reason.NOT_LOADED


def vintage(selection: Selection) -> int | None:
    """Return the newest release known at `as_of` (0 where there was none yet), None for today (at most 1 query)."""
    return None if selection.as_of is None else as_vintage(selection.dataset.pk, selection.as_of) or 0
