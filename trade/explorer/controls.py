"""The sentence by which a reader asks: the choices of its fields, and the address that its form means.

A form without scripts sends each of its fields, empty ones too, and cannot leave out what does not go
together. `address_of` turns what it sends into the parameters of `trade.selection`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from trade import cube
from trade.explorer import wording
from trade.explorer.names import Names
from trade.goods import LEVELS
from trade.models import PublishedFigure
from trade.selection import ALL, FLOWS, FREQUENCIES, UNITS, YEAR_TO_DATE, Selection
from trade.wording import unit_name

SPLIT = "split"
"""The field of the form that says what is broken down: nothing, flow, partner, or goods at a level."""
_GOODS_LEVELS = LEVELS[1:]
_COUNTED_LEVELS = ("4", "6", "8", "10")


@dataclass(frozen=True)
class Choice:
    """One option of a field."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Controls:
    """The fields of the sentence with what is chosen; `kept` are parameters that the form passes on."""

    flows: Sequence[Choice]
    frequencies: Sequence[Choice]
    partners: Sequence[Choice]
    splits: Sequence[Choice]
    units: Sequence[Choice]
    datasets: Sequence[Choice]
    groupings: Sequence[Choice]
    first: str
    last: str
    goods: str
    goods_in_words: str
    as_of: str
    kept: Sequence[tuple[str, str]]


def controls(selection: Selection, names: Names) -> Controls:
    """Return the sentence for a selection (no query; where it names fine goods at most 4, for their units)."""
    asked = selection.parameters()
    partner = asked["partner"]
    partners = [(ALL, _("all partners")), *names.countries]
    if partner not in dict(partners):
        partners.insert(0, (partner, names.area(partner)))
    split = asked["level"] if "goods" in selection.by else ",".join(selection.by)
    splits = [
        ("", _("taken together")),
        ("flow", _("export and import apart")),
        ("partner", _("by partner")),
        *((level, wording.level_name(level)) for level in _GOODS_LEVELS),
    ]
    units = [(unit, _unit(unit)) for measure in UNITS.values() for unit in measure]
    counted_in = cube.units(selection) if _can_be_counted(selection.goods, split) and selection.goods else []
    if selection.measure == "quantity" and selection.unit not in counted_in:
        counted_in.append(selection.unit)
    units += [(unit, names.units.get(unit) or unit) for unit in counted_in]
    return Controls(
        flows=_choices([(flow, wording.flow_name(flow)) for flow in FLOWS], selection.flow),
        frequencies=_choices(
            [(one, wording.frequency_name(one)) for one in (*FREQUENCIES, YEAR_TO_DATE)], selection.frequency
        ),
        partners=_choices(partners, partner),
        splits=_choices(splits, split),
        units=_choices(units, selection.unit),
        datasets=_choices([*names.datasets.items()], str(selection.dataset.code)),
        groupings=_choices([*names.groupings.items()], selection.grouping),
        first=asked["from"],
        last=asked["to"],
        goods=asked.get("goods", ""),
        goods_in_words=names.goods_in_words(selection.goods),
        as_of=asked.get("as_of", ""),
        kept=[("reporter", selection.reporter)],
    )


def _can_be_counted(goods: Sequence[str], split: str) -> bool:
    """Tell whether quantities exist: they do for goods of 4 and more digits."""
    return split in _COUNTED_LEVELS or (bool(goods) and all(code.isdigit() and len(code) >= 4 for code in goods))


def _choices(pairs: Sequence[tuple[str, str]], chosen: str) -> list[Choice]:
    return [Choice(value, label, value == chosen) for value, label in pairs]


def _unit(unit: str) -> str:
    return unit_name(unit) if unit in PublishedFigure.Unit.values else _("kg")


def is_from_the_form(params: QueryDict) -> bool:
    """Tell whether the parameters are those of the form: they name its own field."""
    return SPLIT in params


def address_of(params: QueryDict) -> str:
    """Return the query that the form means: without empty fields, the breakdown spelled out."""
    given = {name: params.get(name, "").strip() for name in params}
    split = given.pop(SPLIT)
    if split in _GOODS_LEVELS:
        given |= {"by": "goods", "level": split}
    else:
        given["by"] = split
    if split != "group":
        given.pop("grouping", None)
    unit = given.get("unit", "")
    measure = next((measure for measure, units in UNITS.items() if unit in units), "quantity" if unit else "")
    goods = [code.strip() for code in given.get("goods", "").split(",") if code.strip()]
    if measure == "quantity" and (given.get("flow") == "B" or not _can_be_counted(goods, split)):
        measure = given["unit"] = ""  # the unit was that of goods asked for before
    return urlencode({name: value for name, value in {**given, "measure": measure}.items() if value}, safe=",:")
