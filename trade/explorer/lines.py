"""The observations behind a number: exactly the lines that were added up, and what they add up to."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import BadRequest
from django.utils.translation import gettext as _

from parties.formatting import NBSP, number
from parties.periods import Period
from trade import cube
from trade.cube import BadCursor, Cell, Line, Lines
from trade.explorer import wording
from trade.explorer.names import Names
from trade.models import WORLD, Release, Unit
from trade.selection import Selection


@dataclass(frozen=True)
class Row:
    """One line as the page shows it; `status` is empty for a normal one."""

    commodity: str
    name: str
    period: str
    partner: str
    flow: str
    value: str
    net_kg: str
    quantity: str
    status: str
    line: int
    release: Release


@dataclass(frozen=True)
class LinesPage:
    """A page of lines and the figure that all of them make up; `is_first` where the page begins with the first."""

    selection: Selection
    cell: Cell
    lines: Lines
    units: dict[str, Unit]
    names: Names
    is_first: bool

    @property
    def count(self) -> int:
        return int(self.cell.lines)

    @property
    def exact(self) -> Selection:
        """The selection in the unit in which the lines are kept."""
        return self.selection.but(unit={"value": "USD", "net_kg": "KG"}.get(self.selection.measure, self.cell.unit))

    @property
    def total(self) -> str:
        """The figure in full, as the lines add up to it."""
        if self.cell.value is None:
            return wording.NOTHING
        unit = wording.unit_words(self.exact)
        if self.selection.measure == "quantity":
            unit = str(self.units.get(self.cell.unit, ""))
        places = 2 if self.selection.measure == "value" else 3
        return f"{number(self.cell.value, places)}{NBSP}{unit}".rstrip(NBSP)

    @property
    def subject(self) -> str:
        """Who trades with whom, and which flow."""
        partner = self.names.area(",".join(self.selection.partners))
        return f"{self.names.area(self.selection.reporter)} – {partner}, {wording.flow_name(self.selection.flow)}"

    @property
    def period_in_words(self) -> str:
        return wording.span(self.cell.period)

    @property
    def goods_in_words(self) -> str:
        return self.names.goods_in_words(self.selection.goods) if self.selection.goods else ""

    @property
    def unexplained(self) -> Decimal | None:
        """What a total that the file states has more (or less) than its lines of goods; None where they agree."""
        if self.cell.value is None or self.cell.detail is None:
            return None
        return self.cell.value - self.cell.detail or None

    @property
    def detail(self) -> str:
        return wording.with_unit(self.cell.detail, self.exact)

    @property
    def difference(self) -> str:
        return wording.with_unit(self.unexplained, self.exact)

    @property
    def rows(self) -> list[Row]:
        """The lines in words."""
        return [self._row(line) for line in self.lines.rows]

    def _row(self, line: Line) -> Row:
        unit = self.units.get(line.unit)
        period = Period.months(line.period.year, line.period.month, line.months)
        quantity = "" if line.quantity is None else f"{number(line.quantity)}{NBSP}{unit or line.unit}"
        return Row(
            commodity=line.commodity,
            name=self.names.good(line.commodity) or self.names.good(line.commodity[:4]),
            period=wording.span(period),
            partner=self.names.area(line.partner),
            flow=wording.flow_name(line.flow),
            value=wording.NOTHING if line.value is None else number(line.value, 2),
            net_kg=wording.NOTHING if line.net_kg is None else number(line.net_kg, 3),
            quantity=quantity or wording.NOTHING,
            status=wording.status_name(line.status),
            line=line.line,
            release=self.lines.releases[line.release_id],
        )


def lines(selection: Selection, after: str | None = None) -> LinesPage:
    """Return the lines behind the figure that the selection asks for (at most 13 queries, however many lines).

    What the selection breaks down is taken together. Raises `BadRequest` for a place that no list has.
    """
    asked = selection.but(by=(), partners=() if selection.partners == (WORLD,) else selection.partners)
    try:
        page = cube.lines(asked, after=after)
    except BadCursor:
        raise BadRequest(_("after: no such place in the list. Follow the link “next lines”.")) from None
    units = Unit.objects.filter(code__in={line.unit for line in page.rows})
    return LinesPage(
        asked,
        cube.totals(asked).cells[0],
        page,
        {str(one.code): one for one in units},
        Names.current(),
        after is None,
    )
