"""A release is undone by a new one: what stood before stands again, and what was known stays known."""

from __future__ import annotations

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from trade import releases
from trade.models import ChapterTotal, Observation, PartnerTotal, Release
from trade.releases.checking import verify

pytestmark = pytest.mark.django_db


def state():
    """Return what stands: lines and sums without the numbers of releases."""
    return {
        model.__name__: sorted(model.objects.filter(closed=None).values_list(*columns))
        for model, columns in (
            (Observation, ("period", "partner", "commodity", "value", "line")),
            (PartnerTotal, ("period", "partner", "value", "lines")),
            (ChapterTotal, ("period", "partner", "chapter", "value", "lines")),
        )
    }


def test_what_stood_before_stands_again_and_the_past_stays(publish):
    publish([{"value": 5}, {"partner": "CN", "value": 7}])
    before = state()
    changed = publish([{"value": 6}, {"partner": "DE", "value": 1}])
    undo = releases.undo(changed, by=None, note="the wrong file")
    assert state() == before
    assert (undo.kind, undo.undoes, undo.note) == (Release.Kind.UNDO, changed, "the wrong file")
    assert (undo.opened_rows, undo.changed_rows, undo.closed_rows) == (2, 1, 2)
    then = Observation.objects.filter(opened__lte=changed.pk).exclude(closed__lte=changed.pk)
    assert sorted(then.values_list("partner", "value")) == [("BY", Decimal(6)), ("DE", Decimal(1))]
    assert verify(vintage=changed.pk) == []


def test_undoing_the_only_release_leaves_nothing_standing(publish):
    releases.undo(publish([{}, {"partner": "CN"}]), by=None)
    assert state() == {"Observation": [], "PartnerTotal": [], "ChapterTotal": []}
    assert Observation.objects.count() == 2
    assert verify() == []


def test_an_undo_can_be_undone(publish):
    publish([{"value": 5}])
    second = publish([{"value": 6}, {"partner": "CN"}])
    after = state()
    undo = releases.undo(second, by=None)
    releases.undo(undo, by=None)
    assert state() == after
    assert verify() == []


def test_releases_are_undone_from_the_newest_back(publish):
    start = state()
    first = publish([{"value": 5}])
    second = publish([{"value": 6}])
    with pytest.raises(releases.LaterReleaseExists) as refusal:
        releases.undo(first, by=None)
    assert refusal.value.later == second
    releases.undo(second, by=None)
    releases.undo(first, by=None)
    assert state() == start
    assert verify() == []


def test_a_release_that_stands_again_is_in_the_way_of_earlier_ones(publish):
    first = publish([{"value": 5}])
    undo = releases.undo(publish([{"value": 6}]), by=None)
    again = releases.undo(undo, by=None)
    with pytest.raises(releases.LaterReleaseExists) as refusal:
        releases.undo(first, by=None)
    assert refusal.value.later.pk in {again.pk, undo.undoes_id}


def test_later_releases_about_other_trade_are_not_in_the_way(publish):
    first = publish([{"value": 5}])
    publish([{"month": "2024-02"}])
    publish([{"flow": "M"}])
    publish([{"reporter": "KZ"}])
    releases.undo(first, by=None)
    assert Observation.objects.filter(closed=None).count() == 3
    assert verify() == []


def test_a_release_is_undone_once(publish):
    release = publish([{}])
    undo = releases.undo(release, by=None)
    with pytest.raises(releases.AlreadyUndone) as refusal:
        releases.undo(release, by=None)
    assert refusal.value.undo == undo


def test_a_file_may_be_published_again_after_its_release_was_undone(publish):
    lines = [{"value": 5}, {"partner": "CN", "value": 7}]
    publish(lines)
    before = state()
    releases.undo(Release.objects.get(), by=None)
    assert publish(lines).opened_rows == 2
    assert state() == before
    assert verify() == []


def test_the_command_undoes_a_release_and_says_why_it_cannot(publish):
    first, second = publish([{"value": 5}]), publish([{"value": 6}])
    with pytest.raises(CommandError, match=f"FCS/{second.pk}"):
        call_command("undo_release", str(first.pk))
    with pytest.raises(CommandError, match="no release"):
        call_command("undo_release", "999999")
    said = StringIO()
    call_command("undo_release", str(second.pk), stdout=said)
    assert "1 rows restored" in said.getvalue()
    assert Observation.objects.get(closed=None).value == Decimal(5)
