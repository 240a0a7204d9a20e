"""What is written when a file is imported into a plan."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from agreements.models import DeadlineCorrection, ExecutorName, Measure, Plan, Postponement, Recurrence, YearlyItem
from agreements.operations import Corrected, Moved, Reasons
from agreements.operations.files import Decision, NotAsSeen, NotComplete, import_plan
from parties.models import Organisation, Side, User
from tests.agreements.files.conftest import HEADINGS, as_text, as_workbook, compared, read
from tests.factories import make_executor, make_measure, make_organisation, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def secretary(db: None) -> User:
    return make_user("secretary")


def test_a_changed_measure_keeps_what_the_file_does_not_say(
    plan: Plan, secretary: User, administration: Organisation
) -> None:
    measure = make_measure(plan=plan, number="1", text_ru="Визит", text_en="Visit", deadline="2025")
    make_executor(measure=measure, organisation=administration)
    content = as_text([HEADINGS[:3], ["1", "Визит делегации", "2026"]])
    import_plan(by=secretary, plan=plan, table=read(content, plan), deadlines=Reasons(Corrected("Typing error")))
    stored = Measure.objects.get()
    assert (stored.text_ru, stored.text_en, str(stored.deadline), stored.version) == (
        "Визит делегации",
        "Visit",
        "2026",
        2,
    )
    assert [one.organisation for one in stored.executors.all()] == [administration]


@pytest.fixture
def moved(plan: Plan) -> bytes:
    """Return a file that states the deadlines of two stored measures otherwise."""
    for number in ("1", "2", "3"):
        make_measure(plan=plan, number=number, text_ru="Визит", deadline="2025")
    return as_text([HEADINGS[:3], ["1", "Визит", "2026"], ["2", "Визит", "2027"], ["3", "Визит", "2025"]])


def test_a_changed_deadline_is_not_imported_without_saying_why(plan: Plan, secretary: User, moved: bytes) -> None:
    with pytest.raises(ValidationError) as error:
        import_plan(by=secretary, plan=plan, table=read(moved, plan))
    assert "deadlines" in error.value.message_dict
    assert {str(row.deadline) for row in Measure.objects.all()} == {"2025"}


def test_an_import_moves_deadlines_by_the_decision_that_was_named(plan: Plan, secretary: User, moved: bytes) -> None:
    decision = Moved("No money", "The co-chairs", dt.date(2025, 5, 20))
    import_plan(by=secretary, plan=plan, table=read(moved, plan), deadlines=Reasons(decision))
    assert [str(row.deadline) for row in Measure.objects.order_by("number")] == ["2026", "2027", "2025"]
    moves = [
        (row.measure.number, str(row.moved_from), str(row.moved_to)) for row in Postponement.objects.order_by("pk")
    ]
    assert moves == [("1", "2025", "2026"), ("2", "2025", "2027")]
    assert {row.agreed_by for row in Postponement.objects.all()} == {"The co-chairs"}


def test_an_import_corrects_deadlines_with_the_reason_that_was_given(plan: Plan, secretary: User, moved: bytes) -> None:
    import_plan(by=secretary, plan=plan, table=read(moved, plan), deadlines=Reasons(Corrected("Typed wrongly")))
    kept = [(row.measure.number, str(row.was), row.reason) for row in DeadlineCorrection.objects.order_by("pk")]
    assert kept == [("1", "2025", "Typed wrongly"), ("2", "2025", "Typed wrongly")]
    assert not Postponement.objects.exists()


def test_an_import_moves_some_deadlines_and_corrects_others(plan: Plan, secretary: User, moved: bytes) -> None:
    decision = Moved("No money", "The co-chairs", dt.date(2025, 5, 20))
    reasons = Reasons(decision, Corrected("Typed wrongly"), frozenset({"2"}))
    import_plan(by=secretary, plan=plan, table=read(moved, plan), deadlines=reasons)
    assert [row.measure.number for row in Postponement.objects.all()] == ["1"]
    assert [(row.measure.number, row.reason) for row in DeadlineCorrection.objects.all()] == [("2", "Typed wrongly")]
    assert [str(row.deadline) for row in Measure.objects.order_by("number")] == ["2026", "2027", "2025"]


def test_an_import_that_cannot_move_a_deadline_names_the_measure_and_writes_nothing(
    plan: Plan, secretary: User, moved: bytes
) -> None:
    Measure.objects.filter(number="2").update(done_on=dt.date(2025, 3, 1))
    decision = Moved("No money", "The co-chairs", dt.date(2025, 5, 20))
    with override("en"), pytest.raises(ValidationError) as error:
        import_plan(by=secretary, plan=plan, table=read(moved, plan), deadlines=Reasons(decision))
    (text,) = error.value.message_dict["deadlines"]
    assert text.startswith("measure 2:")
    assert not Postponement.objects.exists()


def test_a_new_measure_whose_deadline_lies_outside_of_the_plan_is_a_problem(plan: Plan) -> None:
    found = compared(as_text([HEADINGS[:3], ["1", "Визит", "2030"]]), plan)
    assert [(one.place.row, one.value) for one in found.problems] == [(2, "2030")]


def test_other_executors_raise_the_version_of_the_measure(
    plan: Plan, secretary: User, administration: Organisation, committee: Organisation
) -> None:
    measure = make_measure(plan=plan, number="1", text_ru="Визит", deadline="2025")
    make_executor(measure=measure, organisation=administration)
    content = as_text([HEADINGS, ["1", "Визит", "2025", "", committee.name_ru]])
    import_plan(by=secretary, plan=plan, table=read(content, plan))
    measure.refresh_from_db()
    assert [(one.organisation, one.side) for one in measure.executors.all()] == [(committee, Side.PARTNER)]
    assert measure.version == 2


@pytest.mark.parametrize(
    ("headings", "cells", "kept"),
    [
        ("home", ["new"], {"new", "partner", "partner joins", "home joins"}),
        ("partner", ["new of partner"], {"home", "home joins", "new of partner", "partner joins"}),
        ("home partner", ["new", ""], {"new", "home joins", "partner joins"}),
        ("home co", ["new", ""], {"new", "partner", "partner joins"}),
        ("co", ["home joins"], {"home", "partner", "home joins"}),
        ("all", ["new"], {"new", "home joins", "partner joins"}),
        ("all co", ["new", ""], {"new"}),
        ("home", ["new\nсоисполнители: home"], {"new", "home", "partner", "partner joins"}),
    ],
)
def test_executors_for_whom_the_file_has_no_column_stay(
    plan: Plan, secretary: User, headings: str, cells: list[str], kept: set[str]
) -> None:
    columns = {
        "home": HEADINGS[3], "partner": HEADINGS[4], "all": "Исполнители", "co": "Соисполнители",
    }  # fmt: skip
    measure = make_measure(plan=plan, number="1", text_ru="Визит", deadline="2025")
    for name, side, leads in (
        ("home", Side.HOME, True), ("home joins", Side.HOME, False),
        ("partner", Side.PARTNER, True), ("partner joins", Side.PARTNER, False),
    ):  # fmt: skip
        make_executor(measure=measure, organisation=named(name, side), side=side, leads=leads)
    named("new", Side.HOME)
    named("new of partner", Side.PARTNER)
    content = as_workbook(
        [
            [*HEADINGS[:3], *(columns[one] for one in headings.split())],
            ["1", "Визит", "2025", *cells],
        ]
    )
    import_plan(by=secretary, plan=plan, table=read(content, plan))
    assert {one.organisation.name_ru for one in measure.executors.all()} == kept


def named(name: str, side: Side) -> Organisation:
    return make_organisation(side=side, name_ru=name, name_en="", short_name_ru="", short_name_en="")


def test_executors_of_one_side_that_are_the_same_change_nothing(
    plan: Plan, administration: Organisation, committee: Organisation
) -> None:
    measure = make_measure(plan=plan, number="1", text_ru="Визит", deadline="2025")
    make_executor(measure=measure, organisation=administration)
    make_executor(measure=measure, organisation=committee, side=Side.PARTNER)
    found = compared(as_text([HEADINGS[:4], ["1", "Визит", "2025", administration.name_ru]]), plan)
    assert (found.changed, found.unchanged) == ([], 1)


def test_a_yearly_measure_gets_an_item_for_each_year(plan: Plan, secretary: User) -> None:
    content = as_text([HEADINGS, ["1", "Неделя культуры", "ежегодно", "", ""]])
    import_plan(by=secretary, plan=plan, table=read(content, plan))
    assert Measure.objects.get().recurrence == Recurrence.YEARLY
    assert list(YearlyItem.objects.order_by("year").values_list("year", flat=True)) == [2025, 2026, 2027]


def test_the_plan_takes_the_order_of_the_file(plan: Plan, secretary: User) -> None:
    for order, number in enumerate(["1", "2", "3"]):
        make_measure(plan=plan, number=number, text_ru=number, deadline="2025", order=order)
    rows = [[number, number, "2025", "", ""] for number in ("3", "1", "4")]
    import_plan(by=secretary, plan=plan, table=read(as_text([HEADINGS, *rows]), plan))
    # Measure 2 is not in the file and stays behind measure 1, which it follows in the plan.
    assert [row.number for row in Measure.objects.order_by("order", "pk")] == ["3", "1", "2", "4"]
    assert {row.version for row in Measure.objects.all()} == {1}


def test_nothing_is_written_while_a_row_needs_a_correction(plan: Plan, secretary: User) -> None:
    content = as_text([HEADINGS, ["1", "Визит", "2025", "", ""], ["2", "Выставка", "когда-нибудь", "", ""]])
    with pytest.raises(NotComplete):
        import_plan(by=secretary, plan=plan, table=read(content, plan))
    assert not Measure.objects.exists()
    import_plan(by=secretary, plan=plan, table=read(content, plan), leave_out=True)
    assert [measure.number for measure in Measure.objects.all()] == ["1"]


def test_an_unknown_executor_waits_for_a_decision(plan: Plan, secretary: User, administration: Organisation) -> None:
    content = as_text([HEADINGS, ["1", "Визит", "2025", "Адм. Томской области; Новый завод", ""]])
    first, second = compared(content, plan).unknown
    with pytest.raises(NotComplete):
        import_plan(by=secretary, plan=plan, table=read(content, plan))
    decisions = {first.key: Decision(administration.pk), second.key: Decision(new_kind=Organisation.Kind.COMPANY)}
    import_plan(by=secretary, plan=plan, table=read(content, plan), decisions=decisions)
    new = Organisation.objects.get(name_ru="Новый завод")
    assert (new.kind, new.side) == (Organisation.Kind.COMPANY, Side.HOME)
    assert {one.organisation_id for one in Measure.objects.get().executors.all()} == {administration.pk, new.pk}
    kept = ExecutorName.objects.get()
    assert (kept.name, kept.organisation) == ("Адм. Томской области", administration)


def test_spellings_of_one_unknown_executor_are_one_question(
    plan: Plan, secretary: User, administration: Organisation
) -> None:
    rows = [["1", "Визит", "2025", "Адм. «Томь»", ""], ["2", "Выставка", "2025", "адм. Томь", ""]]
    content = as_text([HEADINGS, *rows])
    ((name, places),) = compared(content, plan).unknown.items()
    assert (name.name, len(places)) == ("Адм. «Томь»", 2)
    decisions = {name.key: Decision(administration.pk)}
    import_plan(by=secretary, plan=plan, table=read(content, plan), decisions=decisions)
    assert [one.executors.get().organisation for one in Measure.objects.all()] == [administration] * 2
    assert ExecutorName.objects.get().organisation == administration


def test_a_plan_changed_since_the_preview_is_not_overwritten(plan: Plan, secretary: User) -> None:
    make_measure(plan=plan, number="1", text_ru="Визит", deadline="2025")
    content = as_text([HEADINGS, ["1", "Визит делегации", "2025", "", ""]])
    seen = compared(content, plan).digest
    Measure.objects.update(text_ru="Визит министра")
    with pytest.raises(NotAsSeen):
        import_plan(by=secretary, plan=plan, table=read(content, plan), seen=seen)
    assert Measure.objects.get().text_ru == "Визит министра"


def test_a_thousand_measures_take_no_more_queries_than_ten(
    plan: Plan, secretary: User, administration: Organisation, committee: Organisation
) -> None:
    def content(first: int, count: int) -> bytes:
        executors = administration.name_ru, committee.name_ru
        rows = [
            [f"{number}", f"Мероприятие {number}", "ежегодно" if number % 3 else "II квартал 2026 г.", *executors]
            for number in range(first, first + count)
        ]
        return as_workbook([HEADINGS, *rows])

    with CaptureQueriesContext(
        connection,
    ) as few:
        import_plan(by=secretary, plan=plan, table=read(content(1, 10), plan))
    with CaptureQueriesContext(connection) as many:
        import_plan(by=secretary, plan=plan, table=read(content(1001, 1000), plan))
    assert len(many) <= len(few) + 4  # rows are inserted in batches
    assert Measure.objects.count() == 1010


def test_many_moved_deadlines_take_no_more_queries_than_few(plan: Plan, secretary: User) -> None:
    decision = Moved("No money", "The co-chairs", dt.date(2025, 5, 20))

    def queries(first: int, count: int) -> int:
        numbers = range(first, first + count)
        for number in numbers:
            make_measure(plan=plan, number=f"{number}", text_ru="Визит", deadline="2025")
        content = as_workbook([HEADINGS[:3], *([f"{number}", "Визит", "2026"] for number in numbers)])
        with CaptureQueriesContext(connection) as made:
            import_plan(by=secretary, plan=plan, table=read(content, plan), deadlines=Reasons(decision))
        return len(made)

    assert queries(1, 3) == queries(101, 40)
    assert Postponement.objects.count() == 43
