"""The register of agreements and the page of one."""

from __future__ import annotations

import csv
import datetime as dt
from io import BytesIO, StringIO

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from agreements.models import Act
from tests import factories as make
from tests.counting import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def official(cast, client_for):
    client = client_for(cast.official)
    client.cookies["language"] = "en"
    return client


def in_force(**given):
    row = make.make_agreement(**{"concluded": "2021", **given})
    make.make_act(agreement=row, dated="2021")
    return row


def page(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode().replace("\u00a0", " ")


def titles(client, query):
    lines = list(csv.DictReader(StringIO(client.get(f"/agreements/list.csv?{query}").content.decode("utf-8-sig"))))
    return [line["Agreement"] for line in lines]


def test_the_register_says_how_many_are_in_force_and_what_to_look_at(official):
    in_force(title_en="With a plan", plan_stated=False)
    current = make.make_plan(agreement=in_force(title_en="Planned"), period="2020/2090")
    make.make_measure(plan=current, done_on=dt.date(2024, 1, 1))
    make.make_measure(plan=current)

    text = page(official, "/agreements/")

    assert "2 agreements are in force" in text
    assert "1 / 2" in text
    assert "<strong>1</strong> no current plan" in text
    assert "<strong>0</strong> ends within 12 months" in text


def test_each_count_leads_to_its_rows(official):
    make.make_plan(agreement=in_force(title_en="Planned"), period="2020/2090")
    in_force(title_en="Unplanned")
    make.make_agreement(title_en="Draft")

    assert titles(official, "warning=no_plan") == ["Unplanned"]
    assert titles(official, "status=draft") == ["Draft"]
    assert "1 of 3 agreements" in page(official, "/agreements/?warning=no_plan")


def test_the_register_is_found_by_words_party_and_year(official):
    grodno = in_force(title_en="Agreement with Grodno", title_ru="Соглашение с Гродно", number="17-П")
    make.make_party(agreement=grodno, organisation=make.make_organisation(code="grodno"))
    in_force(title_en="Agreement with Minsk", concluded="2016")

    for query in ("q=гродно", "q=with+grodno", "q=17-п", "organisation=grodno", "year=2021"):
        assert titles(official, query) == ["Agreement with Grodno"], query
    assert titles(official, "q=") == titles(official, "")


def test_the_register_is_sorted_by_what_its_headings_say(official):
    in_force(title_en="B", level="state", concluded="2021", expires_on=dt.date(2090, 1, 1))
    in_force(title_en="A", level="institution", concluded="2016")

    assert titles(official, "") == ["B", "A"]
    assert titles(official, "sort=title") == ["A", "B"]
    assert titles(official, "sort=-concluded") == ["B", "A"]
    assert titles(official, "sort=concluded") == ["A", "B"]
    assert titles(official, "sort=ends") == titles(official, "sort=-ends") == ["B", "A"]  # without an end: last
    text = page(official, "/agreements/?sort=title&level=state")
    assert 'aria-sort="ascending"' in text
    assert "level=state&amp;sort=-title" in text


def test_the_register_is_sorted_by_number_plan_progress_and_responsible(official):
    for number, until, responsible, done in (("2", 2090, "Alpha", 1), ("1", 2080, "Beta", 2)):
        row = in_force(title_en=number, number=number, responsible=make.make_organisation(name_en=responsible))
        plan = make.make_plan(agreement=row, period=f"2020/{until}")
        for place in range(2):
            make.make_measure(plan=plan, done_on=dt.date(2024, 1, 1) if place < done else None)
    in_force(title_en="bare", number="")

    for sort in ("number", "plan", "-done", "-responsible"):
        assert titles(official, f"sort={sort}") == ["1", "2", "bare"], sort
    text = page(official, "/agreements/?sort=done")
    assert text.count("aria-sort=") == 1
    for sort in ("number", "title", "concluded", "ends", "plan", "-done", "responsible"):
        assert f"sort={sort}&" in text.replace('"', "&"), sort


def test_a_column_that_is_empty_throughout_is_left_out(official):
    in_force(title_en="Bare", number="")

    text = page(official, "/agreements/")

    assert "sort=number" not in text
    assert "sort=responsible" not in text


@pytest.mark.parametrize("query", ["sort=colour", "warning=boredom", "colour=red", "year=0", "q=%00"])
def test_a_wrong_parameter_is_named(official, query):
    make.make_partnership()
    for path in ("/agreements/", "/agreements/list.csv", "/agreements/list.xlsx"):
        answer = official.get(f"{path}?{query}")

        assert answer.status_code == 400, path
        assert query.partition("=")[0] in answer.content.decode()


def test_the_register_as_a_workbook_has_days_and_numbers(official):
    row = in_force(title_en="Signed", expires_on=dt.date(2090, 12, 31))
    make.make_measure(plan=make.make_plan(agreement=row, period="2020/2090"))

    answer = official.get("/agreements/list.xlsx")
    [heads, cells] = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()

    record = dict(zip(heads, cells, strict=True))
    assert record["Valid until"] == dt.date(2090, 12, 31)
    assert (record["Measures"], record["Measures done"]) == (1, 0)
    assert "attachment" in answer["Content-Disposition"]


def test_a_number_that_is_only_stated_is_shown_apart(official):
    make.make_stated_count(value=25)

    assert "<strong>25</strong> agreements between universities" in page(official, "/agreements/")


def test_an_agreement_shows_signatories_articles_amendments_and_terms(official):
    row = in_force(
        expires_on=dt.date(2020, 12, 31),
        prolongs=True,
        prolongation_months=1200,
        notice_months=6,
        languages=["ru", "be"],
    )
    make.make_party(
        agreement=row, signatory=make.make_person(name_en="Ivan Ivanov"), post_en="Governor", post_ru="Губернатор"
    )
    articles = [make.make_article(agreement=row, number=number) for number in ("10", "2", "4.2")]
    amendment = make.make_amendment(agreement=row, number="1", signed="2023")
    amendment.articles.add(articles[1])
    child = make.make_agreement(parent=row, title_en="Child")

    text = page(official, row.get_absolute_url())

    for expected in (
        "Ivan Ivanov", "Governor", "Russian, Belarusian", "31 December 2120", "6 months", "30 June 2120",
        "changed by No. 1", "article 2", "3 articles without a measure", "Child",
    ):  # fmt: skip
        assert expected in text, expected
    places = [text.index(f'id="article-{articles[place].pk}"') for place in (1, 2, 0)]
    assert places == sorted(places)
    assert row.title_en in page(official, child.get_absolute_url())


def test_articles_follow_one_another_as_people_count_whatever_signs_their_numbers_have(official):
    agreement = in_force()
    for number in ("10", "4²", "4.2", "4"):
        make.make_article(agreement=agreement, number=number, text_en=f"Text of {number}", text_ru="Текст")

    text = page(official, f"/agreements/{agreement.pk}/")

    places = [text.index(f"Text of {number}") for number in ("4.2", "4²", "10")]
    assert places == sorted(places)


def test_a_notice_that_is_too_late_shows_the_next_term(official):
    today = timezone.localdate()
    row = in_force(
        expires_on=today + dt.timedelta(days=10),
        prolongs=True,
        prolongation_months=12,
        notice_days=30,
        concluded="2020",
    )

    text = page(official, row.get_absolute_url())

    assert "it has passed, so the agreement prolongs itself until" in text


def test_the_page_does_not_offer_writing_to_readers(official, cast, client_for):
    row = in_force()

    assert "/edit/" not in page(official, row.get_absolute_url())
    assert f"/agreements/{row.pk}/edit/" in page(client_for(cast.secretary), row.get_absolute_url())


def test_an_unknown_agreement_is_not_found(official):
    assert official.get("/agreements/999/").status_code == 404
    assert official.get("/agreements/files/999/").status_code == 404


def grow(partnership, agreement):
    for number in range(10):
        other = in_force(partnership=partnership, expires_on=dt.date(2090, 1, 1))
        make.make_party(agreement=other)
        make.make_measure(plan=make.make_plan(agreement=other, period="2020/2090"))
        article = make.make_article(agreement=agreement, number=f"x{number}")
        make.make_amendment(agreement=agreement).articles.add(article)
        make.make_agreement_file(agreement=agreement, edition=number + 2)
        make.make_party(agreement=agreement, signatory=make.make_person())
        make.make_act(agreement=agreement, kind=Act.Kind.CONFIRMED)
        make.make_agreement(parent=agreement)


def test_more_rows_cost_no_more_queries(official):
    row = in_force(parent=make.make_agreement())
    make.make_measure(plan=make.make_plan(agreement=row, period="2020/2090"))
    article = make.make_article(agreement=row)
    make.make_amendment(agreement=row).articles.add(article)
    make.make_agreement_file(agreement=row)
    make.make_party(agreement=row, signatory=make.make_person())
    make.make_agreement(parent=row)
    make.make_stated_count()
    paths = ("/agreements/", "/agreements/list.csv", row.get_absolute_url())
    few = [queries(official, path) for path in paths]

    grow(row.partnership, row)

    assert [queries(official, path) for path in paths] == few


def test_a_long_register_has_pages_and_its_file_has_all(official):
    for number in range(62):
        in_force(title_en=f"Agreement {number:03}")

    first, second = (page(official, f"/agreements/?sort=title&page={number}") for number in (1, 2))

    assert "Agreement 059" in first
    assert "Agreement 060" not in first
    assert "sort=title&amp;page=2" in first
    assert "Agreement 061" in second
    assert len(titles(official, "sort=title")) == 62
    assert official.get("/agreements/?page=0").status_code == 400
