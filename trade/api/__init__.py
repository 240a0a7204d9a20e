"""Resources of trade."""

from trade.api.figures import CODE_LISTS, FigureViewSet, StructureNoteViewSet, TargetViewSet

__all__ = ["CODE_LISTS", "FigureViewSet", "StructureNoteViewSet", "TargetViewSet"]
