"""The totals of partners that are named, or of all together: what is loaded of them and what they add up to.

Both are asked of the same few rows, so that a page about one partner reads them once.
"""

from __future__ import annotations

from trade.cube.coverage import HAS_LINES, IS_LUMPED, coverage_by
from trade.cube.reading import Group, Question
from trade.cube.spans import Coverage
from trade.models import TOTAL, WORLD


class Totals:
    """The totals that a question is about, with those of all partners together (1 query)."""

    def __init__(self, question: Question) -> None:
        """Read them: a sum for each partner, flow, period and release. `speak_for` tells of which questions."""
        amount = question.selection.measure
        question.parameters["loaded_with"] = [WORLD, *question.selection.partners]
        # Hidden goods and the sum of the lines are kept in money only
        in_money = "sum(hidden_value), sum(lines_value)" if amount == "value" else "NULL::numeric, NULL::numeric"
        columns = dict.fromkeys(
            ("partner", "flow", "period", "months", "opened", "value", amount, "lines", "hidden_value", "lines_value")
        )
        totals = question.visible("trade_partner_total", columns, "partner = ANY(%(loaded_with)s)")
        self._rows = question.rows(
            f"SELECT partner, flow, {question.span_start} AS starts, months, opened,"
            f" {HAS_LINES} AS has_lines, {IS_LUMPED} AS is_lumped,"
            f" array_agg(period), sum({amount}), count(*) - count({amount}), sum(lines), {in_money}"
            f" FROM {totals} AS total GROUP BY 1, 2, 3, 4, 5, 6, 7"
        )

    @staticmethod
    def speak_for(question: Question) -> bool:
        """Tell whether totals say what is loaded: of partners that are named or together, no finer than chapters."""
        return question.is_rollup and (question.is_together or bool(question.selection.partners))

    def coverage(self, question: Question) -> Coverage:
        """Return what is loaded in the detail of a question about the same partners and months."""
        is_total = question.level == "total"
        return coverage_by(
            question,
            (
                (partner, flow, months, opened, is_total or has_lines, not is_total and bool(is_lumped), periods)
                for partner, flow, __, months, opened, has_lines, is_lumped, periods, *__ in self._rows
            ),
        )

    def groups(self, question: Question) -> list[Group]:
        """Return the sums of all goods as the question tells partners apart."""
        together = None if "partner" in question.selection.by else question.parameters["together"]
        meant = question.selection.partners or (WORLD,)
        return [
            Group(
                together or partner, flow, TOTAL, "", False, starts, months, value, unstated, lines, hidden, detail,
                first_edition=None, last_edition=None, releases=[opened],
            )
            for partner, flow, starts, months, opened, *__, value, unstated, lines, hidden, detail in self._rows
            if partner in meant
        ]  # fmt: skip
