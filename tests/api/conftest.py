"""A row or many of each resource, and an analyst's client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from agreements.models import Agreement
from documents.models import Fact
from tests import factories as make

PARTNERSHIP = "tomsk-belarus"


def _agreement() -> Any:
    row = make.make_agreement(area=make.make_area(), concluded="2021", parent=make.make_agreement())
    make.make_party(agreement=row, signatory=make.make_person())
    make.make_act(agreement=row)
    make.make_article(agreement=row)
    return row


def _amendment() -> Any:
    row = make.make_amendment()
    row.articles.add(make.make_article(agreement=row.agreement))
    return row


def _measure() -> Any:
    row = make.make_measure(area=make.make_area())
    row.articles.add(make.make_article(agreement=row.plan.agreement))
    make.make_executor(measure=row)
    make.make_postponement(measure=row)
    return row


def _project() -> Any:
    row = make.make_project(agreement=make.make_agreement())
    row.measures.add(make.make_measure())
    make.make_participant(project=row)
    make.make_milestone(project=row)
    make.make_budget_line(project=row, payer=make.make_organisation())
    make.make_assessment(project=row)
    return row


def _meeting() -> Any:
    row = make.make_meeting(workgroup=make.make_workgroup())
    make.make_attendance(meeting=row, organisation=make.make_organisation(), leads=True, order=1)
    _outcome(meeting=row, number="1", order=1)
    return row


def _outcome(**given: Any) -> Any:
    return make.make_outcome(
        assignee=make.make_organisation(),
        agreement=make.make_agreement(),
        project=make.make_project(),
        target=make.make_target(),
        **given,
    )


def _fact() -> Any:
    row = make.make_fact(f"X{Fact.objects.count() + 1}")
    make.make_party(fact_ids=[row.code])
    make.make_measure(fact_ids=[row.code])
    make.make_attendance(fact_ids=[row.code])
    return row


def _person() -> Any:
    row = make.make_person()
    make.make_post(person=row, organisation=make.make_organisation(), stated="2023-08-15")
    return row


def _source() -> Any:
    from documents.models import Source

    return make.make_source(f"S{Source.objects.count() + 1}")


def _partnership() -> Any:
    from parties.models import Partnership

    number = Partnership.objects.count() + 1
    home, partner = make.make_territory(f"RU-{number}"), make.make_territory(f"BY-{number}")
    return make.make_partnership(f"pair-{number}", home=home, partner=partner)


def _report() -> Any:
    from reports.models import Report

    row = make.make_report(year=2000 + Report.objects.count())
    make.make_version(report=row)
    return row


def _version() -> Any:
    return make.make_version(report=_report())


def _run() -> Any:
    version = _version()
    return make.make_run(report=version.report, state="done", version=version, requested_by=make.make_user())


def _workgroup() -> Any:
    row = make.make_workgroup()
    make.make_member(workgroup=row)
    return row


def _dataset() -> Any:
    from trade.models import Dataset

    return Dataset.objects.create(code=f"D-{Dataset.objects.count() + 1}", name_ru="Данные", name_en="Data")


def _release() -> Any:
    from trade.models import Release

    return Release.objects.create(
        dataset=_dataset(),
        reporters=["RU-TOM"],
        flows=["X"],
        first_month="2024-01-01",
        last_month="2024-03-01",
        loaded_at="2024-05-17T09:00:00Z",
    )


ROWS: dict[str, Callable[[], Any]] = {
    "partnerships": _partnership,
    "organisations": lambda: make.make_organisation(territory=make.make_territory()),
    "people": _person,
    "sources": _source,
    "facts": _fact,
    "mentions": make.make_mention,
    "stated-counts": make.make_stated_count,
    "agreements": _agreement,
    "agreement-parties": lambda: make.make_party(signatory=make.make_person()),
    "agreement-acts": make.make_act,
    "articles": lambda: make.make_article(area=make.make_area()),
    "amendments": _amendment,
    "agreement-files": lambda: make.make_agreement_file(amendment=make.make_amendment()),
    "plans": lambda: make.make_measure().plan,
    "measures": _measure,
    "yearly-items": make.make_yearly_item,
    "measure-indicators": make.make_indicator,
    "indicator-values": make.make_indicator_value,
    "progress-notes": make.make_progress_note,
    "evidence": make.make_evidence,
    "projects": _project,
    "participants": make.make_participant,
    "milestones": make.make_milestone,
    "budget-lines": lambda: make.make_budget_line(payer=make.make_organisation()),
    "assessments": lambda: make.make_assessment(author=make.make_user()),
    "project-documents": make.make_project_document,
    "deliveries": lambda: make.make_delivery(project=make.make_project(), supplier=make.make_organisation()),
    "workgroups": _workgroup,
    "meetings": _meeting,
    "outcomes": _outcome,
    "instructions": lambda: _outcome(kind="instruction"),
    "trade/published-figures": make.make_figure,
    "trade/targets": make.make_target,
    "trade/structure-notes": make.make_structure_note,
    "trade/datasets": _dataset,
    "trade/releases": _release,
    "reports": _report,
    "reports/versions": _version,
    "reports/runs": _run,
}
RESOURCES = sorted(ROWS)


@pytest.fixture
def analyst(cast, api_for):
    """Return the API client of an analyst."""
    return api_for(cast.analyst)


@pytest.fixture
def agreement(db) -> Agreement:
    return make.make_agreement(code="A", concluded="2021", area=make.make_area())
