"""Datasets, their releases, and what each release changed, line by line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.exceptions import BadRequest
from django.db.models import Count, F, Max, Min, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django_filters import CharFilter, ChoiceFilter, FilterSet, NumberFilter

from parties.filtering import DayFilter, RecordFilter, named
from parties.periods import Period
from trade.explorer.names import Names
from trade.models import Dataset, Release
from trade.observations import Place
from trade.observations.changes import CHANGED, DISAPPEARED, NEW, Between

PAGE = 50
MOST_OTHERS = 100


@dataclass(frozen=True)
class DatasetRow:
    """A dataset with what it holds today. `rows` counts the observations that stand."""

    dataset: Dataset
    releases: int
    rows: int
    first: dt.date | None
    last: dt.date | None
    loaded_at: dt.datetime | None


def datasets(code: str = "") -> list[DatasetRow]:
    """Return all datasets, or the one with the code, real ones before examples (1 query)."""
    found = Dataset.objects.order_by("is_example", "pk").select_related("source")
    if code:
        found = named(found, code)
    counted = found.annotate(
        release_count=Count("releases"),
        rows=Coalesce(Sum("releases__opened_rows"), 0) - Coalesce(Sum("releases__closed_rows"), 0),
        first=Min("releases__first_month"),
        last=Max("releases__last_month"),
        loaded=Max("releases__loaded_at"),
    )
    return [DatasetRow(row, row.release_count, row.rows, row.first, row.last, row.loaded) for row in counted]


class ReleaseFilter(FilterSet):
    """What the list of releases can be asked: a dataset, a day as of which, and where to go on."""

    dataset = RecordFilter(field_name="dataset", queryset=Dataset.objects.order_by("pk"), label="dataset")
    as_of = DayFilter(field_name="loaded_at", lookup_expr="date__lte", label="as_of")
    before = NumberFilter(field_name="pk", lookup_expr="lt", label="before", max_value=2**31 - 1, min_value=1)


@dataclass(frozen=True)
class ReleasesPage:
    """Releases, newest first; `before` is where the next page begins."""

    releases: Sequence[Release]
    before: int | None


def counted(rows: Any) -> Any:
    """Return the releases with what is shown of each, newest first (1 query)."""
    counts = rows.annotate(
        new_rows=F("opened_rows") - F("changed_rows"), disappeared_rows=F("closed_rows") - F("changed_rows")
    )
    return counts.select_related("dataset", "undoes", "undone_by").order_by("-pk")


def releases(rows: Any) -> ReleasesPage:
    """Return a page of the given releases (1 query)."""
    found = list(counted(rows)[: PAGE + 1])
    return ReleasesPage(found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None)


class Change(NamedTuple):
    """One line before and after a release; None on the side where there is none."""

    period: dt.date
    months: int
    partner: str
    flow: str
    commodity: str
    unit: str
    reporter: str
    old_value: Decimal | None
    new_value: Decimal | None
    old_net_kg: Decimal | None
    new_net_kg: Decimal | None
    line: int | None

    @property
    def key(self) -> str:
        """Return the place of the line in the list, as an address names it."""
        own = (self.period.isoformat(), self.partner, self.flow, self.commodity, self.unit, self.months, self.reporter)
        return ",".join(str(part) for part in own)

    @property
    def span(self) -> Period:
        return Period.months(self.period.year, self.period.month, self.months)

    @property
    def growth(self) -> Decimal | None:
        """By how many per cent the value changed; None without both or on a base of zero."""
        if self.old_value is None or self.new_value is None or self.old_value == 0:
            return None
        return (self.new_value / self.old_value - 1) * 100


class Kind(NamedTuple):
    """A kind of change with its number of lines."""

    code: str
    rows: int

    @property
    def label(self) -> str:
        return {
            CHANGED: pgettext("lines", "changed"),
            NEW: pgettext("lines", "new"),
            DISAPPEARED: pgettext("lines", "disappeared"),
        }[self.code]


@dataclass(frozen=True)
class ReleasePage:
    """A release and a page of what it changed, or of what lies between it and the `other`.

    others   the releases of the dataset that it can be compared with
    """

    release: Release
    shown: str
    kinds: Sequence[Kind]
    changes: Sequence[Change]
    after: str
    names: Names
    other: Release | None
    others: Sequence[Release]

    @property
    def query(self) -> str:
        """What the address says beside the kind of change."""
        return f"&against={self.other.pk}" if self.other else ""

    @property
    def older(self) -> Release | None:
        return self.other and min(self.release, self.other, key=lambda one: one.pk)

    @property
    def newer(self) -> Release | None:
        return self.other and max(self.release, self.other, key=lambda one: one.pk)

    @property
    def title(self) -> str:
        return _("Release No. %(number)s of %(day)s") % {
            "number": self.release.pk,
            "day": f"{timezone.localtime(self.release.loaded_at):%d.%m.%Y}",
        }


class ChangeFilter(FilterSet):
    """What the page of a release can be asked: which changes, and after which line to go on."""

    show = ChoiceFilter(choices=[(name, name) for name in (CHANGED, NEW, DISAPPEARED)], label="show", method="keep")
    against = NumberFilter(label="against", method="keep", max_value=2**31 - 1, min_value=1)
    after = CharFilter(label="after", method="keep", max_length=200)

    def keep(self, queryset: Any, name: str, value: Any) -> Any:
        return queryset


def other_release(release: Release, number: Any) -> Release | None:
    """Return the other release of the dataset with this number (1 query); raise `BadRequest` where there is none."""
    if number is None:
        return None
    found = Release.objects.filter(dataset=release.dataset_id, pk=int(number)).exclude(pk=release.pk).first()
    if found is None:
        raise BadRequest(_("against: give the number of another release of this dataset."))
    return found


def release_page(release: Release, show: str = "", after: str = "", other: Release | None = None) -> ReleasePage:
    """Return what the release changed, or what lies between it and another one (2 queries and the names, 4 for two).

    Changed lines come first, else new, else disappeared ones. Raises `BadRequest` for a place that no list has.
    """
    if other:
        between = Between.of(release, other)
        counts = between.counts()
    else:
        between = Between.made_by(release)
        counts = {
            CHANGED: release.changed_rows,
            NEW: release.opened_rows - release.changed_rows,
            DISAPPEARED: release.closed_rows - release.changed_rows,
        }
    kinds = tuple(Kind(code, counts[code]) for code in (CHANGED, NEW, DISAPPEARED))
    shown = show or next((kind.code for kind in kinds if kind.rows), CHANGED)
    rows = between.rows(shown, _place(after, release), PAGE + 1) if counts[shown] else []
    changes = [Change(**{name: row[name] for name in Change._fields}) for row in rows]
    rest = changes[PAGE - 1].key if len(changes) > PAGE else ""
    others = Release.objects.filter(dataset=release.dataset_id).exclude(pk=release.pk).order_by("-pk")[:MOST_OTHERS]
    return ReleasePage(release, shown, kinds, changes[:PAGE], rest, Names.current(), other, list(others))


def _place(text: str, release: Release) -> Place | None:
    if not text:
        return None
    period, *codes = text.split(",")
    try:
        partner, flow, commodity, unit, months, reporter = codes
        key = [dt.date.fromisoformat(period), partner, flow, commodity, unit, int(months) % 13, reporter]
    except ValueError:
        raise BadRequest(_("after: no such place in the list. Follow the link “next lines”.")) from None
    return Place((release.dataset_id, *key))
