"""Sums of the trade data: one place that pages, API, SDMX and reports all ask.

`series` and `totals` answer a `trade.selection.Selection`.
"""

from trade.cube.cells import CELL_LIMIT, Cell, Cube, Gap, TooManyCells, UnitsDiffer
from trade.cube.series import series, totals

__all__ = ["CELL_LIMIT", "Cell", "Cube", "Gap", "TooManyCells", "UnitsDiffer", "series", "totals"]
