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
        language = interface_language()
        return getattr(instance, f"{self.name}_{language}") or getattr(
            instance, f"{self.name}_{other_language(language)}"
        )


def localised(name: str) -> Coalesce:
    """Return the SQL twin of `Localised`, for sorting and searching."""
    language = interface_language()
    return Coalesce(
        NullIf(models.F(f"{name}_{language}"), models.Value("")), models.F(f"{name}_{other_language(language)}")
    )
