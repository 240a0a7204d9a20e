"""Structure: what a whole consists of, with shares, their bounds and the concentration."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from parties.periods import Period
from trade.cube.cells import Cell, Gap
from trade.cube.comparing import amount
from trade.cube.series import parts_and_whole
from trade.goods import HIDDEN_CHAPTER, groups
from trade.indicators import amounts
from trade.indicators.answers import Amount, Answer, Reason
from trade.models import HIDDEN, TradeArea
from trade.selection import Selection

ZERO = Decimal(0)
NOT_SPECIFIED = "99"
"""The chapter of goods that are not specified."""


@dataclass(frozen=True)
class Part:
    """One class of goods or one partner: its figure and its share. A hidden part is no class of its own."""

    code: str
    cell: Cell
    share: Answer
    is_hidden: bool


@dataclass(frozen=True)
class Structure:
    """What a whole consists of, the largest part first and hidden ones last.

    hidden          what no part is known to hold: hidden goods or partners, and what the lines do not explain
    concentration   HHI over the parts that are known, and its normalised form; none where only some parts are asked for
    incomplete      the flows whose months are not all loaded
    """

    selection: Selection
    period: Period
    whole: Amount
    hidden: Decimal
    parts: tuple[Part, ...]
    concentration: Answer
    normalised: Answer
    incomplete: tuple[Gap, ...]


def structure(selection: Selection) -> Structure:
    """Return the parts of the whole range of months by the one breakdown of the selection (at most 14 queries).

    `by` must be goods or partner, and the flow no balance; anything else is a mistake of the caller (`ValueError`).
    """
    if selection.by not in (("goods",), ("partner",)) or selection.flow == "B":
        raise ValueError("a structure is that of one flow by goods or by partner")
    together = selection.but(by=(), partners=() if selection.by == ("partner",) else selection.partners)
    cube, of_whole = parts_and_whole(selection, together)
    whole_cell = of_whole.cells[0]
    whole = amount(whole_cell, together)
    nameless = _nameless(selection, cube.cells)
    known = sum((cell.value or ZERO for cell in cube.cells if _code(cell, selection) not in nameless), ZERO)
    hidden = max((whole.value or ZERO) - known, ZERO)
    if selection.partners and selection.by == ("partner",):  # the partners left out are not hidden
        hidden = ZERO
    parts = [
        Part(
            code := _code(cell, selection),
            cell,
            amounts.share(amount(cell, selection), whole, ZERO if code in nameless else hidden),
            code in nameless,
        )
        for cell in cube.cells
        if cell.value or code_is_named(cell, selection)
    ]
    parts.sort(key=lambda part: (part.is_hidden, -(part.cell.value or ZERO), part.code))
    values = [part.cell.value for part in parts if part.cell.value and not part.is_hidden]
    named = {*selection.goods, *selection.partners}
    if any(_code(cell, selection) in named for cell in cube.cells):  # some of the parts are not all of them
        whole_of_parts = replace(whole, value=None, reason=whole.reason or Reason.SOME_CLASSES)
        concentration = amounts.concentration((), whole_of_parts)
    else:
        concentration = amounts.concentration(values, whole, hidden)
    return Structure(
        selection,
        whole_cell.period,
        whole,
        hidden,
        tuple(parts),
        concentration,
        amounts.normalised_concentration(concentration, len(values)),
        cube.incomplete,
    )


def code_is_named(cell: Cell, selection: Selection) -> bool:
    """Tell whether the selection names the part itself, so that it is shown though nothing was traded."""
    return _code(cell, selection) in (*selection.goods, *selection.partners) or cell.value is None


def _code(cell: Cell, selection: Selection) -> str:
    return cell.goods if selection.by == ("goods",) else cell.partner


def _nameless(selection: Selection, cells: Iterable[Cell]) -> set[str]:
    """Return the codes among the cells that stand for what nobody can place (at most 1 query)."""
    if selection.by == ("partner",):
        return {str(area.code) for area in TradeArea.objects.filter(kind=TradeArea.Kind.UNKNOWN)}
    nameless = {HIDDEN_CHAPTER, NOT_SPECIFIED}
    found = {cell.goods for cell in cells if cell.goods in nameless or cell.goods.endswith(HIDDEN)}
    if selection.level == "group":
        found |= {code for code, chapters in groups(selection.grouping).chapters.items() if set(chapters) <= nameless}
    return found
