"""A secretary records a meeting with attendance and outcomes; nothing typed is lost."""

from __future__ import annotations

import re
import uuid

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agreements.models import Agreement
from agreements.queries.measures import results_of
from parties.models import Organisation, Person
from tests import factories as make
from workgroup.models import Meeting, Outcome, OutcomeMeasure

pytestmark = pytest.mark.django_db


@pytest.fixture
def secretary(facts, cast, client_for):
    return client_for(cast.secretary)


def typed(**changes: str) -> dict[str, str]:
    """Return a valid form with one person present and one instruction, with the given changes."""
    form = {
        "title_ru": "Заседание рабочей группы",
        "level": "other",
        "held": "15 сентября 2026",
        "place_ru": "Гродно",
        "entry_key": str(uuid.uuid4()),
        "attendance-TOTAL_FORMS": "1",
        "attendance-INITIAL_FORMS": "0",
        "attendance-0-side": "home",
        "attendance-0-name": "И. И. Иванова",
        "attendance-0-post_ru": "заместитель начальника департамента",
        "outcomes-TOTAL_FORMS": "1",
        "outcomes-INITIAL_FORMS": "0",
        "outcomes-0-kind": "instruction",
        "outcomes-0-text_ru": "Подготовить план на 2027 год",
        "outcomes-0-assignee_text": "департамент экономики",
        "outcomes-0-deadline": "IV кв. 2026",
        "save": "1",
    }
    return form | changes


def of_page(client, meeting: Meeting) -> dict[str, str]:
    """Return the form of a stored meeting as a browser would send it back unchanged."""
    html = client.get(f"/meetings/{meeting.pk}/edit/").content.decode()
    main = html[html.index("<main") :]
    values = {}
    for tag in re.findall(r"<input[^>]*>", main):
        name = re.search(r'name="([^"]*)"', tag)
        if name and (not re.search(r'type="checkbox"', tag) or " checked" in tag):
            value = re.search(r'value="([^"]*)"', tag)
            values[name[1]] = value[1] if value else ""
    for name, body in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>\s?(.*?)</textarea>', main, re.S):
        values[name] = body
    for name, body in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', main, re.S):
        selected = re.search(r'value="([^"]*)"[^>]*selected', body)
        values[name] = selected[1] if selected else ""
    return {**values, "save": "1"}


def test_a_meeting_is_kept_with_its_attendance_and_outcomes(secretary):
    answer = secretary.post("/meetings/new/", typed(), follow=True)

    meeting = Meeting.objects.get(title_ru="Заседание рабочей группы")
    assert answer.redirect_chain[-1][0] == meeting.get_absolute_url()
    assert str(meeting.held) == "2026-09-15"
    assert [str(row) for row in meeting.attendance.all()] == ["И. И. Иванова"]
    outcome = meeting.outcomes.get()
    assert (outcome.number, outcome.kind, str(outcome.deadline)) == ("1", "instruction", "2026-Q4")
    assert outcome.assignee_text == "департамент экономики"


# --- outcomes about measures ----------------------------------------------------------
@pytest.fixture
def grodno(secretary):
    """Return a measure 1.3 of the plan of the agreement with Grodno at the time of the meeting."""
    plan = make.make_plan(agreement=Agreement.objects.get(code="A2"), period="2025/2027")
    return make.make_measure(plan=plan, number="1.3", text_ru="Открыть маршрут", deadline="2027")


def kept(secretary, **changes: str) -> Outcome:
    answer = secretary.post("/meetings/new/", typed(**changes))
    assert answer.status_code == 302, answer.text
    return Meeting.objects.get(place_ru="Гродно").outcomes.get()


def test_an_outcome_names_measures_by_their_numbers(secretary, grodno):
    other = make.make_measure(plan=grodno.plan, number="2.10", deadline="2027")

    outcome = kept(secretary, **{"outcomes-0-numbers": "1.3, 2.10"})

    assert set(outcome.measures.all()) == {grodno, other}
    page = secretary.get(outcome.meeting.get_absolute_url()).text
    assert f'href="{grodno.get_absolute_url()}"' in page
    assert 'value="1.3, 2.10"' in secretary.get(f"/meetings/{outcome.meeting_id}/edit/").text


def test_the_measures_stay_when_the_form_is_sent_back_and_go_when_their_numbers_do(secretary, grodno):
    outcome = kept(secretary, **{"outcomes-0-numbers": "1.3"})
    meeting = outcome.meeting

    secretary.post(f"/meetings/{meeting.pk}/edit/", of_page(secretary, meeting))
    assert list(outcome.measures.all()) == [grodno]

    secretary.post(f"/meetings/{meeting.pk}/edit/", of_page(secretary, meeting) | {"outcomes-0-numbers": ""})
    assert list(outcome.measures.all()) == []


def test_the_agreement_tells_which_of_two_measures_with_one_number_is_meant(secretary, grodno):
    republic = make.make_plan(agreement=Agreement.objects.get(code="A1"), period="2026/2026")
    make.make_measure(plan=republic, number="1.3", deadline="2026")

    refused = secretary.post("/meetings/new/", typed(**{"outcomes-0-numbers": "1.3"}))
    assert refused.status_code == 422
    assert 'href="#id_outcomes-0-numbers"' in refused.text
    assert 'value="1.3"' in refused.text

    outcome = kept(secretary, **{"outcomes-0-numbers": "1.3", "outcomes-0-agreement": str(grodno.plan.agreement_id)})
    assert list(outcome.measures.all()) == [grodno]


def test_a_number_of_no_plan_of_that_time_is_refused_at_its_field(secretary, grodno):
    make.make_measure(
        plan=make.make_plan(agreement=grodno.plan.agreement, period="2020/2021"), number="7", deadline="2021"
    )

    answer = secretary.post("/meetings/new/", typed(**{"outcomes-0-numbers": "7"}))

    assert answer.status_code == 422
    assert 'href="#id_outcomes-0-numbers"' in answer.text


def test_programs_read_the_measures_of_outcomes_and_find_outcomes_by_them(secretary, grodno):
    outcome = kept(secretary, **{"outcomes-0-numbers": "1.3"})
    article = make.make_article(agreement=grodno.plan.agreement)
    grodno.articles.add(article)

    for query in (f"measure={grodno.pk}", f"article={article.pk}"):
        (found,) = secretary.get(f"/api/v1/instructions/?{query}").json()["results"]
        assert found["id"] == outcome.pk
        assert [one["id"] for one in found["measures"]] == [grodno.pk]


def test_a_measure_that_an_outcome_speaks_of_is_not_removed(secretary, grodno):
    kept(secretary, **{"outcomes-0-numbers": "1.3"})

    assert results_of(grodno) != []


def test_a_link_is_audited_and_part_of_the_data_version(secretary, grodno):
    kept(secretary, **{"outcomes-0-numbers": "1.3"})

    assert OutcomeMeasure.pgh_event_model.objects.filter(measure=grodno, pgh_label="insert").exists()
    assert any(trigger.name == "bump_data_version" for trigger in OutcomeMeasure._meta.triggers)


def test_more_outcomes_about_measures_take_no_more_queries_to_edit(secretary, grodno):
    meeting = kept(secretary, **{"outcomes-0-numbers": "1.3"}).meeting
    few = cost(secretary, f"/meetings/{meeting.pk}/edit/")
    for _ in range(5):
        make.make_instruction(meeting=meeting).measures.add(grodno)

    assert cost(secretary, f"/meetings/{meeting.pk}/edit/") == few


def cost(client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_a_repeated_submit_keeps_one_meeting(secretary):
    form = typed()

    first = secretary.post("/meetings/new/", form)
    second = secretary.post("/meetings/new/", form)

    assert first["Location"] == second["Location"]
    assert Meeting.objects.filter(title_ru=form["title_ru"]).count() == 1
    assert Outcome.objects.filter(text_ru=form["outcomes-0-text_ru"]).count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("held", "31.02.2026"),
        ("held", ""),
        ("title_ru", ""),
        ("title_ru", "a\x00b"),
        ("level", "workgroup"),
        ("level", "party"),
        ("outcomes-0-deadline", "когда-нибудь"),
        ("outcomes-0-text_ru", ""),
        ("attendance-0-side", "third"),
        ("entry_key", "not-a-key"),
        ("attendance-TOTAL_FORMS", "x"),
        ("attendance-TOTAL_FORMS", "99999999999999999999"),
    ],
)
def test_a_wrong_field_is_named_and_everything_typed_is_still_there(secretary, field, value):
    answer = secretary.post("/meetings/new/", typed(**{field: value}))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "error-summary" in page
    if not field.startswith("attendance-TOTAL"):
        assert "И. И. Иванова" in page
        assert "департамент экономики" in page
    assert not Meeting.objects.filter(place_ru="Гродно").exists()


def test_the_summary_of_errors_names_field_and_row(secretary):
    wrong = typed(held="31.02.2026", **{"attendance-0-side": "", "outcomes-0-deadline": "31.02.2027"})
    secretary.cookies["language"] = "en"
    page = secretary.post("/meetings/new/", wrong).content.decode()

    for start in ("Date: The calendar", "Attendance, row 1: Side: ", "Outcomes, row 1: Deadline: The calendar"):
        assert f">{start}" in page, start


def test_more_rows_keep_what_was_typed_and_save_nothing(secretary):
    form = typed(more_outcomes="1", held="")
    del form["save"]

    answer = secretary.post("/meetings/new/", form)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Подготовить план на 2027 год" in page
    assert 'name="outcomes-3-text_ru"' in page
    assert "error-summary" not in page
    assert not Meeting.objects.filter(place_ru="Гродно").exists()


def test_an_unchanged_form_sent_back_changes_no_text(secretary):
    secretary.post("/meetings/new/", typed())
    meeting = Meeting.objects.get(place_ru="Гродно")

    answer = secretary.post(f"/meetings/{meeting.pk}/edit/", of_page(secretary, meeting))

    assert answer.status_code == 302
    again = Meeting.objects.get(pk=meeting.pk)
    assert (again.title_ru, again.held, again.entry_key) == (meeting.title_ru, meeting.held, meeting.entry_key)
    assert again.outcomes.count() == 1
    assert again.attendance.count() == 1


def test_the_second_of_two_writers_sees_both_texts_and_loses_none(secretary, cast, client_for):
    secretary.post("/meetings/new/", typed())
    meeting = Meeting.objects.get(place_ru="Гродно")
    mine = of_page(secretary, meeting) | {"summary_ru": "Мой текст"}
    theirs = of_page(secretary, meeting) | {"summary_ru": "Чужой текст"}
    client_for(cast.administrator).post(f"/meetings/{meeting.pk}/edit/", theirs)

    answer = secretary.post(f"/meetings/{meeting.pk}/edit/", mine)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Мой текст" in page
    assert "Чужой текст" in page
    meeting.refresh_from_db()
    assert meeting.summary_ru == "Чужой текст"


def test_a_change_of_an_outcome_alone_is_noticed_by_the_other_writer(secretary, cast, client_for):
    secretary.post("/meetings/new/", typed())
    meeting = Meeting.objects.get(place_ru="Гродно")
    mine = of_page(secretary, meeting)
    theirs = of_page(secretary, meeting) | {"outcomes-0-text_ru": "Другое поручение"}
    assert client_for(cast.administrator).post(f"/meetings/{meeting.pk}/edit/", theirs).status_code == 302

    answer = secretary.post(f"/meetings/{meeting.pk}/edit/", mine | {"outcomes-0-text_ru": "Моё поручение"})

    assert answer.status_code == 409
    notice = answer.content.decode().partition("conflict-title")[2].partition("<form")[0]
    assert "Моё поручение" in notice
    assert "Другое поручение" in notice


def test_a_row_marked_for_removal_goes(secretary):
    secretary.post("/meetings/new/", typed())
    meeting = Meeting.objects.get(place_ru="Гродно")

    secretary.post(f"/meetings/{meeting.pk}/edit/", of_page(secretary, meeting) | {"outcomes-0-DELETE": "on"})

    assert meeting.outcomes.count() == 0


def test_one_person_is_present_once(secretary):
    person = Person.objects.first()
    form = typed(
        **{
            "attendance-TOTAL_FORMS": "2",
            "attendance-0-person": str(person.pk),
            "attendance-1-person": str(person.pk),
            "attendance-1-side": "home",
        }
    )

    answer = secretary.post("/meetings/new/", form)

    assert answer.status_code == 422
    assert not Meeting.objects.filter(place_ru="Гродно").exists()


def test_a_row_of_another_meeting_makes_nobody_present_twice_and_everything_typed_stays(secretary):
    person = Person.objects.first()
    secretary.post("/meetings/new/", typed(**{"attendance-0-person": str(person.pk)}))
    meeting = Meeting.objects.get(place_ru="Гродно")
    foreign = {"attendance-0-id": "424242", "outcomes-0-text_ru": "Мой новый текст"}

    answer = secretary.post(f"/meetings/{meeting.pk}/edit/", of_page(secretary, meeting) | foreign)

    assert answer.status_code == 422
    assert "Мой новый текст" in answer.content.decode()
    assert str(person) in answer.content.decode()
    assert meeting.attendance.count() == 1
    assert meeting.outcomes.get().text_ru != "Мой новый текст"


def test_the_history_keeps_who_recorded_it(secretary, cast):
    secretary.post("/meetings/new/", typed())

    event = apps.get_model("workgroup", "MeetingEvent").objects.get(
        title_ru="Заседание рабочей группы", pgh_label="insert"
    )
    assert event.pgh_context["user"] == cast.secretary.pk


@pytest.mark.parametrize("role", ["official", "statistician", "analyst", "executor", "reviewer_home"])
def test_only_a_secretary_records_meetings(facts, cast, client_for, role):
    client = client_for(getattr(cast, role))

    assert client.get("/meetings/new/").status_code == 403
    assert client.post("/meetings/new/", typed()).status_code == 403
    assert "/meetings/new/" not in client.get("/meetings/").content.decode()


def test_an_organisation_can_be_present_without_a_named_person(secretary):
    organisation = Organisation.objects.get(code__isnull=False, short_name_en="TUSUR")
    form = typed(**{"attendance-0-name": "", "attendance-0-organisation": str(organisation.pk)})

    secretary.post("/meetings/new/", form)

    assert Meeting.objects.get(place_ru="Гродно").attendance.get().organisation == organisation


def test_a_row_that_somebody_removed_meanwhile_can_still_be_kept(secretary, cast, client_for):
    secretary.post("/meetings/new/", typed())
    meeting = Meeting.objects.get(place_ru="Гродно")
    mine = of_page(secretary, meeting) | {"outcomes-0-text_ru": "Мой новый текст"}
    theirs = of_page(secretary, meeting) | {"outcomes-0-DELETE": "on"}
    client_for(cast.administrator).post(f"/meetings/{meeting.pk}/edit/", theirs)

    conflict = secretary.post(f"/meetings/{meeting.pk}/edit/", mine)
    assert conflict.status_code == 409
    assert "Мой новый текст" in conflict.content.decode()

    seen = re.search(r'name="seen" value="(\d+)"', conflict.content.decode())[1]
    assert secretary.post(f"/meetings/{meeting.pk}/edit/", mine | {"seen": seen}).status_code == 302
    assert meeting.outcomes.get().text_ru == "Мой новый текст"


def test_a_corrected_repeat_is_not_taken_for_the_first(secretary):
    form = typed()
    secretary.post("/meetings/new/", form)

    answer = secretary.post("/meetings/new/", form | {"title_ru": "Исправленное название"})

    assert answer.status_code == 409
    assert "Исправленное название" in answer.content.decode()


def test_two_rows_swap_their_people(secretary):
    one, other = Person.objects.all()[:2]
    rows = {"attendance-TOTAL_FORMS": "2", "attendance-0-person": str(one.pk), "attendance-1-person": str(other.pk)}
    secretary.post("/meetings/new/", typed(**rows, **{"attendance-1-side": "home"}))
    meeting = Meeting.objects.get(place_ru="Гродно")
    swapped = {"attendance-0-person": str(other.pk), "attendance-1-person": str(one.pk)}

    answer = secretary.post(f"/meetings/{meeting.pk}/edit/", of_page(secretary, meeting) | swapped)

    assert answer.status_code == 302
    assert [row.person for row in meeting.attendance.order_by("order")] == [other, one]


def test_the_largest_meeting_fits_into_the_form(secretary):
    rows = {"attendance-TOTAL_FORMS": "200", "outcomes-TOTAL_FORMS": "200"}
    for place in range(200):
        rows |= {f"attendance-{place}-side": "home", f"attendance-{place}-name": f"Участник {place}"}
        rows |= {f"attendance-{place}-post_ru": "", f"attendance-{place}-person": ""}
        rows |= {f"outcomes-{place}-kind": "information", f"outcomes-{place}-text_ru": f"Итог {place}"}
        rows |= {f"outcomes-{place}-text_en": "", f"outcomes-{place}-assignee": ""}

    assert secretary.post("/meetings/new/", typed(**rows)).status_code == 302
    assert Meeting.objects.get(place_ru="Гродно").outcomes.count() == 200
