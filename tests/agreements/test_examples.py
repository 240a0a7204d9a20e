"""The example plans: full, labelled, repeatable, and removed without a trace."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from agreements import operations
from agreements.examples import load_examples, remove_examples
from agreements.models import Agreement, Article, Executor, Measure, MeasureStatus, Plan, ProgressNote
from parties.models import Organisation, Side, User
from parties.periods import Period, Shape

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def rows():
    models = [
        model for model in apps.get_app_config("agreements").get_models() if not hasattr(model, "pgh_tracked_model")
    ]
    return {model.__name__: model._default_manager.count() for model in (*models, User)}


@pytest.mark.parametrize("today", [dt.date(2026, 1, 1), dt.date(2026, 6, 15), dt.date(2027, 12, 31)])
def test_on_any_day_two_plans_show_every_state_and_every_kind_of_deadline(facts, monkeypatch, today):
    monkeypatch.setattr(timezone, "localdate", lambda: today)

    load_examples()

    plans = Plan.objects.filter(is_example=True)
    assert {str(plan.agreement.code) for plan in plans.current(today)} == {"A1", "A2"}
    assert all(30 <= plan.measures.count() <= 60 for plan in plans)
    measures = Measure.objects.filter(plan__in=plans).with_status(today)
    assert {measure.status for measure in measures} == set(MeasureStatus)
    assert any(measure.status_by_hand for measure in measures)
    assert {measure.recurrence for measure in measures} == {"once", "yearly", "permanent"}
    assert {measure.deadline.shape for measure in measures if measure.deadline} >= {
        Shape.DAY, Shape.MONTH, Shape.QUARTER, Shape.HALF_YEAR, Shape.YEAR, Shape.RANGE,
    }  # fmt: skip
    assert measures.filter(status="done").count() >= len(measures) // 4


def test_each_measure_is_carried_out_by_known_organisations_and_by_both_sides_in_each_plan(facts):
    shipped = set(Organisation.objects.values_list("pk", flat=True))

    load_examples()

    executors = Executor.objects.filter(measure__plan__is_example=True)
    assert not Measure.objects.filter(plan__is_example=True, executors=None).exists()
    assert set(executors.values_list("organisation", flat=True)) <= shipped
    for plan in Plan.objects.filter(is_example=True):
        assert set(executors.filter(measure__plan=plan).values_list("side", flat=True)) == set(Side.values)


def test_every_row_that_they_add_is_labelled_as_an_example(facts):
    before = rows()

    load_examples()

    added = {name: count - before[name] for name, count in rows().items() if count != before[name]}
    assert {"Plan", "Measure", "Article", "ProgressNote", "Evidence", "Postponement", "StatusOverride"} <= set(added)
    assert {"YearlyItem", "Indicator", "IndicatorValue"} <= set(added)
    for name in set(added) - {"User", "ArticleLink"}:
        assert apps.get_model("agreements", name)._default_manager.filter(is_example=True).count() == added[name], name


def test_loaded_again_nothing_is_added(facts):
    assert load_examples() == 68
    before = rows()

    assert load_examples() == 0
    assert rows() == before


def test_removed_nothing_is_left_not_even_what_people_wrote_about_them(
    facts, cast, media, tmp_path, django_capture_on_commit_callbacks
):
    before = rows()
    load_examples()
    measure = Measure.objects.filter(plan__is_example=True).earliest("pk")
    note = ProgressNote(measure=measure, dated=timezone.localdate(), text="Tried out")
    operations.add_note(by=cast.secretary, note=note, files=[SimpleUploadedFile("a.txt", b"Tried out")])
    correction = ProgressNote(measure=measure, dated=timezone.localdate(), text="Tried again", corrects=note)
    operations.add_note(by=cast.secretary, note=correction)
    operations.keep_measure(
        by=cast.secretary, measure=Measure(plan=measure.plan, text_ru="Ещё", recurrence="permanent")
    )
    assert files(tmp_path)

    with django_capture_on_commit_callbacks(execute=True):
        removed = remove_examples()

    assert removed == 69
    assert rows() == before
    assert not files(tmp_path)


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_an_agreement_with_a_plan_or_articles_of_its_own_keeps_them(facts):
    grodno = Agreement.objects.get(code="A2")
    Article.objects.create(agreement=Agreement.objects.get(code="A1"), number="1", text_ru="О торговле")
    Plan.objects.create(agreement=grodno, title_ru="План", period=Period.year(timezone.localdate().year))

    load_examples()

    assert not Plan.objects.filter(is_example=True, agreement=grodno).exists()
    assert not Article.objects.filter(is_example=True).exists()
