"""Resources of trade."""

from rest_framework.views import APIView

from trade.api.figures import CODE_LISTS, FigureViewSet, StructureNoteViewSet, TargetViewSet
from trade.api.observations import ObservationsView

ANSWERS: dict[str, type[APIView]] = {
    "trade/observations": ObservationsView,
}
"""Resources that hold no records of their own, but answers to a question."""

__all__ = ["ANSWERS", "CODE_LISTS", "FigureViewSet", "StructureNoteViewSet", "TargetViewSet"]
