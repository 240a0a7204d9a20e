"""Lines of trade: what is asked of them by an address, and the SQL that reads them, page by page or all at once.

    dataset        code; needed where versions are asked for, because each dataset counts its own
    reporter, partner   codes, comma separated
    flow           X export, M import, RX re-export, RM re-import, comma separated
    goods          the beginning of a code (`84`, `847130`), `TOTAL` or `_CONF`, comma separated
    level          of the file that the line comes from: total, chapter, 4, 6, 8, 10 (digits)
    frequency      M months, Q quarters, S half-years, A years
    from, to       2024, 2024-S1, 2024-Q1 or 2024-05: periods that lie wholly between
    unit           OKEI code of the supplementary unit
    release        number of the release that brought the line
    status         SDMX observation status
    is_example     true, false
    as_of          a day (its end) or a time: lines as they were known then
    updated_after  a day (its beginning) or a time: what has come, changed or gone since then, with `action`
    history        1: all versions, each with `valid_from` and `valid_to`
    include        names: a column with the name beside each code

Every page is one query, ordered by the key of observations; the place in the list is the key of the last line.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from parties.periods import FIRST_YEAR, LAST_YEAR, Period, Shape, UnreadablePeriod
from trade.catalogue import Catalogue, Known, catalogue

FILTERS = (
    "dataset", "reporter", "partner", "flow", "goods", "level", "frequency", "from", "to", "unit", "release", "status",
    "is_example", "as_of", "updated_after", "history", "include",
)  # fmt: skip
FLOWS = ("X", "M", "RX", "RM")
LEVELS = {"total": 0, "chapter": 2, "4": 4, "6": 6, "8": 8, "10": 10}
FREQUENCIES = {"M": 1, "Q": 3, "S": 6, "A": 12}
STATUSES = ("A", "E", "P", "M", "Q")
ORDER = ("dataset_id", "period", "partner", "flow", "commodity", "unit", "months", "reporter")
LIST_LIMIT = 100
_WHOLE_MONTHS = {Shape.MONTH, Shape.QUARTER, Shape.HALF_YEAR, Shape.YEAR}
_NUMBER = re.compile(r"[0-9]{1,9}")
_GOODS = re.compile(r"[0-9]{1,10}|TOTAL|_CONF|[0-9]{2}_CONF")


class Unreadable(Exception):
    """What is wrong with the parameters: `{parameter: message}`, in the language of the reader."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {message}" for name, message in errors.items()))
        self.errors = errors


@dataclass(frozen=True)
class Asked:
    """Which lines are asked for, and which of their versions.

    datasets    those whose lines are read; `chosen` is the one that was named
    conditions  SQL conditions and their values, about columns of `trade_observation`
    vintage     the newest release that counts, where a moment was named; 0 where nothing was known yet
    since       the newest release that the reader has, where changes are asked for
    has_plain_codes   no code needs to be escaped in a file
    """

    datasets: tuple[Known, ...]
    chosen: Known | None = None
    conditions: tuple[tuple[str, tuple[Any, ...]], ...] = ()
    as_of: dt.datetime | None = None
    vintage: int | None = None
    updated_after: dt.datetime | None = None
    since: int | None = None
    history: bool = False
    names: bool = False
    has_plain_codes: bool = False
    given: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, given: Mapping[str, str]) -> Asked:
        """Return what the parameters ask for; raise `Unreadable` for all that is wrong. No query while all is known."""
        return _Reader(given, catalogue()).asked()

    @property
    def order(self) -> tuple[str, ...]:
        """Columns that order the lines: the key, and with all versions the release that opened them."""
        return (*ORDER, "opened") if self.history else ORDER

    def versions(self) -> list[tuple[str, list[Any]]]:
        """Return the conditions of the versions meant: current and past lines have an index each, so each is a part."""
        if self.history:
            return [("closed IS NULL", []), ("closed IS NOT NULL", [])]
        if self.since is not None:
            return [("closed IS NULL AND opened > %s", [self.since]), (_GONE, [self.since, self.since])]
        if self.vintage is not None:
            return [
                ("closed IS NULL AND opened <= %s", [self.vintage]),
                ("closed IS NOT NULL AND closed > %s AND opened <= %s", [self.vintage, self.vintage]),
            ]
        return [("closed IS NULL", [])]

    def source(self, after: Place | None = None) -> tuple[str, list[Any]]:
        """Return the SQL of the table of all lines asked for, as `o`, and its values: a part for each dataset."""
        asked = "".join(f" AND {condition}" for condition, __ in self.conditions)
        own = [value for __, parameters in self.conditions for value in parameters]
        parts, values = [], []
        for one in self.datasets:
            beyond, place = after.condition(self, one) if after else ("", [])
            for text, more in self.versions():
                parts.append(
                    f"SELECT * FROM trade_observation AS t WHERE dataset_id = %s{asked} AND {text}{beyond}"  # noqa: S608
                )
                values += [one.pk, *own, *more, *place]
        union = " UNION ALL ".join(parts) or "SELECT * FROM trade_observation WHERE false"
        return f"FROM ({union}) AS o", values

    def statement(self, columns: str, *, after: Place | None = None, limit: int | None = None) -> tuple[str, list[Any]]:
        """Return the SQL that reads lines in their order, and its values."""
        source, values = self.source(after)
        # Within one dataset its number orders nothing, and without it the indexes of partitions serve in turn.
        order = self.order if len(self.datasets) > 1 else self.order[1:]
        text = f"SELECT {columns} {source} ORDER BY {', '.join(f'o.{name}' for name in order)}"
        return (f"{text} LIMIT %s", [*values, limit]) if limit is not None else (text, values)

    def count(self, at_most: int | None = None) -> int:
        """Return the number of lines (1 query); where a limit is given, count no further."""
        source, values = self.source()
        limited = " LIMIT %s" if at_most is not None else ""
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT count(*) FROM (SELECT 1 {source}{limited}) AS counted",  # noqa: S608
                [*values, *([at_most] if at_most is not None else [])],
            )
            return int(cursor.fetchone()[0])


_GONE = (
    "closed IS NOT NULL AND closed > %s AND opened <= %s AND NOT EXISTS (SELECT FROM trade_observation AS c WHERE "
    + " AND ".join(f"c.{name} = t.{name}" for name in ORDER)
    + " AND c.closed IS NULL)"
)


@dataclass(frozen=True)
class Place:
    """The place in a list after one line."""

    values: tuple[Any, ...]

    @classmethod
    def read(cls, cursor: str, asked: Asked) -> Place:
        """Return the place in the list asked for; raise `Unreadable` for anything else."""
        return cls.of_key(cursor, asked.order)

    @classmethod
    def of_key(cls, cursor: str, names: tuple[str, ...] = ORDER) -> Place:
        """Return the place among rows ordered by these columns."""
        try:
            padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
            values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
            if isinstance(values, list) and len(values) == len(names):
                return cls(tuple(_PLACE[name](value) for name, value in zip(names, values, strict=True)))
        except (binascii.Error, ValueError, TypeError, RecursionError):
            pass
        raise Unreadable({"cursor": _("Take the cursor from “next” of the same list.")})

    @classmethod
    def after(cls, line: Mapping[str, Any], asked: Asked) -> Place:
        """Return the place after a line as the API shows it."""
        columns = {
            **line,
            "dataset_id": next(one.pk for one in asked.datasets if one.code == line["dataset"]),
            "period": Period.parse(line["period"]).starts,
            "commodity": line["goods"],
            "opened": line["release"],
        }
        return cls(tuple(columns[name] for name in asked.order))

    def text(self) -> str:
        values = [value.isoformat() if isinstance(value, dt.date) else value for value in self.values]
        return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).decode().rstrip("=")

    def condition(self, asked: Asked, dataset: Known) -> tuple[str, list[Any]]:
        """Return the condition of lines of a dataset after this place. The first column also chooses partitions."""
        number, *own = self.values
        if dataset.pk != number:
            return ("" if dataset.pk > number else " AND false"), []
        places = ", ".join(["%s"] * len(own))
        return f" AND period >= %s AND ({', '.join(asked.order[1:])}) > ({places})", [own[0], *own]


def _small(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**15:
        raise ValueError(value)
    return value


def _whole(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**31:
        raise ValueError(value)
    return value


def _code(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[\w.:+-]{0,80}", value, re.ASCII):
        raise ValueError(value)
    return value


_PLACE: dict[str, Callable[[Any], Any]] = {
    "dataset_id": _small,
    "period": dt.date.fromisoformat,
    "partner": _code,
    "flow": _code,
    "commodity": _code,
    "unit": _code,
    "months": _small,
    "reporter": _code,
    "opened": _whole,
}


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
        lengths = [FREQUENCIES[one] for one in self._listed("frequency", tuple(FREQUENCIES))]
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
        begin, end = self._period("from"), self._period("to")
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

    def _period(self, name: str) -> Period | None:
        if name not in self.given:
            return None
        try:
            period = Period.parse(self.given[name])
        except UnreadablePeriod:
            period = None
        if period is None or period.shape not in _WHOLE_MONTHS:
            given = {"text": self.given[name][:80], "first": FIRST_YEAR, "last": LAST_YEAR}
            message = _(
                "Not a period: “%(text)s”. Write 2024, 2024-S1, 2024-Q1 or 2024-05, from %(first)s to %(last)s."
            )
            self._wrong(name, message % given)
            return None
        return period

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
    return read if read.tzinfo else read.replace(tzinfo=timezone.get_default_timezone())


def _not_allowed(value: str, allowed: Iterable[str]) -> str:
    return _("“%(value)s” is not allowed here. Allowed: %(names)s.") % {
        "value": value[:80],
        "names": ", ".join(allowed),
    }
