"""Outcomes of meetings through the API: the operations of the page, one outcome at a time."""

from __future__ import annotations

import pytest

from tests import factories as make
from workgroup.models import Meeting, Outcome
from workgroup.operations import LARGEST

pytestmark = pytest.mark.django_db
OUTCOMES = "/api/v1/outcomes/"


@pytest.fixture
def api(cast, api_for):
    return api_for(cast.secretary)


@pytest.fixture
def meeting():
    return make.make_meeting()


def body(meeting, **given):
    return {"meeting": meeting.pk, "kind": "instruction", "text": {"ru": "Подготовить план"}, **given}


def attrs(answer):
    return {error["attr"] for error in answer.json()["errors"]}


def test_an_outcome_is_added_to_its_meeting_as_the_last_one(api, meeting):
    first = make.make_outcome(meeting=meeting, order=1, number="1")
    measure = make.make_measure(plan=make.make_plan(agreement=make.make_agreement(partnership=meeting.partnership)))
    company = make.make_organisation()
    make.make_source("S1")
    sent = body(
        meeting, assignee=company.pk, deadline="2026-Q4", measures=[measure.pk], agreement=measure.plan.agreement_id,
        sources=["S1"],
    )  # fmt: skip

    answer = api.post(OUTCOMES, sent, format="json", headers={"Idempotency-Key": "k"})

    record = answer.json()
    assert answer.status_code == 201, record
    assert (record["number"], record["order"], record["text"]["ru"]) == ("2", 2, "Подготовить план")
    assert (record["deadline"], record["assignee"]["id"], record["sources"]) == ("2026-Q4", company.pk, ["S1"])
    assert [one["id"] for one in record["measures"]] == [measure.pk]
    assert api.get(answer["Location"]).json() == record
    assert api.post(OUTCOMES, sent, format="json", headers={"Idempotency-Key": "k"}).json()["id"] == record["id"]
    assert set(Outcome.objects.values_list("pk", flat=True)) == {first.pk, record["id"]}


def test_whoever_has_the_form_of_the_meeting_open_is_told_of_the_outcome(api, meeting):
    api.post(OUTCOMES, body(meeting), format="json")

    assert Meeting.objects.get().version == meeting.version + 1


def test_programs_change_only_what_they_give_and_state_the_version(api, meeting):
    row = make.make_outcome(meeting=meeting, text_ru="Было", deadline="2025")
    measure = make.make_measure(plan=make.make_plan(agreement=make.make_agreement(partnership=meeting.partnership)))
    url = f"{OUTCOMES}{row.pk}/"

    assert api.patch(url, {"measures": [measure.pk]}, format="json").status_code == 428
    answer = api.patch(url, {"measures": [measure.pk]}, format="json", headers={"If-Match": '"1"'})
    stale = api.patch(url, {"text": {"ru": "Иначе"}}, format="json", headers={"If-Match": '"1"'})

    assert answer.status_code == 200, answer.json()
    assert (answer.json()["text"]["ru"], answer.json()["deadline"], answer.json()["version"]) == ("Было", "2025", 2)
    assert stale.status_code == 412
    row.refresh_from_db()
    assert (row.text_ru, list(row.measures.all())) == ("Было", [measure])


def test_an_outcome_is_removed_and_one_that_came_with_the_facts_stays(api, meeting):
    row, fact = make.make_outcome(meeting=meeting), make.make_outcome(meeting=meeting, code="M1-1")

    assert api.post(f"{OUTCOMES}{row.pk}/remove/", headers={"If-Match": '"1"'}).status_code == 204
    assert api.post(f"{OUTCOMES}{fact.pk}/remove/", headers={"If-Match": '"1"'}).status_code == 400
    assert list(Outcome.objects.all()) == [fact]
    assert Meeting.objects.get().version == meeting.version + 1


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"kind": "galaxy"}, "kind"), ({"text": {"ru": ""}}, "text.ru"), ({"deadline": "never"}, "deadline"),
        ({"meeting": 0}, "meeting"), ({"measures": [0]}, "measures"), ({"x": 1}, "x"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_named(api, meeting, given, wrong):
    answer = api.post(OUTCOMES, {**body(meeting), **given}, format="json")

    assert answer.status_code == 400
    assert attrs(answer) == {wrong}
    assert not Outcome.objects.exists()


def test_agreement_and_measures_are_those_of_the_partnership(api, meeting):
    elsewhere = make.make_agreement(partnership=make.make_partnership("else-where"))
    measure = make.make_measure(plan=make.make_plan(agreement=elsewhere))

    for name, value in (("agreement", elsewhere.pk), ("measures", [measure.pk])):
        assert attrs(api.post(OUTCOMES, body(meeting, **{name: value}), format="json")) == {name}


def test_a_meeting_takes_no_more_outcomes_than_its_form_holds(api, meeting):
    Outcome.objects.bulk_create(
        Outcome(meeting=meeting, kind="decision", text_ru="Решили", order=order) for order in range(LARGEST)
    )

    answer = api.post(OUTCOMES, body(meeting), format="json")

    assert (answer.status_code, attrs(answer)) == (400, {"meeting"})
    assert Outcome.objects.count() == LARGEST


def test_only_secretaries_write(api_for, cast, meeting):
    other = api_for(cast.analyst)

    assert other.post(OUTCOMES, body(meeting), format="json").status_code == 403
    assert other.get(OUTCOMES).status_code == 200
