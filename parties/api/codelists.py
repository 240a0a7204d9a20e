"""Code lists: what the codes in records mean, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import override
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.viewsets import ViewSet

from parties.api.records import InBothLanguages, both
from parties.api.schema import described
from parties.api.views import Resource


@dataclass(frozen=True)
class CodeList:
    """A named list of codes. `codes` returns rows of `code`, `name` and, where they have them, further columns.

    `parameters` names what the list can be asked for; the values come to `codes` as keywords.
    """

    name: str | Promise
    codes: Callable[..., list[dict[str, Any]]]
    parameters: tuple[str, ...] = ()


def choices(name: str | Promise, kind: type[models.TextChoices]) -> CodeList:
    """Return the code list of a choice field."""
    return CodeList(name, lambda: [{"code": str(choice.value), "name": _in_both(choice.label)} for choice in kind])


def records(name: str | Promise, rows: Callable[[], models.QuerySet[Any]], **columns: str) -> CodeList:
    """Return the code list of reference records (1 query); `columns` are read from attributes."""
    return CodeList(
        name,
        lambda: [
            {
                "code": row.code or str(row.pk),
                "name": both(row, "name"),
                "id": row.pk,
                **{column: _read(row, path) for column, path in columns.items()},
            }
            for row in rows()
        ],
    )


def _read(row: Any, path: str) -> Any:
    for name in path.split("."):
        row = getattr(row, name, None)
    return row or None


def _in_both(text: Any) -> dict[str, str]:
    with override("ru"):
        ru = str(text)
    with override("en"):
        return {"ru": ru, "en": str(text)}


class CodeSerializer(serializers.Serializer[Any]):
    """A code and what it means."""

    code = serializers.CharField()
    name = InBothLanguages()
    id = serializers.IntegerField(required=False, help_text="Id of a territory, area or commodity.")
    kind = serializers.CharField(required=False, allow_null=True)
    parent = serializers.CharField(required=False, allow_null=True, help_text="Code of the country of a region.")
    okato = serializers.CharField(required=False, allow_null=True)
    classification = serializers.CharField(required=False, allow_null=True)
    commodity_code = serializers.CharField(required=False, allow_null=True)
    chapters = serializers.CharField(required=False, allow_null=True)
    level = serializers.CharField(required=False, allow_null=True)
    short_name = InBothLanguages(required=False, help_text="Short name of a unit.")
    iso3 = serializers.CharField(required=False, allow_null=True)
    m49 = serializers.CharField(required=False, allow_null=True)
    symbol = serializers.CharField(required=False, allow_null=True, help_text="Of an edition, as lines carry it.")
    group = serializers.CharField(required=False, help_text="Of a membership: the group of countries.")
    member = serializers.CharField(required=False, help_text="Of a membership: the territory in it.")
    note = InBothLanguages(required=False)
    valid_from = serializers.CharField(required=False, allow_null=True)
    valid_to = serializers.CharField(required=False, allow_null=True)


class CodeListEntrySerializer(serializers.Serializer[Any]):
    """A code list in the list of code lists."""

    id = serializers.CharField()
    url = serializers.URLField()
    name = InBothLanguages()


class CodeListSerializer(CodeListEntrySerializer):
    """A code list with its codes."""

    codes = CodeSerializer(many=True)


class CodeListPageSerializer(serializers.Serializer[Any]):
    """All code lists on one page."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    count = serializers.IntegerField()
    results = CodeListEntrySerializer(many=True)


class CodeLists(Resource, ViewSet):
    """Lists of codes with their names in both languages."""

    code_lists: ClassVar[Mapping[str, CodeList]] = {}
    basename: str
    lookup_value_regex = "[^/]+"

    def allowed_parameters(self) -> Iterable[str]:
        found = self.code_lists.get(str(self.kwargs.get("pk")))
        return found.parameters if found else ()

    @described(responses=CodeListPageSerializer, operation_id="trade_codelists_list")
    def list(self, request: Request) -> Any:
        return self.unless_known(request, lambda: self._all(request))

    @described(
        responses=CodeListSerializer,
        operation_id="trade_codelists_retrieve",
        parameters=[
            OpenApiParameter("edition", str, description="With `goods`: the edition of the classification (HS2022)."),
            OpenApiParameter("level", str, description="With `goods`: section, group, chapter, 4, 6, 8, 10."),
            OpenApiParameter("grouping", str, description="With `goods` and level=group: version of the groups."),
        ],
    )
    def retrieve(self, request: Request, pk: str) -> Any:
        if pk not in self.code_lists:
            raise NotFound
        return self.unless_known(
            request,
            lambda: Response(
                {**self._entry(pk, request), "codes": self.code_lists[pk].codes(**request.query_params.dict())}
            ),
        )

    def _all(self, request: Request) -> Response:
        entries = [self._entry(name, request) for name in sorted(self.code_lists)]
        return Response({"next": None, "previous": None, "count": len(entries), "results": entries})

    def _entry(self, name: str, request: Request) -> dict[str, Any]:
        address = reverse(f"{self.basename}-detail", args=[name], request=request)
        return {"id": name, "url": address, "name": _in_both(self.code_lists[name].name)}
