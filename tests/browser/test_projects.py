"""Projects in a browser: written with the keyboard alone, read by everyone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from projects.examples import load_examples
from projects.models import Milestone, Project
from tests.browser.test_newcomer import is_accessible, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


def press_to(page, name):
    """Walk by Tab until the link or button of this name has the focus."""
    for __ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            return
    pytest.fail(f"the keyboard does not reach {name}")


def test_a_secretary_adds_a_milestone_with_the_keyboard_alone(page, live_server, facts, cast):
    sign_in(page, live_server.url, cast.secretary)
    page.context.add_cookies([{"name": "language", "value": "en", "url": live_server.url}])
    project = Project.objects.get(code="P9")
    page.goto(live_server.url + project.get_absolute_url())

    press_to(page, "Add a milestone")
    page.keyboard.press("Enter")
    page.get_by_label("Title in Russian").focus()
    page.keyboard.type("Пуск комплекса")
    page.get_by_label("Planned", exact=False).focus()
    page.keyboard.type("IV квартал 2027")
    page.keyboard.press("Enter")

    expect(page.locator(".messages")).to_contain_text("Kept.")
    assert str(Milestone.objects.get(title_ru="Пуск комплекса").planned) == "2027-Q4"
    expect(page.get_by_role("row", name="Пуск комплекса")).to_contain_text("Q4 2027")


def test_an_error_moves_the_keyboard_to_what_needs_a_correction(page, live_server, facts, cast):
    sign_in(page, live_server.url, cast.secretary)
    page.goto(f"{live_server.url}{Project.objects.get(code='P9').get_absolute_url()}milestones/new/")

    page.locator("#id_title_ru").focus()
    page.keyboard.type("Пуск")
    page.keyboard.press("Enter")

    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.locator("#id_title_ru")).to_have_value("Пуск")
    is_accessible(page)


@pytest.mark.parametrize(("theme", "width"), [("light", 390), ("dark", 1366)])
def test_full_projects_are_accessible_and_fit_the_screen(page, live_server, facts, cast, theme, width):
    load_examples()
    sign_in(page, live_server.url, cast.secretary)
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 900})
    example = Project.objects.filter(is_example=True).first()
    own = example.get_absolute_url()
    step = example.milestones.first()

    for path in ("/projects/", own, f"{own}confidence/", f"{own}edit/", f"/projects/milestones/{step.pk}/edit/",
                 f"/projects/milestones/{step.pk}/remove/", f"{own}documents/new/", "/deliveries/"):  # fmt: skip
        page.goto(live_server.url + path)
        assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth"), f"{path} is too wide"
        is_accessible(page)
