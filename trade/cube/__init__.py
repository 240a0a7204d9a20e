"""Sums of the trade data: one place that pages, API, SDMX and reports all ask.

    series, totals              cells of a `trade.selection.Selection`, by period or for the whole range
    long_series                 the same without a limit of cells, for files
    compare_with_last_year …    cells beside the year before, contributions, balances, unit values, RCA
    ranks, structure            places of partners; shares, bounds and concentration
    mirror, beside_published    the other side's figures; published figures beside the sums
    outlook                     a target measured on the last twelve months
    parts_of_groups             the members that the figure of a group of countries is added up from
    lines, statement            the observations behind a figure, page by page or all at once

Answers are `trade.indicators` types: numerator, denominator, releases, and the reason where there is no value.
"""

from trade.cube.cells import CELL_LIMIT, Cell, Cube, Gap, TooManyCells, UnitsDiffer
from trade.cube.comparing import (
    REST,
    Balance,
    Comparison,
    UnitValue,
    advantages,
    amount,
    balances,
    compare_totals_with_last_year,
    compare_with_last_year,
    contributions,
    trailing_years,
    unit_values,
    yearly_rates,
)
from trade.cube.editions import growths
from trade.cube.forecast import Aim, Forecast, Pace, outlook, targets_of
from trade.cube.lines import BadCursor, Line, Lines, frequency_of, lines, selection_of, statement, units
from trade.cube.members import GroupParts, parts_of_groups
from trade.cube.mirror import Cause, Explanation, Mirror, MirrorRow, MirrorSide, mirror, published_amount
from trade.cube.published import BesidePublished, beside_published
from trade.cube.ranking import Ranked, ranks
from trade.cube.series import LongSeries, long_series, series, totals
from trade.cube.structure import Part, Structure, structure

__all__ = [
    "CELL_LIMIT",
    "REST",
    "Aim",
    "BadCursor",
    "Balance",
    "BesidePublished",
    "Cause",
    "Cell",
    "Comparison",
    "Cube",
    "Explanation",
    "Forecast",
    "Gap",
    "GroupParts",
    "Line",
    "Lines",
    "LongSeries",
    "Mirror",
    "MirrorRow",
    "MirrorSide",
    "Pace",
    "Part",
    "Ranked",
    "Structure",
    "TooManyCells",
    "UnitValue",
    "UnitsDiffer",
    "advantages",
    "amount",
    "balances",
    "beside_published",
    "compare_totals_with_last_year",
    "compare_with_last_year",
    "contributions",
    "frequency_of",
    "growths",
    "lines",
    "long_series",
    "mirror",
    "outlook",
    "parts_of_groups",
    "published_amount",
    "ranks",
    "selection_of",
    "series",
    "statement",
    "structure",
    "targets_of",
    "totals",
    "trailing_years",
    "unit_values",
    "units",
    "yearly_rates",
]
