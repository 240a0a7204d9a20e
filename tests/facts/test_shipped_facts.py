"""What the shipped files say: every fact, from its source, as exactly as the source states it."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from cooperation.facts.nouns import Noun, flat
from cooperation.facts.reading import Row, read_facts
from parties.periods import Period

FACT_IDS = [
    *(f"A{number}" for number in range(1, 9)),
    *(f"M{number}" for number in range(1, 6)),
    *(f"T{number}" for number in range(1, 11)),
    *(f"P{number}" for number in range(1, 17)),
]


@pytest.fixture(scope="module")
def rows() -> dict[str, dict[str, Row]]:
    """Rows by noun and code."""
    read = read_facts()
    return {noun.key: {row.code: row for row in read if row.noun is noun} for noun in flat()}


def holders(rows: dict[str, dict[str, Row]], fact: str) -> list[Row]:
    return [row for several in rows.values() for row in several.values() if fact in row.values.get("fact_ids", [])]


def test_the_files_hold_exactly_the_known_facts(rows):
    assert list(rows["facts"]) == FACT_IDS


@pytest.mark.parametrize("fact", FACT_IDS)
def test_a_fact_names_its_sources_and_each_of_them_is_cited_by_a_record_that_holds_it(rows, fact):
    sources = rows["facts"][fact].values["source_codes"]
    assert sources
    cited = {source for row in holders(rows, fact) for source in row.values["source_codes"]}
    assert set(sources) <= cited


def test_every_record_that_can_cite_a_source_cites_one(rows):
    without = [row for several in rows.values() for row in several.values() if row.values.get("source_codes") == []]
    assert not without


def test_no_shipped_row_is_an_example(rows):
    assert not [row for several in rows.values() for row in several.values() if row.values["is_example"]]


def test_the_principal_agreements_and_the_workgroup_hold_the_fact_of_the_plans(rows):
    assert {(row.noun.key, row.code) for row in holders(rows, "A3")} == {
        ("agreements", "A1"),
        ("agreements", "A2"),
        ("workgroups", "tomsk-belarus"),
    }
    assert {code: rows["agreements"][code].values["level"] for code in ("A1", "A2")} == {"A1": "state", "A2": "region"}
    assert rows["agreements"]["A1"].values["plan_stated"]


def test_the_number_of_agreements_between_institutions_is_a_stated_count(rows):
    count = rows["stated_counts"]["A4"].values
    assert (count["value"], count["precision"], count["as_of"]) == (25, "=", Period.parse("2023-08-15"))


@pytest.mark.parametrize(
    ("code", "precision", "value", "unit", "flow", "period", "base"),
    [
        ("T1-value", "<", "23", "USD_MN", "T", "2022", None),
        ("T1-growth", "=", "47", "PC", "T", "2022", "2021"),
        ("T2-growth", "<", "30", "PC", "T", "2023-S1", "2022-S1"),
        ("T3-malt", "=", "2.35", "USD_MN", "M", "2023-S1", None),
        ("T4-export-rank", "=", "6", "PLACE", "X", "2023", None),
        ("T4-import-rank", "=", "12", "PLACE", "M", "2023", None),
        ("T5-machinery-share", ">", "50", "PC", "X", "2023", None),
        ("T6-turnover-growth", "=", "60", "PC", "T", "2025-S1", "2024-S1"),
        ("T6-export-growth", "=", "30", "PC", "X", "2025-S1", "2024-S1"),
    ],
)
def test_a_figure_is_as_exact_as_its_source(rows, code, precision, value, unit, flow, period, base):
    figure = rows["figures"][code].values
    assert (figure["precision"], figure["value"], figure["unit"]) == (precision, Decimal(value), unit)
    assert (figure["flow"], figure["period"]) == (flow, Period.parse(period))
    assert figure["base_period"] == (Period.parse(base) if base else None)


def test_the_target_is_two_to_three_times_the_turnover_of_2022_without_a_date(rows):
    target = rows["targets"]["T8"].values
    assert (target["low_factor"], target["high_factor"], target["base"]) == (2, 3, "T1-value")
    assert target["due"] is None
    assert target["source_codes"] == ["S1", "S2"]


def test_deliveries_are_as_exact_as_their_sources(rows):
    machines, amino_acids = rows["deliveries"]["T9"].values, rows["deliveries"]["T10"].values
    assert (machines["precision"], machines["quantity"], machines["project"]) == (">", 250, "P8")
    assert (amino_acids["quantity"], str(amino_acids["period"])) == (None, "2022-01-01/..")


def test_the_draft_of_the_microelectronics_programme_shows_its_slip(rows):
    draft = rows["milestones"]["P1-draft"].values
    assert (str(draft["planned"]), str(draft["actual"])) == ("2024-S1", "2025")


def test_instructions_have_no_executor_and_no_deadline_where_the_source_names_none(rows):
    instruction = rows["outcomes"]["M2-outcome-3"].values
    assert instruction["kind"] == "instruction"
    assert (instruction["assignee"], instruction["assignee_text"], instruction["deadline"]) == (None, "", None)


def test_meetings_are_dated_as_exactly_as_known(rows):
    held = {code: str(row.values["held"]) for code, row in rows["meetings"].items()}
    assert held == {"M1": "2023-08-15", "M2": "2023-08-15", "M3": "2024-01-17", "M4": "2024-S1", "M5": "2025"}


def test_outcomes_lead_to_the_target_the_project_and_the_agreements(rows):
    outcomes = [row.values for row in rows["outcomes"].values()]
    assert {each["meeting"] for each in outcomes if each["target"] == "T8" and each["kind"] == "commitment"} == {
        "M1",
        "M3",
    }
    assert {each["agreement"] for each in outcomes if each["kind"] == "signed_agreement"} == {"A6", "A7", "A8"}
    assert [each["project"] for each in outcomes if each["kind"] == "achievement"] == ["P1"]


def test_outcomes_are_numbered_in_their_order(rows):
    for meeting in rows["meetings"]:
        outcomes = [row.values for row in rows["outcomes"].values() if row.values["meeting"] == meeting]
        assert [(each["number"], each["order"]) for each in outcomes] == [
            (str(n), n) for n in range(1, len(outcomes) + 1)
        ]


def test_all_six_state_universities_of_tomsk_are_there(rows):
    universities = [row.values for row in rows["organisations"].values() if row.values["kind"] == "university"]
    assert len([each for each in universities if each["side"] == "home"]) == 6


def test_a_project_whose_stage_no_source_states_has_none(rows):
    assert {code for code, row in rows["projects"].items() if not row.values["stage"]} == {
        "P2",
        "P5",
        "P7",
        "P11",
        "P12",
    }


def test_sources_are_dated_and_have_the_checksum_of_their_text(rows):
    published = {code: str(row.values["published"]) for code, row in rows["sources"].items()}
    assert published == {"S0": "2024-S1", "S1": "2024-01-17", "S2": "2023-08-15", "S3": "2023-08", "S4": "2025"}
    assert all(re.fullmatch("[0-9a-f]{64}", row.values["sha256"]) for row in rows["sources"].values())


@pytest.mark.parametrize("noun", flat(), ids=lambda noun: noun.key)
def test_russian_texts_are_russian_and_english_texts_english(rows, noun: Noun):
    own_names = {"Tomsk.ru"}
    for row in rows[noun.key].values():
        for name in noun.localised:
            russian, english = row.values[f"{name}_ru"], row.values[f"{name}_en"]
            assert bool(russian) == bool(english), row
            assert not re.search("[А-Яа-яЁё]", english), row
            assert not russian or russian in own_names or re.search("[А-Яа-яЁё]", russian), row
            assert '"' not in russian + english, row
