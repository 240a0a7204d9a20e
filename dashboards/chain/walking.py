"""Which rows hang together with one row.

From the row the walk goes down to what came of it and up to what wanted it, and does not turn on its way:
the chain of a delivery has its project and the measures behind it, but not the other deliveries. Outcomes of
meetings about the projects and measures that were met, and notes on the measures, are added beside.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any, cast

from django.db.models import Model, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from agreements.models import Agreement, Article, Measure, Plan, ProgressNote
from parties.models import Partnership
from projects.models import Delivery, Milestone, Project
from workgroup.models import Meeting, Outcome

KINDS: dict[str, tuple[type[Any], str]] = {
    "agreement": (Agreement, "partnership"),
    "article": (Article, "agreement__partnership"),
    "plan": (Plan, "agreement__partnership"),
    "measure": (Measure, "plan__agreement__partnership"),
    "progress-note": (ProgressNote, "measure__plan__agreement__partnership"),
    "meeting": (Meeting, "partnership"),
    "outcome": (Outcome, "meeting__partnership"),
    "project": (Project, "partnership"),
    "milestone": (Milestone, "project__partnership"),
    "delivery": (Delivery, "partnership"),
}
"""The rows a chain can start from, by their names in addresses, and the way from each to its partnership."""
_NAMES = {model: name for name, (model, __) in KINDS.items()}

Ids = set[int]


def kind_of(row: Model) -> str:
    """Return the name of the row's kind in addresses."""
    return _NAMES[type(row)]


def row_of(kind: str, pk: int) -> Any:
    """Return the row with its partnership (1 query); raise `Http404` for an unknown kind or id."""
    if kind not in KINDS:
        raise Http404
    model, way = KINDS[kind]
    return get_object_or_404(model._default_manager.select_related(f"{way}__home", f"{way}__partner"), pk=pk)


def partnership_of_row(row: Model) -> Partnership:
    """Return the partnership that the row belongs to."""
    found: Any = row
    for name in KINDS[kind_of(row)][1].split("__"):
        found = getattr(found, name)
    return cast(Partnership, found)


@dataclass
class Links:
    """The ids of the rows of a chain, by step."""

    agreements: Ids = field(default_factory=set)
    articles: Ids = field(default_factory=set)
    plans: Ids = field(default_factory=set)
    measures: Ids = field(default_factory=set)
    outcomes: Ids = field(default_factory=set)
    notes: Ids = field(default_factory=set)
    projects: Ids = field(default_factory=set)
    deliveries: Ids = field(default_factory=set)

    def __or__(self, other: Links) -> Links:
        return Links(*(getattr(self, one.name) | getattr(other, one.name) for one in fields(self)))


def walk(start: Any) -> Links:
    """Return what hangs together with the row (at most 15 queries, however much it is)."""
    seeds = _seeds(start)
    found = _down(seeds) | _up(seeds)
    (found.plans,) = _values(Measure.objects, found.measures, "plan")
    if isinstance(start, Plan):
        found.agreements.add(start.agreement_id)
        found.plans.add(start.pk)
    if not seeds.notes:
        found.notes = _ids(ProgressNote.objects, measure__in=found.measures)
    if not seeds.outcomes and not isinstance(start, Meeting):
        found.outcomes |= _ids(Outcome.objects, project__in=found.projects, measures__in=found.measures)
    return found


def _seeds(start: Any) -> Links:
    match start:
        case Agreement():
            return Links(agreements={start.pk})
        case Article():
            return Links(articles={start.pk})
        case Plan():
            return Links(measures=_ids(Measure.objects, plan__in={start.pk}))
        case Measure():
            return Links(measures={start.pk})
        case ProgressNote():
            return Links(notes={start.pk})
        case Meeting():
            return Links(outcomes=_ids(Outcome.objects, meeting__in={start.pk}))
        case Outcome():
            return Links(outcomes={start.pk})
        case Milestone():
            return Links(projects={start.project_id})
        case Project():
            return Links(projects={start.pk})
        case Delivery():
            return Links(deliveries={start.pk})
        case _:
            raise TypeError(f"{type(start).__name__} is no part of the chain")


def _down(seeds: Links) -> Links:
    """Return what came of the rows: measures, projects and deliveries."""
    agreements, outcomes = seeds.agreements, set(seeds.outcomes)
    articles = seeds.articles | _ids(Article.objects, agreement__in=agreements)
    measures = seeds.measures | _ids(Measure.objects, plan__agreement__in=agreements, articles__in=seeds.articles)
    of_outcomes, decided = _values(Outcome.objects, seeds.outcomes, "measures", "project")
    measures |= of_outcomes
    projects = seeds.projects | decided
    projects |= _ids(Project.objects, agreement__in=agreements, measures__in=measures)
    outcomes |= _ids(Outcome.objects, agreement__in=agreements)
    deliveries = seeds.deliveries | _ids(Delivery.objects, project__in=projects)
    return Links(agreements, articles, set(), measures, outcomes, set(seeds.notes), projects, deliveries)


def _up(seeds: Links) -> Links:
    """Return what wanted the rows: projects, measures, articles and agreements."""
    (delivering,) = _values(Delivery.objects, seeds.deliveries, "project")
    (reported,) = _values(ProgressNote.objects, seeds.notes, "measure")
    of_outcomes = _values(Outcome.objects, seeds.outcomes, "project", "measures", "agreement")
    asked = seeds.projects | delivering | of_outcomes[0]
    of_projects = _values(Project.objects, asked, "measures", "agreement")
    measures = seeds.measures | reported | of_projects[0] | of_outcomes[1]
    of_measures = _values(Measure.objects, measures, "articles", "plan__agreement")
    articles = seeds.articles | of_measures[0]
    (of_articles,) = _values(Article.objects, articles, "agreement")
    agreements = seeds.agreements | of_measures[1] | of_articles | of_projects[1] | of_outcomes[2]
    outcomes, notes = set(seeds.outcomes), set(seeds.notes)
    return Links(agreements, articles, set(), measures, outcomes, notes, asked, set(seeds.deliveries))


def _ids(rows: Any, **any_of: Ids) -> Ids:
    """Return the ids of the rows that any of the sets points to (1 query; none where all sets are empty)."""
    wanted = Q()
    for name, ids in any_of.items():
        if ids:
            wanted |= Q(**{name: ids})
    return _set(rows.filter(wanted).values_list("pk", flat=True)) if wanted else set()


def _values(rows: Any, ids: Ids, *names: str) -> tuple[Ids, ...]:
    """Return what each of the named relations of the rows points to (1 query; none without rows)."""
    found = rows.filter(pk__in=ids).order_by().values_list(*names).distinct() if ids else ()
    return tuple(map(_set, zip(*found, strict=True))) or tuple(set() for __ in names)


def _set(values: QuerySet[Any, Any] | Iterable[Any]) -> Ids:
    return {value for value in values if value is not None}
