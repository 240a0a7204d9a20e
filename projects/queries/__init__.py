"""Reads about joint projects, their parts, and deliveries."""

from projects.queries.deliveries import Ledger, Total, ledger, totals
from projects.queries.filters import (
    AssessmentFilter,
    BudgetLineFilter,
    DeliveryFilter,
    MilestoneFilter,
    ParticipantFilter,
    ProjectDocumentFilter,
    ProjectFilter,
    ProjectOnDay,
)
from projects.queries.portfolio import Portfolio, portfolio
from projects.queries.projects import ProjectPage, project_page

__all__ = [
    "AssessmentFilter",
    "BudgetLineFilter",
    "DeliveryFilter",
    "Ledger",
    "MilestoneFilter",
    "ParticipantFilter",
    "Portfolio",
    "ProjectDocumentFilter",
    "ProjectFilter",
    "ProjectOnDay",
    "ProjectPage",
    "Total",
    "ledger",
    "portfolio",
    "project_page",
    "totals",
]
