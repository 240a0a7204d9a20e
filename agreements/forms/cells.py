"""Forms of single cells of a plan. Each calls the operation that the whole form, or the API, calls."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements import operations
from agreements.forms.days import DEADLINES, DayFormField
from agreements.forms.measures import OfMeasure
from agreements.forms.progress import STATUS_FIELDS
from agreements.models import Measure, MeasureStatus, ProgressNote, StatusOverride
from agreements.queries.tables import status_in_words
from parties.forms import PeriodFormField
from parties.writing import Difference, check_seen

LONGEST_DECISION = 200
_TOO_LONG = _("Write the decision in at most %(most)d characters.")


class TextCell(OfMeasure):
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


class DeadlineCell(OfMeasure):
    """The deadline of a measure where it was entered wrongly; one that was agreed anew is a postponement."""

    deadline = PeriodFormField(label=_("Deadline"), required=False, help_text=DEADLINES)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For example: a typing error, the signed plan says 2026."),
    )

    class Meta:
        model = Measure
        fields = ["deadline", "recurrence"]

    def operate(self) -> Measure:
        return operations.correct_deadline(
            by=self.by,
            measure=self.instance,
            seen=self.cleaned_data["seen"],
            reason=self.cleaned_data["reason"],
        )


class StatusCell(OfMeasure):
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
        same = ("", _("leave as it is"))
        is_open = not (self.instance.done_on or self.instance.dropped_by)
        done, drop = (self.Change.DONE, _("done")), (self.Change.DROP, _("not relevant, by a decision"))
        by_hand = (_("Set by hand"), [(status.value, status.label) for status in self.BY_HAND])
        rule, again = (self.Change.RULE, _("as the rule says")), (self.Change.OPEN, _("open again"))
        offered: list[tuple[Any, Any]] = [same, done, drop, by_hand, rule] if is_open else [again]
        if self.is_bound:  # what somebody else did meanwhile makes no choice unreadable; the operation judges it
            offered = [same, done, drop, by_hand, rule, again]
        self.fields["change"].choices = offered  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        change, on = cleaned.get("change"), cleaned.get("on")
        if change and change not in (self.Change.DONE, self.Change.OPEN) and not cleaned.get("why"):
            needed = _("Name the decision.") if change == self.Change.DROP else _("Write why.")
            self.add_error("why", ValidationError(needed, code="required"))
        if change == self.Change.DROP and len(cleaned.get("why", "")) > LONGEST_DECISION:
            self.add_error("why", ValidationError(_TOO_LONG % {"most": LONGEST_DECISION}, code="max_length"))
        if on and on > timezone.localdate():
            self.add_error("on", ValidationError(_("The day lies in the future."), code="future"))
        return cleaned

    def differences(self, stored: Any) -> Iterable[Difference]:
        what = f"{self.typed('change')}, {self.typed('on')}"
        typed = ": ".join(filter(None, [what, self.cleaned_data["why"]]))
        yield Difference(str(_("Status")), typed, status_in_words(stored), STATUS_FIELDS)

    def operate(self) -> Measure:
        change, on, why = (self.cleaned_data[name] for name in ("change", "on", "why"))
        measure, common = self.instance, {"by": self.by, "seen": self.cleaned_data["seen"]}
        check_seen(measure, common["seen"])
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
