"""Which file holds which rows, in the order in which one may refer to another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from django.contrib.postgres.fields import ArrayField
from django.db import models

from agreements.models import Act, Agreement, Article, Party, StatedCount
from documents.models import Fact, Mention, Source
from parties.models import Area, Organisation, Partnership, Person, Post, Territory
from parties.naming import Localised
from parties.records import Record
from projects.models import Delivery, Milestone, Participant, Project
from trade.models import Commodity, PublishedFigure, StructureNote, Target
from workgroup.models import Attendance, Meeting, Member, Outcome, Workgroup

AnyField: TypeAlias = "models.Field[Any, Any]"

CITATIONS: dict[str, tuple[str, type[Record]]] = {"source_codes": ("sources", Source), "fact_ids": ("facts", Fact)}
"""Fields that cite, each with its key in the files and what it cites."""


@dataclass(frozen=True)
class Noun:
    """One kind of row: its key in the files, its model and the rows nested under it."""

    key: str
    model: type[Record]
    children: tuple[Noun, ...] = ()
    parent_field: str = ""

    @property
    def fields(self) -> list[AnyField]:
        """Fields that the files decide: all that people may edit, save uploaded files."""
        return [
            field
            for field in self.model._meta.concrete_fields
            if field.editable and not field.primary_key and not isinstance(field, models.FileField)
        ]

    @property
    def localised(self) -> set[str]:
        """Names of the texts kept in two languages."""
        return {name for name in dir(self.model) if isinstance(getattr(self.model, name, None), Localised)}

    def key_of(self, field: AnyField) -> str:
        """Return the key under which the files keep the field."""
        if field.name in CITATIONS and isinstance(field, ArrayField):
            return CITATIONS[field.name][0]
        base = field.name[:-3]
        return base if field.name[-3:] in {"_ru", "_en"} and base in self.localised else field.name


NOUNS = (
    Noun("territories", Territory),
    Noun("areas", Area),
    Noun("partnerships", Partnership),
    Noun("sources", Source),
    Noun("facts", Fact),
    Noun("organisations", Organisation, (Noun("mentions", Mention, parent_field="organisation"),)),
    Noun("people", Person, (Noun("posts", Post, parent_field="person"),)),
    Noun(
        "agreements",
        Agreement,
        (
            Noun("parties", Party, parent_field="agreement"),
            Noun("acts", Act, parent_field="agreement"),
            Noun("articles", Article, parent_field="agreement"),
        ),
    ),
    Noun("stated_counts", StatedCount),
    Noun("commodities", Commodity),
    Noun("figures", PublishedFigure),
    Noun("structure_notes", StructureNote),
    Noun("targets", Target),
    Noun(
        "projects",
        Project,
        (
            Noun("participants", Participant, parent_field="project"),
            Noun("milestones", Milestone, parent_field="project"),
        ),
    ),
    Noun("deliveries", Delivery),
    Noun("workgroups", Workgroup, (Noun("members", Member, parent_field="workgroup"),)),
    Noun(
        "meetings",
        Meeting,
        (
            Noun("attendance", Attendance, parent_field="meeting"),
            Noun("outcomes", Outcome, parent_field="meeting"),
        ),
    ),
)
"""All nouns; the file of each is `data/<key>.yaml`."""


def flat(nouns: tuple[Noun, ...] = NOUNS) -> list[Noun]:
    """Return the nouns with their children, parents first."""
    return [each for noun in nouns for each in (noun, *flat(noun.children))]
