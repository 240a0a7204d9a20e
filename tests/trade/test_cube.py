"""Sums of the trade data: what is added, what is loaded, what is hidden, and as of when."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parties.periods import Period
from tests.trade.conftest import Publish
from trade.cube import Cell, Cube, UnitsDiffer, compare_with_last_year, lines, selection_of, series, totals
from trade.cube.lines import BadCursor
from trade.indicators import Reason
from trade.models import Commodity, Dataset, GroupedChapter, Grouping
from trade.releases import undo
from trade.selection import Defaults, Selection, SelectionErrors, months_between

pytestmark = pytest.mark.django_db
COMPUTERS, MALT = "8471300000", "1107100000"
DIRECT = {"chapter": "84", "4": "8471", "6": "847130", "8": "84713000", "10": COMPUTERS}


def question(dataset: Dataset, **given: Any) -> Selection:
    """Return a question about Tomsk's export to Belarus in the first quarter of 2024, changed by keywords."""
    plain: dict[str, Any] = {
        "dataset": dataset,
        "reporter": "RU-TOM",
        "partners": ("BY",),
        "flow": "X",
        "first": dt.date(2024, 1, 1),
        "last": dt.date(2024, 3, 1),
    }
    return Selection(**(plain | given)).but()


def values(cube: Cube) -> list[Decimal | None]:
    return [cell.value for cell in cube.cells]


def only(cube: Cube) -> Cell:
    (cell,) = cube.cells
    return cell


def by_goods(cube: Cube) -> dict[str, Decimal | None]:
    return {cell.goods: cell.value for cell in cube.cells}


def a_year(**changes: Any) -> list[dict[str, Any]]:
    """Return a line for each month of 2024, of 1 to 12 dollars."""
    return [{"month": f"2024-{month:02}", "value": month} | changes for month in range(1, 13)]


@pytest.fixture
def grouped(db: None) -> None:
    """Make two groups and two sections: food of chapters 01–24, machinery of 84–85, and a group for hidden goods."""
    if Grouping.objects.filter(is_default=True).exists():
        return
    grouping = Grouping.objects.create(
        code="TEST", name_ru="т", name_en="t", valid_from=dt.date(2016, 1, 1), is_default=True
    )
    for code, chapters in {"G01": ("11",), "G09": ("84", "85"), "G99": ("99", "_C")}.items():
        group = Commodity.objects.create(
            code=f"GRP_RU-{code}", classification="GRP_RU", commodity_code=code, name_ru=code, name_en=code
        )
        for chapter in chapters:
            GroupedChapter.objects.create(grouping=grouping, group=group, chapter=chapter)


# Months ------------------------------------------------------------------------------------------------------------


def test_a_month_is_the_sum_of_its_lines_and_a_loaded_month_without_lines_is_nothing(
    publish: Publish, a_dataset: Dataset
) -> None:
    publish(
        [
            {"value": "1.10"},
            {"commodity": MALT, "value": "2.20"},
            {"month": "2024-02", "partner": "CN", "value": "5"},
            {"month": "2024-03", "value": "4"},
        ]
    )
    cube = series(question(a_dataset))
    assert values(cube) == [Decimal("3.30"), Decimal(0), Decimal(4)]
    assert [cell.lines for cell in cube.cells] == [2, 0, 1]
    assert cube.incomplete == ()


def test_a_month_that_is_not_loaded_has_no_value_and_says_so(publish: Publish, a_dataset: Dataset) -> None:
    publish([{"month": "2024-01"}])
    cube = series(question(a_dataset))
    assert values(cube) == [Decimal(100), None, None]
    assert cube.cells[1].reason is Reason.NOT_LOADED
    assert [(gap.flow, gap.period) for gap in cube.incomplete] == [
        ("X", Period.parse("2024-02")),
        ("X", Period.parse("2024-03")),
    ]


def test_a_year_is_the_sum_of_its_months_only_where_all_are_there(publish: Publish, a_dataset: Dataset) -> None:
    publish(a_year())
    publish([{"month": "2025-01"}, {"month": "2025-02"}])
    cube = series(question(a_dataset, frequency="A", last=dt.date(2025, 12, 1)))
    whole, part = cube.cells
    assert (whole.value, whole.complete, whole.months_present) == (Decimal(78), True, 12)
    assert (part.value, part.reason, part.months_present, part.months_expected) == (
        None,
        Reason.MONTHS_MISSING,
        2,
        12,
    )


@pytest.mark.parametrize(
    ("frequency", "expected"),
    [("Q", [6, 15, 24, 33]), ("S", [21, 57]), ("A", [78]), ("M", list(range(1, 13)))],
)
def test_months_are_added_up_to_quarters_half_years_and_years(
    publish: Publish, a_dataset: Dataset, frequency: str, expected: list[int]
) -> None:
    publish(a_year())
    cube = series(question(a_dataset, frequency=frequency, last=dt.date(2024, 12, 1)))
    assert values(cube) == [Decimal(value) for value in expected]
    assert [cell.period for cell in cube.cells] == list(cube.selection.periods)


def test_the_whole_range_can_be_one_period(publish: Publish, a_dataset: Dataset) -> None:
    publish(a_year())
    cell = only(totals(question(a_dataset, last=dt.date(2024, 9, 1))))
    assert (cell.value, cell.period, cell.months_expected) == (Decimal(45), Period.parse("2024-01/2024-09"), 9)


def test_a_published_year_serves_where_months_lack_and_stands_beside_their_sum_where_not(
    publish: Publish, a_dataset: Dataset
) -> None:
    publish(a_year())
    publish([{"months": 12, "value": 80}, {"months": 12, "month": "2023-01", "value": 70}])
    cube = series(question(a_dataset, frequency="A", first=dt.date(2023, 1, 1)))
    published, summed = cube.cells
    assert (published.value, published.stated, published.complete) == (Decimal(70), None, True)
    assert (summed.value, summed.stated) == (Decimal(78), Decimal(80))


def test_months_and_years_of_a_dataset_are_never_added_together(publish: Publish, a_dataset: Dataset) -> None:
    publish(a_year())
    publish([{"months": 12, "value": 80}])
    assert sum(filter(None, values(series(question(a_dataset, last=dt.date(2024, 12, 1)))))) == 78


# Flows and partners ------------------------------------------------------------------------------------------------


def test_turnover_and_balance_need_both_flows_to_be_loaded(publish: Publish, a_dataset: Dataset) -> None:
    publish([{"value": 7}, {"month": "2024-02", "value": 9}])
    publish([{"flow": "M", "value": 5, "partner": "CN"}, {"flow": "M", "value": 3}])
    both = {flow: series(question(a_dataset, flow=flow, last=dt.date(2024, 2, 1))) for flow in "TB"}
    assert values(both["T"]) == [Decimal(10), None]
    assert values(both["B"]) == [Decimal(4), None]
    assert both["T"].cells[1].reason is Reason.NOT_LOADED


def test_a_turnover_can_be_broken_down_by_flow(publish: Publish, a_dataset: Dataset) -> None:
    publish([{"value": 7}, {"flow": "M", "value": 5}])
    cube = totals(question(a_dataset, flow="T", by=("flow",), last=dt.date(2024, 1, 1)))
    assert {cell.flow: cell.value for cell in cube.cells} == {"X": Decimal(7), "M": Decimal(5)}


def test_all_partners_together_leave_groups_out_and_each_partner_stands_alone(
    publish: Publish, a_dataset: Dataset
) -> None:
    publish(
        [{"value": 1}, {"partner": "CN", "value": 2}, {"partner": "_H", "value": 4}, {"partner": "EU", "value": 99}]
    )
    january = {"last": dt.date(2024, 1, 1)}
    assert values(series(question(a_dataset, partners=(), **january))) == [Decimal(7)]
    cube = series(question(a_dataset, partners=(), by=("partner",), **january))
    assert {cell.partner: cell.value for cell in cube.cells} == {"BY": 1, "CN": 2, "_H": 4}
    assert values(series(question(a_dataset, partners=("BY", "CN"), **january))) == [Decimal(3)]


# Goods -------------------------------------------------------------------------------------------------------------


def test_goods_stand_at_every_level_with_the_same_sum(publish: Publish, a_dataset: Dataset, grouped: None) -> None:
    publish([{"value": 5}, {"commodity": "8528420000", "value": 2}, {"commodity": MALT, "value": 3}])
    for level in ("group", "chapter", "4", "6", "8", "10"):
        cube = totals(question(a_dataset, by=("goods",), level=level, last=dt.date(2024, 1, 1)))
        assert sum(filter(None, values(cube))) == Decimal(10), level
        if level in DIRECT:
            assert by_goods(cube)[DIRECT[level]] == Decimal(5)


@pytest.mark.parametrize(
    ("level", "goods", "expected"),
    [
        ("chapter", ("G09",), {"84": 5, "85": 2}),
        ("group", ("G09",), {"G09": 7}),
        ("4", ("84",), {"8471": 5}),
        ("4", ("84", "1107"), {"1107": 3, "8471": 5}),
        ("10", ("G09",), {COMPUTERS: 5, "8528420000": 2}),
        ("4", ("8703",), {"8703": 0}),
        ("chapter", ("87",), {"87": 0}),
    ],
)
def test_codes_restrict_at_their_own_or_a_finer_level(
    publish: Publish,
    a_dataset: Dataset,
    grouped: None,
    level: str,
    goods: tuple[str, ...],
    expected: dict[str, int],
) -> None:
    publish([{"value": 5}, {"commodity": "8528420000", "value": 2}, {"commodity": MALT, "value": 3}])
    asked = question(a_dataset, by=("goods",), level=level, goods=goods, last=dt.date(2024, 1, 1))
    assert by_goods(totals(asked)) == expected
    assert values(totals(asked.but(by=()))) == [Decimal(sum(expected.values()))]


def test_a_file_of_several_levels_is_counted_once(publish: Publish, a_dataset: Dataset) -> None:
    publish(
        [
            {"commodity": "TOTAL", "value": 100},
            {"commodity": "84", "value": 60},
            {"commodity": "8471", "value": 55},
            {"commodity": "847130", "value": 50},
            {"commodity": "11", "value": 30},
        ]
    )
    january = {"last": dt.date(2024, 1, 1)}
    total = only(totals(question(a_dataset, **january)))
    assert (total.value, total.detail) == (Decimal(100), Decimal(90))
    for level, expected in {"chapter": {"11": 30, "84": 60}, "4": {"8471": 55}, "6": {"847130": 50}}.items():
        assert by_goods(totals(question(a_dataset, by=("goods",), level=level, **january))) == expected


def test_detail_that_the_dataset_does_not_hold_is_unknown_and_not_nothing(publish: Publish, a_dataset: Dataset) -> None:
    publish([{"commodity": "84", "value": 60}, {"commodity": "TOTAL", "value": 60, "month": "2024-02"}])
    heading, __, __ = series(question(a_dataset, goods=("8471",))).cells
    assert (heading.value, heading.reason) == (None, Reason.TOO_COARSE)
    chapter = series(question(a_dataset, goods=("84",))).cells
    assert [(cell.value, cell.reason) for cell in chapter[:2]] == [(Decimal(60), None), (None, Reason.TOO_COARSE)]


def test_hidden_goods_count_in_the_total_and_stand_beside_every_class(publish: Publish, a_dataset: Dataset) -> None:
    publish(
        [
            {"value": 5},
            {"commodity": "_CONF", "level": 10, "value": 2},
            {"commodity": "84_CONF", "level": 10, "value": 1},
        ]
    )
    january = {"last": dt.date(2024, 1, 1)}
    total = only(totals(question(a_dataset, **january)))
    assert (total.value, total.hidden) == (Decimal(8), Decimal(3))
    chapters = totals(question(a_dataset, by=("goods",), level="chapter", **january))
    assert by_goods(chapters) == {"84": 6, "_C": 2}
    assert {cell.hidden for cell in chapters.cells} == {Decimal(2)}
    headings = totals(question(a_dataset, by=("goods",), level="4", goods=("84",), **january))
    assert by_goods(headings) == {"8471": 5, "84_CONF": 1}
    assert {cell.hidden for cell in headings.cells} == {Decimal(3)}


# Measures ----------------------------------------------------------------------------------------------------------


def test_quantities_of_one_unit_add_up(publish: Publish, a_dataset: Dataset) -> None:
    publish([{"unit": "796", "quantity": 3}, {"commodity": "8471410000", "unit": "796", "quantity": 4}])
    cell = only(totals(question(a_dataset, goods=("8471",), measure="quantity", unit="", last=dt.date(2024, 1, 1))))
    assert (cell.value, cell.unit) == (Decimal(7), "796")


def test_quantities_of_several_units_are_refused_by_name_unless_one_is_chosen(
    publish: Publish, a_dataset: Dataset
) -> None:
    publish([{"unit": "796", "quantity": 3}, {"commodity": "8471410000", "unit": "113", "quantity": 4}])
    asked = question(a_dataset, goods=("8471",), measure="quantity", unit="", last=dt.date(2024, 1, 1))
    with pytest.raises(UnitsDiffer, match="113, 796") as refusal:
        totals(asked)
    assert refusal.value.units == ("113", "796")
    assert values(totals(asked.but(unit="113"))) == [Decimal(4)]
    fine = asked.but(by=("goods",), level="10")
    assert {cell.unit for cell in totals(fine).cells} == {"113", "796"}


def test_a_weight_that_some_lines_do_not_state_is_not_understated(publish: Publish, a_dataset: Dataset) -> None:
    publish([{"net_kg": None}, {"month": "2024-02", "net_kg": 7}, {"month": "2024-03", "net_kg": 8}])
    cell = only(totals(question(a_dataset, measure="net_kg")))
    assert (cell.value, cell.reason) == (None, Reason.NOT_STATED)
    assert values(series(question(a_dataset, measure="net_kg"))) == [None, Decimal(7), Decimal(8)]


# Vintages ----------------------------------------------------------------------------------------------------------


def test_a_revision_changes_todays_figure_and_not_yesterdays(publish: Publish, a_dataset: Dataset) -> None:
    first = publish([{"value": 5}, {"commodity": MALT, "value": 1}])
    second = publish([{"value": 6}, {"commodity": MALT, "value": 1}])
    for goods in ((), ("84",), ("8471",)):
        asked = question(a_dataset, goods=goods, last=dt.date(2024, 1, 1))
        more = 0 if goods else 1
        assert values(series(asked)) == [Decimal(6 + more)]
        assert values(series(asked.but(as_of=second.loaded_at))) == [Decimal(6 + more)]
        assert values(series(asked.but(as_of=first.loaded_at))) == [Decimal(5 + more)]
        before = series(asked.but(as_of=first.loaded_at - dt.timedelta(days=1)))
        assert (values(before), before.cells[0].reason) == ([None], Reason.NOT_LOADED)


def test_an_undone_release_gives_back_the_figures_before_it(publish: Publish, a_dataset: Dataset) -> None:
    publish([{"value": 5}])
    wrong = publish([{"value": 5000}])
    undo(wrong, by=None)
    asked = question(a_dataset, last=dt.date(2024, 1, 1))
    assert values(series(asked)) == [Decimal(5)]
    assert values(series(asked.but(as_of=wrong.loaded_at))) == [Decimal(5000)]


def test_a_figure_names_the_releases_that_brought_it(publish: Publish, a_dataset: Dataset) -> None:
    first, second = publish([{"month": "2024-01"}]), publish([{"month": "2024-02"}])
    cube = series(question(a_dataset, last=dt.date(2024, 2, 1)))
    assert [cell.releases for cell in cube.cells] == [(first.pk,), (second.pk,)]
    assert cube.releases == (first.pk, second.pk)


# Lines -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("goods", [(), ("84",), ("8471",)])
def test_every_figure_opens_its_lines_with_release_and_line_number(
    publish: Publish, a_dataset: Dataset, goods: tuple[str, ...]
) -> None:
    release = publish([{"value": 5}, {"partner": "CN", "value": 9}, {"commodity": "8471410000", "value": 2}])
    cube = series(question(a_dataset, goods=goods, last=dt.date(2024, 1, 1)))
    page = lines(selection_of(cube.cells[0], cube.selection))
    assert sum(row.value or 0 for row in page.rows) == cube.cells[0].value == Decimal(7)
    assert [(row.commodity, row.line, row.release_id) for row in page.rows] == [
        (COMPUTERS, 2, release.pk),
        ("8471410000", 4, release.pk),
    ]
    assert page.releases == {release.pk: release}
    assert page.next is None


def test_lines_come_in_pages_without_gap_or_repetition(publish: Publish, a_dataset: Dataset) -> None:
    publish([{"month": f"2024-0{month}", "partner": partner} for month in (1, 2, 3) for partner in ("BY", "CN", "DE")])
    asked = question(a_dataset, partners=())
    whole = lines(asked).rows
    found, after = [], None
    while True:
        page = lines(asked, after=after, limit=2)
        found += page.rows
        after = page.next
        if after is None:
            break
    assert len(whole) == 9
    assert found == list(whole)


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "bnVsbA",
        "WzEsMl0",
        "WyIyMDI0LTAxLTAxIiwiQSIsIlgiLCJcdTAwMDAiLCIiLDFd",
        "WyIyMDI0LTAxLTAxIiwgIlx1ZDgwMCIsICJYIiwgIjg0IiwgIiIsIDFd",
    ],
)
def test_a_cursor_that_is_none_is_refused(a_dataset: Dataset, cursor: str) -> None:
    with pytest.raises(BadCursor):
        lines(question(a_dataset), after=cursor)


def test_the_lines_of_a_stated_total_are_the_lines_that_state_it(publish: Publish, a_dataset: Dataset) -> None:
    publish([{"commodity": "TOTAL", "value": 9}, {"commodity": "84", "value": 5}, {"commodity": "8471", "value": 5}])
    january = {"last": dt.date(2024, 1, 1)}
    assert [row.commodity for row in lines(question(a_dataset, **january)).rows] == ["TOTAL"]
    assert [row.commodity for row in lines(question(a_dataset, goods=("84",), **january)).rows] == ["84"]


def test_the_lines_of_a_published_year_are_its_own(publish: Publish, a_dataset: Dataset) -> None:
    publish([{"months": 12, "value": 80}])
    cube = series(question(a_dataset, frequency="A"))
    rows = lines(selection_of(cube.cells[0], cube.selection)).rows
    assert [(row.months, row.value) for row in rows] == [(12, Decimal(80))]


def test_lines_as_of_a_day_are_those_of_that_day(publish: Publish, a_dataset: Dataset) -> None:
    first = publish([{"value": 5}])
    publish([{"value": 6}])
    asked = question(a_dataset, as_of=first.loaded_at)
    assert [row.value for row in lines(asked).rows] == [Decimal(5)]


# Cost and properties -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"partners": (), "by": ("partner",)},
        {"by": ("goods",), "level": "group"},
        {"by": ("partner", "goods"), "level": "4", "partners": ()},
    ],
)
def test_a_series_costs_the_same_queries_however_much_it_adds_up(
    publish: Publish, a_dataset: Dataset, grouped: None, changes: dict[str, Any]
) -> None:
    asked = question(a_dataset, **changes)
    publish([{}])
    with CaptureQueriesContext(connection) as few:
        series(asked)
    partners = ("BY", "CN", "DE", "KZ")
    publish(
        [
            {"month": f"2024-0{m}", "partner": p, "commodity": c}
            for m in (1, 2, 3)
            for p in partners
            for c in (MALT, COMPUTERS)
        ]
    )
    with CaptureQueriesContext(connection) as many:
        series(asked)
    assert len(many) == len(few) <= 5


lines_of_trade = st.lists(
    st.builds(
        dict,
        month=st.sampled_from([f"2024-{month:02}" for month in range(1, 13)]),
        partner=st.sampled_from(["BY", "CN", "_H"]),
        flow=st.sampled_from(["X", "M"]),
        commodity=st.sampled_from([COMPUTERS, "8471410000", "8528420000", MALT]),
        value=st.decimals(0, 10**9, places=2),
    ),
    min_size=1,
    max_size=20,
    unique_by=lambda row: (row["month"], row["partner"], row["flow"], row["commodity"]),
)
EVERY_MONTH = [
    {"month": f"2024-{month:02}", "flow": flow, "partner": "KZ", "value": 0}
    for month in range(1, 13)
    for flow in ("X", "M")
]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=lines_of_trade)
def test_months_add_up_to_the_year_and_goods_and_partners_to_the_total(
    publish: Publish, a_dataset: Dataset, rows: list[dict[str, Any]]
) -> None:
    publish([*rows, *EVERY_MONTH])
    asked = question(a_dataset, flow="T", partners=(), last=dt.date(2024, 12, 1))
    truth = sum((row["value"] for row in rows), Decimal(0))
    assert sum(filter(None, values(series(asked))), Decimal(0)) == truth
    assert values(series(asked.but(frequency="A"))) == [truth]
    for changes in (
        {"by": ("partner",)},
        {"by": ("goods",), "level": "chapter"},
        {"by": ("goods",), "level": "6"},
        {"by": ("partner", "goods", "flow"), "level": "10"},
    ):
        assert sum(filter(None, values(totals(asked.but(**changes)))), Decimal(0)) == truth
    behind = lines(asked, limit=1000).rows
    assert sum((row.value or Decimal(0) for row in behind), Decimal(0)) == truth


def test_months_between_counts_both_ends() -> None:
    assert len(months_between(dt.date(2023, 11, 1), dt.date(2024, 2, 1))) == 4


# January to a month ------------------------------------------------------------------------------------------------


def test_january_to_a_month_is_the_sum_of_its_months_or_what_the_dataset_states(
    publish: Publish, a_dataset: Dataset
) -> None:
    publish([line | {"month": line["month"].replace("2024", "2023")} for line in a_year()])
    publish([{"month": "2024-01", "months": 7, "commodity": "TOTAL", "value": 70}])
    asked = question(a_dataset, frequency="YTD", first=dt.date(2022, 5, 1), last=dt.date(2024, 7, 1))
    cube = series(asked)
    assert [str(cell.period) for cell in cube.cells] == [f"{year}-01-01/{year}-07-31" for year in (2022, 2023, 2024)]
    assert values(cube) == [None, Decimal(28), Decimal(70)]
    assert [(cell.months_present, cell.complete) for cell in cube.cells] == [(0, False), (7, True), (7, True)]
    to_march = series(asked.but(last=dt.date(2024, 3, 1)))
    assert values(to_march) == [None, Decimal(6), None]
    assert [row.growth.value for row in compare_with_last_year(asked)] == [None, None, Decimal(150)]


def test_lines_of_january_to_a_month_are_those_that_it_is_made_of(publish: Publish, a_dataset: Dataset) -> None:
    publish([line | {"month": line["month"].replace("2024", "2023")} for line in a_year()])
    publish([{"month": "2024-01", "months": 7, "commodity": "TOTAL", "value": 70}])
    asked = question(a_dataset, frequency="YTD", first=dt.date(2023, 1, 1), last=dt.date(2024, 7, 1))
    before, now = series(asked).cells
    assert [line.value for line in lines(selection_of(now, asked)).rows] == [Decimal(70)]
    assert sum(line.value or 0 for line in lines(selection_of(before, asked)).rows) == before.value


# Parts of others ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["", "partner"])
def test_a_country_and_its_own_region_are_never_asked_for_together(a_dataset: Dataset, by: str) -> None:
    asked = {"dataset": "FCS", "reporter": "BY", "partner": "RU,RU-TOM"} | ({"by": by} if by else {})
    with pytest.raises(SelectionErrors) as refused:
        Selection.parse(asked, defaults=Defaults("RU-TOM", "BY"))
    assert list(refused.value.errors) == ["partner"]
    Selection.parse(asked | {"partner": "KZ,RU-TOM"}, defaults=Defaults("RU-TOM", "BY"))
