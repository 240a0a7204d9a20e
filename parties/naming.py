"""Names in Russian and English: one rule for which of the two a reader sees."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import get_language


def other_language(language: str) -> str:
    return "en" if language == "ru" else "ru"


def interface_language() -> str:
    """Return `ru` or `en`, whichever the reader has chosen."""
    return "en" if (get_language() or "ru").startswith("en") else "ru"


def text_of(row: Any, name: str) -> Any:
    """Return `<name>_ru` or `<name>_en` of a row, by the rule of `Localised`; a row of the audit has both, too."""
    language = interface_language()
    return getattr(row, f"{name}_{language}") or getattr(row, f"{name}_{other_language(language)}")


def other_language_of(row: Any, name: str) -> str:
    """Return the language that a text of a row is shown in where that is not the reader's; else an empty text."""
    language = interface_language()
    own, other = (getattr(row, f"{name}_{one}") for one in (language, other_language(language)))
    return other_language(language) if other and not own else ""


class Localised:
    """Attribute that reads `<name>_ru` or `<name>_en` in the reader's language.

    Where the chosen language has no text the other one is shown, so a name is never empty
    while one exists.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return self
        return text_of(instance, self.name)


def localised(name: str) -> Coalesce:
    """Return the SQL twin of `Localised`, for sorting and searching."""
    language = interface_language()
    return Coalesce(
        NullIf(models.F(f"{name}_{language}"), models.Value("")), models.F(f"{name}_{other_language(language)}")
    )
