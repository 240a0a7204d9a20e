"""Agreements, measures, meetings and projects of a report in words."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agreements.models import Agreement, Status
from parties.formatting import number, with_precision
from projects.models import Project
from reports.rendering.page import Citations, Json, Line, Section, groups, in_language, period_words, short_name
from workgroup.models import Meeting, Outcome


def agreements(section: Json, cite: Citations) -> Section:
    total = section["total"]
    headline = ngettext(
        "%(in_force)d of %(total)d agreement is in force", "%(in_force)d of %(total)d agreements are in force", total
    ) % {"in_force": section["in_force"], "total": total}
    this_year = [item for item in section["items"] if item["concluded_in_year"]]
    earlier = [item for item in section["items"] if not item["concluded_in_year"]]
    return Section(
        "agreements",
        _("Agreements"),
        headline if total else _("No agreement is recorded"),
        groups(
            (_("Concluded within the year"), (_agreement(item, cite) for item in this_year)),
            (_("Concluded earlier"), (_agreement(item, cite) for item in earlier)),
            (_("Stated as a number only"), (_stated_count(count, cite) for count in section["stated_counts"])),
        ),
    )


def _agreement(item: Json, cite: Citations) -> Line:
    parties = " – ".join(short_name(party["organisation"]) for party in item["parties"])
    concluded = _("concluded: %(when)s") % {"when": period_words(item["concluded"])} if item["concluded"] else ""
    level = str(Agreement.Level(item["level"]).label)
    return cite.line(item, in_language(item["title"]), str(Status(item["status"]).label), (level, concluded, parties))


def _stated_count(count: Json, cite: Citations) -> Line:
    value = with_precision(number(count["value"]), count["precision"])
    as_of = _("as of %(when)s") % {"when": period_words(count["as_of"])}
    return cite.line(count, in_language(count["subject"]), value, (as_of,))


def measures(section: Json, cite: Citations) -> Section:
    return Section(
        "measures",
        _("Plans and measures"),
        _measures_headline(section),
        groups(
            (_("Plans of the year"), (_plan(plan, cite, section.get("news_days")) for plan in section["plans"])),
            (
                _("Agreements that are stated to have a plan"),
                (cite.line(row, in_language(row["title"])) for row in section["stated_for"]),
            ),
        ),
    )


def _measures_headline(section: Json) -> str:
    total, stated = section["total"], section["plans_stated"]
    if total:
        return ngettext(
            "%(done)d of %(total)d measure is done, overdue: %(overdue)d",
            "%(done)d of %(total)d measures are done, overdue: %(overdue)d",
            total,
        ) % {"done": section["done"], "total": total, "overdue": section["overdue"]}
    if stated:
        return ngettext(
            "No measure is known: the sources speak of %(count)d plan without its text",
            "No measure is known: the sources speak of %(count)d plans without their texts",
            stated,
        ) % {"count": stated}
    return _("No plan is recorded")


def _plan(plan: Json, cite: Citations, news_days: int | None) -> Line:
    """Return the line of a plan; without `news_days` (the first release) those without any note were counted."""
    silent = (
        _("without any news: %(count)d") if news_days is None else _("no news for more than %(days)d days: %(count)d")
    )
    counts = (
        _("overdue: %(count)d") % {"count": plan["overdue"]},
        silent % {"count": plan["without_news"], "days": news_days},
        _("not relevant: %(count)d") % {"count": plan["dropped"]},
    )
    done = _("%(done)d of %(total)d done") % {"done": plan["done"], "total": plan["total"]}
    return cite.line(plan, in_language(plan["title"]), done, counts)


def meetings(section: Json, cite: Citations) -> Section:
    headline = _("%(meetings)s, %(outcomes)s") % {
        "meetings": meeting_count(section["total"]),
        "outcomes": ngettext("%(count)d outcome", "%(count)d outcomes", section["outcomes"])
        % {"count": section["outcomes"]},
    }
    return Section(
        "meetings",
        _("Meetings and outcomes"),
        headline if section["total"] else _("No meeting is recorded"),
        groups((_("Meetings"), (_meeting(item, cite) for item in section["items"])))
        + groups(*((in_language(item["title"]), _outcomes(item, cite)) for item in section["items"])),
    )


def meeting_count(count: int) -> str:
    return ngettext("%(count)d meeting", "%(count)d meetings", count) % {"count": count}


def _meeting(item: Json, cite: Citations) -> Line:
    uncertain = "" if item["is_certain"] else _("may have been held in another year; not counted")
    level = str(Meeting.Level(item["level"]).label)
    return cite.line(
        item, in_language(item["title"]), period_words(item["held"]), (level, in_language(item["place"]), uncertain)
    )


def _outcomes(item: Json, cite: Citations) -> list[Line]:
    return [_outcome(outcome, cite) for outcome in item["outcomes"]]


def _outcome(outcome: Json, cite: Citations) -> Line:
    who = short_name(outcome["assignee"]) if outcome["assignee"] else outcome["assignee_text"]
    deadline = outcome["deadline"]
    return cite.line(
        outcome,
        in_language(outcome["text"]),
        str(Outcome.Kind(outcome["kind"]).label),
        (who, _("deadline: %(when)s") % {"when": period_words(deadline)} if deadline else ""),
    )


def projects(section: Json, cite: Citations) -> Section:
    late = section["milestones_late"]
    headline = project_count(section["total"])
    if late:
        headline = _("%(projects)s, %(steps)s") % {
            "projects": headline,
            "steps": ngettext("%(count)d step late", "%(count)d steps late", late) % {"count": late},
        }
    return Section(
        "projects",
        _("Projects and deliveries"),
        headline if section["total"] else _("No project is recorded"),
        groups(
            (_("Steps"), (_milestone(item, step, cite) for item in section["items"] for step in item["milestones"])),
            (_("Projects"), (_project(item, cite) for item in section["items"])),
            (_("Deliveries"), (_delivery(row, cite) for row in section["deliveries"])),
        ),
    )


def project_count(count: int) -> str:
    return ngettext("%(count)d project", "%(count)d projects", count) % {"count": count}


def _project(item: Json, cite: Citations) -> Line:
    stage = str(Project.Stage(item["stage"]).label) if item["stage"] else _("stage not stated")
    stated = (
        _("stage stated as of %(when)s") % {"when": period_words(item["stage_stated"])} if item["stage_stated"] else ""
    )
    who = ", ".join(short_name(part["organisation"]) for part in item["participants"])
    return cite.line(item, in_language(item["title"]), stage, (in_language(item["area"]), stated, who))


def _milestone(item: Json, step: Json, cite: Citations) -> Line:
    planned = _("planned: %(when)s") % {"when": period_words(step["planned"])} if step["planned"] else ""
    done = _("done: %(when)s") % {"when": period_words(step["actual"])} if step["actual"] else ""
    later = (
        _("completed after this year: %(when)s") % {"when": period_words(step["completed_later"])}
        if step["completed_later"]
        else ""
    )
    text = f"{in_language(item['title'])}: {in_language(step['title'])}"
    return cite.line(step, text, _lateness(step), (planned, done, later))


def _lateness(step: Json) -> str:
    late = step["late"]
    if step["state"] == "no_news":
        return _("date passed, no news")
    if late is None:
        return _("done on time") if step["state"] == "done" else _("not due yet")
    if late["most"] is None:
        return ngettext(
            "open, %(count)d day late on 31 December", "open, %(count)d days late on 31 December", late["least"]
        ) % {"count": late["least"]}
    if not late["is_certain"]:
        return ngettext("at most %(count)d day late", "at most %(count)d days late", late["most"]) % {
            "count": late["most"]
        }
    return ngettext("at least %(count)d day late", "at least %(count)d days late", late["least"]) % {
        "count": late["least"]
    }


def _delivery(row: Json, cite: Citations) -> Line:
    quantity = ""
    if row["quantity"]:
        quantity = with_precision(number(Decimal(row["quantity"])), row["precision"])
        quantity = f"{quantity} {in_language(row['unit'])}".strip()
    supplier = short_name(row["supplier"]) if row["supplier"] else ""
    return cite.line(row, in_language(row["what"]), quantity, (period_words(row["period"]), supplier))
