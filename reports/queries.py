"""Reads of reports: the years, the versions and the runs."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import Max, OuterRef, Prefetch, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter, FilterSet

from parties.filtering import RecordFilter, RecordFilterSet, YearFilter, of_partnership
from parties.models import Partnership
from reports.models import Report, Run, Version
from workgroup.models import Meeting


@dataclass(frozen=True)
class YearRow:
    """A year in the list of reports: its report, if one was ever asked for, the newest version and run."""

    year: int
    report: Report | None
    latest: Version | None
    run: Run | None


def known_years(partnership: Partnership) -> list[int]:
    """Return the years to report on by themselves, oldest first (1 query): those with a recorded meeting.

    The workgroup reviews the cooperation at its yearly meeting, so a year without any meeting gives
    it nothing to review; its report can still be asked for. A meeting whose date may lie in either
    of two years counts for neither.
    """
    held = Meeting.objects.filter(partnership=partnership, is_example=False).values_list("held", flat=True)
    today = timezone.localdate().year
    return sorted(
        {period.starts.year for period in held if period.starts.year == period.ends.year and period.ends.year <= today}
    )


def reports(partnership: Partnership) -> QuerySet[Report]:
    """Return the reports of the partnership, newest year first (1 query)."""
    return Report.objects.filter(partnership=partnership).select_related("partnership").order_by("-year")


def versions(partnership: Partnership) -> QuerySet[Version]:
    """Return the versions of all reports without their contents, newest year and number first (1 query)."""
    rows = Version.objects.filter(report__partnership=partnership).defer("content")
    return rows.select_related("report__partnership").order_by("-report__year", "-number")


def runs(partnership: Partnership) -> QuerySet[Run]:
    """Return the runs with what is shown of them, newest first (1 query)."""
    rows = Run.objects.filter(report__partnership=partnership).defer("version__content")
    return rows.select_related("report__partnership", "version", "requested_by").order_by("-requested_at", "-pk")


def report_years(partnership: Partnership) -> list[YearRow]:
    """Return every known year and every year that was asked for, newest first (4 queries for any number)."""
    newest_version = Version.objects.filter(report=OuterRef("report")).order_by("-number").values("pk")[:1]
    newest_run = Run.objects.filter(report=OuterRef("report")).order_by("-requested_at", "-pk").values("pk")[:1]
    rows = reports(partnership).prefetch_related(
        Prefetch("versions", versions(partnership).filter(pk=Subquery(newest_version)), to_attr="newest_versions"),
        Prefetch("runs", runs(partnership).filter(pk=Subquery(newest_run)), to_attr="newest_runs"),
    )
    by_year = {report.year: report for report in rows}
    return [_row(year, by_year.get(year)) for year in sorted({*by_year, *known_years(partnership)}, reverse=True)]


@dataclass(frozen=True)
class YearState:
    """A year and the number of its newest version; none where it is not computed yet."""

    year: int
    newest: int | None


def year_states(partnership: Partnership) -> list[YearState]:
    """Return every known year and every year that was asked for, newest first (2 queries for any number)."""
    computed = reports(partnership).select_related(None).annotate(newest=Max("versions__number"))
    by_year = dict(computed.values_list("year", "newest"))
    return [YearState(year, by_year.get(year)) for year in sorted({*by_year, *known_years(partnership)}, reverse=True)]


def _row(year: int, report: Report | None) -> YearRow:
    versions_of, runs_of = getattr(report, "newest_versions", []), getattr(report, "newest_runs", [])
    return YearRow(year, report, versions_of[0] if versions_of else None, runs_of[0] if runs_of else None)


def version(partnership: Partnership, year: int, number: int | None = None) -> Version | None:
    """Return a version with its content, the newest without a number; None where there is none (1 query)."""
    rows = Version.objects.filter(report__partnership=partnership, report__year=year).select_related("report")
    if number is not None:
        rows = rows.filter(number=number)
    return rows.order_by("-number").first()


def versions_of(version: Version) -> QuerySet[Version]:
    """Return all versions of the same report without their contents, newest first (1 query)."""
    rows = Version.objects.filter(report=version.report_id).defer("content")
    return rows.select_related("report").order_by("-number")


def run(partnership: Partnership, pk: uuid.UUID) -> Run | None:
    return runs(partnership).filter(pk=pk).first()


class ReportFilter(RecordFilterSet):
    """Filters of reports."""

    partnership = of_partnership()
    year = YearFilter(field_name="year", label=_("year"))


class VersionFilter(FilterSet):
    """Filters of versions of reports."""

    partnership = of_partnership("report__partnership")
    report = RecordFilter(field_name="report", queryset=Report.objects.order_by("pk"), label=_("report"))
    year = YearFilter(field_name="report__year", label=_("year"))


class RunFilter(VersionFilter):
    """Filters of runs."""

    state = ChoiceFilter(choices=Run.State, label=_("state"))


def newest_version_numbers() -> Subquery:
    """Return the number of each report's newest version, as a column of a query of reports."""
    return Subquery(Version.objects.filter(report=OuterRef("pk")).order_by("-number").values("number")[:1])
