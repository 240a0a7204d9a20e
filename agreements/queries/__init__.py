"""Reads about agreements, plans and measures."""

from agreements.queries.agreements import (
    AgreementFilter,
    AgreementOnDay,
    AgreementPage,
    ArticleFilter,
    Register,
    StatedCountFilter,
    agreement_page,
    register,
)
from agreements.queries.plans import (
    MeasureFilter,
    MeasuresPage,
    PlanFilter,
    ProgressNoteFilter,
    measure_state,
    measures_page,
)

__all__ = [
    "AgreementFilter",
    "AgreementOnDay",
    "AgreementPage",
    "ArticleFilter",
    "MeasureFilter",
    "MeasuresPage",
    "PlanFilter",
    "ProgressNoteFilter",
    "Register",
    "StatedCountFilter",
    "agreement_page",
    "measure_state",
    "measures_page",
    "register",
]
