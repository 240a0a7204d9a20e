"""One entry of a meeting: its form with the rows of attendance and outcomes, as one thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.forms.utils import ErrorDict
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from agreements.models import Agreement, Measure
from parties.formatting import period
from parties.models import Organisation, Person, User
from parties.periods import Period
from workgroup import operations
from workgroup.forms import AttendanceFormSet, MeetingForm, OutcomeFormSet, offers
from workgroup.models import Attendance, Meeting, Outcome

BLANK_ROWS = 3
_TEXTS: dict[type[Any], tuple[str, ...]] = {
    Meeting: ("title_ru", "title_en", "number", "held", "place_ru", "place_en", "summary_ru", "summary_en"),
    Attendance: ("person", "name", "organisation", "post_ru"),
    Outcome: ("text_ru", "text_en", "assignee", "assignee_text", "deadline"),
}


@dataclass(frozen=True)
class Difference:
    """A field whose stored text is not the one just typed."""

    label: str
    typed: str
    stored: str


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

    @property
    def _placed(self) -> list[tuple[str, Any]]:
        """Each form with where it stands: the meeting itself has no heading, the rows are counted."""
        parts: list[tuple[str, list[Any]]] = [
            (_("Attendance, row %(n)d"), self.attendance.forms),
            (_("Outcomes, row %(n)d"), self.outcomes.forms),
        ]
        rows = [(words % {"n": n}, row) for words, forms in parts for n, row in enumerate(forms, start=1)]
        return [("", self.form), *rows]

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
        """Every error with its place in words and the id of its field, in the order of the page."""
        if not self.is_submitted:
            return []
        found: list[tuple[str, str]] = []
        for place, part in self._placed:
            for name, texts in part.errors.items():
                is_field = name in part.fields
                words = [*([place] if place else []), *([str(capfirst(part[name].label))] if is_field else [])]
                target = part[name].id_for_label if is_field else ""
                found += [(target, ": ".join([*words, str(text)])) for text in texts]
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
        stored_rows: dict[Any, Any] = {
            (type(row), row.pk): row for row in (*saved.attendance.all(), *saved.outcomes.all())
        }
        for place, part in self._placed:
            stored = stored_rows.get((type(part.instance), part.instance.pk)) if place else saved
            if stored is not None:
                self.conflict += _differences(place, part, stored)
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


def _differences(place: str, form: Any, stored: Any) -> list[Difference]:
    """Return what was typed otherwise than it is stored; `place` tells in words which row of the page it is."""
    found = []
    for name in _TEXTS[type(stored)]:
        typed, kept = (_in_words(value) for value in (form.cleaned_data.get(name), getattr(stored, name)))
        if typed != kept:
            label = str(capfirst(form[name].label))
            found.append(Difference(f"{place}: {label}" if place else label, typed, kept))
    return found


def _in_words(value: Any) -> str:
    return period(value) if isinstance(value, Period) else str(value or "")


def _count(text: str | None) -> int:
    return min(int(text[:6]), operations.LARGEST) if text and text.isascii() and text.isdigit() else 0


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
