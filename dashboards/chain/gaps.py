"""Where a chain is broken."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Gap:
    """A place where the chain is broken: a code for programs, words for readers."""

    code: str
    words: str
