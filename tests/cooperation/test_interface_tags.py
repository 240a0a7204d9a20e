"""The template tags of the interface."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template, TemplateDoesNotExist
from django.template.context import RequestContext
from django.test import RequestFactory


def rendered(source: str, address: str = "/", cookies: dict[str, str] | None = None, **values: object) -> str:
    request = RequestFactory().get(address)
    request.COOKIES.update(cookies or {})
    return Template(source).render(RequestContext(request, values))


def test_an_icon_is_hidden_from_screen_readers():
    drawing = rendered('{% icon "sun" css="icon--large" %}')

    assert drawing.startswith('<svg class="icon icon--large"')
    assert 'aria-hidden="true"' in drawing
    assert "<circle" in drawing


def test_every_icon_of_the_templates_exists():
    used = set()
    for file in (Path(settings.BASE_DIR) / "templates").rglob("*.html"):
        used |= {part.split('"')[1] for part in file.read_text("utf-8").split("{% icon ")[1:] if part.startswith('"')}

    assert used
    for name in used:
        assert rendered(f'{{% icon "{name}" %}}')


def test_an_unknown_icon_is_an_error():
    with pytest.raises(Exception, match="does not exist"):
        rendered('{% icon "no-such-icon" %}')


@pytest.mark.parametrize(
    ("cookies", "chosen"),
    [({}, "auto"), ({"theme": "dark"}, "dark"), ({"theme": "light"}, "light"), ({"theme": '"><script>'}, "auto")],
)
def test_the_theme_is_what_the_cookie_says(cookies, chosen):
    assert rendered("{% theme %}", cookies=cookies) == chosen


def test_the_theme_without_a_request_follows_the_device():
    assert Template("{% theme %}").render(Context()) == "auto"


@pytest.mark.parametrize(
    ("address", "link", "mark"),
    [
        ("/trade/", "/trade/", 'aria-current="page"'),
        ("/trade/figures/3/", "/trade/", 'aria-current="true"'),
        ("/trade/", "/projects/", ""),
        ("/", "/", 'aria-current="page"'),
        ("/trade/", "/", ""),
        ("/trade/", "", ""),
    ],
)
def test_the_entry_of_the_navigation_that_leads_here_is_marked(address, link, mark):
    assert rendered("{% active link %}", address, link=link) == mark


def test_pages_that_belong_to_an_entry_mark_it_too():
    assert rendered('{% active "/agreements/" "/plans/" %}', "/plans/2/") == 'aria-current="true"'


def test_a_component_encloses_content_and_sees_only_its_own_values():
    page = rendered(
        '{% component "table" caption=name %}<tr><td>{{ name }}</td></tr>{% endcomponent %}', name="<Оборот>"
    )

    assert "<tr><td>&lt;Оборот&gt;</td></tr>" in page
    assert '<caption class="visually-hidden">&lt;Оборот&gt;</caption>' in page


def test_an_unknown_component_is_an_error():
    with pytest.raises(TemplateDoesNotExist):
        rendered('{% component "none" %}{% endcomponent %}')


def test_every_component_says_what_it_takes():
    for file in (Path(settings.BASE_DIR) / "templates/_components").glob("*.html"):
        assert file.read_text("utf-8").startswith("{% comment %}"), file.name
