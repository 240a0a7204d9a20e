"""Every write about agreements, plans and measures: one function for each act of a person."""

from agreements.operations.plans import (
    MeasuresChanged,
    Task,
    change_measure,
    change_measures,
    check_measure,
    drop_measure,
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
    postpone,
    remove_indicator,
)

__all__ = [
    "MeasuresChanged",
    "Task",
    "add_note",
    "change_measure",
    "change_measures",
    "check_measure",
    "drop_measure",
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
