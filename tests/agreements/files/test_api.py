"""Plans as files through the API."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from rest_framework.test import APIClient

from agreements.models import Measure, Plan
from parties.models import Organisation, User
from tests.agreements.files.conftest import HEADINGS, as_text, upload
from tests.conftest import Cast
from tests.factories import make_measure

pytestmark = pytest.mark.django_db

Api = tuple[APIClient, str]
GOOD = ["1", "Визит", "2025", "", ""]


@pytest.fixture
def api(plan: Plan, cast: Cast, api_for: Callable[[User], APIClient]) -> Api:
    return api_for(cast.secretary), f"/api/v1/plans/{plan.pk}/"


def _send(api: Api, rows: list[list[str]], etag: str = "", **more: Any) -> Any:
    headers = {"If-Match": etag} if etag else {}
    body = {"file": upload(as_text([HEADINGS, *rows])), **more}
    return api[0].post(f"{api[1]}import/", body, format="multipart", headers=headers)


def test_a_file_is_compared_first_and_kept_on_confirmation(api: Api) -> None:
    shown = _send(api, [GOOD])
    assert (shown.status_code, shown.json()["new"], shown.json()["kept"]) == (200, ["1"], False)
    assert not Measure.objects.exists()
    kept = _send(api, [GOOD], shown["ETag"], confirm="true")
    assert (kept.status_code, kept.json()["kept"]) == (200, True)
    assert str(Measure.objects.get().deadline) == "2025"


def test_a_confirmation_states_what_was_seen(api: Api, plan: Plan) -> None:
    assert _send(api, [GOOD], confirm="true").status_code == 428
    shown = _send(api, [GOOD])
    make_measure(plan=plan, number="1", text_ru="Ярмарка")
    stale = _send(api, [GOOD], shown["ETag"], confirm="true")
    assert stale.status_code == 412
    assert stale.json()["changed"][0]["changes"][0]["was"] == "Ярмарка"
    assert Measure.objects.get().text_ru == "Ярмарка"


def test_rows_that_need_a_correction_keep_all_from_being_written(api: Api) -> None:
    rows = [GOOD, ["2", "Выставка", "скоро", "", ""]]
    shown = _send(api, rows)
    answer = _send(api, rows, shown["ETag"], confirm="true")
    assert answer.status_code == 422
    assert [(one["row"], one["column"]) for one in answer.json()["problems"]] == [(3, "Срок")]
    assert not Measure.objects.exists()


def test_changed_deadlines_need_a_reason(api: Api, plan: Plan) -> None:
    make_measure(plan=plan, number="1", text_ru="Визит", deadline="2026")
    shown = _send(api, [GOOD])
    assert shown.json()["changed_deadlines"] == ["1"]
    nothing = _send(api, [GOOD], shown["ETag"], confirm="true")
    half = _send(api, [GOOD], shown["ETag"], confirm="true", deadlines="moved", reason="Money")
    assert (nothing.status_code, half.status_code) == (400, 400)
    assert {error["attr"] for error in nothing.json()["errors"]} == {"deadlines"}
    assert {error["attr"] for error in half.json()["errors"]} == {"agreed_by", "decided_on"}
    decision = {"deadlines": "moved", "reason": "Money", "agreed_by": "The co-chairs", "decided_on": "2025-03-01"}
    strange = _send(api, [GOOD], shown["ETag"], confirm="true", excepted=["9"], other_reason="Typo", **decision)
    assert {error["attr"] for error in strange.json()["errors"]} == {"excepted"}
    kept = _send(api, [GOOD], shown["ETag"], confirm="true", **decision)
    assert kept.status_code == 200
    move = Measure.objects.get().postponements.get()
    assert (str(move.moved_from), str(move.moved_to), move.reason) == ("2026", "2025", "Money")


def test_an_unknown_executor_is_decided_by_its_key(api: Api, administration: Organisation) -> None:
    rows = [["1", "Визит", "2025", "Администрация Томской обл.", ""]]
    shown = _send(api, rows)
    (unknown,) = shown.json()["unknown_executors"]
    assert (unknown["nearest"], unknown["remembered"]) == ([administration.pk], None)
    decisions = json.dumps({unknown["key"]: administration.pk})
    assert _send(api, rows, shown["ETag"], confirm="true", executors=decisions).status_code == 200
    assert Measure.objects.get().executors.get().organisation == administration
    (again,) = _send(api, [["2", *rows[0][1:]]]).json()["unknown_executors"]
    assert again["remembered"] == administration.pk


@pytest.mark.parametrize("executors", ["[", "[" * 5000, "[]", '{"a": "new:none"}', '{"a": true}'])
def test_decisions_that_are_none_are_refused(api: Api, executors: str) -> None:
    shown = _send(api, [GOOD])
    answer = _send(api, [GOOD], shown["ETag"], confirm="true", executors=executors)
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "executors")


def test_a_file_that_is_no_plan_and_a_field_that_is_unknown_are_named(api: Api) -> None:
    address = f"{api[1]}import/"
    foreign = api[0].post(address, {"file": upload(b"%PDF-1.7")}, format="multipart")
    assert (foreign.status_code, foreign.json()["errors"][0]["attr"]) == (400, "file")
    unknown = api[0].post(address, {"file": upload(as_text([HEADINGS, GOOD])), "x": "1"}, format="multipart")
    assert (unknown.status_code, unknown.json()["errors"][0]["attr"]) == (400, "x")


def test_only_those_who_edit_plans_import(plan: Plan, cast: Cast, api_for: Callable[[User], APIClient]) -> None:
    answer = _send((api_for(cast.analyst), f"/api/v1/plans/{plan.pk}/"), [GOOD])
    assert answer.status_code == 403


@pytest.mark.parametrize("name", ["document", "report"])
def test_a_reader_gets_the_plan_and_the_report_as_files(
    name: str, plan: Plan, cast: Cast, api_for: Callable[[User], APIClient]
) -> None:
    make_measure(plan=plan, number="1.1", text_ru="Выставка")
    client, address = api_for(cast.analyst), f"/api/v1/plans/{plan.pk}/{name}/"
    document = Document(BytesIO(client.get(address).content))
    assert "Выставка" in [cell.text for cell in document.tables[0]._cells]
    assert client.get(f"{address}?form=xlsx&language=en").content.startswith(b"PK")
    for wrong in ("form=pdf", "language=xx", "colour=red", "form="):
        assert client.get(f"{address}?{wrong}").status_code == 400, wrong


@pytest.mark.parametrize("body", ["[{}]", "[[]]", "5", "null", "true", r'{"\ud800": 1}'])
def test_a_body_that_is_no_form_is_refused(api: Api, body: str) -> None:
    answer = api[0].post(f"{api[1]}import/", body, content_type="application/json")
    assert answer.status_code == 400
