"""Rows of trade: nomenclature, datasets and releases, observations and their sums, published figures."""

from trade.models.datasets import Dataset, Import, ImportProfile, Release, Undo
from trade.models.figures import Flow, PublishedFigure, PublishedFigureQuerySet, StructureNote, Target
from trade.models.nomenclature import (
    HIDDEN,
    TOTAL,
    WORLD,
    Commodity,
    Edition,
    EditionCode,
    GroupedChapter,
    Grouping,
    Membership,
    TradeArea,
    Unit,
)
from trade.models.observations import KEY, ChapterTotal, Observation, PartnerTotal

__all__ = [
    "HIDDEN",
    "KEY",
    "TOTAL",
    "WORLD",
    "ChapterTotal",
    "Commodity",
    "Dataset",
    "Edition",
    "EditionCode",
    "Flow",
    "GroupedChapter",
    "Grouping",
    "Import",
    "ImportProfile",
    "Membership",
    "Observation",
    "PartnerTotal",
    "PublishedFigure",
    "PublishedFigureQuerySet",
    "Release",
    "StructureNote",
    "Target",
    "TradeArea",
    "Undo",
    "Unit",
]
