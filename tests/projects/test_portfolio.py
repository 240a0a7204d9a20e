"""The portfolio and the page of a project say what is known: stage, confidence, milestones, money."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.db.utils import InternalError
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from parties.periods import Period
from projects import queries
from projects.models import Milestone, Project
from projects.queries.money import budgets
from projects.queries.portfolio import Row
from projects.wording import lateness
from tests import factories as make

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 23)


def portfolio(query=""):
    return queries.portfolio(make.make_partnership(), QueryDict(query))


def test_the_newest_judgement_up_to_the_day_counts():
    project = make.make_project()
    make.make_assessment(project=project, confidence="on_schedule", dated="2024-06-01")
    make.make_assessment(project=project, confidence="delayed", reason="No money", dated="2025-03-01")

    def on(day):
        return Project.objects.with_confidence(dt.date.fromisoformat(day)).get()

    assert on("2024-05-31").confidence == "no_data"
    assert on("2025-02-28").confidence == "on_schedule"
    assert (on("2025-03-01").confidence, on("2025-03-01").confidence_reason) == ("delayed", "No money")


def test_of_two_judgements_of_one_day_the_later_one_counts():
    project = make.make_project()
    for word in ("delayed", "at_risk"):
        make.make_assessment(project=project, confidence=word, dated="2025-03-01")

    assert Project.objects.with_confidence(TODAY).get().confidence == "at_risk"


def test_a_judgement_is_never_changed_nor_deleted_unless_it_is_an_example():
    said, example = make.make_assessment(), make.make_assessment(is_example=True)

    with pytest.raises(InternalError), transaction.atomic():
        type(said).objects.filter(pk=said.pk).update(confidence="delayed")
    with pytest.raises(InternalError), transaction.atomic():
        said.delete()
    example.delete()


def test_the_next_milestone_is_the_open_one_due_first_by_its_expected_date():
    project = make.make_project()
    make.make_milestone(project=project, planned="2024", actual="2024")
    make.make_milestone(project=project, planned="2026-Q1", expected="2028", title_en="Moved")
    make.make_milestone(project=project, planned="2027-Q1", title_en="Next")

    row = Row(Project.objects.for_portfolio().get(), TODAY)

    assert row.next_step is not None
    assert row.next_step.milestone.title_en == "Next"
    assert [step.milestone.title_en for step in row.steps if step.is_past_plan] == ["Moved"]


def test_milestones_ahead_come_in_the_order_in_which_they_are_due():
    make.make_milestone(planned="2026-Q1", expected="2028", code="moved")
    make.make_milestone(planned="2027-Q1", code="next")
    make.make_milestone(planned="2026-Q1", code="over")
    make.make_milestone(planned="2027-Q1", actual="2026-10", code="reached")

    assert [row.code for row in Milestone.objects.ahead(TODAY)] == ["next", "moved"]


@pytest.mark.parametrize(
    ("dates", "words"),
    [
        ({"planned": "2027"}, ""),
        ({"planned": "2026-10"}, "23 days past the plan, not reported as reached"),
        ({"planned": "2026-10-31", "actual": "2026-11-01"}, "1 day late"),
        ({"planned": "2025", "actual": "2026-Q1"}, "1 to 90 days late: the dates are known only roughly"),
        ({"planned": "2027-01", "expected": "2027-02"}, "expected 28 days later than planned"),
        ({"planned": "2027-02", "expected": "2027-01"}, "expected 28 days earlier than planned"),
        (
            {"planned": "2026-10", "expected": "2026-12"},
            "23 days past the plan, not reported as reached; expected 61 days later than planned",
        ),
        ({"planned": "2027", "expected": "2028/.."}, ""),
        ({"planned": None, "actual": "2026"}, ""),
    ],
)
def test_lateness_is_said_in_words(dates, words):
    given = {name: Period.parse(text) if text else None for name, text in dates.items()}

    assert lateness(Milestone(**given), TODAY) == words


def test_money_is_added_within_a_currency_only_and_apart_from_examples():
    project = make.make_project()
    make.make_budget_line(project=project, planned=Decimal(100), actual=Decimal(30), actual_stated="2025")
    make.make_budget_line(project=project, planned=Decimal(50))
    make.make_budget_line(project=project, currency="BYN", planned=Decimal(7))
    make.make_budget_line(project=project, planned=Decimal(1000), is_example=True)

    found = budgets(project.budget.all())

    assert [(one.currency, one.planned, one.actual, one.unreported, one.is_example) for one in found] == [
        ("BYN", 7, None, 1, False),
        ("RUB", 150, 30, 1, False),
        ("RUB", 1000, None, 1, True),
    ]
    assert [one.words.replace("\u00a0", " ") for one in found] == [
        "7 BYN planned",
        "30 of 150 RUB",
        "1 000 RUB planned",
    ]
    assert found[1].gaps == "1 line without an actual sum"


def test_words_of_confidence_count_what_the_other_filters_keep():
    for area, word in (("industry", "at_risk"), ("industry", "on_schedule"), ("culture", "at_risk")):
        project = make.make_project(area=make.make_area(area))
        make.make_assessment(project=project, confidence=word)

    found = portfolio("area=industry&confidence=at_risk")

    assert [(choice.value, choice.count, choice.is_chosen) for choice in found.confidences] == [
        ("", 2, False), ("on_schedule", 1, False), ("at_risk", 1, True), ("delayed", 0, False), ("no_data", 0, False),
    ]  # fmt: skip
    assert len(found.rows) == 1
    assert found.confidences[0].query == "area=industry"


def test_the_page_shows_the_data_of_the_chart_as_a_table_before_it(official):
    step = make.make_milestone(planned="2026-Q1", expected="2027-Q1", title_en="Launch")

    page = official.get(step.project.get_absolute_url()).content.decode()

    assert page.index('<th scope="row" data-label="Milestone">Launch') < page.index('class="chart__svg"')
    assert "now expected: Q1 2027" in page
    assert "0 of 1 milestone reached, 1 past its plan" in page


def test_a_judgement_that_milestones_contradict_is_marked(official):
    step = make.make_milestone(planned="2024")
    make.make_assessment(project=step.project, confidence="on_schedule")

    page = official.get(step.project.get_absolute_url()).content.decode()

    assert "1 milestone is past its plan and not reported as reached." in page


def test_a_project_with_one_language_shows_in_the_other(official):
    project = make.make_project(title_en="", summary_en="")

    page = official.get("/projects/").content.decode()
    assert project.title_ru in page.replace('<bdi lang="ru">', "").replace("</bdi>", "")


def test_examples_are_labelled_and_counted_apart(official):
    make.make_project()
    make.make_project(is_example=True)

    page = official.get("/projects/").content.decode()

    assert "Among them 1 example, which is no fact." in page
    assert page.count('class="example"') == 1


def test_who_may_not_write_sees_no_way_to(official, cast, client_for):
    address = make.make_milestone().project.get_absolute_url()

    assert "/edit/" not in official.get(address).content.decode()
    assert "/edit/" in client_for(cast.secretary).get(address).content.decode()


def test_the_list_as_a_file_has_the_rows_of_the_page(official):
    kept, left = make.make_project(title_en="=1+1"), make.make_project(area=make.make_area("culture"))
    make.make_budget_line(project=kept)
    make.make_milestone(project=kept, planned="2030")

    csv = official.get("/projects.csv?area=industry")
    sheet = CalamineWorkbook.from_filelike(BytesIO(official.get("/projects.xlsx?area=industry").content))
    rows = sheet.get_sheet_by_index(0).to_python()

    text = csv.content.decode("utf-8-sig")
    assert "'=1+1" in text
    assert left.title_en not in text
    assert [row[1] for row in rows[1:]] == ["=1+1"]
    assert rows[0] == text.splitlines()[0].split(",")
    assert "2030" in official.get("/milestones.csv").content.decode()


@pytest.mark.parametrize("path", ["/projects.csv?colour=red", "/deliveries.xlsx?year=0", "/deliveries/?page=2"])
def test_a_wrong_parameter_is_named(official, path):
    make.make_partnership()

    answer = official.get(path)

    assert answer.status_code == 400
    assert path.partition("?")[2].partition("=")[0] in answer.content.decode()


def test_a_full_project_costs_no_more_queries_than_an_empty_one_with_parts(official):
    project = make.make_project(hs_codes="8433")

    def fill():
        make.make_participant(project=project)
        make.make_milestone(project=project)
        make.make_budget_line(project=project, payer=make.make_organisation())
        make.make_assessment(project=project, author=make.make_user())
        make.make_project_document(project=project)
        make.make_delivery(project=project, supplier=make.make_organisation())
        project.measures.add(make.make_measure())

    def cost(path):
        cache.clear()
        official.get("/accessibility/")
        with CaptureQueriesContext(connection) as captured:
            assert official.get(path).status_code == 200
        return len(captured)

    paths = [project.get_absolute_url(), "/projects/", "/deliveries/", "/projects.csv", "/deliveries.csv"]
    official.get(paths[0])  # from here on the history has an author
    fill()
    few = [cost(path) for path in paths]
    for __ in range(5):
        fill()

    assert [cost(path) for path in paths] == few
    assert few[0] <= 36


def test_a_document_is_found_by_its_title_and_the_name_of_its_file(official):
    document = make.make_project_document(title_en="Feasibility study", file_name="tractors-2026.pdf")

    for words in ("feasibility", "tractors"):
        page = official.get(f"/search/?q={words}").content.decode()
        assert document.get_absolute_url() in page


def test_a_project_shows_what_meetings_decided_about_it(official):
    outcome = make.make_outcome(project=make.make_project(), text_ru="Начать сборку", text_en="Begin the assembly")
    make.make_outcome(text_ru="О другом", text_en="Something else")

    page = official.get(outcome.project.get_absolute_url()).content.decode()

    assert "Begin the assembly" in page
    assert outcome.meeting.get_absolute_url() in page
    assert "Something else" not in page


def test_sides_are_called_as_their_partnership_calls_them(official):
    make.make_partnership(home_side_en="Omsk Oblast", partner_side_en="Serbia")
    make.make_delivery(from_side="partner")

    page = official.get("/deliveries/").content.decode()

    assert "Serbia" in page
    assert ">Belarus<" not in page
