"""Plans, measures and progress notes written through the API, by the forms of the pages."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from agreements.models import Evidence, Measure, Plan, ProgressNote
from parties.periods import Period
from tests import factories as make

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def secretary(cast, api_for):
    return api_for(cast.secretary)


@pytest.fixture
def measure():
    return make.make_measure(plan=make.make_plan(period="2024/2026"), deadline="2025", number="1.1")


def attrs(answer):
    return {error["attr"] for error in answer.json()["errors"]}


def address(row, act=""):
    return f"/api/v1/measures/{row.pk}/{act and f'{act}/'}"


def test_a_plan_with_a_measure_and_its_executors_is_written(secretary):
    agreement = make.make_agreement(code="A-2021")
    article = make.make_article(agreement=agreement)
    lead, helper = make.make_organisation(code="TPU"), make.make_organisation()

    plan = secretary.post(
        "/api/v1/plans/", {"agreement": "A-2021", "title": {"ru": "План"}, "period": "2025/2027"}
    ).json()
    answer = secretary.post(
        "/api/v1/measures/",
        {
            "plan": plan["id"],
            "text": {"ru": "Провести выставку", "en": "Hold an exhibition"},
            "deadline": "2026-Q1",
            "recurrence": "once",
            "articles": [article.pk],
            "leads_home": ["TPU"],
            "joins_partner": [helper.pk],
        },
    )

    body = answer.json()
    assert answer.status_code == 201
    assert (body["number"], body["deadline"], body["status"]) == ("1", "2026-Q1", body["status"])
    assert {(one["organisation"]["id"], one["side"], one["leads"]) for one in body["executors"]} == {
        (lead.pk, "home", True),
        (helper.pk, "partner", False),
    }
    assert [one["id"] for one in body["articles"]] == [article.pk]


def test_a_change_keeps_what_it_does_not_name(secretary, measure):
    make.make_executor(measure=measure)
    seen = Measure.objects.get(pk=measure.pk).version

    answer = secretary.patch(address(measure), {"text": {"ru": "Иначе"}}, headers={"If-Match": f'"{seen}"'})

    body = answer.json()
    assert answer.status_code == 200
    assert (body["text"]["ru"], body["deadline"], body["number"]) == ("Иначе", "2025", "1.1")
    assert len(body["executors"]) == 1


def test_a_deadline_is_not_changed_by_the_way(secretary, measure):
    answer = secretary.patch(
        address(measure), {"deadline": "2026", "text": {"ru": "Иначе"}}, headers={"If-Match": f'"{measure.version}"'}
    )

    assert (answer.status_code, attrs(answer)) == (400, {"deadline"})
    assert str(Measure.objects.get().deadline) == "2025"


def test_a_deadline_of_an_earlier_day_is_the_one_that_held_then(secretary, measure):
    body = {"moved_to": "2026", "reason": "Деньги", "agreed_by": "Сопредседатели", "decided_on": "2025-05-01"}
    secretary.post(address(measure, "postpone"), body, headers={"If-Match": '"1"'})

    now, then = (secretary.get(f"{address(measure)}?as_of={day}").json() for day in ("2026-01-15", "2025-04-30"))

    assert (now["last_day"], then["last_day"]) == ("2026-12-31", "2025-12-31")
    assert [one["status"] for one in (now, then)] == ["no_data", "no_data"]
    assert len(secretary.get("/api/v1/measures/?as_of=2025-04-30&deadline=2025").json()["results"]) == 1


def test_overlapping_plans_are_refused_at_the_period(secretary):
    plan = make.make_plan(period="2024/2026")

    answer = secretary.post(
        "/api/v1/plans/", {"agreement": plan.agreement.pk, "title": {"ru": "Второй"}, "period": "2026/2027"}
    )

    assert answer.status_code == 400
    assert attrs(answer) == {"period"}
    assert Plan.objects.count() == 1


@pytest.mark.parametrize(
    ("act", "body", "shows"),
    [
        (
            "postpone",
            {"moved_to": "2026-S1", "reason": "Деньги", "agreed_by": "Рабочая группа", "decided_on": "2024-05-01"},
            {"deadline": "2026-S1"},
        ),
        ("correct-deadline", {"deadline": "2026", "reason": "Typing error"}, {"deadline": "2026", "postponements": []}),
        ("override", {"status": "at_risk", "reason": "Деньги", "dated": "2024-05-01"}, {"status": "at_risk"}),
        ("done", {"done_on": "2024-05-01"}, {"status": "done", "done_on": "2024-05-01"}),
        ("drop", {"dropped_by": "протокол № 3", "dropped_on": "2024-05-01"}, {"status": "not_relevant"}),
    ],
)
def test_an_act_answers_with_the_measure_as_it_is_now(secretary, measure, act, body, shows):
    answer = secretary.post(address(measure, act), body, headers={"If-Match": '"1"'})

    assert answer.status_code == 200, answer.json()
    found = answer.json()
    assert {name: found[name] for name in shows} == shows
    assert answer["ETag"] == f'"{found["version"]}"'


@pytest.mark.parametrize("act", ["postpone", "correct-deadline", "override", "done", "drop"])
def test_an_act_needs_the_version_that_was_seen(secretary, measure, act):
    assert secretary.post(address(measure, act), {}).status_code == 428


def test_an_indicator_with_its_years_is_written_changed_and_removed(secretary, measure):
    name = {"measure": measure.pk, "name": {"ru": "Доля"}, "unit": {"ru": "%"}, "baseline": "12.5"}
    indicator = secretary.post("/api/v1/measure-indicators/", name).json()
    value = secretary.post("/api/v1/indicator-values/", {"indicator": indicator["id"], "year": 2025, "target": "40"})
    again = secretary.post("/api/v1/indicator-values/", {"indicator": indicator["id"], "year": 2025, "target": "50"})

    assert (value.status_code, again.status_code) == (201, 400)
    assert attrs(again) == {"year"}
    changed = secretary.patch(value["Location"], {"actual": "41,5"}, headers={"If-Match": '"1"'}).json()
    assert (changed["target"], changed["actual"]) == ("40", "41.5")
    shown = secretary.get(address(measure)).json()["indicators"]
    assert [one["values"][0]["actual"] for one in shown] == ["41.5"]
    gone = secretary.post(f"{indicator['url']}remove/", {}, headers={"If-Match": '"1"'})
    assert gone.status_code == 204
    assert secretary.get(address(measure)).json()["indicators"] == []


def test_a_year_of_a_yearly_measure_is_marked_as_done(secretary):
    item = make.make_yearly_item(measure=make.make_measure(recurrence="yearly"), year=2024)

    answer = secretary.patch(f"/api/v1/yearly-items/{item.pk}/", {"done_on": "2024-11-01"}, headers={"If-Match": '"1"'})

    assert answer.json()["done_on"] == "2024-11-01"


def test_a_measure_moves_and_is_removed_while_nothing_was_reported(secretary, measure):
    last = make.make_measure(plan=measure.plan, number="9", order=5)

    moved = secretary.post(address(last, "move"), {"before": measure.pk}, headers={"If-Match": '"1"'})
    assert moved.status_code == 200
    assert [row.pk for row in measure.plan.measures.order_by("order")] == [last.pk, measure.pk]
    version = moved.json()["version"]
    assert secretary.post(address(last, "remove"), {}, headers={"If-Match": f'"{version}"'}).status_code == 204
    make.make_progress_note(measure=measure)
    measure.refresh_from_db()
    kept = secretary.post(address(measure, "remove"), {}, headers={"If-Match": f'"{measure.version}"'})
    assert kept.status_code == 400
    plan = f"/api/v1/plans/{measure.plan.pk}/remove/"
    assert secretary.post(plan, {}, headers={"If-Match": '"1"'}).status_code == 400


def test_an_act_on_an_old_version_is_refused_and_shows_the_stored_measure(secretary, measure):
    Measure.objects.filter(pk=measure.pk).update(text_ru="Чужое")

    answer = secretary.post(address(measure, "done"), {"done_on": "2024-05-01"}, headers={"If-Match": '"1"'})

    assert answer.status_code == 412
    assert answer.json()["stored"]["text"]["ru"] == "Чужое"


def test_an_act_sent_twice_with_its_key_happens_once(secretary, measure):
    body = {"moved_to": "2026", "reason": "Деньги", "agreed_by": "Группа", "decided_on": "2024-05-01"}
    headers = {"If-Match": '"1"', "Idempotency-Key": "move-1"}

    first, second = (secretary.post(address(measure, "postpone"), body, headers=headers) for __ in range(2))

    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json()
    assert measure.postponements.count() == 1


def test_a_note_with_evidence_is_sent_as_a_form(cast, api_for, measure):
    executor = api_for(cast.executor)
    make.let_report(cast.executor, measure)

    answer = executor.post(
        "/api/v1/progress-notes/",
        {
            "measure": measure.pk,
            "dated": "2024-06-01",
            "text": "Проведена",
            "percent": "40",
            "evidence": [SimpleUploadedFile("акт.pdf", PDF), SimpleUploadedFile("фото.png", b"\x89PNG\r\n\x1a\n")],
        },
        format="multipart",
    )

    body = answer.json()
    assert answer.status_code == 201, body
    assert (body["author"], body["percent"]) == ("executor", 40)
    assert [one["name"] for one in body["evidence"]] == ["акт.pdf", "фото.png"]
    file = executor.get(body["evidence"][0]["download"])
    assert b"".join(file.streaming_content) == PDF
    assert file["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("wrong", "attr"),
    [
        ({"percent": 140}, "percent"),
        ({"dated": "2999-01-01"}, "dated"),
        ({"text": ""}, "text"),
        ({"measure": 999999}, "measure"),
        ({"evidence": "a.pdf"}, "evidence"),
        ({"nummer": 1}, "nummer"),
    ],
)
def test_a_note_that_cannot_be_kept_names_the_field(secretary, measure, wrong, attr):
    body = {"measure": measure.pk, "dated": "2024-06-01", "text": "Проведена", **wrong}

    answer = secretary.post("/api/v1/progress-notes/", body)

    assert answer.status_code == 400
    assert attrs(answer) == {attr}
    assert not ProgressNote.objects.exists()


def test_evidence_that_is_no_document_keeps_nothing(secretary, measure):
    answer = secretary.post(
        "/api/v1/progress-notes/",
        {
            "measure": measure.pk,
            "dated": "2024-06-01",
            "text": "Проведена",
            "evidence": [SimpleUploadedFile("virus.pdf", b"MZ\x90")],
        },
        format="multipart",
    )

    assert answer.status_code == 400
    assert attrs(answer) == {"evidence"}
    assert not ProgressNote.objects.exists()
    assert not Evidence.objects.exists()


def test_an_executor_reports_on_measures_of_his_organisation_only(cast, api_for, measure):
    make.let_report(cast.executor, make.make_measure())
    note = {"measure": measure.pk, "dated": "2024-06-01", "text": "Проведена"}

    refused = api_for(cast.executor).post("/api/v1/progress-notes/", note)
    joint = make.make_executor(measure=measure, organisation=cast.executor.organisation, side="partner", leads=False)
    kept = api_for(cast.executor).post("/api/v1/progress-notes/", note)

    assert (refused.status_code, kept.status_code) == (403, 201)
    assert ProgressNote.objects.get().measure == joint.measure


def test_a_note_cannot_be_changed_through_the_api(secretary):
    note = make.make_progress_note()

    assert secretary.patch(f"/api/v1/progress-notes/{note.pk}/", {"text": "x"}).status_code == 405


@pytest.mark.parametrize("who", ["official", "analyst", "statistician", "executor"])
def test_only_a_secretary_changes_plans(cast, api_for, measure, who):
    client = api_for(getattr(cast, who))

    assert client.post("/api/v1/plans/", {}).status_code == 403
    assert client.patch(address(measure), {}, headers={"If-Match": '"1"'}).status_code == 403
    assert client.post(address(measure, "done"), {}, headers={"If-Match": '"1"'}).status_code == 403


def test_the_status_is_that_of_the_day_asked_for(secretary, measure):
    Measure.objects.filter(pk=measure.pk).update(done_on=dt.date(2024, 5, 1), deadline=Period.year(2024))

    days = {
        day: secretary.get(address(measure), {"as_of": day}).json()["status"] for day in ("2024-04-30", "2024-05-01")
    }

    assert days["2024-05-01"] == "done"
    assert days["2024-04-30"] != "done"
    listed = secretary.get("/api/v1/measures/", {"status": "done", "as_of": "2024-05-01"}).json()["results"]
    assert [row["id"] for row in listed] == [measure.pk]


@pytest.mark.django_db(transaction=True)
def test_the_history_of_a_measure_names_was_and_now(secretary, measure):
    secretary.patch(address(measure), {"text": {"ru": "Иначе"}}, headers={"If-Match": '"1"'})

    (change,) = secretary.get(address(measure, "history")).json()

    assert (change["field"], change["was"], change["now"]) == ("text_ru", measure.text_ru, "Иначе")
    assert "secretary" in change["who"].lower() or change["who"]


def test_the_description_of_the_api_names_what_a_measure_takes(secretary):
    schema = json.loads(
        secretary.get("/api/v1/schema/", headers={"Accept": "application/vnd.oai.openapi+json"}).content
    )

    body = schema["paths"]["/api/v1/measures/{id}/"]["patch"]["requestBody"]["content"]["application/json"]["schema"]
    fields = schema["components"]["schemas"][body["$ref"].rpartition("/")[2]]["properties"]
    assert {"text", "deadline", "leads_home", "articles"} <= set(fields)
    headers = {one["name"] for one in schema["paths"]["/api/v1/measures/{id}/postpone/"]["post"]["parameters"]}
    assert {"If-Match", "Idempotency-Key"} <= headers
