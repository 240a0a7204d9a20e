"""What stands beside our figures: the other side's figures of the same trade, and what was published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import BadRequest
from django.utils.translation import gettext as _

from parties.models import Partnership
from trade.cube import BesidePublished, Mirror, beside_published, mirror
from trade.explorer import wording
from trade.explorer.names import Names
from trade.selection import Selection


@dataclass(frozen=True)
class SidesPage:
    """Both sides' figures with their gap, and published figures beside the sums of the data."""

    selection: Selection
    names: Names
    mirror: Mirror
    published: Sequence[BesidePublished]

    @property
    def who(self) -> str:
        """Reporter, partner, flow and unit."""
        partner = self.names.area(",".join(self.selection.partners))
        flow, unit = wording.flow_name(self.selection.flow), wording.unit_words(self.selection)
        return f"{self.names.area(self.selection.reporter)} – {partner}, {flow}, {unit}"

    @property
    def has_other_side(self) -> bool:
        return bool(self.mirror.sides or self.mirror.published)


def sides(selection: Selection, partnership: Partnership) -> SidesPage:
    """Return both sides' figures of the selected trade, all of it together.

    Raises `BadRequest` for more than one partner: a mirror has two sides.
    """
    if len(selection.partners) != 1:
        raise BadRequest(_("partner: both sides' figures are those of one partner. Choose one."))
    asked = selection.but(by=(), flow="T" if selection.flow == "B" else selection.flow)
    published = beside_published(partnership, selection.dataset, as_of=selection.as_of)
    return SidesPage(asked, Names.current(), mirror(asked), published)
