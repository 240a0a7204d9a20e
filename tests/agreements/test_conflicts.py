"""Two people on one cell: the second sees both texts, who wrote the other one and when, and keeps what was typed."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from agreements import operations
from agreements.models import Measure, Postponement, StatusOverride
from agreements.operations import Task
from parties.periods import Period
from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)

REASON = "Ждём решения министерства"


@pytest.fixture
def row():
    today = timezone.localdate()
    plan = make.make_plan(period=f"2024/{today.year + 2}")
    return make.make_measure(plan=plan, number="1.1", text_ru="Провести выставку", deadline=f"{today.year + 1}")


@pytest.fixture
def first(cast, client_for):
    """Return the one who is quicker."""
    cast.administrator.first_name, cast.administrator.last_name = "Анна", "Быстрая"
    cast.administrator.save()
    return client_for(cast.administrator)


@pytest.fixture
def second(cast, client_for):
    return client_for(cast.secretary)


def opened(client, address: str) -> dict[str, str]:
    """Open the form at the address and return what it would send."""
    form = client.get(address).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value not in (None, [])}


def told(answer) -> dict[str, tuple[str | None, str, str]]:
    """Return what the page of a conflict says: label → yours, stored, who."""
    assert answer.status_code == 409
    page = answer.content.decode()
    found = {}
    for one in answer.context["form"].conflict:
        assert str(one.stored).split(":")[0] in page
        assert one.at is not None
        typed, stored = (text and text.replace("\u00a0", " ") for text in (one.typed, one.stored))
        found[one.label] = (typed, stored, one.who)
    return found


def test_the_deadline(first, second, row):
    address = f"/measures/{row.pk}/deadline/"
    mine, theirs = opened(second, address), opened(first, address)
    first.post(address, {**theirs, "moved_to": "2098", "reason": "Нет денег", "agreed_by": "Группа"})

    answer = second.post(address, {**mine, "moved_to": "2099", "reason": "Ремонт", "agreed_by": "Группа"})

    assert told(answer)["Срок"] == ("2099 г.: Ремонт", "2098 г.", "Анна Быстрая")
    assert answer.context["form"]["reason"].value() == "Ремонт"
    assert Postponement.objects.count() == 1


def test_the_status_that_was_set_by_hand(first, second, row):
    address = f"/measures/{row.pk}/status/"
    mine, theirs = opened(second, address), opened(first, address)
    first.post(address, {**theirs, "change": "at_risk", "why": REASON})

    answer = second.post(address, {**mine, "change": "overdue", "why": "Не начато"})

    typed, stored, who = told(answer)["Статус"]
    assert "Не начато" in typed
    assert REASON in stored
    assert who == "Анна Быстрая"
    assert StatusOverride.objects.count() == 1


@pytest.mark.parametrize("mine", [{"change": "done"}, {"change": "drop", "why": "протокол № 3"}])
def test_the_status_of_what_is_done_by_now(first, second, row, mine):
    address = f"/measures/{row.pk}/status/"
    form, theirs = opened(second, address), opened(first, address)
    first.post(address, {**theirs, "change": "done", "on": "01.02.2024"})

    answer = second.post(address, {**form, "on": "05.03.2024", **mine})

    typed, stored, __ = told(answer)["Статус"]
    assert typed.startswith(("выполнено", "неактуально"))
    assert stored == "Выполнено: 01.02.2024"
    assert answer.context["form"]["change"].value() == mine["change"]


def test_the_executors(first, second, row):
    ours, theirs = make.make_organisation(name_ru="Наши"), make.make_organisation(name_ru="Их", side="partner")
    address = f"/measures/{row.pk}/executors/"
    mine, other = opened(second, address), opened(first, address)
    first.post(address, {**other, "organisation_0": f"partner:{theirs.pk}", "role_0": "joins"})

    answer = second.post(address, {**mine, "organisation_0": f"home:{ours.pk}"})

    assert told(answer)["Исполнители"] == ("Наши", "Их (соисполнитель)", "Анна Быстрая")
    assert answer.context["form"]["organisation_0"].value() == f"home:{ours.pk}"
    kept = second.post(address, {**answer.context["form"].data.dict(), "entry_key": "another"})
    assert kept.status_code == 302
    assert [one.organisation for one in row.executors.all()] == [ours]


def test_another_role_of_the_same_organisation_is_a_conflict_too(first, second, row):
    organisation = make.make_organisation(name_ru="Наши")
    address = f"/measures/{row.pk}/executors/"
    mine, other = opened(second, address), opened(first, address)
    first.post(address, {**other, "organisation_0": f"home:{organisation.pk}", "role_0": "joins"})

    answer = second.post(address, {**mine, "organisation_0": f"home:{organisation.pk}", "role_0": "leads"})

    assert told(answer)["Исполнители"][:2] == ("Наши", "Наши (соисполнитель)")


def test_another_cell_than_that_of_the_form_is_named_with_its_text(first, second, row):
    address = f"/measures/{row.pk}/executors/"
    mine = opened(second, address)
    text = f"/measures/{row.pk}/text/"
    first.post(text, {**opened(first, text), "text_ru": "Провести ярмарку"})

    found = told(second.post(address, mine))

    assert found == {"текст на русском языке": (None, "Провести ярмарку", "Анна Быстрая")}


def test_the_articles_of_the_whole_form(first, second, row):
    for number in "78":
        make.make_article(agreement=row.plan.agreement, number=number)
    seven, eight = row.plan.agreement.articles.order_by("number")
    address = f"/measures/{row.pk}/edit-measure/"
    mine, other = opened(second, address), opened(first, address)
    first.post(address, {**other, "articles": [seven.pk]})

    found = told(second.post(address, {**mine, "articles": [eight.pk]}))

    [(typed, stored, who)] = found.values()
    assert ("8" in typed, "7" in stored, who) == (True, True, "Анна Быстрая")


def test_statuses_set_by_hand_stand_in_the_history_of_the_cell(first, second, row):
    address = f"/measures/{row.pk}/status/"
    first.post(address, {**opened(first, address), "change": "at_risk", "why": REASON})
    first.post(address, {**opened(first, address), "change": "rule", "why": "Решено"})

    history = second.get(address).context["entry"].history

    assert [(change.was.partition(":")[0], change.now.partition(":")[2].strip()) for change in history] == [
        ("под угрозой срыва", "Решено"),
        ("по правилу", REASON),
    ]
    assert {change.who for change in history} == {"Анна Быстрая"}


def test_the_api_says_what_was_sent_and_what_is_stored_by_whom(cast, api_for, first, row):
    address = f"/measures/{row.pk}/deadline/"
    first.post(address, {**opened(first, address), "moved_to": "2098", "reason": "Нет денег", "agreed_by": "Группа"})

    answer = api_for(cast.secretary).post(
        f"/api/v1/measures/{row.pk}/postpone/",
        {"moved_to": "2099", "reason": "Ремонт", "agreed_by": "Группа", "decided_on": "2024-05-01"},
        headers={"If-Match": '"1"'},
    )

    assert answer.status_code == 412
    [difference] = answer.json()["differences"]
    assert difference["who"] == "Анна Быстрая"
    assert ("2099" in difference["sent"], "2098" in difference["stored"]) == (True, True)
    assert dt.datetime.fromisoformat(difference["at"])


def test_a_form_of_executors_through_the_api_names_both(cast, api_for, row):
    organisation = make.make_organisation(code="TPU", name_ru="ТПУ")
    operations.set_executors(by=cast.secretary, measure=row, seen=1, executors=[Task(organisation, "home")])

    answer = api_for(cast.secretary).patch(
        f"/api/v1/measures/{row.pk}/", {"leads_home": []}, headers={"If-Match": '"1"'}
    )

    assert [(one["sent"], one["stored"]) for one in answer.json()["differences"]] == [("", "ТПУ")]


def test_several_measures_are_named_with_what_was_and_is(first, second, row):
    text = f"/measures/{row.pk}/text/"
    first.post(text, {**opened(first, text), "text_ru": "Провести ярмарку"})
    chosen = {"change": "done", "measure": f"{row.pk}:1", "done_on": "01.02.2024"}

    answer = second.post(f"/plans/{row.plan_id}/bulk/", chosen)

    page = " ".join(answer.content.decode().split())
    assert answer.status_code == 409
    assert "<s>Провести выставку</s> → Провести ярмарку" in page
    assert "Анна Быстрая" in page
    again = second.post(f"/plans/{row.plan_id}/bulk/", {**chosen, "measure": answer.context["seen"]})
    assert again.status_code == 302
    assert Measure.objects.get().done_on == dt.date(2024, 2, 1)


def test_what_was_moved_meanwhile_is_no_conflict(first, second, row):
    make.make_measure(plan=row.plan, number="1.2", order=2, deadline=Period.year(2030))
    address = f"/measures/{row.pk}/text/"
    mine = opened(second, address)
    move = f"/measures/{row.pk}/move/"
    first.post(move, opened(first, move))

    assert second.post(address, {**mine, "text_ru": "Провести ярмарку"}).status_code == 302
