"""Agreements, plans of actions with their measures, and what became of these."""

from agreements.models.agreements import (
    Act,
    Agreement,
    AgreementQuerySet,
    Article,
    Party,
    StatedCount,
    Status,
)
from agreements.models.plans import (
    NEWS_DAYS,
    RISK_DAYS,
    RISK_MOVES,
    Executor,
    Measure,
    MeasureQuerySet,
    MeasureStatus,
    Plan,
    PlanQuerySet,
    Recurrence,
)
from agreements.models.progress import (
    Evidence,
    Indicator,
    IndicatorValue,
    Postponement,
    ProgressNote,
    StatusOverride,
    YearlyItem,
)

__all__ = [
    "NEWS_DAYS",
    "RISK_DAYS",
    "RISK_MOVES",
    "Act",
    "Agreement",
    "AgreementQuerySet",
    "Article",
    "Evidence",
    "Executor",
    "Indicator",
    "IndicatorValue",
    "Measure",
    "MeasureQuerySet",
    "MeasureStatus",
    "Party",
    "Plan",
    "PlanQuerySet",
    "Postponement",
    "ProgressNote",
    "Recurrence",
    "StatedCount",
    "Status",
    "StatusOverride",
    "YearlyItem",
]
