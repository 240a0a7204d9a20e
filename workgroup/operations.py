"""Writes about meetings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Count, F, Max
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from agreements.models import Measure
from parties.models import Person, User
from parties.writing import refusal_of_twin, remove_seen, save_seen
from workgroup.models import Attendance, Meeting, Outcome

LARGEST = 200  # rows of attendance, and of outcomes, of one meeting: what its form holds


@dataclass(frozen=True)
class Decided:
    """An outcome with the measures that it speaks of; None leaves those that it has."""

    outcome: Outcome
    measures: Sequence[Measure] | None = None


class MeetingChanged(Exception):
    """Somebody saved the meeting since the writer opened it; `saved` is what is stored now."""

    message = _("This meeting was changed while you were writing.")

    def __init__(self, saved: Meeting) -> None:
        super().__init__(str(self.message))
        self.saved = saved


def record_meeting(
    *,
    by: User,
    meeting: Meeting,
    attendance: Sequence[Attendance],
    outcomes: Sequence[Decided],
    removed: Sequence[Attendance | Outcome] = (),
    seen: int | None = None,
) -> Meeting:
    """Keep a meeting with its attendance and outcomes, all or nothing.

    A new meeting submitted twice under one entry key is kept once: the second call returns the
    first one's meeting, or raises `MeetingChanged` if that says something else. For a known
    meeting `seen` is the version the writer started from; raises `MeetingChanged` when it is no
    longer the stored one, and `ValidationError` where a person would be present twice. Rows are numbered in the order
    given.
    """
    try:
        with transaction.atomic():
            return _record(meeting=meeting, attendance=attendance, outcomes=outcomes, removed=removed, seen=seen)
    except IntegrityError as error:
        repeated = Meeting.objects.filter(entry_key=meeting.entry_key).first()
        if seen is not None or repeated is None:
            raise refusal_of_twin(error, Meeting) from None
        if not _is_same(repeated, meeting, attendance, outcomes):
            raise MeetingChanged(repeated) from None
        return repeated


def _is_same(saved: Meeting, meeting: Meeting, attendance: Sequence[Attendance], outcomes: Sequence[Decided]) -> bool:
    """Tell whether a repeated entry says what was kept."""
    names = ("title_ru", "title_en", "held", "level", "place_ru", "place_en", "summary_ru", "summary_en")
    return (
        all(getattr(saved, name) == getattr(meeting, name) for name in names)
        and [(row.side, str(row)) for row in saved.attendance.order_by("order")]
        == [(row.side, str(row)) for row in attendance]
        and [(row.kind, row.text_ru, row.deadline) for row in saved.outcomes.order_by("order")]
        == [(one.outcome.kind, one.outcome.text_ru, one.outcome.deadline) for one in outcomes]
    )


def _record(
    *,
    meeting: Meeting,
    attendance: Sequence[Attendance],
    outcomes: Sequence[Decided],
    removed: Sequence[Any],
    seen: int | None,
) -> Meeting:
    if meeting.pk is not None:
        saved = _locked(meeting.pk)
        if saved.version != seen:
            raise MeetingChanged(saved)
    before = _versions_of_rows(meeting)
    meeting.save()
    for row in removed:
        row.delete()
    for place, present in enumerate(attendance, start=1):
        present.meeting, present.order, present.is_example = meeting, place, meeting.is_example
        present.save()
    _check_people(meeting)
    for place, decided in enumerate(outcomes, start=1):
        _put(decided, meeting, place).save()
        _set_measures(decided)
    if before is not None and _versions_of_rows(meeting) != before:
        _count_version(meeting)
    return meeting


def _versions_of_rows(meeting: Meeting) -> list[tuple[Any, Any]] | None:
    """Return the rows of a stored meeting with their versions; None for a new one."""
    if meeting.pk is None:
        return None
    return [
        pair
        for rows in (meeting.attendance, meeting.outcomes)
        for pair in rows.order_by("pk").values_list("pk", "version")
    ]


def _locked(pk: Any) -> Meeting:
    """Return the stored meeting; another who writes about it waits until the transaction ends."""
    return get_object_or_404(Meeting.objects.select_for_update(), pk=pk)


def _count_version(meeting: Meeting) -> None:
    """Count the rows of a meeting to its version: whoever opened the old one must see their change."""
    Meeting.objects.filter(pk=meeting.pk).update(version=F("version") + 1)


def _put(decided: Decided, meeting: Meeting, place: int) -> Outcome:
    outcome = decided.outcome
    outcome.meeting, outcome.order, outcome.is_example = meeting, place, meeting.is_example
    outcome.number = outcome.number or str(place)
    return outcome


def _set_measures(decided: Decided) -> None:
    """Link the measures that an outcome speaks of; other ones than before count to its version."""
    if decided.measures is None:
        return
    outcome, wanted = decided.outcome, {measure.pk for measure in decided.measures}
    if wanted != set(outcome.measures.values_list("pk", flat=True)):
        outcome.measures.set(wanted)
        Outcome.objects.filter(pk=outcome.pk).update(version=F("version") + 1)
        outcome.refresh_from_db(fields=["version", "updated_at"])


@transaction.atomic
def keep_outcome(*, by: User, decided: Decided, seen: int | None = None) -> Outcome:
    """Keep a new outcome, the last one of its meeting, or a changed one that the writer saw at version `seen`."""
    outcome = decided.outcome
    meeting = _locked(outcome.meeting_id)
    _check_partnership(decided, meeting)
    if outcome.pk is None:
        stored = meeting.outcomes.aggregate(count=Count("pk"), last=Max("order"))
        if stored["count"] >= LARGEST:
            text = _("A meeting has %(most)d outcomes at most.")
            raise ValidationError({"meeting": ValidationError(text, params={"most": LARGEST})})
        _put(decided, meeting, (stored["last"] or 0) + 1).save()
    else:
        save_seen(outcome, seen=seen)
    _set_measures(decided)
    if outcome.version != seen:  # links count to the version, too
        _count_version(meeting)
    return outcome


def _check_partnership(decided: Decided, meeting: Meeting) -> None:
    text = _("It belongs to another partnership.")
    agreement = decided.outcome.agreement
    if agreement is not None and agreement.partnership_id != meeting.partnership_id:
        raise ValidationError({"agreement": text})
    strange = {measure.pk for measure in decided.measures or ()}
    strange -= set(Measure.objects.of(meeting.partnership).filter(pk__in=strange).values_list("pk", flat=True))
    if strange:
        raise ValidationError({"measures": text})


@transaction.atomic
def remove_outcome(*, by: User, outcome: Outcome, seen: int | None) -> Meeting:
    """Remove an outcome that was entered by mistake, unless something rests on it; the history keeps it."""
    meeting = _locked(outcome.meeting_id)
    remove_seen(outcome, seen=seen)
    _count_version(meeting)
    return meeting


def _check_people(meeting: Meeting) -> None:
    """Raise `ValidationError` where a person is present twice: a form may lack rows that are stored."""
    twice = Person.objects.filter(attendance__meeting=meeting).annotate(rows=Count("pk")).filter(rows__gt=1).first()
    if twice is not None:
        text = _("%(person)s is present already, in a row that this form does not have. Open the meeting anew.")
        raise ValidationError(text, code="unique", params={"person": str(twice)})
