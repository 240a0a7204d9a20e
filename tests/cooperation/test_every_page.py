"""What holds on every page that a reader reaches, with the facts and the examples."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from django.core.management import call_command

from cooperation.languages import mark_russian
from tests import walking

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def _walked() -> dict[str, str]:
    """Pages by their address; filled by the first test that needs them."""
    return {}


@pytest.fixture
def administrator(facts, cast, client_for):
    return client_for(cast.administrator)


@pytest.fixture
def pages(_walked, administrator, settings, tmp_path) -> dict[str, str]:
    """Return the English pages that an administrator reaches."""
    if not _walked:
        settings.MEDIA_ROOT = tmp_path
        call_command("load_examples")
        administrator.cookies["language"] = "en"
        _walked.update(walking.pages(administrator))
    return _walked


def test_a_field_to_choose_from_says_in_words_that_nothing_is_chosen(pages):
    assert {"/", "/meetings/new/", "/trade/figures/new/", "/deliveries/new/"} <= set(pages)
    assert [address for address, page in pages.items() if ">-----" in page or ">–</option>" in page] == []
    assert "not chosen</option>" in pages["/meetings/new/"]
    assert '<option value="" selected>all</option>' in pages["/deliveries/"]


class Unmarked(HTMLParser):
    """Collects Cyrillic texts outside of any element that is said to be Russian."""

    VOID = {"meta", "link", "input", "br", "hr", "img", "wbr", "source", "col"}

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            inherited = self.open[-1][1] if self.open else ""
            self.open.append((tag, dict(attrs).get("lang") or inherited))

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        tag, language = self.open[-1] if self.open else ("", "")
        if re.search("[а-яё]", data, re.IGNORECASE) and language != "ru" and tag != "title":
            self.found.append(data.strip())


def test_russian_on_an_english_page_is_marked_as_russian(pages):
    for address, page in pages.items():
        reading = Unmarked()
        reading.feed(page)

        assert not reading.open, address
        assert not reading.found, address


def test_a_page_is_marked_once_where_its_words_are_russian():
    page = mark_russian(
        '<h1 lang="ru">План</h1><p title="План"><b>A1</b> План «Мир &amp; труд» of 2024</p><!-- План -->'
        "<option>Россия</option><title>План – Cooperation of regions</title>"
    )

    assert page == (
        '<h1 lang="ru">План</h1><p title="План"><b>A1</b> <bdi lang="ru">План «Мир &amp; труд</bdi>» of 2024</p>'
        '<!-- План --><option lang="ru">Россия</option><title>План – Cooperation of regions</title>'
    )


def test_a_russian_page_has_no_marks(administrator):
    assert "<bdi" not in administrator.get("/").content.decode()
