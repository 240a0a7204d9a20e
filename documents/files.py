"""The lists of sources and of facts as files, with the columns of the pages."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from documents.lists import ListFile, page_of, yes_or_no
from documents.models import Source
from documents.queries import facts_with_holders
from parties.formatting import period


def sources_file(request: HttpRequest) -> ListFile:
    columns = [_("Title"), _("Publisher"), _("Published"), _("Language"), _("Code"), _("Address"), _("Example")]
    cells = (
        [
            str(source.title),
            str(source.publisher),
            period(source.published) if source.published else None,
            source.get_language_display(),
            source.code,
            source.address,
            yes_or_no(source.is_example),
        ]
        for source in Source.objects.all()
    )
    return ListFile("sources", _("Sources"), page_of(request, "documents:sources"), columns, cells)


def facts_file(request: HttpRequest) -> ListFile:
    columns = [_("Section"), _("Code"), _("Fact"), _("Sources"), _("Held by"), _("Example")]
    cells = (
        [
            held.fact.get_section_display(),
            held.fact.code,
            str(held.fact.text),
            ", ".join(held.fact.source_codes),
            "; ".join(holder.name for holder in held.held_by),
            yes_or_no(held.fact.is_example),
        ]
        for held in facts_with_holders()
    )
    return ListFile("facts", _("Facts"), page_of(request, "documents:facts"), columns, cells)
