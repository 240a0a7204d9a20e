"""Yearly reports, the runs that compute them, and their versions."""

from __future__ import annotations

from typing import Any, cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.status import HTTP_202_ACCEPTED

from parties.api import HEAD, TAIL, ReadOnly, RecordSerializer, Reference, RowSerializer, choices, described, reference
from parties.models import Partnership, User
from parties.permissions import Allowed, may_compute_reports
from reports import operations
from reports.models import Report, Run, Version
from reports.queries import ReportFilter, RunFilter, VersionFilter, newest_version_numbers


class ReportSerializer(RecordSerializer):
    latest_version = serializers.IntegerField(
        read_only=True, allow_null=True, help_text="Number of the newest version."
    )

    class Meta:
        model = Report
        fields = [*HEAD, "partnership", "year", "latest_version", *TAIL]


class OfReport(RecordSerializer):
    partnership = serializers.SerializerMethodField()
    year = serializers.IntegerField(source="report.year", read_only=True)

    @extend_schema_field(Reference)
    def get_partnership(self, row: Version | Run) -> dict[str, Any]:
        return reference(row.report.partnership)


VERSION = [
    "id", "url", "page", "report", "partnership", "year", "number", "content_hash", "data_version", "snapshot_at",
    "created_at",
]  # fmt: skip


class VersionSerializer(OfReport):
    report = serializers.PrimaryKeyRelatedField[Report](read_only=True)

    class Meta:
        model = Version
        fields = VERSION


class VersionWithContentSerializer(VersionSerializer):
    content = extend_schema_field(OpenApiTypes.OBJECT)(serializers.JSONField)(read_only=True)

    class Meta:
        model = Version
        fields = [*VERSION, "content"]


class RunVersionSerializer(RowSerializer):
    class Meta:
        model = Version
        fields = ["id", "number", "content_hash"]


class RunSerializer(OfReport):
    report = serializers.PrimaryKeyRelatedField[Report](read_only=True)
    version = RunVersionSerializer(read_only=True, allow_null=True)
    requested_by = serializers.CharField(source="requested_by.username", default=None, read_only=True, allow_null=True)

    class Meta:
        model = Run
        fields = [
            "id", "url", "page", "report", "partnership", "year", "state", "requested_by", "requested_at", "started_at",
            "finished_at", "attempt", "steps_done", "steps_total", "version", "made_new_version", "error",
        ]  # fmt: skip


class RunRequestSerializer(serializers.Serializer[Any]):
    """What to compute."""

    partnership = serializers.SlugRelatedField(
        slug_field="code", queryset=Partnership.objects.all(), help_text="Code of the partnership."
    )
    year = serializers.IntegerField(min_value=1, max_value=9999)

    def to_internal_value(self, data: Any) -> Any:
        unknown = set(data) - set(self.fields) if isinstance(data, dict) else set()
        if unknown:
            text = _("There is no such field. Allowed: %(names)s.") % {"names": ", ".join(self.fields)}
            raise ValidationError({_printable(name): [ErrorDetail(text, code="unknown")] for name in sorted(unknown)})
        code = data.get("partnership") if isinstance(data, dict) else None
        if code is not None and not (isinstance(code, str) and code.isprintable()):
            raise ValidationError(
                {"partnership": [ErrorDetail(_("Give the code of a partnership as text."), code="invalid")]}
            )
        return super().to_internal_value(data)


def _printable(name: str) -> str:
    """Return the name without what UTF-8 cannot carry back."""
    return name.encode("utf-8", "replace").decode()


class ReportViewSet(ReadOnly):
    """Yearly reports."""

    queryset = Report.objects.select_related("partnership").annotate(latest_version=newest_version_numbers())
    serializer_class = ReportSerializer
    filterset_class = ReportFilter


class VersionViewSet(ReadOnly):
    """Versions of reports: frozen contents with their SHA-256. Lists leave the content out."""

    queryset = Version.objects.select_related("report__partnership")
    serializer_class = VersionSerializer
    filterset_class = VersionFilter
    orderings = {"id": ("id",)}

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        return rows.defer("content") if self.action == "list" else rows

    def get_serializer_class(self) -> Any:
        return VersionSerializer if self.action == "list" else VersionWithContentSerializer


class RunViewSet(ReadOnly):
    """Runs: requests to compute a report. Ask again until `state` is `done` or `failed`."""

    queryset = Run.objects.select_related("report__partnership", "version", "requested_by").defer("version__content")
    serializer_class = RunSerializer
    filterset_class = RunFilter
    permission_classes = [Allowed.to(may_compute_reports)]
    orderings = {"requested_at": ("requested_at", "id")}
    keeps_etag = False  # the progress of a run is no part of the data version

    @described(
        request=RunRequestSerializer,
        responses={202: RunSerializer, 403: OpenApiResponse(description="The role of the user does not allow it.")},
    )
    def create(self, request: Request) -> Response:
        """Ask for the report of a year. An active run of the same report is answered as it is."""
        wanted = RunRequestSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        try:
            run = operations.request(**wanted.validated_data, by=cast(User, request.user))
        except operations.YearOutOfRange as error:
            text = _("Give a year from %(first)d to %(last)d.") % {"first": error.first, "last": error.last}
            raise ValidationError({"year": [ErrorDetail(text, code="invalid")]}) from error
        known = self.get_queryset().get(pk=run.pk)
        address = reverse("api-reports-runs-detail", args=[run.pk], request=request)
        return Response(self.get_serializer(known).data, HTTP_202_ACCEPTED, headers={"Location": address})


CODE_LISTS = {"run-states": choices(gettext_lazy("states of runs"), Run.State)}
