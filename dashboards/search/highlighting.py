"""The shown texts with the found words marked."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db import connection
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from dashboards.search.words import words_of

LONGEST = 240
_BEFORE = 90  # letters shown before the first found word of a long text
_WORD = re.compile(r"[^\W_]+")


def found_words(texts: Iterable[str], query: str) -> frozenset[str]:
    """Return which of the words of the texts, normalised, were found by the query (1 query)."""
    words = sorted({word for text in texts for word in words_of(text)})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word FROM unnest(%s::text[]) AS one (word)"
            " WHERE to_tsvector('pg_catalog.russian', word) @@ %s::tsquery",
            [words, query],
        )
        return frozenset(word for (word,) in cursor.fetchall())


def is_marked(text: str, words: frozenset[str]) -> bool:
    return not words.isdisjoint(words_of(text))


def marked(text: str, words: frozenset[str], longest: int = LONGEST) -> SafeString:
    """Return the text, escaped, with the words marked; of a long text the part around the first of them."""
    text = _part(text, words, longest)
    pieces: list[tuple[str, SafeString | str]] = []
    end = 0
    for match in _WORD.finditer(text):
        if not words.isdisjoint(words_of(match[0])):
            pieces.append((text[end : match.start()], format_html("<mark>{}</mark>", match[0])))
            end = match.end()
    return format_html_join("", "{}{}", [*pieces, (text[end:], "")])


def _part(text: str, words: frozenset[str], longest: int) -> str:
    if len(text) <= longest:
        return text
    first = next((one.start() for one in _WORD.finditer(text) if not words.isdisjoint(words_of(one[0]))), 0)
    start = 0 if first <= longest - _BEFORE else text.rfind(" ", 0, first - _BEFORE) + 1
    end = start + longest
    if end >= len(text):
        return f"… {text[start:]}"
    end = max(text.rfind(" ", start, end), start + 1)
    return f"{'… ' if start else ''}{text[start:end].rstrip(' ,;:–')} …"
