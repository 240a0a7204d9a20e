"""Outside a transaction years are finished while later ones come in: what comes out is the same in any order."""

from __future__ import annotations

import threading

import pytest
from django.db import transaction

from tests.trade.conftest import copy_text
from trade import releases
from trade.importing.problems import Findings
from trade.models import Observation
from trade.releases import staging
from trade.releases.checking import verify

pytestmark = pytest.mark.django_db(transaction=True)

YEARS = ("2020", "2021", "2022", "2023", "2024")
IN_ORDER = [{"month": f"{year}-{month:02}", "value": month} for year in YEARS for month in (1, 7)]
BY_FLOW = [{**line, "flow": flow} for flow in ("M", "X") for line in IN_ORDER]
REPEATED = [*IN_ORDER[:2], {**IN_ORDER[0], "value": 9}, *IN_ORDER[2:]]
REPEATED_LATER = [*REPEATED, {**IN_ORDER[0], "value": 7}, {**IN_ORDER[3], "value": 3}]


@pytest.fixture
def early(monkeypatch):
    """Return the years that were finished before the end, in order."""
    found, own = [], staging._Filling._finished

    def finished(self, year, *, is_early=False):
        answer = own(self, year, is_early=is_early)
        if is_early:
            found.append((year, answer is not None))
        return answer

    monkeypatch.setattr(staging._Filling, "_finished", finished)
    return found


def staged(dataset, lines):
    findings = Findings()
    staging = releases.stage(dataset, copy_text(lines), vintage=releases.reserve_vintage(), findings=findings)
    return staging, sorted((one.rule, one.line, one.params["first"]) for one in findings.kept)


def rows():
    return sorted(Observation.objects.filter(closed=None).values_list("period", "flow", "line", "value"))


@pytest.mark.parametrize("lines", [IN_ORDER, IN_ORDER[::-1], BY_FLOW, REPEATED, REPEATED_LATER])
def test_the_order_of_years_makes_no_difference(a_dataset, early, lines):
    with transaction.atomic():
        expected, expected_findings = staged(a_dataset, lines)
        releases.publish(expected, by=None)
        expected_rows = rows()
        transaction.set_rollback(True)
    assert not early
    found, findings = staged(a_dataset, lines)
    assert early
    assert (found.rows, found.periods, found.within) == (expected.rows, expected.periods, expected.within)
    assert findings == expected_findings
    releases.publish(found, by=None)
    assert rows() == expected_rows
    assert verify() == []


def test_a_year_left_behind_is_finished_beside_and_one_with_duplicates_at_the_end(a_dataset, early):
    found, __ = staged(a_dataset, REPEATED)
    assert early[0] == (2020, False)
    assert len(early) == len(set(early))  # whichever connection takes a year, none does it twice
    assert found.years == (2020, 2021, 2022, 2023, 2024)


def test_a_file_that_goes_back_is_finished_at_the_end(a_dataset, early):
    found, __ = staged(a_dataset, BY_FLOW)
    assert early[:4] == [(2020, True), (2021, True), (2022, True), (2023, True)]
    assert set(early[4:]) <= {(year, True) for year in found.years}


def test_what_waits_for_the_second_connection_is_done_by_the_first(a_dataset, monkeypatch):
    """A reader that is faster than indexes are built must not leave one of two connections idle."""
    own, begun, by = staging._Filling._finished, threading.Event(), {}

    def finished(self, year, *, is_early=False):
        by[year] = threading.current_thread().name
        if year == 2020:
            begun.wait(10)  # until the first connection has taken up the year that was to be the next
        elif year == 2021:
            begun.set()
        return own(self, year, is_early=is_early)

    monkeypatch.setattr(staging._Filling, "_finished", finished)
    staged(a_dataset, IN_ORDER)
    assert [year for year, thread in sorted(by.items()) if thread == "MainThread"] == [2021, 2022, 2023, 2024]


def test_an_error_of_the_reader_leaves_nothing(a_dataset, staging_tables):
    class Broken(Exception):
        pass

    def chunks():
        yield from copy_text(IN_ORDER)
        raise Broken("in line 12")

    with pytest.raises(Broken, match="in line 12"):
        releases.stage(a_dataset, chunks(), vintage=releases.reserve_vintage())
    assert staging_tables() == []


def test_an_error_beside_comes_through_and_leaves_nothing(a_dataset, staging_tables, monkeypatch):
    def broken(*args, **given):
        raise ZeroDivisionError

    monkeypatch.setattr(staging.sums, "add_up", broken)
    with pytest.raises(ZeroDivisionError):
        staged(a_dataset, IN_ORDER)
    assert staging_tables() == []
