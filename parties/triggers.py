"""Triggers of many tables added in one step of a migration.

Each `AddTrigger` alone makes Django build all models of the project anew: hundreds of them take most of the
time of a first migration. After `makemigrations`, put new ones into one `AddTriggers`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger


class AddTriggers(Operation):
    """Add triggers as the given `AddTrigger` operations would, building the models once."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, additions: Sequence[AddTrigger]) -> None:
        self.additions = list(additions)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        names = sorted({addition.model_name for addition in self.additions})
        for addition in self.additions:
            options = state.models[app_label, addition.model_name].options
            options["triggers"] = [*options.get("triggers", []), addition.trigger]
        state.reload_models([(app_label, name) for name in names], delay=True)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for addition in self.additions:
            addition.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for addition in reversed(self.additions):
            addition.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"Add {len(self.additions)} triggers"

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        return (self.__class__.__name__, [self.additions], {})
