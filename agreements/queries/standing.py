"""Where the measures of all plans stand: in all, by area of cooperation, and for one executor."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Value
from django.http import QueryDict
from django.utils.translation import gettext as _

from agreements.models import Executor, Measure
from agreements.queries.tables import Tally
from parties.formatting import number
from parties.models import Area, Partnership
from parties.queries import rows_of


@dataclass(frozen=True)
class AreaShare:
    """The measures of an area; None: those of no area, which no address asks for."""

    area: Area | None
    tally: Tally
    most: int
    """How many measures the largest area has: all areas are drawn to one scale."""

    @property
    def sheet(self) -> str:
        """The width of the sheet on which the segments of the tally are drawn."""
        return f"{1000 * self.most / self.tally.all:.1f}"


@dataclass(frozen=True)
class Standing:
    """The measures of a partnership on a day. `examples` of them are no facts."""

    tally: Tally
    areas: tuple[AreaShare, ...]
    examples: int
    mine: Tally | None
    """Those that the reader's organisation leads or takes part in."""

    @property
    def share_done(self) -> str:
        """The part that is done, in whole per cent."""
        return number(100 * self.tally.done / self.tally.all, 0) if self.tally.all else ""

    @property
    def finding(self) -> str:
        """What the shares of the areas show: where most is overdue."""
        worst = max((share for share in self.areas if share.area), key=lambda one: one.tally.overdue, default=None)
        if worst is None or not worst.tally.overdue:
            return _("Nothing is overdue in any area")
        return _("Most is overdue in the area “%(area)s”: %(n)s") % {"area": worst.area, "n": worst.tally.overdue}


def standing(partnership: Partnership, on: dt.date, organisation: int | None = None) -> Standing:
    """Return where the measures of the partnership stand (2 queries). `organisation` is the id of the reader's."""
    whole: dict[str, int] = defaultdict(int)
    by_area: dict[int | None, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    mine: dict[str, int] = defaultdict(int)
    examples = 0
    for area, status, is_example, count, own in rows_of(_counts, partnership, on, organisation):
        whole[status] += count
        by_area[area][status] += count
        mine[status] += own
        examples += count if is_example else 0
    tallies: list[tuple[Area | None, Tally]] = [
        (area, Tally(dict(by_area[area.pk]), _asked(area=str(area.code or area.pk))))
        for area in Area.objects.order_by("order", "pk")
        if area.pk in by_area
    ]
    if None in by_area:
        tallies.append((None, Tally(dict(by_area[None]), QueryDict())))
    most = max((one.all for __, one in tallies), default=0)
    areas = tuple(AreaShare(area, one, most) for area, one in tallies)
    return Standing(
        tally=Tally(dict(whole), QueryDict()),
        areas=areas,
        examples=examples,
        mine=None if organisation is None else Tally(dict(mine), _asked(organisation=str(organisation))),
    )


def _counts(partnership: Partnership, on: dt.date, organisation: int | None) -> Any:
    measures: Any = Measure.objects.of(partnership).with_status(on).order_by()
    carried_out = Executor.objects.filter(measure=OuterRef("pk"), organisation=organisation)
    own = Value(0) if organisation is None else Count("pk", filter=Exists(carried_out))
    grouped = measures.values("area", "status", "is_example").annotate(n=Count("pk"), own=own)
    return grouped.values_list("area", "status", "is_example", "n", "own")


def _asked(**parameters: str) -> QueryDict:
    query = QueryDict(mutable=True)
    query.update(parameters)
    return query
