"""A newcomer signs in and follows a figure, an agreement and a report to their sources."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from agreements.models import Agreement
from parties.models import Partnership
from projects.models import Project
from reports import operations
from trade.models import PublishedFigure
from workgroup.models import Meeting

pytestmark = pytest.mark.django_db(transaction=True)
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}


@pytest.fixture
def report(facts: None) -> None:
    """Compute the report of 2024, as a worker would."""
    run = operations.request(partnership=Partnership.objects.get(), year=2024, by=None)
    operations.carry_out(run_id=run.pk)


def is_accessible(page: Page) -> None:
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()


def sign_in(page: Page, address: str, user) -> None:
    user.set_password("a long enough password")
    user.save()
    page.goto(f"{address}/")
    page.get_by_label("Имя пользователя").fill(user.username)
    page.get_by_label("Пароль").fill("a long enough password")
    page.get_by_role("button", name="Войти").click()
    expect(page).to_have_url(f"{address}/")


def test_a_newcomer_walks_from_the_overview_to_the_sources(page, live_server, report, cast):
    page.goto(f"{live_server.url}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Вход")
    is_accessible(page)
    sign_in(page, live_server.url, cast.official)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Действуют 2")
    is_accessible(page)

    page.locator(".navigation").get_by_role("link", name="Соглашения").click()
    page.get_by_role("link", name=re.compile("Гродненск")).first.click()
    expect(page.get_by_text("действует").or_(page.get_by_text("Действует")).first).to_be_visible()
    is_accessible(page)

    page.locator(".provenance a").first.click()
    expect(page).to_have_url(re.compile(r"/documents/S\d/"))
    is_accessible(page)

    page.goto(f"{live_server.url}/reports/2024/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("2024")
    expect(page.get_by_text("SHA-256")).to_be_visible()
    is_accessible(page)


def test_a_wrong_password_is_explained(page, live_server, cast):
    page.goto(f"{live_server.url}/")
    page.get_by_label("Имя пользователя").fill("official")
    page.get_by_label("Пароль").fill("wrong")
    page.get_by_role("button", name="Войти").click()

    summary = page.locator(".error-summary")
    expect(summary).to_be_visible()
    expect(summary).to_be_focused()
    is_accessible(page)


@pytest.mark.parametrize(("theme", "width"), [("light", 390), ("dark", 1366)])
def test_every_page_is_accessible_and_fits_the_screen(page, live_server, report, cast, theme, width):
    sign_in(page, live_server.url, cast.administrator)
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 900})
    records = [model.objects.first() for model in (Agreement, Meeting, Project, PublishedFigure)]
    paths = ["/", "/agreements/", "/measures/", "/meetings/", "/instructions/", "/projects/", "/trade/", "/reports/"]
    paths += ["/reports/2024/", "/documents/", "/documents/S0/", "/facts/", "/organisations/", "/tokens/"]
    paths += ["/meetings/new/", "/trade/figures/new/", "/documents/new/", "/accessibility/", "/nowhere/"]
    paths += [
        "/trade/comparison/",
        "/trade/lines/",
        "/trade/datasets/",
        "/trade/releases/",
        "/data/",
        "/trade/figures/",
    ]
    paths += ["/deliveries/", "/projects/new/", "/deliveries/new/"]
    paths += [record.get_absolute_url() for record in records]
    for path in paths:
        page.goto(live_server.url + path)
        assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth"), f"{path} is too wide"
        is_accessible(page)


def test_a_secretary_records_a_meeting_with_the_keyboard_alone(page, live_server, facts, cast):
    sign_in(page, live_server.url, cast.secretary)
    page.goto(f"{live_server.url}/meetings/new/")

    page.get_by_label("Название на русском языке").focus()
    page.keyboard.type("Встреча без мыши")
    page.get_by_label("Уровень").select_option("other")
    page.get_by_label("Дата", exact=True).focus()
    page.keyboard.type("15 сентября 2026")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Встреча без мыши")
    assert str(Meeting.objects.get(title_ru="Встреча без мыши").held) == "2026-09-15"


def test_the_documentation_of_the_api_works_under_the_content_security_policy(page, live_server, cast):
    sign_in(page, live_server.url, cast.analyst)
    page.goto(f"{live_server.url}/api/v1/docs/")

    expect(page.locator(".opblock").first).to_be_visible(timeout=20_000)
