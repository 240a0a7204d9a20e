"""Who may do what where it depends on the record, not on the role alone."""

from __future__ import annotations

from agreements.models import Measure
from parties.models import User
from parties.permissions import may_edit_plans, may_report_progress


def may_report_on(user: User, measure: Measure) -> bool:
    """Tell whether the user may report on the measure.

    Who edits plans reports on every measure; an executor on those that the user's organisation carries out, as the
    lead or together with others, for either side.
    """
    if may_edit_plans(user):
        return True
    if user.organisation_id is None or not may_report_progress(user):
        return False
    return any(one.organisation_id == user.organisation_id for one in measure.executors.all())
