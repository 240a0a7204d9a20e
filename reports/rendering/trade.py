"""Trade of a report in words: published figures, and what follows from them with all inputs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import chain

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from parties.formatting import number, with_precision
from reports.rendering.page import Citations, Json, Line, Section, groups, in_language, period_words
from trade.wording import amount, derived_name, rate

RATES = {"growth", "growth_bound", "required_growth_low", "required_growth_high"}


def trade(section: Json, cite: Citations) -> Section:
    latest = section["latest_turnover"]
    ground = _ground(latest, cite) if latest else []
    return Section(
        "trade",
        _("Trade"),
        _headline(section),
        groups(
            (_("Published for the year"), (_figure(row, cite) for row in section["figures"])),
            (_("Structure in words"), (_note(row, cite) for row in section["notes"])),
            (_("What follows from the figures"), _follows(section, cite)),
            (_("Newest published turnover of a full year"), ground),
            (_("Targets"), chain.from_iterable(_target(row, cite) for row in section["targets"])),
        ),
    )


def _headline(section: Json) -> str:
    for row in section["figures"]:
        if row["flow"] == "T" and row["goods"]["is_total"] and row["indicator"] in {"growth", "value"}:
            found = {"period": period_words(row["period"]), "value": _value(row)}
            return _("Turnover, %(period)s: %(value)s") % found + _conclusion(section)
    latest = section["latest_turnover"]
    if latest:
        return _("The newest published turnover is that of %(period)s: %(value)s") % {
            "period": period_words(latest["figure"]["period"]),
            "value": _value(latest["figure"]),
        }
    return _("No turnover is published")


def _conclusion(section: Json) -> str:
    """Return what the growth rates imply for the flow that no source gives, to go after the headline."""
    for check in section["consistency"]:
        bound = check["bound"]
        if bound and bound["value"] is not None:
            conclusions = {
                "M": _("; hence import: %(value)s"),
                "X": _("; hence export: %(value)s"),
            }
            return conclusions[bound["flow"]] % {"value": derived_value(bound)}
    return ""


def flow_name(flow: str) -> str:
    """Return the name of a flow, to begin a line with."""
    names = {
        "T": pgettext("flow", "Turnover"),
        "X": pgettext("flow", "Export"),
        "M": pgettext("flow", "Import"),
        "B": pgettext("flow", "Balance"),
    }
    return str(names[flow])


def _value(row: Json) -> str:
    """Return a published figure or an input as text."""
    value = Decimal(row["value"])
    if row.get("indicator") == "growth" or row.get("role", "").endswith("growth"):
        return rate(value, row["precision"])
    if row["unit"] == "PLACE":
        return with_precision(_("No. %(place)s") % {"place": number(value)}, row["precision"])
    return amount(value, row["unit"], row["precision"])


def _figure(row: Json, cite: Citations) -> Line:
    names = {
        "value": "%s",
        "growth": pgettext("indicator", "%s, growth"),
        "rank": pgettext("indicator", "%s, rank of the partner"),
        "share": pgettext("indicator", "%s, share"),
    }
    text = str(names[row["indicator"]]) % flow_name(row["flow"])
    if not row["goods"]["is_total"]:
        text += f": {in_language(row['goods'])}"
    base = _("compared with %(period)s") % {"period": period_words(row["base_period"])} if row["base_period"] else ""
    return cite.line(row, text, _value(row), (period_words(row["period"]), base, in_language(row["note"])))


def _note(row: Json, cite: Citations) -> Line:
    return cite.line(row, f"{flow_name(row['flow'])}: {in_language(row['text'])}", "", (period_words(row["period"]),))


def _follows(section: Json, cite: Citations) -> Iterator[Line]:
    results = (section[name] for name in ("growths", "implied_bases", "balances", "turnovers"))
    bounds = (check["bound"] for check in section["consistency"] if check["bound"])
    for result in chain(chain.from_iterable(results), bounds):
        if result["value"] is not None:
            yield _derived(result, cite)
    for check in section["consistency"]:
        if check["is_consistent"] is not None:
            text = _("Growth rates of turnover, export and import, %(period)s") % {
                "period": period_words(check["period"])
            }
            verdict = _("fit together") if check["is_consistent"] else _("contradict each other")
            yield Line(text, value=verdict, details=_inputs(check["inputs"]))


def _derived(result: Json, cite: Citations) -> Line:
    return cite.line(result, _derived_name(result), derived_value(result), _inputs(result["inputs"]))


def _derived_name(result: Json) -> str:
    flow, period = flow_name(result["flow"]), period_words(result["period"])
    return derived_name(result["formula"], flow, period)


def derived_value(result: Json) -> str:
    """Return a computed number rounded half up to one decimal; a dash where there is none."""
    if result["value"] is None:
        return "–"
    value = Decimal(result["value"])
    places = None if value == value.to_integral_value() else 1
    if result["formula"] in RATES:
        return rate(value, result["precision"], places)
    return amount(value, result["unit"], result["precision"], places)


def _inputs(inputs: Iterable[Json]) -> tuple[str, ...]:
    """Return what a number was computed from, one input a line."""
    names = {
        "value": _("value"),
        "base": _("base"),
        "latest": _("newest value"),
        "growth": _("growth"),
        "export": _("export"),
        "import": _("import"),
        "turnover growth": _("turnover growth"),
        "export growth": _("export growth"),
        "import growth": _("import growth"),
    }
    return tuple(
        _("from %(name)s, %(period)s: %(value)s")
        % {"name": names[given["role"]], "period": period_words(given["period"]), "value": _value(given)}
        for given in inputs
    )


def _ground(latest: Json, cite: Citations) -> list[Line]:
    lines = [_figure(row, cite) for row in (latest["figure"], *latest["growth"])]
    return lines + [_derived(base, cite) for base in latest["implied_base"]]


def _target(row: Json, cite: Citations) -> Iterator[Line]:
    horizon = period_words(row["due"]) or in_language(row["horizon"]) or _("no date named")
    factors = {name: number(Decimal(row[name])) for name in ("low_factor", "high_factor")}
    text = _("%(flow)s, ×%(low_factor)s to ×%(high_factor)s of %(period)s") % {
        "flow": flow_name(row["flow"]),
        "period": period_words(row["base"]["period"]),
        **factors,
    }
    details = (
        _("set: %(when)s") % {"when": period_words(row["set_on"])},
        _("horizon: %(when)s") % {"when": horizon},
        *_inputs(row["low"]["inputs"]),
    )
    yield cite.line(row, text, _range(row["low"], row["high"]), details)
    for text, name in (
        (_("Growth still required"), "required"),
        (_("Required growth a year"), "yearly"),
        (_("Progress to the target"), "progress"),
    ):
        low, high = row[f"{name}_low"], row[f"{name}_high"]
        yield Line(text, value=_range(low, high), details=tuple(filter(None, (reason_words(low["reason"]),))))


def _range(low: Json, high: Json) -> str:
    if low["value"] is None:
        return "–"
    return pgettext("range", "%(low)s to %(high)s") % {"low": derived_value(low), "high": derived_value(high)}


def reason_words(reason: str | None) -> str:
    """Return why a number could not be computed."""
    words = {
        "no_value_published": _("no value is published"),
        "no_base_published": _("no base value is published"),
        "no_growth_published": _("no growth is published"),
        "base_is_zero": _("the base is zero"),
        "figures_not_comparable": _("the figures are not comparable"),
        "no_due_date": _("no date is named for the target"),
        "due_before_base": _("the date lies before the base year"),
        "no_value_after_the_base": _("no value after the base year is published"),
        "factor_is_one": _("the target equals its base"),
        "inputs_too_imprecise": _("the published figures are too imprecise"),
    }
    return words.get(reason or "", "")
