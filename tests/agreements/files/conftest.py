"""Files of plans as people make them, and plans to compare them with."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document

from agreements.files.comparing import compare
from agreements.files.differences import Comparison, Known
from agreements.files.layout import PlanTable, SideWords, plan_rows
from agreements.files.tables import open_file
from agreements.models import Plan
from parties.models import Organisation, Side
from tests.factories import make_agreement, make_organisation, make_partnership, make_plan, make_territory

HEADINGS = ["№ п/п", "Мероприятие", "Срок", "Исполнители (Томская область)", "Исполнители (Беларусь)"]


def as_workbook(rows: Sequence[Sequence[Any]], merged: Sequence[tuple[int, int, int, int, str]] = ()) -> bytes:
    """Return an XLSX; `merged` are areas (first row, first column, last row, last column, text) from 0."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("План")
    for number, row in enumerate(rows):
        for place, value in enumerate(row):
            if value != "":
                sheet.write(number, place, value)
    for area in merged:
        sheet.merge_range(*area)
    book.close()
    return out.getvalue()


def as_text(rows: Sequence[Sequence[str]], before: str = "План мероприятий") -> bytes:
    """Return a DOCX with one table; a row with a single cell is merged over the whole width."""
    document = Document()
    document.add_paragraph(before)
    width = max(map(len, rows), default=0)
    if width:
        table = document.add_table(0, width)
        for row in rows:
            cells = table.add_row().cells
            if len(row) == 1:
                cells[0].merge(cells[-1]).text = row[0]
                continue
            for cell, text in zip(cells, row, strict=True):
                cell.text = text
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def upload(content: bytes, name: str = "plan.docx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def read(content: bytes, plan: Plan) -> PlanTable:
    return plan_rows(open_file(upload(content)), SideWords.of(plan.agreement.partnership))


def compared(content: bytes, plan: Plan) -> Comparison:
    return compare(read(content, plan), Known.of(plan))


@pytest.fixture
def plan(db: None) -> Plan:
    partnership = make_partnership(
        home=make_territory("RU-TOM", name_ru="Томская область", name_en="Tomsk Oblast"),
        partner=make_territory("BY", name_ru="Республика Беларусь", name_en="Republic of Belarus"),
    )
    return make_plan(period="2025/2027", agreement=make_agreement(partnership=partnership))


@pytest.fixture
def administration(db: None) -> Organisation:
    return make_organisation(
        side=Side.HOME,
        name_ru="Администрация Томской области",
        name_en="Tomsk Oblast Administration",
        short_name_ru="АТО",
    )


@pytest.fixture
def committee(db: None) -> Organisation:
    return make_organisation(
        side=Side.PARTNER,
        name_ru="Комитет экономики, труда и занятости",
        name_en="Committee of Economy",
        short_name_ru="",
    )
