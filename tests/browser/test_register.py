"""The register of agreements in a browser: written with the keyboard alone, read by everyone."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from playwright.sync_api import expect

from agreements.models import Agreement, Article
from tests import factories as make
from tests.browser.test_newcomer import is_accessible, sign_in
from tests.browser.test_projects import press_to

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_secretary_adds_an_article_with_the_keyboard_alone(page, live_server, facts, cast):
    sign_in(page, live_server.url, cast.secretary)
    page.context.add_cookies([{"name": "language", "value": "en", "url": live_server.url}])
    page.goto(live_server.url + Agreement.objects.get(code="A2").get_absolute_url())

    press_to(page, "Add an article")
    page.keyboard.press("Enter")
    page.locator("#id_number").focus()
    page.keyboard.type("4.2")
    page.keyboard.press("Tab")
    page.keyboard.type("Стороны торгуют машинами.")
    press_to(page, "Save")
    page.keyboard.press("Enter")

    expect(page.locator(".messages")).to_contain_text("Kept.")
    article = Article.objects.get(number="4.2")
    row = page.locator(f"#article-{article.pk}")
    expect(row).to_contain_text("Стороны торгуют машинами.")
    assert page.url.endswith(f"#article-{article.pk}")


def test_a_count_of_the_register_leads_to_its_rows(page, live_server, facts, cast):
    sign_in(page, live_server.url, cast.official)
    page.goto(f"{live_server.url}/agreements/")

    page.locator(".counts a").first.click()

    expect(page.locator(".counts a[aria-current]")).to_have_count(1)
    shown = page.locator("tbody th[scope=row]")
    assert page.locator(".counts a[aria-current] strong").inner_text() == str(shown.count())


def test_the_register_is_searched_while_one_types_and_says_what_was_found(page, live_server, facts, cast):
    make.make_agreement(partnership=Agreement.objects.first().partnership, title_ru="О лесе", number="77-Л")
    sign_in(page, live_server.url, cast.official)
    page.goto(f"{live_server.url}/agreements/")
    shown = page.locator("tbody th[scope=row]")
    assert shown.count() > 1

    page.locator("#id_q").focus()
    page.keyboard.type("77-л")

    expect(shown).to_have_count(1)
    expect(shown).to_contain_text("О лесе")
    expect(page.locator("[role=status][data-found]")).to_have_text("Соглашений: 1 из 7")
    expect(page.locator("#id_q")).to_be_focused()
    assert "q=77-" in page.url
    expect(page.locator("[data-part=files] a").first).to_have_attribute("href", re.compile("q=77"))
    for _letter in "77-л":
        page.keyboard.press("Backspace")
    expect(shown).to_have_count(7)
    assert page.url.endswith("/agreements/")


def test_the_register_is_searched_without_scripts(browser, live_server, facts, cast):
    context = browser.new_context(java_script_enabled=False, locale="ru-RU")
    page = context.new_page()
    sign_in(page, live_server.url, cast.official)
    page.goto(f"{live_server.url}/agreements/")

    page.locator("#id_q").fill("гродненск")
    page.locator("main form[role=search] button").click()

    expect(page.locator("main h1")).to_contain_text(" из 6")
    context.close()


@pytest.mark.parametrize(("theme", "width"), [("light", 390), ("dark", 1366)])
def test_full_agreements_are_accessible_and_fit_the_screen(page, live_server, facts, cast, theme, width):
    row = make.make_agreement(
        concluded="2021", expires_on=dt.date(2090, 12, 31), prolongs=True, prolongation_months=60, notice_months=6,
        languages=["ru", "be"], number="17-П/2021",
    )  # fmt: skip
    make.make_party(agreement=row, signatory=make.make_person(), post_ru="Председатель")
    article = make.make_article(agreement=row)
    make.make_amendment(agreement=row).articles.add(article)
    for edition in (1, 2):
        make.make_agreement_file(agreement=row, edition=edition, author=cast.secretary)
    sign_in(page, live_server.url, cast.secretary)
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 900})
    own = row.get_absolute_url()

    for path in ("/agreements/", "/agreements/?sort=-ends&level=region", own, f"{own}edit/", f"{own}files/new/",
                 f"{own}amendments/new/", f"/agreements/articles/{article.pk}/remove/"):  # fmt: skip
        page.goto(live_server.url + path)
        assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth"), f"{path} is too wide"
        is_accessible(page)
