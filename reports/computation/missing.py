"""What the data of a year lack. Codes with numbers; the pages put them into sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from parties.models import Partnership
from parties.periods import Period
from reports.computation.encoding import Json
from trade.models import Flow, PublishedFigure
from workgroup.models import Meeting, Outcome, Workgroup


def missing(partnership: Partnership, year: int, sections: dict[str, Any]) -> list[Json]:
    """Return the gaps of the year in the order of the sections (1 query)."""
    has_yearly_duty = Workgroup.objects.filter(partnership=partnership, is_example=False).exists()
    return [
        {"code": code, **details}
        for gaps in (
            _of_agreements(sections["agreements"]),
            _of_measures(sections["measures"]),
            _of_meetings(sections["meetings"], year, has_yearly_duty),
            _of_trade(sections["trade"], year),
            _of_projects(sections["projects"]),
        )
        for code, details in gaps
    ]


Gaps = Iterator[tuple[str, Json]]


def _of_agreements(section: Json) -> Gaps:
    for count in section["stated_counts"]:
        named = sum(item["level"] == count["level"] for item in section["items"])
        if named < count["value"]:  # even if all that are named were among them
            stated = {name: count[name] for name in ("value", "precision", "subject", "as_of", "page")}
            yield "agreements_not_listed", stated


def _of_measures(section: Json) -> Gaps:
    if section["plans_stated"] > section["plans_known"]:
        yield "plans_not_available", {"stated": section["plans_stated"], "known": section["plans_known"]}
    if section["without_news"]:
        yield "measures_without_news", {"count": section["without_news"], "days": section["news_days"]}


def _of_meetings(section: Json, year: int, has_yearly_duty: bool) -> Gaps:
    if has_yearly_duty and not section["of_workgroup"]:
        yield "workgroup_meeting_not_recorded", {"year": year}
    for item in section["items"]:
        if Period.parse(item["held"]).shape != "day" and item["level"] == Meeting.Level.WORKGROUP:
            yield "workgroup_meeting_without_a_day", {"held": item["held"], "page": item["page"]}
    open_ended = sum(
        outcome["kind"] == Outcome.Kind.INSTRUCTION and outcome["deadline"] is None
        for item in section["items"]
        for outcome in item["outcomes"]
    )
    if open_ended:
        yield "instructions_without_a_deadline", {"count": open_ended}


def _of_trade(section: Json, year: int) -> Gaps:
    values = [
        figure
        for figure in section["figures"]
        if figure["indicator"] == PublishedFigure.Indicator.VALUE and figure["period"] == str(year)
    ]
    known = {figure["flow"] for figure in values if figure["goods"]["is_total"]}
    if not section["figures"]:
        yield "no_trade_figures", {"year": year}
    if Flow.TURNOVER not in known:
        yield "no_turnover_value", {"year": year}
    if not {Flow.EXPORT, Flow.IMPORT} <= known:
        yield "no_export_and_import_values", {"year": year}
    if all(figure["goods"]["is_total"] for figure in values):
        yield "no_product_table", {"year": year}
    for result in section["implied_bases"]:
        if result["value"] is None:
            rate = result["inputs"][0]
            yield "growth_without_a_value", {"flow": result["flow"], "period": rate["period"]}
    for target in section["targets"]:
        if target["due"] is None:
            yield "target_without_a_date", {"page": target["page"]}
        if target["progress_low"]["value"] is None:
            yield "target_progress_unknown", {"page": target["page"], "reason": target["progress_low"]["reason"]}


def _of_projects(section: Json) -> Gaps:
    unknown = sum(item["stage"] == "" for item in section["items"])
    if unknown:
        yield "project_stages_unknown", {"count": unknown, "of": section["total"]}
    if section["milestones_without_news"]:
        yield "milestones_without_news", {"count": section["milestones_without_news"]}
    undated = sum(not item["milestones"] for item in section["items"])
    if undated:
        yield "projects_without_milestones", {"count": undated, "of": section["total"]}
