"""Example projects show every state, are labelled, contradict nothing, and go without a trace."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.apps import apps
from django.core import serializers

from agreements.examples import load_examples as load_example_plans
from documents.models import Sourced
from projects.examples import load_examples, remove_examples
from projects.models import Assessment, Confidence, Delivery, Milestone, Project
from tests import factories as make

pytestmark = pytest.mark.django_db


def rows():
    """Return everything that is stored of projects."""
    out = BytesIO()
    for model in apps.get_app_config("projects").get_models():
        if issubclass(model, Sourced) and "pgh_obj" not in {field.name for field in model._meta.fields}:
            out.write(serializers.serialize("json", model.objects.order_by("pk")).encode())
    return out.getvalue()


def test_examples_show_what_the_facts_do_not(facts):
    assert load_examples() == 6

    stages = set(Project.objects.values_list("stage", flat=True))
    assert stages >= set(Project.Stage.values)
    assert set(Assessment.objects.values_list("confidence", flat=True)) == set(Confidence.values) - {"no_data"}
    assert Milestone.objects.filter(expected__isnull=False).exists()


def test_the_example_plan_with_grodno_is_carried_out_by_projects_with_deliveries(facts):
    load_example_plans()
    load_examples()

    projects = Project.objects.filter(measures__plan__agreement__code="A2")

    assert projects.count() == 2
    assert Delivery.objects.filter(project__in=projects).exclude(hs_code="").exists()


def test_every_example_is_labelled(facts):
    before = {model: model.objects.count() for model in apps.get_app_config("projects").get_models() if _is_kept(model)}

    load_examples()

    for model, count in before.items():
        assert model.objects.filter(is_example=False).count() == count, model
    assert all(project.title_ru.startswith("Пример") for project in Project.objects.filter(is_example=True))


def _is_kept(model):
    return issubclass(model, Sourced) and not model.__name__.endswith("Event")


def test_examples_are_loaded_once_and_removed_without_a_trace(facts):
    before = rows()

    load_examples()
    assert load_examples() == 0
    assert remove_examples() == 6

    assert rows() == before
    assert remove_examples() == 0


def test_without_facts_there_is_nothing_to_hang_examples_on():
    assert load_examples() == 0
    make.make_partnership()
    assert load_examples() == 0
