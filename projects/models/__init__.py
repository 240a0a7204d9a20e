"""What is built together: joint projects, who takes part, what it costs, their milestones, and what was delivered."""

from projects.models.deliveries import Delivery
from projects.models.documents import ProjectDocument
from projects.models.money import BudgetLine, Currency, Fund
from projects.models.projects import (
    Assessment,
    Confidence,
    MeasureLink,
    Milestone,
    MilestoneQuerySet,
    Participant,
    Project,
    ProjectQuerySet,
    Rescheduling,
    Slip,
)

__all__ = [
    "Assessment",
    "BudgetLine",
    "Confidence",
    "Currency",
    "Delivery",
    "Fund",
    "MeasureLink",
    "Milestone",
    "MilestoneQuerySet",
    "Participant",
    "Project",
    "ProjectDocument",
    "ProjectQuerySet",
    "Rescheduling",
    "Slip",
]
