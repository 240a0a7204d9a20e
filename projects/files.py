"""The lists of projects, milestones and deliveries as files, with the columns of the pages."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from documents.lists import ListFile, page_of, yes_or_no
from parties.formatting import period
from parties.models import Organisation, Side
from parties.periods import Period
from parties.precision import Precision
from parties.queries import partnership_of
from projects.queries.deliveries import ledger_rows
from projects.queries.milestones import Step
from projects.queries.portfolio import Row, portfolio
from projects.wording import last_day_in_words, money


def projects_file(request: HttpRequest) -> ListFile:
    """Return the projects that the address asks for."""
    columns = [
        _("Area"), _("Project"), _("Summary"), _("Period"), _("Stage"), _("Stage stated as of"), _("Confidence"),
        _("Reason"), _("Date"), _("Last news"), _("Next milestone"), _("Due"), _("Lateness"), _("Budget planned"),
        _("Budget actual"), _("Participants"), _("HS codes"), _("Sources"), _("Example"),
    ]  # fmt: skip
    found = portfolio(partnership_of(request), request.GET)
    title, page = _("Joint projects"), page_of(request, "projects:list")
    return ListFile("projects", title, page, columns, map(_project, found.rows))


def _project(row: Row) -> list[object]:
    project, step = row.project, row.next_step
    return [
        str(project.area),
        str(project),
        str(project.summary),
        _in_words(project.period),
        project.get_stage_display(),
        _in_words(project.stage_stated),
        project.confidence_label,
        project.confidence_reason,
        project.confidence_dated,
        _in_words(row.last_news),
        str(step.milestone) if step else None,
        last_day_in_words(step.milestone) if step else None,
        step.lateness if step else None,
        "; ".join(money(one.planned, one.currency) for one in row.money if one.planned is not None),
        "; ".join(money(one.actual, one.currency) for one in row.money if one.actual is not None),
        "; ".join(_with_role(part) for part in project.participants.all()),
        project.hs_codes,
        ", ".join(project.source_codes),
        yes_or_no(project.is_example),
    ]


def milestones_file(request: HttpRequest) -> ListFile:
    """Return the milestones of the projects that the address asks for."""
    columns = [
        _("Project"), _("Milestone"), _("First planned"), _("Planned"), _("Now expected"), _("Actual"), _("Lateness"),
        _("Sources"), _("Example"),
    ]  # fmt: skip
    found = portfolio(partnership_of(request), request.GET)
    title, page = _("Milestones of joint projects"), page_of(request, "projects:list")
    return ListFile("milestones", title, page, columns, map(_milestone, found.steps))


def _milestone(step: Step) -> list[object]:
    milestone = step.milestone
    return [
        str(milestone.project),
        str(milestone),
        _in_words(milestone.first_plan),
        _in_words(milestone.planned),
        _in_words(milestone.expected),
        _in_words(milestone.actual),
        step.lateness,
        ", ".join(milestone.source_codes),
        yes_or_no(milestone.is_example),
    ]


def deliveries_file(request: HttpRequest) -> ListFile:
    """Return the deliveries that the address asks for: quantities as numbers, their precision beside them."""
    columns = [
        _("What"), _("From"), _("Supplier"), _("To"), _("Precision"), _("Quantity"), _("Unit"), _("HS code"),
        _("Period"), _("Project"), _("Part of"), _("Sources"), _("Example"),
    ]  # fmt: skip
    rows, __ = ledger_rows(partnership_of(request), request.GET)
    page = page_of(request, "projects:deliveries")
    cells = (
        [
            str(row.what),
            Side(row.from_side).label,
            _name(row.supplier),
            row.receiver,
            Precision(row.precision).label if row.quantity is not None else None,
            row.quantity.normalize() if row.quantity is not None else None,
            row.unit,
            row.hs_code,
            _in_words(row.period),
            str(row.project) if row.project else None,
            str(row.part_of) if row.part_of else None,
            ", ".join(row.source_codes),
            yes_or_no(row.is_example),
        ]
        for row in rows
    )
    return ListFile("deliveries", _("Deliveries"), page, columns, cells)


def _in_words(value: Period | None) -> str | None:
    return period(value) if value else None


def _with_role(part: object) -> str:
    role = getattr(part, "role", "")
    return f"{part} ({role})" if role else str(part)


def _name(organisation: Organisation | None) -> str | None:
    return str(organisation) if organisation else None
