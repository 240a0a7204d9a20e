"""The question itself: a `Selection`, and its one spelling as an address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone

from parties.periods import FIRST_YEAR, Period
from trade.goods import finest
from trade.models import Dataset
from trade.selection.months import FREQUENCIES, YEAR_TO_DATE, months_between, widened
from trade.selection.reading import ALL, UNITS, Defaults, fields_of


@dataclass(frozen=True)
class Selection:
    """A question to the trade data. See the module for the meaning of the fields.

    partners    () for all partners: together, or each where `by` holds `partner`
    level       of the goods broken down; without `goods` in `by`, the finest level among the codes that restrict
                (`but` sees to it)
    first, last first days of the first and the last month, widened to whole periods of the frequency
    unit        empty for a quantity whose unit is not restricted
    has_groups  whether a group of countries is among the partners that the address names
    """

    dataset: Dataset
    reporter: str
    partners: tuple[str, ...]
    flow: str = "T"
    by: tuple[str, ...] = ()
    level: str = "total"
    goods: tuple[str, ...] = ()
    grouping: str = ""
    frequency: str = "M"
    first: dt.date = dt.date(FIRST_YEAR, 1, 1)
    last: dt.date = dt.date(FIRST_YEAR, 12, 1)
    measure: str = "value"
    unit: str = "USD"
    as_of: dt.datetime | None = None
    has_groups: bool = False

    @classmethod
    def parse(
        cls, params: QueryDict | Mapping[str, str], *, defaults: Defaults, also: Collection[str] = ()
    ) -> Selection:
        """Return what the parameters ask for (at most 6 queries); raise `SelectionErrors` for all that is wrong.

        `also` names parameters of the caller, which are left alone.
        """
        return cls(**fields_of(params, defaults, also))

    def but(self, **changes: object) -> Selection:
        """Return the selection with other fields, months widened to the frequency, the level after the breakdown."""
        changed: Selection = replace(self, **changes)  # type: ignore[arg-type]
        first, last = widened(changed.first, changed.last, changed.frequency)
        level = changed.level if "goods" in changed.by else finest(changed.goods)
        return replace(changed, first=first, last=last, level=level)

    @property
    def months(self) -> int:
        """Months of a period."""
        return self.last.month if self.frequency == YEAR_TO_DATE else FREQUENCIES[self.frequency]

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """The periods asked for, oldest first."""
        count = self.months
        if self.frequency == YEAR_TO_DATE:
            return tuple(Period.months(year, 1, count) for year in range(self.first.year, self.last.year + 1))
        return tuple(
            Period.months(month.year, month.month, count) for month in months_between(self.first, self.last)[::count]
        )

    @property
    def divisor(self) -> Decimal:
        """By what a sum is divided to be shown in `unit`."""
        return UNITS[self.measure].get(self.unit, Decimal(1))

    @property
    def flows(self) -> tuple[str, ...]:
        """The flows of the data that are read."""
        return ("X", "M") if self.flow in ("T", "B") else (self.flow,)

    def parameters(self) -> dict[str, str]:
        """Return the parameters that name this selection, in canonical order and spelling."""
        given = {
            "dataset": str(self.dataset.code),
            "reporter": self.reporter,
            "partner": ",".join(self.partners) or ALL,
            "flow": self.flow,
            "by": ",".join(self.by),
            "level": self.level if "goods" in self.by else "",
            "goods": ",".join(self.goods),
            "grouping": self.grouping,
            "frequency": self.frequency,
            "from": self._named(self.first, self.periods[0]),
            "to": self._named(self.last, self.periods[-1]),
            "measure": self.measure,
            "unit": self.unit,
            "as_of": _moment_text(self.as_of) if self.as_of else "",
        }
        return {name: value for name, value in given.items() if value}

    def _named(self, month: dt.date, period: Period) -> str:
        return f"{month:%Y-%m}" if self.frequency == YEAR_TO_DATE else str(period)

    def query(self) -> str:
        """Return the canonical query of an address: parsed again, it gives the same selection."""
        return urlencode(self.parameters(), safe=",:")


def _moment_text(moment: dt.datetime) -> str:
    local = timezone.localtime(moment)
    if local.timetz().replace(tzinfo=None) == dt.time.max:
        return local.date().isoformat()
    return moment.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
