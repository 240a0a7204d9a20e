"""Several measures of a plan are changed at once, on the page and through the API: all of them, or none."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agreements import operations
from agreements.forms.together import TOGETHER
from agreements.models import Measure, ProgressNote, StatusOverride
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan():
    """Return a plan of two sections with two measures each."""
    year = timezone.localdate().year
    plan = make.make_plan(period=f"2024/{year + 1}")
    for order, (number, section) in enumerate((("1.1", "I"), ("1.2", "I"), ("2.1", "II"), ("2.2", "II")), start=1):
        make.make_measure(plan=plan, number=number, section=section, order=order, deadline=str(year + 1))
    return plan


@pytest.fixture
def secretary(cast, client_for):
    return client_for(cast.secretary)


@pytest.fixture
def program(cast, api_for):
    return api_for(cast.secretary)


def rows_of(plan, *numbers: str):
    return list(plan.measures.filter(number__in=numbers).order_by("order"))


def change(client, plan, numbers: str, what: str, **typed):
    seen = ",".join(f"{row.pk}:{row.version}" for row in rows_of(plan, *numbers.split()))
    return client.post(f"/plans/{plan.pk}/bulk/", {"change": what, "measure": seen, **typed})


def test_an_executor_takes_the_place_of_another_with_the_same_task(secretary, plan):
    old, new, other = make.make_organisation(), make.make_organisation(side=""), make.make_organisation()
    for row in rows_of(plan, "1.1", "2.2"):
        make.make_executor(measure=row, organisation=old, leads=False)
        make.make_executor(measure=row, organisation=other)

    answer = change(secretary, plan, "1.1 2.2", "replace_executor", former=old.pk, organisation=f"partner:{new.pk}")

    assert answer.status_code == 302
    for row in rows_of(plan, "1.1", "2.2"):
        found = {(one.organisation, one.side, one.leads) for one in row.executors.all()}
        assert found == {(new, "partner", False), (other, "home", True)}


def test_an_executor_is_taken_from_all_or_each_that_lacks_it_is_named(secretary, plan):
    old = make.make_organisation(name_ru="ТПУ")
    make.make_executor(measure=rows_of(plan, "1.1")[0], organisation=old)

    refused = change(secretary, plan, "1.1 1.2 2.1", "remove_executor", former=old.pk)

    assert refused.status_code == 422
    assert [text.partition(":")[0] for text in refused.context["form"].non_field_errors()] == [
        "мероприятие 1.2",
        "мероприятие 2.1",
    ]
    assert rows_of(plan, "1.1")[0].executors.count() == 1
    assert change(secretary, plan, "1.1", "remove_executor", former=old.pk).status_code == 302
    assert not rows_of(plan, "1.1")[0].executors.exists()


def test_area_and_articles_are_set(secretary, plan):
    area, article = make.make_area(), make.make_article(agreement=plan.agreement)
    kept = make.make_article(agreement=plan.agreement)
    rows_of(plan, "1.1")[0].articles.add(kept)

    change(secretary, plan, "1.1 2.1", "area", area=area.pk)
    change(secretary, plan, "1.1 2.1", "article", article=article.pk)

    assert {row.area for row in rows_of(plan, "1.1", "2.1")} == {area}
    assert set(rows_of(plan, "1.1")[0].articles.all()) == {kept, article}
    change(secretary, plan, "1.1 2.1", "remove_article", article=article.pk)
    assert [list(row.articles.all()) for row in rows_of(plan, "1.1", "2.1")] == [[kept], []]


def test_a_status_is_set_by_hand_with_its_reason(secretary, plan):
    assert (
        change(secretary, plan, "1.1 1.2", "status", status="at_risk", reason="", dated="01.02.2024").status_code == 422
    )

    change(secretary, plan, "1.1 1.2", "status", status="at_risk", reason="Нет денег", dated="01.02.2024")

    assert [(row.status, row.reason) for row in StatusOverride.objects.all()] == [("at_risk", "Нет денег")] * 2


def test_a_note_is_added_to_all(secretary, plan):
    change(secretary, plan, "1.1 1.2 2.1", "note", dated="01.02.2024", text="Проведено", percent="50")

    assert ProgressNote.objects.filter(text="Проведено", percent=50).values("measure").distinct().count() == 3


def test_measures_go_to_a_section_behind_those_that_stand_there(secretary, plan):
    change(secretary, plan, "1.1 2.2", "section", section="II")

    found = [(row.number, row.section) for row in plan.measures.order_by("order")]
    assert found == [("1.2", "I"), ("2.1", "II"), ("1.1", "II"), ("2.2", "II")]
    assert {row.version for row in rows_of(plan, "1.2", "2.1")} == {1}


def test_measures_begin_a_new_section_together(secretary, plan):
    change(secretary, plan, "1.2 2.2", "section", section="Новый")

    found = [(row.number, row.section) for row in plan.measures.order_by("order")]
    assert found == [("1.1", "I"), ("1.2", "Новый"), ("2.2", "Новый"), ("2.1", "II")]


def test_all_that_fit_the_filter_are_chosen_on_all_pages(secretary, plan):
    for number in range(70):
        make.make_measure(plan=plan, number=f"3.{number}", order=10 + number, done_on=dt.date(2024, 2, 1))
    page = secretary.get(f"/plans/{plan.pk}/?status=done").content.decode()
    assert 'name="all"' in page
    assert 'name="filter" value="status=done"' in page

    shown = secretary.get(f"/plans/{plan.pk}/bulk/", {"change": "area", "all": "yes", "filter": "status=done"})

    assert len(shown.context["measures"]) == 70
    area = make.make_area()
    data = {"change": "area", "measure": shown.context["seen"], "area": area.pk}
    assert secretary.post(f"/plans/{plan.pk}/bulk/", data).status_code == 302
    assert Measure.objects.filter(area=area).count() == 70


def test_a_filter_that_nobody_can_read_is_refused(secretary, plan):
    answer = secretary.get(f"/plans/{plan.pk}/bulk/", {"change": "area", "all": "yes", "filter": "status=blue"})

    assert answer.status_code == 400


def test_measures_of_another_plan_are_not_changed(secretary, cast, plan):
    foreign = make.make_measure()

    answer = secretary.post(
        f"/plans/{plan.pk}/bulk/", {"change": "done", "measure": f"{foreign.pk}:1", "done_on": "01.02.2024"}
    )

    assert answer.status_code == 422
    assert Measure.objects.get(pk=foreign.pk).done_on is None


def test_nobody_but_those_who_may_edit_changes_measures(cast, client_for, api_for, plan):
    assert change(client_for(cast.executor), plan, "1.1", "done", done_on="01.02.2024").status_code == 403
    assert send(api_for(cast.executor), plan, "1.1", "done", done_on="01.02.2024").status_code == 403


@pytest.mark.parametrize("what", TOGETHER)
def test_every_change_has_a_page(secretary, plan, what):
    seen = ",".join(f"{row.pk}:{row.version}" for row in rows_of(plan, "1.1", "1.2"))

    assert secretary.get(f"/plans/{plan.pk}/bulk/", {"change": what, "measure": seen}).status_code == 200


def send(client, plan, numbers: str, what: str, versions=None, **values):
    measures = [{"id": row.pk, "version": row.version} for row in rows_of(plan, *numbers.split())]
    body = {"change": what, "measures": versions if versions is not None else measures, "values": values}
    return client.post(f"/api/v1/plans/{plan.pk}/change-measures/", body, format="json")


def test_a_program_changes_several_at_once(program, plan):
    answer = send(program, plan, "1.1 2.1", "done", done_on="2024-02-01")

    assert answer.status_code == 200
    assert answer.json() == {"changed": [{"id": row.pk, "version": 2} for row in rows_of(plan, "1.1", "2.1")]}
    assert {row.done_on for row in rows_of(plan, "1.1", "2.1")} == {dt.date(2024, 2, 1)}


def test_a_program_names_records_by_id_or_code(program, plan):
    article = make.make_article(agreement=plan.agreement)
    old = make.make_organisation(code="TPU")
    make.make_executor(measure=rows_of(plan, "1.1")[0], organisation=old)

    assert send(program, plan, "1.1", "article", article={"id": article.pk}).status_code == 200
    assert send(program, plan, "1.1", "remove_executor", former="TPU").status_code == 200


def test_a_program_states_the_version_of_each(program, plan):
    assert send(program, plan, "", "done", versions=[{"id": rows_of(plan, "1.1")[0].pk}]).status_code == 428


def test_a_program_is_told_what_was_changed_meanwhile(program, cast, plan):
    row, other = rows_of(plan, "1.1", "1.2")
    seen = [{"id": row.pk, "version": 1}, {"id": other.pk, "version": 1}]
    operations.mark_done(by=cast.secretary, measure=row, seen=1, done_on=dt.date(2024, 2, 1))

    answer = send(program, plan, "", "done", versions=seen, done_on="2024-02-01")

    assert answer.status_code == 412
    [stored] = answer.json()["stored"]
    assert (stored["id"], stored["version"]) == (row.pk, 2)
    assert [change["field"] for change in stored["changes"]] == ["done_on"]
    assert Measure.objects.get(pk=other.pk).done_on is None


def test_a_program_is_told_of_each_measure_that_was_refused(program, plan):
    Measure.objects.filter(number="1.2").update(dropped_by="протокол")

    answer = send(program, plan, "1.1 1.2", "done", done_on="2024-02-01")

    assert answer.status_code == 400
    assert ["1.2" in error["detail"] for error in answer.json()["errors"]] == [True]
    assert not Measure.objects.filter(done_on__isnull=False).exists()


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"change": "explode"}, "change"),
        ({"measures": []}, "measures"),
        ({"values": {"colour": "red"}}, "values.colour"),
        ({"values": {"done_on": {"x": 1}}}, "values.done_on"),
        ({"values": {"done_on": "31.02.2024"}}, "values.done_on"),
        ({"values": {}}, "values.done_on"),
    ],
)
def test_what_a_program_writes_wrongly_is_named(program, plan, body, attr):
    [row] = rows_of(plan, "1.1")
    right = {"change": "done", "measures": [{"id": row.pk, "version": 1}], "values": {"done_on": "2024-02-01"}}

    answer = program.post(f"/api/v1/plans/{plan.pk}/change-measures/", {**right, **body}, format="json")

    assert answer.status_code == 400
    assert [error["attr"].partition(".0")[0] for error in answer.json()["errors"]] == [attr]


def test_conflicts_of_many_take_no_more_queries_than_one(cast, plan):
    def count(numbers: str) -> int:
        rows = rows_of(plan, *numbers.split())
        form = TOGETHER["done"](
            {"done_on": "01.02.2024"}, plan=plan, chosen={row.pk: 0 for row in rows}, by=cast.secretary
        )
        with CaptureQueriesContext(connection) as captured:
            assert form.keep() is None
        assert len(form.changed) == len(rows)
        return len(captured)

    assert count("1.1 1.2 2.1 2.2") == count("1.1")
