"""The list of measures says what is done, what is overdue and whose it is; every number leads to its rows."""

from __future__ import annotations

import csv
import datetime as dt
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from agreements.models import Evidence, Indicator, IndicatorValue, StatusOverride, YearlyItem
from parties.models import Side
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def university(cast):
    return make.make_organisation(name_ru="Томский университет", side=Side.HOME, code="tomsk-university")


@pytest.fixture
def plan(university):
    """Return a plan of two measures of the university, one of them overdue, and a done one of nobody."""
    today = timezone.localdate()
    plan = make.make_plan(period=f"{today.year - 1}/{today.year + 1}", title_ru="План на три года")
    late = make.make_measure(plan=plan, number="1", order=1, text_ru="Опоздавшее дело", deadline=f"{today.year - 1}")
    other = make.make_measure(plan=plan, number="2", order=2, text_ru="Будущее дело", deadline=f"{today.year + 1}")
    make.make_measure(plan=plan, number="3", order=3, text_ru="Сделанное дело", done_on=today)
    for measure in (late, other):
        make.make_executor(measure=measure, organisation=university)
    return plan


@pytest.fixture
def reader(cast, client_for):
    return client_for(cast.official)


@pytest.fixture
def secretary(cast, client_for):
    return client_for(cast.secretary)


def text_of(answer) -> str:
    return " ".join(answer.content.decode().replace("\u00a0", " ").split())


def rows(answer) -> list[str]:
    return [row.measure.number for group in answer.context["page"].groups for row in group.rows]


def test_the_three_questions_are_answered_in_numbers(reader, plan, university):
    page = reader.get("/measures/").context["page"]

    assert (page.tally.done, page.tally.overdue, page.tally.all) == (1, 1, 3)
    assert [row.measure.number for row in page.longest_overdue] == ["1"]
    first = page.loads[0]
    assert (first.organisation, first.overdue, first.all) == (university, 1, 2)


def test_every_number_leads_to_as_many_rows(reader, plan):
    page = reader.get("/measures/").context["page"]
    links = [(part.query, part.count) for part in page.tally.segments if part.count]
    links += [(load.all_query, load.all) for load in page.loads]
    links += [(load.overdue_query, load.overdue) for load in page.loads]
    links += [(share.done_query, share.done) for share in page.plans]
    links += [(share.overdue_query, share.overdue) for share in page.plans]

    for query, count in links:
        assert len(rows(reader.get(f"/measures/?{query}"))) == count, query


def test_a_status_leaves_the_other_numbers_in_sight(reader, plan):
    page = reader.get("/measures/?status=done").context["page"]

    assert page.tally.all == 3
    assert page.page.paginator.count == 1


def test_the_list_is_sorted_by_deadline_both_ways(reader, plan):
    make.make_measure(plan=plan, number="4", order=4, deadline="2000")

    assert rows(reader.get("/measures/?sort=deadline"))[0] == "4"
    assert rows(reader.get("/measures/?sort=-deadline"))[-1] == "4"
    assert reader.get("/measures/?sort=colour").status_code == 400


def test_the_filters_are_those_of_the_api(reader, cast, api_for, plan):
    api = api_for(cast.analyst)
    for query in ("organisation=tomsk-university", "status=overdue", "assigned=false", "side=home", f"plan={plan.pk}"):
        found = [row["number"] for row in api.get(f"/api/v1/measures/?{query}").json()["results"]]
        assert sorted(rows(reader.get(f"/measures/?{query}"))) == sorted(found), query


def test_measures_without_news_for_so_many_days_are_the_same_on_page_file_and_api(reader, cast, api_for, plan):
    today = timezone.localdate()
    late, other = plan.measures.order_by("order")[:2]
    make.make_progress_note(measure=late, dated=today - dt.timedelta(days=100))
    make.make_progress_note(measure=other, dated=today - dt.timedelta(days=40))
    api = api_for(cast.analyst)

    for days, expected in {30: ["1", "2"], 40: ["1"], 99: ["1"], 100: []}.items():
        query = f"no_news_days={days}"
        assert rows(reader.get(f"/measures/?{query}")) == expected, days
        found = api.get(f"/api/v1/measures/?{query}").json()["results"]
        assert [row["number"] for row in found] == expected, days
        file = csv.DictReader(StringIO(reader.get(f"/measures/list.csv?{query}").content.decode("utf-8-sig")))
        assert [list(row.values())[2] for row in file] == expected, days
        silent = reader.get(f"/chain/coverage/?{query}").context["page"].silent
        assert [one.measure.number for one in silent] == expected, days
    assert rows(reader.get("/measures/?status=no_data")) == rows(
        reader.get("/measures/?no_news_days=90&status=no_data")
    )


def test_the_silence_of_a_filtered_row_is_said_in_days(reader, plan):
    told = timezone.localdate() - dt.timedelta(days=41)
    make.make_progress_note(measure=plan.measures.get(number="2"), dated=told)

    assert "41" in reader.get("/measures/?no_news_days=30").context["page"].groups[0].rows[1].silence
    assert reader.get("/measures/").context["page"].groups[0].rows[1].silence == ""


def test_a_plan_that_has_just_begun_has_no_measure_without_news(reader):
    today = timezone.localdate()
    begun = today - dt.timedelta(days=50)
    plan = make.make_plan(period=f"{begun}/{today.year + 2}")
    make.make_measure(plan=plan, number="1", deadline=str(today.year + 2))

    assert rows(reader.get("/measures/?no_news_days=90")) == []
    assert rows(reader.get("/measures/?no_news_days=49")) == ["1"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [("опоздав", ["1"]), ("ДЕЛО будущее", ["2"]), ("3", ["3"]), ("дело", ["1", "2", "3"]), ("нет", [])],
)
def test_words_keep_the_measures_that_have_them_all(reader, cast, api_for, plan, words, expected):
    answer = reader.get("/measures/", {"q": words})

    assert rows(answer) == expected
    assert f'value="{words}"' in answer.text
    found = api_for(cast.analyst).get("/api/v1/measures/", {"q": words}).json()["results"]
    assert [row["number"] for row in found] == expected


def test_an_empty_filter_of_the_form_asks_nothing(reader, plan):
    assert len(rows(reader.get("/measures/?status=&organisation=&year="))) == 3


@pytest.mark.parametrize(
    "query",
    ["colour=red", "status=blue", "organisation=nobody", "page=-1", "year=x", "no_news_days=0", "no_news_days=often"],
)
def test_a_wrong_parameter_is_named_on_the_page_and_in_the_file(reader, plan, query):
    for path in ("/measures/", "/measures/list.csv"):
        answer = reader.get(f"{path}?{query}")
        assert answer.status_code == 400
        assert query.partition("=")[0] in answer.content.decode()


def test_the_file_has_the_rows_and_columns_of_the_list(reader, plan, university):
    answer = reader.get("/measures/list.csv?status=overdue")

    head, *found = csv.reader(StringIO(answer.content.decode("utf-8-sig")))
    assert len(found) == 1
    row = dict(zip(head, found[0], strict=True))
    assert {"Опоздавшее дело", str(university), "План на три года"} <= set(row.values())


def test_the_file_says_all_that_the_rows_of_the_screen_say(reader, plan, university, cast):
    row = plan.measures.get(text_ru="Опоздавшее дело")
    make.make_executor(measure=row, organisation=make.make_organisation(name_ru="Соисполнитель"), leads=False)
    make.make_postponement(measure=row)
    note = make.make_progress_note(measure=row, dated=dt.date(2024, 2, 1), percent=40)
    make.make_evidence(note=note)
    StatusOverride.objects.create(
        measure=row, status="at_risk", reason="Нет денег", author=cast.secretary, dated=timezone.localdate()
    )
    type(row).objects.filter(pk=row.pk).update(is_example=True)

    answer = reader.get("/measures/list.csv?status=at_risk")

    head, found = csv.reader(StringIO(answer.content.decode("utf-8-sig")))
    told = dict(zip(head, found, strict=True))
    assert told["Соисполнители, " + str(plan.agreement.partnership.home_side)] == "Соисполнитель"
    assert told["Выполнено, %"] == "40"
    assert told["Файлов к записи"] == "1"
    assert (told["Установлено вручную"], told["Основание статуса"]) == ("да", "Нет денег")
    assert told["Пример"] == "да"
    assert told["Переносы срока"].startswith("перенесено 1 раз")


def test_a_row_that_is_no_fact_says_so(reader, plan):
    plan.measures.filter(text_ru="Опоздавшее дело").update(is_example=True)

    for path in ("/measures/", f"/plans/{plan.pk}/"):
        assert reader.get(path).content.decode().count('<span class="example">Пример</span>') == 1


def test_the_workbook_opens(reader, plan):
    answer = reader.get("/measures/list.xlsx")

    assert answer.content.startswith(b"PK")
    assert answer["Content-Disposition"].endswith('.xlsx"')


def test_a_plan_that_is_only_stated_to_exist_is_told(reader, cast):
    make.make_agreement(plan_stated=True)

    assert reader.get("/measures/").context["page"].plans_stated == 1


def test_a_measure_shows_what_was_reported_and_decided(reader, cast, plan):
    measure = plan.measures.get(number="1")
    first = make.make_progress_note(measure=measure, dated=dt.date(2025, 2, 1), text="Начато", percent=10)
    make.make_progress_note(measure=measure, dated=dt.date(2025, 3, 1), text="Не начато", corrects=first)
    make.make_postponement(measure=measure, reason="Нет денег")
    StatusOverride.objects.create(
        measure=measure, status="at_risk", reason="Партнёр молчит", author=cast.secretary, dated=dt.date(2025, 1, 1)
    )
    indicator = Indicator.objects.create(measure=measure, name_ru="Машин", unit_ru="шт.")
    for year, target, actual in ((2024, 10, 8), (2025, 20, None)):
        IndicatorValue.objects.create(indicator=indicator, year=year, target=target, actual=actual)

    page = text_of(reader.get(f"/measures/{measure.pk}/"))

    for text in ("Начато", "Не начато", f"#note-{first.pk}", "Нет денег", "Партнёр молчит", "Машин", "<svg"):
        assert text in page, text


def test_a_note_is_added_with_its_evidence_which_is_only_downloaded(cast, client_for, plan):
    executor, measure = client_for(cast.executor), plan.measures.get(number="1")
    make.let_report(cast.executor, measure)
    file = SimpleUploadedFile("акт.txt", "Работы приняты".encode())

    typed = {"dated": "01.10.2026", "text": "Принято", "evidence": [file], "entry_key": "k1"}
    answer = executor.post(f"/measures/{measure.pk}/note/", typed)

    assert answer.status_code == 302
    evidence = Evidence.objects.get(note__measure=measure)
    download = executor.get(evidence.get_absolute_url())
    assert download["Content-Disposition"].startswith("attachment")
    assert download["X-Content-Type-Options"] == "nosniff"
    assert b"".join(download.streaming_content).decode() == "Работы приняты"


def test_a_year_of_a_yearly_measure_is_marked_as_done(secretary, plan):
    measure = make.make_measure(plan=plan, number="9", recurrence="yearly", deadline="2025/2026")
    item = YearlyItem.objects.create(measure=measure, year=2025)

    answer = secretary.post(
        f"/measures/{measure.pk}/years/2025/", {"done_on": "05.05.2025", "note": "Прошло", "seen": item.version}
    )

    assert answer["Location"] == f"/measures/{measure.pk}/#years"
    item.refresh_from_db()
    assert item.done_on == dt.date(2025, 5, 5)
    assert secretary.get(f"/measures/{measure.pk}/years/2020/").status_code == 404


def test_an_indicator_and_its_years_are_entered(secretary, plan):
    measure = plan.measures.get(number="1")
    secretary.post(
        f"/measures/{measure.pk}/indicators/new/", {"name_ru": "Машин", "unit_ru": "шт.", "baseline": "1 200,5"}
    )
    indicator = Indicator.objects.get(measure=measure)

    secretary.post(f"/indicators/{indicator.pk}/years/new/", {"year": "2025", "target": "10", "actual": ""})
    value = indicator.values.get()
    secretary.post(
        f"/indicators/years/{value.pk}/", {"year": "2025", "target": "10", "actual": "12", "seen": value.version}
    )

    value.refresh_from_db()
    assert (indicator.baseline, value.target, value.actual) == (1200.5, 10, 12)
