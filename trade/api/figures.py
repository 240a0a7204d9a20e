"""Published figures, targets and notes on the structure of trade."""

from __future__ import annotations

from rest_framework import serializers

from parties.api import CITED, HEAD, TAIL, ReadOnly, RowSerializer, SourcedSerializer
from trade.models import PublishedFigure, StructureNote, Target
from trade.queries import FigureFilter, StructureNoteFilter, TargetFilter


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
    """Targets: the base figure's value times a low to a high factor."""

    queryset = Target.objects.select_related("partnership", "base")
    serializer_class = TargetSerializer
    filterset_class = TargetFilter
