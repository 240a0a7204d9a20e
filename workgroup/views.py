"""Pages about meetings and instructions."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from parties.models import User
from parties.pages import render_page
from parties.permissions import allowed, may_record_meetings, signed_in
from parties.queries import partnership_of
from workgroup import operations, queries
from workgroup.entry import MeetingEntry
from workgroup.models import Meeting


@require_safe
@signed_in
def meetings(request: HttpRequest) -> HttpResponse:
    may_add = may_record_meetings(cast(User, request.user))
    return render_page(
        request,
        "workgroup/meetings.html",
        lambda: {"page": queries.meetings_page(partnership_of(request), request.GET), "may_add": may_add},
        filtered=True,
    )


@require_safe
@signed_in
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Meeting.objects.for_list(), pk=pk)
    may_edit = may_record_meetings(cast(User, request.user))
    return render_page(
        request, "workgroup/meeting.html", lambda: {"page": queries.meeting_page(found), "may_edit": may_edit}
    )


@require_safe
@signed_in
def instructions(request: HttpRequest) -> HttpResponse:
    return render_page(
        request, "workgroup/instructions.html", lambda: {"page": queries.instructions_page(partnership_of(request))}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(may_record_meetings)
def new_meeting(request: HttpRequest) -> HttpResponse:
    return _enter(request, MeetingEntry(request, Meeting(partnership=partnership_of(request))))


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(may_record_meetings)
def edit_meeting(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Meeting.objects.select_related("partnership"), pk=pk)
    return _enter(request, MeetingEntry(request, found))


def _enter(request: HttpRequest, entry: MeetingEntry) -> HttpResponse:
    """Show the form, or keep it; whatever goes wrong, every typed word stays in the form."""
    status = 200
    if entry.is_submitted:
        if entry.is_valid():
            try:
                kept = entry.save(by=cast(User, request.user))
            except operations.MeetingChanged as change:
                entry.show_conflict(change.saved)
                status = 409
            except ValidationError as refusal:
                entry.refuse(refusal)
                status = 422
            else:
                messages.success(request, _("The meeting is kept."))
                return redirect(kept)
        else:
            status = 422
    return render(request, "workgroup/meeting_form.html", {"entry": entry}, status=status)
