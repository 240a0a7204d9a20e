"""Reads what an address asks of the lines, and collects what is wrong with it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from parties.periods import FIRST_YEAR, LAST_YEAR
from trade.catalogue import Catalogue, Known, catalogue
from trade.observations.asked import Asked
from trade.observations.places import Unreadable
from trade.selection import period_given

FILTERS = (
    "dataset", "reporter", "partner", "flow", "goods", "level", "frequency", "from", "to", "unit", "release", "status",
    "is_example", "as_of", "updated_after", "history", "include",
)  # fmt: skip
FLOWS = ("X", "M", "RX", "RM")
LEVELS = {"total": 0, "chapter": 2, "4": 4, "6": 6, "8": 8, "10": 10}
FREQUENCIES = {"M": (1,), "Q": (3,), "S": (6,), "A": (12,), "YTD": (2, 4, 5, 7, 8, 9, 10, 11)}
"""Months of the periods of each; January to a month has as many as no other."""
STATUSES = ("A", "E", "P", "M", "Q")
LIST_LIMIT = 100
_NUMBER = re.compile(r"[0-9]{1,9}")
_GOODS = re.compile(r"[0-9]{1,10}|TOTAL|_CONF|[0-9]{2}_CONF")


def read(given: Mapping[str, str]) -> Asked:
    """Return what the parameters ask for; raise `Unreadable` for all that is wrong. No query while all is known."""
    return _Reader(given, catalogue()).asked()


class _Reader:
    """Reads parameters one by one and collects what is wrong with them."""

    def __init__(self, given: Mapping[str, str], known: Catalogue) -> None:
        self.given = given
        self.known = known
        self.errors: dict[str, str] = {}
        self.conditions: list[tuple[str, tuple[Any, ...]]] = []

    def asked(self) -> Asked:
        """Return what is asked for; raise what was wrong."""
        datasets, chosen = self._datasets()
        for name, codes in (("reporter", self.known.areas), ("partner", self.known.areas), ("unit", self.known.units)):
            self._one_of(name, name, self._known(name, codes))
        self._one_of("flow", "flow", self._listed("flow", FLOWS))
        self._one_of("status", "status", self._listed("status", STATUSES))
        self._one_of("level", "level", [LEVELS[level] for level in self._listed("level", tuple(LEVELS))])
        lengths = [count for one in self._listed("frequency", tuple(FREQUENCIES)) for count in FREQUENCIES[one]]
        self._one_of("frequency", "months", lengths)
        self._goods()
        self._months()
        self._release(datasets)
        names = self._listed("include", ("names",)) == ["names"]
        versions = self._versions(chosen)
        if self.errors:
            raise Unreadable(self.errors)
        return Asked(
            datasets=datasets,
            chosen=chosen,
            conditions=tuple(self.conditions),
            names=names,
            has_plain_codes=self.known.has_plain_codes,
            given=dict(self.given),
            **versions,
        )

    def _wrong(self, name: str, message: str) -> None:
        self.errors.setdefault(name, message)

    def _codes(self, name: str) -> list[str]:
        codes = [code.strip() for code in self.given[name].split(",")] if name in self.given else []
        if len(codes) > LIST_LIMIT:
            self._wrong(name, _("More than %(limit)s codes.") % {"limit": LIST_LIMIT})
            return []
        return codes

    def _listed(self, name: str, allowed: tuple[str, ...]) -> list[str]:
        codes = self._codes(name)
        for code in codes:
            if code not in allowed:
                self._wrong(name, _not_allowed(code, allowed))
        return [code for code in codes if code in allowed]

    def _known(self, name: str, known: Iterable[str]) -> list[str]:
        codes = self._codes(name)
        for code in codes:
            if code not in known:
                self._wrong(name, _("No such code: “%(code)s”.") % {"code": code[:80]})
        return codes

    def _one_of(self, name: str, column: str, values: list[Any]) -> None:
        if name in self.given and values:
            if len(values) == 1:
                self.conditions.append((f"{column} = %s", (values[0],)))
            else:
                self.conditions.append((f"{column} = ANY(%s)", (values,)))

    # Which ------------------------------------------------------------------------------------------------------

    def _datasets(self) -> tuple[tuple[Known, ...], Known | None]:
        datasets, chosen = tuple(self.known.datasets.values()), None
        if "dataset" in self.given:
            chosen = self.known.datasets.get(self.given["dataset"])
            if chosen is None:
                self._wrong("dataset", _not_allowed(self.given["dataset"], self.known.datasets))
            datasets = (chosen,) if chosen else ()
        wanted = self._listed("is_example", ("true", "false"))
        if len(wanted) == 1 and self.given["is_example"] in ("true", "false"):
            datasets = self._examples(datasets, wanted == ["true"])
        elif len(wanted) > 1:
            self._wrong("is_example", _not_allowed(self.given["is_example"], ("true", "false")))
        return datasets, chosen

    def _examples(self, datasets: tuple[Known, ...], wanted: bool) -> tuple[Known, ...]:
        """Keep datasets of examples, and single releases of examples in others; or all but these."""
        single = [release for one in datasets if not one.is_example for release in one.example_releases]
        if wanted:
            kept = tuple(one for one in datasets if one.is_example or one.example_releases)
            whole = [one.pk for one in kept if one.is_example]
            if single:
                self.conditions.append(("(dataset_id = ANY(%s) OR opened = ANY(%s))", (whole, single)))
            return kept
        if single:
            self.conditions.append(("opened <> ALL(%s)", (single,)))
        return tuple(one for one in datasets if not one.is_example)

    def _goods(self) -> None:
        parts, values = [], []
        for code in self._codes("goods"):
            if not _GOODS.fullmatch(code):
                message = _("Not the beginning of a code of goods: “%(code)s”. Write 1 to 10 digits, TOTAL or _CONF.")
                self._wrong("goods", message % {"code": code[:80]})
            elif code.isdigit():  # codes are ordered by their bytes: all that begin with 84 lie between 84 and 85
                parts.append("commodity >= %s AND commodity < %s")
                values += [code, code[:-1] + chr(ord(code[-1]) + 1)]
            else:
                parts.append("commodity = %s")
                values.append(code)
        if parts:
            self.conditions.append((f"({' OR '.join(parts)})", tuple(values)))

    def _release(self, datasets: tuple[Known, ...]) -> None:
        if "release" not in self.given:
            return
        text = self.given["release"]
        number = int(text) if _NUMBER.fullmatch(text) else 0
        found = next((one.releases[number] for one in datasets if number in one.releases), None)
        if found is None:
            self._wrong("release", _("No such release: “%(code)s”.") % {"code": text[:80]})
            return
        self.conditions.append(("opened = %s AND period BETWEEN %s AND %s", (number, found.first, found.last)))

    # When -------------------------------------------------------------------------------------------------------

    def _months(self) -> None:
        begin, end = period_given(self.given, "from", self._wrong), period_given(self.given, "to", self._wrong)
        if begin and end and begin.starts > end.starts and begin.starts > end.ends:
            self._wrong("from", _("The first period comes after the last."))
        if begin:
            self.conditions.append(("period >= %s", (begin.starts,)))
        if end:
            last = end.ends.replace(day=1)
            self.conditions.append(("period <= %s", (last,)))
            if last.month < 12:  # periods do not reach beyond their year
                reach = "(months = 1 OR (period + make_interval(months => months - 1))::date <= %s)"
                self.conditions.append((reach, (last,)))

    def _versions(self, chosen: Known | None) -> dict[str, Any]:
        """Return which versions of the lines are meant."""
        named = [name for name in ("as_of", "updated_after", "history") if name in self.given]
        as_of, after = self._moment("as_of", end=True), self._moment("updated_after", end=False)
        history = self._listed("history", ("1",)) == ["1"]
        if len(named) > 1:
            self._wrong(named[1], _("Give one of as_of, updated_after and history."))
        elif named and "dataset" not in self.given:
            self._wrong("dataset", _("Name a dataset: each counts its own releases."))
        if self.errors or chosen is None:
            return {}
        since = chosen.vintage_at(after) if after else None
        if since is not None:
            later = [one for number, one in chosen.releases.items() if number > since]
            if later:  # what came or went lies in the months of the releases since then
                months = (min(one.first for one in later), max(one.last for one in later))
                self.conditions.append(("period BETWEEN %s AND %s", months))
        return {
            "as_of": as_of,
            "vintage": chosen.vintage_at(as_of) if as_of else None,
            "updated_after": after,
            "since": since,
            "history": history,
        }

    def _moment(self, name: str, *, end: bool) -> dt.datetime | None:
        if name not in self.given:
            return None
        try:
            moment = _moment(self.given[name], end)
        except (ValueError, OverflowError):
            message = _("Write a time such as 2024-05-17 or 2024-05-17T09:00:00Z (a plus sign in an address is %2B).")
            self._wrong(name, message)
            return None
        if timezone.localdate(moment, timezone.get_default_timezone()) > timezone.localdate():
            self._wrong(name, _("This day is still to come; what will be known then is not known."))
        return moment


def _moment(text: str, end: bool) -> dt.datetime:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        day = dt.date.fromisoformat(text)
        read: dt.datetime | None = dt.datetime.combine(day, dt.time.max if end else dt.time.min)
    else:
        read = parse_datetime(text)
    if read is None or not FIRST_YEAR <= read.year <= LAST_YEAR:
        raise ValueError(text)
    aware = read if read.tzinfo else read.replace(tzinfo=timezone.get_default_timezone())
    return aware.astimezone(dt.UTC)  # PostgreSQL reads no offset beyond 15:59


def _not_allowed(value: str, allowed: Iterable[str]) -> str:
    return _("“%(value)s” is not allowed here. Allowed: %(names)s.") % {
        "value": value[:80],
        "names": ", ".join(allowed),
    }
