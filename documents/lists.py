"""A list of a page as a file: the same rows and columns as CSV or XLSX.

A page with a list has both: `files_of` in the `urls` of its app, `{% list_files %}` on the page.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any, Literal

import xlsxwriter
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from parties.formatting import neutralised
from parties.pages import refuse_parameters, unless_known
from parties.permissions import View, signed_in

Form = Literal["csv", "xlsx"]
_LONGEST_CELL = 32_767
_WIDEST_COLUMN = 60
_WRAPPED = {"text_wrap": True, "valign": "top"}


@dataclass(frozen=True)
class ListFile:
    """A table with one row of headings. `name` is that of the file, without its ending and the day.

    A cell is a text, number, day, moment or None. `address` is that of the page which shows the same list.
    """

    name: str
    title: str
    address: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Any]]


def files_of(
    address: str,
    name: str,
    list_of: Callable[[HttpRequest], ListFile],
    *,
    declared: Callable[[View], View] = signed_in,
    filtered: bool = False,
    versioned: bool = True,
) -> list[URLPattern]:
    """Return the addresses of a list as CSV and as XLSX, named `<name>_csv` and `<name>_xlsx`.

    `declared` says who may have them: whoever may see the page. `filtered=True` is for lists that read parameters,
    as for `render_page`. `versioned=False` is for rows that change without a new data version, such as jobs.
    """

    @require_safe
    @declared
    def give(request: HttpRequest, form: Form) -> HttpResponse:
        if not filtered:
            refuse_parameters(request)
        if versioned:
            return unless_known(request, lambda: answer(list_of(request), form))
        response = answer(list_of(request), form)
        response["Cache-Control"] = "no-store"
        return response

    forms: tuple[Form, ...] = ("csv", "xlsx")
    return [path(f"{address}.{form}", give, {"form": form}, name=f"{name}_{form}") for form in forms]


def page_of(request: HttpRequest, name: str) -> str:
    """Return the whole address of the page with this name and the parameters of the request."""
    query = request.GET.urlencode()
    return request.build_absolute_uri(f"{reverse(name)}?{query}" if query else reverse(name))


def yes_or_no(value: bool) -> str:
    return _("yes") if value else _("no")


def answer(file: ListFile, form: Form) -> HttpResponse:
    """Return the file as a download: CSV in UTF-8 that spreadsheets recognise, or XLSX."""
    if form == "csv":
        response = HttpResponse(_as_csv(file), content_type="text/csv; charset=utf-8")
    else:
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        response = HttpResponse(_as_workbook(file), content_type=kind)
    name = f"{file.name}-{timezone.localdate():%Y-%m-%d}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _as_csv(file: ListFile) -> bytes:
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(file.columns)
    writer.writerows([_plain(cell) for cell in row] for row in file.rows)
    return out.getvalue().encode("utf-8-sig", "replace")


def _plain(cell: Any) -> str:
    """Return a cell as CSV holds it: times in ISO 8601, numbers in plain digits, no text that begins like a formula."""
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime):
        return timezone.localtime(cell).isoformat(timespec="seconds")
    if isinstance(cell, dt.date):
        return cell.isoformat()
    if isinstance(cell, Decimal):
        return f"{cell:f}"  # never 2.5E+2
    if isinstance(cell, int):
        return str(cell)
    return neutralised(str(cell))


def _as_workbook(file: ListFile) -> bytes:
    """Return the workbook: the list on the first sheet, what it is on the second. Nothing is a formula."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    bold, wrapped = book.add_format({"bold": True, "valign": "top"}), book.add_format(_WRAPPED)
    day = book.add_format({"num_format": "dd.mm.yyyy", "valign": "top", "align": "left"})
    moment = book.add_format({"num_format": "dd.mm.yyyy hh:mm", "valign": "top", "align": "left"})
    sheet, about = book.add_worksheet(_("List")), book.add_worksheet(_("About"))
    widths = [len(column) for column in file.columns]
    for place, column in enumerate(file.columns):
        sheet.write_string(0, place, column, bold)
    last = 0
    for last, row in enumerate(file.rows, start=1):
        for place, cell in enumerate(row):
            if cell is None or cell == "":
                continue
            if isinstance(cell, dt.datetime):
                sheet.write_datetime(last, place, timezone.localtime(cell).replace(tzinfo=None), moment)
            elif isinstance(cell, dt.date):
                sheet.write_datetime(last, place, dt.datetime.combine(cell, dt.time()), day)
            elif isinstance(cell, int | Decimal):
                sheet.write_number(last, place, cell, wrapped)
            else:
                sheet.write_string(last, place, _fitting(str(cell)), wrapped)
            widths[place] = max(widths[place], *(len(line) for line in str(cell).splitlines() or [""]))
    for place, width in enumerate(widths):
        sheet.set_column(place, place, min(width + 2, _WIDEST_COLUMN))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, last, len(file.columns) - 1)
    about.set_column(0, 0, 20)
    about.set_column(1, 1, 100)
    made = f"{timezone.localtime():%d.%m.%Y, %H:%M}"
    for number, (name, text) in enumerate([(_("List"), file.title), (_("As of"), made), (_("Page"), file.address)]):
        about.write_string(number, 0, name, bold)
        about.write_string(number, 1, _fitting(text))
    book.close()
    return out.getvalue()


def _fitting(text: str) -> str:
    """Return the text as a cell can hold it."""
    whole = text.encode("utf-8", "replace").decode()
    return whole if len(whole) <= _LONGEST_CELL else f"{whole[: _LONGEST_CELL - 1]}…"
