"""Every write about agreements, plans and measures: one function for each act of a person."""

from agreements.operations.deadlines import Corrected, Moved, correct_deadline, postpone
from agreements.operations.plans import (
    MeasuresChanged,
    Task,
    change_measure,
    change_measures,
    check_measure,
    drop_measure,
    gather_section,
    keep_measure,
    keep_plan,
    mark_done,
    move_measure,
    remove_measure,
    remove_plan,
    set_executors,
)
from agreements.operations.progress import (
    add_note,
    keep_indicator,
    keep_value,
    keep_yearly_item,
    override_status,
    remove_indicator,
)

__all__ = [
    "Corrected",
    "MeasuresChanged",
    "Moved",
    "Task",
    "add_note",
    "change_measure",
    "change_measures",
    "check_measure",
    "correct_deadline",
    "drop_measure",
    "gather_section",
    "keep_indicator",
    "keep_measure",
    "keep_plan",
    "keep_value",
    "keep_yearly_item",
    "mark_done",
    "move_measure",
    "override_status",
    "postpone",
    "remove_indicator",
    "remove_measure",
    "remove_plan",
    "set_executors",
]
