"""What is reported about measures: notes with evidence, statuses by hand; none is changed afterwards."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.db.utils import InternalError
from django.utils import timezone

from agreements import operations
from agreements.models import (
    Evidence,
    ProgressNote,
    StatusOverride,
)
from parties.writing import RecordChanged
from tests import factories as make

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n%%EOF\n"
NAME = "of-a-note-that-is-refused.pdf"


def refused(error):
    return dict(error.value.message_dict)


def note(measure, **given):
    return ProgressNote(measure=measure, **{"dated": dt.date(2024, 6, 1), "text": "Held", **given})


def test_a_note_is_added_with_its_evidence(by):
    kept = operations.add_note(
        by=by, note=note(make.make_measure(), percent=40), files=[SimpleUploadedFile("акт.pdf", PDF)]
    )

    proof = kept.evidence.get()
    assert (kept.author, proof.name, proof.size, proof.media_type) == (by, "акт.pdf", len(PDF), "application/pdf")
    assert len(proof.sha256) == 64


def test_a_note_with_a_file_that_is_no_document_is_not_kept_at_all(by):
    with pytest.raises(ValidationError) as error:
        operations.add_note(
            by=by,
            note=note(make.make_measure()),
            files=[SimpleUploadedFile(NAME, PDF), SimpleUploadedFile("b.pdf", b"MZ\x90\x00")],
        )

    assert "b.pdf" in refused(error)["evidence"][0]
    assert not ProgressNote.objects.exists()
    assert not Evidence.objects.exists()
    assert not default_storage.exists(f"evidence/{timezone.localdate().year}/{NAME}")


def test_a_percentage_of_140_is_refused_by_form_and_database(by):
    with pytest.raises(IntegrityError), transaction.atomic():
        operations.add_note(by=by, note=note(make.make_measure(), percent=140))
    with pytest.raises(ValidationError) as error:
        note(make.make_measure(), percent=140, author=by).full_clean()

    assert "140" in refused(error)["percent"][0]


def test_notes_and_postponements_cannot_be_changed_or_removed():
    for row in (make.make_progress_note(), make.make_postponement()):
        with pytest.raises(InternalError), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(is_example=True)
        with pytest.raises(InternalError), transaction.atomic():
            row.delete()


def test_a_status_by_hand_needs_a_reason(by):
    override = StatusOverride(measure=make.make_measure(), status="at_risk", reason=" ", dated=dt.date(2024, 5, 1))

    with pytest.raises(ValidationError) as error:
        operations.override_status(by=by, override=override, seen=1)

    assert "reason" in refused(error)


def test_two_who_set_a_status_by_hand_do_not_pass_unnoticed(by, cast):
    row = make.make_measure()

    def judge(who, status):
        override = StatusOverride(measure=row, status=status, reason="The supplier", dated=dt.date(2024, 5, 1))
        operations.override_status(by=who, override=override, seen=1)

    judge(by, "at_risk")

    with pytest.raises(RecordChanged):
        judge(cast.administrator, "on_schedule")
    assert [one.status for one in row.overrides.all()] == ["at_risk"]
