"""Which article of an agreement was covered by measures in which year, and which measures are without news.

A measure covers the years of its deadline; one that is due every year, or permanent, all years from the
beginning of its plan to its deadline, or to the end of the plan where it has none.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import BadRequest
from django.db.models import Prefetch
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agreements.models import NEWS_DAYS, Agreement, Article, Measure, MeasureStatus, Recurrence
from dashboards.chain.steps import FOLDED, Gap, article_gap, articles_with_cover, news_gap, with_news
from parties.filtering import RecordField
from parties.models import Partnership

MOST_YEARS = 30


class CoverageForm(forms.Form):
    """What the address may ask: one agreement, and after how many days a measure is without news."""

    agreement = RecordField(queryset=Agreement.objects.order_by("pk"), required=False, label=gettext_lazy("agreement"))
    days = forms.IntegerField(
        min_value=1, max_value=3650, required=False, initial=NEWS_DAYS, label=gettext_lazy("days without news")
    )

    @property
    def asked(self) -> dict[str, Any]:
        """The keywords of `coverage`; the form must be valid."""
        return {"agreement": self.cleaned_data["agreement"], "days": self.cleaned_data["days"] or NEWS_DAYS}


@dataclass(frozen=True)
class Cell:
    """The measures of an article in a year: all, and those that are done. `is_gap`: in force, but none."""

    year: int
    total: int
    done: int
    is_gap: bool


@dataclass(frozen=True)
class Row:
    """An article, year by year; without `article` the measures that serve no article."""

    article: Any
    cells: tuple[Cell, ...]
    gap: Gap | None


@dataclass(frozen=True)
class Matrix:
    """The articles of an agreement over the years from its conclusion to this year, or to the end of its plans."""

    agreement: Agreement
    years: tuple[int, ...]
    rows: tuple[Row, ...]
    measures: int

    @property
    def uncovered(self) -> int:
        """How many articles no measure covers now."""
        return sum(row.gap is not None for row in self.rows)


@dataclass(frozen=True)
class Silent:
    """An open measure without news, and for how long."""

    measure: Any
    gap: Gap


@dataclass(frozen=True)
class CoveragePage:
    """The coverage of agreements on a day."""

    on: dt.date
    days: int
    chosen: Agreement | None
    agreements: list[Agreement]
    matrices: tuple[Matrix, ...]
    silent: tuple[Silent, ...]

    @property
    def silent_shown(self) -> tuple[Silent, ...]:
        return self.silent[:FOLDED]

    @property
    def silent_left(self) -> int:
        """How many measures without news are not on the page."""
        return max(len(self.silent) - FOLDED, 0)

    @property
    def uncovered(self) -> int:
        return sum(matrix.uncovered for matrix in self.matrices)

    @property
    def articles(self) -> int:
        return sum(row.article is not None for matrix in self.matrices for row in matrix.rows)

    @property
    def without_articles(self) -> list[Agreement]:
        """The agreements whose articles are not known: nothing can be said of them."""
        return [one.agreement for one in self.matrices if not any(row.article is not None for row in one.rows)]


def coverage_asked(parameters: QueryDict) -> dict[str, Any]:
    """Return the agreement and the days that the address asks for; raise `BadRequest` naming what is wrong."""
    unknown = sorted(set(parameters) - set(CoverageForm.base_fields))
    if unknown:
        known = ", ".join(CoverageForm.base_fields)
        message = _("Unknown in the address: %(unknown)s. Known: %(known)s.")
        raise BadRequest(message % {"unknown": ", ".join(unknown), "known": known})
    form = CoverageForm(parameters)
    if not form.is_valid():
        name, errors = next(iter(form.errors.items()))
        raise BadRequest(f"{name}: {errors[0]}")
    return form.asked


def coverage(partnership: Partnership | None, on: dt.date, *, agreement: Agreement | None, days: int) -> CoveragePage:
    """Return the coverage of one agreement, or of all those of a partnership, or of all (4 queries for any number)."""
    known = Agreement.objects.filter(partnership=partnership) if partnership else Agreement.objects.all()
    all_of_them = list(known.order_by("concluded", "pk"))
    shown = [agreement] if agreement else all_of_them
    articles: dict[int, list[Any]] = defaultdict(list)
    for article in articles_with_cover(Article.objects.filter(agreement__in=shown).values("pk")):
        articles[article.agreement_id].append(article)
    measures: dict[int, list[Any]] = defaultdict(list)
    for measure in _measures(shown, on):
        measures[measure.plan.agreement_id].append(measure)
    return CoveragePage(
        on,
        days,
        agreement,
        all_of_them,
        tuple(_matrix(one, articles[one.pk], measures[one.pk], on) for one in shown),
        tuple(_silent(shown, measures, on, days)),
    )


def _measures(agreements: list[Agreement], on: dt.date) -> Any:
    rows = Measure.objects.filter(plan__agreement__in=agreements)
    return with_news(rows, on).prefetch_related(Prefetch("articles", Article.objects.only("pk")))


def _matrix(agreement: Agreement, articles: list[Any], measures: list[Any], on: dt.date) -> Matrix:
    totals: dict[tuple[int | None, int], list[int]] = defaultdict(lambda: [0, 0])
    for measure in measures:
        is_done = measure.status == MeasureStatus.DONE
        for article_id in [article.pk for article in measure.articles.all()] or [None]:
            for year in _years_of(measure, on):
                totals[article_id, year][0] += 1
                totals[article_id, year][1] += is_done
    begun = agreement.concluded.starts.year if agreement.concluded and agreement.concluded.first else None
    covered = [year for __, year in totals]
    first = min([*covered, *([begun] if begun else []), on.year])
    years = tuple(range(first, max([*covered, on.year]) + 1))[-MOST_YEARS:]
    rows = [Row(one, _cells(totals, one.pk, years, begun, on), article_gap(one, on)) for one in articles]
    if any(article_id is None for article_id, __ in totals):
        rows.append(Row(None, _cells(totals, None, years, None, on), None))
    return Matrix(agreement, years, tuple(rows), len(measures))


def _cells(
    totals: dict[tuple[int | None, int], list[int]],
    article_id: int | None,
    years: Iterable[int],
    begun: int | None,
    on: dt.date,
) -> tuple[Cell, ...]:
    cells = []
    for year in years:
        total, done = totals.get((article_id, year), (0, 0))
        is_gap = not total and begun is not None and begun <= year <= on.year
        cells.append(Cell(year, total, done, is_gap))
    return tuple(cells)


def _years_of(measure: Any, on: dt.date) -> range:
    """Return the years that the measure covers; an open end reaches to the day's year."""
    plan, due = measure.plan.period, measure.deadline or measure.plan.period
    is_once = measure.recurrence == Recurrence.ONCE and due.first is not None
    begin = due.starts if is_once else plan.first or due.ends
    return range(begin.year, (due.last or on).year + 1)


def _silent(agreements: list[Agreement], measures: dict[int, list[Any]], on: dt.date, days: int) -> Iterable[Silent]:
    for agreement in agreements:
        for measure in measures[agreement.pk]:
            gap = news_gap(measure, on, days)
            if gap is not None:
                yield Silent(measure, gap)
