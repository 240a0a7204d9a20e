"""Executors as plans write them: names and short names of organisations, in one column or one for each side."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from agreements.files.layout import SideWords
from agreements.files.tables import storable
from agreements.models import Executor
from parties.models import Organisation
from parties.naming import interface_language, other_language

_NEAREST = 5
LONGEST_CELL = 2000
LONGEST_NAME = 300  # what an organisation holds
MOST_NAMES = 50
_CO_EXECUTORS = re.compile(r"^(?:соисполнител[ьи]|co-?executors?)\s*[:–—-]\s*", re.IGNORECASE)
_LEADS = re.compile(
    r"^(?:ответственн\w+(?: исполнител[ьи])?|исполнител[ьи]|отв\.|lead|executors?)\s*[:–—-]\s*", re.IGNORECASE
)
_ASIDE = re.compile(r"\s*\((по согласованию|by agreement|соисполнител[ьи]|co-?executors?)\)\s*$", re.IGNORECASE)
_JOINT = re.compile(r"соисполнител|co-?executor", re.IGNORECASE)
_NUMBERED = re.compile(r"\(№ (\d{1,18})\)$")


@dataclass(frozen=True)
class Named:
    """An executor that a file names."""

    organisation: int
    side: str
    leads: bool


@dataclass(frozen=True, eq=False)
class UnknownName:
    """A name that no organisation has, for the side of its column (empty where the column says none).

    Spellings that differ in case or quotation marks only are one name, of which the first stands for all.
    """

    name: str
    side: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, UnknownName) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    @cached_property
    def key(self) -> str:
        return hashlib.sha256(f"{self.side} {plain(self.name)}".encode()).hexdigest()[:12]


class OtherSide(Exception):
    """The organisation stands in the column of the side that it does not belong to, or no side is known for it."""

    def __init__(self, organisation: Organisation, *, is_known: bool) -> None:
        super().__init__(str(organisation))
        self.organisation, self.is_known = organisation, is_known


def marks_joint(text: str) -> bool:
    """Tell whether a cell says of some executors that they do not lead."""
    return bool(_JOINT.search(text))


def names_too_much(text: str) -> bool:
    """Tell whether a cell is longer, or divided into more pieces, than any list of executors."""
    return len(text) > LONGEST_CELL or len(re.findall(r"[,;\n]", text)) >= MOST_NAMES


def plain(name: str) -> str:
    """Return the name as it is compared: without case, quotation marks, kinds of dashes and spaces, Ё as Е."""
    words = storable(name).casefold().replace("ё", "е").translate(str.maketrans("–—‑−\u00a0\u202f", "----  "))
    return " ".join(re.sub(r"[«»“”„\"']", "", words).split()).strip(" .,;")


class Organisations:
    """The organisations by all their names."""

    def __init__(self, known: Iterable[Organisation]) -> None:
        self.by_id = {organisation.pk: organisation for organisation in known}

    @cached_property
    def _by_name(self) -> dict[str, list[Organisation]]:
        named: dict[str, list[Organisation]] = {}
        for one in self.by_id.values():
            for name in {plain(text) for text in (one.name_ru, one.name_en, one.short_name_ru, one.short_name_en)}:
                if name:
                    named.setdefault(name, []).append(one)
        return named

    @cached_property
    def most_commas(self) -> int:
        """How many commas the name with the most of them has."""
        return max((name.count(",") for name in self._by_name), default=0)

    def has(self, name: str) -> bool:
        """Tell whether the whole text is the name of an organisation, whatever signs it holds."""
        return plain(name) in self._by_name

    def find(self, name: str, side: str) -> Organisation | None:
        """Return the one organisation of that name; where several have it, the one of the side."""
        numbered = _NUMBERED.search(name)
        if numbered:
            return self.by_id.get(int(numbered[1]))
        found = self._by_name.get(plain(name), [])
        if len(found) > 1:
            found = [one for one in found if one.side == side]
        return found[0] if len(found) == 1 else None

    def nearest(self, unknown: UnknownName) -> list[Organisation]:
        """Return the organisations whose names are most like the unknown one, those of its side only."""
        names = difflib.get_close_matches(plain(unknown.name), self._by_name, n=_NEAREST, cutoff=0.45)
        found = {one.pk: one for name in names for one in self._by_name[name]}
        return [one for one in found.values() if not unknown.side or one.side in ("", unknown.side)][:_NEAREST]

    def written(self, organisation: Organisation) -> str:
        """Return the shortest name by which the organisation is found again."""
        language = interface_language()
        names = [
            getattr(organisation, f"{field}_{tongue}")
            for tongue in (language, other_language(language))
            for field in ("short_name", "name")
        ]
        for name in names:
            if name and not re.search(r"[;\n]", name) and len(self._by_name.get(plain(name), [])) == 1:
                return str(name)
        undivided = re.sub(r"[;,:\n]", " ", str(organisation))
        return f"{undivided} (№ {organisation.pk})"

    def list_written(self, executors: Sequence[Executor | Named]) -> str:
        """Return the executors as a cell of a plan: the leading ones, and below them the others."""
        lines = []
        for leads, label in (
            (True, ""),
            (False, "соисполнители: " if interface_language() == "ru" else "co-executors: "),
        ):
            names = [self.written(self.by_id[_id_of(one)]) for one in executors if one.leads is leads]
            if names:
                lines.append(label + "; ".join(names))
        return "\n".join(lines)


def _id_of(executor: Executor | Named) -> int:
    return executor.organisation if isinstance(executor, Named) else executor.organisation_id


def read_executors(
    text: str,
    *,
    side: str,
    leads: bool,
    known: Organisations,
    sides: SideWords,
    choices: Mapping[str, int | None],
) -> tuple[list[Named], list[UnknownName]]:
    """Return the executors that a cell names, and the names that no organisation has.

    `side` and `leads` are what the column says. `choices` are decisions about unknown names by their keys: the
    organisation that is meant, or None to leave the name out. Raise `OtherSide` for one in the wrong column.
    """
    found: dict[int, Named] = {}
    unknown: list[UnknownName] = []
    for name, own_side, is_lead in _names(text, side, leads, known, sides):
        organisation = known.find(name, own_side)
        if organisation is None:
            one = UnknownName(name, own_side)
            if one.key not in choices:
                unknown.append(one)
                continue
            chosen = choices[one.key]
            if chosen is None:
                continue
            organisation = known.by_id[chosen]
        at = own_side or organisation.side
        if not at or (organisation.side and organisation.side != at):
            raise OtherSide(organisation, is_known=bool(at))
        before = found.get(organisation.pk)
        found[organisation.pk] = Named(organisation.pk, at, is_lead or bool(before and before.leads))
    return list(found.values()), unknown


def _names(
    text: str, side: str, leads: bool, known: Organisations, sides: SideWords
) -> Iterable[tuple[str, str, bool]]:
    """Give each name of the cell with its side and whether it leads."""
    if known.has(text):
        yield text, side, leads
        return
    for line in text.split("\n"):
        leads_here, side_here = leads, side
        for written in line.split(";"):
            piece = " ".join(written.split()).strip(" ,.")
            prefix, colon, rest = piece.partition(":")
            if colon and not side and sides.side_in(prefix):
                side_here, piece = str(sides.side_in(prefix)), rest.strip()
            for pattern, meaning in ((_CO_EXECUTORS, False), (_LEADS, True)):
                if pattern.match(piece):
                    leads_here, piece = meaning, pattern.sub("", piece)
            aside = _ASIDE.search(piece)
            is_lead = leads_here and not (aside and not aside[1].lower().startswith(("по", "by")))
            piece = _ASIDE.sub("", piece)
            for name in _parts(piece, side_here, known):
                yield name, side_here, is_lead


def _parts(piece: str, side: str, known: Organisations) -> list[str]:
    """Divide at commas, but not inside the name of an organisation; a piece with no known name stays whole."""
    if not piece:
        return []
    if "," not in piece or known.find(piece, side):
        return [piece]
    words = [word.strip() for word in piece.split(",") if word.strip()]
    parts: list[str] = []
    place, any_known = 0, False
    while place < len(words):
        for end in range(min(len(words), place + known.most_commas + 1), place, -1):
            name = ", ".join(words[place:end])
            if known.find(name, side):
                any_known = True
                break
        else:
            end, name = place + 1, words[place]
        parts.append(name)
        place = end
    return parts if any_known else [piece]
