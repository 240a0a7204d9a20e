"""A plan is read, changed in place by the keyboard alone, and answers the three questions on one screen."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from agreements.models import Agreement, Evidence, Measure, Plan, ProgressNote
from tests import factories as make
from tests.browser.test_newcomer import is_accessible, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def plan(facts, cast) -> Plan:
    """Return a plan of two sections with every kind of row."""
    today = timezone.localdate()
    agreement = Agreement.objects.get(code="A2")
    plan = make.make_plan(agreement=agreement, period=f"{today.year - 1}/{today.year + 1}", title_ru="План на три года")
    for number in range(1, 13):
        row = make.make_measure(
            plan=plan,
            number=f"{1 + number // 7}.{number}",
            order=number,
            section="I. Торговля" if number < 7 else "II. Наука",
            text_ru=f"Провести совместную выставку продукции предприятий обеих сторон, {number}-ю по счёту",
            deadline=str(today.year - 1 + number % 3),
            done_on=today if number % 5 == 0 else None,
        )
        make.make_executor(measure=row)
    make.make_progress_note(measure=row, dated=today, author=cast.executor, percent=40)
    make.make_postponement(measure=row)
    return plan


def test_a_cell_is_changed_by_the_keyboard_alone(page, live_server, plan, cast):
    sign_in(page, live_server.url, cast.secretary)
    page.goto(f"{live_server.url}/plans/{plan.pk}/")

    page.locator("#m-1\\.2 [data-cell=text]").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#m-1\\.3 [data-cell=text]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".cell-form textarea").first).to_be_focused()
    is_accessible(page)
    page.keyboard.press("Escape")
    expect(page.locator(".cell-form")).to_have_count(0)
    expect(page.locator("#m-1\\.3 [data-cell=text]")).to_be_focused()

    page.keyboard.press("Enter")
    expect(page.locator(".cell-form textarea").first).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("Провести ярмарку")
    page.keyboard.press("Control+Enter")

    expect(page.locator("#m-1\\.3 th")).to_contain_text("Провести ярмарку")
    expect(page.locator("#m-1\\.3 [data-cell=text]")).to_be_focused()
    assert Measure.objects.get(plan=plan, number="1.3").text_ru == "Провести ярмарку"


def test_what_another_person_wrote_meanwhile_stands_beside_what_was_typed(page, live_server, plan, cast):
    sign_in(page, live_server.url, cast.secretary)
    page.goto(f"{live_server.url}/plans/{plan.pk}/")
    page.locator("#m-1\\.4 [data-cell=text]").click()
    expect(page.locator(".cell-form textarea").first).to_be_focused()
    Measure.objects.filter(plan=plan, number="1.4").update(text_ru="Текст другого человека")

    page.locator(".cell-form textarea").first.fill("Мой текст")
    page.keyboard.press("Control+Enter")

    expect(page.locator(".cell-form .notice--warning")).to_be_focused()
    expect(page.locator(".cell-form")).to_contain_text("Текст другого человека")
    expect(page.locator(".cell-form textarea").first).to_have_value("Мой текст")
    page.locator(".cell-form button[type=submit]").click()
    expect(page.locator("#m-1\\.4 th")).to_contain_text("Мой текст")


@pytest.fixture
def colleague(browser, live_server, plan, cast):
    """Return the plan in the browser of another person, who is quicker."""
    context = browser.new_context(locale="ru-RU")
    page = context.new_page()
    sign_in(page, live_server.url, cast.administrator)
    page.goto(f"{live_server.url}/plans/{plan.pk}/")
    yield page
    context.close()


def fill_deadline(page, year, reason):
    form = page.locator(".cell-form")
    form.locator("[name=moved_to]").fill(year)
    form.locator("[name=reason]").fill(reason)
    form.locator("[name=agreed_by]").fill("Группа")


def fill_status(page, change, why):
    page.locator(".cell-form [name=change]").select_option(change)
    page.locator(".cell-form [name=why]").fill(why)


def fill_executor(page, organisation, role):
    page.locator(".cell-form [name=organisation_1]").select_option(f"home:{organisation}")
    page.locator(".cell-form [name=role_1]").select_option(role)


@pytest.mark.parametrize("cell", ["deadline", "status", "executors"])
def test_two_people_on_one_cell_see_both_texts_and_who_was_first(page, colleague, live_server, plan, cast, cell):
    ours, theirs = make.make_organisation(name_ru="Наш институт"), make.make_organisation(name_ru="Их институт")
    fill, first, mine, shown, kept = {
        "deadline": (fill_deadline, ("2098", "Нет денег"), ("2099", "Ремонт"), ("2098", "2099"), "[name=reason]"),
        "status": (fill_status, ("at_risk", "Нет денег"), ("overdue", "Ремонт"), ("Нет денег", "Ремонт"), "[name=why]"),
        "executors": (fill_executor, (theirs.pk, "leads"), (ours.pk, "joins"), ("Их институт", "Наш институт"), ""),
    }[cell]
    sign_in(page, live_server.url, cast.secretary)
    page.goto(f"{live_server.url}/plans/{plan.pk}/")
    for reader, typed in ((page, mine), (colleague, first)):
        reader.locator(f"#m-1\\.3 [data-cell={cell}]").click()
        fill(reader, *typed)
    colleague.locator(".cell-form button[type=submit]").click()
    expect(colleague.locator(".cell-form")).to_have_count(0)

    page.locator(".cell-form textarea, .cell-form select").first.focus()
    page.keyboard.press("Control+Enter")

    notice = page.locator(".cell-form .notice--warning")
    expect(notice).to_be_focused()
    for text in (*shown, str(cast.administrator)):
        expect(notice).to_contain_text(text)
    is_accessible(page)
    if kept:
        expect(page.locator(f".cell-form {kept}")).to_have_value("Ремонт")
    else:
        expect(page.locator(".cell-form [name=organisation_1]")).to_have_value(f"home:{ours.pk}")
    page.locator(".cell-form button[type=submit]").click()
    expect(page.locator(".cell-form")).to_have_count(0)
    expect(page.locator(f"#m-1\\.3 [data-cell={cell}]")).to_be_focused()


def test_several_measures_are_chosen_and_changed_by_the_keyboard_alone(page, live_server, plan, cast):
    sign_in(page, live_server.url, cast.secretary)
    page.goto(f"{live_server.url}/plans/{plan.pk}/")
    boxes = page.locator("[data-pick]")
    boxes.nth(1).focus()
    page.keyboard.press("Space")
    for __ in range(2):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+Space")
    assert [boxes.nth(place).is_checked() for place in range(5)] == [False, True, True, True, False]
    expect(page.locator(".bulk__chosen")).to_contain_text("3")

    page.keyboard.press("Enter")
    expect(page.locator(".bulk select")).to_be_focused()
    page.keyboard.press("Escape")
    expect(boxes.nth(3)).to_be_focused()
    page.keyboard.press("Enter")
    for __ in range(4):
        page.keyboard.press("ArrowDown")
    expect(page.locator(".bulk select")).to_have_value("note")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    page.wait_for_url("**/bulk/?**change=note**")
    is_accessible(page)
    page.locator("[name=text]").focus()
    page.keyboard.type("Проведено")
    page.locator("main form button[type=submit]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/plans/{plan.pk}/")
    assert set(ProgressNote.objects.filter(text="Проведено").values_list("measure__order", flat=True)) == {2, 3, 4}


def test_files_chosen_for_a_note_stay_chosen_when_another_field_is_wrong(page, live_server, plan, cast, tmp_path):
    file = tmp_path / "акт.txt"
    file.write_text("Поставлено 12 машин.")
    sign_in(page, live_server.url, cast.secretary)
    page.goto(f"{live_server.url}/plans/{plan.pk}/")
    page.locator("#m-1\\.4 [data-cell=note]").click()
    form = page.locator(".cell-form")
    form.locator("[name=text]").fill("Поставлено")
    form.locator("[name=percent]").fill("140")
    form.locator("[name=evidence]").set_input_files(file)
    form.locator("button[type=submit]").click()
    expect(form.locator(".field__error")).to_have_text("Укажите число от 0 до 100, а не 140.")

    form.locator("[name=percent]").fill("40")
    form.locator("button[type=submit]").click()
    expect(form).to_have_count(0)
    assert Evidence.objects.get().note.measure.number == "1.4"


def test_without_a_connection_the_text_stays_in_the_form(page, live_server, plan, cast):
    sign_in(page, live_server.url, cast.secretary)
    page.goto(f"{live_server.url}/plans/{plan.pk}/")
    page.locator("#m-1\\.4 [data-cell=text]").click()
    page.locator(".cell-form textarea").first.fill("Мой текст")
    page.context.set_offline(True)
    page.keyboard.press("Control+Enter")

    expect(page.locator("[data-cells-said]")).not_to_be_empty()
    expect(page.locator(".cell-form textarea").first).to_have_value("Мой текст")
    page.context.set_offline(False)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#m-1\\.4 th")).to_contain_text("Мой текст")


def test_the_three_questions_are_answered_on_one_screen(page, live_server, plan, cast):
    sign_in(page, live_server.url, cast.official)
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(f"{live_server.url}/measures/")

    for question in ("done", "overdue", "whose"):
        section = page.locator(f"section[aria-labelledby=question-{question}]")
        box = section.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 768, question


def test_without_scripts_a_cell_has_a_page_of_its_own(browser, live_server, plan, cast):
    context = browser.new_context(locale="ru-RU", java_script_enabled=False)
    page = context.new_page()
    sign_in(page, live_server.url, cast.secretary)
    page.goto(f"{live_server.url}/plans/{plan.pk}/")

    page.locator("#m-1\\.2 [data-cell=text]").click()
    page.locator("textarea").first.fill("Без сценариев")
    page.locator("main form button[type=submit]").click()

    expect(page).to_have_url(f"{live_server.url}/plans/{plan.pk}/#m-1.2")
    expect(page.locator("#m-1\\.2 th")).to_contain_text("Без сценариев")
    context.close()


@pytest.mark.parametrize(("theme", "width"), [("light", 390), ("dark", 1366)])
def test_the_pages_of_plans_are_accessible_and_fit_the_screen(page, live_server, plan, cast, theme, width):
    sign_in(page, live_server.url, cast.secretary)
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 900})
    measure = Measure.objects.filter(plan=plan, notes__isnull=False).get()
    of_measure = ["", "text/", "deadline/", "correct-deadline/", "executors/", "status/", "note/", "edit-measure/"]
    chosen = f"/plans/{plan.pk}/bulk/?change=deadline&measure={measure.pk}:{measure.version}"
    of_plan = [f"/plans/{plan.pk}/", f"/plans/{plan.pk}/edit/", f"/plans/{plan.pk}/measures/new/", chosen]
    for path in ["/measures/", *of_plan, *(f"/measures/{measure.pk}/{one}" for one in of_measure)]:
        page.goto(live_server.url + path)
        assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth"), f"{path} is too wide"
        is_accessible(page)


def test_a_plan_is_printed_across_from_the_first_sheet_on(page, live_server, plan, cast):
    sign_in(page, live_server.url, cast.secretary)
    page.goto(f"{live_server.url}/plans/{plan.pk}/")

    sheets = re.findall(rb"/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)\]", page.pdf(prefer_css_page_size=True))

    assert sheets
    assert all(float(width) > float(height) for width, height in sheets)
