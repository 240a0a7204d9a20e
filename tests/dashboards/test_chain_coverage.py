"""The matrix tells which article was covered by measures in which year, and the list which are without news."""

from __future__ import annotations

import csv
import datetime as dt
from io import StringIO
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agreements.models import Agreement, Recurrence
from agreements.queries.concerns import with_concerns
from dashboards.chain import chain, coverage
from parties.periods import Period
from tests import factories as make

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 23)


@pytest.fixture
def agreement(db):
    return make.make_agreement(concluded="2021")


def matrix(agreement: Any) -> dict[str | None, dict[int, tuple[int, int, bool]]]:
    (found,) = coverage(None, TODAY, agreement=agreement, no_news_days=90).matrices
    return {
        row.article and row.article.number: {cell.year: (cell.done, cell.total, cell.is_gap) for cell in row.cells}
        for row in found.rows
    }


def measure(article: Any, plan: str = "2023/2025", **given: Any) -> Any:
    known = article.agreement.plans.filter(period=Period.parse(plan)).first()
    row = make.make_measure(plan=known or make.make_plan(agreement=article.agreement, period=plan), **given)
    row.articles.add(article)
    return row


def test_a_measure_covers_the_years_of_its_plan(agreement):
    measure(make.make_article(agreement=agreement, number="1"), deadline="2024-Q3")

    assert matrix(agreement)["1"] == {
        2021: (0, 0, True),
        2022: (0, 0, True),
        2023: (0, 1, False),
        2024: (0, 1, False),
        2025: (0, 1, False),
        2026: (0, 0, True),
    }


def test_a_measure_counts_as_done_from_the_year_in_which_it_was_done(agreement):
    measure(make.make_article(agreement=agreement, number="1"), deadline="2024", done_on=dt.date(2024, 5, 1))

    cells = matrix(agreement)["1"]
    assert [cells[year] for year in (2023, 2024, 2025)] == [(0, 1, False), (1, 1, False), (1, 1, False)]


def test_a_yearly_measure_is_done_in_the_years_whose_item_is(agreement):
    row = measure(make.make_article(agreement=agreement, number="1"), recurrence=Recurrence.YEARLY, deadline="2025")
    make.make_yearly_item(measure=row, year=2023, done_on=dt.date(2023, 12, 1))
    make.make_yearly_item(measure=row, year=2024)

    cells = matrix(agreement)["1"]
    assert [cells[year][0] for year in (2023, 2024, 2025)] == [1, 0, 0]


def gap_of(agreement: Any) -> str:
    (found,) = coverage(None, TODAY, agreement=agreement, no_news_days=90).matrices
    return found.rows[0].gap.words if found.rows[0].gap else ""


def test_a_dropped_measure_covers_the_years_before_the_decision(agreement):
    article = make.make_article(agreement=agreement, number="1")
    measure(article, "2024/2027", deadline="2027", dropped_by="Протокол № 3", dropped_on=dt.date(2025, 6, 1))

    assert {year for year, cell in matrix(agreement)["1"].items() if cell[2]} == {2021, 2022, 2023, 2025, 2026}
    assert "2025" in gap_of(agreement)
    assert register_counts(agreement) == 1


def test_a_measure_dropped_on_an_unknown_day_never_covered_anything(agreement):
    article = make.make_article(agreement=agreement, number="1")
    measure(article, "2024/2027", deadline="2027", dropped_by="Протокол № 3")

    assert not any(total for __, total, __ in matrix(agreement)["1"].values())
    assert "2021" in gap_of(agreement)
    assert register_counts(agreement) == 1


def test_another_measure_that_was_not_dropped_covers_the_article(agreement):
    article = make.make_article(agreement=agreement, number="1")
    measure(article, "2024/2027", deadline="2027", dropped_by="Протокол № 3")
    measure(article, "2024/2027", deadline="2027")

    assert gap_of(agreement) == ""
    assert matrix(agreement)["1"][2026] == (0, 1, False)
    assert register_counts(agreement) == 0


def register_counts(agreement: Any) -> int:
    found: Any = with_concerns(Agreement.objects.filter(pk=agreement.pk).with_status(TODAY), TODAY).get()
    return int(found.bare_articles)


@pytest.mark.parametrize(
    ("changes", "act", "last_gap"),
    [
        ({"expires_on": dt.date(2023, 12, 31)}, None, 2023),
        ({"expires_on": dt.date(2024, 3, 1)}, None, 2023),
        ({}, "2022-07-01", 2021),
        ({"expires_on": dt.date(2024, 12, 31)}, "2023-12-31", 2023),
        ({"form": "understanding"}, None, None),
    ],
)
def test_nothing_is_missed_of_an_agreement_after_its_end_or_of_an_understanding(agreement, changes, act, last_gap):
    Agreement.objects.filter(pk=agreement.pk).update(**changes)
    if act:
        make.make_act(agreement=agreement, kind="terminated", dated=act)
    article = make.make_article(agreement=agreement, number="1")

    gaps = [year for year, cell in matrix(agreement)["1"].items() if cell[2]]
    assert max(gaps, default=None) == last_gap
    assert gap_of(agreement) == ""
    assert coverage(None, TODAY, agreement=None, no_news_days=90).uncovered == 0
    assert not [node for step in chain(article, TODAY).steps if step.code == "articles" for node in step.nodes[0].gaps]


@pytest.mark.parametrize(
    ("recurrence", "deadline"),
    [(Recurrence.YEARLY, "2025"), (Recurrence.PERMANENT, None), (Recurrence.YEARLY, "../2025")],
)
def test_what_recurs_covers_every_year_of_its_plan(agreement, recurrence, deadline):
    measure(make.make_article(agreement=agreement, number="1"), recurrence=recurrence, deadline=deadline)

    assert [year for year, (__, total, __) in matrix(agreement)["1"].items() if total] == [2023, 2024, 2025]


def test_an_open_end_reaches_to_today(agreement):
    measure(
        make.make_article(agreement=agreement, number="1"), "2025/..", recurrence=Recurrence.PERMANENT, deadline=None
    )

    assert [year for year, (__, total, __) in matrix(agreement)["1"].items() if total] == [2025, 2026]


def test_measures_that_name_no_article_stand_apart(agreement):
    make.make_measure(plan=make.make_plan(agreement=agreement), deadline="2024")

    assert matrix(agreement)[None][2024] == (0, 1, False)


def test_years_to_come_are_no_gap(agreement):
    first, second = (make.make_article(agreement=agreement, number=number) for number in ("1", "2"))
    measure(first, "2026/2028", deadline="2028")

    assert matrix(agreement)[second.number][2027] == (0, 0, False)


def test_open_measures_without_news_are_listed_with_their_days(agreement):
    article = make.make_article(agreement=agreement)
    silent = measure(article, "2025/2027", deadline="2027")
    told = measure(article, "2025/2027", deadline="2027")
    measure(article, "2025/2027", deadline="2025", done_on=dt.date(2025, 6, 1))
    make.make_progress_note(measure=silent, dated=dt.date(2026, 1, 1))
    make.make_progress_note(measure=told, dated=dt.date(2026, 11, 1))

    found = coverage(None, TODAY, agreement=None, no_news_days=90).silent

    assert [row.measure for row in found] == [silent]
    assert "326" in found[0].gap.words
    assert len(coverage(None, TODAY, agreement=None, no_news_days=10).silent) == 2
    assert coverage(None, TODAY, agreement=None, no_news_days=400).silent == ()


def test_more_articles_and_measures_take_no_more_queries(agreement):
    article = make.make_article(agreement=agreement)
    make.make_progress_note(measure=measure(article))
    few = cost()
    for __ in range(15):
        make.make_progress_note(measure=measure(make.make_article(agreement=agreement)))
        make.make_article(agreement=make.make_agreement(partnership=agreement.partnership))

    assert cost() == few


def cost() -> int:
    with CaptureQueriesContext(connection) as captured:
        coverage(None, TODAY, agreement=None, no_news_days=90)
    return len(captured)


@pytest.fixture
def official(cast, client_for):
    cache.clear()
    return client_for(cast.official)


def test_page_and_api_agree(agreement, official):
    article = make.make_article(agreement=agreement, number="4")
    measure(article, deadline="2024", done_on=dt.date(2024, 5, 1))

    page = official.get("/chain/coverage/").text
    answer = official.get("/api/v1/chain/coverage/").json()

    (found,) = answer["agreements"]
    assert {"year": 2024, "total": 1, "done": 1, "is_gap": False} in found["rows"][0]["years"]
    assert "1/1" in page
    assert f'href="/chain/article/{article.pk}/"' in page


def test_the_file_has_the_cells_of_the_page(agreement, official):
    article = make.make_article(agreement=agreement, number="4")
    measure(article, "2024/2025", deadline="2024", done_on=dt.date(2024, 5, 1))
    make.make_article(agreement=make.make_agreement(partnership=agreement.partnership), number="9")

    answer = official.get(f"/chain/coverage/list.csv?agreement={agreement.pk}")

    rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))[1:]
    cells = [[row[1], *row[3:6], bool(row[6])] for row in rows]
    assert cells[:5] == [
        ["4", "2021", "0", "0", True],
        ["4", "2022", "0", "0", True],
        ["4", "2023", "0", "0", True],
        ["4", "2024", "1", "1", False],
        ["4", "2025", "1", "1", False],
    ]
    assert {row[0] for row in rows} == {str(agreement)}
    assert official.get("/chain/coverage/list.xlsx").content[:2] == b"PK"
    page = official.get(f"/chain/coverage/?agreement={agreement.pk}").text
    for form in ("csv", "xlsx"):
        assert f'href="/chain/coverage/list.{form}?agreement={agreement.pk}&amp;no_news_days=90"' in page
    assert official.get("/chain/coverage/list.csv?colour=red").status_code == 400


def test_one_agreement_can_be_asked_for(agreement, official):
    other = make.make_article(agreement=make.make_agreement(partnership=agreement.partnership), number="art-other")
    make.make_article(agreement=agreement, number="art-own")

    page = official.get(f"/chain/coverage/?agreement={agreement.pk}&no_news_days=30").text
    answer = official.get(f"/api/v1/chain/coverage/?agreement={agreement.pk}").json()

    assert "art-own." in page
    assert f"{other.number}." not in page
    assert [one["agreement"]["id"] for one in answer["agreements"]] == [agreement.pk]


@pytest.mark.parametrize("partnership", [True, False])
def test_a_program_can_name_the_partnership(agreement, official, partnership):
    named = agreement.partnership if partnership else make.make_partnership("another")

    answer = official.get(f"/api/v1/chain/coverage/?partnership={named.code}").json()

    assert len(answer["agreements"]) == int(partnership)


@pytest.mark.parametrize(
    "query",
    ["colour=red", "no_news_days=0", "no_news_days=many", "agreement=0", "agreement=%00", "no_news_days=99999999999"],
)
def test_a_wrong_parameter_is_named(agreement, official, query):
    name = query.partition("=")[0]

    assert name in official.get(f"/chain/coverage/?{query}").text
    assert official.get(f"/chain/coverage/?{query}").status_code == 400
    assert official.get(f"/api/v1/chain/coverage/?{query}").status_code == 400
