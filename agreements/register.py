"""The lists of agreements and of measures as files, with the columns of the pages."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from agreements.models import Party
from agreements.queries import measures_file as measures_of
from agreements.queries.register_pages import EVERY, RegisterRow, register
from documents.lists import ListFile, page_of, yes_or_no
from parties.formatting import period
from parties.models import Side
from parties.queries import partnership_of


def register_file(request: HttpRequest) -> ListFile:
    """Return the agreements that the address asks for."""
    partnership = partnership_of(request)
    columns = [
        _("No."), _("Agreement"), _("Type"), _("Level"), _("Area"), partnership.home_side, partnership.partner_side,
        _("Signed"), _("Place"), _("State"), _("Valid until"), _("Prolongation"), _("Notice by"), _("Plan"),
        _("Measures"), _("Measures done"), _("Warnings"), _("Responsible"), _("Sources"), _("Example"),
    ]  # fmt: skip
    found = register(partnership, request.GET, per_page=EVERY)
    address = page_of(request, "agreements:list")
    return ListFile("agreements", _("Register of agreements"), address, list(map(str, columns)), map(_row, found.rows))


def measures_file(request: HttpRequest) -> ListFile:
    """Return the measures that the address asks for."""
    return measures_of(partnership_of(request), request.GET, page_of(request, "agreements:measures"))


def _row(row: RegisterRow) -> list[object]:
    agreement, plan = row.agreement, row.plan
    return [
        agreement.number,
        str(agreement),
        agreement.get_form_display(),
        agreement.get_level_display(),
        str(agreement.area) if agreement.area else None,
        _parties(agreement.parties.all(), Side.HOME),
        _parties(agreement.parties.all(), Side.PARTNER),
        period(agreement.concluded) if agreement.concluded else None,
        str(agreement.place),
        agreement.status_label,
        agreement.ends_on or row.until,
        row.beside,
        agreement.notice_by,
        str(plan) if plan else None,
        plan.measure_count if plan else None,
        plan.done_count if plan else None,
        "; ".join(row.warnings),
        str(agreement.responsible) if agreement.responsible else None,
        ", ".join(agreement.source_codes),
        yes_or_no(agreement.is_example),
    ]


def _parties(parties: list[Party], side: Side) -> str:
    return "; ".join(str(party.organisation) for party in parties if party.side == side)
