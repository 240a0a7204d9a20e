"""Datasets, their releases, and what each release changed."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from parties.api import HEAD, TAIL, ReadOnly, RecordSerializer, Resource, described
from parties.filtering import MomentFilter, RecordFilter, RecordFilterSet, named
from parties.models import Side
from parties.periods import Period
from trade.api.answers import number
from trade.models import Dataset, Release
from trade.observations import ORDER, Place, Unreadable

USUAL_SIZE, LARGEST_SIZE = 100, 1000
KINDS = ("new", "changed", "disappeared")


class DatasetSerializer(RecordSerializer):
    source = serializers.CharField(source="source.code", read_only=True, allow_null=True, default=None)

    class Meta:
        model = Dataset
        fields = [
            *HEAD, "name", "description", "side", "basis", "trade_system", "export_valuation", "import_valuation",
            "export_partner_role", "import_partner_role", "classification", "reporter", "licence", "lag_days",
            "revision_policy", "source", *TAIL,
        ]  # fmt: skip


class ReleaseSerializer(RecordSerializer):
    dataset = serializers.CharField(source="dataset.code", read_only=True)
    undoes = serializers.IntegerField(source="undoes_id", read_only=True, allow_null=True)
    undone_by = serializers.SerializerMethodField(help_text="The release that took this one back.")

    class Meta:
        model = Release
        fields = [
            *HEAD, "dataset", "kind", "status", "undoes", "undone_by", "reporters", "flows", "partners", "first_month",
            "last_month", "published_on", "loaded_at", "file_name", "sha256", "opened_rows", "changed_rows",
            "closed_rows", "unchanged_rows", "note", *TAIL,
        ]  # fmt: skip

    def get_undone_by(self, release: Release) -> int | None:
        undo = getattr(release, "undone_by", None)
        return undo and undo.pk


class DatasetFilter(RecordFilterSet):
    """Filters of datasets."""

    side = ChoiceFilter(choices=Side, label=_("side that compiles it"))
    basis = ChoiceFilter(choices=Dataset.Basis, label=_("collected from"))


class ReleaseFilter(RecordFilterSet):
    """Filters of releases."""

    dataset = RecordFilter(field_name="dataset", queryset=Dataset.objects.order_by("pk"), label=_("dataset"))
    kind = ChoiceFilter(choices=Release.Kind, label=_("kind"))
    status = ChoiceFilter(choices=Release.Status, label=_("status"))
    sha256 = CharFilter(field_name="sha256", label=_("SHA-256 of the file"), max_length=64)
    loaded_after = MomentFilter(field_name="loaded_at", lookup_expr="gt", label=_("loaded after"))


class DatasetViewSet(ReadOnly):
    """Datasets: statistics of one compiler, made in one way."""

    queryset = Dataset.objects.select_related("source")
    serializer_class = DatasetSerializer
    filterset_class = DatasetFilter


class ReleaseViewSet(ReadOnly):
    """Releases: what each file brought to a dataset. The number of a release is the vintage of the data."""

    queryset = Release.objects.select_related("dataset", "undone_by")
    serializer_class = ReleaseSerializer
    filterset_class = ReleaseFilter


class ChangeSerializer(serializers.Serializer[Any]):
    """One line before and after a release."""

    kind = serializers.CharField(help_text="new, changed, disappeared")
    period = serializers.CharField()
    months = serializers.IntegerField()
    reporter = serializers.CharField()
    partner = serializers.CharField()
    flow = serializers.CharField()
    goods = serializers.CharField()
    unit = serializers.CharField()
    old_value_usd = serializers.CharField(allow_null=True)
    new_value_usd = serializers.CharField(allow_null=True)
    old_net_kg = serializers.CharField(allow_null=True)
    new_net_kg = serializers.CharField(allow_null=True)
    old_quantity = serializers.CharField(allow_null=True)
    new_quantity = serializers.CharField(allow_null=True)


class ChangesSerializer(serializers.Serializer[Any]):
    """A page of what a release changed, in the order of keys."""

    release = serializers.IntegerField()
    dataset = serializers.CharField()
    is_example = serializers.BooleanField()
    next = serializers.URLField(allow_null=True)
    results = ChangeSerializer(many=True)


_KEY = ORDER[1:]
_SAME = " AND ".join(f"other.{name} = one.{name}" for name in ORDER)
# A release closes what it replaces: of a line that changed, the version that it opened and the one that it closed.
_CHANGES = f"""
    SELECT {", ".join(_KEY)}, old_value, new_value, old_net_kg, new_net_kg, old_quantity, new_quantity, is_new, is_old
    FROM (
        SELECT one.*, old.value AS old_value, one.value AS new_value, old.net_kg AS old_net_kg,
               one.net_kg AS new_net_kg, old.quantity AS old_quantity, one.quantity AS new_quantity,
               true AS is_new, old.line IS NOT NULL AS is_old
        FROM trade_observation AS one LEFT JOIN LATERAL (
            SELECT * FROM trade_observation AS other WHERE {_SAME} AND other.closed = %(release)s LIMIT 1
        ) AS old ON true
        WHERE one.dataset_id = %(dataset)s AND one.period BETWEEN %(first)s AND %(last)s AND one.opened = %(release)s
        UNION ALL
        SELECT one.*, value, NULL, net_kg, NULL, quantity, NULL, false, true
        FROM trade_observation AS one
        WHERE one.dataset_id = %(dataset)s AND one.period BETWEEN %(first)s AND %(last)s AND one.closed = %(release)s
            AND NOT EXISTS (SELECT FROM trade_observation AS other WHERE {_SAME} AND other.opened = %(release)s)
    ) AS changes
    WHERE (%(kind)s = '' OR %(kind)s = CASE WHEN is_new AND is_old THEN 'changed' WHEN is_new THEN 'new'
        ELSE 'disappeared' END) {{beyond}}
    ORDER BY {", ".join(_KEY)} LIMIT %(limit)s
"""  # noqa: S608


class DiffView(Resource):
    """What a release changed in its dataset: each line before and after it."""

    def allowed_parameters(self) -> tuple[str, ...]:
        return ("kind", "cursor", "page_size")

    @described(
        operation_id="trade_releases_diff",
        parameters=[
            OpenApiParameter("kind", str, enum=KINDS, description="Only these changes."),
            OpenApiParameter("page_size", int, description=f"Lines on a page, 1 to {LARGEST_SIZE}."),
            OpenApiParameter("cursor", str, description="A place in the list; take it from `next`."),
        ],
        responses=ChangesSerializer,
    )
    def get(self, request: Request, pk: str) -> HttpResponseBase:
        release = get_object_or_404(named(Release.objects.select_related("dataset"), pk))
        return self.unless_known(request, lambda: Response(self._page(request, release)))

    def _page(self, request: Request, release: Release) -> dict[str, Any]:
        params = request.query_params
        kind, size = params.get("kind", ""), params.get("page_size", str(USUAL_SIZE))
        if kind and kind not in KINDS:
            message = _("Allowed: %(names)s.") % {"names": ", ".join(KINDS)}
            raise ValidationError({"kind": [ErrorDetail(message, code="invalid_choice")]})
        if not (size.isascii() and size.isdigit() and len(size) <= 9 and 1 <= int(size) <= LARGEST_SIZE):
            message = _("Give a whole number from 1 to %(largest)d.") % {"largest": LARGEST_SIZE}
            raise ValidationError({"page_size": [ErrorDetail(message, code="invalid")]})
        place = None
        if "cursor" in params:
            try:
                place = Place.of_key(params["cursor"])
            except Unreadable as error:
                raise ValidationError({"cursor": [ErrorDetail(error.errors["cursor"], code="invalid")]}) from error
        rows = _changes(release, kind, place, int(size) + 1)
        more, rows = len(rows) > int(size), rows[: int(size)]
        following = None
        if more:
            own = Place((release.dataset_id, *rows[-1][: len(_KEY)])).text()
            kept = {**params.dict(), "cursor": own}
            following = request.build_absolute_uri(f"{request.path}?{urlencode(kept)}")
        return {
            "release": release.pk,
            "dataset": release.dataset.code,
            "is_example": release.is_example or release.dataset.is_example,
            "next": following,
            "results": [_shown(row) for row in rows],
        }


def _changes(release: Release, kind: str, place: Place | None, limit: int) -> list[tuple[Any, ...]]:
    """Return changes in the order of keys, after a place (1 query)."""
    values: dict[str, Any] = {
        "release": release.pk,
        "dataset": release.dataset_id,
        "first": release.first_month,
        "last": release.last_month,
        "kind": kind,
        "limit": limit,
    }
    beyond = ""
    if place:
        beyond = f"AND ({', '.join(_KEY)}) > ({', '.join(f'%(p_{name})s' for name in _KEY)})"
        values |= {f"p_{name}": value for name, value in zip(_KEY, place.values[1:], strict=True)}
    with connection.cursor() as cursor:
        cursor.execute(_CHANGES.format(beyond=beyond), values)
        return cursor.fetchall()


def _shown(row: tuple[Any, ...]) -> dict[str, Any]:
    key: dict[str, Any] = dict(zip(_KEY, row, strict=False))
    figures, (is_new, is_old) = row[len(_KEY) : -2], row[-2:]
    first: dt.date = key["period"]
    names = [f"{age}_{name}" for name in ("value_usd", "net_kg", "quantity") for age in ("old", "new")]
    return {
        "kind": ("changed" if is_old else "new") if is_new else "disappeared",
        "period": str(Period.months(first.year, first.month, key["months"])),
        "months": key["months"],
        "reporter": key["reporter"],
        "partner": key["partner"],
        "flow": key["flow"],
        "goods": key["commodity"],
        "unit": key["unit"],
        **{name: number(value) for name, value in zip(names, figures, strict=True)},
    }
