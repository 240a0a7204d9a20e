"""Paper as DOCX: landscape A4 by GOST R 7.0.97, headings of tables on every page, rows never divided."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

from agreements.files.paper import Paper, PaperTable, SectionRow
from agreements.files.tables import storable

_FONT = "Liberation Serif"
_LINE = Mm(297 - 20 - 10)  # what the margins leave of a landscape sheet
_TWIPS_PER_EMU = 1 / 635
_PAGE_NUMBER = (
    f'<w:p {nsdecls("w")}><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    '<w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    '<w:r><w:t>2</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
)
_BORDERS = "".join(
    f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
    for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
)


def as_docx(paper: Paper) -> bytes:
    """Return the file."""
    document = Document()
    _set_page(document.sections[0])
    _set_style(document, paper.language)
    core = document.core_properties
    core.title, core.author, core.comments, core.language = storable(paper.title)[:255], "", "", paper.language
    _paragraph(document, paper.title, bold=True, centred=True, size=14)
    for line in paper.lines:
        _paragraph(document, line, centred=True)
    if paper.lead:
        _paragraph(document, paper.lead, indent=True)
    for table in paper.tables:
        if table.heading:
            _paragraph(document, table.heading, bold=True, centred=True, keep=True)
        else:
            _paragraph(document, "")
        # Two tables without a paragraph between them would be one.
        document.element.body.insert(len(document.element.body) - 1, parse_xml(_table(table)))
        _paragraph(document, "")
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _set_page(section: Any) -> None:
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin, section.right_margin = Mm(20), Mm(10)
    section.top_margin, section.bottom_margin = Mm(20), Mm(20)
    section.header_distance = Mm(10)
    # Pages are numbered from the second, centred in the top margin.
    section.different_first_page_header_footer = True
    section.header.is_linked_to_previous = False
    paragraph = section.header.paragraphs[0]._p
    paragraph.getparent().replace(paragraph, parse_xml(_PAGE_NUMBER))


def _set_style(document: Any, language: str) -> None:
    style = document.styles["Normal"]
    style.font.name, style.font.size = _FONT, Pt(12)
    properties = style.element.get_or_add_rPr()
    for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        properties.rFonts.set(qn(script), _FONT)
    tongue = "ru-RU" if language == "ru" else "en-GB"
    properties.append(parse_xml(f'<w:lang {nsdecls("w")} w:val="{tongue}"/>'))
    style.paragraph_format.space_after = Pt(0)


def _paragraph(
    document: Any,
    text: str,
    *,
    bold: bool = False,
    centred: bool = False,
    indent: bool = False,
    keep: bool = False,
    size: int = 12,
) -> None:
    paragraph = document.add_paragraph()
    run = paragraph.add_run(storable(text))
    run.bold, run.font.size = bold, Pt(size)
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if indent:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        paragraph.paragraph_format.first_line_indent = Mm(12.5)
        paragraph.paragraph_format.space_before = Pt(12)
    paragraph.paragraph_format.keep_with_next = keep


def _table(table: PaperTable) -> str:
    """Return the XML of the table; made in one piece, because a thousand rows by the library's cells take minutes."""
    shares = sum(column.width for column in table.columns)
    widths = [int(_LINE * _TWIPS_PER_EMU * column.width / shares) for column in table.columns]
    header = "".join(
        _cell(column.heading, width, bold=True, centred=True)
        for column, width in zip(table.columns, widths, strict=True)
    )
    rows = "".join(_row(row, table.columns, widths) for row in table.rows)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f"<w:tblBorders>{_BORDERS}</w:tblBorders>"
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
        f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{header}</w:tr>{rows}</w:tbl>"
    )


def _row(row: SectionRow | Any, columns: Any, widths: list[int]) -> str:
    if isinstance(row, SectionRow):
        cells = _cell(row.text, sum(widths), bold=True, centred=True, span=len(widths), keep=True)
    else:
        cells = "".join(
            _cell(text, width, centred=column.centred) for text, column, width in zip(row, columns, widths, strict=True)
        )
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>"


def _cell(
    text: str, width: int, *, bold: bool = False, centred: bool = False, span: int = 1, keep: bool = False
) -> str:
    aligned = '<w:jc w:val="center"/>' if centred else ""
    kept = "<w:keepNext/>" if keep else ""
    weight = "<w:b/>" if bold else ""
    spanned = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    paragraphs = "".join(
        f'<w:p><w:pPr>{kept}{aligned}</w:pPr><w:r><w:rPr>{weight}<w:sz w:val="20"/></w:rPr>'
        f'<w:t xml:space="preserve">{escape(line)}</w:t></w:r></w:p>'
        for line in storable(text).split("\n")
    )
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{spanned}</w:tcPr>{paragraphs}</w:tc>'
