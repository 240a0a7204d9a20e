"""Agreements, articles, plans, measures and notes in the API."""

from __future__ import annotations

import datetime as dt

import pytest

from tests import factories as make

pytestmark = pytest.mark.django_db


def codes(answer):
    assert answer.status_code == 200, answer.json()
    return [record["code"] for record in answer.json()["results"]]


def test_a_record_shows_names_periods_and_references_in_the_documented_shape(analyst):
    make.make_source("S0")
    make.make_fact("A2", source_codes=["S0"])
    area = make.make_area("industry")
    row = make.make_agreement(
        code="A2", concluded="2024-S1", area=area, source_codes=["S0"], fact_ids=["A2"], is_example=True
    )

    record = analyst.get("/api/v1/agreements/A2/").json()

    assert record["id"] == row.pk
    assert record["page"] == f"http://testserver{row.get_absolute_url()}"
    assert record["title"] == {"ru": row.title_ru, "en": row.title_en}
    assert record["subject"] == {"ru": None, "en": None}
    assert (record["concluded"], record["concluded_first"], record["concluded_last"]) == (
        "2024-S1", "2024-01-01", "2024-06-30",
    )  # fmt: skip
    assert record["area"] == {"id": area.pk, "code": "industry", "name": {"ru": area.name_ru, "en": area.name_en}}
    assert record["partnership"]["code"] == "tomsk-belarus"
    assert (record["parent"], record["expires_on"], record["level"]) == (None, None, "region")
    assert (record["sources"], record["fact_ids"], record["is_example"]) == (["S0"], ["A2"], True)
    assert record["version"] == 1
    assert dt.datetime.fromisoformat(record["updated_at"])


def test_an_unknown_period_is_null_in_all_its_fields(analyst):
    make.make_agreement(code="A")

    record = analyst.get("/api/v1/agreements/A/").json()

    assert [record[name] for name in ("concluded", "concluded_first", "concluded_last")] == [None] * 3


def test_the_status_is_that_of_the_day_asked_for(analyst):
    row = make.make_agreement(code="A", concluded="2021-03-01", expires_on=dt.date(2022, 12, 31))
    make.make_act(agreement=row, dated="2021-06-01")

    def status(day):
        listed = analyst.get(f"/api/v1/agreements/?as_of={day}").json()["results"][0]["status"]
        assert analyst.get(f"/api/v1/agreements/A/?as_of={day}").json()["status"] == listed
        return listed

    assert [status(day) for day in ("2021-02-28", "2021-03-01", "2021-06-01", "2023-01-01")] == [
        "draft", "signed", "in_force", "expired",
    ]  # fmt: skip
    assert analyst.get("/api/v1/agreements/A/").json()["status"] == "expired"


def test_agreements_are_filtered_by_what_they_are(analyst):
    tusur = make.make_organisation(code="tusur")
    a = make.make_agreement(code="A", concluded="2016", level="state", area=make.make_area("science"))
    b = make.make_agreement(code="B", concluded="2021-05-17", form="understanding")
    make.make_party(agreement=a, organisation=tusur)
    make.make_source("S4")
    b.source_codes = ["S4"]
    b.save()

    def found(query):
        return codes(analyst.get(f"/api/v1/agreements/?{query}"))

    assert found("partnership=tomsk-belarus") == ["A", "B"]
    assert found("level=state") == found("area=science") == found("organisation=tusur") == ["A"]
    assert found(f"organisation={tusur.pk}") == found("year=2016") == found("concluded=2010/2020") == ["A"]
    assert found("form=understanding") == found("status=understanding") == found("source=S4") == ["B"]
    assert found("is_example=true") == []
    assert found("status=in_force") == []


@pytest.mark.parametrize(
    ("query", "allowed"),
    [
        ("level=galaxy", ["state", "region", "institution"]),
        ("partnership=nowhere", ["tomsk-belarus"]),
        ("source=S99", ["S1"]),
        ("area=nowhere", ["industry"]),
        ("status=asleep", ["in_force", "draft"]),
        ("ordering=title", ["id", "updated_at"]),
        ("page_size=1001", ["1000"]),
        ("page_size=0", ["1000"]),
        ("year=1899", ["1900"]),
        ("year=2101", ["2100"]),
        ("as_of=9999-12-31", ["2100"]),
        ("as_of=0001-01-01", ["1900"]),
        ("as_of=yesterday", ["2024-05-17"]),
        ("concluded=sometime", ["2024-S1"]),
        ("updated_since=soon", ["2024-05-17"]),
        ("is_example=maybe", ["true", "false"]),
    ],
)
def test_a_bad_value_is_refused_and_the_allowed_ones_are_named(analyst, agreement, query, allowed):
    make.make_source("S1")
    analyst.cookies["language"] = "en"

    answer = analyst.get(f"/api/v1/agreements/?{query}")

    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert error["attr"] == query.partition("=")[0]
    assert all(word in error["detail"] for word in allowed), error


def test_the_day_of_a_single_agreement_is_checked_too(analyst, agreement):
    assert analyst.get("/api/v1/agreements/A/?as_of=9999-12-31").status_code == 400
    assert analyst.get("/api/v1/agreements/A/?level=state").status_code == 400


def test_measures_show_their_status_on_a_day(analyst):
    done = make.make_measure(code="done", done_on=dt.date(2024, 5, 1))
    make.make_measure(code="late", plan=done.plan, deadline="2024-03")
    make.make_measure(code="dropped", plan=done.plan, dropped_by="Protocol 3")
    make.make_measure(code="permanent", plan=done.plan, deadline=None, recurrence="permanent")
    address = "/api/v1/measures/?as_of=2024-06-01"

    records = {record["code"]: record for record in analyst.get(address).json()["results"]}

    assert {code: record["status"] for code, record in records.items()} == {
        "done": "done", "late": "overdue", "dropped": "not_relevant", "permanent": "no_data",
    }  # fmt: skip
    assert (records["late"]["last_day"], records["permanent"]["last_day"]) == ("2024-03-31", None)
    for status, expected in {"done": ["done"], "overdue": ["late"], "not_relevant": ["dropped"]}.items():
        assert codes(analyst.get(f"{address}&status={status}")) == expected
    assert codes(analyst.get(f"{address}&state=undone")) == ["late", "permanent"]
    assert codes(analyst.get("/api/v1/measures/?as_of=2024-04-01&status=done")) == []


def test_measures_are_filtered_by_article_and_executor(analyst):
    row = make.make_measure(code="M")
    make.make_measure(code="other")
    article = make.make_article(code="4")
    row.articles.add(article)
    firm = make.make_executor(measure=row, side="partner").organisation

    for query in (f"article={article.pk}", f"organisation={firm.pk}", "side=partner", f"plan={row.plan.pk}"):
        assert codes(analyst.get(f"/api/v1/measures/?{query}")) == ["M"], query


def test_notes_are_filtered_by_their_day(analyst):
    make.make_progress_note(code="early", dated=dt.date(2024, 1, 1))
    make.make_progress_note(code="late", dated=dt.date(2024, 6, 1))

    assert codes(analyst.get("/api/v1/progress-notes/?since=2024-02-01")) == ["late"]
    assert codes(analyst.get("/api/v1/progress-notes/?until=2024-02-01")) == ["early"]
