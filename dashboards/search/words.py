"""What the words of a question may mean.

Each word is read in the first of these ways that the indexed texts allow: as a form of a word they hold, as the
beginning of words, as a word typed with the other keyboard layout, as a misspelt word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from django.db import connection

MOST_WORDS = 12
_SHORTEST_BEGINNING = 3
_SHORTEST_MISSPELT = 4
_SHORTEST_ROOT = 5
_MOST_ENDINGS = 60  # of words that begin alike, the shortest
_ALIKE = 0.74  # how much of two words must agree: one wrong letter of four, two of eight
_ALIKE_BUT_FOR_THE_FIRST = 0.85  # the first letter is seldom the wrong one: “Гродно” is not “одно”
_AS_ALIKE = 0.04  # readings that are nearly as good as the best one are kept, too

_LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_CYRILLIC = "йцукенгшщзхъфывапролджэячсмитьбюё"
_OTHER_LAYOUT = str.maketrans(
    _LATIN + _LATIN.upper() + _CYRILLIC + _CYRILLIC.upper(), _CYRILLIC + _CYRILLIC.upper() + _LATIN + _LATIN.upper()
)

_READ = """
    SELECT given.word, lexeme.stem,
        EXISTS (SELECT FROM documents_searchword known WHERE known.stem = lexeme.stem),
        ARRAY(
            SELECT longer.stem FROM documents_searchword longer
            WHERE length(root.text) >= %(shortest)s
                AND longer.word >= root.text AND longer.word < root.text || chr(1114111)
            GROUP BY longer.stem ORDER BY min(length(longer.word)), longer.stem LIMIT %(most)s
        )
    FROM unnest(%(words)s::text[]) AS given (word)
    CROSS JOIN LATERAL (
        SELECT (tsvector_to_array(to_tsvector('pg_catalog.russian', given.word)))[1] AS stem
    ) AS lexeme
    CROSS JOIN LATERAL (
        SELECT CASE WHEN length(lexeme.stem) >= %(root)s THEN lexeme.stem ELSE given.word END AS text
    ) AS root
"""

_ALIKE_WORDS = """
    SELECT word, min(stem) FROM documents_searchword WHERE word %% %(word)s
    GROUP BY word ORDER BY similarity(word, %(word)s) DESC, word LIMIT 60
"""


class _Known(NamedTuple):
    """What the texts know of a word: its stem (none for words like “and”), and stems of words that begin like it."""

    stem: str | None
    is_known: bool
    longer: list[str]


@dataclass(frozen=True)
class Term:
    """A word of a question. Without stems nothing can be found by it."""

    written: str
    stems: tuple[str, ...]
    read_as: str = ""
    """The word that it was taken for, where that is another one."""
    related: tuple[str, ...] = ()
    """Stems that begin with that of the word, as “гродненский” does with that of “Гродно”. They count less."""


def words_of(text: str) -> list[str]:
    """Return the normalised words, as `documents_search_text` makes them in the database."""
    lowered = unicodedata.normalize("NFC", text).lower().replace("ё", "е")
    return [word for word in re.split(r"[\W_]+", lowered) if word]


def terms(text: str) -> list[Term]:
    """Return the words of a question with what they may mean; words like “and” are left out (1 query, 1 a typo)."""
    chunks = [(words_of(chunk), _retyped(chunk)) for chunk in text.split()[:MOST_WORDS]]
    known = _known({word for words, retyped in chunks for word in (*words, retyped) if word})
    found: list[Term] = []
    for words, retyped in chunks:
        readings = [_read(word, known[word]) for word in words]
        if retyped and known[retyped].is_known and not any(one and one.stems for one in readings):
            readings = [Term("".join(words), (known[retyped].stem or "",), retyped)]
        found += [reading if reading.stems else _misspelt(reading.written) for reading in readings if reading]
    return list(dict.fromkeys(found))[:MOST_WORDS]


def _read(word: str, known: _Known) -> Term | None:
    """Return the word as the texts have it, or as the beginning of words; None for words like “and”."""
    if known.stem is None:
        return None
    if not known.is_known:
        return Term(word, tuple(known.longer))
    # A shorter stem begins words of other roots, too: “план”, “планета”.
    has_root = len(known.stem) >= _SHORTEST_ROOT and known.stem.isalpha()
    related = tuple(stem for stem in known.longer if stem != known.stem) if has_root else ()
    return Term(word, (known.stem,), related=related)


def _retyped(raw: str) -> str:
    """Return the word that the same keys give in the other layout, where that is one word."""
    words = words_of(raw.translate(_OTHER_LAYOUT))
    return words[0] if len(words) == 1 else ""


def _known(words: Iterable[str]) -> dict[str, _Known]:
    with connection.cursor() as cursor:
        asked: dict[str, Any] = {
            "words": list(words),
            "shortest": _SHORTEST_BEGINNING,
            "root": _SHORTEST_ROOT,
            "most": _MOST_ENDINGS,
        }
        cursor.execute(_READ, asked)
        return {word: _Known(*known) for word, *known in cursor.fetchall()}


def _misspelt(word: str) -> Term:
    if len(word) < _SHORTEST_MISSPELT or word.isdigit():
        return Term(word, ())
    with connection.cursor() as cursor:
        cursor.execute(_ALIKE_WORDS, {"word": word})
        candidates = [
            (SequenceMatcher(None, word, other, autojunk=False).ratio(), other, stem)
            for other, stem in cursor.fetchall()
        ]
    likely = [one for one in candidates if one[0] >= (_ALIKE if one[1][0] == word[0] else _ALIKE_BUT_FOR_THE_FIRST)]
    if not likely:
        return Term(word, ())
    best = max(likely)
    readings = [stem for ratio, __, stem in likely if ratio >= best[0] - _AS_ALIKE]
    return Term(word, tuple(dict.fromkeys(readings)), best[1])


def all_of(found: Iterable[Term]) -> str:
    """Return the `tsquery` of texts that have all words; empty where a word cannot be found at all."""
    parts = [_one_of(*term.stems, *term.related) for term in found]
    return " & ".join(parts) if all(parts) else ""


def any_of(found: Iterable[Term]) -> str:
    """Return the `tsquery` of texts that have at least one of the words."""
    return _one_of(*(stem for term in found for stem in (*term.stems, *term.related)))


def very_words(found: Iterable[Term]) -> str:
    """Return the `tsquery` of texts that have at least one of the words themselves, not a related one."""
    return _one_of(*(stem for term in found for stem in term.stems))


def _one_of(*stems: str) -> str:
    # Stems come from the index and hold letters and digits only; they are quoted all the same.
    quoted = ["'" + stem.replace("\\", "\\\\").replace("'", "''") + "'" for stem in dict.fromkeys(stems)]
    return f"({' | '.join(quoted)})" if quoted else ""
