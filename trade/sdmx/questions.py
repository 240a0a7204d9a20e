"""What a client asks of the data: keys and parameters of both dialects become one `Question`.

REST 1.5 (`sdmx1`):  `M.RU-TOM.X+M..BY.N.VALUE..` with startPeriod, endPeriod, detail …; an empty part means all.
REST 2.x (`pysdmx`): `*` or `M.*.X.TOTAL.*` with `c[COUNTERPART_AREA_1]=BY,CN`, `c[TIME_PERIOD]=ge:2022+le:2024`,
attributes, measures, offset, limit …

No parameter is ignored: what the standard does not know is wrong syntax, what is not supported says so (501).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from parties.periods import DAY, FIRST_YEAR, LAST_YEAR, Period, UnreadablePeriod
from trade.sdmx.concepts import ATTRIBUTE_IDS, ATTRIBUTES, DIMENSION_IDS, FLOW
from trade.sdmx.errors import NotImplementedHere, WrongSyntax

CODES_LIMIT = 300
"""Codes named for one dimension."""
NUMBER_LIMIT = 10**9
DETAILS = ("full", "dataonly", "serieskeysonly", "nodata")
_SHARED = (
    "updatedAfter", "firstNObservations", "lastNObservations", "dimensionAtObservation", "includeHistory", "asOf",
)  # fmt: skip
PARAMETERS_1 = ("startPeriod", "endPeriod", "detail", *_SHARED)
PARAMETERS_2 = ("attributes", "measures", "offset", "limit", *_SHARED)
_KNOWN_TO_THE_STANDARD = ("sort", "reportingYearStartDay", "explicitMeasure")
_ATTRIBUTE_SETS = {
    "all": ATTRIBUTE_IDS,
    "dsd": ATTRIBUTE_IDS,
    "msd": (),
    "none": (),
    "dataset": tuple(one.id for one in ATTRIBUTES if one.is_common),
    "series": (),
    "obs": tuple(one.id for one in ATTRIBUTES if not one.is_common),
}
_CODE = re.compile(r"[A-Za-z0-9_@$-]{1,80}")
_COMPONENT = re.compile(r"c\[([A-Za-z0-9_]{1,80})\]")
_OPERATOR = re.compile(r"([a-z]{2}):(.*)", re.DOTALL)
_OPERATORS = ("eq", "ne", "lt", "le", "gt", "ge", "co", "nc", "sw", "ew")
_PERIOD = re.compile(r"\d{4}(-(A1|S[12]|Q[1-4]|M\d\d|\d\d(-\d\d)?))?(T\d\d:\d\d(:\d\d)?Z?)?")


@dataclass(frozen=True)
class Filter:
    """Which codes of a dimension are asked for: `only` these (None for all), `without` those."""

    only: frozenset[str] | None = None
    without: frozenset[str] = frozenset()

    def holds(self, code: str) -> bool:
        return code not in self.without and (self.only is None or code in self.only)

    def both(self, other: Filter) -> Filter:
        """Return the filter that asks for what both ask for."""
        only = other.only if self.only is None else self.only if other.only is None else self.only & other.only
        return Filter(only, self.without | other.without)


ALL = Filter()


@dataclass(frozen=True)
class Question:
    """What is asked of the data.

    filters         by dimension; a dimension that is left out is asked for whole
    first, last     days: periods that begin and end within them, both included
    as_of           the data as they were known at this moment; None for now
    updated_after   only what changed after this moment, deletions included
    history         every version, release by release
    has_observations, has_attributes   what `detail`, `attributes` and `measures` leave of a series
    is_flat         observations one by one instead of by series
    """

    filters: Mapping[str, Filter] = field(default_factory=dict)
    first: dt.date | None = None
    last: dt.date | None = None
    as_of: dt.datetime | None = None
    updated_after: dt.datetime | None = None
    history: bool = False
    has_observations: bool = True
    attributes: tuple[str, ...] = ATTRIBUTE_IDS
    is_flat: bool = False
    first_observations: int | None = None
    last_observations: int | None = None
    offset: int = 0
    limit: int | None = None

    def of(self, dimension: str) -> Filter:
        return self.filters.get(dimension, ALL)


def read_1(key: str, given: QueryDict) -> Question:
    """Return the question of a REST 1.5 address; raise `WrongSyntax` or `NotImplementedHere`."""
    params = _single(given, PARAMETERS_1)
    detail = _one_of(params, "detail", DETAILS, "full")
    return replace(
        _shared(params),
        filters=_key("" if key == "all" else key),
        first=_period(params, "startPeriod").first if "startPeriod" in params else None,
        last=_period(params, "endPeriod").last if "endPeriod" in params else None,
        has_observations=detail in ("full", "dataonly"),
        attributes=ATTRIBUTE_IDS if detail in ("full", "nodata") else (),
    )


def read_2(key: str, given: QueryDict) -> Question:
    """Return the question of a REST 2.x address; raise `WrongSyntax` or `NotImplementedHere`."""
    question = read_filters_2(key, given, PARAMETERS_2)
    params = _single(given, PARAMETERS_2)
    shared = _shared(params)
    return replace(
        shared,
        filters=question.filters,
        first=question.first,
        last=question.last,
        has_observations=_one_of(params, "measures", ("all", "OBS_VALUE", "none"), "all") != "none",
        attributes=_attributes(params.get("attributes", "all")),
        offset=_number(params, "offset", 0) or 0,
        limit=_number(params, "limit", 1),
    )


def read_filters_2(key: str, given: QueryDict, allowed: Collection[str]) -> Question:
    """Return what key and `c[…]` of a REST 2.x address ask for; other parameters must be among those allowed."""
    _single(given, allowed)
    filters = _keys(key)
    first, last = None, None
    for name in given:
        match = _COMPONENT.fullmatch(name)
        if not match:
            continue
        for condition in given.getlist(name):
            if match[1] == "TIME_PERIOD":
                low, high = _time_range(name, condition)
                first = max(filter(None, (first, low)), default=None)
                last = min(filter(None, (last, high)), default=None)
            elif match[1] in DIMENSION_IDS:
                wanted = _component(name, condition)
                filters[match[1]] = filters.get(match[1], ALL).both(wanted)
            else:
                raise WrongSyntax(
                    _("There is no dimension %(name)s. Dimensions: %(names)s.")
                    % {"name": match[1], "names": ", ".join((*DIMENSION_IDS, "TIME_PERIOD"))}
                )
    for dimension, wanted in filters.items():
        _bounded(dimension, wanted.only or ())
        _bounded(dimension, wanted.without)
    return Question(filters=filters, first=first, last=last)


# Keys -----------------------------------------------------------------------------------------------------------


def _key(key: str) -> dict[str, Filter]:
    """Return the filters of one key: parts divided by dots, codes of a part by `+`; empty or `*` is all."""
    if key in ("", "*"):
        return {}
    parts = key.split(".")
    if parts[-1] == "*":
        parts += ["*"] * (len(DIMENSION_IDS) - len(parts))
    if len(parts) != len(DIMENSION_IDS):
        raise WrongSyntax(
            _("The key has %(count)s parts; %(flow)s has %(expected)s: %(names)s.")
            % {
                "count": len(parts),
                "flow": FLOW,
                "expected": len(DIMENSION_IDS),
                "names": ".".join(DIMENSION_IDS),
            }
        )
    return {
        dimension: Filter(_codes(dimension, part.split("+")))
        for dimension, part in zip(DIMENSION_IDS, parts, strict=True)
        if part not in ("", "*")
    }


def _keys(text: str) -> dict[str, Filter]:
    """Return the filters of several keys divided by commas, which may differ in one dimension."""
    keys = [_key(key) for key in text.split(",")]
    joined = keys[0]
    for other in keys[1:]:
        different = [name for name in DIMENSION_IDS if joined.get(name, ALL) != other.get(name, ALL)]
        if len(different) > 1:
            raise NotImplementedHere(
                _("Keys that differ in more than one dimension are not supported: ask for each by itself, or use c[…].")
            )
        for name in different:
            one, two = joined.get(name, ALL).only, other.get(name, ALL).only
            joined[name] = Filter(None if one is None or two is None else one | two)
    return joined


def _codes(name: str, codes: Collection[str]) -> frozenset[str]:
    for code in codes:
        if not _CODE.fullmatch(code):
            raise WrongSyntax(_("%(name)s: not a code: “%(code)s”.") % {"name": name, "code": code[:80]})
    return _bounded(name, frozenset(codes))


def _bounded(name: str, codes: Collection[str]) -> frozenset[str]:
    """Return the codes; raise where several keys or conditions name too many together."""
    if len(codes) > CODES_LIMIT:
        raise WrongSyntax(_("%(name)s: more than %(limit)s codes.") % {"name": name, "limit": CODES_LIMIT})
    return frozenset(codes)


def _conditions(name: str, condition: str) -> list[tuple[str, str]]:
    """Return the conditions that all must hold, as operator and value. A plus sign in an address reads as a space."""
    found = []
    for part in re.split(r"[+ ]", condition):
        match = _OPERATOR.fullmatch(part)
        operator, value = (match[1], match[2]) if match else ("eq", part)
        if operator not in _OPERATORS or not value:
            raise WrongSyntax(_("%(name)s: not a condition: “%(text)s”.") % {"name": name, "text": part[:80]})
        found.append((operator, value))
    return found


def _component(name: str, condition: str) -> Filter:
    wanted = ALL
    for operator, value in _conditions(name, condition):
        if operator not in ("eq", "ne"):
            raise NotImplementedHere(_("%(name)s: codes are compared by eq and ne only.") % {"name": name})
        codes = _codes(name, [part.removeprefix(f"{operator}:") for part in value.split(",")])
        wanted = wanted.both(Filter(codes) if operator == "eq" else Filter(None, codes))
    return wanted


def _time_range(name: str, condition: str) -> tuple[dt.date | None, dt.date | None]:
    first, last = None, None
    for operator, value in _conditions(name, condition):
        if operator not in ("eq", "ge", "gt", "le", "lt") or "," in value:
            raise NotImplementedHere(_("%(name)s: write one range, such as ge:2022+le:2024.") % {"name": name})
        period = _readable(name, value)
        if operator in ("eq", "ge", "gt"):
            low = period.ends + DAY if operator == "gt" else period.starts
            first = max(filter(None, (first, low)))
        if operator in ("eq", "le", "lt"):
            high = period.starts - DAY if operator == "lt" else period.ends
            last = min(filter(None, (last, high)))
    return first, last


# Parameters -----------------------------------------------------------------------------------------------------


def _single(given: QueryDict, allowed: Collection[str]) -> dict[str, str]:
    """Return the parameters that stand once and are not empty; refuse all others."""
    params = {}
    is_second = "startPeriod" not in allowed
    for name in given:
        values = given.getlist(name)
        if is_second and _COMPONENT.fullmatch(name):
            continue
        if name in _KNOWN_TO_THE_STANDARD:
            raise NotImplementedHere(_("The parameter %(name)s is not supported.") % {"name": name})
        if name not in allowed:
            known = ", ".join((*allowed, "c[…]") if is_second else allowed)
            raise WrongSyntax(
                _("There is no parameter %(name)s here. Parameters: %(names)s.") % {"name": name[:80], "names": known}
            )
        if len(values) != 1 or not values[0]:
            raise WrongSyntax(_("%(name)s: give one value.") % {"name": name})
        params[name] = values[0]
    return params


def _shared(params: Mapping[str, str]) -> Question:
    at = _one_of(params, "dimensionAtObservation", (*DIMENSION_IDS, "TIME_PERIOD", "AllDimensions"), "TIME_PERIOD")
    if at in DIMENSION_IDS:
        raise NotImplementedHere(_("dimensionAtObservation: TIME_PERIOD or AllDimensions."))
    question = Question(
        as_of=_moment(params, "asOf"),
        updated_after=_moment(params, "updatedAfter"),
        history=_one_of(params, "includeHistory", ("true", "false"), "false") == "true",
        is_flat=at == "AllDimensions",
        first_observations=_number(params, "firstNObservations", 1),
        last_observations=_number(params, "lastNObservations", 1),
    )
    if question.history and (question.first_observations or question.last_observations):
        raise NotImplementedHere(_("includeHistory goes without firstNObservations and lastNObservations."))
    return question


def _one_of(params: Mapping[str, str], name: str, allowed: Collection[str], default: str) -> str:
    value = params.get(name, default)
    if value not in allowed:
        raise WrongSyntax(
            _("%(name)s: “%(value)s” is not allowed. Allowed: %(names)s.")
            % {"name": name, "value": value[:80], "names": ", ".join(allowed)}
        )
    return value


def _attributes(text: str) -> tuple[str, ...]:
    if text in _ATTRIBUTE_SETS:
        return _ATTRIBUTE_SETS[text]
    wanted = text.split(",")
    for name in wanted:
        if name not in ATTRIBUTE_IDS:
            raise WrongSyntax(
                _("%(name)s: “%(value)s” is not allowed. Allowed: %(names)s.")
                % {"name": "attributes", "value": name[:80], "names": ", ".join((*ATTRIBUTE_IDS, *_ATTRIBUTE_SETS))}
            )
    return tuple(name for name in ATTRIBUTE_IDS if name in wanted)


def _number(params: Mapping[str, str], name: str, least: int) -> int | None:
    if name not in params:
        return None
    text = params[name]
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and least <= int(text) <= NUMBER_LIMIT):
        raise WrongSyntax(_("%(name)s: a whole number from %(least)s.") % {"name": name, "least": least})
    return int(text)


def _moment(params: Mapping[str, str], name: str) -> dt.datetime | None:
    if name not in params:
        return None
    text = params[name].replace(" ", "+")  # a plus sign in an address reads as a space
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            moment = dt.datetime.combine(dt.date.fromisoformat(text), dt.time.min)
        else:
            read = parse_datetime(text)
            if read is None:
                raise ValueError(text)
            moment = read
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise ValueError(text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=timezone.get_default_timezone())
        aware = aware.astimezone(dt.UTC)  # PostgreSQL reads no offset beyond 15:59
        is_future = aware > timezone.now()
    except ValueError as error:
        raise WrongSyntax(_("%(name)s: write a time such as 2024-05-17T09:00:00Z.") % {"name": name}) from error
    if is_future:
        raise WrongSyntax(_("%(name)s: this moment is still to come.") % {"name": name})
    return aware


def _period(params: Mapping[str, str], name: str) -> Period:
    return _readable(name, params[name])


def _readable(name: str, text: str) -> Period:
    """Return the period; times of a day are read as the day."""
    try:
        if not text.isascii() or not _PERIOD.fullmatch(text):
            raise UnreadablePeriod(text)
        day = text.partition("T")[0]
        return Period.parse(day.removesuffix("-A1").replace("-M", "-"))
    except UnreadablePeriod as error:
        raise WrongSyntax(
            _("%(name)s: not a period: “%(text)s”. Write 2024, 2024-S1, 2024-Q1, 2024-05 or 2024-05-17.")
            % {"name": name, "text": text[:80]}
        ) from error
