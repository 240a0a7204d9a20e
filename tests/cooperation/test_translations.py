"""Russian is complete: each text of the program has a translation with all its plural forms."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(settings.BASE_DIR)
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
_CALL = re.compile(
    r"\b(_|gettext|pgettext|ngettext|npgettext)\(((?:\s*(?:u?'(?:[^'\\]|\\.)*'|u?\"(?:[^\"\\]|\\.)*\")\s*,?)+)"
)


def apps() -> list[Path]:
    return [path.parent for path in ROOT.glob("*/apps.py")]


def texts_of_python() -> dict[tuple[str | None, str], str]:
    found = {}
    for app in apps():
        for file in app.rglob("*.py"):
            if "migrations" in file.parts:
                continue
            with file.open("rb") as source:
                for line, function, message, __ in extract_python(source, list(KEYWORDS), [], {"encoding": "utf-8"}):
                    arguments = [part for part in (message if isinstance(message, tuple) else (message,)) if part]
                    if not arguments:
                        continue
                    context = arguments[0] if "pgettext" in function else None
                    text = arguments[1] if context is not None else arguments[0]
                    found[context, text] = f"{file.relative_to(ROOT)}:{line}"
    return found


def texts_of_templates() -> dict[tuple[str | None, str], str]:
    found = {}
    for file in (ROOT / "templates").rglob("*.html"):
        for call in _CALL.finditer(templatize(file.read_text("utf-8"), origin=str(file))):
            arguments = ast.literal_eval(f"({call[2].rstrip().rstrip(',')},)")
            context = arguments[0] if "pgettext" in call[1] else None
            text = arguments[1] if context is not None else arguments[0]
            found[context, text] = str(file.relative_to(ROOT))
    return found


@pytest.fixture(scope="module")
def catalogue():
    with (ROOT / "locale/ru/LC_MESSAGES/django.po").open("rb") as file:
        return read_po(file, locale="ru", domain="django")


def test_every_text_has_a_russian_translation(catalogue):
    missing = []
    for (context, text), place in {**texts_of_python(), **texts_of_templates()}.items():
        message = catalogue.get(text, context)
        strings = (
            message.string if message and isinstance(message.string, tuple) else (message.string if message else "",)
        )
        if message is None or message.fuzzy or not all(strings):
            missing.append(f"{place}: {text!r}")

    assert not missing, "\n".join(missing)


def test_texts_are_marked_by_names_that_are_collected():
    """A text that is marked by another name would be missed without a word."""
    renamed = re.compile(r"\bn?p?gettext(?:_lazy|_noop)? as (?!_\b)\w+")
    assert [str(file) for app in apps() for file in app.rglob("*.py") if renamed.search(file.read_text("utf-8"))] == []


def test_no_translation_is_left_over(catalogue):
    used = {text for __, text in {**texts_of_python(), **texts_of_templates()}}
    unused = [m.id for m in catalogue if m.id and (m.id[0] if isinstance(m.id, tuple) else m.id) not in used]

    assert not unused, unused


def test_placeholders_survive_translation(catalogue):
    wrong = []
    for message in catalogue:
        if not message.id:
            continue
        wanted = set(
            re.findall(r"%\(\w+\)[a-z]", " ".join(message.id) if isinstance(message.id, tuple) else message.id)
        )
        for string in message.string if isinstance(message.string, tuple) else (message.string,):
            if set(re.findall(r"%\(\w+\)[a-z]", string)) - wanted:
                wrong.append(message.id)

    assert not wrong, wrong
