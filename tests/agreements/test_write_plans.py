"""Writing plans and measures: what is kept, what is refused at which field, and that nothing is lost."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from agreements import operations
from agreements.history import history_of
from agreements.models import (
    ArticleLink,
    IndicatorValue,
    Measure,
    Plan,
    Postponement,
    ProgressNote,
    Recurrence,
)
from agreements.operations import Task
from parties.periods import Period
from parties.writing import RecordChanged
from tests import factories as make

pytestmark = pytest.mark.django_db


def refused(error):
    return dict(error.value.message_dict)


def test_plans_of_one_agreement_may_not_overlap_and_the_other_is_named(by):
    first = make.make_plan(period="2024/2026", title_ru="План", title_en="The plan")

    with pytest.raises(ValidationError) as error:
        operations.keep_plan(by=by, plan=Plan(agreement=first.agreement, title_ru="2", period=Period.year(2026)))

    assert "The plan" in refused(error)["period"][0] or "План" in refused(error)["period"][0]
    assert operations.keep_plan(by=by, plan=Plan(agreement=first.agreement, title_ru="2", period=Period.year(2027))).pk
    assert operations.keep_plan(
        by=by, plan=Plan(agreement=make.make_agreement(), title_ru="3", period=Period.year(2026))
    ).pk


def test_the_database_itself_refuses_overlapping_plans():
    plan = make.make_plan(period="2024")

    with pytest.raises(IntegrityError), transaction.atomic():
        make.make_plan(agreement=plan.agreement, period="2024-05")


def test_a_plan_needs_both_ends(by):
    with pytest.raises(ValidationError) as error:
        operations.keep_plan(
            by=by, plan=Plan(agreement=make.make_agreement(), title_ru="1", period=Period.parse("2024/.."))
        )

    assert "period" in refused(error)


def new_measure(by, plan, **given):
    fields = {"text_ru": "Провести выставку", "deadline": Period.year(2024), **given}
    return operations.keep_measure(by=by, measure=Measure(plan=plan, **fields))


def test_a_new_measure_gets_the_next_number_and_stands_last(by):
    plan = make.make_plan()
    rows = [new_measure(by, plan), new_measure(by, plan, number="7"), new_measure(by, plan)]

    assert [(row.number, row.order) for row in rows] == [("1", 1), ("7", 2), ("3", 3)]


def test_a_number_is_used_once_in_a_plan(by):
    plan = make.make_plan()
    new_measure(by, plan, number="1.2")

    with pytest.raises(ValidationError) as error:
        new_measure(by, plan, number="1.2")

    assert "number" in refused(error)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"deadline": None}, "deadline"),
        ({"deadline": Period.parse("2024/..")}, "deadline"),
        ({"done_on": dt.date(2999, 1, 1)}, "done_on"),
        ({"done_on": dt.date(2024, 1, 1), "dropped_by": "protocol 1"}, "done_on"),
        ({"dropped_on": dt.date(2024, 1, 1)}, "dropped_by"),
        ({"dropped_by": "protocol 1", "dropped_on": dt.date(2999, 1, 1)}, "dropped_on"),
        ({"done_on": dt.date(2023, 12, 31)}, "done_on"),
        ({"deadline": Period.year(2023)}, "deadline"),
        ({"deadline": Period.year(2025)}, "deadline"),
        ({"deadline": Period.parse("2025/2026"), "recurrence": "yearly"}, "deadline"),
    ],
)
def test_fields_that_contradict_each_other_are_named(by, given, field):
    with pytest.raises(ValidationError) as error:
        new_measure(by, make.make_plan(), **given)

    assert field in refused(error)
    assert not Measure.objects.exists()


def test_a_yearly_measure_has_an_item_for_each_year_of_its_plan(by):
    plan = make.make_plan(period="2023/2026")
    row = new_measure(by, plan, recurrence=Recurrence.YEARLY, deadline=Period.parse("2024/2026"))
    assert [item.year for item in row.yearly_items.order_by("year")] == [2024, 2025, 2026]

    done = row.yearly_items.get(year=2026)
    done.done_on = dt.date(2026, 2, 1)
    done.save()
    row.deadline = Period.year(2024)
    operations.correct_deadline(by=by, measure=row, seen=row.version, reason="Typing error")

    assert [item.year for item in row.yearly_items.order_by("year")] == [2024, 2026]


def test_executors_are_replaced_and_count_to_the_version_of_the_measure(by):
    row = make.make_measure()
    old = make.make_executor(measure=row).organisation
    new = make.make_organisation()

    operations.set_executors(
        by=by, measure=row, seen=row.version, executors=[Task(new, "home"), Task(old, "home", False)]
    )

    assert {(one.organisation, one.leads) for one in row.executors.all()} == {(new, True), (old, False)}
    assert row.version == 2
    operations.set_executors(by=by, measure=row, seen=2, executors=[Task(new, "home"), Task(old, "home", False)])
    assert row.version == 2


def test_an_executor_named_twice_is_refused(by):
    row, one = make.make_measure(), make.make_organisation()

    with pytest.raises(ValidationError) as error:
        operations.set_executors(by=by, measure=row, seen=1, executors=[Task(one, "home"), Task(one, "partner")])

    assert "executors" in refused(error)


def test_articles_must_be_those_of_the_plans_agreement(by):
    row, foreign = make.make_measure(), make.make_article()

    with pytest.raises(ValidationError) as error:
        operations.change_measure(by=by, measure=row, seen=1, articles=[foreign])

    assert "articles" in refused(error)


def test_a_stale_change_is_refused_and_nothing_is_written(by):
    row = make.make_measure(text_ru="Было")
    Measure.objects.filter(pk=row.pk).update(text_ru="Чужое")
    row.text_ru = "Моё"

    with pytest.raises(RecordChanged):
        operations.change_measure(by=by, measure=row, seen=1)

    assert Measure.objects.get(pk=row.pk).text_ru == "Чужое"


def test_a_measure_moves_within_its_plan(by):
    plan = make.make_plan()
    one, two, three = (new_measure(by, plan) for __ in range(3))

    operations.move_measure(by=by, measure=three, seen=three.version, before=one)

    assert [row.pk for row in plan.measures.order_by("order")] == [three.pk, one.pk, two.pk]


def test_moving_a_measure_leaves_the_versions_of_all_but_tells_that_the_rows_changed(by):
    plan = make.make_plan()
    two, three = [new_measure(by, plan) for __ in range(3)][1:]
    before = dict(plan.measures.values_list("pk", "updated_at"))

    operations.move_measure(by=by, measure=three, seen=three.version, before=two)

    assert set(plan.measures.values_list("version", flat=True)) == {1}
    changed = {row.pk for row in plan.measures.all() if row.updated_at != before[row.pk]}
    assert changed == {two.pk, three.pk}
    two.text_ru = "Кто писал, пока другой переставлял, пишет дальше"
    operations.change_measure(by=by, measure=two, seen=1)
    assert Measure.objects.get(pk=two.pk).version == 2


def test_a_measure_that_is_moved_while_it_is_changed_stays_where_it_was_moved(by):
    row = make.make_measure(order=1)
    Measure.objects.filter(pk=row.pk).update(order=7)

    operations.mark_done(by=by, measure=row, seen=1, done_on=dt.date(2024, 2, 1))

    assert Measure.objects.get(pk=row.pk).order == 7


def test_moving_a_measure_takes_no_more_queries_in_a_long_plan(by):
    def count(size: int) -> int:
        plan = make.make_plan()
        rows = [make.make_measure(plan=plan, number=str(number), order=number) for number in range(size)]
        with CaptureQueriesContext(connection) as captured:
            operations.move_measure(by=by, measure=rows[-1], seen=1, before=rows[0])
        return len(captured)

    assert count(3) == count(60)


def with_a_note(row):
    make.make_progress_note(measure=row)


def done(row):
    Measure.objects.filter(pk=row.pk).update(done_on=dt.date(2024, 2, 1))


def dropped(row):
    Measure.objects.filter(pk=row.pk).update(dropped_by="protocol 3")


def with_a_year_done(row):
    make.make_yearly_item(measure=row, year=2024, done_on=dt.date(2024, 2, 1))


def with_a_value_reached(row):
    indicator = make.make_indicator(measure=row)
    IndicatorValue.objects.create(indicator=indicator, year=2024, actual=3)


def with_a_project(row):
    make.make_project().measures.add(row)


@pytest.mark.parametrize(
    ("happen", "named"),
    [
        (with_a_note, "progress notes"),
        (done, "the day on which it was done"),
        (dropped, "the decision that dropped it"),
        (with_a_year_done, "years that are done"),
        (with_a_value_reached, "actual values of indicators"),
        (with_a_project, "projects"),
    ],
)
def test_a_measure_is_not_removed_once_something_came_of_it(by, happen, named):
    row = make.make_measure()
    happen(row)
    row.refresh_from_db()

    with translation.override("en"), pytest.raises(ValidationError, match=named):
        operations.remove_measure(by=by, measure=row, seen=row.version)

    assert Measure.objects.filter(pk=row.pk).exists()


def test_a_measure_with_plans_only_is_removed_with_them(by):
    row = make.make_measure()
    make.make_yearly_item(measure=row, year=2024)
    IndicatorValue.objects.create(indicator=make.make_indicator(measure=row), year=2024, target=3)

    operations.remove_measure(by=by, measure=row, seen=row.version)

    assert not Measure.objects.filter(pk=row.pk).exists()


def test_several_measures_change_together_or_not_at_all(by):
    plan = make.make_plan(period="2024/2026")
    rows = [new_measure(by, plan) for __ in range(3)]
    chosen = {row.pk: row.version for row in rows}

    def done(measure, seen):
        operations.mark_done(by=by, measure=measure, seen=seen, done_on=dt.date(2024, 5, 1))

    operations.change_measures(by=by, plan=plan, chosen=chosen, change=done)
    assert Measure.objects.filter(done_on=dt.date(2024, 5, 1)).count() == 3

    with pytest.raises(operations.MeasuresChanged) as error:
        operations.change_measures(by=by, plan=plan, chosen=chosen, change=done)
    assert len(error.value.all_stored) == 3


def test_one_refusal_among_many_names_its_measure_and_writes_nothing(by):
    plan = make.make_plan()
    fine, dropped = new_measure(by, plan), new_measure(by, plan, number="4.2", dropped_by="protocol 2")

    def done(measure, seen):
        operations.mark_done(by=by, measure=measure, seen=seen, done_on=dt.date(2024, 5, 1))

    with pytest.raises(ValidationError, match=r"4\.2"):
        operations.change_measures(
            by=by, plan=plan, chosen={fine.pk: fine.version, dropped.pk: dropped.version}, change=done
        )

    assert not Measure.objects.filter(done_on__isnull=False).exists()


@pytest.mark.django_db(transaction=True)
def test_the_history_tells_each_cell_was_and_is(by):
    row = make.make_measure(text_ru="Было", text_en="", deadline="2024")
    row.text_ru = "Стало"
    operations.change_measure(by=by, measure=row, seen=1)
    moved = Postponement(
        measure=row,
        moved_to=Period.parse("2025"),
        reason="Financing",
        agreed_by="The workgroup",
        decided_on=dt.date(2024, 5, 1),
    )
    operations.postpone(by=by, postponement=moved, seen=row.version)
    organisation = make.make_organisation()
    operations.set_executors(by=by, measure=row, seen=row.version, executors=[Task(organisation, "home")])
    article = make.make_article(agreement=row.plan.agreement, number="7")
    operations.change_measure(by=by, measure=row, seen=row.version, articles=[article])

    found = {change.field: (change.was, change.now) for change in history_of(row)}

    assert found["text_ru"] == ("Было", "Стало")
    assert "2024" in found["deadline"][0]
    assert "2025" in found["deadline"][1]
    assert found["executors"] == ("", str(organisation))
    assert found["articles"] == ("", "7")


def test_the_articles_of_a_measure_are_part_of_the_data_version():
    assert any(trigger.name == "bump_data_version" for trigger in ArticleLink._meta.triggers)


def test_what_is_written_about_an_example_is_an_example_too(by):
    row = make.make_measure(plan=make.make_plan(is_example=True), is_example=True)
    note = operations.add_note(by=by, note=ProgressNote(measure=row, dated=dt.date(2024, 6, 1), text="Tried out"))
    new = operations.keep_measure(by=by, measure=Measure(plan=row.plan, text_ru="Ещё", recurrence="permanent"))

    assert (note.is_example, new.is_example) == (True, True)
