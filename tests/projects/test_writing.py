"""A secretary keeps projects, their parts and deliveries; nothing typed is lost, nothing wrong is kept."""

from __future__ import annotations

from threading import Thread

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from parties.models import DataVersion
from projects import forms
from projects.models import (
    Assessment,
    BudgetLine,
    Delivery,
    MeasureLink,
    Milestone,
    Participant,
    Project,
    ProjectDocument,
)
from tests import factories as make

pytestmark = pytest.mark.django_db
PARTS = ("participants", "milestones", "budget", "documents")


@pytest.fixture
def secretary(cast, client_for):
    client = client_for(cast.secretary)
    client.cookies["language"] = "en"
    return client


def project_form(**given):
    area = make.make_area()
    return {"title_ru": "Завод", "summary_ru": "Общий завод", "area": area.pk, "entry_key": "k-1", **given}


def text(answer):
    return answer.content.decode()


def test_a_project_is_kept_and_shown(secretary):
    make.make_partnership()
    agreement = make.make_agreement()

    form = project_form(
        stage="funded", stage_stated="октябрь 2026", period="2026/2028", agreement=agreement.pk, hs_codes="8701; 84 33"
    )
    answer = secretary.post("/projects/new/", form)

    project = Project.objects.get()
    assert answer["Location"] == project.get_absolute_url()
    assert (str(project.stage_stated), project.hs_codes, project.agreement) == ("2026-10", "8701, 8433", agreement)
    assert "Kept." in text(secretary.get(answer["Location"]))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title_ru": ""}, "title_ru"),
        ({"stage": "funded"}, "stage_stated"),
        ({"stage": "flying"}, "stage"),
        ({"period": "2028/2026"}, "period"),
        ({"hs_codes": "870"}, "hs_codes"),
        ({"hs_codes": "8701, трактор"}, "hs_codes"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_all_typed_text_stays(secretary, wrong, field):
    make.make_partnership()

    answer = secretary.post("/projects/new/", project_form(**{"summary_ru": "Долгий текст", **wrong}))

    assert answer.status_code == 422
    assert f'href="#id_{field}"' in text(answer)
    assert "Долгий текст" in text(answer)
    assert not Project.objects.exists()


def test_two_people_at_one_project_see_both_texts(secretary):
    project = make.make_project(title_ru="Было")
    form = project_form(seen=project.version, title_ru="Моё")
    Project.objects.filter(pk=project.pk).update(title_ru="Чужое")

    answer = secretary.post(f"/projects/{project.pk}/edit/", form)

    assert answer.status_code == 409
    assert "Моё" in text(answer)
    assert "Чужое" in text(answer)
    project.refresh_from_db()
    assert project.title_ru == "Чужое"
    secretary.post(f"/projects/{project.pk}/edit/", {**form, "seen": project.version, "entry_key": "k-2"})
    project.refresh_from_db()
    assert project.title_ru == "Моё"


def test_a_project_of_another_partnership_has_no_agreement_of_this_one(secretary):
    other = make.make_partnership("other", home=make.make_territory("RU-KYA"), partner=make.make_territory("BY"))
    project, agreement = make.make_project(partnership=other), make.make_agreement()

    answer = secretary.post(f"/projects/{project.pk}/edit/", project_form(seen=1, agreement=agreement.pk))

    assert answer.status_code == 422


def test_measures_of_one_plan_are_linked_and_those_of_others_stay(secretary):
    project, elsewhere, here = make.make_project(), make.make_measure(), make.make_measure()
    unwanted = make.make_measure(plan=here.plan)
    project.measures.add(elsewhere, unwanted)
    before = Project.objects.get().version

    address = f"/projects/{project.pk}/measures/{here.plan_id}/"
    answer = secretary.post(address, {"measures": [here.pk], "seen": before, "entry_key": "k-1"})

    assert answer.status_code == 302
    assert set(project.measures.all()) == {elsewhere, here}
    assert Project.objects.get().version == before + 1


def test_a_link_to_a_measure_is_in_the_history_and_the_data_version(db):
    project, measure = make.make_project(), make.make_measure()

    project.measures.add(measure)

    events = MeasureLink.pgh_event_model.objects.all()
    assert [(event.project_id, event.measure_id) for event in events] == [(project.pk, measure.pk)]
    assert any(trigger.name == "bump_data_version" for trigger in MeasureLink._meta.triggers)
    assert DataVersion.objects.exists()


def test_the_plan_is_chosen_first(secretary):
    project, measure = make.make_project(), make.make_measure()

    page = text(secretary.get(f"/projects/{project.pk}/measures/"))

    assert f"/projects/{project.pk}/measures/{measure.plan_id}/" in page


def test_a_judgement_is_added_with_its_author(secretary, cast):
    project = make.make_project()
    make.make_assessment(project=project)

    form = {"confidence": "at_risk", "reason": "Поставщик молчит", "dated": "01.11.2026", "entry_key": "k-1"}
    answer = secretary.post(f"/projects/{project.pk}/confidence/", form)

    newest = Assessment.objects.order_by("-pk")[0]
    assert answer["Location"] == newest.get_absolute_url()
    assert (newest.confidence, newest.author, project.assessments.count()) == ("at_risk", cast.secretary, 2)


@pytest.mark.parametrize(("wrong", "field"), [({"reason": " "}, "reason"), ({"dated": "01.01.2099"}, "dated")])
def test_a_judgement_needs_a_reason_and_a_day_that_has_come(secretary, wrong, field):
    project = make.make_project()

    form = {"confidence": "at_risk", "reason": "Поставщик молчит", "dated": "01.11.2026", "entry_key": "k-1"}
    answer = secretary.post(f"/projects/{project.pk}/confidence/", {**form, **wrong})

    assert answer.status_code == 422
    assert f'href="#id_{field}"' in text(answer)
    assert not Assessment.objects.exists()


def test_parts_are_added_changed_and_removed(secretary):
    project, firm = make.make_project(), make.make_organisation()
    new = {
        "participants": {"organisation": firm.pk, "role_ru": "изготовитель"},
        "milestones": {"title_ru": "Пуск", "planned": "IV кв. 2027"},
        "budget": {"fund": "own", "currency": "BYN", "planned": "1 200 000,50"},
        "documents": {"title_ru": "Обоснование", "address": "https://example.org/a.pdf"},
    }
    models = {
        "participants": Participant, "milestones": Milestone, "budget": BudgetLine, "documents": ProjectDocument,
    }  # fmt: skip
    for part in PARTS:
        kept = secretary.post(f"/projects/{project.pk}/{part}/new/", {**new[part], "entry_key": f"new-{part}"})
        row = models[part].objects.get()
        assert kept["Location"] == row.get_absolute_url()
        assert secretary.get(f"/projects/{part}/{row.pk}/edit/").status_code == 200
        changed = {**new[part], "seen": row.version, "entry_key": f"edit-{part}", "sources": [make.make_source().code]}
        assert secretary.post(f"/projects/{part}/{row.pk}/edit/", changed).status_code == 302
        row.refresh_from_db()
        assert (row.source_codes, row.version) == (["S1"], 2)
        assert secretary.get(f"/projects/{part}/{row.pk}/remove/").status_code == 200
        gone = secretary.post(f"/projects/{part}/{row.pk}/remove/", {"seen": 2, "entry_key": f"remove-{part}"})
        assert gone["Location"] == project.get_absolute_url()
        assert not models[part].objects.exists()
        assert models[part].pgh_event_model.objects.filter(pgh_label="delete").exists()


def test_a_part_changed_meanwhile_is_not_removed(secretary):
    step = make.make_milestone()
    Milestone.objects.filter(pk=step.pk).update(title_ru="Другое")

    answer = secretary.post(f"/projects/milestones/{step.pk}/remove/", {"seen": 1, "entry_key": "k"})

    assert answer.status_code == 409
    assert Milestone.objects.exists()


@pytest.mark.parametrize(
    ("part", "form", "field"),
    [
        ("milestones", {"title_ru": "Пуск"}, "planned"),
        ("milestones", {"title_ru": "Пуск", "expected": "2027"}, "planned"),
        ("milestones", {"title_ru": "Пуск", "planned": "31.02.2027"}, "planned"),
        ("milestones", {"title_ru": "Пуск", "actual": "2099"}, "actual"),
        ("budget", {"fund": "own", "currency": "RUB"}, "planned"),
        ("budget", {"fund": "own", "currency": "RUB", "planned": "-1"}, "planned"),
        ("budget", {"fund": "own", "currency": "RUB", "planned": "миллион"}, "planned"),
        ("budget", {"fund": "own", "currency": "RUB", "actual": "5"}, "actual_stated"),
        ("budget", {"fund": "own", "currency": "XXX", "planned": "5"}, "currency"),
        ("documents", {"title_ru": "Акт"}, "address"),
        ("documents", {"title_ru": "Акт", "file": SimpleUploadedFile("act.pdf", b"MZ")}, "file"),
    ],
)
def test_a_wrong_part_is_refused_at_its_field(secretary, part, form, field):
    project = make.make_project()

    answer = secretary.post(f"/projects/{project.pk}/{part}/new/", {**form, "entry_key": "k-1"})

    assert answer.status_code == 422
    assert f'href="#id_{field}"' in text(answer)
    assert not any(model.objects.exists() for model in (Milestone, BudgetLine, ProjectDocument))


def test_an_organisation_takes_part_once_and_on_its_own_side(secretary):
    row = make.make_participant()
    address = f"/projects/{row.project_id}/participants/new/"
    nowhere = make.make_organisation(side="")

    again = secretary.post(address, {"organisation": row.organisation_id, "entry_key": "k-1"})
    wrong = secretary.post(
        address, {"organisation": make.make_organisation().pk, "side": "partner", "entry_key": "k-2"}
    )
    neither = secretary.post(address, {"organisation": nowhere.pk, "entry_key": "k-3"})
    chosen = secretary.post(address, {"organisation": nowhere.pk, "side": "partner", "entry_key": "k-4"})

    assert "takes part in the project already" in text(again)
    assert "belongs to the other side" in text(wrong)
    assert "Choose a side" in text(neither)
    assert chosen.status_code == 302


def test_a_file_is_kept_with_its_checksum_and_given_as_a_download(secretary, official, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    project = make.make_project()
    file = SimpleUploadedFile("обоснование.pdf", b"%PDF-1.7 text")

    secretary.post(
        f"/projects/{project.pk}/documents/new/", {"title_ru": "Обоснование", "file": file, "entry_key": "k-1"}
    )

    document = ProjectDocument.objects.get()
    assert len(document.sha256) == 64
    given = official.get(f"/projects/documents/{document.pk}/file/")
    assert b"".join(given.streaming_content) == b"%PDF-1.7 text"
    assert given["Content-Disposition"].startswith("attachment")
    assert given["X-Content-Type-Options"] == "nosniff"
    edited = {"title_ru": "Иное", "seen": 1, "entry_key": "k-2", "file": SimpleUploadedFile("new.pdf", b"%PDF-2")}
    secretary.post(f"/projects/documents/{document.pk}/edit/", edited)
    again = ProjectDocument.objects.get()
    assert (again.title_ru, again.sha256, again.file.name) == ("Иное", document.sha256, document.file.name)


def delivery_form(**given):
    return {
        "what_ru": "Тракторы",
        "from_side": "partner",
        "precision": "=",
        "period": "2025",
        "entry_key": "k",
        **given,
    }


def test_a_delivery_is_kept(secretary):
    make.make_partnership()
    whole = make.make_delivery(quantity=250, unit_ru="единиц", precision=">", period="2016/2024")
    project = make.make_project()

    form = delivery_form(quantity="12", unit_ru="единиц", hs_code="8701", part_of=whole.pk, project=project.pk)
    answer = secretary.post("/deliveries/new/", form)

    kept = Delivery.objects.get(part_of=whole)
    assert answer["Location"] == f"/deliveries/#delivery-{kept.pk}"
    assert (kept.quantity, kept.hs_code, kept.project) == (12, "8701", project)
    assert "counted within" in text(secretary.get("/deliveries/"))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"quantity": "0"}, "quantity"),
        ({"quantity": "много"}, "quantity"),
        ({"quantity": "5"}, "unit_ru"),
        ({"period": "никогда"}, "period"),
        ({"hs_code": "87011"}, "hs_code"),
        ({"hs_code": "8701,8702"}, "hs_code"),
        ({"from_side": ""}, "from_side"),
    ],
)
def test_a_wrong_delivery_is_refused_at_its_field(secretary, wrong, field):
    make.make_partnership()

    answer = secretary.post("/deliveries/new/", delivery_form(**wrong))

    assert answer.status_code == 422
    assert f'href="#id_{field}"' in text(answer)
    assert not Delivery.objects.exists()


def test_a_delivery_is_no_part_of_a_part_nor_of_itself_nor_of_what_goes_the_other_way(secretary):
    whole = make.make_delivery()
    part, lone = make.make_delivery(part_of=whole), make.make_delivery(from_side="home")

    def say(delivery, **given):
        return secretary.post(f"/deliveries/{delivery.pk}/edit/", delivery_form(seen=1, **given)).status_code

    assert say(lone, part_of=part.pk, from_side="home") == 422
    assert say(whole, part_of=whole.pk) == 422
    assert say(whole, part_of=make.make_delivery().pk) == 422
    assert say(lone, part_of=whole.pk, from_side="home") == 422
    assert say(part, part_of=whole.pk) == 302


def test_only_secretaries_write(official, client):
    row = make.make_milestone()
    paths = ["/projects/new/", "/deliveries/new/", f"/projects/{row.project_id}/edit/"]
    paths += [f"/projects/{row.project_id}/{part}/new/" for part in PARTS]
    paths += [f"/projects/{row.project_id}/{page}/" for page in ("confidence", "measures")]
    paths += [f"/projects/milestones/{row.pk}/{page}/" for page in ("edit", "remove")]

    for path in paths:
        assert official.get(path).status_code == 403, path
        assert official.post(path).status_code == 403, path
        assert client.get(path)["Location"].startswith("/accounts/login/")


def test_what_does_not_exist_is_not_found(secretary):
    make.make_partnership()
    for path in ("999/edit/", "999/confidence/", "999/measures/", "milestones/999/edit/", "documents/999/file/"):
        assert secretary.get(f"/projects/{path}").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_who_add_the_same_participant_at_once_are_told_so(cast):
    project, firm = make.make_project(), make.make_organisation(side="partner")
    said = []

    def add():
        form = forms.ParticipantForm(
            {"organisation": firm.pk}, instance=Participant(project=project), by=cast.secretary
        )
        try:
            kept = form.keep()
            said.append("kept" if kept else next(iter(form.errors)))
        finally:
            connection.close()

    threads = [Thread(target=add) for __ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(said) == ["kept", "organisation", "organisation", "organisation"]
    assert Participant.objects.count() == 1


def test_a_part_of_a_project_that_was_removed_meanwhile_is_refused(cast):
    project = make.make_project()
    form = forms.MilestoneForm(
        {"title_ru": "Пуск", "planned": "2027"}, instance=Milestone(project=project), by=cast.secretary
    )
    assert form.is_valid()
    Project.objects.all().delete()

    assert form.keep() is None
    assert form.non_field_errors()
