"""Pages show the facts, answer 304 when nothing changed, and cost a constant number of queries."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agreements.models import Agreement
from documents.models import Fact, Source
from parties.models import Organisation, Partnership
from projects.models import Project
from tests import factories as make
from tests.counting import queries
from trade.models import PublishedFigure
from workgroup.models import Meeting

pytestmark = pytest.mark.django_db

LISTS = [
    "/",
    "/agreements/",
    "/measures/",
    "/meetings/",
    "/instructions/",
    "/projects/",
    "/deliveries/",
    "/trade/",
    "/trade/figures/",
    "/trade/datasets/",
    "/trade/releases/",
    "/data/",
    "/reports/",
    "/documents/",
    "/facts/",
    "/organisations/",
    "/search/",
    "/chain/coverage/",
]
DETAILS = [Agreement, Meeting, Project, PublishedFigure, Organisation, Source]


@pytest.fixture
def official(facts, cast, client_for):
    return client_for(cast.official)


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("path", [*LISTS, "/accessibility/", "/tokens/", "/views/", "/search/?q=тракторы"])
def test_a_page_opens_in_both_languages(official, path, language):
    official.cookies["language"] = language

    answer = official.get(path)

    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.content.decode()


@pytest.mark.parametrize("model", DETAILS)
def test_every_record_has_a_page(official, model):
    for record in model.objects.all():
        assert official.get(record.get_absolute_url()).status_code == 200, record


def test_every_fact_stands_on_the_page_of_facts_with_its_sources_and_holders(official):
    page = official.get("/facts/").content.decode()

    for fact in Fact.objects.all():
        assert f'id="{fact.code}"' in page
        entry = page[page.index(f'id="{fact.code}"') :]
        entry = entry[: entry.index("</dd>")]
        for code in fact.source_codes:
            assert f"/documents/{code}/" in entry, fact.code
        assert "–\n                </span>" not in entry, f"{fact.code} is held by no record"


def test_every_source_names_its_facts_and_records(official):
    for source in Source.objects.all():
        page = official.get(source.get_absolute_url()).content.decode()
        assert source.title_ru in page
        assert "#A1" in page or "#" in page


def test_the_overview_says_what_is_known(official):
    page = official.get("/").content.decode().replace("\u00a0", " ")

    assert "&lt; 23" in page
    assert "+60 %" in page
    assert "6-е место" in page
    assert "12-е место" in page


def words(official, path="/"):
    text = re.sub(r"<[^>]+>", "", official.get(path).content.decode())
    return re.sub(r"\s+", " ", text.replace("\u00a0", " "))


def plan_of(partnership, **given):
    return make.make_plan(agreement=make.make_agreement(partnership=partnership), period="2024/2090", **given)


def test_the_overview_says_what_of_the_plans_is_done_overdue_and_without_data(official):
    partnership, area = Partnership.objects.get(), make.make_area("industry")
    plan = plan_of(partnership)
    make.make_measure(plan=plan, area=area, done_on=dt.date(2024, 5, 1))
    make.make_measure(plan=plan, area=area, deadline="2024")
    make.make_measure(plan=plan, deadline="2080")
    official.cookies["language"] = "en"

    page = official.get("/").content.decode()

    assert "1 of 3 measures are done (33 %); 1 is overdue; 1 without data." in words(official)
    assert "Most is overdue in the area" in words(official)
    for query in ("?status=done#list", "?status=overdue#list", "?status=no_data#list"):
        assert f'href="/measures/{query}"' in page
    assert 'href="/measures/?area=industry&amp;status=overdue#list"' in page
    for query in re.findall(r'href="(/measures/[^"#]*)', page):
        assert official.get(query.replace("&amp;", "&")).status_code == 200


def test_the_overview_speaks_of_agreements_first_while_no_measure_is_known(official):
    official.cookies["language"] = "en"

    text = words(official)

    assert "2 principal agreements are in force; 5 meetings and" in text
    assert "only their existence is known" in text
    assert "are examples" not in text


def test_the_overview_tells_examples_from_facts(official):
    partnership = Partnership.objects.get()
    make.make_measure(plan=plan_of(partnership, is_example=True), is_example=True)
    project = make.make_project(partnership=partnership, is_example=True)
    make.make_milestone(project=project, planned="2090", is_example=True)
    make.make_meeting(partnership=partnership, held="2090", is_example=True)
    official.cookies["language"] = "en"

    text = words(official)

    assert "Among them are examples, not facts: 1 measure 1 meeting 1 project" in text
    assert text.count("Example") == 3  # the numbers, the date and the meeting
    for path in ("/projects/", "/meetings/"):
        assert official.get(f"{path}?is_example=true").status_code == 200


def test_an_executor_sees_the_measures_of_the_own_organisation_and_nobody_else_does(official, cast, client_for):
    organisation = make.make_organisation(code="own")
    mine = make.make_measure(plan=plan_of(Partnership.objects.get()))
    make.make_executor(measure=mine, organisation=organisation)
    make.make_measure(plan=mine.plan)
    cast.executor.organisation = organisation
    cast.executor.save()

    own = client_for(cast.executor).get("/").content.decode()

    assert "Мероприятия моей организации" in own
    assert f"/measures/?organisation={organisation.pk}&amp;status=" in own
    assert "Мероприятия моей организации" not in official.get("/").content.decode()
    assert queries(client_for(cast.executor), "/") <= 15


@pytest.mark.parametrize("path", LISTS)
def test_an_unchanged_page_is_answered_with_304_after_one_query(official, path):
    first = official.get(path)
    if "ETag" not in first:
        pytest.fail(f"{path} has no ETag") if path != "/reports/" else None
        return

    with CaptureQueriesContext(connection) as captured:
        again = official.get(path, headers={"If-None-Match": first["ETag"]})

    assert again.status_code == 304
    assert len(captured) <= 1


def test_the_overview_takes_at_most_fifteen_queries(official):
    assert queries(official, "/") <= 15


@pytest.mark.parametrize("path", ["/", "/agreements/", "/meetings/", "/projects/", "/organisations/", "/facts/"])
def test_more_rows_cost_no_more_queries(official, path):
    partnership = Partnership.objects.get()
    few = queries(official, path)
    for __ in range(12):
        make.make_party(agreement=make.make_agreement(partnership=partnership, concluded="2021"))
        make.make_outcome(meeting=make.make_meeting(partnership=partnership, held="2025"), deadline="2027")
        project = make.make_project(partnership=partnership)
        make.make_participant(project=project)
        make.make_milestone(project=project)
        make.make_measure(plan=make.make_plan(agreement=make.make_agreement(partnership=partnership)))

    assert queries(official, path) == few


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/agreements/?colour=red", "colour"),
        ("/agreements/?level=galaxy", "level"),
        ("/meetings/?year=0", "year"),
        ("/meetings/?year=99999", "year"),
        ("/projects/?area=%00", "area"),
        ("/search/?colour=red", "colour"),
        ("/search/?kind=galaxy", "kind"),
        ("/search/?q=%00", "q"),
        ("/search/?year=0", "year"),
        ("/search/?page=0", "page"),
        ("/projects/?organisation=99999999999999999999999", "organisation"),
    ],
)
def test_a_wrong_parameter_is_named(official, path, named):
    answer = official.get(path)

    assert answer.status_code == 400
    assert named in answer.content.decode()


def test_a_withdrawn_role_takes_effect_at_once(facts, cast, client_for):
    client = client_for(cast.secretary)
    assert client.get("/meetings/new/").status_code == 200

    cast.secretary.groups.clear()
    cache.clear()  # outside of tests the commit counts the data version up

    assert client.get("/meetings/new/").status_code == 403


@pytest.mark.parametrize("path", ["/", "/documents/", "/accounts/login/", "/nowhere/"])
def test_a_page_is_headed_by_the_name_of_the_readers_partnership(official, client, path):
    reader = client if path == "/accounts/login/" else official
    make.make_partnership("ru-oms-kz", name_ru="Омская область – Казахстан", name_en="Omsk Oblast – Kazakhstan")

    assert "Томская область – Республика Беларусь</title>" in reader.get(path).content.decode()
    reader.cookies["partnership"] = "ru-oms-kz"
    page = reader.get(path).content.decode()
    reader.cookies["language"] = "en"

    assert "Омская область – Казахстан</title>" in page
    assert "<span>Омская область – Казахстан</span>" in page
    assert "Томск" not in page[: page.index("<main")]
    assert "<span>Omsk Oblast – Kazakhstan</span>" in reader.get(path).content.decode()


def test_a_page_opens_before_any_partnership_is_known(db, client):
    assert "Сотрудничество регионов</title>" in client.get("/accounts/login/").content.decode()


def test_the_choice_of_colours_stays(official):
    official.post("/choices/theme/", {"theme": "dark", "next": "/agreements/"})

    assert 'data-theme="dark"' in official.get("/agreements/").content.decode()


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_a_choice_never_leads_to_another_site(official, address):
    assert official.post("/choices/theme/", {"theme": "dark", "next": address})["Location"] == "/"


def test_every_table_of_the_domain_keeps_its_history(db):
    ours = {"parties", "documents", "agreements", "projects", "workgroup", "trade", "reports"}
    without = {
        "parties.dataversion",  # a counter
        "parties.savedview",  # the reader's own, no statement about the domain
        "parties.submission",  # keys of entries, forgotten after a day
        "documents.searchentry",  # follow from other rows
        "documents.searchword",
        "reports.run",  # jobs are their own record
        "trade.import",
        "trade.undo",
        "trade.editioncode",  # the history is that of the edition's file
        "trade.observation",  # keep all their versions themselves
        "trade.partnertotal",
        "trade.chaptertotal",
    }
    tracked = {
        model.pgh_tracked_model._meta.label_lower for model in apps.get_models() if hasattr(model, "pgh_tracked_model")
    }
    domain = {
        model._meta.label_lower
        for model in apps.get_models()
        if model._meta.app_label in ours and not hasattr(model, "pgh_tracked_model")
    }

    assert domain - tracked - without == set()
