"""The chain is walked by clicks, from the agreement to the trade and back to the article; on phone and screen."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from playwright.sync_api import expect

from agreements.models import Agreement
from parties.models import User
from projects.models import Delivery, Project
from tests import factories as make
from tests.browser.test_newcomer import is_accessible, report, sign_in  # noqa: F401
from workgroup.models import Meeting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def planned(report: None, cast) -> Agreement:  # noqa: F811
    """Give the agreement with Grodno two articles, a plan and a measure that the deliveries of machinery carry out."""
    agreement = Agreement.objects.get(code="A2")
    covered = make.make_article(agreement=agreement, number="3", text_ru="Стороны содействуют поставкам техники.")
    make.make_article(agreement=agreement, number="4", text_ru="Стороны развивают туризм.")
    plan = make.make_plan(agreement=agreement, period="2024/2027", title_ru="План мероприятий на 2024–2027 годы")
    for number in range(1, 16):
        measure = make.make_measure(
            plan=plan, number=f"1.{number}", deadline=f"{2024 + number % 4}", text_ru="Поставить технику для села"
        )
        measure.articles.add(covered)
    note = make.make_progress_note(
        measure=measure, dated=dt.date(2026, 11, 1), text="Поставлено 12 машин.", author=User.objects.first()
    )
    project = Project.objects.get(code="P8")
    project.measures.add(note.measure)
    Delivery.objects.filter(code="T9").update(hs_code="8701")
    return agreement


def test_the_chain_is_walked_by_clicks_both_ways(page, live_server, planned, cast):
    sign_in(page, live_server.url, cast.official)
    page.goto(live_server.url + planned.get_absolute_url())

    page.locator(".chain-panel h2 a").click()
    expect(page.locator("#articles")).to_contain_text("2021")
    expect(page.locator("#evidence")).to_contain_text("Поставлено 12 машин.")
    page.locator("#deliveries .chain-node .meta a").first.click()
    expect(page.locator("#deliveries .chain-node--start")).to_be_visible()
    expect(page.locator("#articles")).to_contain_text("Стороны содействуют поставкам техники.")
    expect(page.locator("#articles")).not_to_contain_text("туризм")

    page.locator("#trade").get_by_role("link").first.click()
    expect(page).to_have_url(re.compile(r"/trade/\?goods=G09"))


def press(page, selector: str) -> None:
    """Walk to the first such element by the Tab key, and press Enter there."""
    wanted = page.locator(selector).first.element_handle()
    for __ in range(250):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            page.keyboard.press("Enter")
            page.wait_for_load_state()
            return
    raise AssertionError(f"{selector} is not reached by the keyboard")


def click(page, selector: str) -> None:
    page.locator(selector).first.click()


@pytest.mark.parametrize("go", [click, press])
def test_from_the_agreement_one_reaches_all_that_came_of_it_and_from_a_delivery_its_article(
    page, live_server, planned, cast, go
):
    measure = Project.objects.get(code="P8").measures.get()
    make.make_evidence(note=measure.notes.get(), name="акт-приёмки.pdf")
    make.make_instruction(meeting=Meeting.objects.first(), text_ru="Ускорить поставку").measures.add(measure)
    sign_in(page, live_server.url, cast.official)
    page.goto(live_server.url + planned.get_absolute_url())

    go(page, ".chain-panel h2 a")
    expect(page.locator("#measures .chain-node")).to_have_count(15)
    go(page, "#measures summary")
    go(page, f'#measures a[href="{measure.get_absolute_url()}"]')
    expect(page.locator("#progress")).to_contain_text("Поставлено 12 машин.")
    expect(page.locator("#progress")).to_contain_text("акт-приёмки.pdf")

    go(page, ".chain-panel h2 a")
    expect(page.locator("#outcomes")).to_contain_text("Ускорить поставку")
    go(page, "#projects .chain-node a")
    expect(page).to_have_url(re.compile(r"/projects/\d+/"))
    go(page, ".chain-panel h2 a")
    go(page, "#trade .chain-node a")
    expect(page).to_have_url(re.compile(r"/trade/\?goods=G09"))

    page.go_back()
    go(page, "#deliveries .chain-node .meta a")
    expect(page.locator("#deliveries .chain-node--start")).to_be_visible()
    go(page, "#articles .chain-node a")
    expect(page).to_have_url(re.compile(rf"{planned.get_absolute_url()}#article-\d+"))
    expect(page.locator(":target")).to_contain_text("Стороны содействуют поставкам техники.")


@pytest.mark.parametrize(("theme", "width"), [("light", 390), ("dark", 1366)])
def test_the_pages_of_the_chain_are_accessible_and_fit_the_screen(page, live_server, planned, cast, theme, width):
    sign_in(page, live_server.url, cast.official)
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 900})
    meeting = Meeting.objects.filter(outcomes__project__isnull=False).first()
    paths = [planned.get_absolute_url(), f"/chain/agreement/{planned.pk}/", f"/chain/meeting/{meeting.pk}/"]
    for path in [*paths, "/chain/coverage/", f"/chain/coverage/?agreement={planned.pk}&no_news_days=10"]:
        page.goto(live_server.url + path)
        page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
        assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth"), f"{path} is too wide"
        is_accessible(page)
