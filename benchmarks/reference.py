"""What the program is measured against: a bare application without any check, and the framework's plain way."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

import django_filters
import psycopg2
from django.db import models
from rest_framework import serializers
from rest_framework.authentication import SessionAuthentication
from rest_framework.pagination import PageNumberPagination
from rest_framework.permissions import DjangoModelPermissionsOrAnonReadOnly, IsAuthenticated
from rest_framework.viewsets import ReadOnlyModelViewSet

from benchmarks.rows import Row

PAGE = 1000
# The columns of our own answer, as the database writes them itself.
BARE = f"""
    SELECT coalesce(json_agg(page), '[]')::text FROM (
        SELECT period, months, reporter, partner, flow, commodity, level, unit, edition, status,
               value::text, net_kg::text, quantity::text, opened, line
        FROM trade_observation
        WHERE dataset_id = %s AND partner = %s AND period >= %s AND period < %s AND closed IS NULL
        ORDER BY dataset_id, period, partner, flow, commodity, unit, months, reporter
        LIMIT {PAGE}
    ) AS page
"""

_connection: Any = None


def bare(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """A WSGI application that passes on PostgreSQL's own JSON."""
    global _connection
    if environ["PATH_INFO"] == "/health/live":
        start("200 OK", [])
        return [b""]
    if _connection is None:
        _connection = psycopg2.connect(os.environ["DATABASE_URL"])
        _connection.autocommit = True
    asked = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
    year = int(asked["year"])
    with _connection.cursor() as cursor:
        cursor.execute(BARE, [asked["dataset"], asked["partner"], f"{year}-01-01", f"{year + 1}-01-01"])
        body = cursor.fetchone()[0].encode()
    start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


class RowSerializer(serializers.ModelSerializer[Row]):
    class Meta:
        model = Row
        exclude: tuple[str, ...] = ()


class RowFilter(django_filters.FilterSet):  # type: ignore[misc]
    year = django_filters.NumberFilter(field_name="period", lookup_expr="year")

    class Meta:
        model = Row
        fields = ("dataset_id", "partner")


class Pages(PageNumberPagination):
    page_size = PAGE


class RowViewSet(ReadOnlyModelViewSet[Row]):
    """The plain way: model, serializer, filter set, numbered pages, session and permission."""

    queryset = Row.objects.order_by("period", "partner", "flow", "commodity", "id")
    serializer_class = RowSerializer
    filterset_class = RowFilter
    filter_backends = [django_filters.rest_framework.DjangoFilterBackend]
    pagination_class = Pages
    authentication_classes = [SessionAuthentication]
    permission_classes = [IsAuthenticated, DjangoModelPermissionsOrAnonReadOnly]
    access = "signed_in"


def fields() -> list[str]:
    return [field.attname for field in Row._meta.concrete_fields if isinstance(field, models.Field)]
