"""A plan from a Word file to the table and back to Word, in a browser."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from playwright.sync_api import expect

from agreements.models import Agreement, Measure
from tests.agreements.files.conftest import HEADINGS, as_text
from tests.browser.test_newcomer import is_accessible, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = [
    HEADINGS,
    ["I. Наука"],
    ["1.1", "Конференция по фотонике", "II квартал 2027 г.", "ТУСУР", "Институт физики НАН Беларусси"],
    ["1.2", "Обмен преподавателями", "по отдельному плану", "ТУСУР", ""],
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "План.docx"
    path.write_bytes(as_text(ROWS))
    return path


@pytest.mark.parametrize(("theme", "width"), [("light", 390), ("dark", 1366)])
def test_a_plan_typed_in_word_comes_in_is_corrected_and_goes_out(page, live_server, facts, cast, file, theme, width):
    sign_in(page, live_server.url, cast.secretary)
    page.context.add_cookies([{"name": "language", "value": "en", "url": live_server.url}])
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 900})
    agreement = Agreement.objects.get(code="A2")

    page.goto(live_server.url + agreement.get_absolute_url())
    page.get_by_role("link", name="Make a plan from a file").click()
    _looks_right(page)
    page.get_by_label("Title in Russian").fill("План на 2027 год")
    page.get_by_label("Period").fill("2027")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Show the differences").press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("1 place of the file needs a correction")
    expect(page.get_by_role("row", name="по отдельному плану")).to_contain_text("This states no date.")
    _looks_right(page)
    page.get_by_label("Институт физики НАН Беларусси").select_option(index=1)
    page.get_by_label("Leave out the rows").check()
    page.get_by_role("button", name="Make the plan").press("Enter")

    expect(page.get_by_text("1 measure added")).to_be_visible()
    measure = Measure.objects.get()
    assert {one.organisation.short_name_ru for one in measure.executors.all()} == {
        "ТУСУР",
        "Институт физики НАН Беларуси",
    }
    report = page.request.get(f"{live_server.url}{measure.plan.get_absolute_url()}report.docx")
    assert "Конференция по фотонике" in [cell.text for cell in Document(BytesIO(report.body())).tables[0]._cells]


def _looks_right(page):
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth"), f"{page.url} is too wide"
    is_accessible(page)
