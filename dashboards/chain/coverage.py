"""Which article of an agreement was covered by measures in which year, and which measures are without news."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import BadRequest
from django.db.models import Prefetch
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agreements.models import LIVE, NEWS_DAYS, Agreement, Article, Measure
from agreements.queries.plans import NewsDaysField
from dashboards.chain.covering import article_gap, articles_with_cover, is_done_in, years_covered, years_owed
from dashboards.chain.gaps import Gap
from dashboards.chain.steps import FOLDED, news_gap, with_news
from parties.filtering import RecordField
from parties.models import Partnership

MOST_YEARS = 30


class CoverageForm(forms.Form):
    """What the address may ask: one agreement, and after how many days a measure is without news."""

    agreement = RecordField(queryset=Agreement.objects.order_by("pk"), required=False, label=gettext_lazy("agreement"))
    no_news_days = NewsDaysField(required=False, initial=NEWS_DAYS, label=gettext_lazy("days without news"))

    @property
    def asked(self) -> dict[str, Any]:
        """The keywords of `coverage`; the form must be valid."""
        given = self.cleaned_data
        return {"agreement": given["agreement"], "no_news_days": given["no_news_days"] or NEWS_DAYS}


@dataclass(frozen=True)
class Cell:
    """The measures of an article in a year: all, and those done by its end. `is_gap`: some are owed, but none is."""

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
    """The articles of an agreement over its years, to the end of its plans.

    The agreement comes from `with_end`.
    """

    agreement: Any
    years: tuple[int, ...]
    rows: tuple[Row, ...]
    measures: int

    @property
    def is_live(self) -> bool:
        """Whether measures are to be expected of the agreement now."""
        return self.agreement.status in LIVE

    @property
    def articles(self) -> int:
        return sum(row.article is not None for row in self.rows)

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
    no_news_days: int
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
        """How many articles the agreements have that live."""
        return sum(matrix.articles for matrix in self.matrices if matrix.is_live)

    @property
    def query(self) -> str:
        """The same question, for the files."""
        asked: dict[str, Any] = {"agreement": self.chosen.pk} if self.chosen else {}
        return urlencode({**asked, "no_news_days": self.no_news_days})

    @property
    def without_articles(self) -> list[Agreement]:
        """The agreements whose articles are not known: nothing can be said of them."""
        return [one.agreement for one in self.matrices if not one.articles]


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


def coverage(
    partnership: Partnership | None, on: dt.date, *, agreement: Agreement | None, no_news_days: int
) -> CoveragePage:
    """Return the coverage of one agreement, or of all those of a partnership, or of all (6 queries for any number)."""
    known = Agreement.objects.filter(partnership=partnership) if partnership else Agreement.objects.all()
    all_of_them = list(known.with_end(on).order_by("concluded", "pk"))
    shown = all_of_them
    if agreement:
        shown = [one for one in all_of_them if one == agreement] or list(
            Agreement.objects.filter(pk=agreement.pk).with_end(on)
        )
    articles: dict[int, list[Any]] = defaultdict(list)
    for article in articles_with_cover(Article.objects.filter(agreement__in=shown).values("pk"), on):
        articles[article.agreement_id].append(article)
    measures: dict[int, list[Any]] = defaultdict(list)
    for measure in _measures(shown, on):
        measures[measure.plan.agreement_id].append(measure)
    return CoveragePage(
        on,
        no_news_days,
        agreement,
        all_of_them,
        tuple(_matrix(one, articles[one.pk], measures[one.pk], on) for one in shown),
        tuple(_silent(shown, measures, on, no_news_days)),
    )


def _measures(agreements: list[Agreement], on: dt.date) -> Any:
    rows = Measure.objects.filter(plan__agreement__in=agreements)
    return with_news(rows, on).prefetch_related(Prefetch("articles", Article.objects.only("pk")), "yearly_items")


def _matrix(agreement: Any, articles: list[Any], measures: list[Any], on: dt.date) -> Matrix:
    totals: dict[tuple[int | None, int], list[int]] = defaultdict(lambda: [0, 0])
    for measure in measures:
        for year in years_covered(measure, on):
            is_done = is_done_in(measure, year, on)
            for article_id in [article.pk for article in measure.articles.all()] or [None]:
                totals[article_id, year][0] += 1
                totals[article_id, year][1] += is_done
    covered, owed = [year for __, year in totals], years_owed(agreement, on)
    shown = [*covered, *owed] or [on.year]
    years = tuple(range(min(shown), max(shown) + 1))[-MOST_YEARS:]
    rows = [Row(one, _cells(totals, one.pk, years, owed), article_gap(one)) for one in articles]
    if any(article_id is None for article_id, __ in totals):
        rows.append(Row(None, _cells(totals, None, years, ()), None))
    return Matrix(agreement, years, tuple(rows), len(measures))


def _cells(
    totals: dict[tuple[int | None, int], list[int]], article_id: int | None, years: Iterable[int], owed: Container[int]
) -> tuple[Cell, ...]:
    cells = []
    for year in years:
        total, done = totals.get((article_id, year), (0, 0))
        cells.append(Cell(year, total, done, is_gap=not total and year in owed))
    return tuple(cells)


def _silent(
    agreements: list[Agreement], measures: dict[int, list[Any]], on: dt.date, no_news_days: int
) -> Iterable[Silent]:
    for agreement in agreements:
        for measure in measures[agreement.pk]:
            gap = news_gap(measure, on, no_news_days)
            if gap is not None:
                yield Silent(measure, gap)
