"""Instructions whose deadline is past are marked wherever they stand, by a sign and in words."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from django.utils.translation import override

from agreements.models import Recurrence
from parties.periods import Period
from tests import factories as make
from workgroup.models import Outcome
from workgroup.wording import lateness, time_left

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 30)


@pytest.fixture
def reader(facts, cast, client_for):
    client = client_for(cast.official)
    client.cookies["language"] = "en"
    return client


@pytest.fixture
def instruction(facts) -> Outcome:
    project = make.make_project()
    assignee = make.make_organisation()
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    return make.make_instruction(
        meeting=make.make_meeting(), project=project, assignee=assignee, deadline=Period.day(yesterday)
    )


def test_an_overdue_instruction_is_marked_wherever_it_stands(reader, instruction):
    pages = [
        "/instructions/",
        instruction.meeting.get_absolute_url(),
        instruction.project.get_absolute_url(),
        instruction.assignee.get_absolute_url(),
        f"/chain/outcome/{instruction.pk}/",
        "/",
    ]

    for path in pages:
        page = reader.get(path).text
        marked = page.partition("1 day past, no report of its end")[0]
        assert marked.endswith("</svg>"), path  # a sign stands before the words


def test_one_that_is_due_today_is_not_marked(reader, instruction):
    instruction.deadline = Period.day(timezone.localdate())
    instruction.save()

    assert "day past" not in reader.get("/instructions/").text


@pytest.mark.parametrize(
    ("deadline", "recurrence", "words"),
    [
        ("2026-11-29", Recurrence.ONCE, "1 day past, no report of its end"),
        ("2021", Recurrence.ONCE, "1,795 days past, no report of its end"),
        ("2026-11", Recurrence.ONCE, ""),
        ("2026/..", Recurrence.ONCE, ""),
        ("2021", Recurrence.PERMANENT, ""),
        (None, Recurrence.ONCE, ""),
    ],
)
def test_a_deadline_is_past_from_the_day_after_its_last(deadline, recurrence, words):
    outcome = Outcome(deadline=deadline and Period.parse(deadline), recurrence=recurrence)

    with override("en"):
        assert lateness(outcome, TODAY).replace("\u00a0", ",") == words


@pytest.mark.parametrize(("days", "words"), [(0, "сегодня"), (1, "через 1 день"), (11, "через 11 дней")])
def test_how_far_ahead_a_last_day_lies_is_said_in_words(days, words):
    with override("ru"):
        assert time_left(TODAY + dt.timedelta(days), TODAY) == words
