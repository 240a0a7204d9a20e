"""The status of measures: by the rule, in its order, and by hand."""

from __future__ import annotations

import datetime as dt

import pytest

from agreements import operations
from agreements.models import Measure, Recurrence, StatusOverride, YearlyItem
from parties.periods import Period
from tests import factories as make

pytestmark = pytest.mark.django_db

ON = dt.date(2024, 6, 15)


def status(measure, on=ON):
    return Measure.objects.with_status(on).get(pk=measure.pk).status


def measure(**given):
    return make.make_measure(**{"plan": make.make_plan(period="2024/2025"), "deadline": "2025", **given})


def reported(row, day=dt.date(2024, 6, 1)):
    make.make_progress_note(measure=row, dated=day)
    return row


def override(row, value, day, **given):
    return StatusOverride.objects.create(
        measure=row, status=value, reason="The supplier is late", author=make.make_user(), dated=day, **given
    )


def test_an_open_measure_with_news_is_on_schedule():
    assert status(reported(measure())) == "on_schedule"


def test_done_counts_from_its_day():
    row = reported(measure(done_on=dt.date(2024, 6, 15)))

    assert [status(row, day) for day in (ON - dt.timedelta(1), ON)] == ["on_schedule", "done"]


def test_a_decision_makes_it_not_relevant_from_its_day_even_when_the_deadline_is_over():
    row = measure(deadline="2024-05", dropped_by="protocol No. 3", dropped_on=ON)

    assert [status(row, day) for day in (ON - dt.timedelta(1), ON)] == ["overdue", "not_relevant"]


def test_it_is_overdue_from_the_day_after_the_last_day():
    row = reported(measure(deadline="2024-05"))

    assert status(row, dt.date(2024, 6, 1)) == "overdue"
    assert status(reported(measure(deadline="2024-05"), dt.date(2024, 5, 20)), dt.date(2024, 5, 31)) == "at_risk"


@pytest.mark.parametrize(("last_day", "expected"), [(15, "at_risk"), (16, "on_schedule")])
def test_a_last_day_within_thirty_days_puts_it_at_risk(last_day, expected):
    assert status(reported(measure(deadline=f"2024-07-{last_day}"))) == expected


def test_two_postponements_put_it_at_risk_once_they_were_decided():
    row = reported(measure())
    make.make_postponement(measure=row, moved_from="2025-11", decided_on=dt.date(2024, 6, 1))
    make.make_postponement(measure=row, moved_from="2025-11", decided_on=dt.date(2024, 6, 10))

    assert [status(row, day) for day in (dt.date(2024, 6, 9), ON)] == ["on_schedule", "at_risk"]


def test_the_status_of_a_day_is_that_by_the_deadline_that_held_then():
    row = reported(measure(deadline="2025"), dt.date(2024, 4, 1))
    for moved_from, moved_to, decided in (("2024-03", "2024-05", (2024, 4, 10)), ("2024-05", "2025", (2024, 6, 10))):
        make.make_postponement(measure=row, moved_from=moved_from, moved_to=moved_to, decided_on=dt.date(*decided))

    days = [(2024, 4, 9), (2024, 4, 10), (2024, 5, 31), (2024, 6, 9), (2024, 6, 10)]
    rows = [Measure.objects.with_status(dt.date(*day)).get(pk=row.pk) for day in days]

    assert [str(one.due) for one in rows] == ["2024-03", "2024-05", "2024-05", "2024-05", "2025"]
    assert [one.status for one in rows] == ["overdue", "on_schedule", "at_risk", "overdue", "at_risk"]
    assert [one.last_day for one in rows][:2] == [dt.date(2024, 3, 31), dt.date(2024, 5, 31)]


def test_a_corrected_deadline_counts_for_the_days_before_too(cast):
    row = reported(measure(deadline="2024-05"))
    row.deadline = Period.parse("2024-12")
    operations.correct_deadline(
        by=cast.secretary, measure=row, seen=row.version, reason="The signed plan says December"
    )

    assert status(row) == "on_schedule"


def test_ninety_days_without_a_note_leave_no_data():
    row = reported(measure(), dt.date(2024, 3, 17))

    assert [status(row, day) for day in (ON, ON + dt.timedelta(1))] == ["on_schedule", "no_data"]


def test_a_young_plan_without_notes_is_on_schedule():
    row = measure(plan=make.make_plan(period="2024-05/2025"))

    assert status(row) == "on_schedule"


def test_a_permanent_measure_is_never_overdue():
    row = reported(measure(deadline=None, recurrence=Recurrence.PERMANENT))

    assert status(row) == "on_schedule"


def test_a_yearly_measure_is_overdue_when_a_past_year_was_not_done():
    row = measure(plan=make.make_plan(period="2022/2025"), recurrence=Recurrence.YEARLY, deadline="2022/2025")
    reported(row)
    items = [YearlyItem.objects.create(measure=row, year=year) for year in (2022, 2023, 2024, 2025)]

    assert status(row) == "overdue"
    for item in items[:2]:
        item.done_on = dt.date(item.year, 12, 1)
        item.save()
    assert status(row) == "on_schedule"


def years(row, *done):
    """Give a yearly measure an item for each year; None stands for one that is not done."""
    for year, day in enumerate(done, start=2023):
        YearlyItem.objects.create(measure=row, year=year, done_on=day and dt.date(*day))
    return row


def test_a_yearly_measure_is_done_once_all_its_years_are():
    plan = make.make_plan(period="2023/2024")
    row = reported(measure(plan=plan, recurrence=Recurrence.YEARLY, deadline="2023/2024"))
    years(row, (2023, 11, 1), (2024, 6, 15))

    assert [status(row, day) for day in (ON - dt.timedelta(1), ON)] == ["on_schedule", "done"]
    assert Measure.objects.done(ON).get() == row


def test_a_yearly_measure_without_items_is_not_done():
    assert status(reported(measure(recurrence=Recurrence.YEARLY, deadline="2024/2025"))) == "on_schedule"


def test_a_year_that_is_done_is_news_until_it_is_over():
    plan = make.make_plan(period="2023/2025")
    row = years(
        measure(plan=plan, recurrence=Recurrence.YEARLY, deadline="2023/2025"), (2023, 2, 1), (2024, 2, 1), None
    )

    days = [dt.date(2023, 1, 31), dt.date(2023, 12, 1), ON, dt.date(2025, 3, 31), dt.date(2025, 4, 1)]

    assert [status(row, day) for day in days] == ["on_schedule", "on_schedule", "on_schedule", "on_schedule", "no_data"]
    assert Measure.objects.with_status(ON).get().news_on == ON
    assert not Measure.objects.without_news(ON).exists()
    assert Measure.objects.without_news(dt.date(2025, 4, 1)).exists()


def test_the_item_of_the_year_puts_a_yearly_measure_at_risk_in_its_last_thirty_days():
    row = measure(recurrence=Recurrence.YEARLY, deadline="2024/2025")
    reported(row, dt.date(2024, 11, 20))
    YearlyItem.objects.create(measure=row, year=2024)

    assert [status(row, dt.date(2024, *day)) for day in ((11, 30), (12, 1))] == ["on_schedule", "at_risk"]


def test_a_status_set_by_hand_holds_from_its_day_until_it_is_taken_back():
    row = reported(measure())
    override(row, "at_risk", dt.date(2024, 6, 5))
    override(row, "", dt.date(2024, 6, 12))

    found = [status(row, dt.date(2024, 6, day)) for day in (4, 5, 12)]

    assert found == ["on_schedule", "at_risk", "on_schedule"]


def test_a_status_set_by_hand_yields_to_done_and_says_that_it_is_by_hand():
    row = reported(measure(deadline="2024-05"))
    override(row, "on_schedule", dt.date(2024, 6, 5))

    found = Measure.objects.with_status(ON).get(pk=row.pk)
    assert (found.status, found.status_by_hand) == ("on_schedule", True)

    Measure.objects.filter(pk=row.pk).update(done_on=ON)
    found = Measure.objects.with_status(ON).get(pk=row.pk)
    assert (found.status, found.status_by_hand) == ("done", False)


def test_the_overdue_are_found_by_the_same_rule():
    plan = make.make_plan(period="2024/2025")
    make.make_measure(plan=plan, done_on=dt.date(2024, 2, 1))
    late = make.make_measure(plan=plan, deadline="2024-05")
    override(make.make_measure(plan=plan, deadline="2024-04"), "on_schedule", ON)

    assert list(Measure.objects.overdue(ON)) == [late]


def test_every_measure_has_a_status_whatever_its_parts(django_assert_num_queries):
    rows = [measure(deadline=Period.year(2024 + n % 2)) for n in range(3)]

    with django_assert_num_queries(1):
        assert len(list(Measure.objects.with_status(ON))) == len(rows)
