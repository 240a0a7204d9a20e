"""The lists of organisations and of found records as files, with the columns of the pages."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from dashboards import chain as chains
from dashboards.queries import organisations
from dashboards.search import asked, search
from documents.lists import ListFile, page_of, yes_or_no
from parties.formatting import period
from parties.models import Side
from parties.queries import partnership_of


def organisations_file(request: HttpRequest) -> ListFile:
    columns = [
        _("Organisation"),
        _("What sources say"),
        _("Side"),
        _("Kind"),
        _("Territory"),
        _("Sources"),
        _("Example"),
    ]
    cells = (
        [
            str(one.name),
            "; ".join(str(mention.text) for mention in one.mentions.all()),
            Side(one.side).label if one.side else None,
            one.get_kind_display(),
            str(one.territory) if one.territory else None,
            ", ".join(sorted({code for mention in one.mentions.all() for code in mention.source_codes})),
            yes_or_no(one.is_example),
        ]
        for one in organisations()
    )
    return ListFile("organisations", _("Organisations"), page_of(request, "dashboards:organisations"), columns, cells)


def coverage_file(request: HttpRequest) -> ListFile:
    """Return the coverage of articles that the address asks for."""
    asked_for = chains.coverage_asked(request.GET)
    found = chains.coverage(partnership_of(request), timezone.localdate(), **asked_for)
    return chains.coverage_file(found, page_of(request, "dashboards:coverage"))


def search_file(request: HttpRequest) -> ListFile:
    """Return the found records of all pages and kinds that the address asks for, best first within each kind."""
    columns = [
        _("Kind"), _("Title"), _("Where it was found"), _("Period"), _("Part of"), _("Page"), _("Example"),
    ]  # fmt: skip
    question = asked(request.GET).question()
    title = f"{_('Search')}: {question.words}"
    return ListFile("search", title, page_of(request, "dashboards:search"), columns, _found(request))


def _found(request: HttpRequest) -> Iterator[list[object]]:
    for group in search(asked(request.GET).question(), whole=True).groups:
        for hit in group.hits:
            yield [
                str(group.label),
                hit.title,
                hit.text,
                period(hit.period) if hit.period else None,
                hit.part_of,
                request.build_absolute_uri(hit.page) if hit.page else None,
                yes_or_no(hit.row.is_example),
            ]
