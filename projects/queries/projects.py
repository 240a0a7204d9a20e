"""One project with everything that belongs to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import ngettext

from agreements.models import Measure
from parties.changes import Change
from projects.history import history_of
from projects.models import (
    Assessment,
    BudgetLine,
    Confidence,
    Delivery,
    Participant,
    Project,
    ProjectDocument,
)
from projects.queries.milestones import Chart, Step, chart_of, event_of, headline_of
from projects.queries.money import Money, budgets
from trade.nomenclature.lookup import names as names_of_goods


@dataclass(frozen=True)
class Goods:
    """A code of goods with its name, where it is known."""

    code: str
    name: str


def goods_of(codes: Iterable[str]) -> list[Goods]:
    """Return the codes with their names (2 queries, none without codes)."""
    asked = list(dict.fromkeys(codes))
    known = names_of_goods(asked) if asked else {}
    return [Goods(code, known.get(code, "")) for code in asked]


@dataclass(frozen=True)
class ProjectPage:
    """A project with everything that belongs to it."""

    project: Project
    on: dt.date
    participants: list[Participant]
    steps: list[Step]
    budget: list[BudgetLine]
    money: list[Money]
    assessments: list[Assessment]
    documents: list[ProjectDocument]
    measures: list[Measure]
    deliveries: list[Delivery]
    goods: list[Goods]
    history: list[Change]

    @property
    def chart(self) -> Chart | None:
        return chart_of(map(event_of, self.steps), self.on, title=self.milestones_in_words)

    @property
    def milestones_in_words(self) -> str:
        return headline_of(self.steps)

    @property
    def contradiction(self) -> str:
        """What the milestones say against the judgement, in words; nothing where they agree."""
        late = sum(step.is_past_plan for step in self.steps)
        if not late or self.project.confidence != Confidence.ON_SCHEDULE:
            return ""
        text = ngettext(
            "%(n)s milestone is past its plan and not reported as reached.",
            "%(n)s milestones are past their plan and not reported as reached.",
            late,
        )
        return text % {"n": late}


def project_page(project: Project, on: dt.date) -> ProjectPage:
    """Return the page of a project that comes from `for_portfolio` and `with_confidence` (at most 22 queries)."""
    budget = list(project.budget.select_related("payer").order_by("fund", "pk"))
    return ProjectPage(
        project=project,
        on=on,
        participants=list(project.participants.all()),
        steps=[Step(milestone, on) for milestone in project.milestones.all()],
        budget=budget,
        money=budgets(budget),
        assessments=list(project.assessments.select_related("author").order_by("-dated", "-pk")),
        documents=list(project.documents.order_by("-dated", "-pk")),
        measures=list(project.measures.select_related("plan__agreement").order_by("plan__period", "order", "pk")),
        deliveries=list(project.deliveries.select_related("supplier", "part_of").order_by("-period", "-pk")),
        goods=goods_of(project.hs_code_list),
        history=history_of(project),
    )
