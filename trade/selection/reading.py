"""Reads parameters into the fields of a `Selection`, and collects what is wrong with them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from parties.models import Partnership
from parties.periods import FIRST_YEAR, LAST_YEAR
from trade.goods import LEVELS, NO_CLASSES, Classes, finest, groups, level_of, sections
from trade.models import WORLD, Dataset, Grouping, TradeArea
from trade.selection.holdings import Held, held, newest, usual_frequency
from trade.selection.months import FREQUENCIES, YEAR_TO_DATE, period_given, shifted, widened

PARAMETERS = (
    "dataset", "reporter", "partner", "flow", "by", "level", "goods", "grouping", "frequency", "from", "to", "measure",
    "unit", "as_of",
)  # fmt: skip
FLOWS = ("X", "M", "T", "B", "RX", "RM")
DIMENSIONS = ("partner", "goods", "flow")
UNITS = {
    "value": {"USD": Decimal(1), "USD_TH": Decimal(1000), "USD_MN": Decimal(1_000_000)},
    "net_kg": {"KG": Decimal(1), "TNE": Decimal(1000)},
    "quantity": {},
}
"""Units in which a measure is shown, and by what its sum is divided for it."""
PERIODS_BY_DEFAULT = {"M": 24, "Q": 12, "S": 8, "A": 10, YEAR_TO_DATE: 10}
ALL = "all"
LIST_LIMIT = 300
_ONE_CODE = re.compile(r"[A-Za-z0-9_.:-]{1,80}")


class SelectionErrors(Exception):
    """What is wrong with the parameters: `{parameter: [messages]}`, in the language of the reader."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__("; ".join(f"{name}: {' '.join(messages)}" for name, messages in errors.items()))
        self.errors = errors


@dataclass(frozen=True)
class Defaults:
    """What is meant where the address does not say: the two territories of the partnership."""

    reporter: str
    partner: str

    @classmethod
    def of(cls, partnership: Partnership) -> Defaults:
        return cls(str(partnership.home.code), str(partnership.partner.code))


def fields_of(params: QueryDict | Mapping[str, str], defaults: Defaults, also: Collection[str]) -> dict[str, Any]:
    """Return what the parameters ask for, by the fields of a `Selection`; raise `SelectionErrors` for all mistakes."""
    return _Reader(params, defaults, also).fields()


class _Reader:
    """Reads parameters one by one and collects what is wrong with them."""

    def __init__(self, params: QueryDict | Mapping[str, str], defaults: Defaults, also: Collection[str]) -> None:
        self.errors: dict[str, list[str]] = {}
        self.defaults = defaults
        self.given = self._given(params, also)
        self.has_groups = False

    def fields(self) -> dict[str, Any]:
        """Return the fields of the selection; raise what was wrong."""
        as_of = self._as_of()
        dataset, reporter, partner, found = self._origin(as_of)
        flow = self._one_of("flow", FLOWS, "T")
        level, by, goods, grouping = self._goods()
        partners = self._partners(reporter, partner, by, level)
        if "flow" in by and flow != "T":
            self._wrong("by", _("“flow” breaks down a turnover: flow=T."))
        measure = self._one_of("measure", tuple(UNITS), "value")
        frequency = self._one_of("frequency", (*FREQUENCIES, YEAR_TO_DATE), usual_frequency(found))
        unit = self._unit(measure)
        if measure == "quantity" and (level in ("total", "section", "group", "chapter")):
            self._wrong(
                "measure", _("Quantities exist for goods of 4 and more digits: give goods, or level=4, 6, 8, 10.")
            )
        if measure == "quantity" and flow == "B":
            self._wrong("measure", _("A balance is one of money or of weight."))
        first, last = self._months(frequency, found)
        if self.errors or dataset is None:
            raise SelectionErrors(self.errors)
        return {
            "dataset": dataset, "reporter": reporter, "partners": partners, "flow": flow,
            "by": by, "level": level, "goods": goods, "grouping": grouping,
            "frequency": frequency, "first": first, "last": last,
            "measure": measure, "unit": unit, "as_of": as_of, "has_groups": self.has_groups,
        }  # fmt: skip

    # Reading ------------------------------------------------------------------------------------------------

    def _given(self, params: QueryDict | Mapping[str, str], also: Collection[str]) -> dict[str, str]:
        given: dict[str, str] = {}
        for name in params:
            values = params.getlist(name) if isinstance(params, QueryDict) else [params[name]]
            if name in also:
                continue
            if name not in PARAMETERS:
                self._wrong(name, _("There is no such parameter. Known: %(names)s.") % {"names": ", ".join(PARAMETERS)})
            elif len(values) > 1:
                self._wrong(name, _("Given more than once. Separate several codes by commas."))
            elif not values or not values[0].strip():
                self._wrong(name, _("Empty. Leave the parameter out, or give it a value."))
            else:
                given[name] = values[0].strip()
        return given

    def _wrong(self, name: str, message: str) -> None:
        self.errors.setdefault(name, []).append(message)

    def _one_of(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        value = self.given.get(name, default)
        if value not in allowed:
            self._wrong(name, _not_allowed(value, allowed))
            return default
        return value

    def _codes(self, name: str) -> tuple[str, ...]:
        codes = tuple(code.strip() for code in self.given[name].split(",")) if name in self.given else ()
        if len(set(codes)) < len(codes):
            self._wrong(name, _("The same code stands twice."))
        if len(codes) > LIST_LIMIT:
            self._wrong(name, _("More than %(limit)s codes.") % {"limit": LIST_LIMIT})
            return ()
        wrong = [code for code in codes if not _ONE_CODE.fullmatch(code)]
        if wrong:
            self._wrong(name, _("Not a code: “%(code)s”.") % {"code": wrong[0][:80]})
        return () if wrong else codes

    # Who ----------------------------------------------------------------------------------------------------

    def _origin(self, as_of: dt.datetime | None) -> tuple[Dataset | None, str, str, list[Held]]:
        """Return dataset, reporter, the partner meant by default, and what is held of that reporter (2 queries)."""
        datasets = list(Dataset.objects.order_by("is_example", "pk"))
        home, other = self.defaults.reporter, self.defaults.partner
        asked = next(iter(self._codes("reporter")), None)
        if "dataset" in self.given:
            chosen = [dataset for dataset in datasets if dataset.code == self.given["dataset"]]
            if not chosen:
                self._wrong("dataset", _not_allowed(self.given["dataset"], [str(one.code) for one in datasets]))
        else:
            chosen = datasets
            if not chosen:
                self._wrong("dataset", _("No dataset is set up yet."))
        ordinary = [home, other, *(one.reporter for one in chosen if one.reporter)]
        holdings = held(chosen, {asked} if asked else set(ordinary), as_of)
        for reporter in [asked] if asked else dict.fromkeys(ordinary if "dataset" in self.given else [home]):
            of_reporter = [holding for holding in holdings if holding.reporter == reporter]
            if of_reporter:
                dataset = newest(chosen, of_reporter)
                found = [holding for holding in of_reporter if holding.dataset_id == dataset.pk]
                return dataset, reporter, home if reporter == other else other, found
        return chosen[0] if chosen else None, asked or home, home if asked == other else other, []

    def _partners(self, reporter: str, default: str, by: tuple[str, ...], level: str) -> tuple[str, ...]:
        """Return the partners; check them and the reporter (1 query)."""
        codes = self._codes("partner") if "partner" in self.given else (default,)
        if codes == (ALL,) or (codes == (WORLD,) and "partner" not in by):
            codes = ()
        kinds = {str(area.code): area.kind for area in TradeArea.objects.filter(code__in=[*codes, reporter])}
        if "reporter" in self.given and reporter not in kinds:
            self._wrong("reporter", _no_area(reporter))
        if "partner" not in self.given:
            return codes
        for code in codes:
            if code not in kinds:
                self._wrong("partner", _no_area(code))
        if reporter in codes:
            self._wrong("partner", _("A territory does not trade with itself here."))
        self.has_groups = any(kinds.get(code) == TradeArea.Kind.GROUP for code in codes)
        wholes = [code for code in codes if kinds.get(code) in (TradeArea.Kind.WORLD, TradeArea.Kind.GROUP)]
        if wholes and len(codes) > 1 and "partner" not in by:
            self._wrong("partner", _("“%(code)s” may hold the others: add by=partner.") % {"code": wholes[0]})
        for code in codes:
            country = code.partition("-")[0]
            if kinds.get(code) == TradeArea.Kind.REGION and country in codes:
                message = _("“%(region)s” is a part of “%(country)s” and would count twice: ask for one of them.")
                self._wrong("partner", message % {"region": code, "country": country})
        if WORLD in codes and level.isdigit():
            self._wrong("partner", _("Lines of all partners: leave by=partner out and write partner=all."))
        return codes

    # What ---------------------------------------------------------------------------------------------------

    def _goods(self) -> tuple[str, tuple[str, ...], tuple[str, ...], str]:
        """Return level, breakdown, codes of goods and grouping (at most 3 queries)."""
        level = self._one_of("level", LEVELS, "total")
        codes = self._codes("goods")
        if codes == ("TOTAL",):
            codes = ()
        by = self._by(level)
        classes, grouping = self._classes(level, codes, by)
        levels = [self._level(code, classes) for code in codes]
        deepest = max((LEVELS.index(one) for one in levels if one), default=0)
        if "goods" not in by:
            if "level" in self.given and level not in ("total", LEVELS[deepest]):
                self._wrong("level", _("A level breaks goods down: add by=goods, or leave the level out."))
            return finest(codes), by, codes, grouping
        if "level" not in self.given:
            level = LEVELS[deepest] if codes else "group"
        if level == "total":
            self._wrong("level", _("by=goods needs one of: %(names)s.") % {"names": ", ".join(LEVELS[1:])})
        if deepest > LEVELS.index(level):
            self._wrong("goods", _("A code is finer than the level %(level)s.") % {"level": level})
        return level, by, codes, grouping

    def _by(self, level: str) -> tuple[str, ...]:
        if "by" not in self.given:
            return ("goods",) if level != "total" else ()
        names = self._codes("by")
        for name in names:
            if name not in DIMENSIONS:
                self._wrong("by", _not_allowed(name, DIMENSIONS))
        return tuple(name for name in DIMENSIONS if name in names)

    def _classes(self, level: str, codes: tuple[str, ...], by: tuple[str, ...]) -> tuple[tuple[Classes, ...], str]:
        """Return sections and groups where codes or the level need them, and the grouping."""
        named = [code for code in codes if level_of(code) is None]
        grouped = bool(named) or level == "group" or ("goods" in by and "level" not in self.given and not codes)
        asked = self.given.get("grouping", "")
        if not grouped and not asked:
            return (NO_CLASSES,), ""
        known = {str(one.code): one for one in Grouping.objects.order_by("valid_from")}
        if asked and asked not in known:
            self._wrong("grouping", _not_allowed(asked, list(known)))
        grouping = asked or next((code for code, one in known.items() if one.is_default), "")
        kept = (sections(), groups(grouping)) if named else (NO_CLASSES,)
        by_groups = level == "group" or not named or any(code in kept[-1].chapters for code in named)
        return kept, grouping if by_groups else ""

    def _level(self, code: str, classes: tuple[Classes, ...]) -> str | None:
        level = level_of(code)
        for one in classes:
            if code in one.chapters:
                level = one.level
        if level is None or level == "total":
            message = _("No such goods: “%(code)s”. Write a section, a group, or 2, 4, 6, 8 or 10 digits.")
            self._wrong("goods", message % {"code": code})
            return None
        return level

    def _unit(self, measure: str) -> str:
        allowed = tuple(UNITS[measure])
        if allowed:
            return self._one_of("unit", allowed, allowed[0])
        unit = self.given.get("unit", "")
        if unit and not (unit.isascii() and unit.isdigit() and len(unit) <= 4):
            self._wrong("unit", _("For quantities: the OKEI code of a unit, such as 796 for pieces."))
        return unit

    # When ---------------------------------------------------------------------------------------------------

    def _months(self, frequency: str, found: list[Held]) -> tuple[dt.date, dt.date]:
        count = FREQUENCIES.get(frequency, 12)
        begin, end = period_given(self.given, "from", self._wrong), period_given(self.given, "to", self._wrong)
        newest = max((holding.last for holding in found), default=None) or timezone.localdate().replace(day=1)
        last = end.ends.replace(day=1) if end else max(newest, begin.ends.replace(day=1)) if begin else newest
        __, last = widened(last, last, frequency)
        span = PERIODS_BY_DEFAULT[frequency] * count
        first = begin.starts if begin else shifted(last, 1 - span)
        first, __ = widened(first, first, frequency)
        if first > last:
            self._wrong("from", _("The first period comes after the last."))
            return last, last
        if first.year < FIRST_YEAR:
            first = dt.date(FIRST_YEAR, 1, 1)
        return first, last

    def _as_of(self) -> dt.datetime | None:
        text = self.given.get("as_of")
        if text is None:
            return None
        try:
            if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
                day = dt.date.fromisoformat(text)
                end = dt.datetime.combine(day, dt.time.max, timezone.get_default_timezone())
            else:
                read = parse_datetime(text)
                if read is None or not FIRST_YEAR <= read.year <= LAST_YEAR:
                    raise ValueError(text)
                aware = read if read.tzinfo else read.replace(tzinfo=timezone.get_default_timezone())
                end = aware.astimezone(dt.UTC)  # PostgreSQL reads no offset beyond 15:59
        except ValueError:
            message = _("Write a time such as 2024-05-17 or 2024-05-17T09:00:00Z (a plus sign in an address is %2B).")
            self._wrong("as_of", message)
            return None
        if timezone.localdate(end, timezone.get_default_timezone()) > timezone.localdate():
            self._wrong("as_of", _("This day is still to come; what will be known then is not known."))
        return end


def _not_allowed(value: str, allowed: Iterable[str]) -> str:
    return _("“%(value)s” is not allowed here. Allowed: %(names)s.") % {
        "value": value[:80],
        "names": ", ".join(allowed),
    }


def _no_area(code: str) -> str:
    return _("No such territory: “%(code)s”. Write a code such as BY or RU-TOM, or “all” for all partners.") % {
        "code": code[:80]
    }
