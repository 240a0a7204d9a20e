"""The chain leads from each row up to what wanted it and down to what came of it, and says where it is broken."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from agreements.models import Recurrence
from dashboards.chain import KINDS, brief, chain, kind_of, row_of
from parties.periods import Period
from tests import factories as make

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 23)


@dataclass
class Rows:
    """One agreement with everything that can hang on it."""

    agreement: Any
    article: Any
    plan: Any
    measure: Any
    note: Any
    project: Any
    delivery: Any
    meeting: Any
    outcome: Any


@pytest.fixture
def rows(db) -> Rows:
    return whole_chain()


def whole_chain(**given: Any) -> Rows:
    agreement = make.make_agreement(concluded="2021", **given)
    article = make.make_article(agreement=agreement, number="4")
    plan = make.make_plan(agreement=agreement, period="2025/2027")
    measure = make.make_measure(plan=plan, deadline="2026")
    measure.articles.add(article)
    project = make.make_project(partnership=agreement.partnership, hs_codes="")
    project.measures.add(measure)
    meeting = make.make_meeting(partnership=agreement.partnership)
    return Rows(
        agreement=agreement,
        article=article,
        plan=plan,
        measure=measure,
        note=make.make_progress_note(measure=measure, dated=dt.date(2026, 11, 1)),
        project=project,
        delivery=make.make_delivery(partnership=agreement.partnership, project=project, hs_code="8701"),
        meeting=meeting,
        outcome=make.make_instruction(meeting=meeting, project=project),
    )


def found(start: Any) -> dict[str, list[Any]]:
    return {step.code: [node.row for node in step.nodes] for step in chain(fresh(start), TODAY).steps}


def fresh(start: Any) -> Any:
    return row_of(kind_of(start), start.pk)


def step(start: Any, code: str) -> Any:
    return next(one for one in chain(fresh(start), TODAY).steps if one.code == code)


def gaps(start: Any, code: str) -> list[str]:
    return [gap.words for node in step(start, code).nodes for gap in node.gaps]


# --- both ways ------------------------------------------------------------------------
@pytest.mark.parametrize(
    "name", ["agreement", "article", "plan", "measure", "note", "project", "delivery", "meeting", "outcome"]
)
def test_from_every_row_the_whole_chain_is_reached(rows, name):
    steps = found(getattr(rows, name))

    assert steps["agreements"] == [rows.agreement]
    assert steps["articles"] == [rows.article]
    assert steps["measures"] == [rows.measure]
    assert steps["projects"] == ([] if name == "note" else [rows.project])
    assert steps["deliveries"] == ([] if name == "note" else [rows.delivery])


def test_evidence_and_outcomes_stand_beside(rows):
    steps = found(rows.delivery)

    assert steps["evidence"] == [rows.note]
    assert steps["outcomes"] == [rows.outcome]


def test_the_walk_does_not_turn_back_to_what_stands_beside(rows):
    other_article = make.make_article(agreement=rows.agreement)
    other_delivery = make.make_delivery(partnership=rows.agreement.partnership, project=rows.project)

    steps = found(rows.delivery)

    assert other_article not in steps["articles"]
    assert other_delivery not in steps["deliveries"]
    assert other_delivery in found(rows.agreement)["deliveries"]


def test_nothing_of_another_agreement_gets_in(rows):
    other = whole_chain(partnership=rows.agreement.partnership)

    steps = found(rows.agreement)

    for code in ("agreements", "articles", "measures", "outcomes", "evidence", "projects", "deliveries"):
        assert len(steps[code]) == 1, code
    assert found(other.delivery)["agreements"] == [other.agreement]


def test_the_reports_that_speak_of_it_are_named_with_their_lines(rows):
    report = make.make_report(partnership=rows.agreement.partnership, year=2025)
    older = {"projects": {"items": [{"id": rows.project.pk}] * 9}}
    newest = {
        "agreements": {"items": [{"id": rows.agreement.pk}, {"id": rows.agreement.pk + 1}]},
        "projects": {"items": [{"id": rows.project.pk}], "deliveries": [{"id": rows.delivery.pk}]},
    }
    make.make_version(report=report, content=older)
    make.make_version(report=report, content=newest)

    (node,) = step(rows.measure, "reports").nodes

    assert node.page == "/reports/2025/versions/2/"
    assert node.details == ("3 lines speak of it",) or node.details == ("упоминается в 3 строках",)


def test_a_row_in_no_report_says_so(rows):
    assert step(rows.measure, "reports").gap.code == "no_reports"


def test_an_instruction_is_reached_from_the_measure_and_article_it_speaks_of_and_back(rows):
    instruction = make.make_instruction(meeting=rows.meeting)
    instruction.measures.add(rows.measure)

    for start in (rows.article, rows.measure, rows.agreement):
        assert instruction in found(start)["outcomes"], start
    back = found(instruction)
    assert (back["articles"], back["measures"]) == ([rows.article], [rows.measure])
    assert (back["projects"], back["deliveries"]) == ([rows.project], [rows.delivery])
    assert [node.gaps for node in step(instruction, "outcomes").nodes if node.is_start] == [()]


def test_the_line_of_a_plan_in_a_report_speaks_of_its_measures(rows):
    report = make.make_report(partnership=rows.agreement.partnership, year=2025)
    lines = [{"id": rows.plan.pk}, {"id": rows.plan.pk + 9999}]
    make.make_version(report=report, content={"measures": {"plans": lines}})

    for start in (rows.plan, rows.measure, rows.article, rows.delivery):
        (node,) = step(start, "reports").nodes
        assert node.page == "/reports/2025/versions/1/"
    assert step(make.make_measure(), "reports").gap.code == "no_reports"


# --- gaps -----------------------------------------------------------------------------
def words(text: str) -> str:
    from django.utils.translation import gettext

    return gettext(text)


def test_an_article_without_a_measure_is_a_gap_since_the_agreement(rows):
    lonely = make.make_article(agreement=rows.agreement, number="5")

    assert gaps(lonely, "articles") == [words("no measure since %(year)s") % {"year": 2021}]
    assert gaps(rows.article, "articles") == []


def test_an_article_whose_plans_are_over_is_a_gap_since_then(rows):
    article = make.make_article(agreement=rows.agreement, number="6")
    old = make.make_plan(agreement=rows.agreement, period="2022/2023")
    make.make_measure(plan=old, deadline="2023").articles.add(article)

    assert gaps(article, "articles") == [words("no measure since %(year)s") % {"year": 2024}]


def test_an_article_under_an_open_ended_plan_is_covered(rows):
    article = make.make_article(agreement=rows.agreement, number="7")
    for period in ("2022/2023", "2024/.."):
        plan = make.make_plan(agreement=make.make_agreement(partnership=rows.agreement.partnership), period=period)
        make.make_measure(plan=plan, deadline="2024").articles.add(article)

    assert gaps(article, "articles") == []


@pytest.mark.parametrize(("told", "is_gap"), [(dt.date(2026, 8, 25), False), (dt.date(2026, 8, 24), True)])
def test_a_measure_is_without_news_after_ninety_days(rows, told, is_gap):
    measure = make.make_measure(plan=rows.plan, deadline="2027")
    make.make_progress_note(measure=measure, dated=told)

    assert bool(gaps(measure, "measures")) is is_gap


def test_a_done_measure_needs_no_news(rows):
    measure = make.make_measure(plan=rows.plan, deadline="2026", done_on=dt.date(2025, 3, 1))

    assert gaps(measure, "measures") == []


def test_a_measure_without_any_news_counts_from_the_beginning_of_its_plan(rows):
    young = make.make_plan(
        agreement=make.make_agreement(partnership=rows.agreement.partnership), period="2026-10-01/2028"
    )

    assert gaps(make.make_measure(plan=young, deadline="2027"), "measures") == []
    assert gaps(make.make_measure(plan=rows.plan, deadline="2027"), "measures") == [words("no news yet")]


def test_empty_steps_are_gaps_in_words(db):
    measure = make.make_measure()

    for code in ("articles", "evidence", "projects", "deliveries", "trade", "reports"):
        assert step(measure, code).gap.words, code


def test_a_delivery_names_its_product_group_even_where_no_figure_is_known(rows):
    (node,) = step(rows.delivery, "trade").nodes

    assert "87" in node.details[0]
    assert "goods=" in node.page
    assert [gap.code for gap in node.gaps] == ["no_figure"]


# --- cost -----------------------------------------------------------------------------
def test_a_longer_chain_takes_no_more_queries(rows):
    few = cost(rows.agreement)
    for number in range(15):
        measure = make.make_measure(plan=rows.plan, number=f"9.{number}")
        measure.articles.add(make.make_article(agreement=rows.agreement))
        make.make_progress_note(measure=measure)
        project = make.make_project(partnership=rows.agreement.partnership)
        project.measures.add(measure)
        make.make_delivery(partnership=rows.agreement.partnership, project=project, hs_code="8703")
        make.make_outcome(meeting=rows.meeting, project=project)

    assert cost(rows.agreement) == few
    assert few <= 40


def cost(start: Any) -> int:
    start = fresh(start)
    with CaptureQueriesContext(connection) as captured:
        for one in chain(start, TODAY).steps:
            for node in one.nodes:
                assert node.page
    return len(captured)


# --- in short -------------------------------------------------------------------------
def test_the_chain_in_short_counts_what_the_chain_shows(rows):
    make.make_article(agreement=rows.agreement)
    make.make_measure(plan=rows.plan, deadline="2027")
    make.make_measure(plan=rows.plan, deadline="2027", done_on=dt.date(2025, 1, 1))
    make.make_measure(plan=make.make_plan(agreement=rows.agreement, period="2028/2029"))
    for told in (dt.date(2026, 8, 24), dt.date(2026, 8, 25)):
        make.make_progress_note(measure=make.make_measure(plan=rows.plan, deadline="2027"), dated=told)
    make.make_instruction(meeting=rows.meeting)
    make.make_delivery(partnership=rows.agreement.partnership, project=rows.project)
    make.make_project(partnership=rows.agreement.partnership, agreement=rows.agreement, hs_codes="84, 8703")
    make.make_version(
        report=make.make_report(partnership=rows.agreement.partnership),
        content={"projects": {"items": [{"id": rows.project.pk}]}},
    )

    for start in vars(rows).values():
        short = {step.code: (step.count, step.broken, step.gap) for step in brief(fresh(start), TODAY).steps}
        for one in chain(fresh(start), TODAY).steps:
            broken = 0 if one.code == "trade" else one.broken  # figures are for the page alone
            assert short[one.code] == (len(one.nodes), broken, one.gap), (start, one.code)


# --- page, panel and API --------------------------------------------------------------
@pytest.fixture
def official(cast, client_for):
    cache.clear()
    return client_for(cast.official)


def test_every_kind_has_a_page_and_an_api_twin_that_agree(rows, official):
    starts = [*vars(rows).values(), make.make_milestone(project=rows.project)]
    assert {kind_of(start) for start in starts} == set(KINDS)

    for start in starts:
        address = f"chain/{kind_of(start)}/{start.pk}/"
        page = official.get(f"/{address}")
        answer = official.get(f"/api/v1/{address}")

        assert page.status_code == answer.status_code == 200, address
        for one in answer.json()["steps"]:
            for node in one["results"]:
                assert f'href="{node["page"].removeprefix("http://testserver").replace("&", "&amp;")}"' in page.text


def test_the_api_leads_from_row_to_row(rows, official):
    answer = official.get(f"/api/v1/chain/delivery/{rows.delivery.pk}/").json()
    (article,) = next(one["results"] for one in answer["steps"] if one["step"] == "articles")

    again = official.get(article["chain"]).json()

    assert (again["kind"], again["id"]) == ("article", rows.article.pk)
    deliveries = next(one["results"] for one in again["steps"] if one["step"] == "deliveries")
    assert [node["id"] for node in deliveries] == [rows.delivery.pk]


@pytest.mark.parametrize("address", ["galaxy/1/", "article/0/", "article/99999999999999999999999/"])
def test_an_unknown_kind_or_row_is_not_found(db, official, address):
    assert official.get(f"/chain/{address}").status_code == 404
    assert official.get(f"/api/v1/chain/{address}").status_code == 404


def test_a_parameter_is_refused(rows, official):
    assert official.get(f"/chain/article/{rows.article.pk}/?colour=red").status_code == 400
    assert official.get(f"/api/v1/chain/article/{rows.article.pk}/?colour=red").status_code == 400


def test_a_stranger_has_no_api_chain(rows, client):
    assert client.get(f"/api/v1/chain/article/{rows.article.pk}/").status_code == 401


def test_the_page_leads_back_to_the_record_it_starts_from(rows, official):
    page = official.get(f"/chain/measure/{rows.measure.pk}/").text

    assert f'<li><a href="{rows.measure.get_absolute_url()}">' in page


def test_evidence_leads_to_its_note_and_says_how_many_files_prove_it(rows):
    make.make_evidence(note=rows.note)

    with override("en"):
        (node,) = step(rows.measure, "evidence").nodes

    assert node.page == f"{rows.measure.get_absolute_url()}#note-{rows.note.pk}"
    assert "1 file" in node.details


def test_an_instruction_says_by_when(rows):
    rows.outcome.deadline = Period.parse("2026-12-31")
    rows.outcome.save()

    with override("en"):
        (node,) = step(rows.outcome, "outcomes").nodes

    assert "deadline: 31\xa0December 2026" in node.details


def test_what_is_overdue_is_marked_in_the_chain(rows):
    rows.outcome.deadline = Period.parse("2026-10-24")
    rows.outcome.save()
    rows.measure.deadline = Period.parse("2026-11-20")
    rows.measure.save()

    with override("en"):
        (outcome,) = step(rows.outcome, "outcomes").nodes
        (measure,) = step(rows.measure, "measures").nodes

    assert outcome.late == "30 days past, no report of its end"
    assert measure.late == "overdue"


def test_what_is_in_time_or_permanent_is_not_marked_as_overdue(rows):
    rows.outcome.deadline, rows.outcome.recurrence = Period.parse("2025"), Recurrence.PERMANENT
    rows.outcome.save()

    assert step(rows.outcome, "outcomes").nodes[0].late == ""
    assert step(rows.measure, "measures").nodes[0].late == ""


def test_texts_of_people_stand_as_text_only(rows, official):
    row = make.make_article(agreement=rows.agreement, text_ru="<script>alert(1)</script>", text_en="")

    assert "<script>alert" not in official.get(f"/chain/article/{row.pk}/").text


def test_a_long_step_is_folded_and_complete(rows, official):
    for number in range(20):
        make.make_article(agreement=rows.agreement, number=f"art-{number}")

    page = official.get(f"/chain/agreement/{rows.agreement.pk}/").text

    assert "<details>" in page
    assert all(f"art-{number}." in page for number in range(20))


def test_a_page_stays_readable_however_long_the_chain_is(rows, official):
    for number in range(210):
        make.make_article(agreement=rows.agreement, number=f"art-{number}")
    address = f"/api/v1/chain/agreement/{rows.agreement.pk}/"

    page = official.get(f"/chain/agreement/{rows.agreement.pk}/").text

    assert page.count("art-") - page.count(": art-") == 199  # and the article that was there before
    assert f'href="{address}"' in page
    assert (
        len(next(one for one in official.get(address).json()["steps"] if one["step"] == "articles")["results"]) == 211
    )


@pytest.mark.parametrize("name", ["agreement", "project", "meeting"])
def test_the_page_of_a_record_shows_its_chain(rows, official, name):
    start = getattr(rows, name)

    page = official.get(start.get_absolute_url()).text

    assert f'href="/chain/{kind_of(start)}/{start.pk}/"' in page
    assert f'href="/chain/{kind_of(start)}/{start.pk}/#measures"' in page


def test_an_unchanged_chain_is_answered_with_304(rows, official):
    address = f"/chain/article/{rows.article.pk}/"
    first = official.get(address)

    assert official.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
