"""Resources of trade: records, and answers to questions."""

from rest_framework.views import APIView

from trade.api.codelists import CODE_LISTS
from trade.api.cubes import MirrorView, RanksView, SeriesView, StructureView
from trade.api.figures import FigureViewSet, StructureNoteViewSet, TargetViewSet
from trade.api.indicators import IndicatorsView
from trade.api.lines import LinesView
from trade.api.observations import ObservationsView
from trade.api.releases import DatasetViewSet, DiffView, ReleaseViewSet

ANSWERS: dict[str, type[APIView]] = {
    "trade/observations": ObservationsView,
    "trade/lines": LinesView,
    "trade/series": SeriesView,
    "trade/indicators": IndicatorsView,
    "trade/ranks": RanksView,
    "trade/structure": StructureView,
    "trade/mirror": MirrorView,
}
"""Resources that hold no records of their own, but answer a question."""

__all__ = [
    "ANSWERS",
    "CODE_LISTS",
    "DatasetViewSet",
    "DiffView",
    "FigureViewSet",
    "ReleaseViewSet",
    "StructureNoteViewSet",
    "TargetViewSet",
]
