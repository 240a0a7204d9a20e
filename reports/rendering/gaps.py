"""What the data of a year lack, in sentences."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from parties.formatting import number, with_precision
from reports.rendering.page import Json, Line, Section, groups, in_language, period_words
from reports.rendering.trade import flow_name, reason_words


def missing(gaps: list[Json]) -> Section:
    headline = ngettext("%(count)d gap in the data", "%(count)d gaps in the data", len(gaps)) % {"count": len(gaps)}
    return Section(
        "missing",
        _("What is missing"),
        headline if gaps else _("Nothing is missing"),
        groups((_("Not in the sources"), (Line(sentence(gap), gap.get("page", "")) for gap in gaps))),
    )


def sentence(gap: Json) -> str:
    """Return the sentence of a gap; a code of a later release is shown as it is."""
    return _counted(gap) or _plain(gap) or str(gap["code"])


def _counted(gap: Json) -> str:
    match gap["code"]:
        case "plans_not_available":
            text = ngettext(
                "The sources speak of %(stated)d plan of actions; texts available: %(known)d.",
                "The sources speak of %(stated)d plans of actions; texts available: %(known)d.",
                gap["stated"],
            )
        case "measures_without_news" if "days" in gap:
            text = ngettext(
                "No news of %(count)d measure for more than %(days)d days.",
                "No news of %(count)d measures for more than %(days)d days.",
                gap["count"],
            )
        case "measures_without_news":  # versions of the first release counted those without any note
            text = ngettext(
                "%(count)d measure has no progress note.", "%(count)d measures have no progress note.", gap["count"]
            )
        case "instructions_without_a_deadline":
            text = ngettext(
                "%(count)d instruction has no deadline.", "%(count)d instructions have no deadline.", gap["count"]
            )
        case "milestones_without_news":
            text = ngettext(
                "%(count)d step is past its date, and no source says whether it was done.",
                "%(count)d steps are past their dates, and no source says whether they were done.",
                gap["count"],
            )
        case "project_stages_unknown":
            text = ngettext(
                "The stage is not stated for %(count)d project (of %(of)d).",
                "The stage is not stated for %(count)d projects (of %(of)d).",
                gap["count"],
            )
        case "projects_without_milestones":
            text = ngettext(
                "No dated step is stated for %(count)d project (of %(of)d).",
                "No dated step is stated for %(count)d projects (of %(of)d).",
                gap["count"],
            )
        case _:
            return ""
    return text % gap


def _plain(gap: Json) -> str:
    sentences = {
        "agreements_not_listed": _("%(value)s %(subject)s are stated as of %(as_of)s, but not listed."),
        "workgroup_meeting_not_recorded": _("No meeting of the workgroup is recorded in %(year)s."),
        "workgroup_meeting_without_a_day": _("The day of the workgroup's meeting is not known, only: %(held)s."),
        "no_trade_figures": _("No trade figure for %(year)s is published in the sources."),
        "no_turnover_value": _("The turnover of %(year)s in money is not published in the sources."),
        "no_export_and_import_values": _("Export and import of %(year)s in money are not published in the sources."),
        "no_product_table": _("A table of goods for %(year)s is not published in the sources."),
        "growth_without_a_value": _("%(flow)s, %(period)s: a growth is published without the value it belongs to."),
        "target_without_a_date": _("The trade target names no date."),
        "target_progress_unknown": _("Progress towards the trade target cannot be measured: %(reason)s."),
    }
    return sentences.get(gap["code"], "") % _in_words(gap)


def _in_words(gap: Json) -> Json:
    words = dict(gap)
    for name in ("as_of", "held", "period"):
        if name in gap:
            words[name] = period_words(gap[name])
    if "flow" in gap:
        words["flow"] = flow_name(gap["flow"])
    if "subject" in gap:
        words["subject"] = in_language(gap["subject"])
        words["value"] = with_precision(number(gap["value"]), gap["precision"])
    if "reason" in gap:
        words["reason"] = reason_words(gap["reason"])
    return words
