"""Until when agreements hold, by when notice may be given, and their state by rule."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils.translation import override

from agreements import validity
from agreements.models import Act, Agreement
from agreements.queries.concerns import concerns_of, with_concerns
from tests import factories as make

pytestmark = pytest.mark.django_db

D = dt.date


def on(day: dt.date, row: Agreement) -> Agreement:
    return with_concerns(Agreement.objects.filter(pk=row.pk).with_status(day), day).get()


@pytest.mark.parametrize(
    ("first_end", "months", "day", "expected"),
    [
        (D(2020, 12, 31), 60, D(2020, 12, 31), D(2020, 12, 31)),
        (D(2020, 12, 31), 60, D(2021, 1, 1), D(2025, 12, 31)),
        (D(2020, 12, 31), 60, D(2025, 12, 31), D(2025, 12, 31)),
        (D(2020, 12, 31), 60, D(2026, 1, 1), D(2030, 12, 31)),
        (D(2024, 8, 31), 6, D(2025, 2, 28), D(2025, 2, 28)),
        (D(2024, 8, 31), 6, D(2025, 3, 1), D(2025, 8, 31)),
        (D(2024, 2, 29), 12, D(2025, 3, 1), D(2026, 2, 28)),
        (D(1995, 5, 17), 1, D(2026, 11, 23), D(2026, 12, 17)),
        (D(2020, 12, 31), None, D(2026, 1, 1), None),
        (None, 60, D(2026, 1, 1), None),
    ],
)
def test_an_agreement_that_prolongs_itself_ends_with_the_term_of_the_day(first_end, months, day, expected):
    row = make.make_agreement(concluded="1995", expires_on=first_end, prolongs=True, prolongation_months=months)

    assert on(day, row).ends_on == expected
    assert on(day, row).status != "expired"


def test_an_agreement_that_does_not_prolong_itself_expires_after_its_last_day():
    row = make.make_agreement(concluded="2020", expires_on=D(2025, 12, 31))
    make.make_act(agreement=row, dated="2020")

    assert on(D(2025, 12, 31), row).status == "in_force"
    assert on(D(2026, 1, 1), row).status == "expired"
    assert on(D(2026, 1, 1), row).ends_on == D(2025, 12, 31)


def test_a_notice_ends_it_with_the_term_in_which_it_was_given():
    row = make.make_agreement(
        concluded="2015", expires_on=D(2020, 12, 31), prolongs=True, prolongation_months=60, notice_months=6
    )
    make.make_act(agreement=row, dated="2015")
    make.make_act(agreement=row, kind=Act.Kind.NOTICE, dated="2025-03-01")

    assert on(D(2025, 2, 1), row).notice_by == D(2025, 6, 30)
    told = on(D(2025, 4, 1), row)
    assert (told.ends_on, told.notice_on, told.notice_by) == (D(2025, 12, 31), D(2025, 3, 1), None)
    assert told.status == "in_force"
    assert on(D(2026, 1, 1), row).status == "expired"


def prolonging(**given):
    terms = {"expires_on": D(2020, 12, 31), "prolongs": True, "notice_months": 6, **given}
    row = make.make_agreement(concluded="2015", **terms)
    make.make_act(agreement=row, dated="2015")
    return row


def test_a_notice_that_comes_too_late_ends_it_with_the_next_term():
    row = prolonging(prolongation_months=60)
    make.make_act(agreement=row, kind=Act.Kind.NOTICE, dated="2025-07-01")

    assert on(D(2025, 6, 30), row).notice_by == D(2025, 6, 30)
    told = on(D(2025, 8, 1), row)
    assert (told.ends_on, told.notice_on) == (D(2030, 12, 31), D(2025, 7, 1))
    assert [on(day, row).status for day in (D(2030, 12, 31), D(2031, 1, 1))] == ["in_force", "expired"]


def test_a_notice_that_comes_too_late_ends_nothing_where_no_further_term_is_known():
    row = prolonging()
    make.make_act(agreement=row, kind=Act.Kind.NOTICE, dated="2020-12-01")

    told = on(D(2026, 1, 1), row)

    assert (told.ends_on, told.status) == (None, "in_force")
    with override("en"):
        assert validity.beside(told) == "notice of 1\u00a0December 2020 came too late for its term"


def test_a_draft_does_not_expire():
    row = make.make_agreement(concluded=None, expires_on=D(2020, 12, 31))

    assert on(D(2026, 1, 1), row).status == "draft"


def test_of_a_suspension_and_a_resumption_on_one_day_the_one_entered_last_counts():
    row = make.make_agreement(concluded="2015")
    make.make_act(agreement=row, dated="2015")
    make.make_act(agreement=row, kind=Act.Kind.SUSPENDED, dated="2024-05-01")
    make.make_act(agreement=row, kind=Act.Kind.RESUMED, dated="2024-05-01")

    assert on(D(2024, 5, 1), row).status == "in_force"
    make.make_act(agreement=row, kind=Act.Kind.SUSPENDED, dated="2024-05-01")
    assert on(D(2024, 5, 1), row).status == "suspended"


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ({"notice_months": 6}, D(2026, 6, 30)),
        ({"notice_days": 90}, D(2026, 10, 2)),
        ({"notice_days": 0}, D(2026, 12, 31)),
        ({}, None),
    ],
)
def test_notice_may_be_given_until_the_notice_period_before_the_end(period, expected):
    row = make.make_agreement(concluded="2021", expires_on=D(2026, 12, 31), prolongs=True, **period)

    assert on(D(2026, 1, 1), row).notice_by == expected


def test_one_is_warned_a_year_before_the_end_unless_it_prolongs_itself():
    ends = make.make_agreement(concluded="2021", expires_on=D(2026, 12, 31))
    goes_on = make.make_agreement(concluded="2021", expires_on=D(2026, 12, 31), prolongs=True, notice_months=1)

    assert [concern.value for concern in concerns_of(on(D(2025, 12, 30), ends))] == ["no_plan"]
    assert [concern.value for concern in concerns_of(on(D(2025, 12, 31), ends))] == ["ends_soon", "no_plan"]
    assert [concern.value for concern in concerns_of(on(D(2026, 5, 1), goes_on))] == ["no_plan"]
    assert [concern.value for concern in concerns_of(on(D(2026, 6, 15), goes_on))] == ["notice_soon", "no_plan"]
    assert [concern.value for concern in concerns_of(on(D(2026, 12, 1), goes_on))] == ["no_plan"]


def test_an_article_is_bare_until_a_measure_of_a_current_or_coming_plan_serves_it():
    row = make.make_agreement(concluded="2021")
    first, second = make.make_article(agreement=row), make.make_article(agreement=row)
    plan = make.make_plan(agreement=row, period="2022/2024")
    make.make_measure(plan=plan).articles.add(first)
    make.make_measure(plan=plan).articles.add(first)

    assert on(D(2023, 1, 1), row).bare_articles == 1
    assert on(D(2021, 12, 31), row).bare_articles == 1
    assert on(D(2025, 1, 1), row).bare_articles == 2
    assert on(D(2025, 1, 1), row).no_plan
    assert not on(D(2024, 12, 31), row).no_plan
    assert second.measures.count() == 0


@pytest.mark.parametrize("changes", [{}, {"form": "understanding", "concluded": "2021"}])
def test_drafts_and_understandings_raise_no_concern(changes):
    row = make.make_agreement(**changes)
    make.make_article(agreement=row)

    assert concerns_of(on(D(2026, 1, 1), row)) == []


def test_terms_are_said_in_words(settings):
    with override("en"):
        assert validity.length(60) == "5 years"
        assert validity.length(6) == "6 months"
        plain = make.make_agreement(concluded="2021")
        endless = make.make_agreement(concluded="2021", unlimited=True)
        term = make.make_agreement(concluded="2021", expires_on=D(2026, 12, 31), prolongs=True, prolongation_months=60)
        day = D(2026, 1, 1)
        assert validity.until(on(day, plain)) == ""
        assert validity.until(on(day, endless)) == "without an end"
        assert validity.until(on(day, term)) == "31\u00a0December 2026"
        assert validity.beside(on(day, term)) == "then prolongs itself by 5 years"
