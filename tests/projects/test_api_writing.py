"""Programs write projects and deliveries with the forms of the pages, in the shape in which they read them."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from projects.models import Delivery, Milestone, Project
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(cast, api_for):
    return api_for(cast.secretary)


def test_a_project_is_made_and_read_in_the_same_shape(api):
    partnership, measure = make.make_partnership(), make.make_measure()
    body = {
        "partnership": partnership.code,
        "area": make.make_area().code,
        "title": {"ru": "Завод", "en": "Plant"},
        "summary": {"ru": "Общий завод"},
        "stage": "agreed",
        "stage_stated": "2026-Q3",
        "hs_codes": "8701",
        "measures": [{"id": measure.pk}],
        "sources": [make.make_source().code],
    }

    answer = api.post("/api/v1/projects/", body, "json", headers={"Idempotency-Key": "a"})
    again = api.post("/api/v1/projects/", body, "json", headers={"Idempotency-Key": "a"})

    assert answer.status_code == 201, answer.json()
    record = answer.json()
    assert api.get(answer["Location"]).json() == record == again.json()
    assert (record["title"]["en"], record["summary"]["en"], record["stage_stated"]) == ("Plant", None, "2026-Q3")
    assert [one["id"] for one in record["measures"]] == [measure.pk]
    assert (record["sources"], record["confidence"]) == (["S1"], "no_data")
    assert Project.objects.count() == 1


def test_a_change_keeps_what_it_does_not_name(api):
    project = make.make_project(stage="idea", stage_stated="2024", source_codes=[make.make_source().code])
    measure = make.make_measure()
    project.measures.add(measure)

    def change(body, **headers):
        return api.patch(f"/api/v1/projects/{project.pk}/", body, "json", headers=headers)

    assert change({"stage": "funded"}).status_code == 428
    assert change({"stage": "funded"}, **{"If-Match": '"7"'}).status_code == 412
    answer = change({"stage": "funded", "stage_stated": "2026"}, **{"If-Match": '"1"'})

    assert answer.status_code == 200, answer.json()
    record = answer.json()
    assert (record["stage"], record["stage_stated"], record["sources"]) == ("funded", "2026", ["S1"])
    assert [one["id"] for one in record["measures"]] == [measure.pk]
    assert answer["ETag"] == f'"{record["version"]}"'


@pytest.mark.parametrize(
    ("resource", "body"),
    [
        ("milestones", {"title": {"ru": "Пуск"}, "planned": "2027-Q4", "expected": "2028"}),
        ("budget-lines", {"fund": "own", "currency": "BYN", "planned": "1200000.5"}),
        ("assessments", {"confidence": "at_risk", "reason": "Поставщик молчит", "dated": "2026-11-01"}),
        ("project-documents", {"title": {"ru": "Акт"}, "address": "https://example.org/a.pdf"}),
    ],
)
def test_a_part_is_added_to_its_project(api, resource, body):
    project = make.make_project(code="P")

    answer = api.post(f"/api/v1/{resource}/", {"project": "P", **body}, "json")

    assert answer.status_code == 201, answer.json()
    record = api.get(answer["Location"]).json()
    assert record["project"]["id"] == project.pk
    for name, value in body.items():
        assert record[name] == value or record[name] == {**value, "en": None}


def test_a_judgement_shows_at_the_project(api, cast):
    project = make.make_project()

    api.post(
        "/api/v1/assessments/",
        {"project": project.pk, "confidence": "delayed", "reason": "Нет денег", "dated": "2026-11-01"},
        "json",
    )

    [row] = api.get("/api/v1/projects/?confidence=delayed").json()["results"]
    assert (row["confidence_reason"], row["confidence_dated"]) == ("Нет денег", "2026-11-01")
    assert api.get("/api/v1/projects/?confidence=delayed&as_of=2026-10-31").json()["results"] == []
    assert api.get("/api/v1/assessments/").json()["results"][0]["author"] == cast.secretary.username


def test_a_participant_needs_no_side_of_its_own(api):
    project, firm = make.make_project(), make.make_organisation(side="partner")

    answer = api.post("/api/v1/participants/", {"project": project.pk, "organisation": firm.pk}, "json")

    assert answer.json()["side"] == "partner"


def test_a_part_is_removed_at_the_version_that_was_seen(api):
    step = make.make_milestone()
    address = f"/api/v1/milestones/{step.pk}/remove/"

    assert api.post(address, {}, "json").status_code == 428
    assert api.post(address, {}, "json", headers={"If-Match": '"2"'}).status_code == 412
    answer = api.post(address, {}, "json", headers={"If-Match": '"1"'})

    assert (answer.status_code, answer.content) == (204, b"")
    assert not Milestone.objects.exists()


def test_a_file_is_sent_as_a_form(api, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    project = make.make_project()
    file = SimpleUploadedFile("act.pdf", b"%PDF-1.7")

    answer = api.post(
        "/api/v1/project-documents/", {"project": project.pk, "title_ru": "Акт", "file": file}, "multipart"
    )

    assert answer.status_code == 201, answer.json()
    assert (answer.json()["size"], answer.json()["media_type"]) == (8, "application/pdf")
    assert answer.json()["file"].startswith("http://testserver/projects/documents/")


def test_a_delivery_is_made_and_changed(api):
    whole = make.make_delivery(period="2016/2024")
    body = {
        "partnership": "tomsk-belarus",
        "what": {"ru": "Тракторы", "en": "Tractors"},
        "from_side": "partner",
        "quantity": 12,
        "precision": "≈",
        "unit": {"ru": "единиц", "en": "machines"},
        "period": "2025-05",
        "hs_code": "8701",
        "part_of": whole.pk,
    }

    made = api.post("/api/v1/deliveries/", body, "json")
    assert made.status_code == 201, made.json()
    assert (made.json()["quantity"], made.json()["precision"], made.json()["part_of"]["id"]) == ("12", "≈", whole.pk)
    changed = api.patch(
        f"/api/v1/deliveries/{made.json()['id']}/", {"part_of": None}, "json", headers={"If-Match": '"1"'}
    )
    assert changed.json()["part_of"] is None
    assert changed.json()["quantity"] == "12"


@pytest.mark.parametrize(
    ("resource", "body", "wrong"),
    [
        ("projects", {"titel": {"ru": "x"}}, "titel"),
        ("projects", {"stage": "funded"}, "stage_stated"),
        ("projects", {"hs_codes": "870"}, "hs_codes"),
        ("milestones", {"planned": "31.02.2027"}, "planned"),
        ("deliveries", {"quantity": "-5"}, "quantity"),
        ("deliveries", {"quantity": "1", "unit": {"ru": ""}}, "unit.ru"),
        ("budget-lines", {"planned": "140 %"}, "planned"),
        ("assessments", {"reason": ""}, "reason"),
        ("participants", {"organisation": 999999}, "organisation"),
    ],
)
def test_what_is_wrong_is_named(api, resource, body, wrong):
    project = make.make_project(code="P")
    whole = {
        "projects": {"title": {"ru": "Завод"}, "summary": {"ru": "Завод"}, "area": project.area_id},
        "deliveries": {"what": {"ru": "Тракторы"}, "from_side": "partner", "precision": "=", "period": "2025"},
        "milestones": {"project": "P", "title": {"ru": "Пуск"}, "planned": "2027"},
        "budget-lines": {"project": "P", "fund": "own", "currency": "RUB", "planned": 5},
        "assessments": {"project": "P", "confidence": "at_risk", "reason": "Молчат", "dated": "2026-11-01"},
        "participants": {"project": "P", "organisation": make.make_organisation().pk},
    }[resource]
    if resource in ("projects", "deliveries"):
        whole["partnership"] = "tomsk-belarus"

    answer = api.post(f"/api/v1/{resource}/", {**whole, **body}, "json")

    assert answer.status_code == 400
    assert [error["attr"] for error in answer.json()["errors"]] == [wrong]
    assert (Project.objects.count(), Delivery.objects.count(), Milestone.objects.count()) == (1, 0, 0)


@pytest.mark.parametrize(
    "resource", ["projects", "participants", "milestones", "budget-lines", "assessments", "deliveries"]
)
def test_analysts_only_read(cast, api_for, resource):
    assert api_for(cast.analyst).post(f"/api/v1/{resource}/", {}, "json").status_code == 403


def test_a_judgement_cannot_be_changed(api):
    row = make.make_assessment()

    assert api.patch(f"/api/v1/assessments/{row.pk}/", {"reason": "x"}, "json").status_code == 405
