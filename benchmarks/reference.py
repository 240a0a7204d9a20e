"""What pages of observations are measured against: the framework's plain way."""

from __future__ import annotations

import django_filters
from rest_framework import serializers
from rest_framework.authentication import SessionAuthentication
from rest_framework.pagination import PageNumberPagination
from rest_framework.permissions import DjangoModelPermissionsOrAnonReadOnly, IsAuthenticated
from rest_framework.viewsets import ReadOnlyModelViewSet

from benchmarks.bare import PAGE
from benchmarks.rows import Row


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
