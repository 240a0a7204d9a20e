"""A plan stands as its official table; its cells are changed in their place, and nothing that was typed is lost."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agreements.models import Measure, MeasureStatus, Postponement, ProgressNote, StatusOverride
from parties.models import Side
from parties.periods import Period
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(cast):
    """Return a plan of this year with a section of two measures, one of them overdue, and a third one done."""
    today = timezone.localdate()
    plan = make.make_plan(period=f"{today.year - 1}/{today.year + 1}", title_ru="План на три года")
    make.make_measure(
        plan=plan,
        number="1.1",
        order=1,
        section="I. Торговля",
        text_ru="Провести выставку",
        deadline=f"{today.year - 1}",
    )
    make.make_measure(
        plan=plan,
        number="1.2",
        order=2,
        section="I. Торговля",
        text_ru="Наладить поставки",
        deadline=f"{today.year + 1}",
    )
    make.make_measure(
        plan=plan, number="2.1", order=3, section="II. Наука", text_ru="Обменяться студентами", done_on=today
    )
    return plan


@pytest.fixture
def reader(cast, client_for):
    return client_for(cast.official)


@pytest.fixture
def secretary(cast, client_for):
    return client_for(cast.secretary)


def measure(plan, number: str) -> Measure:
    return plan.measures.get(number=number)


def text_of(answer) -> str:
    return " ".join(answer.content.decode().replace("\u00a0", " ").split())


def sent(client, address: str, **typed):
    """Fill the form at the address as a person would, and send it."""
    form = client.get(address).context["form"]
    values = {name: form[name].value() for name in form.fields}
    data = {name: value for name, value in values.items() if value not in (None, [])}
    return client.post(address, {**data, **typed})


def test_the_plan_stands_in_its_order_under_its_sections(reader, plan):
    page = text_of(reader.get(f"/plans/{plan.pk}/"))

    places = [page.index(text) for text in ("I. Торговля", "Провести выставку", "Наладить", "II. Наука", "Обменяться")]
    assert places == sorted(places)
    assert 'id="m-1.1"' in page


def test_the_headline_counts_and_links_to_the_rows(reader, plan):
    page = text_of(reader.get(f"/plans/{plan.pk}/"))

    assert "?status=done#list" in page
    assert "?status=overdue#list" in page
    overdue = text_of(reader.get(f"/plans/{plan.pk}/?status=overdue"))
    assert "Провести выставку" in overdue
    assert "Наладить поставки" not in overdue


def test_a_moved_deadline_says_how_often_and_how_far(reader, plan):
    moved = measure(plan, "1.2")
    for first, then, decided in (("2024", "2024-12-31/2025-03-01", 1), ("2025-03-01", "2025-06-30", 2)):
        make.make_postponement(measure=moved, moved_from=first, moved_to=then, decided_on=dt.date(2025, decided, 1))
    Measure.objects.filter(pk=moved.pk).update(deadline=Period.day(dt.date(2025, 6, 30)))

    assert "+181" in text_of(reader.get(f"/plans/{plan.pk}/"))


def test_only_those_who_may_see_the_ways_to_change(reader, secretary, plan):
    assert 'data-cell="text"' not in text_of(reader.get(f"/plans/{plan.pk}/"))
    assert 'data-cell="text"' in text_of(secretary.get(f"/plans/{plan.pk}/"))


def test_an_executor_reports_on_the_measures_of_his_organisation_and_changes_none(cast, client_for, plan):
    own, other = measure(plan, "1.1"), measure(plan, "1.2")
    make.let_report(cast.executor, own)
    executor = client_for(cast.executor)

    page = text_of(executor.get(f"/plans/{plan.pk}/"))

    assert page.count('data-cell="note"') == 1
    assert f"/measures/{own.pk}/note/" in page
    assert f"/measures/{own.pk}/note/" in text_of(executor.get(f"/measures/{own.pk}/"))
    assert f"/measures/{other.pk}/note/" not in text_of(executor.get(f"/measures/{other.pk}/"))
    typed = {"dated": f"{timezone.localdate():%d.%m.%Y}", "text": "Сделано", "entry_key": "k"}
    answers = [executor.post(f"/measures/{one.pk}/note/", typed).status_code for one in (own, other)]
    assert answers == [302, 403]
    assert executor.get(f"/measures/{other.pk}/note/").status_code == 403
    assert ProgressNote.objects.get().measure == own
    assert 'data-cell="text"' not in page
    assert client_for(cast.executor).get(f"/measures/{measure(plan, '1.1').pk}/text/").status_code == 403


def test_a_page_kept_for_one_executor_is_not_shown_to_one_of_another_organisation(cast, client_for, plan):
    own = measure(plan, "1.1")
    make.let_report(cast.executor, own)
    other = make.make_user("another-executor", organisation=make.make_organisation())
    other.groups.set(cast.executor.groups.all())

    first, second = (text_of(client_for(who).get(f"/measures/{own.pk}/")) for who in (cast.executor, other))

    assert f"/measures/{own.pk}/note/" in first
    assert f"/measures/{own.pk}/note/" not in second


def test_a_secretary_reports_on_every_measure(secretary, plan):
    assert text_of(secretary.get(f"/plans/{plan.pk}/")).count('data-cell="note"') == 3


@pytest.mark.parametrize("query", ["colour=red", "status=blue", "page=0", "page=x", "organisation=99999999", "year=0"])
def test_a_wrong_parameter_is_named(reader, plan, query):
    answer = reader.get(f"/plans/{plan.pk}/?{query}")

    assert answer.status_code == 400
    assert query.partition("=")[0] in answer.content.decode()


def test_there_is_no_page_of_an_unknown_plan_or_measure(reader):
    assert reader.get("/plans/999999/").status_code == 404
    assert reader.get("/measures/999999/").status_code == 404
    assert reader.get("/evidence/999999/").status_code == 404


@pytest.mark.parametrize("path", ["/plans/{}/", "/measures/"])
def test_more_rows_cost_no_more_queries(secretary, plan, path):
    def count() -> int:
        cache.clear()
        secretary.get("/accessibility/")
        with CaptureQueriesContext(connection) as captured:
            assert secretary.get(path.format(plan.pk)).status_code == 200
        return len(captured)

    make.make_executor(measure=measure(plan, "1.1"))
    make.make_progress_note(measure=measure(plan, "1.1"))
    few = count()
    for number in range(30):
        more = make.make_measure(plan=plan, number=f"3.{number}", order=10 + number)
        make.make_executor(measure=more)
        make.make_progress_note(measure=more)
        make.make_postponement(measure=more)

    assert count() == few


def test_a_long_plan_is_shown_in_pages(reader, plan):
    for number in range(70):
        make.make_measure(plan=plan, number=f"3.{number}", order=10 + number, text_ru=f"Дело {number} конец")

    first, second = (text_of(reader.get(f"/plans/{plan.pk}/?page={page}")) for page in (1, 2))
    assert "Дело 3 конец" in first
    assert "Дело 69 конец" not in first
    assert "Дело 69 конец" in second


def test_a_text_is_changed_in_its_cell_and_leads_back_to_its_row(secretary, plan):
    changed = measure(plan, "1.1")
    back = f"/plans/{plan.pk}/?side=home"

    answer = sent(secretary, f"/measures/{changed.pk}/text/?next={back}", text_ru="Провести две выставки")

    assert answer.status_code == 302
    assert answer["Location"] == f"/plans/{plan.pk}/?side=home#m-1.1"
    assert measure(plan, "1.1").text_ru == "Провести две выставки"


def test_a_form_leads_nowhere_outside(secretary, plan):
    changed = measure(plan, "1.1")

    answer = sent(secretary, f"/measures/{changed.pk}/text/?next=https://example.org/", text_ru="Иначе")

    assert answer["Location"] == f"/measures/{changed.pk}/"


def test_two_people_on_one_cell_see_both_texts(secretary, plan):
    changed = measure(plan, "1.1")
    address = f"/measures/{changed.pk}/text/"
    sent(secretary, address, text_ru="Первый текст")

    answer = secretary.post(address, {"number": "1.1", "text_ru": "Второй текст", "seen": changed.version})

    assert answer.status_code == 409
    page = text_of(answer)
    assert "Первый текст" in page
    assert "Второй текст" in page
    assert measure(plan, "1.1").text_ru == "Первый текст"


def test_the_form_of_a_cell_tells_how_the_cell_changed(secretary, plan, cast):
    address = f"/measures/{measure(plan, '1.1').pk}/text/"
    sent(secretary, address, text_ru="Первый текст")

    page = text_of(secretary.get(address))
    assert "<s>Провести выставку</s> → Первый текст" in page
    assert str(cast.secretary) in page


def test_the_executors_are_named_in_rows(secretary, plan):
    ours, theirs = make.make_organisation(side=Side.HOME), make.make_organisation(side=Side.PARTNER)
    changed = measure(plan, "1.2")

    sent(
        secretary,
        f"/measures/{changed.pk}/executors/",
        organisation_0=f"partner:{theirs.pk}",
        role_0="leads",
        organisation_1=f"home:{ours.pk}",
        role_1="joins",
    )

    rows = {(row.organisation, row.side, row.leads) for row in changed.executors.all()}
    assert rows == {(theirs, "partner", True), (ours, "home", False)}


def test_an_executor_stays_on_the_side_that_is_stored_and_a_new_one_takes_the_side_it_is_chosen_under(secretary, plan):
    fund, bank = make.make_organisation(side=""), make.make_organisation(side="")
    ours = make.make_organisation(side=Side.HOME)
    changed = measure(plan, "1.2")
    make.make_executor(measure=changed, organisation=fund, side=Side.PARTNER)
    make.make_executor(measure=changed, organisation=ours, side=Side.PARTNER)

    sent(secretary, f"/measures/{changed.pk}/executors/", organisation_2=f"partner:{bank.pk}", role_2="joins")

    rows = {(row.organisation, row.side, row.leads) for row in changed.executors.all()}
    assert rows == {(fund, "partner", True), (ours, "partner", True), (bank, "partner", False)}


def test_an_organisation_is_offered_under_its_own_side_only(secretary, plan):
    theirs = make.make_organisation(side=Side.PARTNER)

    answer = sent(secretary, f"/measures/{measure(plan, '1.2').pk}/executors/", organisation_0=f"home:{theirs.pk}")

    assert answer.status_code == 422


def test_an_organisation_named_twice_is_refused_and_the_rows_stay(secretary, plan):
    twice = make.make_organisation(name_ru="ТУСУР")
    address = f"/measures/{measure(plan, '1.2').pk}/executors/"

    answer = sent(secretary, address, organisation_0=f"home:{twice.pk}", organisation_1=f"home:{twice.pk}")

    assert answer.status_code == 422
    assert answer.context["form"]["organisation_1"].value() == f"home:{twice.pk}"
    assert not measure(plan, "1.2").executors.exists()


def test_a_deadline_is_postponed_with_its_reason(secretary, plan):
    moved = measure(plan, "1.2")

    sent(
        secretary,
        f"/measures/{moved.pk}/deadline/",
        moved_to="IV кв. 2099",
        reason="Нет денег",
        agreed_by="Сопредседатели",
    )

    assert Postponement.objects.get(measure=moved).moved_from == moved.deadline
    assert str(measure(plan, "1.2").deadline) == "2099-Q4"


def test_a_plan_of_an_earlier_day_shows_the_deadlines_and_moves_of_that_day(reader, plan):
    moved = measure(plan, "1.2")
    today, last = timezone.localdate(), Period.year(timezone.localdate().year)
    make.make_postponement(measure=moved, moved_from=str(last), moved_to=str(moved.deadline), decided_on=today)

    now, then = (text_of(reader.get(f"/plans/{plan.pk}/?as_of={day}")) for day in (today, today - dt.timedelta(1)))

    row = '<tr id="m-1.2"'
    assert "moved 1 time" in now or "1 раз" in now
    assert f"last day: 31.12.{last.starts.year + 1}" in now or f"31.12.{last.starts.year + 1}" in now[now.index(row) :]
    assert "#postponements" not in then
    assert f"31.12.{last.starts.year}" in then[then.index(row) :]


def test_a_deadline_that_was_typed_wrongly_is_corrected_with_a_reason(secretary, plan):
    address = f"/measures/{measure(plan, '1.2').pk}/correct-deadline/"
    year = timezone.localdate().year

    refused = sent(secretary, address, deadline=f"{year}")
    kept = sent(secretary, address, deadline=f"{year}", reason="В подписанном плане другой год")

    assert (refused.status_code, kept.status_code) == (422, 302)
    assert "reason" in refused.context["form"].errors
    assert str(measure(plan, "1.2").deadline) == f"{year}"
    assert not Postponement.objects.exists()
    page = text_of(secretary.get(f"/measures/{measure(plan, '1.2').pk}/"))
    assert "В подписанном плане другой год" in page[page.index('id="corrections"') :]


def test_the_form_of_a_whole_measure_leaves_its_deadline(secretary, plan):
    row = measure(plan, "1.2")

    answer = sent(secretary, f"/measures/{row.pk}/edit-measure/", text_ru="Иначе", deadline="2099")

    assert answer.status_code == 302
    assert (measure(plan, "1.2").text_ru, measure(plan, "1.2").deadline) == ("Иначе", row.deadline)
    assert "deadline/" in secretary.get(f"/measures/{row.pk}/edit-measure/").content.decode()


def test_an_impossible_deadline_is_refused_at_its_field(secretary, plan):
    answer = sent(
        secretary, f"/measures/{measure(plan, '1.2').pk}/deadline/", moved_to="31.02.2027", reason="x", agreed_by="y"
    )

    assert answer.status_code == 422
    assert "moved_to" in answer.context["form"].errors
    assert "31.02.2027" in text_of(answer)


@pytest.mark.parametrize(
    ("change", "why", "status"),
    [
        ("done", "Сдано", MeasureStatus.DONE),
        ("drop", "Протокол № 3, п. 2", MeasureStatus.NOT_RELEVANT),
        ("at_risk", "Партнёр молчит", MeasureStatus.AT_RISK),
    ],
)
def test_a_status_is_changed_in_its_cell(secretary, plan, change, why, status):
    changed = measure(plan, "1.2")

    answer = sent(secretary, f"/measures/{changed.pk}/status/", change=change, why=why)

    assert answer.status_code == 302
    assert Measure.objects.with_status(timezone.localdate()).get(pk=changed.pk).status == status
    kept = ProgressNote.objects.filter(text=why).exists() or StatusOverride.objects.filter(reason=why).exists()
    assert kept or measure(plan, "1.2").dropped_by == why


def test_a_status_by_hand_needs_a_reason(secretary, plan):
    answer = sent(secretary, f"/measures/{measure(plan, '1.2').pk}/status/", change="at_risk", why="")

    assert answer.status_code == 422
    assert "why" in answer.context["form"].errors


def test_a_note_of_140_percent_is_refused_and_its_text_stays(secretary, plan):
    answer = sent(secretary, f"/measures/{measure(plan, '1.2').pk}/note/", text="Сделано почти всё", percent="140")

    assert answer.status_code == 422
    page = text_of(answer)
    assert "Сделано почти всё" in page
    assert "140" in page


def test_a_new_measure_stands_at_the_end_with_its_executors(secretary, plan):
    organisation = make.make_organisation()

    answer = sent(
        secretary, f"/plans/{plan.pk}/measures/new/", number="3.1", text_ru="Новое", deadline="2027",
        organisation_0=f"home:{organisation.pk}",
    )  # fmt: skip

    assert answer["Location"] == f"/plans/{plan.pk}/#m-3.1"
    assert plan.measures.order_by("order").last().number == "3.1"
    assert measure(plan, "3.1").executors.get().organisation == organisation


def test_plans_of_one_agreement_do_not_overlap(secretary, plan):
    answer = sent(
        secretary,
        f"/agreements/{plan.agreement_id}/plans/new/",
        title_ru="Ещё один",
        period=str(timezone.localdate().year),
    )

    assert answer.status_code == 422
    assert "План на три года" in text_of(answer)


def chosen(plan, *numbers: str) -> list[str]:
    return [f"{row.pk}:{row.version}" for row in plan.measures.filter(number__in=numbers)]


def test_chosen_measures_are_marked_as_done_together(secretary, plan):
    rows = chosen(plan, "1.1", "1.2")
    assert secretary.get(f"/plans/{plan.pk}/bulk/", {"change": "done", "measure": rows}).status_code == 200

    secretary.post(f"/plans/{plan.pk}/bulk/", {"change": "done", "measure": rows, "done_on": "01.10.2026"})

    assert measure(plan, "1.1").done_on == measure(plan, "1.2").done_on == dt.date(2026, 10, 1)


def test_an_executor_is_added_to_all_chosen(secretary, plan):
    kept = make.make_executor(measure=measure(plan, "1.1"))
    organisation = make.make_organisation()

    secretary.post(
        f"/plans/{plan.pk}/bulk/",
        {
            "change": "executor",
            "measure": chosen(plan, "1.1", "1.2"),
            "organisation": f"home:{organisation.pk}",
            "role": "joins",
        },
    )

    assert set(measure(plan, "1.1").executors.values_list("organisation", flat=True)) == {
        kept.organisation_id,
        organisation.pk,
    }
    assert not measure(plan, "1.2").executors.get().leads


def test_if_one_of_the_chosen_was_changed_none_changes(secretary, plan):
    rows = chosen(plan, "1.1", "1.2")
    sent(secretary, f"/measures/{measure(plan, '1.2').pk}/text/", text_ru="Другой текст")

    answer = secretary.post(f"/plans/{plan.pk}/bulk/", {"change": "done", "measure": rows, "done_on": "01.10.2026"})

    assert answer.status_code == 409
    assert "Другой текст" in text_of(answer)
    assert measure(plan, "1.1").done_on is None


def test_what_one_of_the_chosen_refuses_is_named_and_none_changes(secretary, plan):
    answer = secretary.post(
        f"/plans/{plan.pk}/bulk/",
        {
            "change": "deadline",
            "measure": chosen(plan, "1.1", "2.1"),
            "moved_to": "2030",
            "reason": "x",
            "agreed_by": "y",
            "decided_on": "01.10.2026",
        },
    )

    assert answer.status_code == 422
    assert "2.1" in text_of(answer)
    assert not Postponement.objects.exists()


def test_choosing_nothing_or_nonsense_is_answered_plainly(secretary, plan):
    assert secretary.get(f"/plans/{plan.pk}/bulk/?change=done").status_code == 200
    assert secretary.get(f"/plans/{plan.pk}/bulk/?change=explode").status_code == 400
    assert secretary.get(f"/plans/{plan.pk}/bulk/?change=done&measure=x").status_code == 400


def test_a_measure_moves_and_is_removed_on_pages(cast, client_for):
    secretary, plan = client_for(cast.secretary), make.make_plan()
    one, two = (make.make_measure(plan=plan, number=str(n), order=n) for n in (1, 2))

    assert secretary.get(f"/measures/{two.pk}/move/").status_code == 200
    moved = secretary.post(f"/measures/{two.pk}/move/", {"before": one.pk, "seen": 1, "entry_key": "k1"})
    assert moved.status_code == 302
    assert [row.pk for row in plan.measures.order_by("order")] == [two.pk, one.pk]

    assert secretary.get(f"/measures/{one.pk}/remove/").status_code == 200
    version = plan.measures.get(pk=one.pk).version
    gone = secretary.post(f"/measures/{one.pk}/remove/", {"seen": version, "entry_key": "k2"})
    assert gone["Location"] == plan.get_absolute_url()
    assert list(plan.measures.all()) == [two]

    assert secretary.post(f"/plans/{plan.pk}/remove/", {"seen": 1, "entry_key": "k3"}).status_code == 422
    plan.measures.all().delete()
    assert secretary.post(f"/plans/{plan.pk}/remove/", {"seen": 1, "entry_key": "k4"}).status_code == 302
    assert not type(plan).objects.filter(pk=plan.pk).exists()


@pytest.mark.parametrize("act", ["move", "remove"])
def test_only_a_secretary_moves_and_removes(cast, client_for, act):
    measure = make.make_measure()

    assert client_for(cast.executor).get(f"/measures/{measure.pk}/{act}/").status_code == 403
