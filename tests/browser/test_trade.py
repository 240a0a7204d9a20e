"""The pages of trade with data: accessible, fitting the screen, usable without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.test_newcomer import is_accessible, sign_in
from tests.trade.conftest import a_dataset, areas, bulk_tables, publish  # noqa: F401 – fixtures
from tests.trade.pages.conftest import loaded, two_years  # noqa: F401 – a fixture

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("theme", "width"), [("light", 390), ("dark", 1366)])
def test_every_page_of_trade_is_accessible_and_fits_the_screen(page, live_server, loaded, cast, theme, width):  # noqa: F811
    sign_in(page, live_server.url, cast.statistician)
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 900})
    paths = [
        "/trade/",
        "/trade/?by=goods&level=chapter&flow=X",
        "/trade/?flow=B&frequency=Q",
        "/trade/?goods=84&flow=X",
    ]
    paths += ["/trade/lines/?from=2024&to=2024", "/trade/comparison/?frequency=A&from=2023&to=2024", "/data/"]
    paths += ["/trade/datasets/", "/trade/datasets/FCS/", "/trade/releases/", loaded.get_absolute_url()]
    paths += [f"{loaded.get_absolute_url()}undo/"]
    for path in paths:
        page.goto(live_server.url + path)
        page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
        assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth"), f"{path} is too wide"
        is_accessible(page)
    if width > 1000:
        rows = page.evaluate("new Set([...document.querySelectorAll('.foot li')].map((one) => one.offsetTop)).size")
        assert rows == 1, "the foot wraps"


def test_the_sentence_asks_without_scripts(browser, live_server, loaded, cast):  # noqa: F811
    context = browser.new_context(locale="ru-RU", java_script_enabled=False)
    page = context.new_page()
    cast.official.set_password("a long enough password")
    cast.official.save()
    page.goto(f"{live_server.url}/trade/")
    page.fill("[name=login]", "official")
    page.fill("[name=password]", "a long enough password")
    page.press("[name=password]", "Enter")

    page.select_option("[name=flow]", "X")
    page.select_option("[name=frequency]", "A")
    page.select_option("[name=split]", "chapter")
    page.fill("[name=from]", "2023")
    page.locator(".ask button").click()

    expect(page.locator("h1")).to_contain_text("2024")
    assert "level=chapter" in page.url
    assert "flow=X" in page.url
    context.close()
