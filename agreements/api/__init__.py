"""Agreements and plans in the API."""

from agreements.api import agreements, plans
from agreements.api.agreements import (
    ActViewSet,
    AgreementFileViewSet,
    AgreementViewSet,
    AmendmentViewSet,
    ArticleViewSet,
    PartyViewSet,
    StatedCountViewSet,
)
from agreements.api.plans import (
    EvidenceViewSet,
    IndicatorValueViewSet,
    MeasureIndicatorViewSet,
    MeasureViewSet,
    PlanViewSet,
    ProgressNoteViewSet,
    YearlyItemViewSet,
)

__all__ = [
    "ActViewSet",
    "AgreementFileViewSet",
    "AgreementViewSet",
    "AmendmentViewSet",
    "ArticleViewSet",
    "EvidenceViewSet",
    "IndicatorValueViewSet",
    "MeasureIndicatorViewSet",
    "MeasureViewSet",
    "PartyViewSet",
    "PlanViewSet",
    "ProgressNoteViewSet",
    "StatedCountViewSet",
    "YearlyItemViewSet",
]

CODE_LISTS = {**agreements.CODE_LISTS, **plans.CODE_LISTS}
