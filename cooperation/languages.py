"""The language of parts (WCAG 3.1.2): Russian texts on English pages are marked as Russian, wherever they stand.

Most texts that people enter state no language: names fall back on the other one, notes and reasons have only the one
they were written in. The letters tell it. In a Russian interface letters tell nothing, as “PDF” is no English; there
templates mark what they know (`in_other_language`).
"""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest
from django.template.backends.django import DjangoTemplates, Template
from django.utils.safestring import SafeString, mark_safe

from parties.naming import interface_language

_LETTER = "[\u0400-\u04ff]"
_BETWEEN = "(?:[^A-Za-z<>&\u0400-\u04ff]|&[#0-9A-Za-z]+;)*"
_WORDS = re.compile(f"{_LETTER}+(?:{_BETWEEN}{_LETTER}+)*")
_AFTER_TAG = re.compile(
    r'<([/!]?\w*)([^<>"]*(?:"[^"]*"[^<>"]*)*)>' f"([^<>\u0400-\u04ff]*{_LETTER}[^<>]*)"  # a tag, its attributes, text
)
_LATIN = re.compile("[A-Za-z]")
_NO_PROSE = {"script", "style"}
_HOLDS_TEXT_ONLY = {"title", "option", "textarea", "text", "tspan", "desc"}


def mark_russian(page: str) -> str:
    """Return an English page with `lang="ru"` around its Russian words."""
    return _AFTER_TAG.sub(_marked, page)


def _marked(found: re.Match[str]) -> str:
    tag, attributes, text = found.groups()
    if tag in _NO_PROSE or ' lang="' in attributes:
        return found[0]
    if tag not in _HOLDS_TEXT_ONLY:
        return f"<{tag}{attributes}>" + _WORDS.sub(r'<bdi lang="ru">\g<0></bdi>', text)
    mostly = sum(map(len, _WORDS.findall(text))) > len(_LATIN.findall(text))
    return f'<{tag}{attributes} lang="ru">{text}' if mostly else found[0]


class Page(Template):
    """A template that, rendered for a request, is what a reader gets."""

    def render(self, context: Any = None, request: HttpRequest | None = None) -> SafeString:
        text: SafeString = super().render(context, request)  # type: ignore[assignment]
        if request is None or interface_language() != "en":
            return text
        return mark_safe(mark_russian(text))  # noqa: S308 – marks are put around what was safe


class Pages(DjangoTemplates):
    """The templates of this program. What they include and the controls of forms are marked with their page."""

    def get_template(self, template_name: str) -> Page:
        return Page(super().get_template(template_name).template, self)
