"""Datasets, their releases, and what each release changed, line by line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.exceptions import BadRequest
from django.db import connection
from django.db.models import Count, F, Max, Min, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django_filters import CharFilter, ChoiceFilter, FilterSet, NumberFilter

from parties.filtering import DayFilter, RecordFilter, named
from trade.explorer.names import Names
from trade.models import KEY, Dataset, Release

PAGE = 50
CHANGED, NEW, DISAPPEARED = "changed", "new", "disappeared"


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
    """A release and a page of what it changed. `is_undone_by` is the release that took it back."""

    release: Release
    shown: str
    kinds: Sequence[Kind]
    changes: Sequence[Change]
    after: str
    names: Names

    @property
    def title(self) -> str:
        return _("Release No. %(number)s of %(day)s") % {
            "number": self.release.pk,
            "day": f"{timezone.localtime(self.release.loaded_at):%d.%m.%Y}",
        }


class ChangeFilter(FilterSet):
    """What the page of a release can be asked: which changes, and after which line to go on."""

    show = ChoiceFilter(choices=[(name, name) for name in (CHANGED, NEW, DISAPPEARED)], label="show", method="keep")
    after = CharFilter(label="after", method="keep", max_length=200)

    def keep(self, queryset: Any, name: str, value: Any) -> Any:
        return queryset


def release_page(release: Release, show: str = "", after: str = "") -> ReleasePage:
    """Return what the release changed: changed lines first, else new, else disappeared ones (1 query and the names).

    Raises `BadRequest` for a place that no list has.
    """
    kinds = (
        Kind(CHANGED, release.changed_rows),
        Kind(NEW, release.opened_rows - release.changed_rows),
        Kind(DISAPPEARED, release.closed_rows - release.changed_rows),
    )
    shown = show or next((kind.code for kind in kinds if kind.rows), CHANGED)
    found = _changes(release, shown, _place(after)) if any(kind.rows for kind in kinds if kind.code == shown) else []
    rest = found[PAGE - 1].key if len(found) > PAGE else ""
    return ReleasePage(release, shown, kinds, found[:PAGE], rest, Names.current())


def _place(text: str) -> list[Any] | None:
    if not text:
        return None
    parts = text.split(",")
    try:
        if len(parts) != 7:
            raise ValueError(text)
        return [dt.date.fromisoformat(parts[0]), *parts[1:5], int(parts[5]) % 13, parts[6]]
    except ValueError:
        raise BadRequest(_("after: no such place in the list. Follow the link “next lines”.")) from None


_SAME = " AND ".join(f"other.{name} = one.{name}" for name in KEY)
_SCOPE = "{row}.dataset_id = %(dataset)s AND {row}.period BETWEEN %(first)s AND %(last)s"
_OTHER = "SELECT value, net_kg, line FROM trade_observation AS other WHERE {same} AND {seen} LIMIT 1"
_COLUMNS = "one.period, one.months, one.partner, one.flow, one.commodity, one.unit, one.reporter"


def _changes(release: Release, shown: str, after: list[Any] | None) -> list[Change]:
    """Return one page of changes in the order of keys, and one line more where there are more (1 query)."""
    place = ", ".join(f"one.{name}" for name in KEY[1:])
    twin = _OTHER.format(
        same=_SAME, seen="other.opened = %(release)s" if shown != NEW else "other.closed = %(release)s"
    )
    seen = "one.opened = %(release)s" if shown == NEW else "one.closed = %(release)s AND one.closed IS NOT NULL"
    values = {
        CHANGED: "one.value, other.value, one.net_kg, other.net_kg, other.line",
        NEW: "NULL::numeric, one.value, NULL::numeric, one.net_kg, one.line",
        DISAPPEARED: "one.value, NULL::numeric, one.net_kg, NULL::numeric, NULL::int",
    }[shown]
    query = (
        f"SELECT {_COLUMNS}, {values} FROM trade_observation AS one"
        f" LEFT JOIN LATERAL ({twin}) AS other ON true"
        f" WHERE {_SCOPE.format(row='one')} AND {seen}"
        f" AND other.line IS {'NOT NULL' if shown == CHANGED else 'NULL'}"
        + (f" AND ({place}) > (%(p0)s, %(p1)s, %(p2)s, %(p3)s, %(p4)s, %(p5)s, %(p6)s)" if after else "")
        + f" ORDER BY {place} LIMIT {PAGE + 1}"
    )
    parameters = {
        "dataset": release.dataset_id,
        "first": release.first_month,
        "last": release.last_month,
        "release": release.pk,
        **{f"p{number}": part for number, part in enumerate(after or ())},
    }
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return [Change(*row) for row in cursor.fetchall()]
