"""The lists of meetings and of instructions as files, with the columns of the pages."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from documents.lists import ListFile, page_of, yes_or_no
from parties.formatting import period
from parties.queries import partnership_of
from workgroup.queries import instructions_page, meetings_page


def meetings_file(request: HttpRequest) -> ListFile:
    """Return the meetings that the address asks for."""
    columns = [_("Meeting"), _("Date"), _("Place"), _("Level"), _("Outcomes"), _("Sources"), _("Example")]
    cells = (
        [
            str(meeting),
            period(meeting.held),
            str(meeting.place),
            meeting.get_level_display(),
            meeting.outcome_count,
            ", ".join(meeting.source_codes),
            yes_or_no(meeting.is_example),
        ]
        for meeting in meetings_page(partnership_of(request), request.GET).meetings
    )
    return ListFile("meetings", _("Meetings"), page_of(request, "workgroup:meetings"), columns, cells)


def instructions_file(request: HttpRequest) -> ListFile:
    columns = [
        _("No."), _("Kind"), pgettext("outcome", "Text"), _("Meeting"), _("Date of the meeting"), _("Assignee"),
        _("Deadline"), _("Measures"), _("Agreement"), _("Project"), _("Target"), _("Sources"), _("Example"),
    ]  # fmt: skip
    cells = (
        [
            outcome.number,
            outcome.get_kind_display(),
            str(outcome.text),
            str(outcome.meeting),
            period(outcome.meeting.held),
            str(outcome.assignee or outcome.assignee_text),
            period(outcome.deadline) if outcome.deadline else None,
            ", ".join(measure.number for measure in outcome.measures.all()),
            *(str(one) if one else None for one in (outcome.agreement, outcome.project, outcome.target)),
            ", ".join(outcome.source_codes),
            yes_or_no(outcome.is_example),
        ]
        for outcome in instructions_page(partnership_of(request)).outcomes
    )
    title = _("Instructions and commitments")
    return ListFile("instructions", title, page_of(request, "workgroup:instructions"), columns, cells)
