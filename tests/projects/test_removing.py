"""What was entered by mistake is removed on a yes; what others rest on, and what facts hold, stays and says why."""

from __future__ import annotations

import pytest

from projects.models import Delivery, Milestone, Project
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def secretary(cast, client_for):
    client = client_for(cast.secretary)
    client.cookies["language"] = "en"
    return client


def text(answer):
    return answer.content.decode()


def test_a_project_is_removed_with_its_parts_after_a_question(secretary):
    project = make.make_milestone(project=make.make_project(title_ru="Ошибка")).project
    make.make_participant(project=project)
    make.make_budget_line(project=project)
    address = f"/projects/{project.pk}/remove/"

    assert f'href="{address}"' in text(secretary.get(f"/projects/{project.pk}/edit/"))
    assert "Remove the project?" in text(secretary.get(address))
    answer = secretary.post(address, {"seen": project.version, "entry_key": "k"})

    assert answer["Location"] == "/projects/"
    assert not Project.objects.exists()
    assert Project.pgh_event_model.objects.filter(pgh_label="delete").exists()
    assert Milestone.pgh_event_model.objects.filter(pgh_label="delete").exists()


def test_a_delivery_is_removed(secretary):
    delivery = make.make_delivery()
    address = f"/deliveries/{delivery.pk}/remove/"

    assert f'href="{address}"' in text(secretary.get(f"/deliveries/{delivery.pk}/edit/"))
    answer = secretary.post(address, {"seen": delivery.version, "entry_key": "k"})

    assert answer["Location"] == "/deliveries/"
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    "rest",
    [
        lambda project: make.make_delivery(project=project, what_ru="Опора", what_en="Опора"),
        lambda project: make.make_assessment(project=project, reason="Опора"),
        lambda project: make.make_project_document(project=project, title_ru="Опора", title_en="Опора"),
        lambda project: make.make_outcome(project=project, text_ru="Опора", text_en="Опора"),
    ],
    ids=["delivery", "judgement", "document", "outcome"],
)
def test_a_project_that_others_rest_on_stays_and_names_them(secretary, rest):
    project = make.make_project()
    rest(project)

    answer = secretary.post(f"/projects/{project.pk}/remove/", {"seen": project.version, "entry_key": "k"})

    assert answer.status_code == 422
    assert "It stays, because this rests on it" in text(answer)
    assert "Опора" in text(answer)
    assert Project.objects.exists()


def test_a_delivery_with_parts_stays(secretary):
    whole = make.make_delivery()
    make.make_delivery(part_of=whole)

    answer = secretary.post(f"/deliveries/{whole.pk}/remove/", {"seen": whole.version, "entry_key": "k"})

    assert answer.status_code == 422
    assert Delivery.objects.count() == 2


def test_what_came_with_the_facts_stays(secretary):
    project = make.make_project(code="P-1")

    answer = secretary.post(f"/projects/{project.pk}/remove/", {"seen": project.version, "entry_key": "k"})

    assert answer.status_code == 422
    assert "came with the facts" in text(answer)


def test_who_saw_another_version_removes_nothing(secretary):
    project = make.make_project()
    Project.objects.filter(pk=project.pk).update(title_ru="Другое")

    assert secretary.post(f"/projects/{project.pk}/remove/", {"seen": 1, "entry_key": "k"}).status_code == 409
    assert Project.objects.exists()


@pytest.mark.parametrize(("resource", "made"), [("projects", make.make_project), ("deliveries", make.make_delivery)])
def test_programs_remove_them_too(cast, api_for, resource, made):
    row, api = made(), api_for(cast.secretary)
    address = f"/api/v1/{resource}/{row.pk}/remove/"

    assert api.post(address, {}, "json").status_code == 428
    assert api_for(cast.official).post(address, {}, "json", headers={"If-Match": '"1"'}).status_code == 403
    assert api.post(address, {}, "json", headers={"If-Match": '"1"'}).status_code == 204
    assert not type(row).objects.exists()


def test_only_secretaries_remove(official):
    project, delivery = make.make_project(), make.make_delivery()

    for address in (f"/projects/{project.pk}/remove/", f"/deliveries/{delivery.pk}/remove/"):
        assert official.get(address).status_code == 403
        assert official.post(address).status_code == 403


def test_what_is_gone_is_not_found(secretary):
    for address in ("/projects/999/remove/", "/deliveries/999/remove/"):
        assert secretary.get(address).status_code == 404
