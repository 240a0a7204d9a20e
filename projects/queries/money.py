"""What projects cost: the sums of their budgets, each currency for itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.models import BudgetLine, Currency
from projects.wording import amount, money


@dataclass(frozen=True)
class Money:
    """A budget in one currency. `unplanned` and `unreported` lines do not state their planned or actual sum."""

    currency: str
    planned: Decimal | None
    actual: Decimal | None
    lines: int
    unplanned: int
    unreported: int
    is_example: bool

    @property
    def currency_label(self) -> str:
        return str(Currency(self.currency).label)

    @property
    def words(self) -> str:
        """What is planned and what is spent, as far as the lines state it."""
        planned, actual = money(self.planned, self.currency), money(self.actual, self.currency)
        if self.planned is not None and self.actual is not None:
            return _("%(actual)s of %(planned)s") % {"actual": amount(self.actual), "planned": planned}
        if planned:
            return _("%(planned)s planned") % {"planned": planned}
        return _("%(actual)s actual") % {"actual": actual}

    @property
    def gaps(self) -> str:
        """How many of the lines state no planned or no actual sum, in words."""
        found = []
        if self.unplanned:
            text = ngettext("%(n)s line without a planned sum", "%(n)s lines without a planned sum", self.unplanned)
            found.append(text % {"n": self.unplanned})
        if self.unreported:
            text = ngettext("%(n)s line without an actual sum", "%(n)s lines without an actual sum", self.unreported)
            found.append(text % {"n": self.unreported})
        return ", ".join(found)


def budgets(lines: Iterable[BudgetLine]) -> list[Money]:
    """Return the sums of the lines in each currency; facts and examples are never added together."""
    ordered = sorted(lines, key=_kind_of_money)
    return [_sum(list(group)) for __, group in groupby(ordered, key=_kind_of_money)]


def _kind_of_money(line: BudgetLine) -> tuple[bool, str]:
    return line.is_example, line.currency


def _sum(lines: Sequence[BudgetLine]) -> Money:
    """Return the sum of lines of one kind."""
    planned = [line.planned for line in lines if line.planned is not None]
    actual = [line.actual for line in lines if line.actual is not None]
    return Money(
        currency=lines[0].currency,
        planned=sum(planned, Decimal()) if planned else None,
        actual=sum(actual, Decimal()) if actual else None,
        lines=len(lines),
        unplanned=len(lines) - len(planned),
        unreported=len(lines) - len(actual),
        is_example=lines[0].is_example,
    )
