"""Whatever a file holds: only `Refused` leaves the reading, only checked characters come out of it.

The suite tries 200 files of each kind, `make test-faults` ten thousand.
"""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from tests.trade.importing.files import outcome
from tests.trade.importing.mutations import Mutated, files_with_one_bad_cell, mutated_files
from trade.importing import Problem, Refused

EXAMPLES = int(os.environ.get("TRADE_FILES", "200"))
many = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
LINE = re.compile(
    r"[0-9]{4}-[0-9]{2}-01\t[0-9]+\t[0-9]{1,2}\t[A-Z-]+\t(X|M|RX|RM)\tH[0-9]{1,2}\t[AEPMQ]\t[A-Z_-]+"
    r"\t(TOTAL|[0-9]{2,10}|([0-9]{2})?_CONF)\t(0|2|4|6|8|10)\t([0-9]{3})?(\t(\\N|[0-9]+\.?[0-9]*|\.[0-9]+)){3}"
)


def check(problem: Problem) -> None:
    """Check that a problem can be stored, and that it names row and column where it is about a row."""
    problem.value.encode()
    assert "\0" not in problem.value + problem.column
    assert "{" not in problem.message.replace(problem.value, "")
    assert problem.advice
    assert Problem.from_dict(problem.as_dict()) == problem
    if problem.severity != "F":
        assert problem.line is not None
        assert problem.line > 0
        assert problem.column
    elif problem.code not in ("FILE", "ENC", "HDR"):
        assert problem.line is not None


@many
@given(mutated_files())
def test_only_refused_leaves_and_only_checked_lines_come_out(file: Mutated) -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            found = outcome(Path(folder), file.content, file.name, **file.given)
        except Refused as refused:
            check(refused.problem)
            return
    for line in found.text.splitlines():
        assert LINE.fullmatch(line), line
    assert found.reading.rows_accepted == len(found.lines)
    assert len(found.reading.problems) <= sum(found.reading.counts.values())
    for problem in found.reading.problems:
        check(problem)


@many
@given(files_with_one_bad_cell())
def test_one_bad_cell_is_named_by_line_and_column_and_costs_its_row_only(file: Mutated) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = outcome(Path(folder), file.content, file.name, **file.given)
    assert [(p.line, p.column) for p in found.reading.problems] == [(file.bad_line, file.bad_column)]
    assert found.reading.rows_rejected == 1
    assert str(file.bad_line) not in {line["line"] for line in found.lines}
