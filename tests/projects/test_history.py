"""No date of a project is lost: the first plan counts, each move says why, and the page tells what was changed."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from parties.periods import Period
from projects import operations
from projects.history import history_of
from projects.models import Milestone, Project, Rescheduling
from projects.wording import lateness
from tests import factories as make
from tests.counting import queries

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 23)


@pytest.fixture
def secretary(cast, client_for):
    client = client_for(cast.secretary)
    client.cookies["language"] = "en"
    return client


def text(answer):
    return answer.content.decode().replace("\u00a0", " ")


def move(step, by, **changes):
    reason, wrong = changes.pop("reason", "Поставщик задержал"), changes.pop("wrong", False)
    for name, value in changes.items():
        setattr(step, name, value if value is None else Period.parse(value))
    return operations.change_milestone(by=by, milestone=step, seen=step.version, reason=reason, is_correction=wrong)


def test_a_plan_that_is_changed_keeps_the_lateness_against_the_first_one(cast):
    step = make.make_milestone(planned="2025")

    move(step, cast.secretary, planned="2026")
    move(step, cast.secretary, planned="2027", reason="Ещё раз")

    step = Milestone.objects.get()
    assert (step.first_planned, step.slip(TODAY).least) == (Period.year(2025), (TODAY - dt.date(2025, 12, 31)).days)
    assert not step.is_past_plan(TODAY)
    assert lateness(step, TODAY) == "planned 730 days later than at first"
    assert [(str(one.planned_was), str(one.planned_now)) for one in step.reschedulings.order_by("pk")] == [
        ("2025", "2026"),
        ("2026", "2027"),
    ]


def test_what_is_expected_of_a_changed_plan_is_compared_with_the_first_one(cast):
    step = make.make_milestone(planned="2025")

    move(step, cast.secretary, planned="2026", expected="2027")

    assert lateness(step, TODAY) == "expected 730 days later than first planned"


def test_a_plan_that_was_written_down_wrongly_is_corrected(cast):
    step = make.make_milestone(planned="2025")

    move(step, cast.secretary, planned="2026", wrong=True, reason="Опечатка")
    assert (step.first_planned, step.slip(TODAY)) == (None, None)
    move(step, cast.secretary, planned="2027")

    assert step.first_planned == Period.year(2026)


def test_a_plan_that_returns_to_the_first_one_is_no_slip(cast):
    step = make.make_milestone(planned="2027")

    move(step, cast.secretary, planned="2028")
    move(step, cast.secretary, planned="2027")

    assert (step.first_planned, lateness(step, TODAY)) == (None, "")


@pytest.mark.parametrize("moved", [{"planned": "2028"}, {"planned": None, "actual": "2026"}, {"expected": "2028"}])
def test_a_date_moves_only_with_a_reason(cast, moved):
    step = make.make_milestone(planned="2027")

    with pytest.raises(ValidationError) as error:
        move(step, cast.secretary, reason=" ", **moved)

    assert list(error.value.error_dict) == ["reason"]


def test_a_milestone_that_is_reached_needs_no_reason(cast):
    step = make.make_milestone(planned="2025", expected="2026")

    move(step, cast.secretary, reason="", actual="2026", expected=None)

    assert not Rescheduling.objects.exists()


def test_a_move_cannot_be_rewritten(cast):
    move(make.make_milestone(planned="2025"), cast.secretary, planned="2026")

    with pytest.raises(DatabaseError), transaction.atomic():
        Rescheduling.objects.update(reason="Иначе")


def test_the_page_shows_each_move_with_its_reason_and_who_made_it(secretary):
    step = make.make_milestone(planned="2025", title_ru="Пуск", title_en="Start")
    form = {"title_ru": "Пуск", "title_en": "Start", "planned": "2027", "seen": step.version, "entry_key": "k"}

    refused = secretary.post(f"/projects/milestones/{step.pk}/edit/", form)
    assert refused.status_code == 422
    assert 'href="#id_reason"' in text(refused)
    secretary.post(f"/projects/milestones/{step.pk}/edit/", {**form, "reason": "Нет стендов"})

    page = text(secretary.get(step.project.get_absolute_url()))
    assert "at first: 2025" in page
    assert "Start: planned" in page
    assert "<s>2025</s> → 2027" in page
    assert "Нет стендов" in page
    assert "secretary" in page.partition('id="history"')[2]


def test_everything_that_was_changed_is_told(cast):
    project = make.make_project(stage="funded", stage_stated="2025")
    Project.objects.filter(pk=project.pk).update(stage="under_way", hs_codes="8701")
    part = make.make_participant(project=project, role_ru="подрядчик")
    part.delete()
    line = make.make_budget_line(project=project)
    line.planned = 7
    line.save()
    make.make_project_document(project=project)
    project.measures.add(make.make_measure())
    make.make_milestone(project=project)

    found = {(change.field, change.was, change.now) for change in history_of(project)}

    assert {("stage", "funded", "under way"), ("hs_codes", "", "8701")} <= found
    fields = {field for field, __, __ in found}
    assert fields <= {"stage", "hs_codes", "Participant", "BudgetLine", "ProjectDocument", "MeasureLink", "Milestone"}


def test_the_api_moves_a_milestone_with_a_reason_and_shows_its_moves(cast, api_for):
    step = make.make_milestone(planned="2025")
    api, address = api_for(cast.secretary), f"/api/v1/milestones/{step.pk}/"
    seen = {"If-Match": '"1"'}

    assert api.patch(address, {"planned": "2027"}, "json", headers=seen).json()["errors"][0]["attr"] == "reason"
    answer = api.patch(address, {"planned": "2027", "reason": "Нет стендов"}, "json", headers=seen).json()

    assert (answer["planned"], answer["first_planned"]) == ("2027", "2025")
    assert [(one["planned_was"], one["reason"], one["author"]) for one in answer["reschedulings"]] == [
        ("2025", "Нет стендов", "secretary")
    ]


def test_the_page_asks_no_more_however_long_the_history_is(cast, official):
    project = make.make_project()
    make.make_milestone(project=project, planned="2025")
    first = queries(official, project.get_absolute_url())
    for year in range(2026, 2036):
        for step in Milestone.objects.all():
            move(step, cast.secretary, planned=str(year))
        make.make_milestone(project=project, planned="2025")

    assert queries(official, project.get_absolute_url()) <= first + 3  # organisations, areas … that nothing named
