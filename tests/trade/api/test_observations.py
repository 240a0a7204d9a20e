"""Lines of trade by the API: filters, pages, versions, errors, cost."""

from __future__ import annotations

import base64
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from tests.trade.api.conftest import LINES, whole
from trade import catalogue, releases
from trade.models import KEY
from trade.observations import FILTERS, ORDER

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/trade/observations/"


def lines(client, query=""):
    answer = client.get(f"{ADDRESS}?{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def error(client, query, status=400):
    answer = client.get(f"{ADDRESS}?{query}")
    assert answer.status_code == status, answer.content
    body = answer.json()
    assert set(body) == {"type", "errors"}
    return body["errors"][0]


REVISED = [
    {**LINES[0], "value": "999.00"},  # changed
    LINES[2],  # as it was; the import from Belarus in between is gone
    {"month": "2024-01", "partner": "DE", "flow": "M"},  # new
]


def test_the_order_of_lists_is_that_of_the_key():
    assert ORDER == KEY


def test_a_line_says_everything_about_itself(analyst, release):
    [line] = lines(analyst, "partner=BY&flow=X&to=2024-01")

    assert line == {
        "dataset": "FCS", "period": "2024-01", "months": 1, "reporter": "RU-TOM", "partner": "BY", "flow": "X",
        "goods": "8471300000", "level": "10", "edition": "H6", "value_usd": "100.50", "net_kg": "10.000",
        "quantity": "3.000", "unit": "796", "valuation": "UNKNOWN", "status": "A", "release": release.pk, "line": 2,
        "is_example": False,
    }  # fmt: skip


def test_what_is_not_stated_is_null_and_no_zero(analyst, release):
    [line] = lines(analyst, "goods=27_CONF")

    assert line["value_usd"] is line["net_kg"] is line["quantity"] is None


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 6), ("dataset=FCS", 6), ("reporter=RU-TOM", 6), ("partner=BY", 4), ("partner=BY,CN", 6), ("flow=M", 2),
        ("goods=84", 3), ("goods=02", 2), ("goods=27", 1), ("goods=84,0207", 5), ("goods=847", 3), ("goods=_CONF", 0),
        ("level=10", 6), ("level=total", 0), ("from=2024-02", 3), ("to=2024", 4), ("from=2024-02&to=2024-02", 1),
        ("from=2024-Q1&to=2024-Q1", 4), ("unit=796", 1), ("status=A", 6), ("status=E", 0), ("frequency=M", 6),
        ("frequency=A,Q", 0), ("is_example=false", 6), ("is_example=true", 0), ("partner=DE", 0),
    ],
)  # fmt: skip
def test_filters_keep_what_they_name(analyst, release, query, count):
    assert len(lines(analyst, query)) == count


def test_a_period_must_lie_wholly_between(analyst, publish):
    publish([{"month": "2024-01", "months": 12}, {"month": "2024-01", "months": 3}, {"month": "2024-01", "months": 7}])

    assert [line["period"] for line in lines(analyst)] == ["2024-Q1", "2024-01-01/2024-07-31", "2024"]
    assert [line["period"] for line in lines(analyst, "to=2024-06")] == ["2024-Q1"]
    assert len(lines(analyst, "to=2024")) == 3


def test_lines_of_examples_are_marked_and_can_be_left_out(analyst, publish, release, examples):
    publish([{"partner": "DE"}], dataset=examples, is_example=True)

    assert [line["is_example"] for line in lines(analyst, "partner=DE")] == [True]
    assert lines(analyst, "partner=DE&is_example=false") == []
    assert {line["dataset"] for line in lines(analyst, "is_example=true")} == {"EXAMPLE"}
    answer = analyst.get(f"{ADDRESS}?dataset=EXAMPLE").json()
    assert answer["meta"]["datasets"][0]["is_example"] is True


def test_a_single_release_of_examples_is_marked_in_a_dataset_of_facts(analyst, publish, release):
    publish([{"partner": "DE"}], is_example=True)

    assert {line["partner"] for line in lines(analyst, "is_example=true")} == {"DE"}
    assert {line["partner"] for line in lines(analyst, "is_example=false")} == {"BY", "CN"}


def test_pages_follow_one_another_and_hold_each_line_once(analyst, release, publish, examples):
    publish([{"partner": "DE"}, {"partner": "CN"}], dataset=examples)
    full = lines(analyst, "page_size=1000")
    assert len(full) == 8

    seen, address = [], f"{ADDRESS}?page_size=3"
    while address:
        page = analyst.get(address).json()
        assert page["count"] is None
        seen += page["results"]
        address = page["next"]

    assert seen == full


def test_a_page_of_exactly_all_lines_has_no_next(analyst, release):
    assert analyst.get(f"{ADDRESS}?page_size=6").json()["next"] is None
    assert analyst.get(f"{ADDRESS}?page_size=1").json()["next"]


def test_lines_are_counted_only_when_asked(analyst, release):
    with CaptureQueriesContext(connection) as captured:
        assert analyst.get(f"{ADDRESS}?count=1&page_size=1").json()["count"] == 6
    assert sum("trade_observation" in query["sql"] for query in captured) == 2

    with CaptureQueriesContext(connection) as captured:
        analyst.get(f"{ADDRESS}?page_size=1")
    assert sum("trade_observation" in query["sql"] for query in captured) == 1


def test_a_page_costs_one_query_beside_those_of_signing_in(client_for, user, release):
    client = client_for(user)
    client.get(ADDRESS)

    with CaptureQueriesContext(connection) as captured:
        client.get(f"{ADDRESS}?dataset=FCS&partner=BY&from=2024&goods=84&page_size=1000")

    assert [query["sql"].split()[:3] for query in captured] == [
        ["SELECT", "number", "FROM"],
        ["SELECT", "string_agg(row,", "','),"],
    ]


def known(client, query):
    return {
        (line["partner"], line["flow"], line["period"]): line["value_usd"]
        for line in lines(client, f"dataset=FCS&{query}")
    }


def now():
    return timezone.now().isoformat().replace("+00:00", "Z")


def test_as_of_shows_what_was_known_then(analyst, release, publish):
    between = now()
    publish(REVISED)

    today, then = known(analyst, ""), known(analyst, f"as_of={between}")

    assert today["BY", "X", "2024-01"] == "999.00"
    assert then["BY", "X", "2024-01"] == "100.50"
    assert set(then) - set(today) == {("BY", "M", "2024-01")}
    assert set(today) - set(then) == {("DE", "M", "2024-01")}
    assert known(analyst, "as_of=2020-01-01") == {}
    assert analyst.get(f"{ADDRESS}?dataset=FCS&as_of=2020-01-01").json()["meta"]["datasets"][0]["vintage"] is None


def test_pages_of_the_past_follow_one_another(analyst, release, publish):
    between = now()
    publish(REVISED)
    whole = lines(analyst, f"dataset=FCS&as_of={between}")

    seen, address = [], f"{ADDRESS}?dataset=FCS&as_of={between}&page_size=2"
    while address:
        page = analyst.get(address).json()
        seen += page["results"]
        address = page["next"]

    assert seen == whole
    assert len(whole) == 6


def test_updated_after_tells_what_came_changed_and_went(analyst, release, publish):
    between = now()
    publish(REVISED)

    changes = lines(analyst, f"dataset=FCS&updated_after={between}")

    assert [(line["partner"], line["flow"], line["action"], line["value_usd"]) for line in changes] == [
        ("BY", "M", "delete", "20.25"), ("BY", "X", "update", "999.00"), ("DE", "M", "update", "100.00"),
    ]  # fmt: skip
    assert lines(analyst, f"dataset=FCS&updated_after={now()}") == []


def test_history_shows_all_versions_with_their_times(analyst, release, publish):
    second = publish(REVISED)

    old, new = lines(analyst, "dataset=FCS&history=1&partner=BY&flow=X&to=2024-01")

    assert (old["value_usd"], old["release"], old["closed_by"]) == ("100.50", release.pk, second.pk)
    assert (new["value_usd"], new["release"], new["closed_by"]) == ("999.00", second.pk, None)
    assert old["valid_from"] < old["valid_to"] == new["valid_from"]
    assert new["valid_to"] is None
    page = analyst.get(f"{ADDRESS}?dataset=FCS&history=1&partner=BY&flow=X&to=2024-01&page_size=1").json()
    assert analyst.get(page["next"]).json()["results"] == [new]


def test_a_release_that_was_undone_leaves_the_lines_as_they_were(analyst, release, publish):
    before = known(analyst, "")
    releases.undo(publish(REVISED), by=None)
    catalogue.forget()

    assert known(analyst, "") == before


def test_names_stand_beside_the_codes_when_asked(analyst, release, hostile_name):
    line = lines(analyst, "include=names&partner=BY")[0]

    assert line["partner_name"] == hostile_name
    assert line["reporter_name"] == "RU-TOM"
    assert "flow_name" not in line


@pytest.mark.parametrize(
    ("query", "attr", "code"),
    [
        ("yaer=2024", "yaer", "unknown"), ("partner=", "partner", "empty"), ("flow=X&flow=M", "flow", "repeated"),
        ("dataset=NONE", "dataset", "invalid"), ("partner=XX", "partner", "invalid"),
        ("reporter=ZZ", "reporter", "invalid"),
        ("flow=T", "flow", "invalid"), ("goods=84.71", "goods", "invalid"), ("goods=%00", "goods", "invalid"),
        ("goods=12345678901", "goods", "invalid"), ("level=3", "level", "invalid"), ("from=x", "from", "invalid"),
        ("from=2025&to=2024", "from", "invalid"), ("from=2024-05-17", "from", "invalid"),
        ("unit=kg", "unit", "invalid"),
        ("release=99999999", "release", "invalid"), ("release=x", "release", "invalid"),
        ("status=Z", "status", "invalid"),
        ("is_example=maybe", "is_example", "invalid"), ("as_of=2024", "as_of", "invalid"),
        ("as_of=2024-01-01", "dataset", "invalid"), ("history=1", "dataset", "invalid"),
        ("history=2&dataset=FCS", "history", "invalid"),
        ("as_of=2024-01-01&history=1&dataset=FCS", "history", "invalid"),
        ("as_of=2099-01-01&dataset=FCS", "as_of", "invalid"), ("include=all", "include", "invalid"),
        ("page_size=0", "page_size", "invalid"), ("page_size=1001", "page_size", "invalid"),
        ("count=0", "count", "invalid"),
        ("cursor=x", "cursor", "invalid"), ("format=xml", "format", "invalid_choice"), ("excel=1", "excel", "invalid"),
        ("format=csv&excel=2", "excel", "invalid"), ("format=csv&page_size=5", "page_size", "unknown"),
        ("partner=" + "BY," * 101 + "BY", "partner", "invalid"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_by_name(analyst, release, query, attr, code):
    found = error(analyst, query)

    assert (found["attr"], found["code"]) == (attr, code)
    assert found["detail"]


HOSTILE = [
    "%00",
    "a%00b",
    "%ED%A0%80",
    "9223372036854775808",
    "9" * 400,
    "-1",
    "1e400",
    "'",
    "%25",
    "%D9%A3",
    "(",
    ",",
    ",,",
]


@pytest.mark.parametrize("name", [*FILTERS, "cursor", "page_size", "count", "format", "excel"])
def test_no_value_of_a_parameter_breaks_the_list(analyst, release, name):
    for value in HOSTILE:
        answer = analyst.get(f"{ADDRESS}?{name}={value}")

        assert answer.status_code in (200, 400), (value, answer.content)


@pytest.mark.parametrize(
    "values",
    [
        [], [1], ["1"] * 8, [1, "2024-01-01", "BY", "X", "84", "", 1, None], [1, "x", "BY", "X", "84", "", 1, "RU"],
        [10**30, "2024-01-01", "BY", "X", "84", "", 1, "RU"], [1, "2024-01-01", "a\0", "X", "84", "", 1, "RU"],
        [True, "2024-01-01", "BY", "X", "84", "", 1, "RU"], {"a": 1},
    ],
)  # fmt: skip
def test_a_broken_cursor_is_refused(analyst, release, values):
    text = base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")

    assert error(analyst, f"cursor={text}")["attr"] == "cursor"


def test_a_stranger_is_asked_for_a_token_and_other_methods_are_refused(analyst, release):
    assert APIClient().get(ADDRESS).status_code == 401
    assert APIClient().get(f"{ADDRESS}?format=csv").status_code == 401
    assert analyst.post(ADDRESS).status_code == 405
    assert analyst.get(f"{ADDRESS}1/").status_code == 404


def test_the_form_follows_the_accept_header(analyst, release):
    kinds = {
        "text/csv": "text/csv",
        "application/json": "application/json",
        "text/html, text/csv;q=0.5": "text/csv",
        "application/x-ndjson": "application/x-ndjson",
        "*/*": "application/json",
    }
    for accept, kind in kinds.items():
        answer = analyst.get(ADDRESS, headers={"Accept": accept})
        assert answer["Content-Type"].startswith(kind)
        whole(answer)
    answer = analyst.get(ADDRESS, headers={"Accept": "application/xml"})
    assert answer.status_code == 406
    assert answer.json()["errors"][0]["code"] == "not_acceptable"


def test_an_empty_database_is_an_empty_list(analyst):
    body = analyst.get(ADDRESS).json()

    assert body["results"] == body["meta"]["datasets"] == []
    assert error(analyst, "dataset=FCS")["attr"] == "dataset"


@pytest.mark.django_db(transaction=True)
def test_an_unchanged_page_or_file_is_not_sent_again(analyst, release):
    for query in ("partner=BY", "format=csv"):
        first = analyst.get(f"{ADDRESS}?{query}")
        etag = first["ETag"]
        whole(first)
        again = analyst.get(f"{ADDRESS}?{query}", headers={"If-None-Match": etag})

        assert (again.status_code, again.content) == (304, b"")
        assert {"Accept", "Authorization", "Cookie"} <= {name.strip() for name in again["Vary"].split(",")}


def test_spans_from_january_to_a_month_are_asked_for_by_their_own_frequency(analyst, release, publish):
    publish([{"month": "2025-01", "months": 7, "commodity": "TOTAL"}, {"month": "2025-01", "months": 6}])

    assert [line["months"] for line in lines(analyst, "frequency=YTD")] == [7]
    assert sorted(line["months"] for line in lines(analyst, "frequency=YTD,S")) == [6, 7]
