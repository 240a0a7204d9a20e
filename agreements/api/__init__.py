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
from agreements.api.plans import EvidenceViewSet, MeasureViewSet, PlanViewSet, ProgressNoteViewSet

__all__ = [
    "ActViewSet",
    "AgreementFileViewSet",
    "AgreementViewSet",
    "AmendmentViewSet",
    "ArticleViewSet",
    "EvidenceViewSet",
    "MeasureViewSet",
    "PartyViewSet",
    "PlanViewSet",
    "ProgressNoteViewSet",
    "StatedCountViewSet",
]

CODE_LISTS = {**agreements.CODE_LISTS, **plans.CODE_LISTS}
