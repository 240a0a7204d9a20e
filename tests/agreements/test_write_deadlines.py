"""Moving and correcting deadlines: by a decision, or where one was entered wrongly; nothing is lost."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.utils import InternalError

from agreements import operations
from agreements.models import (
    Measure,
    Postponement,
    Recurrence,
)
from parties.periods import Period
from parties.writing import RecordChanged
from tests import factories as make

pytestmark = pytest.mark.django_db


def refused(error):
    return dict(error.value.message_dict)


def postponement(measure, to, **given):
    fields = {"reason": "Financing", "agreed_by": "The workgroup", "decided_on": dt.date(2024, 5, 1), **given}
    return Postponement(measure=measure, moved_to=Period.parse(to), **fields)


def test_a_postponement_moves_the_deadline_and_keeps_the_old_one(by):
    row = make.make_measure(deadline="2024")

    operations.postpone(by=by, postponement=postponement(row, "2025-S1"), seen=1)

    row.refresh_from_db()
    assert row.deadline == Period.parse("2025-S1")
    assert [one.moved_from for one in row.postponements.all()] == [Period.year(2024)]


@pytest.mark.parametrize("to", ["2024", "2025/.."])
def test_a_postponement_to_nowhere_is_refused(by, to):
    row = make.make_measure(deadline="2024")

    with pytest.raises(ValidationError) as error:
        operations.postpone(by=by, postponement=postponement(row, to), seen=1)

    assert "moved_to" in refused(error)


def test_a_postponement_may_be_decided_before_the_plan_begins_but_not_before_the_agreement(by):
    plan = make.make_plan(period="2024/2026", agreement=make.make_agreement(concluded="2023-S2"))
    row = make.make_measure(plan=plan, deadline="2024")

    with pytest.raises(ValidationError) as error:
        operations.postpone(by=by, postponement=postponement(row, "2025", decided_on=dt.date(2023, 6, 30)), seen=1)
    operations.postpone(by=by, postponement=postponement(row, "2025", decided_on=dt.date(2023, 11, 20)), seen=1)

    assert "2023" in refused(error)["decided_on"][0]
    row.refresh_from_db()
    assert row.deadline == Period.year(2025)


def test_a_deadline_may_be_postponed_beyond_the_plan_but_not_before_it(by):
    row = make.make_measure(plan=make.make_plan(period="2024"), deadline="2024")

    with pytest.raises(ValidationError) as error:
        operations.postpone(by=by, postponement=postponement(row, "2023-S2"), seen=1)
    operations.postpone(by=by, postponement=postponement(row, "2026"), seen=1)

    assert "moved_to" in refused(error)
    row.text_ru = "Иначе"
    operations.change_measure(by=by, measure=row, seen=row.version)  # the moved deadline hinders nothing
    assert Measure.objects.get().text_ru == "Иначе"


@pytest.mark.parametrize("day", [dt.date(2023, 12, 31), dt.date(2024, 4, 30), dt.date(2999, 1, 1)])
def test_a_postponement_is_decided_while_the_plan_runs_and_not_before_the_last_one(by, day):
    row = make.make_measure(plan=make.make_plan(period="2024"), deadline="2024")
    operations.postpone(by=by, postponement=postponement(row, "2025", decided_on=dt.date(2024, 5, 1)), seen=1)

    with pytest.raises(ValidationError) as error:
        operations.postpone(by=by, postponement=postponement(row, "2026", decided_on=day), seen=row.version)

    assert "decided_on" in refused(error)
    assert row.postponements.count() == 1


def test_a_stored_deadline_does_not_change_without_saying_why(by):
    row = make.make_measure(deadline="2024")
    for changes in ({"deadline": Period.parse("2024-S1")}, {"recurrence": Recurrence.YEARLY}):
        measure = Measure.objects.get(pk=row.pk)
        for name, value in changes.items():
            setattr(measure, name, value)

        with pytest.raises(ValidationError) as error:
            operations.change_measure(by=by, measure=measure, seen=1)

        assert "deadline" in refused(error)
    assert Measure.objects.get().version == 1


def test_a_corrected_deadline_keeps_the_wrong_one_with_the_reason_and_is_no_move(by):
    row = make.make_measure(plan=make.make_plan(period="2024/2025"), deadline="2024")
    row.deadline = Period.parse("2025-S1")

    operations.correct_deadline(by=by, measure=row, seen=1, reason="The signed plan says 2025")

    kept = row.corrections.get()
    assert (kept.was, kept.becomes, kept.author) == (Period.year(2024), Period.parse("2025-S1"), by)
    assert not row.postponements.exists()
    assert (Measure.objects.get().deadline, row.version) == (Period.parse("2025-S1"), 2)
    for change in (kept.delete, lambda: type(kept).objects.update(reason="Else")):
        with pytest.raises(InternalError), transaction.atomic():
            change()


@pytest.mark.parametrize(
    ("deadline", "reason", "field"),
    [("2024", "Typing error", "deadline"), ("2026", "Typing error", "deadline"), ("2024-S1", " ", "reason")],
)
def test_a_correction_that_corrects_nothing_or_says_no_reason_is_refused(by, deadline, reason, field):
    row = make.make_measure(plan=make.make_plan(period="2024"), deadline="2024")
    row.deadline = Period.parse(deadline)

    with pytest.raises(ValidationError) as error:
        operations.correct_deadline(by=by, measure=row, seen=1, reason=reason)

    assert field in refused(error)
    assert not row.corrections.exists()


def test_a_correction_of_what_another_one_changed_meanwhile_is_refused(by):
    row = make.make_measure(deadline="2024")
    Measure.objects.filter(pk=row.pk).update(text_ru="Чужое")
    row.deadline = Period.parse("2024-S1")

    with pytest.raises(RecordChanged):
        operations.correct_deadline(by=by, measure=row, seen=1, reason="Typing error")


def test_a_plan_is_not_moved_away_from_the_deadlines_of_its_measures(by):
    plan = make.make_plan(period="2024/2025")
    make.make_measure(plan=plan, number="3.1", deadline="2024")
    plan.period = Period.year(2025)

    with pytest.raises(ValidationError) as error:
        operations.keep_plan(by=by, plan=plan, seen=1)

    assert "3.1" in refused(error)["period"][0]


def test_what_is_done_is_not_postponed(by):
    row = make.make_measure(done_on=dt.date(2024, 2, 1))

    with pytest.raises(ValidationError):
        operations.postpone(by=by, postponement=postponement(row, "2025"), seen=1)
