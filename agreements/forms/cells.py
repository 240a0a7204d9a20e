"""Forms of single cells of a plan, and of changes to several measures at once.

Each calls the operation that the whole form, or the API, calls.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agreements import operations
from agreements.forms.plans import DayFormField, MeasureForm
from agreements.models import Executor, Measure, MeasureStatus, Postponement, ProgressNote, StatusOverride
from agreements.operations import MeasuresChanged, Task
from parties.forms import PeriodFormField
from parties.models import Organisation, Side, User
from parties.naming import localised
from parties.records import Record
from parties.writing import Difference, EntryForm

BLANK_ROWS = 2
"""Empty rows for executors that are still to be named; the form opened again has as many again."""
_LONGEST_DECISION = 200
_TOO_LONG = _("Write the decision in at most %(most)d characters.")
DEADLINES = _("For example 15.09.2026, September 2026, 2026-Q4, 2026-S1, 2026 or 2025/2027.")


class TextCell(EntryForm):
    """The text of a measure and its place in the plan."""

    class Meta:
        model = Measure
        fields = ["text_ru", "text_en", "number", "section"]
        widgets: ClassVar[dict[str, Any]] = {
            "text_ru": forms.Textarea(attrs={"rows": 3}),
            "text_en": forms.Textarea(attrs={"rows": 3}),
        }

    def operate(self) -> Measure:
        return operations.change_measure(by=self.by, measure=self.instance, seen=self.cleaned_data["seen"])


class DeadlineCell(EntryForm):
    """The deadline of a measure where it was entered wrongly; one that was agreed anew is a postponement."""

    deadline = PeriodFormField(label=_("Deadline"), required=False, help_text=DEADLINES)

    class Meta:
        model = Measure
        fields = ["deadline", "recurrence"]

    def operate(self) -> Measure:
        return operations.change_measure(by=self.by, measure=self.instance, seen=self.cleaned_data["seen"])


class Role:
    """How an organisation takes part in a measure."""

    LEADS, JOINS = "leads", "joins"
    CHOICES: ClassVar[list[tuple[str, Any]]] = [(LEADS, _("leads")), (JOINS, _("takes part"))]


class ExecutorRows(EntryForm):
    """A form of a measure that names who carries it out: a row for each organisation, the side follows from it."""

    instance: Measure

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored: list[Executor] = []
        if self.instance.pk:
            stored = list(self.instance.executors.select_related("organisation").order_by("-leads", "pk"))
        sent = sum(name.startswith("organisation_") for name in self.data)
        self.row_count = max(len(stored) + BLANK_ROWS, sent)
        offered = organisations_by_side()
        for number in range(self.row_count):
            row = stored[number] if number < len(stored) else None
            self.fields[f"organisation_{number}"] = forms.TypedChoiceField(
                label=_("executor %(number)d") % {"number": number + 1},
                choices=offered,
                coerce=int,
                empty_value=None,
                required=False,
                initial=row.organisation_id if row else None,
            )
            self.fields[f"role_{number}"] = forms.ChoiceField(
                label=_("task of executor %(number)d") % {"number": number + 1},
                choices=Role.CHOICES,
                required=False,
                initial=Role.LEADS if row is None or row.leads else Role.JOINS,
            )

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        """The fields that stand outside of the rows."""
        return [field for field in self.visible_fields() if not field.name.startswith(("organisation_", "role_"))]

    @property
    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"organisation_{number}"], self[f"role_{number}"]) for number in range(self.row_count)]

    def tasks(self) -> list[Task]:
        """Return the tasks that were typed. An organisation of neither side works for the home side."""
        named = [
            (pk, self.cleaned_data.get(f"role_{number}"))
            for number in range(self.row_count)
            if (pk := self.cleaned_data.get(f"organisation_{number}"))
        ]
        known = Organisation.objects.in_bulk([pk for pk, __ in named])
        return [Task(known[pk], known[pk].side or Side.HOME.value, role != Role.JOINS) for pk, role in named]

    def _show_conflict(self, stored: Record) -> None:
        super()._show_conflict(stored)
        rows = Executor.objects.filter(measure=stored.pk).select_related("organisation").order_by("-leads", "pk")
        typed = ", ".join(str(task.organisation) for task in self.tasks())
        kept = ", ".join(str(row) for row in rows)
        if typed != kept:
            self.conflict.append(Difference(str(_("Executors")), typed, kept))


class ExecutorsCell(ExecutorRows):
    """Who carries out a measure."""

    class Meta:
        model = Measure
        fields: ClassVar[list[str]] = []

    def operate(self) -> Measure:
        return operations.set_executors(
            by=self.by, measure=self.instance, seen=self.cleaned_data["seen"], executors=self.tasks()
        )


class MeasureEntry(ExecutorRows, MeasureForm):
    """A whole measure on a page: the form of the API with executors as people name them."""

    def executors(self) -> list[Task]:
        return self.tasks()


def organisations_by_side() -> list[Any]:
    """Return all organisations under the names of their sides."""
    rows = Organisation.objects.annotate(shown=localised("name")).order_by("shown", "pk")
    groups: dict[str, list[tuple[int, str]]] = {Side.HOME: [], Side.PARTNER: [], "": []}
    for row in rows:
        groups[row.side].append((row.pk, str(row)))
    named = {Side.HOME: Side.HOME.label, Side.PARTNER: Side.PARTNER.label, "": _("of neither side")}
    return [("", "–"), *((named[side], found) for side, found in groups.items() if found)]


class StatusCell(EntryForm):
    """How a measure stands: done, dropped by a decision, set by hand, or as the rule says."""

    class Change:
        DONE, DROP, OPEN, RULE = "done", "drop", "open", "rule"

    BY_HAND = (MeasureStatus.ON_SCHEDULE, MeasureStatus.AT_RISK, MeasureStatus.OVERDUE, MeasureStatus.NO_DATA)

    change = forms.ChoiceField(label=_("Status"))
    on = DayFormField(label=_("Date"), initial=timezone.localdate)
    why = forms.CharField(
        label=_("Decision or reason"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_(
            "A decision, for example: protocol No. 3, item 2. What you write about a measure that is done, "
            "or open again, becomes a progress note."
        ),
    )

    class Meta:
        model = Measure
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_open = not (self.instance.done_on or self.instance.dropped_by)
        offered: list[tuple[Any, Any]] = []
        if is_open:
            offered = [("", "–"), (self.Change.DONE, _("done")), (self.Change.DROP, _("not relevant, by a decision"))]
            by_hand = [(status.value, status.label) for status in self.BY_HAND]
            offered += [(_("Set by hand"), by_hand), (self.Change.RULE, _("as the rule says"))]
        else:
            offered = [(self.Change.OPEN, _("open again"))]
        self.fields["change"].choices = offered  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        change, on = cleaned.get("change"), cleaned.get("on")
        if change and change not in (self.Change.DONE, self.Change.OPEN) and not cleaned.get("why"):
            needed = _("Name the decision.") if change == self.Change.DROP else _("Write why.")
            self.add_error("why", ValidationError(needed, code="required"))
        if change == self.Change.DROP and len(cleaned.get("why", "")) > _LONGEST_DECISION:
            self.add_error("why", ValidationError(_TOO_LONG % {"most": _LONGEST_DECISION}, code="max_length"))
        if on and on > timezone.localdate():
            self.add_error("on", ValidationError(_("The day lies in the future."), code="future"))
        return cleaned

    def operate(self) -> Measure:
        change, on, why = (self.cleaned_data[name] for name in ("change", "on", "why"))
        measure, common = self.instance, {"by": self.by, "seen": self.cleaned_data["seen"]}
        if change == self.Change.DONE:
            operations.mark_done(measure=measure, done_on=on, **common)
        elif change == self.Change.DROP:
            operations.drop_measure(measure=measure, decision=why, dropped_on=on, **common)
        elif change == self.Change.OPEN and measure.done_on:
            operations.mark_done(measure=measure, done_on=None, **common)
        elif change == self.Change.OPEN:
            operations.drop_measure(measure=measure, decision="", **common)
        else:
            status = "" if change == self.Change.RULE else change
            override = StatusOverride(measure=measure, status=status, reason=why, dated=on)
            operations.override_status(override=override, **common)
        if why and change in (self.Change.DONE, self.Change.OPEN):
            operations.add_note(by=self.by, note=ProgressNote(measure=measure, dated=on, text=why))
        return measure


class TogetherForm(forms.Form):
    """The same change to all chosen measures, or to none: `chosen` are their ids with the versions seen."""

    label: ClassVar[str | Promise]
    changed: list[Measure]

    def __init__(self, *args: Any, chosen: Mapping[int, int], by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chosen, self.by = chosen, by
        self.changed = []

    def change(self, measure: Measure, seen: int) -> object:
        """Change one of them by its operation."""
        raise NotImplementedError

    def keep(self) -> list[Measure] | None:
        """Return the changed measures; None where nothing was written: errors, or `changed`, say why."""
        if not self.is_valid():
            return None
        try:
            return operations.change_measures(by=self.by, chosen=self.chosen, change=self.change)
        except MeasuresChanged as error:
            self.changed = error.all_stored
        except ValidationError as error:
            self.add_error(None, error)
        return None


class PostponeTogether(TogetherForm):
    """A new deadline for all of them, by one decision."""

    label = _("Move the deadline")
    moved_to = PeriodFormField(label=_("New deadline"), help_text=DEADLINES)
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}))
    agreed_by = forms.CharField(label=_("Agreed by"), max_length=300)
    decided_on = DayFormField(label=_("Decided on"), initial=timezone.localdate)

    def change(self, measure: Measure, seen: int) -> object:
        postponement = Postponement(measure=measure, **self.cleaned_data)
        return operations.postpone(by=self.by, postponement=postponement, seen=seen)


class ExecutorTogether(TogetherForm):
    """One more executor of all of them; who carries them out already stays."""

    label = _("Add an executor")
    organisation = forms.TypedChoiceField(label=_("Organisation"), coerce=int, empty_value=None)
    role = forms.ChoiceField(
        label=_("Task"),
        choices=Role.CHOICES,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = organisations_by_side()  # type: ignore[attr-defined]

    def change(self, measure: Measure, seen: int) -> object:
        named = Organisation.objects.get(pk=self.cleaned_data["organisation"])
        leads = self.cleaned_data["role"] == Role.LEADS
        stored = measure.executors.select_related("organisation").exclude(organisation=named)
        tasks = [Task(row.organisation, row.side, row.leads) for row in stored]
        tasks.append(Task(named, named.side or Side.HOME.value, leads))
        return operations.set_executors(by=self.by, measure=measure, seen=seen, executors=tasks)


class DoneTogether(TogetherForm):
    """All of them were done on a day."""

    label = _("Mark as done")
    done_on = DayFormField(label=_("Done on"), initial=timezone.localdate)

    def change(self, measure: Measure, seen: int) -> object:
        return operations.mark_done(by=self.by, measure=measure, seen=seen, done_on=self.cleaned_data["done_on"])


class DropTogether(TogetherForm):
    """A decision by which none of them is relevant any more."""

    label = _("Drop by a decision")
    decision = forms.CharField(
        label=_("Decision"), max_length=_LONGEST_DECISION, help_text=_("For example: protocol No. 3, item 2.")
    )
    dropped_on = DayFormField(label=_("Date of the decision"), initial=timezone.localdate)

    def change(self, measure: Measure, seen: int) -> object:
        return operations.drop_measure(by=self.by, measure=measure, seen=seen, **self.cleaned_data)


TOGETHER: dict[str, type[TogetherForm]] = {
    "deadline": PostponeTogether,
    "executor": ExecutorTogether,
    "done": DoneTogether,
    "drop": DropTogether,
}
