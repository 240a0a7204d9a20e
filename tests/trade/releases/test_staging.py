"""What a file holds is staged: duplicates are rejected, years are found, what is abandoned is swept."""

from __future__ import annotations

import pytest

from tests.trade.conftest import copy_text
from trade import releases
from trade.importing.problems import Findings
from trade.models import Import

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage(a_dataset):
    def stage(lines, findings=None):
        return releases.stage(a_dataset, copy_text(lines), vintage=releases.reserve_vintage(), findings=findings)

    return stage


def test_years_may_come_in_any_order(stage):
    staged = stage([{"month": month} for month in ("2024-01", "2015-03", "2024-02", "2023-01", "2015-04")])
    assert staged.rows == {2015: 2, 2023: 1, 2024: 2}
    assert releases.publish(staged, by=None).opened_rows == 5


def test_one_chunk_may_hold_many_lines_and_years(a_dataset):
    chunk = b"".join(copy_text([{"month": "2023-12"}, {"month": "2024-01"}]))
    staged = releases.stage(a_dataset, [b"", chunk, b""], vintage=releases.reserve_vintage())
    assert staged.years == (2023, 2024)


def test_equal_lines_count_once(stage):
    findings = Findings()
    staged = stage([{"value": 5}, {"partner": "CN"}, {"value": "5.00"}, {"value": 5}], findings)
    assert staged.rows == {2024: 2}
    assert [(one.rule, one.line, one.params) for one in findings.kept] == [
        ("DUP-SAME", 4, {"first": "2"}),
        ("DUP-SAME", 5, {"first": "2"}),
    ]


def test_lines_with_one_key_and_different_figures_are_all_rejected(stage):
    findings = Findings()
    staged = stage([{"value": 5}, {"partner": "CN"}, {"value": 6}], findings)
    assert staged.rows == {2024: 1}
    assert [(one.rule, one.line, one.params) for one in findings.kept] == [
        ("DUP", 2, {"first": "4"}),
        ("DUP", 4, {"first": "2"}),
    ]


def test_units_tell_lines_apart(stage):
    assert stage([{"unit": "796", "quantity": 1}, {}]).rows == {2024: 2}


def test_an_error_of_the_reader_comes_through_and_leaves_nothing(a_dataset, staging_tables):
    class Broken(Exception):
        pass

    def chunks():
        yield from copy_text([{}])
        raise Broken("in line 3")

    with pytest.raises(Broken, match="in line 3"):
        releases.stage(a_dataset, chunks(), vintage=releases.reserve_vintage())
    assert staging_tables() == []


def test_staging_again_under_one_number_begins_anew(a_dataset):
    vintage = releases.reserve_vintage()
    releases.stage(a_dataset, copy_text([{}, {"month": "2023-01"}]), vintage=vintage)
    staged = releases.stage(a_dataset, copy_text([{"partner": "CN"}]), vintage=vintage)
    assert staged.rows == {2024: 1}
    assert releases.publish(staged, by=None).opened_rows == 1


def test_a_staging_is_discarded_without_its_neighbours(stage, staging_tables):
    staged, other = stage([{}]), stage([{"month": "2023-01"}])
    releases.discard(staged.vintage)
    assert staging_tables()
    assert all(table.startswith(f"trade_staging_{other.vintage}") for table in staging_tables())


def test_stagings_that_no_import_waits_for_are_swept(stage, a_dataset, staging_tables):
    abandoned, held, ended = stage([{}]), stage([{}]), stage([{}])
    for staged, state in ((held, Import.State.READY), (ended, Import.State.CANCELLED)):
        Import.objects.create(
            dataset=a_dataset, file="a.csv", file_name="a.csv", size=1, sha256="0", state=state, vintage=staged.vintage
        )
    assert releases.sweep() == [abandoned.vintage, ended.vintage]
    assert {int(name.split("_")[2]) for name in staging_tables()} == {held.vintage}
