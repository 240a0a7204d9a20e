"""Facts and the records that hold them."""

from __future__ import annotations

import pytest

from documents.queries import facts_with_holders
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_a_fact_names_the_records_that_hold_it(analyst):
    make.make_fact("A1")
    agreement = make.make_agreement(fact_ids=["A1"])
    measure = make.make_measure(fact_ids=["A1"])

    held_by = analyst.get("/api/v1/facts/A1/").json()["held_by"]

    assert held_by == [
        {
            "type": "agreement",
            "id": agreement.pk,
            "url": f"http://testserver/api/v1/agreements/{agreement.pk}/",
            "page": f"http://testserver{agreement.get_absolute_url()}",
            "name": {"ru": agreement.title_ru, "en": agreement.title_en},
        },
        {
            "type": "measure",
            "id": measure.pk,
            "url": f"http://testserver/api/v1/measures/{measure.pk}/",
            "page": f"http://testserver{measure.get_absolute_url()}",
            "name": {"ru": f"{measure.number}. {measure.text_ru}", "en": f"{measure.number}. {measure.text_en}"},
        },
    ]


def test_a_part_of_a_record_has_the_addresses_of_that_record(analyst):
    make.make_fact("A1")
    attendance = make.make_attendance(fact_ids=["A1"])

    [holder] = analyst.get("/api/v1/facts/A1/").json()["held_by"]

    assert (holder["type"], holder["id"]) == ("attendance", attendance.pk)
    assert holder["url"] == f"http://testserver/api/v1/meetings/{attendance.meeting_id}/"
    assert holder["page"] == f"http://testserver{attendance.meeting.get_absolute_url()}"
    assert holder["name"]["en"] == attendance.person.name_en


def test_facts_are_filtered_by_section_and_source(analyst):
    make.make_source("S2")
    make.make_fact("T1", section="trade", source_codes=["S2"])
    make.make_fact("A1")

    for query in ("section=trade", "source=S2"):
        listed = analyst.get(f"/api/v1/facts/?{query}").json()["results"]
        assert [fact["code"] for fact in listed] == ["T1"]
        assert listed[0]["sources"] == ["S2"]


def test_facts_keep_their_order_and_may_be_held_by_none(db):
    make.make_fact("B", order=2)
    make.make_fact("A", order=1)

    assert [(held.fact.code, held.held_by) for held in facts_with_holders()] == [("A", ()), ("B", ())]


def test_every_shipped_fact_is_held_by_a_record_that_can_be_opened(facts, analyst):
    listed = analyst.get("/api/v1/facts/?page_size=1000").json()["results"]

    assert len(listed) > 30
    for fact in listed:
        assert fact["held_by"], fact["code"]
        assert all(holder["url"] and holder["page"] for holder in fact["held_by"]), fact
    for address in {holder["url"] for fact in listed for holder in fact["held_by"]}:
        assert analyst.get(address).status_code == 200, address
