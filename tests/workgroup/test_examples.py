"""The example meeting speaks of example measures only, and leaves no trace when it is removed."""

from __future__ import annotations

import pytest

import agreements.examples
from agreements.models import Measure
from workgroup.examples import load_examples, remove_examples
from workgroup.models import Meeting, Outcome

pytestmark = pytest.mark.django_db


@pytest.fixture
def measures(facts):
    agreements.examples.load_examples()


def test_example_outcomes_name_example_measures_that_serve_an_article(measures):
    facts = Outcome.objects.count()

    assert load_examples() == 4
    assert load_examples() == 0

    for outcome in Outcome.objects.filter(is_example=True):
        assert outcome.meeting.is_example
        assert str(outcome).startswith(("Пример", "Example"))
        for measure in outcome.measures.all():
            assert measure.is_example
            assert measure.articles.exists()
    assert Outcome.objects.count() == facts + 4
    assert not Outcome.objects.filter(is_example=False, measures__isnull=False).exists()


def test_without_example_measures_there_is_no_example_meeting(facts):
    assert load_examples() == 0
    assert not Meeting.objects.filter(is_example=True).exists()


def test_removing_the_examples_leaves_the_facts(measures):
    before = set(Meeting.objects.values_list("pk", flat=True))
    load_examples()

    assert remove_examples() == 4
    assert set(Meeting.objects.values_list("pk", flat=True)) == before
    assert Measure.objects.filter(outcomes__isnull=False).count() == 0


def test_the_page_of_the_meeting_says_that_it_is_an_example(measures, cast, client_for):
    load_examples()
    meeting = Meeting.objects.get(is_example=True)
    official = client_for(cast.official)

    assert 'class="example"' in official.get(meeting.get_absolute_url()).text
    assert 'class="example"' in official.get("/meetings/").text
