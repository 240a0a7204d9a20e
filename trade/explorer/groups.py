"""What the page says of a group of countries that is added up: of whom, of whom not, and what may belong to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from parties import formatting
from parties.periods import Period
from trade.cube import GroupParts, parts_of_groups
from trade.cube.groups import Member
from trade.explorer import wording
from trade.explorer.addresses import address, in_period, lines_address
from trade.explorer.names import Names
from trade.models import TradeArea
from trade.selection import Selection

FEW = 8
"""Members that are named in the sentence; more are listed beneath it."""


@dataclass(frozen=True)
class GroupNote:
    """A group in words.

    listed       the members beneath the sentence: all where they are many, else those of whom there is something to say
    each         the address that asks for all members apart
    former       members in the year before only
    """

    sentence: str
    is_long: bool
    listed: Sequence[tuple[str, str]]
    each: str
    former: str
    left_out: str
    missing: str
    unplaced: str
    unplaced_lines: str


def group_notes(selection: Selection, period: Period, names: Names) -> list[GroupNote]:
    """Return the notes on the groups that are added up in the period (no query where no group is named)."""
    if not any(names.kinds.get(code) == TradeArea.Kind.GROUP for code in selection.partners):
        return []
    asked = in_period(selection.but(by=()), period)
    return [_note(one, selection, period, names) for one in parts_of_groups(asked)]


def _note(one: GroupParts, selection: Selection, period: Period, names: Names) -> GroupNote:
    members = sorted(one.members, key=lambda member: (not member.is_country, names.area(member.code)))
    rows = [(names.area(member.code), _about(member, period)) for member in members]
    is_long = len(rows) > FEW
    nameless = tuple(cell.partner for cell in one.nameless or ())
    apart = selection.but(partners=tuple(member.code for member in members), by=("partner",))
    return GroupNote(
        sentence=_sentence(one, names, "" if is_long else ", ".join(name for name, __ in rows)),
        is_long=is_long,
        listed=[row for row in rows if is_long or row[1]],
        each=address(apart) if len(rows) > 1 else "",
        former=", ".join(f"{names.area(member.code)} ({_until(member)})" for member in one.former),
        left_out=", ".join(names.area(code) for code in one.left_out),
        missing=", ".join(names.area(code) for code in one.missing),
        unplaced=wording.with_unit(one.unplaced, selection) if one.unplaced else "",
        unplaced_lines=lines_address(selection, period, partners=nameless) if one.unplaced else "",
    )


def _sentence(one: GroupParts, names: Names, members: str) -> str:
    """Return of how many members, named where they are few, the group is added up."""
    count = len(one.countries)
    told = {"group": names.area(one.group), "n": count}
    if not count:
        return _("%(group)s: the dataset does not state it, and no members of it are known in this period.") % told
    sentence = ngettext(
        "%(group)s: trade with %(n)s member added up, by who was one in each month",
        "%(group)s: trade with %(n)s members added up, by who was one in each month",
        count,
    )
    sentence = f"{sentence % told}: {members}." if members else f"{sentence % told}."
    if one.is_stated:
        sentence += " " + _("Where the dataset states the group itself, its own figure stands.")
    return sentence


def _about(member: Member, period: Period) -> str:
    """Return since or until when it is a member, where that lies in the period or the year before, and the note."""
    before = period.a_year_before() or period
    about = []
    if before.starts < member.first:
        about.append(_("member since %(month)s") % {"month": _month(member.first)})
    if member.last < period.ends.replace(day=1):
        about.append(_until(member))
    return "; ".join([*about, *filter(None, [member.note])])


def _until(member: Member) -> str:
    return _("member until %(month)s") % {"month": _month(member.last)}


def _month(month: dt.date) -> str:
    return formatting.period(Period.months(month.year, month.month, 1))
