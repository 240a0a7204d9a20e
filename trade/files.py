"""The lists of published figures, datasets, releases and imports as files, with the columns of the pages."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest
from django.utils.translation import gettext as _

from documents.lists import ListFile, page_of, yes_or_no
from parties.formatting import period
from parties.models import Side
from parties.pages import chosen
from parties.precision import Precision
from parties.queries import partnership_of
from trade import queries
from trade.explorer import releases as history
from trade.imports import preview
from trade.models import PublishedFigure, Release
from trade.wording import subject, unit_name


def figures_file(request: HttpRequest) -> ListFile:
    """Return the published figures: values as numbers, their precision and unit beside them."""
    columns = [
        _("Figure"), _("Period"), _("Precision"), _("Value"), _("Unit"), _("Compared with"), _("Stated by"),
        _("Sources"), _("Example"),
    ]  # fmt: skip
    rows = queries.figures(partnership_of(request))
    return ListFile("figures", _("Published figures"), page_of(request, "trade:figures"), columns, map(_figure, rows))


def _figure(figure: PublishedFigure) -> list[object]:
    return [
        subject(figure),
        period(figure.period),
        Precision(figure.precision).label,
        figure.value.normalize(),
        unit_name(figure.unit),
        period(figure.base_period) if figure.base_period else None,
        Side(figure.stated_by).label,
        ", ".join(figure.source_codes),
        yes_or_no(figure.is_example),
    ]


def datasets_file(request: HttpRequest) -> ListFile:
    columns = [
        _("Dataset"), _("Code"), _("First month"), _("Last month"), _("Lines"), _("Last release"), _("Licence"),
        _("Example"),
    ]  # fmt: skip
    cells = (
        [
            str(row.dataset),
            row.dataset.code,
            _month(row.first),
            _month(row.last),
            row.rows,
            row.loaded_at,
            row.dataset.licence,
            yes_or_no(row.dataset.is_example),
        ]
        for row in history.datasets()
    )
    return ListFile("datasets", _("Datasets"), page_of(request, "trade:datasets"), columns, cells)


def releases_file(request: HttpRequest) -> ListFile:
    """Return the releases that the address asks for."""
    columns = [
        _("Release"), _("State"), _("Undoes"), _("Undone by"), _("Dataset"), _("First month"), _("Last month"),
        _("Loaded"), _("New"), _("Changed"), _("Disappeared"), _("Example"),
    ]  # fmt: skip
    rows = history.counted(chosen(history.ReleaseFilter(request.GET, queryset=Release.objects.all())))
    return ListFile("releases", _("Releases"), page_of(request, "trade:releases"), columns, map(_release, rows))


def _release(release: Release) -> list[object]:
    undone_by = getattr(release, "undone_by", None)  # the other side of a one-to-one relation: missing, not None
    return [
        release.pk,
        release.get_status_display(),
        release.undoes_id,
        undone_by.pk if undone_by else None,
        str(release.dataset.code),
        _month(release.first_month),
        _month(release.last_month),
        release.loaded_at,
        release.new_rows,  # type: ignore[attr-defined]
        release.changed_rows,
        release.disappeared_rows,  # type: ignore[attr-defined]
        yes_or_no(release.is_example),
    ]


def imports_file(request: HttpRequest) -> ListFile:
    columns = [_("File"), _("Dataset"), _("State"), _("Rows read"), _("Loaded"), _("By"), _("Release")]
    cells = (
        [
            job.file_name,
            str(job.dataset),
            job.get_state_display(),
            job.rows_read or None,
            job.requested_at,
            str(job.requested_by) if job.requested_by else None,
            job.release_id,
        ]
        for job in preview.imports()
    )
    return ListFile("imports", _("Imports"), page_of(request, "trade:imports"), columns, cells)


def _month(day: dt.date | None) -> str | None:
    return f"{day:%m.%Y}" if day else None
