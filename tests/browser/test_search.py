"""Search by keyboard, on phone and screen, and the views that readers keep."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_newcomer import is_accessible, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("theme", "width"), [("light", 390), ("dark", 1366)])
def test_the_pages_of_search_are_accessible_and_fit_the_screen(page, live_server, facts, cast, theme, width):
    sign_in(page, live_server.url, cast.official)
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 900})
    for path in ["/search/", "/search/?q=трактор", "/search/?q=tractors&kind=facts", "/search/?q=дирижабль", "/views/"]:
        page.goto(live_server.url + path)
        page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
        assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth"), f"{path} is too wide"
        is_accessible(page)


def test_a_reader_finds_and_opens_with_the_keyboard_alone(page, live_server, facts, cast):
    sign_in(page, live_server.url, cast.official)
    page.keyboard.press("/")
    page.keyboard.type("гродненского")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search/\?q="))
    expect(page.locator("mark").first).to_be_visible()

    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-hit]").nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    address = page.evaluate("document.activeElement.getAttribute('href')")
    page.keyboard.press("Enter")

    expect(page).to_have_url(live_server.url + address)


def test_a_slash_in_a_field_is_a_slash(page, live_server, facts, cast):
    sign_in(page, live_server.url, cast.secretary)
    page.goto(f"{live_server.url}/meetings/new/")
    field = page.get_by_label("Название на русском языке")
    field.focus()
    page.keyboard.type("15/2")

    expect(field).to_have_value("15/2")


def test_a_view_is_saved_where_it_is_seen(page, live_server, facts, cast):
    sign_in(page, live_server.url, cast.official)
    page.goto(f"{live_server.url}/agreements/?level=region")
    page.locator(".save-view summary").click()
    page.locator(".save-view input[name=name]").fill("Регионы")
    page.locator(".save-view button").click()
    expect(page.locator(".messages")).to_contain_text("Регионы")

    page.goto(f"{live_server.url}/views/")
    page.get_by_role("link", name="Регионы").click()

    expect(page).to_have_url(f"{live_server.url}/agreements/?level=region")
