"""Import on its pages, and the files that the plan page offers."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from docx import Document
from pytest_django import DjangoAssertNumQueries
from python_calamine import CalamineWorkbook

from agreements.models import Measure, Plan
from parties.models import Organisation, User
from tests.agreements.files.conftest import HEADINGS, as_text, upload
from tests.conftest import Cast
from tests.factories import (
    make_agreement,
    make_executor,
    make_measure,
    make_organisation,
    make_plan,
    make_postponement,
    make_progress_note,
)

pytestmark = pytest.mark.django_db

Page = tuple[Client, str]
ROWS = [HEADINGS, ["I. Промышленность"], ["1.1", "Выставка", "II квартал 2025 г.", "", ""]]


@pytest.fixture
def page(plan: Plan, cast: Cast, client_for: Callable[[User], Client]) -> Page:
    return client_for(cast.secretary), f"/plans/{plan.pk}/import/"


def _carried(response: Any) -> dict[str, str]:
    text = response.content.decode()
    return {
        name: unescape(re.search(rf'name="{name}" value="([^"]*)"', text)[1])  # type: ignore[index]
        for name in ("carried", "seen")
    }


def test_nothing_is_written_before_the_preview_is_confirmed(page: Page, plan: Plan) -> None:
    client, address = page
    preview = client.post(address, {"file": upload(as_text(ROWS))})
    assert preview.status_code == 200
    assert not Measure.objects.exists()
    done = client.post(address, _carried(preview))
    assert done.status_code == 302
    assert done.headers["Location"] == plan.get_absolute_url()
    measure = Measure.objects.get()
    assert (measure.number, measure.section, str(measure.deadline)) == ("1.1", "I. Промышленность", "2025-Q2")


def test_confirming_twice_writes_once(page: Page) -> None:
    client, address = page
    form = _carried(client.post(address, {"file": upload(as_text(ROWS))}))
    client.post(address, form)
    again = client.post(address, form)
    assert again.status_code == 409
    assert Measure.objects.count() == 1


def test_a_changed_plan_shows_the_differences_again(page: Page, plan: Plan) -> None:
    client, address = page
    measure = make_measure(plan=plan, number="1.1", deadline="2025")
    form = _carried(client.post(address, {"file": upload(as_text(ROWS))}))
    Measure.objects.update(text_ru="Ярмарка")
    answer = client.post(address, form)
    assert answer.status_code == 409
    assert "Ярмарка" in answer.content.decode()
    measure.refresh_from_db()
    assert measure.text_ru == "Ярмарка"


def test_changed_deadlines_are_confirmed_with_a_choice_that_nobody_makes_for_one(page: Page, plan: Plan) -> None:
    client, address = page
    make_measure(plan=plan, number="1.1", text_ru="Выставка", deadline="2025", section="I. Промышленность")
    preview = client.post(address, {"file": upload(as_text(ROWS))})
    assert 'name="deadlines"' in preview.content.decode()
    assert "checked" not in preview.content.decode()
    form = _carried(preview)
    refused = client.post(address, {**form, "reason": "Нет зала"})
    assert refused.status_code == 422
    assert "Нет зала" in refused.content.decode()
    half = client.post(address, {**form, "deadlines": "moved", "reason": "Нет зала", "agreed_by": "Сопредседатели"})
    assert (half.status_code, "Сопредседатели" in half.content.decode()) == (422, True)
    assert str(Measure.objects.get().deadline) == "2025"
    done = client.post(address, {**form, "deadlines": "corrected", "reason": "Опечатка"})
    assert done.status_code == 302
    assert Measure.objects.get().corrections.get().reason == "Опечатка"


def test_one_file_may_hold_moved_and_corrected_deadlines(page: Page, plan: Plan) -> None:
    client, address = page
    for number in ("1.1", "1.2"):
        make_measure(plan=plan, number=number, text_ru="Выставка", deadline="2026", section="I. Промышленность")
    rows = [*ROWS, ["1.2", "Выставка", "2025", "", ""]]
    preview = client.post(address, {"file": upload(as_text(rows))})
    assert "1.2: 2026 г. → 2025 г." in preview.content.decode().replace("\u00a0", " ")
    form = {**_carried(preview), "deadlines": "corrected", "reason": "Опечатка", "excepted": "1.2"}
    half = client.post(address, form)
    assert set(half.context["page"].deadlines.errors) == {"agreed_by", "decided_on", "other_reason"}
    form |= {"other_reason": "Нет зала", "agreed_by": "Сопредседатели", "decided_on": "20.03.2025"}
    unnamed = client.post(address, {**form, "excepted": []})
    assert set(unnamed.context["page"].deadlines.errors) == {"excepted"}
    assert client.post(address, form).status_code == 302
    first, second = Measure.objects.order_by("number")
    assert (first.corrections.get().reason, second.postponements.get().reason) == ("Опечатка", "Нет зала")


def test_a_row_that_cannot_be_kept_is_named_and_can_be_left_out(page: Page) -> None:
    client, address = page
    rows = [*ROWS, ["1.2", "Визит", "когда-нибудь 2025", "", ""]]
    preview = client.post(address, {"file": upload(as_text(rows))})
    assert "когда-нибудь 2025" in preview.content.decode()
    form = _carried(preview)
    assert client.post(address, form).status_code == 422
    assert not Measure.objects.exists()
    done = client.post(address, {**form, "leave_out": "on"}, follow=True)
    assert f"Не загружено: строка {len(rows)}." in done.content.decode()
    assert [measure.number for measure in Measure.objects.all()] == ["1.1"]


def test_many_rows_that_were_left_out_are_rows_however_many(page: Page) -> None:
    client, address = page
    wrong = [[f"2.{number}", "Визит", "когда-нибудь 2025", "", ""] for number in range(21)]
    form = _carried(client.post(address, {"file": upload(as_text([*ROWS, *wrong]))}))
    done = client.post(address, {**form, "leave_out": "on"}, follow=True).content.decode()
    assert "Не загружено: строки 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, …. Исправьте эти строки в файле" in done


def test_an_unknown_executor_is_chosen_on_the_page(page: Page, administration: Organisation) -> None:
    client, address = page
    rows = [HEADINGS, ["1", "Визит", "2025", "Администрация Томской обл.", ""]]
    preview = client.post(address, {"file": upload(as_text(rows))})
    field = re.search(r'<select name="([0-9a-f]{12})"', preview.content.decode())
    assert field
    form = _carried(preview)
    undecided = client.post(address, form)
    assert undecided.status_code == 422
    decided = client.post(address, {**form, field[1]: f"is-{administration.pk}"})
    assert decided.status_code == 302
    assert [one.organisation for one in Measure.objects.get().executors.all()] == [administration]


def test_what_a_name_was_said_to_mean_is_proposed_at_the_next_import_and_can_be_changed(
    page: Page, administration: Organisation
) -> None:
    client, address = page

    def preview(number: str) -> tuple[Any, str, dict[str, str]]:
        rows = [HEADINGS, [number, "Визит", "2025", "Администрация Томской обл.", ""]]
        answer = client.post(address, {"file": upload(as_text(rows))})
        (field,) = answer.context["page"].decisions
        return field, answer.content.decode(), _carried(answer)

    field, __, form = preview("1")
    assert field.value() == ""
    client.post(address, {**form, field.name: f"is-{administration.pk}"})
    field, html, form = preview("2")
    assert f'<option value="is-{administration.pk}" selected>' in html
    assert client.post(address, {**form, field.name: field.value()}).status_code == 302
    assert Measure.objects.get(number="2").executors.get().organisation == administration
    field, __, form = preview("3")
    client.post(address, {**form, field.name: "none"})
    assert preview("4")[0].value() == "", "a name that was left out is asked about again"


@pytest.mark.parametrize("content", [b"", b"no table", as_text([]), as_text([["a", "b"]])])
def test_a_file_that_is_no_plan_is_refused_at_its_field(page: Page, content: bytes) -> None:
    client, address = page
    answer = client.post(address, {"file": upload(content)})
    assert answer.status_code == 422
    assert "field--wrong" in answer.content.decode()


def test_a_forged_preview_is_not_taken(page: Page) -> None:
    client, address = page
    assert client.post(address, {"carried": "forged", "seen": ""}).headers["Location"] == address
    assert not Measure.objects.exists()


def test_a_preview_of_one_plan_is_not_taken_for_another(page: Page, plan: Plan) -> None:
    client, address = page
    form = _carried(client.post(address, {"file": upload(as_text(ROWS))}))
    other = make_plan(agreement=plan.agreement, period="2030")
    assert client.post(f"/plans/{other.pk}/import/", form).headers["Location"] == f"/plans/{other.pk}/import/"
    assert not Measure.objects.exists()


def test_all_that_is_wrong_with_a_new_plan_and_its_file_stands_in_one_summary(page: Page, plan: Plan) -> None:
    client, address = page[0], f"/agreements/{plan.agreement.pk}/plans/import/"
    about = {"title_ru": "План", "period": "31.02.2028"}
    text = client.post(address, {**about, "file": upload(b"no table")}).content.decode()
    assert text.count('class="notice error-summary"') == 1
    assert {'<a href="#id_period">', '<a href="#id_file">'} <= set(re.findall(r"<a href=\"#id_\w+\">", text))


def test_a_new_plan_is_made_along_with_its_measures(page: Page, plan: Plan) -> None:
    client, address = page[0], f"/agreements/{plan.agreement.pk}/plans/import/"
    about = {"title_ru": "План на 2028 год", "title_en": "", "period": "2028"}
    rows = [HEADINGS, ["1", "Визит", "ежегодно", "", ""]]
    preview = client.post(address, {**about, "file": upload(as_text(rows))})
    assert Plan.objects.count() == 1
    done = client.post(address, _carried(preview))
    new = Plan.objects.get(title_ru="План на 2028 год")
    assert done.headers["Location"] == new.get_absolute_url()
    assert (str(new.period), new.measures.count()) == ("2028", 1)


def test_a_new_plan_that_overlaps_another_is_refused_at_once(page: Page, plan: Plan) -> None:
    client, address = page[0], f"/agreements/{plan.agreement.pk}/plans/import/"
    about = {"title_ru": "План", "title_en": "", "period": "2026"}
    answer = client.post(address, {**about, "file": upload(as_text(ROWS))})
    assert answer.status_code == 422
    assert str(plan) in answer.content.decode()


def test_only_those_who_edit_plans_import(plan: Plan, cast: Cast, client_for: Callable[[User], Client]) -> None:
    for address in (f"/plans/{plan.pk}/import/", f"/agreements/{plan.agreement.pk}/plans/import/"):
        assert client_for(cast.official).get(address).status_code == 403
        assert Client().get(address).status_code == 302
        assert client_for(cast.secretary).get(address).status_code == 200
        assert client_for(cast.secretary).delete(address).status_code == 405
    assert client_for(cast.secretary).get("/plans/999999/import/").status_code == 404
    assert client_for(cast.secretary).get(f"/plans/{plan.pk}/import/?x=1").status_code == 400


FILES = ["plan.docx", "plan.xlsx", "report.docx", "report.xlsx"]


@pytest.mark.parametrize("name", FILES)
def test_every_reader_downloads_the_files_of_a_plan(
    name: str, plan: Plan, cast: Cast, client_for: Callable[[User], Client]
) -> None:
    make_measure(plan=plan, number="1.1", text_ru="Выставка")
    client = client_for(cast.official)
    answer = client.get(f"/plans/{plan.pk}/{name}")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    if name.endswith("docx"):
        cells = [cell.text for table in Document(BytesIO(answer.content)).tables for cell in table._cells]
    else:
        sheet = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0)
        cells = [cell for row in sheet.to_python() for cell in row]
    assert "Выставка" in cells
    assert client.get(f"/plans/{plan.pk}/{name}?language=xx").status_code == 400
    assert client.get(f"/plans/{plan.pk}/{name}?colour=red").status_code == 400
    assert client.get(f"/plans/999999/{name}").status_code == 404
    assert client.post(f"/plans/{plan.pk}/{name}").status_code == 405
    assert Client().get(f"/plans/{plan.pk}/{name}").status_code == 302


def test_an_empty_form_can_be_filled_in_and_imported(page: Page, plan: Plan) -> None:
    client, address = page
    blank = client.get(f"/agreements/{plan.agreement.pk}/plans/form.docx")
    document = Document(BytesIO(blank.content))
    row = document.tables[0].add_row()
    for cell, text in zip(row.cells, ["1", "Визит", "март 2026 г.", "", ""], strict=True):
        cell.text = text
    out = BytesIO()
    document.save(out)
    preview = client.post(address, {"file": upload(out.getvalue())})
    client.post(address, _carried(preview))
    assert str(Measure.objects.get().deadline) == "2026-03"


@pytest.mark.parametrize("day", ["2025-02-30", "today", "0001-01-01", "99999-01-01", "2025-01-01\x00"])
def test_a_day_that_is_none_is_refused(day: str, plan: Plan, cast: Cast, client_for: Callable[[User], Client]) -> None:
    assert client_for(cast.official).get(f"/plans/{plan.pk}/report.docx", {"as_of": day}).status_code == 400


def test_files_of_many_measures_take_no_more_queries(
    plan: Plan,
    cast: Cast,
    client_for: Callable[[User], Client],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(12):
        measure = make_measure(plan=plan, number=str(number), section=f"S{number % 3}")
        make_executor(measure=measure, organisation=make_organisation())
        make_progress_note(measure=measure)
        make_postponement(measure=measure)
    client = client_for(cast.official)
    for name in FILES:
        with django_assert_max_num_queries(16):
            client.get(f"/plans/{plan.pk}/{name}")


def test_a_preview_of_a_new_plan_is_taken_for_its_agreement_and_from_its_reader_only(
    page: Page, plan: Plan, cast: Cast, client_for: Callable[[User], Client]
) -> None:
    client, address = page[0], f"/agreements/{plan.agreement.pk}/plans/import/"
    about = {"title_ru": "План на 2028 год", "title_en": "", "period": "2028"}
    form = _carried(client.post(address, {**about, "file": upload(as_text(ROWS))}))
    elsewhere = f"/agreements/{make_agreement(partnership=plan.agreement.partnership).pk}/plans/import/"
    for somebody, target in ((client, elsewhere), (client_for(cast.administrator), address)):
        refused = somebody.post(target, form)
        assert refused.headers["Location"] == target
        assert "для другого плана или другим пользователем" in somebody.get(target).content.decode()
    assert list(Plan.objects.all()) == [plan]
