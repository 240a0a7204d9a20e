"""Rows like earlier ones take a short way: it says of every file what the long way says of it."""

from __future__ import annotations

import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.trade.importing import files
from tests.trade.importing.files import Outcome, outcome, row
from trade.importing import Refused, reading

PLAIN = ["8471300000", "0101210000", "2207100000", "8471410000", "9901000000"]
ODD = ["84XXXXXXXX", "SS", "101210000", "TOTAL", "8471", "8471300000 ", "84 71300000", "7700000000", "77"]
NUMBERS = ["1", "7", "100", "1000000", "0", "", ".5", "1e3", "-", "1 000", "007"]


@st.composite
def tables(draw: Any) -> list[list[str]]:
    """Rows of a few plain codes in a few months; every fifth has something odd."""

    def cell(plain: list[str], odd: list[str]) -> str:
        return str(draw(st.sampled_from(plain * 4 + odd)))

    return [
        row(
            tnved=cell(PLAIN, ODD), period=cell(["01/2024", "01/2018"], []), strana=cell(["BY", "CN"], ["EU"]),
            edizm=cell(["796", ""], ["???"]), stoim=cell(["1", "100"], NUMBERS), netto=cell(["1", "7"], NUMBERS),
            kol=cell(["1", "0"], NUMBERS),
        )
        for __ in range(draw(st.integers(2, 20)))
    ]  # fmt: skip


class Forgetful(dict[Any, Any]):
    """Remembers nothing, so that every row takes the long way."""

    def __setitem__(self, key: Any, value: Any) -> None:
        pass


def said(rows: list[list[str]], monkeypatch: Any, *, is_short: bool) -> Any:
    """Return all that reading says of a file; numbers as such, for the short way leaves them as they were written."""
    own = reading.Reading.__init__

    def begin(self: reading.Reading, *given: Any) -> None:
        own(self, *given)
        if not is_short:
            self._memory.heads = Forgetful()

    with tempfile.TemporaryDirectory() as folder, monkeypatch.context() as patched:
        patched.setattr(reading.Reading, "__init__", begin)
        try:
            found = outcome(Path(folder), files.variant_c(rows))
        except Refused as refused:
            return refused.problem
    return lines(found), found.reading.counts, found.reading.problems, found.reading.rows_read, found.reading.levels


def lines(found: Outcome) -> list[list[object]]:
    figures = {"value", "net_kg", "quantity"}
    return [
        [Decimal(text) if name in figures and text != r"\N" else text for name, text in line.items()]
        for line in found.lines
    ]


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=tables())
def test_the_short_way_says_what_the_long_way_says(rows: list[list[str]], monkeypatch: Any) -> None:
    assert said(rows, monkeypatch, is_short=True) == said(rows, monkeypatch, is_short=False)
