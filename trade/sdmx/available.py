"""What there is for a question: the codes in use and the time they span, told from the totals of partners."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from trade.models import TOTAL
from trade.sdmx.concepts import DIMENSION_IDS
from trade.sdmx.errors import NoResults, NotImplementedHere, WrongSyntax
from trade.sdmx.kept import kept
from trade.sdmx.questions import Filter, Question
from trade.sdmx.reading import span
from trade.sdmx.structures import Available

TOLD = ("FREQ", "REF_AREA", "TRADE_FLOW", "COUNTERPART_AREA_1", "TRANSFORMATION", "SOURCE")
"""Dimensions whose codes are told; those of goods and units are in their code lists, which hold what is in use."""


def available(question: Question, components: str) -> Available:
    """Return what answers the filters, for the dimensions named (`*` for all that are told); raise `NoResults`."""
    untold = [name for name in question.filters if name not in TOLD]
    if untold:
        raise NotImplementedHere(
            _("Availability is told by %(names)s, not by %(name)s.") % {"names": ", ".join(TOLD), "name": untold[0]}
        )
    named = TOLD if components == "*" else tuple(components.split(","))
    for name in named:
        if name not in (*DIMENSION_IDS, "TIME_PERIOD"):
            raise WrongSyntax(_("There is no dimension %(name)s.") % {"name": name[:80]})
    totals = {**question.filters, "COMMODITY_1": Filter(frozenset({TOTAL})), "MEASURE": Filter(frozenset({"VALUE"}))}
    asked = sorted(
        (name, sorted(one.only or ()), one.only is None, sorted(one.without)) for name, one in totals.items()
    )
    found = kept(
        "span",
        lambda: span(replace(question, filters=totals, is_flat=True)),
        f"{asked} {question.first} {question.last}",
    )
    if not found:
        raise NoResults(_("No observations answer this."))
    codes, first, last = found
    return Available({name: tuple(codes[name]) for name in TOLD if name in named}, first, last)
