"""The rows that fit a question, grouped by kind, best first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection, models, transaction
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import override

from dashboards.search import highlighting, words
from dashboards.search.kinds import KINDS, SEARCHED, belongs_to, page_of, period_of, rows
from dashboards.search.questions import Question
from dashboards.search.words import Term
from parties.naming import Localised, interface_language, other_language
from parties.periods import Period

OF_EACH_KIND = 5
ON_A_PAGE = 50
MOST_OF_A_KIND = 2000
"""Where more rows of a kind fit, so many of them are ranked, and “more than” is said: the question says too little."""

# Titles weigh most; a long text less than a short one. Of equals the newest comes first. Each kind is asked for by
# itself and no further than %(most)s rows, so that a word that stands in all texts costs no more than a rarer one.
# A kind that is not asked for gives one row without a record: it carries the number of its records.
_FIND = """
    WITH found AS MATERIALIZED (
        SELECT asked.kind, fitting.*
        FROM unnest(%(kinds)s::text[]) AS asked (kind)
        CROSS JOIN LATERAL (
            SELECT id, upper(period) AS until,
                ts_rank('{0.1, 0.2, 0.4, 1.0}', vector, %(query)s::tsquery, 1)
                    + ts_rank('{0.1, 0.2, 0.4, 1.0}', vector, %(very_words)s::tsquery, 1) AS rank
            FROM documents_searchentry
            WHERE vector @@ (%(query)s::tsquery && ('''kind=' || asked.kind || '''')::tsquery)
                AND (%(year)s IS NULL OR period && daterange(make_date(%(year)s, 1, 1), make_date(%(year)s + 1, 1, 1)))
                AND (%(is_example)s IS NULL OR is_example = %(is_example)s)
            LIMIT %(most)s + 1
        ) AS fitting
    ), kinds AS (
        SELECT kind, count(*) AS total, max(rank) AS best FROM found GROUP BY kind
    )
    SELECT kinds.kind, kinds.total, entry.model, entry.object_id
    FROM kinds
    LEFT JOIN LATERAL (
        SELECT id, rank, until FROM found
        WHERE found.kind = kinds.kind AND (%(kind)s = '' OR kinds.kind = %(kind)s)
        ORDER BY rank DESC, until DESC NULLS LAST, id DESC
        LIMIT %(limit)s OFFSET %(offset)s
    ) AS shown ON TRUE
    LEFT JOIN documents_searchentry AS entry ON entry.id = shown.id
    ORDER BY kinds.best DESC, kinds.kind, shown.rank DESC, shown.until DESC NULLS LAST, shown.id DESC
"""


class _Placed(NamedTuple):
    """A found record in its place, or none of a kind that is only counted."""

    kind: str
    total: int
    model: str | None
    pk: int | None


@dataclass(frozen=True)
class Hit:
    """A found row as it is shown. Marked texts are HTML."""

    row: Any
    title: str
    marked: SafeString
    text: str
    """What is shown beneath the title, not marked."""
    snippet: SafeString
    snippet_language: str
    part_of: str
    period: Period | None
    page: str | None


@dataclass(frozen=True)
class Group:
    """The found rows of one kind: how many there are, and those shown."""

    code: str
    label: str | Promise
    total: int
    is_more: bool
    """Whether there are more than `total`."""
    hits: tuple[Hit, ...]
    address: str
    """The question asked for this kind only."""
    has_rest: bool
    """Whether the address shows more than is shown here."""


@dataclass(frozen=True)
class Found:
    """The answer to a question."""

    question: Question
    terms: tuple[Term, ...]
    all_words: bool
    """False where no row has all words, and those with some of them are shown."""
    groups: tuple[Group, ...]

    @property
    def total(self) -> int:
        return sum(group.total for group in self.groups)

    @property
    def is_more(self) -> bool:
        """Whether there are more than `total`."""
        return any(group.is_more for group in self.groups)

    @property
    def shown(self) -> tuple[Group, ...]:
        return tuple(group for group in self.groups if group.hits)

    @property
    def read_otherwise(self) -> tuple[Term, ...]:
        return tuple(term for term in self.terms if term.read_as)

    @property
    def unknown(self) -> tuple[Term, ...]:
        return tuple(term for term in self.terms if not term.stems)

    @property
    def everything(self) -> str:
        """The address of the question asked for all kinds."""
        return self.question.but(kind="")

    @property
    def earlier(self) -> str:
        """The address of the page before this one; empty where this is the first."""
        return self.question.but(page=self.question.page - 1) if self.question.page > 1 else ""

    @property
    def later(self) -> str:
        """The address of the next page of the chosen kind; empty where this is the last."""
        end = self.question.page * ON_A_PAGE
        more = any(group.code == self.question.kind and group.total > end for group in self.groups)
        return self.question.but(page=self.question.page + 1) if more else ""


def search(question: Question, *, whole: bool = False) -> Found:
    """Return what fits, in a number of queries that depends on the kinds found, not on the rows.

    `whole=True` asks for the rows of all pages and kinds, up to `MOST_OF_A_KIND` of each.
    """
    terms = tuple(words.terms(question.words))
    query, all_words = words.all_of(terms), True
    placed = _placed(question, query, terms, whole) if query else []
    if not placed and len(terms) > 1:
        query, all_words = words.any_of(terms), False
        placed = _placed(question, query, terms, whole) if query else []
    return Found(question, terms, all_words, tuple(_groups(question, terms, placed)))


def _placed(question: Question, query: str, terms: Iterable[Term], whole: bool) -> list[_Placed]:
    of_a_kind = ON_A_PAGE if question.kind else OF_EACH_KIND
    asked: dict[str, Any] = {
        "query": query,
        "very_words": words.very_words(terms),
        "kinds": list(KINDS),
        "most": MOST_OF_A_KIND,
        "year": question.year,
        "is_example": question.is_example,
        "kind": question.kind,
        "limit": MOST_OF_A_KIND if whole else of_a_kind,
        "offset": (question.page - 1) * ON_A_PAGE if question.kind and not whole else 0,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        # Limited scans look cheap to the planner even where all rows of a kind lie at the end of the table.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(_FIND, asked)
        placed = [_Placed(*row) for row in cursor.fetchall()]
        cursor.execute("SET LOCAL enable_seqscan = on")
    return placed


def _groups(question: Question, terms: Iterable[Term], placed: list[_Placed]) -> Iterator[Group]:
    wanted = [(one.kind, one.model, one.pk) for one in placed if one.model is not None and one.pk is not None]
    shown = {key: _Shown(row) for key, row in _rows(wanted).items()}
    texts = (text for one in shown.values() for text in one.texts)
    marks = highlighting.found_words(texts, words.any_of(terms)) if shown else frozenset()
    for kind, total in {one.kind: one.total for one in placed}.items():
        hits = tuple(shown[model, pk].hit(marks) for found, model, pk in wanted if found == kind)
        yield Group(
            code=kind,
            label=KINDS[kind].label,
            total=min(total, MOST_OF_A_KIND),
            is_more=total > MOST_OF_A_KIND,
            hits=hits,
            address=question.but(kind=kind),
            has_rest=not question.kind and total > len(hits),
        )


def _rows(wanted: list[tuple[str, str, int]]) -> dict[tuple[str, int], models.Model]:
    ids: dict[str, list[int]] = defaultdict(list)
    for __, label, pk in wanted:
        ids[label].append(pk)
    return {(label, pk): row for label, pks in ids.items() for pk, row in rows(label, pks).items()}


class _Shown:
    """A row and the texts that may be shown of it, in the reader's language and in the other one."""

    def __init__(self, row: models.Model) -> None:
        language = interface_language()
        self.row = row
        self.title = str(row)
        self.beneath = [(language, text) for text in self._texts(language) if text not in self.title]
        other = other_language(language)
        with override(other):
            foreign = str(row)
        known = {self.title, *(text for __, text in self.beneath)}
        self.beneath += [
            (other, text) for text in [foreign, *self._texts(other)] if text not in known and text not in self.title
        ]

    def _texts(self, language: str) -> list[str]:
        names = SEARCHED[self.row._meta.label_lower].texts
        localised = [f"{name}_{language}" if _is_localised(self.row, name) else name for name in names]
        return [text for name in localised if (text := str(getattr(self.row, name)))]

    @property
    def texts(self) -> list[str]:
        return [self.title, *(text for __, text in self.beneath)]

    def hit(self, marks: frozenset[str]) -> Hit:
        """Show the title, and beneath it the first text with a found word, else the first in the reader's language.

        The other language is shown only where the reader's has none of the words.
        """
        own = [(language, text) for language, text in self.beneath if language == interface_language()]
        fitting = [one for one in own if highlighting.is_marked(one[1], marks)]
        if not fitting and not highlighting.is_marked(self.title, marks):
            fitting = [one for one in self.beneath if highlighting.is_marked(one[1], marks)]
        language, text = next(iter([*fitting, *own]), ("", ""))
        above = belongs_to(self.row)
        return Hit(
            row=self.row,
            title=self.title,
            marked=highlighting.marked(self.title, marks),
            text=text,
            snippet=highlighting.marked(text, marks),
            snippet_language=language if language != interface_language() else "",
            part_of=str(above) if above else "",
            period=period_of(self.row),
            page=page_of(self.row),
        )


def _is_localised(row: models.Model, name: str) -> bool:
    return isinstance(getattr(type(row), name, None), Localised)
