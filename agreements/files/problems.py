"""What is wrong with a file of a plan, by table, row and column, and what to write instead."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise


class UnusableFile(Exception):
    """Nothing can be read from the file. `advice` says what to do."""

    def __init__(self, message: str | Promise, advice: str | Promise) -> None:
        super().__init__(str(message))
        self.message, self.advice = str(message), str(advice)


@dataclass(frozen=True, order=True)
class Place:
    """Where something stands: `table` is the name of a sheet or the number of a table, `row` counts from 1."""

    table: str
    row: int


@dataclass(frozen=True)
class RowProblem:
    """Why a row cannot become a measure. `value` is what stands there."""

    place: Place
    column: str
    value: str
    message: str
    advice: str
