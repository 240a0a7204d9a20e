"""A file becomes a release: what it says is current, what it replaces stays known."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection

from tests.trade.conftest import copy_text
from trade import releases
from trade.models import ChapterTotal, Dataset, Observation, PartnerTotal, Release
from trade.releases.checking import verify
from trade.releases.partitions import OBSERVATIONS, years

pytestmark = pytest.mark.django_db


def standing(*columns):
    return sorted(Observation.objects.filter(closed=None).values_list(*columns or ("partner", "value")))


def total(partner="W", **given):
    return PartnerTotal.objects.get(partner=partner, closed=None, **given)


def test_the_lines_of_a_first_file_are_all_new(publish):
    release = publish([{"value": 5}, {"partner": "CN", "value": 7}])
    assert (release.opened_rows, release.changed_rows, release.closed_rows, release.unchanged_rows) == (2, 0, 0, 0)
    assert standing() == [("BY", Decimal(5)), ("CN", Decimal(7))]
    assert (release.first_month, release.last_month) == (dt.date(2024, 1, 1), dt.date(2024, 1, 1))
    assert (release.reporters, release.flows) == (["RU-TOM"], ["X"])


def test_partitions_are_looked_after_by_autovacuum_as_all_tables(publish):
    publish([{"month": "2023-01"}, {"month": "2024-01"}])
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text, reloptions FROM pg_inherits JOIN pg_class ON oid = inhrelid")
        options = dict(cursor.fetchall())
    assert len([name for name in options if name.startswith("trade_observation")]) >= 2
    assert [name for name, found in options.items() if found] == []


def test_the_same_lines_again_are_nothing_to_publish(publish):
    publish([{"value": 5}])
    with pytest.raises(releases.NothingToPublish):
        publish([{"value": "5.00", "line": 99}])
    assert Observation.objects.count() == 1
    assert PartnerTotal.objects.count() == 2  # BY and W


def test_a_file_without_rows_is_nothing_to_publish(publish):
    with pytest.raises(releases.NothingToPublish):
        publish([])


def test_only_what_changed_is_closed_and_opened(publish):
    first = publish([{"value": 5}, {"partner": "CN", "value": 7}, {"partner": "DE", "value": 9}])
    second = publish([{"value": 6}, {"partner": "CN", "value": 7}, {"partner": "KZ", "value": 1}])
    assert (second.opened_rows, second.changed_rows, second.closed_rows, second.unchanged_rows) == (2, 1, 2, 1)
    assert standing("partner", "value", "opened") == [
        ("BY", Decimal(6), second.pk),
        ("CN", Decimal(7), first.pk),
        ("KZ", Decimal(1), second.pk),
    ]
    past = Observation.objects.filter(closed=second.pk).values_list("partner", "value", "opened")
    assert sorted(past) == [("BY", Decimal(5), first.pk), ("DE", Decimal(9), first.pk)]
    assert total().value == Decimal(14)
    assert verify() == []


def test_a_file_replaces_its_own_reporters_flows_and_months_only(publish):
    publish(
        [
            {"value": 1},
            {"flow": "M", "value": 2},
            {"month": "2024-02", "value": 3},
            {"month": "2023-12", "value": 4},
            {"months": 3, "value": 5},
            {"reporter": "KZ", "value": 6},
        ]
    )
    release = publish([{"partner": "CN", "value": 10}])
    assert release.closed_rows == 1
    assert sorted(value for (value,) in standing("value")) == [Decimal(n) for n in (2, 3, 4, 5, 6, 10)]
    assert verify() == []


def test_months_inside_the_range_of_a_file_that_it_lacks_disappear(publish):
    publish([{"month": f"{year}-{month:02}"} for year in (2022, 2023, 2024) for month in (1, 12)])
    release = publish([{"month": "2022-12", "value": 1}, {"month": "2024-01", "value": 1}])
    assert (release.changed_rows, release.closed_rows) == (2, 4)  # January and December 2023 are gone
    assert not PartnerTotal.objects.filter(closed=None, period__year=2023).exists()
    assert verify() == []


def test_a_year_is_attached_or_merged_with_the_same_result(publish, a_dataset):
    other = Dataset.objects.create(code="OTHER-ONE", name_ru="Другой", name_en="Other")
    lines = [{"month": f"2024-{month:02}", "partner": partner} for month in (1, 2, 3) for partner in ("BY", "CN", "DE")]
    publish(lines)  # attached as it was staged
    for month in (1, 2, 3):  # the first is attached, the others are merged into its year
        publish([line for line in lines if line["month"] == f"2024-{month:02}"], dataset=other)

    def rows(model, dataset):
        hidden = {"opened", "dataset_id", "line", "pk"}
        names = [field.name for field in model._meta.fields if field.name not in hidden]
        return sorted(model.objects.filter(dataset_id=dataset.pk, closed=None).values_list(*names))

    for model in (Observation, PartnerTotal, ChapterTotal):
        assert rows(model, a_dataset) == rows(model, other)
        assert rows(model, other)
    assert verify() == []


def test_a_new_year_is_attached_without_a_look_at_its_rows(a_dataset, publish, django_assert_max_num_queries):
    from django.db import connection

    staged = releases.stage(a_dataset, copy_text([{}]), vintage=releases.reserve_vintage())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT oid FROM pg_class WHERE relname = '{staged.table(2024)}'")
        oid = cursor.fetchone()
        releases.publish(staged, by=None)
        cursor.execute(f"SELECT oid FROM pg_class WHERE relname = 'trade_observation_{a_dataset.pk}_2024'")
        assert cursor.fetchone() == oid
        cursor.execute("SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = %s ORDER BY 1", [oid[0]])
        found = [name for (name,) in cursor.fetchall()]
        assert found == [f"trade_observation_{a_dataset.pk}_2024_{suffix}" for suffix in ("goods", "key", "past")]
        assert years(cursor, OBSERVATIONS, a_dataset.pk) == [2024]


def test_nothing_is_left_of_a_staging_once_it_is_published(publish, staging_tables):
    publish([{}])
    publish([{"value": 1}, {"month": "2025-01"}])
    assert staging_tables() == []


def test_a_publication_that_fails_leaves_the_dataset_as_it_was(publish, a_dataset, monkeypatch):
    publish([{"value": 5}])
    before = standing("partner", "value", "opened"), total().value
    staged = releases.stage(a_dataset, copy_text([{"value": 6}]), vintage=releases.reserve_vintage())

    def fail(*args):
        raise OSError("the disk is full")

    monkeypatch.setattr("trade.releases.publishing.moment_of_publication", fail)
    with pytest.raises(OSError, match="disk"):
        releases.publish(staged, by=None)
    assert (standing("partner", "value", "opened"), total().value) == before
    monkeypatch.undo()
    assert releases.publish(staged, by=None).changed_rows == 1


def test_a_preview_is_stale_once_another_release_of_the_dataset_was_published(publish, a_dataset):
    publish([{"value": 5}])
    staged = releases.stage(a_dataset, copy_text([{"value": 6}]), vintage=releases.reserve_vintage())
    publish([{"value": 7}])
    with pytest.raises(releases.StalePreview):
        releases.publish(staged, by=None)
    assert standing() == [("BY", Decimal(7))]


def test_a_number_reserved_before_another_release_cannot_be_staged_any_more(publish, a_dataset):
    vintage = releases.reserve_vintage()
    publish([{}])
    with pytest.raises(releases.StalePreview):
        releases.stage(a_dataset, copy_text([{"value": 6}]), vintage=vintage)


def test_releases_of_other_datasets_do_not_make_a_preview_stale(publish, a_dataset):
    other = Dataset.objects.create(code="OTHER-ONE", name_ru="Другой", name_en="Other")
    staged = releases.stage(a_dataset, copy_text([{}]), vintage=releases.reserve_vintage())
    publish([{"value": 7}], dataset=other)
    assert releases.publish(staged, by=None).pk == staged.vintage


def test_a_staging_travels_as_json(a_dataset):
    import json

    lines = [{"months": 12}, {"month": "2023-05", "partner": "CN"}]
    staged = releases.stage(a_dataset, copy_text(lines), vintage=releases.reserve_vintage())
    again = releases.Staged.from_json(json.loads(json.dumps(staged.as_json())))
    assert again == staged
    assert releases.publish(again, by=None).last_month == dt.date(2024, 12, 1)


def test_the_newest_release_at_a_moment_is_known(publish, a_dataset):
    first = publish([{"value": 5}])
    second = publish([{"value": 6}])
    assert first.loaded_at < second.loaded_at
    assert releases.as_vintage(a_dataset.pk, first.loaded_at - dt.timedelta(microseconds=1)) is None
    assert releases.as_vintage(a_dataset.pk, first.loaded_at) == first.pk
    assert releases.as_vintage(a_dataset.pk, second.loaded_at - dt.timedelta(microseconds=1)) == first.pk
    assert releases.as_vintage(a_dataset.pk, second.loaded_at) == second.pk
    assert Release.objects.get(pk=second.pk).dataset == a_dataset
