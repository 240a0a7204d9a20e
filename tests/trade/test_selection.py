"""What is asked of the trade data, read from an address: strict, with sensible defaults, spelled in one way."""

from __future__ import annotations

import datetime as dt
from urllib.parse import parse_qs

import pytest
from django.http import QueryDict
from django.utils import timezone, translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.trade.conftest import Publish
from trade.models import Commodity, Dataset, GroupedChapter, Grouping
from trade.selection import FLOWS, PARAMETERS, Defaults, Selection, SelectionErrors

pytestmark = pytest.mark.django_db
HERE = Defaults("RU-TOM", "BY")


def read(query: str = "") -> Selection:
    return Selection.parse(QueryDict(query), defaults=HERE)


def refused(query: str) -> dict[str, list[str]]:
    with pytest.raises(SelectionErrors) as refusal, translation.override("en"):
        read(query)
    return refusal.value.errors


@pytest.fixture
def machinery(db: None) -> None:
    """Make a grouping whose group of machinery is G09."""
    Grouping.objects.filter(is_default=True).update(is_default=False)
    grouping = Grouping.objects.create(
        code="TEST-1", name_ru="т", name_en="t", valid_from=dt.date(2016, 1, 1), is_default=True
    )
    names = {"name_ru": "м", "name_en": "m", "code": "GRP_RU-G09"}
    group = Commodity.objects.get_or_create(classification="GRP_RU", commodity_code="G09", defaults=names)[0]
    GroupedChapter.objects.create(grouping=grouping, group=group, chapter="84")


def test_without_parameters_the_newest_two_years_of_turnover_with_the_partner_are_meant(
    publish: Publish, a_dataset: Dataset
) -> None:
    publish([{"month": "2015-01"}])
    publish([{"month": "2024-05"}])
    selection = read()
    assert (selection.dataset, selection.reporter, selection.partners) == (a_dataset, "RU-TOM", ("BY",))
    assert (selection.flow, selection.by, selection.level, selection.frequency) == ("T", (), "total", "M")
    assert (selection.first, selection.last) == (dt.date(2022, 6, 1), dt.date(2024, 5, 1))
    assert selection.query() == (
        "dataset=FCS&reporter=RU-TOM&partner=BY&flow=T&frequency=M&from=2022-06&to=2024-05&measure=value&unit=USD"
    )


def test_the_newest_dataset_is_meant_and_a_real_one_before_examples(publish: Publish, a_dataset: Dataset) -> None:
    names = {"name_ru": "д", "name_en": "d"}
    newer = Dataset.objects.create(code="NEWER", **names)
    example = Dataset.objects.create(code="EXAMPLE-DATA", is_example=True, **names)
    publish([{"month": "2024-01"}])
    publish([{"month": "2024-02"}], dataset=newer)
    publish([{"month": "2025-12"}], dataset=example)
    assert read().dataset == newer
    assert read("dataset=EXAMPLE-DATA").last == dt.date(2025, 12, 1)


def test_a_dataset_of_the_partner_is_read_from_its_own_side(publish: Publish, a_dataset: Dataset) -> None:
    theirs = Dataset.objects.create(code="THEIRS", name_ru="и", name_en="t")
    publish([{"reporter": "BY", "partner": "RU"}], dataset=theirs)
    selection = read("dataset=THEIRS")
    assert (selection.reporter, selection.partners) == ("BY", ("RU-TOM",))


def test_a_yearly_dataset_is_read_by_years(publish: Publish, a_dataset: Dataset) -> None:
    publish([{"months": 12}])
    selection = read()
    assert (selection.frequency, selection.first, selection.last) == ("A", dt.date(2015, 1, 1), dt.date(2024, 12, 1))


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ("from=2024&to=2024", (2024, 1), (2024, 12)),
        ("from=2024-S2&to=2025-Q1", (2024, 7), (2025, 3)),
        ("from=2024-02&to=2024-05", (2024, 2), (2024, 5)),
        ("from=2024-02&to=2024-05&frequency=Q", (2024, 1), (2024, 6)),
        ("from=2024-02&to=2024-05&frequency=A", (2024, 1), (2024, 12)),
        ("to=2024-03&frequency=Q", (2021, 4), (2024, 3)),
        ("to=2024&frequency=S", (2021, 1), (2024, 12)),
    ],
)
def test_months_are_widened_to_whole_periods(
    a_dataset: Dataset, query: str, first: tuple[int, int], last: tuple[int, int]
) -> None:
    selection = read(query)
    assert ((selection.first.year, selection.first.month), (selection.last.year, selection.last.month)) == (first, last)


@pytest.mark.parametrize(
    ("query", "by", "level", "goods"),
    [
        ("level=chapter", ("goods",), "chapter", ()),
        ("by=goods", ("goods",), "group", ()),
        ("by=goods&goods=8471", ("goods",), "4", ("8471",)),
        ("level=4&goods=84", ("goods",), "4", ("84",)),
        ("level=chapter&goods=G09", ("goods",), "chapter", ("G09",)),
        ("goods=8471", (), "4", ("8471",)),
        ("goods=84,847130", (), "6", ("84", "847130")),
        ("goods=TOTAL", (), "total", ()),
        ("by=flow,partner", ("partner", "flow"), "total", ()),
    ],
)
def test_level_and_breakdown_follow_from_each_other(
    a_dataset: Dataset, machinery: None, query: str, by: tuple[str, ...], level: str, goods: tuple[str, ...]
) -> None:
    selection = read(query)
    assert (selection.by, selection.level, selection.goods) == (by, level, goods)


@pytest.mark.parametrize(
    ("query", "partners"),
    [("partner=all", ()), ("partner=W", ()), ("partner=W&by=partner", ("W",)), ("partner=BY,CN", ("BY", "CN"))],
)
def test_all_partners_or_some(a_dataset: Dataset, query: str, partners: tuple[str, ...]) -> None:
    assert read(query).partners == partners


@pytest.mark.parametrize(
    ("query", "name", "says"),
    [
        ("partners=BY", "partners", "dataset, reporter, partner"),
        ("partner=BY&partner=CN", "partner", "commas"),
        ("partner=", "partner", "Empty"),
        ("dataset=FTS", "dataset", "FCS"),
        ("reporter=RU-XXX", "reporter", "RU-XXX"),
        ("partner=XX", "partner", "BY or RU-TOM"),
        ("partner=RU-TOM", "partner", "with itself"),
        ("partner=BY,BY", "partner", "twice"),
        ("partner=BY,EU", "partner", "by=partner"),
        ("partner=W,BY&by=partner,goods&level=4", "partner", "partner=all"),
        ("reporter=%00", "reporter", "Not a code"),
        ("flow=Y", "flow", "X, M, T, B, RX, RM"),
        ("flow=X&by=flow", "by", "flow=T"),
        ("by=month", "by", "partner, goods, flow"),
        ("by=partner,partner", "by", "twice"),
        ("level=5", "level", "chapter, 4, 6, 8, 10"),
        ("level=total&by=goods", "level", "section"),
        ("level=4&by=partner", "level", "by=goods"),
        ("level=4&goods=847130", "goods", "finer"),
        ("goods=847", "goods", "2, 4, 6, 8 or 10 digits"),
        ("goods=G42", "goods", "G42"),
        ("goods=84;DROP", "goods", "Not a code"),
        ("grouping=OLD", "grouping", "TEST-1"),
        ("frequency=W", "frequency", "M, Q, S, A"),
        ("from=2024-13", "from", "2024-Q1"),
        ("from=2024-05-17", "from", "2024-Q1"),
        ("from=1066", "from", "1900"),
        ("from=2025&to=2024", "from", "after the last"),
        ("measure=weight", "measure", "value, net_kg, quantity"),
        ("measure=quantity", "measure", "4 and more digits"),
        ("unit=EUR", "unit", "USD, USD_TH, USD_MN"),
        ("unit=USD&measure=net_kg", "unit", "KG, TNE"),
        ("unit=pcs&measure=quantity&goods=8471", "unit", "OKEI"),
        ("as_of=yesterday", "as_of", "2024-05-17"),
        ("as_of=2024-02-30", "as_of", "2024-05-17"),
        ("as_of=2099-01-01", "as_of", "still to come"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_what_is_allowed(
    a_dataset: Dataset, machinery: None, query: str, name: str, says: str
) -> None:
    errors = refused(query)
    assert list(errors) == [name]
    assert says in " ".join(errors[name])


def test_all_mistakes_are_named_at_once(a_dataset: Dataset) -> None:
    assert set(refused("flow=Y&from=x&unit=EUR&colour=red")) == {"flow", "from", "unit", "colour"}


def test_parameters_of_the_caller_are_left_alone(a_dataset: Dataset) -> None:
    selection = Selection.parse({"format": "csv", "flow": "X"}, defaults=HERE, also=("format",))
    assert selection.flow == "X"


def test_without_any_dataset_the_reader_is_told(areas: None) -> None:
    Dataset.objects.all().delete()
    assert list(refused("")) == ["dataset"]


def test_a_day_means_its_end_in_the_time_zone_of_the_region_and_stays_a_day(a_dataset: Dataset) -> None:
    selection = read("as_of=2024-05-17")
    assert selection.as_of == dt.datetime(2024, 5, 17, 16, 59, 59, 999999, tzinfo=dt.UTC)
    assert selection.parameters()["as_of"] == "2024-05-17"
    assert read("as_of=2024-05-17T09:00:00%2B07:00").parameters()["as_of"] == "2024-05-17T02:00:00Z"
    assert read("as_of=2024-05-17T09:00:00%2B23:59").as_of == dt.datetime(2024, 5, 16, 9, 1, tzinfo=dt.UTC)
    today = timezone.localdate().isoformat()
    assert read(f"as_of={today}").parameters()["as_of"] == today


@pytest.mark.parametrize(
    "query",
    [
        "",
        "partner=all&by=partner,goods&level=chapter&goods=G09&frequency=S",
        "partner=BY,CN&by=goods&level=10&goods=8471&measure=quantity&unit=796",
        "goods=84,847130&flow=B&from=2020-Q2&to=2020-Q3&unit=USD_MN",
        "flow=T&by=flow&as_of=2024-01-01&measure=net_kg&unit=TNE",
        "frequency=YTD&from=2020&to=2024-07",
    ],
)
def test_the_canonical_query_asks_the_same(a_dataset: Dataset, machinery: None, query: str) -> None:
    selection = read(query)
    assert read(selection.query()) == selection
    assert read(selection.query()).query() == selection.query()


def test_reading_costs_few_queries(a_dataset: Dataset, machinery: None, django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        read("partner=BY,CN&by=partner,goods&level=chapter&goods=G09,11&grouping=TEST-1&as_of=2024-01-01")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    params=st.dictionaries(
        st.sampled_from(PARAMETERS),
        st.one_of(st.text(max_size=20), st.sampled_from(["BY", "all", "84", "G09", "2024", "goods", "A", *FLOWS])),
        max_size=5,
    )
)
def test_any_text_is_read_or_refused_by_name(a_dataset: Dataset, machinery: None, params: dict[str, str]) -> None:
    try:
        selection = Selection.parse(params, defaults=HERE)
    except SelectionErrors as refusal:
        named = set(refusal.errors)
    else:
        named = set(parse_qs(selection.query()))
        assert read(selection.query()) == selection
    assert named <= set(PARAMETERS)


def test_the_newest_months_are_those_known_as_of_the_day(publish: Publish, a_dataset: Dataset) -> None:
    before = publish([{"month": "2023-01"}]).loaded_at.isoformat().replace("+00:00", "Z")
    publish([{"month": "2024-05"}])
    assert read("").last == dt.date(2024, 5, 1)
    assert read(f"as_of={before}").last == dt.date(2023, 1, 1)


def test_a_dataset_of_january_to_a_month_is_read_so(publish: Publish, a_dataset: Dataset) -> None:
    publish(
        [
            {"month": "2023-01", "months": 7, "commodity": "TOTAL"},
            {"month": "2024-01", "months": 7, "commodity": "TOTAL"},
        ]
    )
    selection = read("dataset=FCS&from=2023")
    assert selection.frequency == "YTD"
    assert [str(period) for period in selection.periods] == ["2023-01-01/2023-07-31", "2024-01-01/2024-07-31"]
