"""A plan that was given as a file, imported again, changes nothing; imported elsewhere it is the same plan."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from django.utils.translation import override
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from agreements.examples import load_examples
from agreements.files.plan_paper import plan_paper
from agreements.files.tables import storable
from agreements.files.word import as_docx
from agreements.files.workbook import as_xlsx
from agreements.models import Measure, Plan, Recurrence
from agreements.operations.files import import_plan
from parties.models import Side
from parties.periods import Period
from tests.agreements.files.conftest import compared, read
from tests.factories import make_article, make_executor, make_measure, make_organisation, make_plan, make_user

YEAR = Period.year(2025)

pytestmark = pytest.mark.django_db

words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=40).filter(
    lambda text: storable(text).split()
)
days = st.dates(dt.date(2025, 1, 1), dt.date(2027, 12, 31))
periods = st.one_of(
    days.map(Period.day),
    st.tuples(days, days).map(lambda pair: Period(min(pair), max(pair))),
    st.builds(Period.months, st.sampled_from([2025, 2026, 2027]), st.sampled_from([1, 4, 7, 10]), st.just(3)),
    st.builds(Period.months, st.sampled_from([2025, 2026, 2027]), st.sampled_from([1, 7]), st.just(6)),
    st.builds(Period.year, st.sampled_from([2025, 2026, 2027])),
)
deadlines = st.one_of(
    periods.map(lambda period: {"deadline": period}),
    st.just({"deadline": None, "recurrence": Recurrence.PERMANENT}),
    st.sampled_from([(2025, 2027), (2026, 2027)]).map(
        lambda years: {
            "deadline": Period(dt.date(years[0], 1, 1), dt.date(years[1], 12, 31)),
            "recurrence": Recurrence.YEARLY,
        }
    ),
)
measures = st.lists(
    st.fixed_dictionaries(
        {
            "number": st.from_regex(r"[1-9][0-9]?(\.[1-9]){0,2}\.?", fullmatch=True),
            "text_ru": words,
            "text_en": st.one_of(st.just(""), words),
            "section": st.sampled_from(["", "I. Промышленность", "Раздел 2", "Культура; спорт"]),
            "due": deadlines,
            "executors": st.sets(st.integers(0, 3), max_size=4),
        }
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda row: row["number"],
)


def _plan_of(rows: list[dict[str, Any]], names: list[str]) -> Plan:
    plan = make_plan(period="2025/2027")
    article = make_article(agreement=plan.agreement, number="4")
    organisations = [
        make_organisation(name_ru=name, name_en=name, side=side)
        for name, side in zip(names, [Side.HOME, Side.PARTNER, Side.HOME, Side.PARTNER], strict=True)
    ]
    for order, row in enumerate(rows):
        given = {name: row[name] for name in ("number", "text_ru", "text_en", "section")}
        measure = make_measure(plan=plan, order=order, **given, **row["due"])
        for place in sorted(row["executors"]):
            one = organisations[place]
            make_executor(measure=measure, organisation=one, side=one.side, leads=place < 2)
        if len(row["executors"]) > 2:
            measure.articles.add(article)
    return plan


@given(rows=measures, names=st.lists(words, min_size=4, max_size=4), language=st.sampled_from(["ru", "en"]))
@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_importing_an_export_changes_nothing(rows: list[dict[str, Any]], names: list[str], language: str) -> None:
    with transaction.atomic():
        plan = _plan_of(rows, names)
        for write in (as_docx, as_xlsx):
            found = compared(write(plan_paper(plan, language)), plan)
            assert not found.problems
            assert not found.unknown
            assert not found.changes_something, [row.changes for row in found.changed]
            assert found.unchanged == len(rows)
            assert found.missing == []
        transaction.set_rollback(True)


def _content(plan: Plan) -> list[Any]:
    return [
        (
            measure.number,
            measure.section,
            measure.text_ru,
            measure.deadline,
            measure.recurrence,
            {(one.organisation_id, one.side, one.leads) for one in measure.executors.all()},
            {one.pk for one in measure.articles.all()},
            [item.year for item in measure.yearly_items.order_by("year")],
        )
        for measure in Measure.objects.filter(plan=plan).order_by("order", "pk")
    ]


@pytest.mark.parametrize("write", [as_docx, as_xlsx])
def test_a_plan_imported_into_an_empty_one_is_the_same_plan(write: Any) -> None:
    yearly = {"deadline": Period(dt.date(2025, 1, 1), dt.date(2027, 12, 31)), "recurrence": Recurrence.YEARLY}
    once = {"deadline": Period.day(dt.date(2025, 3, 1))}
    common = {"text_en": "", "section": "I. Промышленность"}
    plan = _plan_of(
        [
            {"number": "1.1", "text_ru": "Выставка", "due": yearly, "executors": {0, 1, 2, 3}, **common},
            {"number": "1.2", "text_ru": "=1+1", "due": once, "executors": {0}, **common},
        ],
        ["ТУСУР", "Планар", "Микран", "БГУИР"],
    )
    copy = make_plan(agreement=plan.agreement, period="2028/2030")
    copy.period = plan.period  # the same words for the same years
    import_plan(by=make_user(), plan=copy, table=read(write(plan_paper(plan, "ru")), plan))
    first, second = _content(plan)
    assert _content(copy)[1] == second
    assert _content(copy)[0][:7] == first[:7]


def test_importing_twice_adds_nothing_the_second_time() -> None:
    plan = _plan_of([], ["А", "Б", "В", "Г"])
    source = _plan_of(
        [
            {
                "number": "1",
                "text_ru": "Визит",
                "text_en": "",
                "section": "",
                "due": {"deadline": Period.year(2025)},
                "executors": {0},
            }
        ],
        ["Д", "Е", "Ж", "З"],
    )
    content = as_xlsx(plan_paper(source, "ru"))
    first = import_plan(by=make_user(), plan=plan, table=read(content, plan))
    with override("en"):
        second = import_plan(by=make_user(), plan=plan, table=read(content, plan))
    assert (len(first.new), len(second.new), second.unchanged) == (1, 0, 1)
    assert plan.measures.get().version == 1


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("write", [as_docx, as_xlsx])
def test_the_example_plans_come_back_unchanged(facts: None, write: Any, language: str) -> None:
    load_examples()
    for plan in Plan.objects.all():
        found = compared(write(plan_paper(plan, language)), plan)
        assert (found.changes_something, found.problems, found.unknown) == (False, [], {})
        assert found.unchanged == plan.measures.count() >= 30
