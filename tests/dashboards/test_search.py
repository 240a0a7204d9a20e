"""Search finds at once what was written, in any form of a word, in both languages, misspelt too."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from agreements.models import StatusOverride
from dashboards.search import KINDS, Question, finding, search
from dashboards.search.kinds import SEARCHED
from documents.models import SearchEntry, SearchWord
from parties.models import Organisation
from tests import factories as make

pytestmark = pytest.mark.django_db


def titles(words: str, **asked: object) -> list[str]:
    return [hit.title for group in search(Question(words, **asked)).shown for hit in group.hits]


def agreement(title: str, **given: object):
    return make.make_agreement(title_ru=title, title_en="", **given)


# --- at once --------------------------------------------------------------------------
def test_what_was_just_written_is_found():
    assert titles("сельхозтехника") == []

    agreement("О поставках сельхозтехники")

    assert titles("сельхозтехника") == ["О поставках сельхозтехники"]


def test_what_was_changed_is_found_by_its_new_words_only():
    row = agreement("О поставках тракторов")
    row.title_ru = "О поставках лифтов"
    row.save()

    assert titles("лифты") == ["О поставках лифтов"]
    assert titles("тракторы") == []


def test_what_was_written_past_the_program_is_found():
    row = agreement("О поставках тракторов")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE agreements_agreement SET title_ru = 'О ремонте лифтов' WHERE id = %s", [row.pk])

    assert titles("лифт") == ["О ремонте лифтов"]


def test_what_was_deleted_is_not_found():
    row = agreement("О поставках тракторов")
    row.delete()

    assert titles("тракторы") == []
    assert not SearchEntry.objects.exists()


def test_a_row_that_lost_its_texts_is_not_found():
    mention = make.make_delivery(what_ru="Лифты", what_en="", receiver_ru="", receiver_en="")
    assert titles("лифты") == ["Лифты"]

    type(mention).objects.filter(pk=mention.pk).update(what_ru="")

    assert titles("лифты") == []


# --- words ----------------------------------------------------------------------------
@pytest.mark.parametrize(
    "words",
    ["поставка", "ПОСТАВКАМИ", "поставку тракторов", "трактор", "тракторами", "и трактор", "«тракторы»!", "тракт"],
)
def test_any_form_of_a_russian_word_finds(words):
    agreement("О поставках тракторов")

    assert titles(words) == ["О поставках тракторов"]


@pytest.mark.parametrize("words", ["delivery", "deliveries", "Tractor", "the tractors", "deliver"])
def test_any_form_of_an_english_word_finds(words):
    make.make_agreement(title_ru="", title_en="Delivery of tractors")

    assert titles(words) == ["Delivery of tractors"]


@pytest.mark.parametrize("words", ["самолет", "самолёт", "Самолёты", "САМОЛЕТОВ"])
@pytest.mark.parametrize("written", ["О поставке самолётов", "О поставке самолетов", "О ПОСТАВКЕ САМОЛЁТОВ"])
def test_yo_is_ye(written, words):
    agreement(written)

    assert titles(words) == [written]


@pytest.mark.parametrize(
    ("words", "read_as"),
    [
        ("сельхозтехнка", "сельхозтехники"),
        ("селхозтехника", "сельхозтехники"),
        ("сельхозтехинка", "сельхозтехники"),
        ("tractros", "tractors"),
        ("ctkm[jpnt[ybrf", "сельхозтехника"),
        ("екфсещк", "tractor"),
    ],
)
def test_a_misspelt_word_finds_and_says_how_it_was_read(words, read_as):
    make.make_agreement(title_ru="О поставках сельхозтехники", title_en="Delivery of tractors")

    found = search(Question(words))

    assert found.total == 1
    assert [term.read_as for term in found.read_otherwise] == [read_as]


def test_a_word_that_is_known_is_never_read_otherwise():
    agreement("О закупке")
    agreement("О закупках")
    agreement("О закалке")

    assert sorted(titles("закупка")) == ["О закупках", "О закупке"]


def test_a_word_that_only_begins_others_finds_them_and_is_not_taken_for_a_misspelt_one():
    agreement("С Гродненским облисполкомом", subject_ru="Одно из двух")

    found = search(Question("Гродно"))

    assert found.total == 1
    assert not found.read_otherwise


def test_words_made_from_a_word_are_found_after_the_word_itself():
    agreement("С Гродненским облисполкомом")
    agreement("С городом Гродно")
    agreement("С планетарием")

    assert titles("Гродно") == ["С городом Гродно", "С Гродненским облисполкомом"]
    assert titles("план") == ["С планетарием"]
    agreement("С планом")
    assert titles("план") == ["С планом"]


def test_a_word_like_no_other_finds_nothing():
    agreement("О поставках тракторов")

    found = search(Question("абракадабра"))

    assert found.total == 0
    assert [term.written for term in found.unknown] == ["абракадабра"]


def test_all_words_are_wanted_and_some_words_are_taken_where_no_row_has_all():
    agreement("О поставках тракторов")
    agreement("О поставках лифтов")

    both = search(Question("поставка лифта"))
    some = search(Question("лифт дирижабль"))

    assert both.all_words
    assert both.total == 1
    assert not some.all_words
    assert some.total == 1


@pytest.mark.parametrize(
    "words", ["", "   ", "и", "the", "!?", "'", "\\", "a:* & | !", "%", "🙂", "ё" * 200, "а " * 90]
)
def test_no_words_break_the_search(words):
    agreement("О поставках тракторов")

    assert search(Question(words)).total == 0


def test_numbers_and_codes_find():
    make.make_source("S7", title_ru="Протокол", title_en="")
    agreement("Договор", number="15-02/2021")

    assert titles("s7") == ["S7: Протокол"]
    assert titles("15-02/2021") == ["Договор"]


# --- order and groups -----------------------------------------------------------------
def test_a_word_in_the_title_counts_more_than_one_beneath():
    agreement("О лифтах", subject_ru="тракторы")
    agreement("О тракторах", subject_ru="лифты")

    assert titles("лифты") == ["О лифтах", "О тракторах"]


def test_of_equals_the_newest_comes_first():
    for year in ("2016", "2023", "2021"):
        agreement("О лифтах", concluded=year)

    [group] = search(Question("лифты")).shown

    assert [str(hit.period) for hit in group.hits] == ["2023", "2021", "2016"]


def test_results_are_grouped_by_kind_with_totals_and_a_kind_can_be_asked_for():
    for number in range(7):
        agreement(f"О лифтах {number}")
    make.make_organisation(name_ru="Завод лифтов", name_en="")

    everything = search(Question("лифты"))
    agreements = search(Question("лифты", kind="agreements"))

    assert {group.code: (group.total, len(group.hits)) for group in everything.groups} == {
        "agreements": (7, 5),
        "organisations": (1, 1),
    }
    assert {group.code: (group.total, len(group.hits)) for group in agreements.groups} == {
        "agreements": (7, 7),
        "organisations": (1, 0),
    }


def test_of_very_many_some_are_ranked_and_it_is_told(monkeypatch):
    monkeypatch.setattr(finding, "MOST_OF_A_KIND", 3)
    for number in range(4):
        agreement(f"О лифтах {number}")
    make.make_organisation(name_ru="Завод лифтов", name_en="")

    found = search(Question("лифты"))

    assert found.is_more
    assert {group.code: (group.total, group.is_more) for group in found.groups} == {
        "agreements": (3, True),
        "organisations": (1, False),
    }


def test_a_year_and_examples_can_be_asked_for():
    agreement("О лифтах первое", concluded="2021-08-15")
    agreement("О лифтах второе", concluded="2023", is_example=True)

    assert titles("лифты", year=2021) == ["О лифтах первое"]
    assert titles("лифты", year=2023) == ["О лифтах второе"]
    assert titles("лифты", year=2022) == []
    assert titles("лифты", is_example=False) == ["О лифтах первое"]
    assert titles("лифты", is_example=True) == ["О лифтах второе"]


# --- what is shown --------------------------------------------------------------------
def test_found_words_are_marked_as_they_are_written():
    agreement("О <b>самолётах</b>")

    [group] = search(Question("самолет")).shown

    assert group.hits[0].marked == "О &lt;b&gt;<mark>самолётах</mark>&lt;/b&gt;"


def test_each_of_several_words_is_marked():
    agreement("О поставке новых лифтов")

    [group] = search(Question("лифт поставка")).shown

    assert group.hits[0].marked == "О <mark>поставке</mark> новых <mark>лифтов</mark>"


def test_a_long_text_is_shown_around_the_found_word():
    agreement("О сотрудничестве", subject_ru=f"{'начало ' * 60}поставка лифтов {'конец ' * 60}")

    [group] = search(Question("лифты")).shown

    assert group.hits[0].snippet.startswith("… ")
    assert "<mark>лифтов</mark>" in group.hits[0].snippet
    assert len(group.hits[0].snippet) < 300


def test_a_text_found_in_the_other_language_is_shown_in_it():
    make.make_agreement(title_ru="О тракторах", title_en="About tractors")

    with override("ru"):
        [group] = search(Question("tractor")).shown

    [hit] = group.hits
    assert hit.marked == "О тракторах"
    assert hit.snippet == "About <mark>tractors</mark>"
    assert hit.snippet_language == "en"


def test_a_part_names_what_it_belongs_to_and_leads_there():
    plan = make.make_plan(title_ru="План на 2024 год")
    measure = make.make_measure(plan=plan, text_ru="Провести выставку", number="7")
    make.make_progress_note(measure=measure, text="Договорились о павильоне")

    [measures] = search(Question("выставка")).shown
    [notes] = search(Question("павильон")).shown

    assert measures.hits[0].part_of == "План на 2024 год"
    assert measures.hits[0].page == measure.get_absolute_url()
    assert notes.hits[0].page.startswith(f"{measure.get_absolute_url()}#note-")


def test_a_person_leads_to_where_they_work():
    post = make.make_post(person=make.make_person(name_ru="Ковалёв И. И."), organisation=make.make_organisation())

    [group] = search(Question("Ковалев")).shown

    assert group.hits[0].page == post.organisation.get_absolute_url()


@pytest.mark.parametrize(
    ("made", "kind", "anchor"),
    [
        (lambda: make.make_evidence(name="протокол-энергетиков.pdf"), "progress-notes", "#note-"),
        (lambda: make.make_yearly_item(note="Проведён форум энергетиков"), "progress-notes", "#years"),
        (lambda: make.make_postponement(reason="Ждали энергетиков"), "progress-notes", "#postponements"),
        (lambda: override_of(make.make_measure(), "Решили энергетики"), "progress-notes", "#statuses"),
        (lambda: make.make_indicator(name_ru="Число энергетиков"), "measures", "#indicators"),
        (lambda: make.make_agreement_file(file_name="список энергетиков.pdf"), "agreements", "#file-"),
        (lambda: make.make_assessment(reason="Не хватает энергетиков"), "projects", "#assessment-"),
        (lambda: make.make_budget_line(purpose_ru="Обучение энергетиков"), "projects", "#budget-"),
    ],
)
def test_what_stands_beside_a_record_is_found_once_at_its_place(cast, client_for, made, kind, anchor):
    row = made()

    found = search(Question("энергетик"))

    (group,) = found.shown
    (hit,) = group.hits
    assert (group.code, hit.row) == (kind, row)
    assert anchor in str(hit.page)
    page = client_for(cast.official).get(str(hit.page).partition("#")[0])
    assert f'id="{str(hit.page).partition("#")[2]}"' in page.text


def override_of(measure, reason: str):
    return StatusOverride.objects.create(
        measure=measure, status="at_risk", reason=reason, author=make.make_user(), dated=dt.date(2024, 6, 1)
    )


# --- the whole ------------------------------------------------------------------------
def test_every_kind_of_row_is_indexed_as_declared():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, encode(tgargs, 'escape') FROM pg_trigger WHERE tgname = 'index_for_search'"
        )
        indexed = {table: arguments.split("\\000") for table, arguments in cursor.fetchall()}

    declared = {searched.model._meta.db_table: kind.code for kind in KINDS.values() for searched in kind.searched}
    assert {table: arguments[1] for table, arguments in indexed.items()} == declared
    for table, (label, __, __, titles, texts, more, dated, __) in indexed.items():
        searched = SEARCHED[label]
        columns = {field.column for field in searched.model._meta.fields}
        assert table == searched.model._meta.db_table
        assert {*titles.split(), *texts.split(), *more.split(), *dated.split()} <= columns, label
        assert searched.dated == dated or not searched.dated, label


@pytest.mark.usefixtures("facts")
def test_every_shipped_row_that_is_found_has_texts_and_an_address_that_answers(cast, client_for):
    client = client_for(cast.official)
    without_page = set()
    for label, searched in SEARCHED.items():
        word = SearchEntry.objects.filter(model=label).order_by("object_id").values_list("object_id", flat=True).first()
        row = searched.model._default_manager.filter(pk=word).first()
        if row is None:
            continue
        kind = next(kind.code for kind in KINDS.values() if searched in kind.searched)
        found = search(Question(_words(row), kind=kind))
        hits = [hit for group in found.shown for hit in group.hits if hit.row == row]
        assert hits, (label, _words(row))
        if hits[0].page:
            assert client.get(hits[0].page.partition("#")[0]).status_code == 200, hits[0].page
        else:
            without_page.add(label)
    assert without_page <= {"trade.tradearea"}


def _words(row) -> str:
    for name in ("title_ru", "name_ru", "text_ru", "what_ru", "horizon_ru", "note_ru", "subject_ru", "post_ru", "year"):
        if text := getattr(row, name, ""):
            return str(text)
    raise AssertionError(row)


@pytest.mark.usefixtures("facts")
def test_the_index_holds_what_indexing_anew_would_give():
    kept = set(SearchEntry.objects.values_list("model", "object_id", "kind", "vector"))
    words = set(SearchWord.objects.values_list("word", "stem"))
    assert ("parties.organisation", Organisation.objects.first().pk) in {entry[:2] for entry in kept}
    SearchEntry.objects.all().delete()
    SearchWord.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, encode(tgargs, 'escape') FROM pg_trigger WHERE tgname = 'index_for_search'"
        )
        for table, arguments in cursor.fetchall():
            label, kind, fixed, *columns, dated, __ = arguments.split("\\000")
            cursor.execute(
                f"SELECT documents_index_row(to_jsonb(one), %s, %s, %s, %s, %s, %s, %s) FROM {table} one",
                [label, kind, fixed, *(names.split() for names in columns), dated],
            )

    assert set(SearchEntry.objects.values_list("model", "object_id", "kind", "vector")) == kept
    assert set(SearchWord.objects.values_list("word", "stem")) == words


def test_more_rows_cost_no_more_queries():
    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert search(Question("лифты")).total
        return len(captured)

    measure = make.make_measure(text_ru="Заменить лифты")
    make.make_progress_note(measure=measure, text="лифты заменены")
    agreement("О лифтах")
    few = asked()
    for __ in range(12):
        measure = make.make_measure(text_ru="Заменить лифты")
        make.make_progress_note(measure=measure, text="лифты заменены")
        agreement("О лифтах")

    assert asked() == few <= 10
