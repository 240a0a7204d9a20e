"""The reports of 2023, 2024 and 2025 say of the shipped facts what the sources say, and no more."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from parties.models import Partnership
from reports.computation import compute
from reports.queries import known_years
from reports.rendering import ReportPage, render_content

NBSP = "\u00a0"


@pytest.fixture
def content(facts: None) -> Any:
    return lambda year: compute(Partnership.objects.get(), year)


@pytest.fixture
def page(content: Any) -> Any:
    def in_english(year: int) -> ReportPage:
        with translation.override("en"):
            return render_content(content(year))

    return in_english


def lines(page: ReportPage) -> dict[str, str]:
    """Return the values of the page by their texts."""
    return {line.text: line.value for section in page.sections for group in section.groups for line in group.lines}


def stated(content: dict[str, Any]) -> set[tuple[str, str, str, str, str]]:
    return {
        (row["indicator"], row["flow"], row["goods"]["code"], row["precision"], row["value"])
        for row in content["trade"]["figures"]
    }


def test_known_years_are_those_of_the_meetings(facts: None) -> None:
    assert known_years(Partnership.objects.get()) == [2023, 2024, 2025]


def test_figures_of_each_year_are_those_of_the_sources(content: Any) -> None:
    assert stated(content(2023)) == {
        ("growth", "T", "TOTAL", "<", "30"),
        ("value", "M", "1107", "=", "2.35"),
        ("rank", "X", "TOTAL", "=", "6"),
        ("rank", "M", "TOTAL", "=", "12"),
        ("share", "X", "G09", ">", "50"),
    }
    assert stated(content(2024)) == set()
    assert stated(content(2025)) == {("growth", "T", "TOTAL", "=", "60"), ("growth", "X", "TOTAL", "=", "30")}


@pytest.mark.parametrize("year", [2023, 2024, 2025])
def test_every_report_stands_on_the_turnover_of_2022(page: Any, year: int) -> None:
    shown = lines(page(year))
    assert shown["Turnover implied for 2021"].replace(NBSP, " ") == "≈ 15.6 million US dollars"
    groups = {group.title: group for section in page(year).sections for group in section.groups}
    ground = groups["Newest published turnover of a full year"].lines[0]
    assert ground.value.replace(NBSP, " ") == "< 23 million US dollars"
    assert ground.fact_ids == ("T1",)


def test_report_of_2025_concludes_that_import_grew_by_more_than_60_per_cent(page: Any) -> None:
    trade = next(section for section in page(2025).sections if section.anchor == "trade")
    assert trade.headline.replace(NBSP, " ") == "Turnover, H1 2025: +60 %; hence import: > +60 %"


def programme(content: dict[str, Any]) -> dict[str, Any]:
    steps = [step for item in content["projects"]["items"] for step in item["milestones"] if "P1" in step["fact_ids"]]
    return dict(steps[0])


def test_draft_programme_is_open_and_184_days_late_at_the_end_of_2024(content: Any) -> None:
    step = programme(content(2024))
    assert (step["state"], step["late"]) == ("open", {"least": 184, "most": None, "is_certain": True})


def test_draft_programme_is_done_in_2025_at_least_185_days_late(content: Any) -> None:
    step = programme(content(2025))
    assert (step["state"], step["late"]["least"], step["late"]["is_certain"]) == ("done", 185, True)


def test_step_of_which_no_source_speaks_again_is_not_called_late(content: Any) -> None:
    section = content(2025)["projects"]
    assert (section["milestones_late"], section["milestones_without_news"]) == (1, 1)


def test_plans_are_stated_but_their_texts_are_missing(page: Any) -> None:
    measures = next(section for section in page(2024).sections if section.anchor == "measures")
    assert measures.headline == "No measure is known: the sources speak of 2 plans without their texts"


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("year", [1991, 2022, 2023, 2024, 2025])
def test_every_line_of_a_report_has_a_text_and_every_row_a_source(content: Any, language: str, year: int) -> None:
    with translation.override(language):
        page = render_content(content(year))
    for section in page.sections:
        assert section.headline
        for group in section.groups:
            assert group.lines
            for line in group.lines:
                assert line.text
                assert line.citations or section.anchor == "missing" or not line.address, line
