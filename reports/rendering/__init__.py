"""The page of a report, made from the frozen content of a version and from nothing else."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports.rendering import cooperation
from reports.rendering.gaps import missing
from reports.rendering.page import Citations, Json, Line, ReportPage, in_language, period_words
from reports.rendering.trade import trade

__all__ = ["ReportPage", "render_content"]


def render_content(content: Json) -> ReportPage:
    """Return the report in the reader's language (no query)."""
    cite = Citations(content["sources"])
    return ReportPage(
        year=content["year"],
        title=_("Report on the cooperation in %(year)s") % {"year": content["year"]},
        headline=_headline(content),
        as_of=dt.date.fromisoformat(content["as_of"]),
        sections=(
            cooperation.agreements(content["agreements"], cite),
            cooperation.measures(content["measures"], cite),
            cooperation.meetings(content["meetings"], cite),
            trade(content["trade"], cite),
            cooperation.projects(content["projects"], cite),
            missing(content["missing"]),
        ),
        sources=tuple(_source(source) for source in content["sources"]),
    )


def _headline(content: Json) -> str:
    in_force = content["agreements"]["in_force"]
    return _("%(year)s: %(meetings)s, %(projects)s, %(agreements)s") % {
        "year": content["year"],
        "meetings": cooperation.meeting_count(content["meetings"]["total"]),
        "projects": cooperation.project_count(content["projects"]["total"]),
        "agreements": ngettext("%(count)d agreement in force", "%(count)d agreements in force", in_force)
        % {"count": in_force},
    }


def _source(source: Json) -> Line:
    details = (in_language(source["publisher"]), period_words(source["published"]))
    return Line(f"{source['code']}: {in_language(source['title'])}", source["page"], "", details)
