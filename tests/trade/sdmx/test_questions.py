"""Keys and parameters are read as the standard writes them, and nothing else is let through."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from trade.sdmx.concepts import DIMENSION_IDS
from trade.sdmx.errors import NotImplementedHere, SdmxError, WrongSyntax
from trade.sdmx.questions import ALL, Filter, Question, read_1, read_2


def one(key: str, query: str = "") -> Question:
    return read_1(key, QueryDict(query))


def two(key: str, query: str = "") -> Question:
    return read_2(key, QueryDict(query))


def test_a_key_names_codes_by_the_place_of_their_dimension():
    question = one("M+A.RU-TOM...BY+CN....FCS")

    assert question.of("FREQ").only == {"M", "A"}
    assert question.of("COUNTERPART_AREA_1").only == {"BY", "CN"}
    assert question.of("SOURCE").only == {"FCS"}
    assert question.of("COMMODITY_1") == ALL


@pytest.mark.parametrize("key", ["", "all"])
def test_no_key_asks_for_all(key):
    assert one(key).filters == {}


def test_the_second_dialect_writes_stars_and_may_stop_early():
    assert two("*").filters == {}
    assert two("M.*.X.*").filters == {"FREQ": Filter(frozenset("M")), "TRADE_FLOW": Filter(frozenset("X"))}


def test_keys_that_differ_in_one_dimension_are_one_question():
    assert two("M.*.X.*,M.*.M.*").of("TRADE_FLOW").only == {"X", "M"}
    with pytest.raises(NotImplementedHere):
        two("M.*.X.*,A.*.M.*")


def test_conditions_on_components_are_joined():
    question = two("*", "c[COUNTERPART_AREA_1]=BY,CN&c[SOURCE]=ne:COMTRADE&c[TIME_PERIOD]=ge:2022%2Ble:2024-06")

    assert question.of("COUNTERPART_AREA_1") == Filter(frozenset({"BY", "CN"}))
    assert question.of("SOURCE") == Filter(None, frozenset({"COMTRADE"}))
    assert (question.first, question.last) == (dt.date(2022, 1, 1), dt.date(2024, 6, 30))
    assert two("*", "c[TIME_PERIOD]=gt:2022+lt:2024").first == dt.date(2023, 1, 1)


@pytest.mark.parametrize(
    ("text", "first"),
    [("2024", (2024, 1)), ("2024-S2", (2024, 7)), ("2024-Q2", (2024, 4)), ("2024-05", (2024, 5)),
     ("2024-M05", (2024, 5)), ("2024-A1", (2024, 1)), ("2024-05-01T00:00:00", (2024, 5))],
)  # fmt: skip
def test_periods_are_read_in_all_forms(text, first):
    assert one("", f"startPeriod={text}").first == dt.date(*first, 1)


def test_what_is_left_of_an_observation_is_asked_for():
    assert one("", "detail=serieskeysonly").attributes == ()
    assert not one("", "detail=nodata").has_observations
    assert two("*", "attributes=none&measures=none") == two("*", "attributes=msd&measures=none")
    assert two("*", "attributes=OBS_STATUS").attributes == ("OBS_STATUS",)


@pytest.mark.parametrize(
    ("key", "query"),
    [("M", ""), ("M.X", ""), ("." * 9, ""), ("M.." + "." * 6 + "a b", ""), ("M+" + "." * 8, ""), ("ё" + "." * 8, ""),
     ("", "startPeriod=heute"), ("", "startPeriod=2024-13"), ("", "endPeriod="), ("", "lastNObservations=0"),
     ("", "lastNObservations=many"), ("", "detail=some"), ("", "updatedAfter=yesterday"), ("", "asOf=2999-01-01"),
     ("", "startperiod=2024"), ("", "startPeriod=2023&startPeriod=2024"), ("", "includeHistory=yes"), ("", "c[FREQ]=M"),
     ("+".join("c" + str(n) for n in range(301)) + "." * 8, "")],
)  # fmt: skip
def test_what_the_standard_does_not_know_is_wrong_syntax(key, query):
    with pytest.raises(WrongSyntax):
        one(key, query)


@pytest.mark.parametrize(
    "query",
    ["sort=TIME_PERIOD", "dimensionAtObservation=FREQ", "c[FREQ]=sw:M", "c[TIME_PERIOD]=2022,2023",
     "includeHistory=true&firstNObservations=1", "reportingYearStartDay=--07-01"],
)  # fmt: skip
def test_what_is_not_supported_says_so(query):
    with pytest.raises(NotImplementedHere):
        two("*", query)


@pytest.mark.parametrize(
    "query", ["c[NO_SUCH]=1", "c[FREQ]=", "c[FREQ]=eq:", "c[TIME_PERIOD]=ge:now", "limit=0", "offset=-1"]
)
def test_wrong_conditions_name_their_component(query):
    with pytest.raises(WrongSyntax) as caught:
        two("*", query)

    assert query.partition("=")[0].removeprefix("c[").removesuffix("]") in caught.value.text


KEYS = st.one_of(
    st.text(), st.text(alphabet="MAX.+*,é \x00-_"), st.lists(st.text(alphabet="AB+*", max_size=3)).map(".".join)
)
PARAMETERS = st.sampled_from(
    ["startPeriod", "endPeriod", "updatedAfter", "asOf", "lastNObservations", "detail", "c[FREQ]", "c[TIME_PERIOD]",
     "offset", "limit", "attributes", "measures", "includeHistory"]
)  # fmt: skip
VALUES = st.one_of(st.text(), st.text(alphabet="0123456789-SQTZ:+ geq,"), st.dates().map(str), st.datetimes().map(str))


@given(KEYS, st.dictionaries(PARAMETERS, VALUES, max_size=3), st.sampled_from([read_1, read_2]))
def test_whatever_is_written_is_read_or_refused_clearly(key, parameters, read):
    query = QueryDict(mutable=True)
    query.update(parameters)

    with suppress(SdmxError):
        question = read(key, query)
        assert set(question.filters) <= set(DIMENSION_IDS)


def test_several_keys_or_conditions_cannot_name_more_codes_than_one():
    keys = ",".join(f"*.*.*.{number:010}.*" for number in range(301))
    conditions = "&".join(
        f"c[COMMODITY_1]=ne:{','.join(f'{part}{number:03}' for number in range(200))}" for part in (1, 2)
    )

    assert len(two(keys.rpartition(",")[0]).of("COMMODITY_1").only) == 300
    with pytest.raises(WrongSyntax):
        two(keys)
    with pytest.raises(WrongSyntax):
        two("*", conditions)


def test_a_moment_with_a_far_offset_is_asked_of_the_database_in_universal_time():
    asked = one("", "asOf=2024-01-01T00:00:00%2B23:59").as_of

    assert (asked, asked.tzinfo) == (dt.datetime(2023, 12, 31, 0, 1, tzinfo=dt.UTC), dt.UTC)
