"""Before a file is published its reader sees what would change, and what looks odd."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from django.db import connection

from tests.trade.conftest import copy_text
from trade import releases
from trade.importing.problems import Findings
from trade.releases import Difference, suspicions
from trade.releases.checking import verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def compare(a_dataset):
    """Return `compare(lines)`: the comparison of a file with these lines, and the findings."""

    def compare(lines):
        findings = Findings()
        staged = releases.stage(a_dataset, copy_text(lines), vintage=releases.reserve_vintage(), findings=findings)
        return releases.compare(staged, findings), findings

    return compare


def rules(findings, rule):
    return [one for one in findings.kept if one.rule == rule]


def test_every_line_of_a_first_file_is_new(compare):
    comparison, __ = compare([{"value": 5}, {"month": "2023-01", "value": 7}])
    assert (comparison.new, comparison.changed, comparison.unchanged, comparison.disappeared) == (2, 0, 0, 0)
    assert [one.new_value for one in comparison.examples] == [Decimal(7), Decimal(5)]


def test_new_changed_equal_and_lost_lines_are_told_apart(publish, compare):
    publish([{"value": 5}, {"partner": "CN", "value": 7}, {"partner": "DE", "value": 9}])
    comparison, __ = compare([{"value": 6}, {"partner": "CN", "value": 7}, {"partner": "KZ", "value": 1}])
    assert (comparison.new, comparison.changed, comparison.unchanged, comparison.disappeared) == (1, 1, 1, 1)
    found = {one.kind: (one.partner, one.line, one.old_value, one.new_value) for one in comparison.examples}
    assert found == {
        "changed": ("BY", 2, Decimal(5), Decimal(6)),
        "disappeared": ("DE", None, Decimal(9), None),
        "new": ("KZ", 4, None, Decimal(1)),
    }
    assert next(one.percent for one in comparison.examples if one.kind == "changed") == Decimal(20)
    assert comparison.changes_anything


def test_a_changed_weight_is_a_change_a_changed_line_number_is_none(publish, compare):
    publish([{}, {"partner": "CN"}])
    comparison, __ = compare([{"line": 50}, {"partner": "CN", "net_kg": None}])
    assert (comparison.changed, comparison.unchanged) == (1, 1)


def test_the_preview_is_what_publishing_does(publish, a_dataset):
    publish([{"month": month, "value": 1} for month in ("2022-01", "2023-05", "2024-01", "2024-03")])
    lines = [{"month": month, "value": value} for month, value in (("2022-01", 2), ("2024-03", 1), ("2025-01", 1))]
    staged = releases.stage(a_dataset, copy_text(lines), vintage=releases.reserve_vintage())
    comparison = releases.compare(staged)
    release = releases.publish(staged, by=None)
    assert (release.opened_rows, release.changed_rows) == (comparison.new + comparison.changed, comparison.changed)
    assert release.closed_rows == comparison.changed + comparison.disappeared == 3
    assert release.unchanged_rows == comparison.unchanged == 1


def test_examples_are_few_and_hold_every_kind(publish, compare):
    codes = [f"84713{n:05}" for n in range(300)]
    publish([{"commodity": code} for code in codes])
    comparison, __ = compare([{"commodity": code, "value": 7} for code in codes[:280]] + [{"partner": "CN"}])
    assert (comparison.changed, comparison.disappeared, comparison.new) == (280, 20, 1)
    assert len(comparison.examples) == 200
    assert {one.kind for one in comparison.examples} == {"new", "changed", "disappeared"}


def test_differences_travel_as_json(publish, compare):
    publish([{"value": 5}])
    comparison, __ = compare([{"value": 6, "unit": "", "quantity": None}])
    plain = json.loads(json.dumps([one.as_json() for one in comparison.examples]))
    assert tuple(Difference.from_json(one) for one in plain) == comparison.examples


def test_a_file_of_other_periods_disturbs_nothing(publish, compare):
    publish([{"month": "2024-01"}])
    comparison, __ = compare([{"month": "2024-02"}])
    assert (comparison.new, comparison.disappeared) == (1, 0)


def test_lines_above_their_stated_total_refuse_the_file(compare):
    __, findings = compare([{"commodity": "TOTAL", "value": 100}, {"commodity": "84", "value": 150}])
    found = rules(findings, "SUM-MORE")
    assert {one.value for one in found} == {"2024-01 RU-TOM X BY", "2024-01 RU-TOM X W"}
    assert {one.severity for one in found} == {"F"}
    assert found[0].params == {"lines": "150.00", "total": "100.00"}


def test_lines_below_their_stated_total_are_hidden_goods(compare):
    __, findings = compare([{"commodity": "TOTAL", "value": 100}, {"commodity": "84", "value": 60}])
    assert {one.value for one in rules(findings, "SUM-LESS")} == {"2024-01 RU-TOM X BY", "2024-01 RU-TOM X W"}


def test_rounding_is_no_difference(compare):
    __, findings = compare([{"commodity": "TOTAL", "value": 10000}, {"commodity": "84", "value": 10009}])
    assert not findings.kept


def test_missing_months_are_named(compare):
    __, findings = compare([{"month": month} for month in ("2023-11", "2024-02", "2024-03")])
    assert [one.params for one in rules(findings, "GAP")] == [{"months": "2023-12, 2024-01"}]


def test_quarters_have_no_missing_months(compare):
    __, findings = compare([{"month": month, "months": 3} for month in ("2023-01", "2024-01")])
    assert rules(findings, "GAP") == []


def test_a_large_revision_of_a_total_is_shown(publish, compare):
    publish([{"value": 100}, {"partner": "CN", "value": 1000}])
    __, findings = compare([{"value": 130}, {"partner": "CN", "value": 1000}])
    [found] = rules(findings, "REV")
    assert (found.value, found.params["percent"]) == ("2024-01 RU-TOM X BY", "+30.0")


def test_a_revision_that_turns_growth_into_decline_is_shown(publish, compare):
    publish([{"month": "2023-01", "value": 100}, {"month": "2024-01", "value": 105}])
    __, findings = compare([{"month": "2024-01", "value": 95}])
    assert {one.value for one in rules(findings, "REV-SIGN")} == {"2024-01 RU-TOM X BY", "2024-01 RU-TOM X W"}
    assert rules(findings, "REV") == []


def test_a_thousandfold_month_is_far_from_its_series(publish, compare):
    months = [f"{year}-{month:02}" for year in (2022, 2023) for month in range(1, 13)]
    publish([{"month": month, "value": 100 + number} for number, month in enumerate(months)])
    __, findings = compare([{"month": "2024-01", "value": 110}, {"month": "2024-02", "value": 110_000}])
    assert {one.value for one in rules(findings, "OUT")} == {
        "2024-02 RU-TOM X BY 84: 110000.00",
        "2024-02 RU-TOM X W 84: 110000.00",
    }


def test_what_was_odd_before_takes_no_place_from_what_is_odd_now(publish, compare, monkeypatch):
    monkeypatch.setattr(suspicions, "_LIMIT", 1)
    months = [f"{year}-{month:02}" for year in (2022, 2023) for month in range(1, 13)]
    usual = [{"partner": one, "month": month, "value": 100} for one in ("BY", "CN") for month in months]
    publish([*usual[:-1], {**usual[-1], "value": 10**12}])
    __, findings = compare([{"month": "2024-01", "value": 110_000}, {"partner": "CN", "month": "2024-01"}])
    assert [one.value for one in rules(findings, "OUT")] == ["2024-01 RU-TOM X BY 84: 110000.00"]


def test_a_short_series_has_no_outliers(compare):
    __, findings = compare([{"month": f"2024-{month:02}", "value": 10**month} for month in range(1, 13)])
    assert rules(findings, "OUT") == []


def test_lines_beyond_their_total_refuse_a_file_with_any_number_of_other_mistakes(compare):
    twice = [{"commodity": f"{8400000000 + number}", "value": value} for number in range(1001) for value in (1, 2)]
    __, findings = compare([*twice, {"commodity": "TOTAL", "value": 1}, {"commodity": "1107100000", "value": 50}])
    assert findings.counts["DUP"] == 2002
    assert findings.refuse_the_file
    assert findings.kept[0].rule == "SUM-MORE"


def test_months_that_only_one_flow_lacks_are_named_with_it(compare):
    lines = [{"month": f"2024-0{month}", "flow": flow} for month in (1, 2, 3) for flow in "XM"]
    __, findings = compare([line for line in lines if line != {"month": "2024-02", "flow": "M"}])
    assert [(one.value, one.params) for one in rules(findings, "GAP")] == [("RU-TOM M", {"months": "2024-02"})]


def test_partners_that_would_disappear_are_named(publish, compare):
    publish([{}, {"partner": "CN"}, {"partner": "KZ"}, {"partner": "DE", "flow": "M"}])
    __, findings = compare([{"value": 5}])
    assert [one.params for one in rules(findings, "GONE")] == [{"partners": "CN, KZ", "count": "2"}]


def test_a_file_about_its_own_partners_leaves_the_others_alone(publish, a_dataset):
    publish([{"value": 5}, {"partner": "CN", "value": 7}, {"partner": "BY", "commodity": "1107100000", "value": 1}])
    findings = Findings()
    staged = releases.stage(
        a_dataset,
        copy_text([{"value": 6}, {"partner": "KZ", "value": 9}]),
        vintage=releases.reserve_vintage(),
        findings=findings,
        only_its_partners=True,
    )
    staged = releases.Staged.from_json(json.loads(json.dumps(staged.as_json())))
    comparison = releases.compare(staged, findings)
    assert (comparison.new, comparison.changed, comparison.disappeared) == (1, 1, 1)
    assert rules(findings, "GONE") == []
    release = releases.publish(staged, by=None)
    assert release.partners == ["BY", "KZ"]
    assert totals_of(a_dataset) == {"BY": 6, "CN": 7, "KZ": 9, "W": 22}
    assert verify() == []

    later = publish_of(a_dataset, [{"partner": "CN", "value": 8}])
    releases.undo(release, by=None)
    assert totals_of(a_dataset) == {"BY": 6, "CN": 8, "W": 14}
    assert releases.undo(later, by=None).partners == ["CN"]
    assert totals_of(a_dataset) == {"BY": 6, "CN": 7, "W": 13}
    assert verify() == []


def publish_of(dataset, lines):
    """Publish a file that speaks for its own partners only."""
    staged = releases.stage(dataset, copy_text(lines), vintage=releases.reserve_vintage(), only_its_partners=True)
    return releases.publish(staged, by=None)


def totals_of(dataset):
    """Return what stands of each partner in January 2024, and of all together."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT partner, value FROM trade_partner_total WHERE closed IS NULL AND dataset_id = %s", [dataset.pk]
        )
        return dict(cursor.fetchall())
