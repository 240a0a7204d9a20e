"""Projects, meetings, trade and code lists in the API."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests import factories as make

pytestmark = pytest.mark.django_db


def listed(client, address):
    answer = client.get(f"/api/v1/{address}")
    assert answer.status_code == 200, answer.json()
    return answer.json()["results"]


def test_milestones_show_their_slip_on_a_day(analyst):
    row = make.make_milestone(planned="2024-S1", actual="2025")

    def slip(day):
        [alone] = listed(analyst, f"milestones/?as_of={day}")
        [project] = listed(analyst, f"projects/?as_of={day}")
        assert project["milestones"][0]["slip"] == alone["slip"]
        assert analyst.get(f"/api/v1/milestones/{row.pk}/?as_of={day}").json()["slip"] == alone["slip"]
        return alone["slip"]

    assert slip("2024-06-30") is None
    assert slip("2024-07-02") == {"least": 2, "most": None}
    assert slip("2025-12-31") == {"least": 185, "most": 549}


def test_milestones_are_filtered_by_whether_they_were_reached(analyst):
    make.make_milestone(code="reached", actual="2023")
    make.make_milestone(code="coming")

    assert [row["code"] for row in listed(analyst, "milestones/?reached=true")] == ["reached"]
    assert [row["code"] for row in listed(analyst, "milestones/?reached=false")] == ["coming"]
    assert listed(analyst, "milestones/?reached=true&as_of=2022-01-01") == []


def test_projects_and_deliveries_are_filtered(analyst):
    project = make.make_project(code="P", stage="funded", stage_stated="2025", period="2023/..")
    firm = make.make_participant(project=project).organisation
    make.make_project(code="Q", area=make.make_area("culture"))
    make.make_delivery(code="D", project=project, hs_code="8433", quantity=Decimal("250.000"), precision=">")

    for query in ("stage=funded", f"organisation={firm.pk}", "year=2030", "area=industry", "period=2024-S1"):
        assert [row["code"] for row in listed(analyst, f"projects/?{query}")] == ["P"], query
    [delivery] = listed(analyst, "deliveries/?hs_code=84&project=P&year=2023&from_side=partner")
    assert (delivery["quantity"], delivery["precision"]) == ("250", ">")
    assert listed(analyst, "deliveries/?hs_code=85") == []
    assert analyst.get("/api/v1/deliveries/?hs_code=84_3").status_code == 400


def test_a_meeting_carries_attendance_and_outcomes(analyst):
    meeting = make.make_meeting()
    person = make.make_attendance(meeting=meeting, post_ru="министр", post_en="minister").person
    outcome = make.make_instruction(meeting=meeting, deadline="2024-Q3")

    record = analyst.get(f"/api/v1/meetings/{meeting.pk}/").json()

    assert record["held"] == "2023-08-15"
    [present] = record["attendance"]
    assert (present["person"]["id"], present["side"], present["post"]["en"]) == (person.pk, "home", "minister")
    [result] = record["outcomes"]
    assert result["url"] == f"http://testserver/api/v1/outcomes/{outcome.pk}/"
    assert (result["kind"], result["deadline_last"]) == ("instruction", "2024-09-30")
    assert [row["id"] for row in listed(analyst, f"meetings/?person={person.pk}&year=2023")] == [meeting.pk]


def test_instructions_are_the_outcomes_that_instruct(analyst):
    instruction = make.make_instruction(assignee_side="partner")
    decision = make.make_outcome(meeting=instruction.meeting)

    assert {row["id"] for row in listed(analyst, "outcomes/")} == {instruction.pk, decision.pk}
    [row] = listed(analyst, "instructions/?side=partner")
    assert row["url"] == f"http://testserver/api/v1/instructions/{instruction.pk}/"
    assert analyst.get(f"/api/v1/instructions/{decision.pk}/").status_code == 404
    assert analyst.get("/api/v1/instructions/?kind=decision").status_code == 400
    assert [row["id"] for row in listed(analyst, "outcomes/?kind=decision")] == [decision.pk]


def test_a_figure_is_shown_as_published(analyst):
    make.make_figure(code="T1", value=Decimal("2.3500"), commodity=make.make_commodity("1107"), precision="<")

    [figure] = listed(analyst, "trade/published-figures/?classification=HS&indicator=value&flow=T&year=2022")

    assert (figure["value"], figure["unit"], figure["precision"]) == ("2.35", "USD_MN", "<")
    assert (figure["classification"], figure["commodity_code"], figure["reporter"]["code"]) == ("HS", "1107", "RU-TOM")
    assert (figure["base_period"], figure["base_period_first"]) == (None, None)
    assert listed(analyst, "trade/published-figures/?reporter=BY") == []


def test_a_target_names_its_base_figure(analyst):
    make.make_target()

    [target] = listed(analyst, "trade/targets/?year=2024")

    assert (target["low_factor"], target["high_factor"]) == ("2", "3")
    assert (target["base"]["value"], target["base"]["period"]) == ("23", "2022")


def test_organisations_are_filtered_by_partnership(analyst):
    make.make_partnership()
    grodno = make.make_territory("BY-HR", parent=make.make_territory("BY"))
    there = make.make_organisation(territory=grodno)
    make.make_organisation(territory=make.make_territory("RU-KYA"))

    assert [row["id"] for row in listed(analyst, "organisations/?partnership=tomsk-belarus")] == [there.pk]


def test_people_are_filtered_by_the_organisation_of_a_post(analyst):
    post = make.make_post(organisation=make.make_organisation())
    make.make_person()

    [person] = listed(analyst, f"people/?organisation={post.organisation_id}")

    assert person["posts"][0]["title"]["en"] == "Minister"


def test_code_lists_say_what_codes_mean_in_both_languages(analyst):
    make.make_commodity("1107")
    make.make_territory("BY-HR", parent=make.make_territory("BY"))
    make.make_area("industry")

    names = {entry["id"]: entry["url"] for entry in listed(analyst, "trade/codelists/")}

    tables = {name: analyst.get(address).json()["codes"] for name, address in names.items()}
    assert {"commodities", "territories", "areas", "agreement-statuses", "flows"} <= set(tables)
    assert [(row["code"], row["name"]["en"]) for row in tables["flows"]] == [
        ("T", "turnover"), ("X", "export"), ("M", "import"),
    ]  # fmt: skip
    [grodno] = [row for row in tables["territories"] if row["code"] == "BY-HR"]
    assert (grodno["kind"], grodno["parent"]) == ("region", "BY")
    assert tables["commodities"][0]["commodity_code"] == "1107"
    assert all(row["code"] and row["name"]["ru"] and row["name"]["en"] for rows in tables.values() for row in rows)
