"""The content of yearly reports: what the sources say of the year, computed reproducibly."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agreements.models import Measure, Plan, ProgressNote
from parties.models import User
from parties.periods import Period
from reports.computation import SECTIONS, canonical, compute, content_hash
from tests.factories import make_measure, make_postponement
from tests.reports.conftest import World


@pytest.fixture
def report(full_world: World) -> Any:
    return lambda year: compute(full_world.partnership, year)


def figures(content: dict[str, Any]) -> set[tuple[str, str, str, str, str]]:
    return {
        (row["indicator"], row["flow"], row["period"], row["precision"], row["value"])
        for row in content["trade"]["figures"]
    }


def gaps(content: dict[str, Any]) -> set[str]:
    return {gap["code"] for gap in content["missing"]}


def test_report_of_2023_holds_the_figures_of_2023_and_no_others(report: Any) -> None:
    assert figures(report(2023)) == {
        ("growth", "T", "2023-S1", "<", "30"),
        ("value", "M", "2023-S1", "=", "2.35"),
        ("rank", "X", "2023", "=", "6"),
        ("rank", "M", "2023", "=", "12"),
    }


@pytest.mark.parametrize("year", [2022, 2023, 2024, 2025])
def test_newest_turnover_is_that_of_2022_with_the_base_it_implies(report: Any, year: int) -> None:
    latest = report(year)["trade"]["latest_turnover"]
    assert (latest["figure"]["period"], latest["figure"]["precision"], latest["figure"]["value"]) == ("2022", "<", "23")
    assert latest["growth"][0]["value"] == "47"
    [base] = latest["implied_base"]
    assert (base["period"], base["precision"], base["value"]) == ("2021", "≈", "15.6463")
    assert base["fact_ids"] == ["T1"]


def test_report_of_a_year_before_the_figures_has_none(report: Any) -> None:
    assert report(2021)["trade"]["latest_turnover"] is None


def test_report_of_2025_concludes_that_import_grew_by_more_than_60_per_cent(report: Any) -> None:
    [check] = report(2025)["trade"]["consistency"]
    assert check["bound"]["flow"] == "M"
    assert (check["bound"]["precision"], check["bound"]["value"]) == (">", "60")
    assert check["bound"]["source_codes"] == ["S4"]


def test_target_is_a_range_whose_progress_is_unknown_without_later_turnover(report: Any) -> None:
    [target] = report(2024)["trade"]["targets"]
    assert (target["low"]["precision"], target["low"]["value"]) == ("<", "46")
    assert (target["high"]["precision"], target["high"]["value"]) == ("<", "69")
    assert target["progress_low"]["reason"] == "no_value_after_the_base"
    assert target["yearly_low"]["reason"] == "no_due_date"


def test_target_is_not_in_reports_of_years_before_it_was_set(report: Any) -> None:
    assert report(2022)["trade"]["targets"] == []


def milestone(content: dict[str, Any]) -> dict[str, Any]:
    [step] = [step for item in content["projects"]["items"] for step in item["milestones"]]
    return dict(step)


def test_draft_programme_is_late_and_open_at_the_end_of_2024(report: Any) -> None:
    step = milestone(report(2024))
    assert step["actual"] is None
    assert step["completed_later"] == "2025"
    assert step["late"] == {"least": 184, "most": None, "is_certain": True}


def test_draft_programme_is_complete_in_2025_and_certainly_185_days_late(report: Any) -> None:
    step = milestone(report(2025))
    assert step["actual"] == "2025"
    assert step["late"] == {"least": 185, "most": 549, "is_certain": True}


def test_draft_programme_has_no_step_left_in_2026(report: Any) -> None:
    assert [item["milestones"] for item in report(2026)["projects"]["items"]] == [[], []]


def test_stage_stated_later_than_the_year_is_not_known_then(report: Any) -> None:
    assert [item["stage"] for item in report(2024)["projects"]["items"]] == [""]
    assert report(2025)["projects"]["by_stage"] == {"under_way": 1, "unknown": 1}


def test_project_without_a_period_appears_with_the_first_source_that_names_it(report: Any) -> None:
    titles = {year: {item["title"]["en"] for item in report(year)["projects"]["items"]} for year in (2024, 2025)}
    assert titles == {2024: {"Microelectronics"}, 2025: {"Microelectronics", "Theatre"}}


def test_agreements_have_the_status_of_the_last_day_of_the_year(report: Any) -> None:
    section = report(2023)["agreements"]
    assert (section["total"], section["in_force"], section["concluded_in_year"]) == (3, 2, 1)
    assert section["by_status"] == {"in_force": 2, "signed": 1}
    assert report(2020)["agreements"]["total"] == 1


def test_stated_count_is_given_from_its_day_on(report: Any) -> None:
    assert report(2022)["agreements"]["stated_counts"] == []
    [count] = report(2024)["agreements"]["stated_counts"]
    assert (count["value"], count["as_of"]) == (25, "2023-08")


def test_plans_are_stated_but_unknown_so_that_all_measures_are_zero(report: Any) -> None:
    section = report(2024)["measures"]
    assert (section["plans_stated"], section["plans_known"], section["total"]) == (2, 0, 0)
    assert {"code": "plans_not_available", "stated": 2, "known": 0} in report(2024)["missing"]


def test_measures_are_counted_as_of_the_last_day_of_the_year(full_world: World) -> None:
    agreement = full_world.partnership.agreements.get(title_en="2016")
    plan = Plan.objects.create(agreement=agreement, title_ru="План", period=Period.parse("2024/2025"))
    author = User.objects.create(username="secretary")
    # Told in April of what was not done in December: there is no news of any of the three.
    for number, (deadline, done, note) in enumerate(
        [
            ("2024-S1", "2024-05-01", True),
            ("2024", None, True),
            ("2024-S1", None, False),
            ("2024-S1", "2025-02-01", True),
        ]
    ):
        measure = Measure.objects.create(
            plan=plan, number=str(number), text_ru="Мера", deadline=Period.parse(deadline), done_on=done
        )
        if note:
            ProgressNote.objects.create(measure=measure, dated="2024-04-01", author=author, text="идёт")
    Measure.objects.create(plan=plan, number="9", text_ru="Пример", deadline=Period.parse("2024"), is_example=True)
    section = compute(full_world.partnership, 2024)["measures"]
    counts = {name: section[name] for name in ("total", "done", "overdue", "without_news", "dropped")}
    assert counts == {"total": 4, "done": 1, "overdue": 2, "without_news": 3, "dropped": 0}
    assert section["news_days"] == 90
    assert compute(full_world.partnership, 2025)["measures"]["done"] == 2
    assert compute(full_world.partnership, 2023)["measures"]["plans"] == []


def test_a_deadline_that_was_moved_later_still_counts_as_overdue_at_the_years_end(full_world: World) -> None:
    agreement = full_world.partnership.agreements.get(title_en="2016")
    plan = Plan.objects.create(agreement=agreement, title_ru="План", period=Period.parse("2024/2025"))
    measure = make_measure(plan=plan, deadline="2025")
    make_postponement(measure=measure, moved_from="2024-S1", moved_to="2025", decided_on=dt.date(2025, 2, 1))
    assert compute(full_world.partnership, 2024)["measures"]["overdue"] == 1


def test_meeting_whose_date_spans_two_years_is_shown_in_both_and_counted_in_neither(world: World) -> None:
    world.meeting("Uncertain", "2023-12/2024-01")
    for year in (2023, 2024):
        section = compute(world.partnership, year)["meetings"]
        assert [item["is_certain"] for item in section["items"]] == [False]
        assert section["total"] == 0


def test_meetings_of_the_year_come_with_their_outcomes(report: Any) -> None:
    section = report(2023)["meetings"]
    assert (section["total"], section["of_workgroup"], section["outcomes"]) == (1, 0, 1)
    assert section["outcomes_by_kind"]["commitment"] == 1


def test_missing_data_are_named(report: Any) -> None:
    assert gaps(report(2024)) >= {
        "agreements_not_listed",
        "plans_not_available",
        "workgroup_meeting_not_recorded",
        "no_turnover_value",
        "no_export_and_import_values",
        "no_product_table",
        "target_without_a_date",
        "target_progress_unknown",
        "project_stages_unknown",
    }
    assert "workgroup_meeting_not_recorded" not in gaps(report(2025))
    assert "workgroup_meeting_without_a_day" in gaps(report(2025))
    assert "growth_without_a_value" in gaps(report(2023))


def test_delivery_is_in_the_report_of_each_year_of_its_period(report: Any) -> None:
    assert [row["quantity"] for row in report(2023)["projects"]["deliveries"]] == ["250"]
    assert report(2025)["projects"]["deliveries"] == []


def test_every_source_that_is_cited_is_listed(report: Any) -> None:
    assert [source["code"] for source in report(2025)["sources"]] == ["S0", "S1", "S2", "S4"]
    assert report(2025)["fact_ids"] == ["T1"]


def test_example_rows_never_enter_a_report(full_world: World, report: Any) -> None:
    before = canonical(report(2025))
    full_world.figure("value", "T", "2025", "99", is_example=True)
    full_world.meeting("Example", "2025-05-05", is_example=True)
    full_world.project("Example", is_example=True)
    full_world.agreement("Example", "2024", is_example=True)
    assert canonical(compute(full_world.partnership, 2025)) == before


def test_content_is_plain_json_that_survives_the_database(report: Any) -> None:
    content = report(2025)
    assert json.loads(canonical(content)) == content
    assert set(SECTIONS) <= set(content)


def test_number_of_queries_does_not_grow_with_the_rows(full_world: World, report: Any) -> None:
    with CaptureQueriesContext(
        connection,
    ) as few:
        report(2025)
    for number in range(5):
        full_world.agreement(f"Agreement {number}", "2024", source_codes=["S2"])
        full_world.meeting(f"Meeting {number}", "2025-05-05")
        full_world.project(f"Project {number}")
        full_world.figure("value", "X", f"2025-0{number + 1}", "1")
    with CaptureQueriesContext(connection) as many:
        report(2025)
    assert len(many) == len(few) <= 25


def test_hash_does_not_depend_on_the_order_of_keys(report: Any) -> None:
    content = report(2025)
    keys = list(content)
    random.Random(7).shuffle(keys)
    assert content_hash({key: content[key] for key in keys}) == content_hash(content)


@pytest.mark.parametrize("seed", ["1", "4242"])
def test_another_process_with_another_hash_seed_and_language_computes_the_same_bytes(
    transactional_db: None, seed: str, database_address: str
) -> None:
    from tests.reports.conftest import build_world, fill

    world = fill(build_world())
    expected = content_hash(compute(world.partnership, 2025))
    program = (
        "import django; django.setup(); from reports.computation import *; from parties.models import Partnership\n"
        "from django.utils import translation; translation.activate('en')\n"
        "print(content_hash(compute(Partnership.objects.get(), 2025)))"
    )
    environment = os.environ | {"PYTHONHASHSEED": seed, "LANG": "C", "DATABASE_URL": database_address}
    root = Path(__file__).resolve().parents[2]
    answer = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=root, capture_output=True, text=True, check=True
    )
    assert answer.stdout.split()[-1] == expected
