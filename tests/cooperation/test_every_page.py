"""What holds on every page that a reader reaches, with the facts and the examples."""

from __future__ import annotations

import pytest
from django.core.management import call_command

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
