"""One minimal valid row of each kind; a keyword changes what a test is about.

Rows that a row needs are made along with it, so `make_measure()` alone is enough. Partnership,
territories, area, goods and source are made once a test and shared.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import count
from typing import Any

from agreements.models import (
    Act,
    Agreement,
    AgreementFile,
    Amendment,
    Article,
    Evidence,
    Executor,
    Indicator,
    IndicatorValue,
    Measure,
    Party,
    Plan,
    Postponement,
    ProgressNote,
    StatedCount,
    YearlyItem,
)
from documents.models import Fact, Mention, Source
from parties.models import Area, Organisation, Partnership, Person, Post, Side, Territory, User
from parties.periods import Period
from projects.models import Assessment, BudgetLine, Delivery, Milestone, Participant, Project, ProjectDocument
from reports.models import Report, Run, Version
from trade.models import Commodity, PublishedFigure, StructureNote, Target
from workgroup.models import Attendance, Meeting, Member, Outcome, Workgroup

_numbers = count(1)


def _both(name: str, text: str) -> dict[str, str]:
    return {f"{name}_ru": f"{text} (по-русски)", f"{name}_en": text}


def _period(value: Any) -> Any:
    return Period.parse(value) if isinstance(value, str) else value


def _with_periods(given: dict[str, Any], *names: str) -> dict[str, Any]:
    """Let tests write periods as text."""
    return {name: _period(value) if name in names else value for name, value in given.items()}


# --- parties --------------------------------------------------------------------------
def make_territory(code: str = "RU-TOM", **given: Any) -> Territory:
    fields = {"kind": Territory.Kind.COUNTRY if len(code) == 2 else Territory.Kind.REGION, **_both("name", code)}
    return Territory.objects.get_or_create(code=code, defaults={**fields, **given})[0]


def make_area(code: str = "industry", **given: Any) -> Area:
    return Area.objects.get_or_create(code=code, defaults={**_both("name", code), **given})[0]


def make_partnership(code: str = "tomsk-belarus", **given: Any) -> Partnership:
    known = Partnership.objects.filter(code=code).first()
    if known:
        return known
    fields = {
        "home": given.pop("home", None) or make_territory("RU-TOM"),
        "partner": given.pop("partner", None) or make_territory("BY"),
        **_both("name", "Tomsk Oblast – Belarus"),
        **_both("home_side", "Tomsk side"),
        **_both("partner_side", "Belarusian side"),
    }
    return Partnership.objects.create(code=code, **{**fields, **given})


def make_organisation(**given: Any) -> Organisation:
    fields = {
        "kind": Organisation.Kind.COMPANY,
        "side": Side.HOME,
        **_both("name", f"Organisation {next(_numbers)}"),
    }
    return Organisation.objects.create(**{**fields, **given})


def make_person(**given: Any) -> Person:
    return Person.objects.create(**{"side": Side.HOME, **_both("name", f"Person {next(_numbers)}"), **given})


def make_post(**given: Any) -> Post:
    given = _with_periods(given, "stated")
    return Post.objects.create(**{**_missing(given, person=make_person), **_both("title", "Minister"), **given})


def make_user(username: str | None = None, *roles: str, **given: Any) -> User:
    from django.contrib.auth.models import Group

    user = User.objects.create_user(username or f"user-{next(_numbers)}", password=None, **given)
    user.groups.set(Group.objects.filter(name__in=roles))
    return user


# --- documents ------------------------------------------------------------------------
def make_source(code: str = "S1", **given: Any) -> Source:
    fields = {
        **_both("title", f"Source {code}"),
        **_both("publisher", "Publisher"),
        "published": Period.day(dt.date(2024, 1, 17)),
        "language": Source.Language.RU,
    }
    return Source.objects.get_or_create(code=code, defaults={**fields, **_with_periods(given, "published")})[0]


def make_fact(code: str = "A1", **given: Any) -> Fact:
    fields = {
        "section": Fact.Section.AGREEMENTS,
        "order": next(_numbers),
        **_both("text", f"Fact {code}"),
        "source_codes": given.pop("source_codes", None) or [make_source().code],
    }
    return Fact.objects.get_or_create(code=code, defaults={**fields, **given})[0]


def make_mention(**given: Any) -> Mention:
    return Mention.objects.create(
        **{**_missing(given, organisation=make_organisation), **_both("text", "Supplies cable"), **given}
    )


# --- agreements -----------------------------------------------------------------------
def make_agreement(**given: Any) -> Agreement:
    given = _with_periods(given, "concluded")
    fields = {"level": Agreement.Level.REGION, **_both("title", f"Agreement {next(_numbers)}")}
    return Agreement.objects.create(**{**_missing(given, partnership=make_partnership), **fields, **given})


def make_party(**given: Any) -> Party:
    needed = _missing(given, agreement=make_agreement, organisation=make_organisation)
    return Party.objects.create(**{**needed, "side": Side.HOME, **given})


def make_act(**given: Any) -> Act:
    given = _with_periods(given, "dated")
    fields = {"kind": Act.Kind.ENTERED_INTO_FORCE, "dated": Period.year(2021)}
    return Act.objects.create(**{**_missing(given, agreement=make_agreement), **fields, **given})


def make_article(**given: Any) -> Article:
    fields = {"number": str(next(_numbers)), **_both("text", "The sides cooperate.")}
    return Article.objects.create(**{**_missing(given, agreement=make_agreement), **fields, **given})


def make_amendment(**given: Any) -> Amendment:
    given = _with_periods(given, "signed", "effective")
    fields = {
        "number": str(next(_numbers)),
        "signed": Period.year(2022),
        **_both("subject", "Article 2 is worded anew."),
    }
    return Amendment.objects.create(**{**_missing(given, agreement=make_agreement), **fields, **given})


def make_agreement_file(**given: Any) -> AgreementFile:
    """Make the row of a file; the file itself is not written."""
    fields = {
        "language": Source.Language.RU,
        "edition": 1,
        "file": "agreements/2026/agreement.pdf",
        "file_name": "agreement.pdf",
        "media_type": "application/pdf",
        "size": 1000,
        "sha256": "0" * 64,
    }
    needed = _missing(given, agreement=make_agreement, author=make_user)
    return AgreementFile.objects.create(**{**needed, **fields, **given})


def make_stated_count(**given: Any) -> StatedCount:
    given = _with_periods(given, "as_of")
    fields = {
        "level": Agreement.Level.INSTITUTION,
        **_both("subject", "agreements between universities"),
        "value": 25,
        "as_of": Period.months(2023, 8, 1),
    }
    return StatedCount.objects.create(**{**_missing(given, partnership=make_partnership), **fields, **given})


def make_plan(**given: Any) -> Plan:
    given = _with_periods(given, "period")
    fields = {**_both("title", f"Plan {next(_numbers)}"), "period": Period.year(2024)}
    return Plan.objects.create(**{**_missing(given, agreement=make_agreement), **fields, **given})


def make_measure(**given: Any) -> Measure:
    given = _with_periods(given, "deadline")
    fields = {
        "number": str(next(_numbers)),
        **_both("text", "Hold an exhibition"),
        "deadline": Period.year(2024),
    }
    return Measure.objects.create(**{**_missing(given, plan=make_plan), **fields, **given})


def make_executor(**given: Any) -> Executor:
    needed = _missing(given, measure=make_measure, organisation=make_organisation)
    return Executor.objects.create(**{**needed, "side": Side.HOME, **given})


def let_report(user: User, measure: Measure) -> Organisation:
    """Have the organisation of the user carry out the measure."""
    if user.organisation is None:
        user.organisation = make_organisation()
        user.save()
    make_executor(measure=measure, organisation=user.organisation)
    return user.organisation


def make_progress_note(**given: Any) -> ProgressNote:
    needed = _missing(given, measure=make_measure, author=make_user)
    return ProgressNote.objects.create(**{**needed, "dated": dt.date(2024, 6, 1), "text": "Under way", **given})


def make_yearly_item(**given: Any) -> YearlyItem:
    return YearlyItem.objects.create(**{**_missing(given, measure=make_measure), "year": 2024, **given})


def make_indicator(**given: Any) -> Indicator:
    fields = {**_both("name", "Meetings"), **_both("unit", "times")}
    return Indicator.objects.create(**{**_missing(given, measure=make_measure), **fields, **given})


def make_indicator_value(**given: Any) -> IndicatorValue:
    return IndicatorValue.objects.create(
        **{**_missing(given, indicator=make_indicator), "year": 2024, "target": 4, **given}
    )


def make_evidence(**given: Any) -> Evidence:
    """Make the row of a file; the file itself is not written."""
    fields = {
        "file": "evidence/2024/act.pdf", "name": "act.pdf", "media_type": "application/pdf", "size": 1000,
        "sha256": "0" * 64,
    }  # fmt: skip
    return Evidence.objects.create(**{**_missing(given, note=make_progress_note), **fields, **given})


def make_postponement(**given: Any) -> Postponement:
    given = _with_periods(given, "moved_from", "moved_to")
    fields = {
        "moved_from": Period.year(2023),
        "moved_to": Period.year(2024),
        "reason": "Financing",
        "agreed_by": "The workgroup",
        "decided_on": dt.date(2023, 12, 1),
    }
    return Postponement.objects.create(**{**_missing(given, measure=make_measure), **fields, **given})


# --- projects -------------------------------------------------------------------------
def make_project(**given: Any) -> Project:
    given = _with_periods(given, "stage_stated", "period")
    fields = {**_both("title", f"Project {next(_numbers)}"), **_both("summary", "What it is about")}
    return Project.objects.create(
        **{**_missing(given, partnership=make_partnership, area=make_area), **fields, **given}
    )


def make_participant(**given: Any) -> Participant:
    needed = _missing(given, project=make_project, organisation=make_organisation)
    return Participant.objects.create(**{**needed, "side": Side.HOME, **given})


def make_milestone(**given: Any) -> Milestone:
    given = _with_periods(given, "planned", "expected", "actual")
    fields = {**_both("title", f"Milestone {next(_numbers)}"), "planned": Period.months(2024, 1, 6)}
    return Milestone.objects.create(**{**_missing(given, project=make_project), **fields, **given})


def make_assessment(**given: Any) -> Assessment:
    fields = {"confidence": "on_schedule", "reason": "The works go as planned", "dated": dt.date(2024, 6, 1)}
    return Assessment.objects.create(**{**_missing(given, project=make_project), **fields, **given})


def make_budget_line(**given: Any) -> BudgetLine:
    given = _with_periods(given, "period", "actual_stated")
    fields = {"fund": "own", "planned": Decimal(1_000_000)}
    return BudgetLine.objects.create(**{**_missing(given, project=make_project), **fields, **given})


def make_project_document(**given: Any) -> ProjectDocument:
    given = _with_periods(given, "dated")
    fields = {**_both("title", "Feasibility study"), "address": "https://example.org/study.pdf"}
    return ProjectDocument.objects.create(**{**_missing(given, project=make_project), **fields, **given})


def make_delivery(**given: Any) -> Delivery:
    given = _with_periods(given, "period")
    fields = {**_both("what", "Tractors"), "from_side": Side.PARTNER, "period": Period.year(2023)}
    return Delivery.objects.create(**{**_missing(given, partnership=make_partnership), **fields, **given})


# --- trade ----------------------------------------------------------------------------
def make_commodity(commodity_code: str = "TOTAL", **given: Any) -> Commodity:
    fields = {
        "classification": Commodity.Classification.TOTAL if commodity_code == "TOTAL" else Commodity.Classification.HS,
        **_both("name", commodity_code),
    }
    return Commodity.objects.get_or_create(commodity_code=commodity_code, defaults={**fields, **given})[0]


def make_figure(**given: Any) -> PublishedFigure:
    given = _with_periods(given, "period", "base_period")
    needed = _missing(given, partnership=make_partnership, commodity=make_commodity)
    fields = {
        "indicator": PublishedFigure.Indicator.VALUE,
        "flow": "T",
        "reporter": given.get("reporter") or make_territory("RU-TOM"),
        "partner": given.get("partner") or make_territory("BY"),
        "period": Period.year(2022),
        "value": Decimal(23),
        "unit": PublishedFigure.Unit.USD_MILLION,
        "stated_by": Side.HOME,
        "source_codes": given.get("source_codes") or [make_source().code],
    }
    return PublishedFigure.objects.create(**{**needed, **fields, **given})


def make_structure_note(**given: Any) -> StructureNote:
    given = _with_periods(given, "period")
    fields = {"flow": "X", "period": Period.months(2025, 1, 6), **_both("text", "Mostly machinery")}
    return StructureNote.objects.create(**{**_missing(given, partnership=make_partnership), **fields, **given})


def make_target(**given: Any) -> Target:
    given = _with_periods(given, "set_on", "due")
    fields = {
        "flow": "T",
        "low_factor": Decimal(2),
        "high_factor": Decimal(3),
        "set_on": Period.day(dt.date(2024, 1, 17)),
    }
    needed = _missing(given, partnership=make_partnership, base=make_figure)
    return Target.objects.create(**{**needed, **fields, **given})


# --- workgroup ------------------------------------------------------------------------
def make_workgroup(**given: Any) -> Workgroup:
    return Workgroup.objects.create(
        **{**_missing(given, partnership=make_partnership), **_both("name", "Joint workgroup"), **given}
    )


def make_member(**given: Any) -> Member:
    given = _with_periods(given, "served")
    needed = _missing(given, workgroup=make_workgroup, person=make_person)
    return Member.objects.create(**{**needed, "side": Side.HOME, **given})


def make_meeting(**given: Any) -> Meeting:
    given = _with_periods(given, "held")
    fields = {
        "level": Meeting.Level.HEADS,
        **_both("title", f"Meeting {next(_numbers)}"),
        "held": Period.day(dt.date(2023, 8, 15)),
    }
    return Meeting.objects.create(**{**_missing(given, partnership=make_partnership), **fields, **given})


def make_attendance(**given: Any) -> Attendance:
    needed = _missing(given, meeting=make_meeting, person=make_person)
    return Attendance.objects.create(**{**needed, "side": Side.HOME, **given})


def make_outcome(**given: Any) -> Outcome:
    given = _with_periods(given, "deadline")
    fields = {"kind": Outcome.Kind.DECISION, **_both("text", "Trade shall double")}
    return Outcome.objects.create(**{**_missing(given, meeting=make_meeting), **fields, **given})


def make_instruction(**given: Any) -> Outcome:
    return make_outcome(**{"kind": Outcome.Kind.INSTRUCTION, **given})


# --- reports --------------------------------------------------------------------------
def make_report(**given: Any) -> Report:
    return Report.objects.get_or_create(**{**_missing(given, partnership=make_partnership), "year": 2024, **given})[0]


def make_version(**given: Any) -> Version:
    given = {**_missing(given, report=make_report), **given}
    fields = {
        "number": given["report"].versions.count() + 1,
        "content": {"year": 2024},
        "content_hash": "0" * 64,
        "data_version": 1,
        "snapshot_at": dt.datetime(2025, 1, 1, tzinfo=dt.UTC),
    }
    return Version.objects.create(**{**fields, **given})


def make_run(**given: Any) -> Run:
    return Run.objects.create(**{**_missing(given, report=make_report), **given})


def _missing(given: dict[str, Any], **makers: Any) -> dict[str, Any]:
    """Make what the row needs and the test did not give."""
    return {name: make() for name, make in makers.items() if name not in given}
