"""The coverage of articles as a file: one row for each article and year, as tables of analysts have it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dashboards.chain.coverage import CoveragePage
from documents.lists import ListFile


def coverage_file(page: CoveragePage, address: str) -> ListFile:
    """Return the cells of the page's tables; `address` is that of the page."""
    return ListFile(
        name="coverage",
        title=_("Coverage of articles"),
        address=address,
        columns=[
            _("Agreement"),
            _("Article"),
            _("Text"),
            _("Year"),
            _("Measures"),
            _("Done by the end of the year"),
            _("Gap in the year"),
            _("Gap today"),
        ],
        rows=_rows(page),
    )


def _rows(page: CoveragePage) -> Iterator[list[Any]]:
    missing = pgettext("measures in a year", "none")
    for matrix in page.matrices:
        for row in matrix.rows:
            article = row.article
            number, text = (article.number, article.text) if article else ("", _("Measures that name no article"))
            gap = row.gap.words if row.gap else ""
            for cell in row.cells:
                in_year = missing if cell.is_gap else ""
                yield [str(matrix.agreement), number, text, cell.year, cell.total, cell.done, in_year, gap]
