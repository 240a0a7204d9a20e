"""The report on a plan says what the program knows, in the form in which officials file it."""

from __future__ import annotations

import datetime as dt
from io import BytesIO

import pytest
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Mm

from agreements.files.plan_paper import plan_paper
from agreements.files.report_paper import report_paper
from agreements.files.word import as_docx
from agreements.files.workbook import as_xlsx
from agreements.models import Plan
from parties.models import Organisation
from parties.periods import Period
from tests.factories import make_executor, make_measure, make_postponement, make_progress_note

pytestmark = pytest.mark.django_db

DAY = dt.date(2025, 11, 23)


@pytest.fixture
def reported(plan: Plan, administration: Organisation) -> Plan:
    first = make_measure(plan=plan, number="1", text_en="Fair", section="A", order=1, deadline="2025-03-01",
                         done_on=dt.date(2025, 2, 20))  # fmt: skip
    make_executor(measure=first, organisation=administration)
    make_progress_note(measure=first, dated=dt.date(2025, 2, 21), text="Held", percent=100)
    make_measure(plan=plan, number="2", section="A", order=2, deadline="2025-03-01", done_on=dt.date(2025, 3, 4))
    late = make_measure(plan=plan, number="3", section="B", order=3, deadline="2025-06-30")
    make_postponement(
        measure=late,
        moved_from="2025-03-31",
        moved_to="2025-06-30",
        reason="No hall",
        agreed_by="the workgroup",
        decided_on=dt.date(2025, 3, 20),
    )
    make_measure(plan=plan, number="4", section="B", order=4, deadline="2027", dropped_by="Protocol 2",
                 dropped_on=dt.date(2025, 5, 1))  # fmt: skip
    return plan


def test_the_summary_counts_done_on_time_late_overdue_and_dropped(reported: Plan) -> None:
    assert report_paper(reported, DAY, "en").lead == (
        "Of 4 measures of the plan 2 are done, 1 on time and 1 late. Not done in time: 1, on schedule: 0, at risk: 0,"
        " no data: 0, not relevant: 1."
    )


def test_rows_say_planned_and_actual_date_mark_and_reason(reported: Plan) -> None:
    rows = {row[0]: row for row in report_paper(reported, DAY, "en").tables[0].rows if isinstance(row, tuple)}
    nbsp = "\u00a0"
    assert rows["1"][1:] == (
        "Fair",
        f"1{nbsp}March 2025",
        f"20{nbsp}February 2025",
        "Tomsk Oblast Administration",
        f"21.02.2025: Held (100{nbsp}%)",
        "done on time",
        "–",
    )
    assert rows["2"][6] == "done 3 days late"
    assert rows["3"][2] == f"31{nbsp}March 2025\nmoved to 30{nbsp}June 2025"
    assert rows["3"][6:] == ("not done in time", "No hall (moved, agreed by: the workgroup)")
    assert rows["4"][6] == "not relevant: Protocol 2"


def test_it_says_what_was_known_on_an_earlier_day(reported: Plan) -> None:
    lead = report_paper(reported, dt.date(2025, 2, 25), "en").lead
    assert lead.startswith("Of 4 measures of the plan 1 are done, 1 on time and 0 late.")


def test_the_planned_date_of_an_earlier_day_knows_no_later_postponement(reported: Plan) -> None:
    late = reported.measures.get(number="3")
    make_postponement(measure=late, moved_from="2025-06-30", moved_to="2027", decided_on=dt.date(2025, 7, 10))
    late.deadline = Period.year(2027)
    late.save()

    def planned(day: dt.date) -> tuple[str, str]:
        rows = {row[0]: row for row in report_paper(reported, day, "en").tables[0].rows if isinstance(row, tuple)}
        return rows["3"][2].replace("\u00a0", " "), rows["3"][6]

    assert planned(dt.date(2025, 3, 19)) == ("31 March 2025", "at risk")
    assert planned(dt.date(2025, 7, 9)) == ("31 March 2025\nmoved to 30 June 2025", "not done in time")
    assert planned(DAY)[0] == "31 March 2025\nmoved to 30 June 2025\nmoved to 2027"


def test_totals_add_up_over_the_sections(reported: Plan) -> None:
    totals = report_paper(reported, DAY, "en").tables[1].rows
    assert list(totals) == [
        ("A", "2", "1", "1", "0", "0", "0"),
        ("B", "2", "0", "0", "1", "0", "1"),
        ("In all", "4", "1", "1", "1", "0", "1"),
    ]


def test_the_text_is_landscape_and_repeats_its_headings(reported: Plan) -> None:
    document = Document(BytesIO(as_docx(report_paper(reported, DAY, "ru"))))
    section = document.sections[0]
    assert (section.orientation, round(section.page_width / Mm(1))) == (WD_ORIENT.LANDSCAPE, 297)
    assert "PAGE" in section.header._element.xml
    for table in document.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    assert not any("{{" in paragraph.text for paragraph in document.paragraphs)


def test_examples_are_labelled_on_paper(reported: Plan) -> None:
    label = "Example rows: not facts."
    assert label not in report_paper(reported, DAY, "en").lines
    reported.measures.filter(number="1").update(is_example=True)
    assert label in report_paper(reported, DAY, "en").lines
    assert label in plan_paper(reported, "en").lines


def test_a_plan_without_measures_has_a_report_that_says_so(plan: Plan) -> None:
    paper = report_paper(plan, DAY, "en")
    assert paper.lead == "The plan has no measures."
    assert as_docx(paper)
    assert as_xlsx(paper)
