"""What the page shows of a file before it is imported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agreements.files.comparing import executors_written
from agreements.files.deadlines import Deadline, written
from agreements.files.differences import Comparison, Wanted
from agreements.files.executors import Organisations
from agreements.models import Plan

SHOWN = 100
"""So many rows of each kind stand on the page; the numbers are of all."""


@dataclass(frozen=True)
class Preview:
    """The differences between a file and a plan, what must be decided, and what the form carries."""

    plan: Plan
    name: str
    comparison: Comparison
    unread: tuple[str, ...]
    carried: str
    decisions: forms.Form
    deadlines: forms.Form
    organisations: Organisations

    @property
    def headline(self) -> str:
        """Return the finding in words."""
        found = self.comparison
        if found.problems:
            return ngettext(
                "%(n)d place of the file needs a correction", "%(n)d places of the file need a correction",
                len(found.problems),
            ) % {"n": len(found.problems)}  # fmt: skip
        if not found.changes_something:
            return _("The file says what the plan says")
        new = ngettext("%(n)d new measure", "%(n)d new measures", len(found.new)) % {"n": len(found.new)}
        changed = ngettext("%(n)d changed", "%(n)d changed", len(found.changed)) % {"n": len(found.changed)}
        return f"{new}, {changed}"

    @property
    def may_be_confirmed(self) -> bool:
        return self.comparison.changes_something

    @property
    def problems(self) -> Any:
        return self.comparison.problems[:SHOWN]

    @property
    def new(self) -> list[tuple[Wanted, str, str]]:
        """The first new measures with deadline and executors in words."""
        return [
            (
                wanted,
                written(wanted.deadline, plan=self.plan.period) if wanted.deadline else "",
                executors_written(wanted, self.organisations),
            )
            for wanted in self.comparison.new[:SHOWN]
        ]

    @property
    def changed(self) -> Any:
        return self.comparison.changed[:SHOWN]

    @property
    def missing(self) -> Any:
        return self.comparison.missing[:SHOWN]


def deadlines_in_words(comparison: Comparison, plan: Plan) -> dict[str, str]:
    """Return what becomes of the deadlines of stored measures, by the numbers of these."""
    found = {}
    for row in comparison.deadlines:
        stored = Deadline(row.measure.deadline, row.measure.recurrence)
        was, now = (written(one, plan=plan.period) for one in (stored, cast(Deadline, row.wanted.deadline)))
        found[row.measure.number] = f"{row.measure.number}: {was} → {now}"
    return found
