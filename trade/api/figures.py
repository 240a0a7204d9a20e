"""Published figures, targets and notes on the structure of trade."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from parties.api import CITED, HEAD, TAIL, ReadOnly, RowSerializer, SourcedSerializer
from trade import cube
from trade.api import answers
from trade.api.described_answers import AmountSerializer, ComputedSerializer
from trade.models import PublishedFigure, StructureNote, Target
from trade.queries import FigureFilter, StructureNoteFilter, TargetFilter
from trade.selection import Defaults, Selection, SelectionErrors


class FigureSerializer(SourcedSerializer):
    classification = serializers.CharField(source="commodity.classification", read_only=True)
    commodity_code = serializers.CharField(source="commodity.commodity_code", read_only=True)

    class Meta:
        model = PublishedFigure
        fields = [
            *HEAD, "partnership", "indicator", "flow", "reporter", "partner", "commodity", "classification",
            "commodity_code", "period", "period_first", "period_last", "base_period", "base_period_first",
            "base_period_last", "value", "unit", "precision", "stated_by", "note", *CITED, *TAIL,
        ]  # fmt: skip


class StructureNoteSerializer(SourcedSerializer):
    class Meta:
        model = StructureNote
        fields = [
            *HEAD, "partnership", "flow", "period", "period_first", "period_last", "text", *CITED, *TAIL,
        ]  # fmt: skip


class BaseFigureSerializer(RowSerializer):
    class Meta:
        model = PublishedFigure
        fields = ["id", "code", "period", "period_first", "period_last", "value", "unit", "precision"]


class TargetSerializer(SourcedSerializer):
    base = BaseFigureSerializer(read_only=True)

    class Meta:
        model = Target
        fields = [
            *HEAD, "partnership", "flow", "base", "low_factor", "high_factor", "set_on", "set_on_first", "set_on_last",
            "due", "due_first", "due_last", "horizon", *CITED, *TAIL,
        ]  # fmt: skip


class AimSerializer(serializers.Serializer[Any]):
    """One end of a target's range, measured on the trailing twelve months."""

    aim = AmountSerializer()
    progress = ComputedSerializer()
    required = ComputedSerializer(help_text="Growth still required from the trailing twelve months.")
    yearly = ComputedSerializer(help_text="Even yearly rate to the horizon; null where no date is named.")


class PaceSerializer(serializers.Serializer[Any]):
    """The even yearly rates from the base to both aims in so many years."""

    years = serializers.IntegerField()
    low = ComputedSerializer()
    high = ComputedSerializer()


class OutlookSerializer(serializers.Serializer[Any]):
    """A target in numbers of the newest dataset of its trade."""

    dataset = serializers.CharField()
    is_example = serializers.BooleanField()
    base = AmountSerializer()
    base_difference = ComputedSerializer(help_text="What the data hold of the base period minus the base as published.")
    trailing = ComputedSerializer()
    before = ComputedSerializer(help_text="The twelve months before the trailing ones.")
    growth = ComputedSerializer()
    next_year = ComputedSerializer(help_text="The trailing twelve months carried on for a year at this growth.")
    forecast = ComputedSerializer(help_text="The same to the horizon; null where no date is named.")
    low = AimSerializer()
    high = AimSerializer()
    paces = PaceSerializer(many=True, help_text="Where no date is named: yearly rates for some spans.")


class OneTargetSerializer(TargetSerializer):
    outlook = serializers.SerializerMethodField(help_text="The target measured on the data; null without any.")

    class Meta(TargetSerializer.Meta):
        fields = [*TargetSerializer.Meta.fields, "outlook"]

    @extend_schema_field(OutlookSerializer(allow_null=True))
    def get_outlook(self, target: Target) -> dict[str, Any] | None:
        given = {"reporter": str(target.base.reporter.code), "partner": str(target.base.partner.code)}
        try:
            selection = Selection.parse(given, defaults=Defaults(given["reporter"], given["partner"]))
        except SelectionErrors:  # no dataset, or none of this trade
            return None
        return answers.outlook(cube.outlook(target, selection.dataset, ()), selection.dataset)


class FigureViewSet(ReadOnly):
    """Published figures: each number as its source states it."""

    queryset = PublishedFigure.objects.for_display()
    serializer_class = FigureSerializer
    filterset_class = FigureFilter


class StructureNoteViewSet(ReadOnly):
    """What sources say of the structure of trade in words."""

    queryset = StructureNote.objects.select_related("partnership")
    serializer_class = StructureNoteSerializer
    filterset_class = StructureNoteFilter


class TargetViewSet(ReadOnly):
    """Targets: the base figure's value times a low to a high factor. A single one tells its outlook in the data."""

    queryset = Target.objects.select_related("partnership", "base__reporter", "base__partner", "base__commodity")
    serializer_class = TargetSerializer
    filterset_class = TargetFilter

    def get_serializer_class(self) -> Any:
        return OneTargetSerializer if self.action == "retrieve" else super().get_serializer_class()
