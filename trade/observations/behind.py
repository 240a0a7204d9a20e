"""The lines behind a figure, to be read like any others: exactly those that were added up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from trade import cube
from trade.catalogue import catalogue
from trade.exports.copying import mogrified
from trade.models import WORLD
from trade.observations.asked import Asked
from trade.observations.places import Place
from trade.selection import Selection


@dataclass(frozen=True)
class Behind(Asked):
    """Lines that make up one figure. `lines` is the SQL that reads them, ready to be put into other SQL."""

    lines: str = ""

    def source(self, after: Place | None = None) -> tuple[str, list[Any]]:
        beyond, values = after.condition(self, self.datasets[0]) if after else ("", [])
        return f"FROM (SELECT * FROM ({self.lines}) AS t WHERE true{beyond}) AS o", values  # noqa: S608


def behind(selection: Selection, *, names: bool = False) -> Behind:
    """Return the lines that the selection adds up, its breakdown taken together (at most 6 queries).

    They are of one level and one length of period for each partner, flow and period, as in the sum; for a balance
    they are those of both flows.
    """
    known = catalogue()
    dataset = next(one for one in known.datasets.values() if one.pk == selection.dataset.pk)
    partners = () if selection.partners == (WORLD,) else selection.partners
    text, values = cube.statement(selection.but(by=(), partners=partners))
    return Behind(
        (dataset,),
        dataset,
        names=names,
        has_plain_codes=known.has_plain_codes,
        as_of=selection.as_of,
        vintage=None if selection.as_of is None else dataset.vintage_at(selection.as_of),
        given=selection.parameters(),
        lines=mogrified(text, values).replace("%", "%%"),
    )
