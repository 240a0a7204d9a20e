"""What the figure of a group of countries is added up from: its members, what they lack, what may belong to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from trade.cube.cells import Cell
from trade.cube.coverage import coverage_of
from trade.cube.groups import Member
from trade.cube.reading import Question
from trade.cube.series import totals
from trade.cube.spans import Spans
from trade.models import TradeArea
from trade.selection import Selection, shifted


@dataclass(frozen=True)
class GroupParts:
    """A group that is added up over the months of a selection.

    members     those of any of the months
    former      those that were members in the twelve months before only, with which growth compares
    left_out    members that are no partners of the reporter: itself, or the country that it is a region of
    missing     members whose figures are not loaded, for which there is no sum
    is_stated   whether the dataset states the group itself in some of the periods: these are not added up
    nameless    the same trade with partners that are hidden or not stated, each by itself: some may be with members;
                None for quantities, which may be in several units
    """

    group: str
    members: tuple[Member, ...]
    former: tuple[Member, ...]
    left_out: tuple[str, ...]
    missing: tuple[str, ...]
    is_stated: bool
    nameless: tuple[Cell, ...] | None

    @property
    def countries(self) -> Sequence[Member]:
        return [one for one in self.members if one.is_country]

    @property
    def unplaced(self) -> Decimal | None:
        """What may belong to members beside their own trade; None where that is not known."""
        values = [cell.value for cell in self.nameless] if self.nameless is not None else [None]
        return None if None in values else sum((value for value in values if value), Decimal(0))


def parts_of_groups(selection: Selection) -> tuple[GroupParts, ...]:
    """Return the parts of the groups that the selection names and the dataset does not state throughout.

    At most 11 queries; 3 where no group is added up.
    """
    question = Question(selection, Spans.whole(selection))
    coverage = coverage_of(question)
    if not coverage.added:
        return ()
    first, last = selection.first, selection.last
    nameless = _nameless(selection, {one.code for group in coverage.added for one in group.members})
    return tuple(
        GroupParts(
            group.code,
            tuple(one for one in group.members if one.is_in(first, last)),
            tuple(one for one in group.members if one.last < first and one.is_in(shifted(first, -12), first)),
            group.left_out,
            tuple(sorted(coverage.missing.get(group.code, ()))),
            bool(group.stated),
            nameless,
        )
        for group in coverage.added
    )


def _nameless(selection: Selection, members: set[str]) -> tuple[Cell, ...] | None:
    """Return the trade with partners that nobody can place, where there is any; regions of a country are none."""
    if selection.measure == "quantity":
        return None
    areas = TradeArea.objects.filter(kind=TradeArea.Kind.UNKNOWN, okato="").exclude(code__in=members)
    flow = "T" if selection.flow == "B" else selection.flow
    asked = selection.but(by=("partner",), partners=tuple(str(area.code) for area in areas), flow=flow)
    return tuple(cell for cell in totals(asked).cells if cell.value != 0)
