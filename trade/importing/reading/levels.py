"""How fine the codes of a file are: in a file that mixes them, chapters and their headings would be added up twice."""

from __future__ import annotations

from trade.importing.formats import Layout
from trade.importing.problems import refuse
from trade.importing.rules import Goods


class Levels:
    """The levels that the codes have had so far; hidden goods and totals have none."""

    def __init__(self, layout: Layout) -> None:
        self.may_be_mixed = layout.levels_stated
        self._column = layout.names.get("commodity", "")
        self._line_of: dict[int, int] = {}

    def __bool__(self) -> bool:
        return bool(self._line_of)

    def __contains__(self, level: int) -> bool:
        return level in self._line_of

    def of_hidden(self, goods: Goods) -> int:
        """Return the level of hidden goods: that of the other codes, as what stands in place need not be as long."""
        return next(iter(self._line_of), goods.level)

    def are_mixed_by(self, goods: Goods) -> bool:
        if goods.level == 0 or goods.hidden or self.may_be_mixed:
            return False
        return bool(self._line_of) and goods.level not in self._line_of

    def note(self, goods: Goods, line: int) -> None:
        """Note the level of a row; refuse a file that mixes levels without saying so."""
        if self.are_mixed_by(goods):
            (first, line_before), *__ = self._line_of.items()
            raise refuse(
                "LVL",
                line=line,
                column=self._column,
                value=goods.code,
                first=first,
                line_before=line_before,
                second=goods.level,
            )
        if goods.level and not goods.hidden:
            self._line_of.setdefault(goods.level, line)
