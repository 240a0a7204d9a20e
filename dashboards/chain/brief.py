"""The chain in short, as records show it at the foot of their pages: counted in the database.

Of projects and deliveries only the HS codes are read, and what tells a gap.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.functional import Promise

from agreements.models import Agreement, Measure
from dashboards.chain.covering import article_gap, articles_with_cover
from dashboards.chain.gaps import Gap
from dashboards.chain.reporting import reported
from dashboards.chain.steps import LABELS, address
from dashboards.chain.trading import chapters_in, groups_of
from dashboards.chain.walking import Ids, Links, walk
from projects.models import Delivery, Project
from workgroup.models import Outcome


@dataclass(frozen=True)
class BriefStep:
    """How many rows a step has, and how many of them have a gap; `gap` where there is none."""

    code: str
    label: str | Promise
    count: int
    broken: int
    gap: Gap | None


@dataclass(frozen=True)
class Brief:
    """The steps before and after a row, in numbers."""

    start: Any
    steps: tuple[BriefStep, ...]

    @property
    def page(self) -> str:
        return address(self.start)

    @property
    def coverage(self) -> str:
        """Address of the coverage of an agreement's articles, empty for other rows."""
        if not isinstance(self.start, Agreement):
            return ""
        return f"{reverse('dashboards:coverage')}?agreement={self.start.pk}"


def brief(start: Any, on: dt.date) -> Brief:
    """Return the chain of a row in numbers, by the same rules as `chain` (at most 25 queries)."""
    links = walk(start)
    projects = list(Project.objects.filter(pk__in=links.projects).order_by().values_list(Count("measures"), "hs_codes"))
    deliveries = list(Delivery.objects.filter(pk__in=links.deliveries).order_by().values_list("hs_code", "project"))
    counts = {
        "agreements": (len(links.agreements), Agreement.objects.filter(pk__in=links.agreements, plans=None).count()),
        "articles": _articles(links, on),
        "measures": (len(links.measures), _silent(links.measures, on)),
        "outcomes": (len(links.outcomes), _loose(links.outcomes)),
        "evidence": (len(links.notes), 0),
        "projects": (len(links.projects), sum(not measures for measures, __ in projects)),
        "deliveries": (len(links.deliveries), sum(not code or project is None for code, project in deliveries)),
        "trade": (len(groups_of(_chapters(start, projects, deliveries))), 0),
        "reports": (len(reported(links)), 0),
    }
    steps = []
    for code, (count, broken) in counts.items():
        label, missing = LABELS[code]
        steps.append(BriefStep(code, label, count, broken, None if count else Gap(f"no_{code}", str(missing))))
    return Brief(start, tuple(steps))


def _articles(links: Links, on: dt.date) -> tuple[int, int]:
    articles = articles_with_cover(links.articles, on)
    return len(links.articles), sum(article_gap(article) is not None for article in articles)


def _silent(ids: Ids, on: dt.date) -> int:
    return Measure.objects.filter(pk__in=ids).without_news(on).count()


def _loose(ids: Ids) -> int:
    duties = [Outcome.Kind.INSTRUCTION, Outcome.Kind.COMMITMENT]
    return Outcome.objects.filter(pk__in=ids, kind__in=duties, project=None, agreement=None, measures=None).count()


def _chapters(start: Any, projects: Iterable[tuple[int, str]], deliveries: Iterable[tuple[str, int]]) -> set[str]:
    if isinstance(start, Delivery) and start.hs_code:
        return chapters_in([start.hs_code])
    return chapters_in({code for code, __ in deliveries} | {codes for __, codes in projects})
