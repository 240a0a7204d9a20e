"""What the overview and the pages about organisations show."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from agreements.models import Agreement, Status
from agreements.queries import Standing, standing
from parties.models import Organisation, Partnership
from parties.naming import localised
from parties.queries import rows_of
from projects.models import Delivery, Milestone, Participant
from reports.queries import YearState, year_states
from trade.charts import Chart, turnover_and_target
from trade.models import Commodity, PublishedFigure
from trade.queries import FiguresPage, figures_page
from workgroup.models import Meeting, Outcome
from workgroup.wording import time_left


@dataclass(frozen=True)
class Duty:
    """Something with a last day: a milestone or an outcome of a meeting."""

    last_day: dt.date
    text: str
    address: str
    period: Any
    is_late: bool
    time_left: str
    is_example: bool


_HIGHLIGHTS = [("value", "T"), ("growth", "T"), ("rank", "X"), ("rank", "M")]


@dataclass(frozen=True)
class Overview:
    """The state of a partnership on a day."""

    on: dt.date
    partnership: Partnership
    in_force: int
    """The agreements of states and regions in force; those of institutions are not principal ones."""
    standing: Standing
    plans_stated: int
    meetings: list[Meeting]
    projects: int
    example_projects: int
    example_meetings: int
    late: list[Duty]
    next: list[Duty]
    meeting_count: int
    trade: FiguresPage
    chart: Chart | None
    reports: list[YearState]

    @property
    def highlights(self) -> list[PublishedFigure]:
        """The newest figure of each kind about all goods: value and growth of turnover, ranks in export and import."""
        newest: dict[tuple[str, str], PublishedFigure] = {}
        for figure in self.trade.figures:
            if figure.commodity.classification == Commodity.Classification.TOTAL:
                newest.setdefault((figure.indicator, figure.flow), figure)
        return [newest[kind] for kind in _HIGHLIGHTS if kind in newest]


def overview(partnership: Partnership, on: dt.date, mine: int | None = None) -> Overview:
    """Return what the overview shows, in a constant number of queries. `mine` names the reader's organisation."""
    agreements = rows_of(_agreements, partnership, on)
    counts = Partnership.objects.filter(pk=partnership.pk).aggregate(
        project_count=Count("projects", distinct=True),
        example_projects=Count("projects", filter=Q(projects__is_example=True), distinct=True),
        example_meetings=Count("meetings", filter=Q(meetings__is_example=True), distinct=True),
        meeting_count=Count("meetings", distinct=True),
    )
    duties, trade = _duties(partnership, on), figures_page(partnership)
    return Overview(
        on=on,
        partnership=partnership,
        in_force=sum(
            status == Status.IN_FORCE and level != Agreement.Level.INSTITUTION for level, status, __ in agreements
        ),
        standing=standing(partnership, on, mine),
        plans_stated=sum(is_stated for __, __, is_stated in agreements),
        meetings=list(Meeting.objects.filter(partnership=partnership).for_list()[:3]),
        projects=counts["project_count"],
        example_projects=counts["example_projects"],
        example_meetings=counts["example_meetings"],
        late=[duty for duty in duties if duty.is_late],
        next=[duty for duty in duties if not duty.is_late],
        meeting_count=counts["meeting_count"],
        trade=trade,
        chart=turnover_and_target(trade),
        reports=year_states(partnership),
    )


def _agreements(partnership: Partnership, on: dt.date) -> Any:
    """Return what is counted of the agreements; rows with all that follows from acts and terms would cost more."""
    rows: Any = Agreement.objects.filter(partnership=partnership).with_status(on).order_by()
    return rows.values_list("level", "status", "plan_stated")


def _duties(partnership: Partnership, on: dt.date) -> list[Duty]:
    """Return the open milestones and dated outcomes, by their last day."""
    milestones = Milestone.objects.filter(
        Q(actual__isnull=True), project__partnership=partnership, planned__isnull=False
    ).select_related("project")
    outcomes = Outcome.objects.filter(meeting__partnership=partnership, deadline__isnull=False)
    found: list[tuple[Any, Any, str, Any]] = [
        (row.planned, row.planned.last, f"{row.project}: {row}", row) for row in milestones
    ]
    found += [(row.deadline, row.last_day, str(row), row) for row in outcomes]
    return sorted(
        (
            Duty(
                last_day=last_day,
                text=text,
                address=row.get_absolute_url(),
                period=period,
                is_late=last_day < on,
                time_left=time_left(last_day, on),
                is_example=row.is_example,
            )
            for period, last_day, text, row in found
            if last_day is not None
        ),
        key=lambda duty: duty.last_day,
    )


@dataclass(frozen=True)
class OrganisationPage:
    """Everything that names an organisation."""

    organisation: Organisation
    agreements: list[Agreement]
    participations: list[Participant]
    deliveries: list[Delivery]
    meetings: list[Meeting]
    outcomes: list[Outcome]


def organisation_page(organisation: Organisation, on: dt.date) -> OrganisationPage:
    return OrganisationPage(
        organisation=organisation,
        agreements=list(Agreement.objects.filter(parties__organisation=organisation).for_register(on)),
        participations=list(organisation.participations.select_related("project").order_by("project__code")),
        deliveries=list(organisation.deliveries.select_related("project", "part_of").order_by("period")),
        meetings=list(Meeting.objects.filter(attendance__organisation=organisation).distinct().for_list()),
        outcomes=list(organisation.outcomes.for_display()),
    )


def organisations() -> list[Organisation]:
    """Return all organisations with their territories and what sources say of them, by side and name."""
    return list(
        Organisation.objects.select_related("territory")
        .prefetch_related("mentions")
        .order_by("side", localised("name"))
    )
