"""One entry of a meeting: its form with the rows of attendance and outcomes, as one thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.forms.utils import ErrorDict
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from agreements.models import Agreement, Measure
from parties.models import Organisation, Person, User
from parties.periods import Period
from workgroup import operations
from workgroup.forms import LARGEST, AttendanceFormSet, MeetingForm, OutcomeFormSet, offers
from workgroup.models import Meeting, Outcome

BLANK_ROWS = 3
_TEXTS = ("title_ru", "title_en", "held", "place_ru", "place_en", "summary_ru", "summary_en")


@dataclass(frozen=True)
class Difference:
    """A field whose stored text is not the one just typed."""

    label: str
    typed: Any
    stored: Any


class MeetingEntry:
    """What was typed about a meeting.

    The buttons "more rows" send the form without saving: it comes back with everything typed
    and more empty rows, so that the page needs no script.
    """

    def __init__(self, request: HttpRequest, meeting: Meeting) -> None:
        self.meeting = meeting
        data = request.POST.copy() if request.method == "POST" else None
        self.is_submitted = data is not None and "save" in data
        self.conflict: list[Difference] = []
        self.changed_at: Any = None
        self.stored: Meeting | None = None
        if data is not None and meeting.pk:
            _rebase(data, "attendance", set(meeting.attendance.values_list("pk", flat=True)))
            _rebase(data, "outcomes", set(meeting.outcomes.values_list("pk", flat=True)))
        if data is not None:
            for prefix in ("attendance", "outcomes"):
                if f"more_{prefix}" in data:
                    data[f"{prefix}-TOTAL_FORMS"] = str(_count(data.get(f"{prefix}-TOTAL_FORMS")) + BLANK_ROWS)
        self.form = MeetingForm(data, instance=meeting, partnership=meeting.partnership)
        organisations, people = offers(Organisation.objects.all()), offers(Person.objects.all())
        self.attendance = AttendanceFormSet(
            data,
            instance=meeting,
            prefix="attendance",
            form_kwargs={"people": people, "organisations": organisations},
        )
        self.measures = self._measures()
        self.outcomes = OutcomeFormSet(
            data,
            instance=meeting,
            queryset=Outcome.objects.prefetch_related("measures"),
            prefix="outcomes",
            form_kwargs={
                "organisations": organisations,
                "agreements": offers(Agreement.objects.filter(partnership=meeting.partnership), by="title"),
                "measures": self.measures,
            },
        )
        if data is None:
            self.attendance.extra = BLANK_ROWS
            self.outcomes.extra = BLANK_ROWS
        elif not self.is_submitted:
            for part in self._forms:  # asked for rows, not for judgement
                part._errors = ErrorDict()
        self.data = data

    @property
    def _forms(self) -> list[Any]:
        return [self.form, *self.attendance.forms, *self.outcomes.forms]

    def _measures(self) -> list[Measure]:
        """Return the measures that outcomes may name: of plans at the time of the meeting, and those named already."""
        held = self.meeting.held if self.meeting.pk else None
        if self.form.is_bound:
            self.form.is_valid()
            held = self.form.cleaned_data.get("held") or held
        current = Q(plan__period__overlap=held or Period.day(timezone.localdate()))
        named = Q(outcomes__meeting=self.meeting) if self.meeting.pk else Q(pk=None)
        rows = Measure.objects.of(self.meeting.partnership).filter(current | named).select_related("plan__agreement")
        return list(rows.order_by("plan__period", "plan", "order", "pk").distinct())

    def is_valid(self) -> bool:
        # All three are asked, so that all errors show at once.
        return all([self.form.is_valid(), self.attendance.is_valid(), self.outcomes.is_valid()])

    @property
    def errors(self) -> list[tuple[str, str]]:
        """Every error with the id of its field, in the order of the page."""
        if not self.is_submitted:
            return []
        found: list[tuple[str, str]] = []
        for part in self._forms:
            for name, texts in part.errors.items():
                target = part[name].id_for_label if name in part.fields else ""
                found += [(target, str(text)) for text in texts]
        for rows in (self.attendance, self.outcomes):
            found += [("", str(text)) for text in rows.non_form_errors()]
        return found

    def save(self, *, by: User) -> Meeting:
        meeting = self.form.save(commit=False)
        if not meeting.pk:
            meeting.entry_key = self.form.cleaned_data["entry_key"]
        meeting.source_codes = [source.code for source in self.form.cleaned_data["sources"]]
        present, gone = self._rows(self.attendance)
        decided, also_gone = self._rows(self.outcomes)
        return operations.record_meeting(
            by=by,
            meeting=meeting,
            attendance=[form.save(commit=False) for form in present],
            outcomes=[operations.Decided(form.save(commit=False), form.measures) for form in decided],
            removed=[*gone, *also_gone],
            seen=self.form.cleaned_data["seen"] if meeting.pk else None,
        )

    def refuse(self, refusal: ValidationError) -> None:
        """Keep what was typed, and say why it could not be kept."""
        for text in refusal.messages:
            self.form.add_error(None, text)

    def show_conflict(self, saved: Meeting) -> None:
        """Keep what was typed, show what is stored beside it, and let the next save replace it knowingly."""
        self.changed_at = saved.updated_at
        self.stored = saved
        for name in _TEXTS:
            typed, stored = self.form.cleaned_data.get(name) or "", getattr(saved, name) or ""
            if str(typed) != str(stored):
                self.conflict.append(Difference(str(self.form[name].label), typed, stored))
        if self.data is not None:
            self.data["seen"] = str(saved.version)

    @staticmethod
    def _rows(rows: Any) -> tuple[list[Any], list[Any]]:
        """Return the forms of the rows to keep, in the order of the page, and the stored rows to remove."""
        kept: list[Any] = []
        removed: list[Any] = []
        for form in rows.forms:
            if form in rows.deleted_forms:
                if form.instance.pk:
                    removed.append(form.instance)
            elif form.instance.pk or form.has_changed():
                kept.append(form)
        return kept, removed


def _count(text: str | None) -> int:
    return min(int(text[:6]), LARGEST) if text and text.isascii() and text.isdigit() else 0


def _rebase(data: QueryDict, prefix: str, stored: set[int]) -> None:
    """Number the rows of a sent form so that those stored come first; a row removed meanwhile becomes a new one.

    Without this a text typed into a row that somebody else removed could never be kept.
    """
    total = _count(data.get(f"{prefix}-TOTAL_FORMS"))
    rows: list[dict[str, list[str]]] = []
    for place in range(total):
        start = f"{prefix}-{place}-"
        rows.append({name[len(start) :]: data.pop(name) for name in list(data) if name.startswith(start)})
    known = [row for row in rows if _id(row) in stored]
    others = [{**row, "id": [""]} for row in rows if _id(row) not in stored]
    for place, row in enumerate(known + others):
        for name, values in row.items():
            data.setlist(f"{prefix}-{place}-{name}", values)
    data[f"{prefix}-INITIAL_FORMS"] = str(len(known))


def _id(row: dict[str, list[str]]) -> int | None:
    text = row.get("id", [""])[0]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
