"""Sources, and the facts with the records that hold them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from documents.models import Fact, Mention, Source
from documents.queries import FactFilter, Holder, MentionFilter, SourceFilter, facts_with_holders
from documents.uploads import download
from parties.api import (
    CITED,
    HEAD,
    TAIL,
    InBothLanguages,
    ReadOnly,
    RecordSerializer,
    SourcedSerializer,
    absolute,
    address_of,
    choices,
    described,
)


class SourceSerializer(RecordSerializer):
    file_name = serializers.SerializerMethodField(help_text="Name of the stored file, null where there is none.")

    class Meta:
        model = Source
        fields = [
            *HEAD, "title", "publisher", "published", "published_first", "published_last", "language", "address",
            "file_name", "sha256", *TAIL,
        ]  # fmt: skip

    def get_file_name(self, source: Source) -> str | None:
        return str(source.file.name).rpartition("/")[2] if source.file else None


class HolderSerializer(serializers.Serializer[Holder]):
    """A record that holds the fact. A part of a record has the addresses of that record."""

    type = serializers.CharField()
    id = serializers.IntegerField(source="pk")
    url = serializers.SerializerMethodField()
    page = serializers.SerializerMethodField()
    name = serializers.SerializerMethodField()

    def get_url(self, holder: Holder) -> str | None:
        request = self.context.get("request")
        addresses = (address_of(label, pk, request) for label, pk in holder.path)
        return next((address for address in addresses if address), None)

    def get_page(self, holder: Holder) -> str | None:
        return absolute(holder.page, self.context) if holder.page else None

    @extend_schema_field(InBothLanguages)
    def get_name(self, holder: Holder) -> dict[str, str]:
        return {"ru": holder.name_ru, "en": holder.name_en}


class FactSerializer(RecordSerializer):
    sources = serializers.ListField(child=serializers.CharField(), source="source_codes", read_only=True)
    held_by = serializers.SerializerMethodField()

    class Meta:
        model = Fact
        fields = [*HEAD, "section", "order", "text", "sources", "held_by", *TAIL]

    @extend_schema_field(HolderSerializer(many=True))
    def get_held_by(self, fact: Fact) -> list[dict[str, Any]]:
        held_by = self.context["held_by"][fact.pk]
        return list(HolderSerializer(held_by, many=True, context=self.context).data)


class MentionSerializer(SourcedSerializer):
    class Meta:
        model = Mention
        fields = [*HEAD, "organisation", "text", *CITED, *TAIL]


class SourceViewSet(ReadOnly):
    """Sources: the texts and files that state the facts."""

    queryset = Source.objects.all()
    serializer_class = SourceSerializer
    filterset_class = SourceFilter


class FactViewSet(ReadOnly):
    """Facts: every statement of the sources, and which records hold it."""

    queryset = Fact.objects.all()
    serializer_class = FactSerializer
    filterset_class = FactFilter

    held_by: Mapping[int, Sequence[Holder]] = {}

    def paginate_queryset(self, queryset: Any) -> Any:
        return self._look_up_holders(super().paginate_queryset(queryset))

    def get_object(self) -> Any:
        return self._look_up_holders([super().get_object()])[0]

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "held_by": self.held_by}

    def _look_up_holders(self, facts: list[Fact]) -> list[Fact]:
        self.held_by = {held.fact.pk: held.held_by for held in facts_with_holders(facts)}
        return facts


class MentionViewSet(ReadOnly):
    """What sources say about organisations."""

    queryset = Mention.objects.select_related("organisation")
    serializer_class = MentionSerializer
    filterset_class = MentionFilter


CODE_LISTS = {
    "source-languages": choices(_("languages of sources"), Source.Language),
    "fact-sections": choices(_("sections of facts"), Fact.Section),
}


class HoldsFile:
    """Adds the kept file to a resource of records that have one: GET `<record>/file/`, as a download."""

    file_name_field = "file_name"

    @described(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def file(self, request: Request, pk: str) -> HttpResponseBase:
        """Return the file that is kept with the record; 404 where there is none."""
        record = self.get_object()  # type: ignore[attr-defined]
        if not record.file:
            raise NotFound
        return download(record.file, name=getattr(record, self.file_name_field), media_type=record.media_type)
