"""The list of yearly reports as a file, with the columns of the page."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from documents.lists import ListFile, page_of
from parties.queries import partnership_of
from reports.queries import YearRow, report_years


def reports_file(request: HttpRequest) -> ListFile:
    columns = [
        _("Year"), _("Newest version"), _("Computed"), _("Checksum"), _("Last computation"), _("Requested by"),
        _("Requested"),
    ]  # fmt: skip
    rows = report_years(partnership_of(request))
    return ListFile("reports", _("Yearly reports"), page_of(request, "reports:list"), columns, map(_cells, rows))


def _cells(row: YearRow) -> list[object]:
    latest, run = row.latest, row.run
    return [
        row.year,
        latest.number if latest else None,
        latest.created_at if latest else None,
        latest.content_hash if latest else None,
        run.get_state_display() if run else None,
        str(run.requested_by or _("by schedule")) if run else None,
        run.requested_at if run else None,
    ]
