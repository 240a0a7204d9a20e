"""Problems that were found in a file: breaches of the rules of the catalogue, and the refusal of a whole file."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from trade.importing import limits
from trade.importing.catalogue import ERROR, FATAL, RULES, WARNING

__all__ = ["ERROR", "FATAL", "RULES", "WARNING", "Findings", "Problem", "Refused", "plain", "problem", "refuse"]


def plain(value: object) -> str:
    """Return a value as it can be quoted: short, one line, only characters that every store and format keeps."""
    text = str(value)
    shown = "".join(
        character if character.isprintable() and not "\ud800" <= character <= "\udfff" else "\N{REPLACEMENT CHARACTER}"
        for character in text[: limits.VALUE_CHARACTERS + 1]
    )
    return shown if len(shown) <= limits.VALUE_CHARACTERS else shown[: limits.VALUE_CHARACTERS - 1] + "…"


@dataclass(frozen=True)
class Problem:
    """One breach of a rule. `line` counts from 1, the header; None where the whole file is meant.

    `rule` and `params` are what is stored; the texts are made when they are read, in the reader's language.
    """

    rule: str
    line: int | None = None
    column: str = ""
    value: str = ""
    params: dict[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        return RULES[self.rule].code

    @property
    def severity(self) -> str:
        return RULES[self.rule].severity

    @property
    def message(self) -> str:
        return self._filled(RULES[self.rule].message)

    @property
    def advice(self) -> str:
        return self._filled(RULES[self.rule].advice)

    def _filled(self, template: str | Promise) -> str:
        return str(template).format(value=self.value, **self.params)

    def as_dict(self) -> dict[str, Any]:
        """Return what `from_dict` reads: JSON without texts."""
        return {
            "rule": self.rule,
            "line": self.line,
            "column": self.column,
            "value": self.value,
            "params": dict(self.params),
        }

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> Problem:
        return cls(**stored)


def problem(rule: str, *, line: int | None = None, column: str = "", value: object = "", **params: object) -> Problem:
    """Return a breach of the named rule; values are made fit to be quoted and stored."""
    return Problem(rule, line, plain(column), plain(value), {name: plain(given) for name, given in params.items()})


class Refused(Exception):
    """The whole file is refused; `problem` says why and what to do."""

    def __init__(self, found: Problem) -> None:
        super().__init__(found.rule, found.line, found.value)
        self.problem = found


def refuse(rule: str, *, line: int | None = None, column: str = "", value: object = "", **params: object) -> Refused:
    """Return the refusal of a file for the named rule, to be raised."""
    return Refused(problem(rule, line=line, column=column, value=value, **params))


class Findings:
    """Problems of a file: all are counted by code, the first are kept; what refuses the file before all else."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._fatal: list[Problem] = []
        self._others: list[Problem] = []
        self._warnings = 0

    @property
    def kept(self) -> list[Problem]:
        """The problems that are shown: those of severity F first, then the others in the order of the file."""
        return [*self._fatal, *self._others][: limits.PROBLEMS_KEPT]

    @property
    def refuse_the_file(self) -> bool:
        """Whether one of them, kept or not, is of severity F."""
        return bool(self._fatal)

    def add(
        self, rule: str, *, line: int | None = None, column: str = "", value: object = "", **params: object
    ) -> None:
        entry = RULES[rule]
        self.counts[entry.code] += 1
        chosen = self._fatal if entry.severity == FATAL else self._others
        if len(chosen) >= limits.PROBLEMS_KEPT:
            return
        if entry.severity == WARNING:
            if self._warnings >= limits.WARNINGS_KEPT:
                return
            self._warnings += 1
        chosen.append(problem(rule, line=line, column=column, value=value, **params))
