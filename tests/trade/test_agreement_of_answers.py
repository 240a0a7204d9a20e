"""One question has one answer: model, cube, page, API, files and SDMX say the same of the same messy dataset."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from tests.trade.api.conftest import sheets, whole
from tests.trade.conftest import Publish, observation
from trade import catalogue, cube
from trade.models import Dataset
from trade.nomenclature.shipping import load_shipped
from trade.releases import undo
from trade.selection import Defaults, Selection, months_between, shifted

pytestmark = pytest.mark.django_db
Row = Mapping[str, Any]
ADDED, PARTNERS = ("BY", "CN", "DE", "NNN", "_H"), ("BY", "CN", "DE", "NNN", "_H", "EU", "BY-HR")
MEMBERS = {"EU": ("DE",)}
"""Who of them is added up to a group where a file does not state it."""
GOODS = ("8471300000", "8471410000", "8536690000", "2709009000", "1107100000", "_CONF", "27_CONF")
CHAPTERS = ("84", "85", "27", "11")
LENGTHS = {"M": 1, "Q": 3, "S": 6, "A": 12, "YTD": 0}
NOTHING = Decimal(0)


# The dataset and the model ------------------------------------------------------------------------------------------


def a_mess() -> list[list[dict[str, Any]]]:
    """Return the files: two years by TN VED, one month as totals, one by chapters, a quarter and years as stated."""
    luck = random.Random(7)
    months = [str(month)[:7] for month in months_between(dt.date(2023, 1, 1), dt.date(2024, 12, 1))]

    def row(month: str, **more: Any) -> dict[str, Any]:
        value = {"value": f"{luck.randrange(0, 10**7) / 100:.2f}", "net_kg": f"{luck.randrange(1, 10**6) / 1000:.3f}"}
        if more["partner"] == "W":  # more than all partners named beside it
            value = {"value": "999999.99", "net_kg": "99999.999"}
        return {"month": month, **value, **more}

    def lines(of: Iterable[str]) -> list[dict[str, Any]]:
        return [
            row(month, partner=partner, flow=flow, commodity=code)
            for month in of
            for flow in ("X", "M")
            for partner in PARTNERS
            for code in GOODS
            if luck.random() < 0.4
        ]

    usual = [month for month in months if month not in ("2023-05", "2023-09", "2024-02", "2024-08")]
    files = [lines(usual)]
    files.append(
        [
            row("2023-05", partner=partner, flow=flow, commodity="TOTAL")
            for partner in ("BY", "CN", "W")
            for flow in "XM"
        ]
    )
    files.append(
        [row("2024-02", partner=partner, flow="X", commodity=code) for partner in ("BY", "DE") for code in CHAPTERS]
        + [row("2024-02", partner="CN", flow="X", commodity="TOTAL")]
    )
    files.append([row("2024-08", partner="W", commodity="TOTAL", flow="X")])
    files.append([row("2023-07", months=3, partner=partner, commodity="84") for partner in ("BY", "W")])
    files.append(
        [
            row("2023-01", months=12, partner=partner, flow=flow, commodity="TOTAL")
            for partner in ("W", "DE")
            for flow in "XM"
        ]
    )
    files.append([row("2024-01", months=12, partner="BY", flow="M")])
    files.append(lines(["2024-11"]))  # a revision
    files.append(lines(["2024-12"]))  # another one, to be undone
    return files


def lines_of(row: Row, digits: int) -> bool:
    return row["level"] > 0 and row["level"] >= digits


class Model:
    """The definitions of the documentation in plain Python: slow, and without the database."""

    def __init__(self) -> None:
        self.rows: dict[tuple[Any, ...], dict[str, Any]] = {}

    def load(self, lines: Iterable[Mapping[str, Any]]) -> None:
        """Replace what a file tells about: its flows, in periods of its lengths, from the first to the last."""
        new = {self._key(row): row for row in (observation(**line) for line in lines)}
        rows = list(new.values())
        months, flows, lengths, levels = ({row[name] for row in rows} for name in ("month", "flow", "months", "level"))
        self.rows = {
            key: row
            for key, row in self.rows.items()
            if not (min(months) <= row["month"] <= max(months))
            or row["flow"] not in flows
            or row["months"] not in lengths
            or row["level"] not in levels
        } | new

    def _key(self, row: Row) -> tuple[Any, ...]:
        return tuple(row[name] for name in ("month", "months", "partner", "flow", "commodity", "unit"))

    def index(self) -> None:
        self.by_period: dict[tuple[str, int, str], dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
        for row in self.rows.values():
            self.by_period[row["month"], row["months"], row["flow"]][row["partner"]].append(row)

    def figure(self, partners: tuple[str, ...], flow: str, goods: str, first: dt.date, count: int, measure: str) -> Any:
        """Return the figure of goods (`""` for all) with partners (none: all together) over so many months, or None."""
        if flow in ("T", "B"):
            export, imports = (self.figure(partners, one, goods, first, count, measure) for one in "XM")
            if export is None or imports is None:
                return None
            return export + imports if flow == "T" else export - imports
        months = [str(shifted(first, step))[:7] for step in range(count)]
        digits = 0 if not goods else max(len(goods), 2)
        if all(self._is_loaded((month, 1, flow), partners, digits) for month in months):
            parts = [self._of_period((month, 1, flow), partners, goods, digits, measure) for month in months]
        elif self._is_loaded((months[0], count, flow), partners, digits):
            parts = [self._of_period((months[0], count, flow), partners, goods, digits, measure)]
        else:
            return None
        return None if None in parts else sum(parts, NOTHING)

    def _is_loaded(self, place: tuple[str, int, str], partners: tuple[str, ...], digits: int) -> bool:
        by_partner = self.by_period.get(place, {})
        if digits == 0:
            return bool(by_partner)
        counted = {*ADDED, "W", *partners} if digits == 2 or not partners else set(by_partner)
        return any(lines_of(row, digits) for one in counted & set(by_partner) for row in by_partner[one])

    def _of_period(
        self, place: tuple[str, int, str], partners: tuple[str, ...], goods: str, digits: int, measure: str
    ) -> Decimal | None:
        by_partner = self.by_period[place]
        if not partners:
            own = by_partner.get("W", [])
            if (digits == 0 and own) or any(lines_of(row, digits) for row in own):
                return self._of_partner(own, goods, digits, measure)
            return sum(
                (self._of_partner(by_partner.get(one, []), goods, digits, measure) or NOTHING for one in ADDED), NOTHING
            )
        if set(by_partner) == {"W"}:
            return None
        parts = []
        for one in partners:
            rows = by_partner.get(one) or [row for member in MEMBERS.get(one, ()) for row in by_partner.get(member, [])]
            total = self._of_partner(rows, "", 0, measure)
            is_lumped = digits and total and not any(lines_of(row, digits) for row in rows)
            parts.append(None if is_lumped else self._of_partner(rows, goods, digits, measure))
        return None if None in parts else sum(parts, NOTHING)  # type: ignore[arg-type]

    def _of_partner(self, rows: list[Row], goods: str, digits: int, measure: str) -> Decimal:
        stated = [row for row in rows if row["level"] == 0]
        if digits == 0 and stated:
            return Decimal(stated[0][measure])
        detailed = [row for row in rows if lines_of(row, digits)]
        coarsest = min((row["level"] for row in detailed), default=0)
        chosen = [row for row in detailed if row["level"] == coarsest and row["commodity"].startswith(goods)]
        return sum((Decimal(row[measure]) for row in chosen), NOTHING)


@pytest.fixture
def messy(nomenclature: None, publish: Publish) -> tuple[Dataset, Model]:
    """Publish the mess; the last release of it is undone."""
    dataset, model = Dataset.objects.get(code="FCS"), Model()
    files = a_mess()
    for lines in files[:-1]:
        publish(lines, dataset=dataset)
        model.load(lines)
    undo(publish(files[-1], dataset=dataset), by=None)
    model.index()
    catalogue.forget()
    return dataset, model


@pytest.fixture
def analyst(cast: Any, api_for: Any) -> Any:
    return api_for(cast.analyst)


@pytest.fixture
def nomenclature(db: None) -> None:
    load_shipped()


# Questions ----------------------------------------------------------------------------------------------------------

SOME_PARTNERS = st.lists(st.sampled_from(PARTNERS[:5]), min_size=1, max_size=3, unique=True).map(",".join)
CODES = {
    "chapter": st.sampled_from(CHAPTERS),
    "4": st.sampled_from(["8471", "8536", "2709", "1107", "8500"]),
    "6": st.sampled_from(["847130", "270900", "110710"]),
    "10": st.sampled_from(GOODS[:5]),
}


@st.composite
def questions(draw: st.DrawFn) -> dict[str, str]:
    """Draw the parameters of an address."""
    frequency = draw(st.sampled_from(["M", "Q", "S", "A", "YTD"]))
    first = draw(st.sampled_from(months_between(dt.date(2022, 10, 1), dt.date(2024, 12, 1))))
    last = shifted(first, draw(st.integers(0, 14)))
    asked = {
        "dataset": "FCS",
        "reporter": "RU-TOM",
        "partner": draw(st.one_of(st.just("all"), st.sampled_from(["EU", "BY-HR"]), SOME_PARTNERS)),
        "flow": draw(st.sampled_from(["X", "M", "T", "B"])),
        "frequency": frequency,
        "from": str(first)[:7],
        "to": str(last)[:7],
        "measure": draw(st.sampled_from(["value", "net_kg"])),
    }
    level = draw(st.sampled_from(["total", "total", "group", "chapter", "4", "6", "10"]))
    by = {"goods"} if level == "group" else set()
    if level in CODES:
        asked["goods"] = ",".join(draw(st.lists(CODES[level], min_size=1, max_size=2, unique=True)))
        by |= draw(st.sampled_from([set(), {"goods"}]))
    by |= draw(st.sampled_from([set(), {"partner"}]))
    if asked["flow"] == "T":
        by |= draw(st.sampled_from([set(), {"flow"}]))
    if by:
        asked["by"] = ",".join(sorted(by))
    if "goods" in by:
        asked["level"] = level
    return asked


def parsed(asked: Mapping[str, str]) -> Selection:
    return Selection.parse(asked, defaults=Defaults("RU-TOM", "BY"))


slowly = settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
quickly = settings(slowly, max_examples=12)


def test_the_cube_answers_what_the_definitions_say(messy: tuple[Dataset, Model]) -> None:
    __, model = messy

    @slowly
    @given(questions())
    def check(asked: dict[str, str]) -> None:
        selection = parsed(asked)
        for cell in cube.series(selection).cells:
            if selection.level == "group":
                continue
            partners = selection.partners
            if "partner" in selection.by:
                partners = (cell.partner,)
            count = LENGTHS[selection.frequency] or selection.last.month
            codes = ("",) if cell.goods == "TOTAL" else tuple(cell.goods.split(","))
            figures = [
                model.figure(partners, cell.flow, code, cell.period.starts, count, selection.measure) for code in codes
            ]
            expected = None if None in figures else sum(figures, NOTHING)
            assert cell.value == expected, (asked, cell, expected)
            assert (cell.reason is None) == (cell.value is not None)

    check()


def test_every_file_and_the_page_of_lines_hold_the_figures_of_the_cube(messy: Any, analyst: Any) -> None:
    def body(asked: Mapping[str, str], kind: str) -> Any:
        return whole(analyst.get("/api/v1/trade/series/", {**asked, "format": kind}))

    @quickly
    @given(questions())
    def check(asked: dict[str, str]) -> None:
        selection = parsed(asked)
        found = cube.series(selection)
        expected = [cell.value for cell in found.cells]
        data = analyst.get("/api/v1/trade/series/", asked).json()["data"]
        assert [row["value"] and Decimal(row["value"]) for row in data] == expected
        table = csv.DictReader(io.StringIO(body(asked, "csv").decode()))
        assert [Decimal(row["value"]) if row["value"] else None for row in table] == expected
        rough = [None if value is None else pytest.approx(float(value)) for value in expected]
        heads, *cells = sheets(body(asked, "xlsx"))[0]
        place = heads.index("value")
        assert [None if row[place] in ("", None) else row[place] for row in cells] == rough
        columns = parquet.read_table(pa.BufferReader(body(asked, "parquet"))).to_pydict()
        assert columns["value"] == expected
        stat = analyst.get("/api/v1/trade/series/", {**asked, "format": "jsonstat"}).json()
        order = sorted(value for value in stat["value"] if value is not None)
        assert order == pytest.approx(sorted(float(value) for value in expected if value is not None))
        for cell in found.cells[:4]:
            lines_add_up_to(cell, selection)

    check()


def lines_add_up_to(cell: cube.Cell, selection: Selection) -> None:
    """Add up the lines behind a cell, page by page."""
    if cell.value is None:
        return
    asked, total, after = cube.selection_of(cell, selection), NOTHING, None
    while True:
        page = cube.lines(asked, after=after, limit=50)
        for line in page.rows:
            sign = -1 if cell.flow == "B" and line.flow == "M" else 1
            total += sign * (getattr(line, selection.measure) or NOTHING)
        after = page.next
        if after is None:
            break
    assert total == cell.value, (asked.query(), cell)


def test_sdmx_tells_the_figures_of_the_cube(messy: Any, analyst: Any) -> None:
    @quickly
    @given(
        questions().filter(
            lambda asked: (
                asked["flow"] in "XM"
                and asked.get("level") != "group"
                and asked["frequency"] != "YTD"
                and asked["partner"] not in MEMBERS
            )  # SDMX adds up no groups of countries
        )
    )
    def check(asked: dict[str, str]) -> None:
        asked = {**asked, "by": "partner,goods" if "goods" in asked else "partner"}
        if "goods" in asked:
            asked["level"] = parsed({**asked, "by": "partner"}).level
        if asked["partner"] == "all":
            asked["by"] = asked["by"].removeprefix("partner").removeprefix(",")
        asked = {name: value for name, value in asked.items() if value}
        selection = parsed(asked)
        found = {
            (cell.partner, cell.goods, str(cell.period)): cell.value
            for cell in cube.series(selection).cells
            if cell.value  # of what was not traded SDMX says nothing
        }
        measure = {"value": "VALUE", "net_kg": "NET_WEIGHT"}[selection.measure]
        key = ".".join(
            [
                selection.frequency,
                "RU-TOM",
                selection.flow,
                "+".join(selection.goods) or "TOTAL",
                "+".join(selection.partners) or "W",
                "N",
                measure,
                "",
                "FCS",
            ]
        )
        query = {"startPeriod": str(selection.first)[:7], "endPeriod": str(selection.last)[:7]}
        answer = analyst.get(
            f"/sdmx/data/TRADE/{key}", query, HTTP_ACCEPT="application/vnd.sdmx.data+csv;version=2.0.0"
        )
        if answer.status_code == 404:
            assert found == {}, (asked, key)
            return
        told = {
            (row["COUNTERPART_AREA_1"], row["COMMODITY_1"], row["TIME_PERIOD"]): Decimal(row["OBS_VALUE"])
            for row in csv.DictReader(io.StringIO(whole(answer).decode()))
        }
        assert {place: value for place, value in told.items() if value} == found, (asked, key)

    check()


def test_parts_places_and_differences_agree_with_the_series(messy: Any, analyst: Any) -> None:
    @quickly
    @given(questions().filter(lambda asked: asked["flow"] != "B"))
    def check(asked: dict[str, str]) -> None:
        selection = parsed(asked)
        if selection.by == ("goods",) or selection.by == ("partner",):
            answer = analyst.get("/api/v1/trade/structure/", asked).json()
            cells = {(cell.goods, cell.partner): cell.value for cell in cube.totals(selection).cells}
            parts = {part["code"]: part["value"] and Decimal(part["value"]) for part in answer["data"]}
            place = 0 if selection.by == ("goods",) else 1
            assert {code: value for code, value in parts.items() if value} == {
                codes[place]: value for codes, value in cells.items() if value
            }
            shares = [Decimal(part["share"]["value"]) for part in answer["data"] if part["share"]["value"]]
            if shares and None not in cells.values():
                assert sum(shares) <= Decimal("100.0000001")
        if not selection.goods:
            by_partner = parsed({**asked, "partner": "all", "by": "partner", "level": "total"})
            values = {
                (str(cell.period), cell.partner): cell.value
                for cell in cube.series(by_partner).cells
                if cell.value and cell.partner not in ("NNN", "_H")
            }
            places = {
                (str(one.period), one.partner): (one.value, one.place and one.place.rank)
                for one in cube.ranks(by_partner)
                if one.flow == by_partner.flow
            }
            assert {place: value for place, (value, __) in places.items() if value} == values
            for (period, partner), value in values.items():
                better = [other for (when, __), other in values.items() if when == period and other > value]
                assert places[period, partner][1] == len(better) + 1
        for comparison in cube.compare_with_last_year(selection):
            if comparison.growth.value is not None:
                now, then = comparison.cell.value, comparison.base.value
                assert abs(comparison.growth.value - (now / then - 1) * 100) < Decimal("1e-9")
        found = cube.contributions(selection)
        if found and all(one.value is not None for one in found.values()) and "flow" not in selection.by:
            (whole_growth,) = cube.compare_totals_with_last_year(selection.but(by=()))
            named = selection.by == ("partner",) or selection.by == ()
            if named or not selection.goods:
                difference = sum(one.value for one in found.values()) - whole_growth.growth.value
                assert abs(difference) < Decimal("1e-9"), asked

    check()


def test_who_follows_changes_of_some_lines_has_what_is_asked_for_anew(publish: Publish, analyst: Any) -> None:
    first = publish([{"status": "E"}, {"partner": "CN", "status": "E"}, {"partner": "DE"}])
    publish([{"status": "A"}, {"partner": "CN", "status": "E", "value": 5}, {"partner": "DE", "value": 7}])
    catalogue.forget()
    asked = {"dataset": "FCS", "status": "E"}
    moment = first.loaded_at.isoformat().replace("+00:00", "Z")

    had = analyst.get("/api/v1/trade/observations/", {**asked, "as_of": moment}).json()["results"]
    changes = analyst.get("/api/v1/trade/observations/", {**asked, "updated_after": moment}).json()["results"]
    kept = {line["partner"]: line["value_usd"] for line in had}
    for line in changes:
        if line["action"] == "delete":
            del kept[line["partner"]]
        else:
            kept[line["partner"]] = line["value_usd"]

    assert [line["partner"] for line in had] == ["BY", "CN"]
    now = analyst.get("/api/v1/trade/observations/", asked).json()["results"]
    assert kept == {line["partner"]: line["value_usd"] for line in now} == {"CN": "5.00"}


def test_shares_of_a_range_with_a_gap_say_which_months_are_there(publish: Publish, analyst: Any) -> None:
    publish([{"month": "2024-01"}, {"month": "2024-02"}])
    catalogue.forget()
    asked = {"dataset": "FCS", "reporter": "RU-TOM", "partner": "BY", "flow": "X", "by": "goods", "level": "chapter"}
    answer = analyst.get("/api/v1/trade/structure/", {**asked, "from": "2024-01", "to": "2024-03"}).json()

    (gap,) = answer["meta"]["incomplete"]
    assert (gap["flow"], gap["months_present"], gap["months_expected"]) == ("X", 2, 3)
    assert answer["whole"]["reason"] == "months_missing"
