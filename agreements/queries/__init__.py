"""Reads about agreements, plans and measures."""

from agreements.queries.agreement_pages import AgreementPage, agreement_page
from agreements.queries.agreements import AgreementFilter, AgreementOnDay, ArticleFilter, StatedCountFilter
from agreements.queries.lists import measures_file
from agreements.queries.measures import MeasurePage, measure_page, measures_shown
from agreements.queries.pages import MeasuresPage, PlanPage, measures_page, plan_page
from agreements.queries.plans import MeasureFilter, PlanFilter, ProgressNoteFilter
from agreements.queries.register_pages import Register, register
from agreements.queries.standing import Standing, standing
from agreements.queries.tables import Row, for_table

__all__ = [
    "AgreementFilter",
    "AgreementOnDay",
    "AgreementPage",
    "ArticleFilter",
    "MeasureFilter",
    "MeasurePage",
    "MeasuresPage",
    "PlanFilter",
    "PlanPage",
    "ProgressNoteFilter",
    "Register",
    "Row",
    "Standing",
    "StatedCountFilter",
    "agreement_page",
    "for_table",
    "measure_page",
    "measures_file",
    "measures_page",
    "measures_shown",
    "plan_page",
    "register",
    "standing",
]
